use super::Operation;
use crate::access::{Access, Role};
use crate::error::{Error, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::working_set::{Context, WorkingSet};

/// Ends a token at once: one of the caller's own, or, by an administrator, anybody's.
#[derive(Debug)]
pub struct EndToken {
    /// Its id.
    pub id: i64,
}

impl Operation for EndToken {
    type Output = ();
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
        let tenant = cx.caller.tenant;
        let token = set.record(tenant, Kind::Token, self.id)?;
        let token = token.filter(|token| {
            let own = cx.caller.user.is_some() && cx.caller.user == token.number(Field::UserId);
            own || cx.caller.role == Role::Admin
        });
        let token = token.ok_or_else(|| Error::not_found(format!("There is no token {}", self.id)))?;
        set.remove(token, tenant)
    }
}
