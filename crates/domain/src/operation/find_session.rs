use super::Operation;
use super::caller_of::{caller_of, check_expiry};
use super::find_customer::customer_caller;
use crate::access::{Access, Caller};
use crate::credential::{Space, UniqueKey};
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::session::{Lifetime, Subject, stamp};
use crate::tenant::Tenant;
use crate::working_set::{Context, WorkingSet};

/// Finds who calls with a session key. A key that is unknown, has ended, or is for another dialect is one and the same.
#[derive(Debug)]
pub struct FindSession {
    /// SHA-256 of the session key in hexadecimal.
    pub digest: String,
    /// The dialect it came through.
    pub dialect: &'static str,
    /// Whether a customer's session is looked for, else a user's.
    pub of_customer: bool,
    /// How long sessions last.
    pub lifetime: Lifetime,
}

/// A session that is good.
#[derive(Clone, Debug)]
pub struct FoundSession {
    /// Its id.
    pub id: i64,
    /// Who calls.
    pub caller: Caller,
    /// Whether its use has to be written down: with [`RenewSession`](super::RenewSession).
    pub stale: bool,
}

impl Operation for FindSession {
    type Output = FoundSession;
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = false;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<FoundSession, Stop> {
        let ended = || Stop::from(Error::new(Reason::Unauthenticated, "This session is unknown or has ended"));
        let key = UniqueKey::new(Tenant::DEFAULT, Space::SessionDigest, &self.digest);
        let session = set.owner(Kind::Session, &key)?.ok_or_else(ended)?;
        let tenant = Tenant::of(session.part.tenant_number(), set)?;
        let over = session.number(Field::ExpiresAt).is_none_or(|end| end <= cx.now.0);
        if over || session.texts(Field::Dialects) != [self.dialect] {
            return Err(ended());
        }
        let (subject, caller) = match Subject::of(&session) {
            Some(Subject::User(id)) if !self.of_customer => {
                let user = set.record(tenant, Kind::User, id)?.ok_or_else(ended)?;
                let caller = caller_of(&user, tenant, self.dialect, set)?;
                (user, caller)
            }
            Some(Subject::Customer(id)) if self.of_customer => {
                let customer = set.record(tenant, Kind::Customer, id)?.ok_or_else(ended)?;
                let caller = customer_caller(&customer, tenant, set)?;
                (customer, caller)
            }
            _ => return Err(ended()),
        };
        let same_password = session.text(Field::Stamp) == stamp(subject.text(Field::Password));
        let caller = caller.filter(|caller| same_password && check_expiry(caller, cx.now).is_ok()).ok_or_else(ended)?;
        Ok(FoundSession { id: session.id, caller, stale: self.lifetime.is_stale(&session, cx.now) })
    }
}
