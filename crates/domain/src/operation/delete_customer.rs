use super::{CustomerRef, Deleted, Operation, customer_ref};
use crate::access::Access;
use crate::customer::{Customer, Edit};
use crate::error::Stop;
use crate::field::Field;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Marks a customer deleted. Its id, values and history stay; deleting it again changes nothing.
#[derive(Debug)]
pub struct DeleteCustomer {
    /// Which.
    pub who: CustomerRef,
}

impl Operation for DeleteCustomer {
    type Output = Customer;
    const ACCESS: Access = Access::Write;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Customer, Stop> {
        let mut customer = customer_ref::find(set, cx, std::slice::from_ref(&self.who), Deleted::Shown)?;
        customer.apply(vec![Edit::Set(Field::Status, Some("deleted".into()))])?;
        Ok(Customer(set.put(Arc::unwrap_or_clone(customer.0), cx)?))
    }
}
