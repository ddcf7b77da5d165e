use super::{Operation, Submission};
use crate::access::Access;
use crate::customer::{Edit, apply};
use crate::error::{Error, Stop};
use crate::kind::Kind;
use crate::record::{Part, Record};
use crate::rule;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Creates a record of any kind under the next free id. What a new one needs, the rules of its kind demand.
#[derive(Debug)]
pub struct CreateRecord<S> {
    /// What it is about.
    pub kind: Kind,
    /// What was submitted; it sees an empty record.
    pub submission: S,
}

impl<S: Submission<Record>> Operation for CreateRecord<S> {
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
        create(set, cx, self.kind, |present: &Record| self.submission.edits(present))
    }
}

/// Creates a record under the next free id of its kind.
pub(super) fn create(
    set: &mut WorkingSet,
    cx: &Context,
    kind: Kind,
    edits: impl FnOnce(&Record) -> Result<Vec<Edit>, Error>,
) -> Result<Arc<Record>, Stop> {
    let tenant = cx.caller.tenant;
    let id = set.next_id(tenant, kind)?;
    let part = if kind == Kind::Tenant { Part::GLOBAL } else { tenant.part_of(id) };
    if set.record_at((kind, part, id))?.is_some() {
        return Err(Error::internal(format!("{} {id} exists beyond the counter", kind.name())).into());
    }
    let mut record = Record::new(kind, part, id);
    let edits = edits(&record)?;
    apply(&mut record, edits)?;
    rule::put(record, None, set, cx)
}
