use super::Operation;
use crate::access::Access;
use crate::error::Stop;
use crate::field::Field;
use crate::filter::{Condition, Query, Selection, Test};
use crate::kind::Kind;
use crate::record::{Record, Time};
use crate::rule;
use crate::working_set::{Context, WorkingSet};

/// Deletes attachments that no message linked, with their bytes.
#[derive(Debug)]
pub struct PurgeAttachments {
    /// Those that nobody changed since then.
    pub before: Time,
    /// How many at most.
    pub limit: u32,
}

impl Operation for PurgeAttachments {
    /// How many were deleted.
    type Output = usize;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<usize, Stop> {
        let tenant = cx.caller.tenant;
        let filter = [
            Condition::new(Field::MessageId, Test::Unset),
            Condition::new(Field::Deleted, Test::IsNot(true.into())),
            Condition::new(Field::UpdatedAt, Test::Less(self.before.0.into())),
        ];
        let selection = Selection { filter: filter.into_iter().collect(), limit: self.limit, ..Selection::default() };
        let page = set.list(&Query { kind: Kind::Attachment, tenant, selection })?;
        let (mut loose, mut missing) = (Vec::new(), false);
        for listed in &page.records {
            // The page is from before this batch, in which a message may have linked it.
            match set.record(tenant, Kind::Attachment, listed.id) {
                Ok(found) => loose.extend(found.filter(|found| found.version == listed.version)),
                Err(Stop::Missing) => missing = true,
                Err(stop) => return Err(stop),
            }
        }
        if missing {
            return Err(Stop::Missing);
        }
        for before in &loose {
            let mut attachment = Record::clone(before);
            attachment.set(Field::Deleted, Some(true.into()))?;
            rule::put(attachment, Some(before), set, cx)?;
        }
        Ok(loose.len())
    }
}
