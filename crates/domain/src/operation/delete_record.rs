use super::{Deleted, Operation};
use crate::access::Access;
use crate::error::{Error, Reason, Stop};
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Marks a record of any kind deleted, in the way of its kind: see [`Kind::deletion`]. Deleting it again changes nothing.
#[derive(Debug)]
pub struct DeleteRecord {
    /// What it is about.
    pub kind: Kind,
    /// Its id.
    pub id: i64,
    /// The version the caller read; `None` to delete whatever is there.
    pub expected_version: Option<u64>,
}

impl Operation for DeleteRecord {
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Write;
    const WRITES: bool = true;
    const FOR_CUSTOMERS: bool = true;

    fn area(&self) -> Area {
        Area::of(self.kind)
    }

    fn access(&self) -> Access {
        self.kind.access(true)
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
        let before = rule::find_unmerged(set, cx, self.kind, self.id, Deleted::Shown)?;
        rule::check_version(&before, self.expected_version)?;
        let Some((field, value)) = self.kind.deletion() else {
            let text = format!("A {} cannot be deleted", self.kind.title());
            return Err(Error::new(Reason::Unsupported, text).into());
        };
        let mut record = Record::clone(&before);
        record.set(field, Some(value))?;
        rule::put(record, Some(&before), set, cx)
    }
}
