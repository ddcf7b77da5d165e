use super::{Deleted, Operation};
use crate::access::Access;
use crate::audit;
use crate::error::Stop;
use crate::kind::Kind;
use crate::rule;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};

/// Notes in the audit that the caller takes everything that is kept of a person: before it is read, so that nothing is
/// told that is not noted.
#[derive(Clone, Debug)]
pub struct NoteExport {
    /// The customer.
    pub id: i64,
}

impl Operation for NoteExport {
    type Output = ();
    const ACCESS: Access = Access::Read;
    const WRITES: bool = true;

    fn area(&self) -> Area {
        Area::Customers
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
        cx.caller.demand_in(Access::Read, Area::Tickets)?;
        rule::find_unmerged(set, cx, Kind::Customer, self.id, Deleted::Shown)?;
        audit::note("export", self.id, set, cx)
    }
}
