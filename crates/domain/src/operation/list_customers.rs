use super::{Deleted, Operation, listing};
use crate::access::Access;
use crate::error::Stop;
use crate::field::Field;
use crate::filter::{Condition, Page, Selection, Test};
use crate::kind::Kind;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Lists customers.
#[derive(Debug)]
pub struct ListCustomers {
    /// Which, in which order, and how many.
    pub selection: Selection,
    /// Whether deleted ones are among them.
    pub deleted: Deleted,
}

impl Operation for ListCustomers {
    type Output = Arc<Page>;
    const ACCESS: Access = Access::Read;
    const WRITES: bool = false;
    const SCANS: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Page>, Stop> {
        let mut selection = self.selection.clone();
        if self.deleted == Deleted::Hidden {
            let present = Condition::new(Field::Status, Test::IsNot("deleted".into()));
            selection.filter = selection.filter.and(present);
        }
        listing::page(set, cx, Kind::Customer, selection)
    }
}
