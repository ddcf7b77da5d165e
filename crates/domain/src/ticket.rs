//! Tickets: what a customer asked, and what became of it.

use crate::error::Stop;
use crate::field::Field;
use crate::record::Record;

/// The fields of a ticket, extra fields apart.
pub(crate) const FIELDS: &[Field] = &[
    Field::CustomerId,
    Field::Title,
    Field::CategoryId,
    Field::PriorityId,
    Field::TicketStatus,
    Field::UserId,
    Field::External,
    Field::ClosedAt,
];

pub(crate) const fn settle(_: &Record) -> Result<(), Stop> {
    Ok(())
}
