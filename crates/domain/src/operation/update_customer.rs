use super::{CustomerRef, Deleted, Operation, Submission, customer_ref};
use crate::access::Access;
use crate::customer::Customer;
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::rule;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Changes a customer. All submitted edits are stored, or none; what leaves the record as it was succeeds, and leaves
/// its version and history alone.
#[derive(Debug)]
pub struct UpdateCustomer<S> {
    /// All must name the same customer.
    pub who: Vec<CustomerRef>,
    /// Whether a deleted customer can be changed.
    pub deleted: Deleted,
    /// Whether a lock refuses the change.
    pub respect_lock: bool,
    /// The version the caller read; `None` to change whatever is there.
    pub expected_version: Option<u64>,
    /// What was submitted.
    pub submission: S,
}

impl<S: Submission> Operation for UpdateCustomer<S> {
    type Output = Customer;
    const ACCESS: Access = Access::Write;
    const WRITES: bool = true;
    const FOR_CUSTOMERS: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Customer, Stop> {
        let mut customer = customer_ref::find(set, cx, &self.who, self.deleted)?;
        if self.respect_lock && customer.flag(Field::Locked) {
            let text = format!("Customer {} is locked: unlock it first. Nothing was changed.", customer.id);
            return Err(Error::new(Reason::Locked, text).into());
        }
        if self.expected_version.is_some_and(|version| version != customer.version) {
            let text = format!("Customer {} changed since it was read. Nothing was changed.", customer.id);
            return Err(Error::new(Reason::Conflict, text).into());
        }
        let before = Arc::clone(&customer.0);
        let edits = self.submission.edits(&customer)?;
        customer.apply(edits)?;
        rule::check_own(&customer, &before, set, cx)?;
        Ok(Customer(set.put(Arc::unwrap_or_clone(customer.0), cx)?))
    }
}
