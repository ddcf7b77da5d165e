//! Ticket priorities: a list that each tenant defines, the least important first by [`Field::SortOrder`].

use crate::error::Stop;
use crate::field::Field;
use crate::record::Record;
use crate::rule::need;

/// The fields of a priority.
pub(crate) const FIELDS: &[Field] = &[Field::Name, Field::SortOrder, Field::External, Field::Deleted];

/// A priority has a name.
pub(crate) fn settle(record: &Record) -> Result<(), Stop> {
    Ok(need(record, Field::Name)?)
}
