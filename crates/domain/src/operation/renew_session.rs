use super::Operation;
use crate::access::Access;
use crate::error::Stop;
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Time;
use crate::session::{Lifetime, Subject};
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Writes down that the caller's session was used. One that has ended meanwhile stays ended.
#[derive(Debug)]
pub struct RenewSession {
    /// Its id.
    pub id: i64,
    /// How long sessions last.
    pub lifetime: Lifetime,
}

impl Operation for RenewSession {
    type Output = ();
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
        let Some(session) = set.record(cx.caller.tenant, Kind::Session, self.id)? else { return Ok(()) };
        let own = match Subject::of(&session) {
            Some(Subject::User(id)) => cx.caller.user == Some(id),
            Some(Subject::Customer(id)) => cx.caller.customer == Some(id),
            None => false,
        };
        let over = session.number(Field::ExpiresAt).is_none_or(|end| end <= cx.now.0);
        if !own || over || !self.lifetime.is_stale(&session, cx.now) {
            return Ok(());
        }
        let mut session = Arc::unwrap_or_clone(session);
        let started = Time(session.number(Field::StartedAt).unwrap_or(0));
        session.set(Field::ExpiresAt, Some(self.lifetime.end(started, cx.now).0.into()))?;
        set.put(session, cx).map(drop)
    }
}
