use super::{Deleted, Operation, listing};
use crate::access::Access;
use crate::error::Stop;
use crate::filter::{Condition, Page, Selection, Test};
use crate::kind::Kind;
use crate::rule;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Lists records of any kind, of those that are for the caller.
#[derive(Debug)]
pub struct ListRecords {
    /// What they are about.
    pub kind: Kind,
    /// Which, in which order, and how many.
    pub selection: Selection,
    /// Whether deleted ones are among them. A filter that asks for it decides itself.
    pub deleted: Deleted,
}

impl Operation for ListRecords {
    type Output = Arc<Page>;
    const ACCESS: Access = Access::Read;
    const WRITES: bool = false;
    const SCANS: bool = true;
    const FOR_CUSTOMERS: bool = true;

    fn area(&self) -> Area {
        Area::of(self.kind)
    }

    fn access(&self) -> Access {
        self.kind.access(false)
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Page>, Stop> {
        let mut selection = self.selection.clone();
        if self.deleted == Deleted::Hidden
            && let Some((field, value)) = self.kind.deletion()
            && !selection.filter.tests(field)
        {
            selection.filter = selection.filter.and(Condition::new(field, Test::IsNot(value)));
        }
        if let Some(filter) = rule::only_for(self.kind, set, cx)? {
            selection.filter = selection.filter.and(filter);
        }
        listing::page(set, cx, self.kind, selection)
    }
}
