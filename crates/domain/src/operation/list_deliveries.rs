use super::Operation;
use crate::access::Access;
use crate::error::Stop;
use crate::field::Field;
use crate::filter::{Condition, Filter, Query, Selection, Test};
use crate::kind::Kind;
use crate::record::Record;
use crate::working_set::{Context, WorkingSet};

/// Webhooks of a tenant that are delivered to at most.
const MAX: u32 = 1_000;

/// Lists the webhooks of the tenant that are to be told of changes.
#[derive(Debug)]
pub struct ListDeliveries;

impl Operation for ListDeliveries {
    type Output = Vec<Record>;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = false;
    const SCANS: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Vec<Record>, Stop> {
        let off = |field| Condition::new(field, Test::IsNot(true.into()));
        let filter: Filter = [off(Field::Disabled), off(Field::Deleted)].into_iter().collect();
        let selection = Selection { filter, limit: MAX, ..Selection::default() };
        let page = set.list(&Query { kind: Kind::Webhook, tenant: cx.caller.tenant, selection })?;
        Ok(page.records.clone())
    }
}
