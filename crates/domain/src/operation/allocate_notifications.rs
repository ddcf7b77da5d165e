use super::Operation;
use crate::access::Access;
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::notification::LEASE;
use crate::record::Record;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};

/// Lets one program read the notifications of the calling user, for [`LEASE`] seconds from each time it does. A program
/// of another name is refused until then; of the same name it takes over.
#[derive(Debug)]
pub struct AllocateNotifications {
    /// The name of the program.
    pub source: String,
    /// Digest of the key that it will show.
    pub digest: String,
}

impl Operation for AllocateNotifications {
    type Output = ();
    const ACCESS: Access = Access::Write;
    const WRITES: bool = true;

    fn area(&self) -> Area {
        Area::Tickets
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
        let tenant = cx.caller.tenant;
        let Some(user) = cx.caller.user else {
            return Err(Error::new(Reason::Forbidden, "Only a user has notifications").into());
        };
        let present = set.record(tenant, Kind::NotificationReader, user)?;
        if let Some(present) = &present
            && present.text(Field::Source) != self.source
            && present.number(Field::ExpiresAt).is_some_and(|end| end > cx.now.0)
        {
            let text = format!("{:?} reads these notifications now: try again later", present.text(Field::Source));
            return Err(Error::new(Reason::Locked, text).into());
        }
        let new = || Record::new(Kind::NotificationReader, tenant.part_of(user), user);
        let mut reader = present.map_or_else(new, |present| Record::clone(&present));
        set.claim_id(tenant, Kind::NotificationReader, user)?;
        reader.set(Field::UserId, Some(user.into()))?;
        reader.set(Field::Source, Some(self.source.as_str().into()))?;
        reader.set(Field::Digest, Some(self.digest.as_str().into()))?;
        reader.set(Field::ExpiresAt, Some(cx.now.plus_seconds(LEASE).0.into()))?;
        set.put(reader, cx)?;
        Ok(())
    }
}
