use super::Operation;
use crate::access::{Access, Role};
use crate::credential::{Space, UniqueKey};
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::session::{Lifetime, PER_SUBJECT, Subject, stamp};
use crate::value::Value;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// The name of a slot, and the session that is in it.
type Slot = (String, Option<Arc<Record>>);

/// Opens a session: for the caller, or, by an administrator, for anybody of the tenant.
#[derive(Debug)]
pub struct CreateSession {
    /// Whose it will be.
    pub subject: Subject,
    /// SHA-256 of the session key in hexadecimal. The key is random and nobody else's choice.
    pub digest: String,
    /// The only dialect it is good for.
    pub dialect: &'static str,
    /// How long it lasts.
    pub lifetime: Lifetime,
}

impl Operation for CreateSession {
    /// The id of the session.
    type Output = i64;
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<i64, Stop> {
        let (kind, id, field) = match self.subject {
            Subject::User(id) => (Kind::User, id, Field::UserId),
            Subject::Customer(id) => (Kind::Customer, id, Field::CustomerId),
        };
        let own = match self.subject {
            Subject::User(id) => cx.caller.user == Some(id),
            Subject::Customer(id) => cx.caller.customer == Some(id),
        };
        if !own && cx.caller.role != Role::Admin {
            let text = format!("{} may not open a session for somebody else", cx.caller.name);
            return Err(Error::new(Reason::Forbidden, text).into());
        }
        let tenant = cx.caller.tenant;
        let subject = set.record(tenant, kind, id)?;
        let subject = subject.ok_or_else(|| Error::not_found(format!("There is no {} {id}", kind.name())))?;
        let (slot, present) = self.slot(set, cx, kind, id)?;
        let mut session = match present {
            Some(record) => Arc::unwrap_or_clone(record),
            None => {
                let id = set.next_id(tenant, Kind::Session)?;
                Record::new(Kind::Session, tenant.part_of(id), id)
            }
        };
        for (field, value) in [
            (Field::Digest, self.digest.as_str().into()),
            (field, id.into()),
            (Field::Dialects, Value::Texts(vec![self.dialect.to_owned()])),
            (Field::ExpiresAt, self.lifetime.end(cx.now, cx.now).0.into()),
            (Field::StartedAt, cx.now.0.into()),
            (Field::Stamp, stamp(subject.text(Field::Password)).into()),
            (Field::Slot, slot.into()),
        ] {
            session.set(field, Some(value))?;
        }
        session.set(Field::Client, Some(cx.origin.client.as_str().into()))?;
        Ok(set.put(session, cx)?.id)
    }
}

impl CreateSession {
    /// The first slot that is free or whose session has ended, or else the one whose session ends first.
    fn slot(&self, set: &mut WorkingSet, cx: &Context, kind: Kind, id: i64) -> Result<Slot, Stop> {
        let mut slots = Vec::with_capacity(PER_SUBJECT);
        let mut missing = false;
        for number in 0..PER_SUBJECT {
            let slot = format!("{}:{}:{id}:{number}", self.dialect, kind.name());
            let key = UniqueKey::new(cx.caller.tenant, Space::SessionSlot, &slot);
            // Go on after a miss, so that one round loads all of them.
            match set.owner(Kind::Session, &key) {
                Ok(session) => slots.push((slot, session)),
                Err(Stop::Missing) => missing = true,
                Err(stop) => return Err(stop),
            }
        }
        if missing {
            return Err(Stop::Missing);
        }
        let ends = |session: &Option<Arc<Record>>| {
            let end = session.as_ref().and_then(|session| session.number(Field::ExpiresAt)).unwrap_or(0);
            if end <= cx.now.0 { 0 } else { end }
        };
        slots.into_iter().min_by_key(|(_, session)| ends(session)).ok_or_else(|| Error::internal("no slot").into())
    }
}
