//! Languages that a tenant speaks with its customers.

use crate::error::Stop;
use crate::field::Field;
use crate::record::Record;
use crate::rule::need;

/// The fields of a language.
pub(crate) const FIELDS: &[Field] = &[Field::Code, Field::Name, Field::VirtualDomain, Field::Deleted];

/// A language has a code and a name.
pub(crate) fn settle(language: &Record) -> Result<(), Stop> {
    need(language, Field::Code)?;
    Ok(need(language, Field::Name)?)
}
