use super::Operation;
use crate::access::Access;
use crate::change::Change;
use crate::erasure::{MOST, Person};
use crate::error::Stop;
use crate::scope::Area;
use crate::working_set::{Context, Walk, WorkingSet};
use std::sync::Arc;

/// Reads everything that is kept of a person, as the caller may see it.
#[derive(Clone, Debug)]
pub struct ExportCustomer {
    /// The customer.
    pub id: i64,
}

/// Everything that is kept of a person.
#[derive(Clone, Debug)]
pub struct Export {
    /// The records.
    pub person: Person,
    /// What happened to the customer, newest first; the last [`MOST`] changes.
    pub history: Arc<Vec<Change>>,
}

impl Operation for ExportCustomer {
    type Output = Export;
    const ACCESS: Access = Access::Read;
    const WRITES: bool = false;
    const SCANS: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Export, Stop> {
        cx.caller.demand_in(Access::Read, Area::Tickets)?;
        let person = Person::find(set, cx, self.id)?;
        let (part, from) = (person.customer.part, person.customer.last_change);
        let history = set.history(&Walk { part, from, limit: MOST })?;
        Ok(Export { person, history })
    }
}
