use super::Operation;
use crate::access::Access;
use crate::credential::{Space, UniqueKey};
use crate::error::Stop;
use crate::kind::Kind;
use crate::working_set::{Context, WorkingSet};

/// Finds the id of the user with a login name, whether they may sign in or not. The caller is anonymous and names the
/// tenant.
#[derive(Debug)]
pub struct UserNamed {
    /// The login name.
    pub username: String,
}

impl Operation for UserNamed {
    type Output = Option<i64>;
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = false;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Option<i64>, Stop> {
        let key = UniqueKey::new(cx.caller.tenant, Space::UserLogin, &self.username);
        Ok(set.owner(Kind::User, &key)?.map(|user| user.id))
    }
}
