use super::{Deleted, Operation, Submission};
use crate::access::Access;
use crate::customer::apply;
use crate::error::Stop;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Changes a record of any kind. All submitted edits are stored, or none; what leaves the record as it was succeeds, and
/// leaves its version and history alone.
#[derive(Debug)]
pub struct UpdateRecord<S> {
    /// What it is about.
    pub kind: Kind,
    /// Its id.
    pub id: i64,
    /// Whether a deleted one can be changed.
    pub deleted: Deleted,
    /// The version the caller read; `None` to change whatever is there.
    pub expected_version: Option<u64>,
    /// What was submitted.
    pub submission: S,
}

impl<S: Submission<Record>> Operation for UpdateRecord<S> {
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
        let before = rule::find_unmerged(set, cx, self.kind, self.id, self.deleted)?;
        rule::check_version(&before, self.expected_version)?;
        let edits = self.submission.edits(&before)?;
        let mut record = Record::clone(&before);
        apply(&mut record, edits)?;
        rule::put(record, Some(&before), set, cx)
    }
}
