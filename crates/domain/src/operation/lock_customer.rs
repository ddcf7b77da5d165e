use super::{CustomerRef, Deleted, Operation, customer_ref};
use crate::access::Access;
use crate::customer::{Customer, Edit};
use crate::error::Stop;
use crate::field::Field;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Locks a customer against edits that respect the lock, or unlocks it. Doing it twice changes nothing.
#[derive(Debug)]
pub struct LockCustomer {
    /// All must name the same customer.
    pub who: Vec<CustomerRef>,
    /// `false` unlocks.
    pub locked: bool,
}

impl Operation for LockCustomer {
    type Output = Customer;
    const ACCESS: Access = Access::Write;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Customer, Stop> {
        let mut customer = customer_ref::find(set, cx, &self.who, Deleted::Hidden)?;
        customer.apply(vec![Edit::Set(Field::Locked, Some(self.locked.into()))])?;
        Ok(Customer(set.put(Arc::unwrap_or_clone(customer.0), cx)?))
    }
}
