use super::Operation;
use crate::access::Access;
use crate::error::Stop;
use crate::field::Field;
use crate::filter::{Condition, Query, Selection, Test};
use crate::kind::Kind;
use crate::record::Part;
use crate::working_set::{Context, WorkingSet};

/// Finds the customers whose time is over: those that have been deleted, and not changed since, for longer than the
/// tenant keeps them. None where the tenant keeps them for ever.
#[derive(Clone, Debug)]
pub struct DueForErasure {
    /// How many at most.
    pub limit: u32,
}

const DAY: i64 = 86_400;

impl Operation for DueForErasure {
    /// Their ids.
    type Output = Vec<i64>;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = false;
    const SCANS: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Vec<i64>, Stop> {
        let tenant = cx.caller.tenant;
        let settings = set.record_at((Kind::Tenant, Part::GLOBAL, tenant.number))?;
        let days = settings.and_then(|settings| settings.number(Field::EraseDeletedAfterDays));
        let Some(days) = days else { return Ok(Vec::new()) };
        let before = cx.now.plus_seconds(-days * DAY);
        let filter = [
            Condition::new(Field::Status, Test::Is("deleted".into())),
            Condition::new(Field::UpdatedAt, Test::AtMost(before.0.into())),
            Condition::new(Field::ErasedAt, Test::Unset),
            // Who was merged into another one goes with that.
            Condition::new(Field::MergedInto, Test::Unset),
        ];
        let selection = Selection { filter: filter.into_iter().collect(), limit: self.limit, ..Selection::default() };
        let page = set.list(&Query { kind: Kind::Customer, tenant, selection })?;
        Ok(page.records.iter().map(|record| record.id).collect())
    }
}
