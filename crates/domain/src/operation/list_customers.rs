use super::{Deleted, Operation};
use crate::access::Access;
use crate::error::Stop;
use crate::field::Field;
use crate::filter::{Condition, Page, Query, Test};
use crate::kind::Kind;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Lists customers.
#[derive(Debug)]
pub struct ListCustomers {
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// Sorted by this field, then by id.
    pub order: Field,
    /// Largest first.
    pub descending: bool,
    /// How many to leave out first.
    pub offset: u64,
    /// How many at most.
    pub limit: u32,
    /// Whether deleted ones are among them.
    pub deleted: Deleted,
}

impl Operation for ListCustomers {
    type Output = Arc<Page>;
    const ACCESS: Access = Access::Read;
    const WRITES: bool = false;
    const SCANS: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Page>, Stop> {
        let mut conditions = self.conditions.clone();
        if self.deleted == Deleted::Hidden {
            conditions.push(Condition { field: Field::Status, test: Test::IsNot("deleted".into()) });
        }
        set.list(&Query {
            kind: Kind::Customer,
            tenant: cx.caller.tenant,
            conditions,
            order: self.order,
            descending: self.descending,
            offset: self.offset,
            limit: self.limit,
        })
    }
}
