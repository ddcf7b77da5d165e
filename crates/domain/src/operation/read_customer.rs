use super::{CustomerRef, Deleted, Operation, customer_ref};
use crate::access::Access;
use crate::customer::Customer;
use crate::error::Stop;
use crate::rule;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Reads one customer.
#[derive(Debug)]
pub struct ReadCustomer {
    /// Which.
    pub who: CustomerRef,
    /// Whether a deleted one is found.
    pub deleted: Deleted,
}

impl Operation for ReadCustomer {
    type Output = Customer;
    const ACCESS: Access = Access::Read;
    const WRITES: bool = false;
    const FOR_CUSTOMERS: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Customer, Stop> {
        let mut customer = customer_ref::find(set, cx, std::slice::from_ref(&self.who), self.deleted)?;
        if cx.caller.customer.is_some() {
            rule::conceal(Arc::make_mut(&mut customer.0), set, cx)?;
        }
        Ok(customer)
    }
}
