use super::{CreateCustomer, Operation, Submission};
use crate::access::Access;
use crate::customer::{Customer, Edit};
use crate::error::{Error, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

use super::create_record::create;

/// Creates a customer together with its first account, or neither.
#[derive(Debug)]
pub struct SignUp<S, A> {
    /// The customer.
    pub customer: CreateCustomer<S>,
    /// What was submitted of the account; it sees an empty record.
    pub account: Option<A>,
}

impl<S: Submission, A: Submission<Record> + Sync> Operation for SignUp<S, A> {
    type Output = (Customer, Option<Arc<Record>>);
    const ACCESS: Access = Access::Write;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Self::Output, Stop> {
        let customer = self.customer.decide(set, cx)?;
        let Some(submission) = &self.account else { return Ok((customer, None)) };
        let id = customer.id;
        let of_customer = |present: &Record| -> Result<Vec<Edit>, Error> {
            let mut edits = submission.edits(present)?;
            edits.push(Edit::Set(Field::CustomerId, Some(id.into())));
            Ok(edits)
        };
        let account = create(set, cx, Kind::Account, of_customer)?;
        Ok((customer, Some(account)))
    }
}
