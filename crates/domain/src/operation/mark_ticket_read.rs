use super::{Deleted, Operation};
use crate::access::Access;
use crate::error::Stop;
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Notes that a customer, or the owner, has read a ticket. By anybody else, and where nothing came since they last read
/// it, it changes nothing.
#[derive(Debug)]
pub struct MarkTicketRead {
    /// The ticket.
    pub id: i64,
}

impl Operation for MarkTicketRead {
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Write;
    const WRITES: bool = true;
    const FOR_CUSTOMERS: bool = true;

    fn area(&self) -> Area {
        Area::Tickets
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
        let ticket = rule::find(set, cx, Kind::Ticket, self.id, Deleted::Hidden)?;
        let owner = ticket.number(Field::Owner);
        let field = match cx.caller.customer {
            Some(_) => Field::ReadByCustomerAt,
            None if owner.is_some() && owner == cx.caller.user => Field::ReadByOwnerAt,
            None => return Ok(ticket),
        };
        let last = ticket.number(Field::LastMessageAt).unwrap_or(i64::MIN);
        if ticket.number(field).is_some_and(|read| read >= last) {
            return Ok(ticket);
        }
        let mut record = Record::clone(&ticket);
        record.set(field, Some(cx.now.0.into()))?;
        rule::put(record, Some(&ticket), set, cx)
    }
}
