use super::{Deleted, Operation, listing};
use crate::access::Access;
use crate::error::Stop;
use crate::field::Field;
use crate::filter::{Condition, Page, Selection, Test};
use crate::kind::Kind;
use crate::rule;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Lists the messages of a ticket, of those that are for the caller.
#[derive(Debug)]
pub struct ListMessages {
    /// The ticket.
    pub ticket: i64,
    /// Which of them, in which order, and how many.
    pub selection: Selection,
    /// Whether deleted messages are among them, and those of a deleted ticket.
    pub deleted: Deleted,
}

impl Operation for ListMessages {
    type Output = Arc<Page>;
    const ACCESS: Access = Access::Read;
    const WRITES: bool = false;
    const SCANS: bool = true;
    const FOR_CUSTOMERS: bool = true;

    fn area(&self) -> Area {
        Area::Tickets
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Page>, Stop> {
        rule::find(set, cx, Kind::Ticket, self.ticket, self.deleted)?;
        let mut selection = self.selection.clone();
        let of_ticket = Condition::new(Field::TicketId, Test::Is(self.ticket.into()));
        selection.filter = selection.filter.and(of_ticket);
        if self.deleted == Deleted::Hidden || cx.caller.customer.is_some() {
            selection.filter = selection.filter.and(Condition::new(Field::Deleted, Test::IsNot(true.into())));
        }
        if cx.caller.customer.is_some() {
            selection.filter = selection.filter.and(Condition::new(Field::External, Test::Is(true.into())));
        }
        listing::page(set, cx, Kind::Message, selection)
    }
}
