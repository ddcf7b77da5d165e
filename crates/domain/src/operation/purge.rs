use super::Operation;
use crate::access::Access;
use crate::error::Stop;
use crate::field::Field;
use crate::filter::{Order, Query, Selection};
use crate::kind::Kind;
use crate::working_set::{Context, WorkingSet};

/// Removes records of a kind without a history that have ended, those that ended first before others.
#[derive(Debug)]
pub struct Purge {
    /// Sessions, tokens or answers.
    pub kind: Kind,
    /// How many at most.
    pub limit: u32,
}

impl Operation for Purge {
    /// How many were removed.
    type Output = usize;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<usize, Stop> {
        let tenant = cx.caller.tenant;
        let end = if self.kind == Kind::Token { Field::KeptUntil } else { Field::ExpiresAt };
        let order = vec![Order { field: end, descending: false }];
        let selection = Selection { order, limit: self.limit, ..Selection::default() };
        let page = set.list(&Query { kind: self.kind, tenant, selection })?;
        let ended = |number: Option<i64>| number.is_none_or(|end| end <= cx.now.0);
        let (mut records, mut missing) = (Vec::new(), false);
        for listed in page.records.iter().take_while(|record| ended(record.number(end))) {
            // The page is from before this batch: somebody may just have taken over the row for another one.
            match set.record(tenant, self.kind, listed.id) {
                Ok(record) => records.extend(record),
                Err(Stop::Missing) => missing = true,
                Err(stop) => return Err(stop),
            }
        }
        if missing {
            return Err(Stop::Missing);
        }
        records.retain(|record| ended(record.number(end)));
        let removed = records.len();
        records.into_iter().try_for_each(|record| set.remove(record, tenant))?;
        Ok(removed)
    }
}
