use super::Operation;
use crate::access::{Access, Role};
use crate::error::{Error, Stop};
use crate::kind::Kind;
use crate::session::Subject;
use crate::working_set::{Context, WorkingSet};

/// Ends a session at once: the caller's own, or, by an administrator, anybody's.
#[derive(Debug)]
pub struct EndSession {
    /// Its id.
    pub id: i64,
}

impl Operation for EndSession {
    type Output = ();
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
        let tenant = cx.caller.tenant;
        let session = set.record(tenant, Kind::Session, self.id)?;
        let session = session.filter(|session| match Subject::of(session) {
            _ if cx.caller.role == Role::Admin => true,
            Some(Subject::User(id)) => cx.caller.user == Some(id),
            Some(Subject::Customer(id)) => cx.caller.customer == Some(id),
            None => false,
        });
        let session = session.ok_or_else(|| Error::not_found(format!("There is no session {}", self.id)))?;
        set.remove(session, tenant)
    }
}
