use super::{Operation, Submission};
use crate::access::Access;
use crate::customer::Customer;
use crate::error::Stop;
use crate::kind::Kind;
use crate::record::Record;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Creates a customer under the next free id. What a dialect requires of a new one, its submission demands.
#[derive(Debug)]
pub struct CreateCustomer<S> {
    /// What was submitted; it sees an empty record.
    pub submission: S,
}

impl<S: Submission> Operation for CreateCustomer<S> {
    type Output = Customer;
    const ACCESS: Access = Access::Write;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Customer, Stop> {
        let tenant = cx.caller.tenant;
        let id = set.next_id(tenant, Kind::Customer)?;
        if set.record(tenant, Kind::Customer, id)?.is_some() {
            return Err(crate::Error::internal(format!("customer {id} exists beyond the counter")).into());
        }
        let mut customer = Customer(Arc::new(Record::new(Kind::Customer, tenant.part_of(id), id)));
        let edits = self.submission.edits(&customer)?;
        customer.apply(edits)?;
        Ok(Customer(set.put(Arc::unwrap_or_clone(customer.0), cx)?))
    }
}
