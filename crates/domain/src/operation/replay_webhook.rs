use super::{Deleted, Operation};
use crate::access::Access;
use crate::error::{Error, Reason, Stop};
use crate::feed::{Cursor, FeedQuery};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Has all events after a cursor sent again, or those up to it left out.
#[derive(Debug)]
pub struct ReplayWebhook {
    /// The webhook.
    pub id: i64,
    /// After where; `None` for the end.
    pub after: Option<Cursor>,
}

impl Operation for ReplayWebhook {
    /// The delivery.
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
        let tenant = cx.caller.tenant;
        rule::find(set, cx, Kind::Webhook, self.id, Deleted::Hidden)?;
        let end = &set.feed(&FeedQuery { tenant, after: None, kinds: vec![], dialects: vec![], limit: 1 })?.end;
        let after = self.after.as_ref().unwrap_or(end);
        if !end.covers(after) {
            let text = "This is no cursor of this tenant's events. Nothing was changed.";
            return Err(Error::new(Reason::Invalid, text).into());
        }
        let mut delivery = Record::clone(&*rule::find(set, cx, Kind::Delivery, self.id, Deleted::Shown)?);
        delivery.set(Field::Cursor, Some(after.to_string().into()))?;
        // Always another version: an event that is under way meanwhile must not put the cursor back.
        delivery.set(Field::ReplayedAt, Some(cx.now.0.into()))?;
        for field in [Field::Attempts, Field::FailingSince, Field::RetryAt, Field::Problem] {
            delivery.set(field, None)?;
        }
        set.put(delivery, cx)
    }
}
