//! Descriptions of other installations, in whose words a port is served.

use crate::error::Stop;
use crate::field::Field;
use crate::record::Record;
use crate::rule::need;

/// The fields of a description.
pub(crate) const FIELDS: &[Field] = &[Field::Dialect, Field::Port, Field::Text, Field::Differences, Field::Deleted];

/// A description says of what it is. Whether it can be spoken, its dialect has found out.
pub(crate) fn settle(wsdl: &Record) -> Result<(), Stop> {
    need(wsdl, Field::Dialect)?;
    need(wsdl, Field::Port)?;
    Ok(need(wsdl, Field::Text)?)
}
