use super::Operation;
use super::caller_of::{caller_of, check_expiry};
use crate::access::{Access, Caller};
use crate::credential::{Space, UniqueKey};
use crate::error::Stop;
use crate::field::Field;
use crate::kind::Kind;
use crate::working_set::{Context, WorkingSet};

/// Finds a user by login name, so that a password can be checked against the hash. The caller is anonymous and names
/// the tenant.
#[derive(Debug)]
pub struct FindUser {
    /// The login name.
    pub username: String,
    /// The dialect it came through.
    pub dialect: &'static str,
}

/// A user that may sign in, once the password is proven.
#[derive(Clone, Debug)]
pub struct FoundUser {
    /// The caller they will be.
    pub caller: Caller,
    /// PHC string of the password.
    pub password: String,
}

impl Operation for FindUser {
    type Output = Option<FoundUser>;
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = false;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Option<FoundUser>, Stop> {
        let tenant = cx.caller.tenant;
        let key = UniqueKey::new(tenant, Space::UserLogin, &self.username);
        let Some(record) = set.owner(Kind::User, &key)? else { return Ok(None) };
        let caller = caller_of(&record, tenant, self.dialect, set)?;
        let valid = caller.filter(|caller| check_expiry(caller, cx.now).is_ok());
        Ok(valid.map(|caller| FoundUser { caller, password: record.text(Field::Password).to_owned() }))
    }
}
