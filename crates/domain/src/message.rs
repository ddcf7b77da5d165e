//! Messages of tickets.

use crate::error::Stop;
use crate::field::Field;
use crate::record::Record;
use crate::rule::need;

/// The fields of a message.
pub(crate) const FIELDS: &[Field] =
    &[Field::TicketId, Field::Author, Field::Text, Field::External, Field::SentAt, Field::Deleted];

/// A message belongs to a ticket.
pub(crate) fn settle(record: &Record) -> Result<(), Stop> {
    Ok(need(record, Field::TicketId)?)
}
