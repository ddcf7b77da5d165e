use super::Operation;
use crate::access::Access;
use crate::credential::{Space, UniqueKey};
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::filter::{Condition, Query, Selection, Test};
use crate::kind::Kind;
use crate::notification::{LEASE, Told};
use crate::record::Record;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};

/// Reads the notifications of a user, oldest first, and removes them: each is told once. The key that was allocated is
/// all that a program shows. At most 200 at a time.
#[derive(Debug)]
pub struct TakeNotifications {
    /// Digest of the key.
    pub digest: String,
}

const LIMIT: u32 = 200;

impl Operation for TakeNotifications {
    type Output = Vec<Told>;
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = true;

    fn area(&self) -> Area {
        Area::Tickets
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Vec<Told>, Stop> {
        let tenant = cx.caller.tenant;
        let key = UniqueKey::new(tenant, Space::NotificationDigest, &self.digest);
        let reader = set.owner(Kind::NotificationReader, &key)?.filter(|reader| {
            reader.part.tenant_number() == tenant.number
                && reader.number(Field::ExpiresAt).is_some_and(|end| end > cx.now.0)
        });
        let Some(reader) = reader else {
            let text = "This key reads no notifications, or not any more: allocate them again";
            return Err(Error::new(Reason::Locked, text).into());
        };
        let filter = Condition::new(Field::UserId, Test::Is(reader.id.into())).into();
        let selection = Selection { filter, limit: LIMIT, ..Selection::default() };
        let page = set.list(&Query { kind: Kind::Notification, tenant, selection })?;
        let (mut notifications, mut missing) = (Vec::new(), false);
        for listed in &page.records {
            // The page is from before this batch, in which somebody may have taken it already.
            match set.record(tenant, Kind::Notification, listed.id) {
                Ok(found) => notifications.extend(found),
                Err(Stop::Missing) => missing = true,
                Err(stop) => return Err(stop),
            }
        }
        if missing {
            return Err(Stop::Missing);
        }
        let told = notifications.iter().map(|record| Told::of(record)).collect();
        notifications.into_iter().try_for_each(|record| set.remove(record, tenant))?;
        let end = cx.now.plus_seconds(LEASE).0;
        // Not every call has to be written down.
        if reader.number(Field::ExpiresAt).is_none_or(|present| end - present > LEASE * 100_000) {
            let mut reader = Record::clone(&reader);
            reader.set(Field::ExpiresAt, Some(end.into()))?;
            set.put(reader, cx)?;
        }
        Ok(told)
    }
}
