use super::{Deleted, Operation};
use crate::access::Access;
use crate::error::Stop;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Reads one record of any kind. One that is not for the caller is not found.
#[derive(Debug)]
pub struct ReadRecord {
    /// What it is about.
    pub kind: Kind,
    /// Its id.
    pub id: i64,
    /// Whether a deleted one is found.
    pub deleted: Deleted,
}

impl Operation for ReadRecord {
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Read;
    const WRITES: bool = false;
    const FOR_CUSTOMERS: bool = true;

    fn area(&self) -> Area {
        Area::of(self.kind)
    }

    fn access(&self) -> Access {
        self.kind.access(false)
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
        let mut record = rule::find(set, cx, self.kind, self.id, self.deleted)?;
        if cx.caller.customer.is_some() {
            rule::conceal(Arc::make_mut(&mut record), set, cx)?;
        }
        Ok(record)
    }
}
