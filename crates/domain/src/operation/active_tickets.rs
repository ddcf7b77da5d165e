use super::{Deleted, Operation, listing};
use crate::access::Access;
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::filter::{Condition, Order, Selection, Test};
use crate::kind::Kind;
use crate::rule;
use crate::scope::Area;
use crate::ticket::{ReadStatus, read_status};
use crate::working_set::{Context, WorkingSet};

/// Lists the tickets that a user looks after and that are open, newest first, with how far they have read each. At most
/// 1,000.
#[derive(Debug)]
pub struct ActiveTickets {
    /// The user; `None` for the one who calls.
    pub of: Option<i64>,
}

const LIMIT: u32 = 1_000;

impl Operation for ActiveTickets {
    type Output = Vec<(i64, ReadStatus)>;
    const ACCESS: Access = Access::Read;
    const WRITES: bool = false;
    const SCANS: bool = true;

    fn area(&self) -> Area {
        Area::Tickets
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Self::Output, Stop> {
        let user = match self.of {
            Some(id) => rule::find(set, cx, Kind::User, id, Deleted::Shown)?.id,
            None => {
                let nobody = || Error::new(Reason::Forbidden, "Only a user looks after tickets");
                cx.caller.user.ok_or_else(nobody)?
            }
        };
        let open = Test::Is("open".into());
        let filter = [Condition::new(Field::Owner, Test::Is(user.into())), Condition::new(Field::TicketStatus, open)];
        let selection = Selection {
            filter: filter.into_iter().collect(),
            order: vec![Order { field: Field::Id, descending: true }],
            limit: LIMIT,
            ..Selection::default()
        };
        let page = listing::page(set, cx, Kind::Ticket, selection)?;
        Ok(page.records.iter().map(|ticket| (ticket.id, read_status(ticket))).collect())
    }
}
