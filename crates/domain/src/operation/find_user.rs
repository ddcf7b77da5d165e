use super::Operation;
use crate::access::{Access, Caller, Role};
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
        let dialects = record.texts(Field::Dialects);
        let admitted = dialects.is_empty() || dialects.iter().any(|dialect| dialect == self.dialect);
        let role = Role::named(record.text(Field::Role)).filter(|_| admitted && !record.flag(Field::Disabled));
        Ok(role.map(|role| FoundUser {
            caller: Caller {
                tenant,
                name: record.text(Field::Username).to_owned(),
                role,
                user: Some(record.id),
                loopback_only: record.flag(Field::LoopbackOnly),
            },
            password: record.text(Field::Password).to_owned(),
        }))
    }
}
