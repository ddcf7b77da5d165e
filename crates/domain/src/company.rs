//! Companies: what customers belong to.

use crate::error::Stop;
use crate::field::Field;
use crate::record::Record;
use crate::rule::need;

/// The fields of a company, extra fields apart.
pub(crate) const FIELDS: &[Field] = &[
    Field::Name,
    Field::Note,
    Field::Phone,
    Field::Fax,
    Field::AddressLine1,
    Field::AddressLine2,
    Field::AddressLine3,
    Field::AddressLine4,
    Field::City,
    Field::Region,
    Field::PostalCode,
    Field::Country,
    Field::Domains,
    Field::Department,
    Field::ContactCategory,
    Field::Business,
    Field::PriorityId,
    Field::PrimaryContact,
    Field::OurContact,
    Field::OurSalesContact,
    Field::ExtTable,
    Field::ExtKey,
    Field::Deleted,
];

/// A company has a name.
pub(crate) fn settle(record: &Record) -> Result<(), Stop> {
    Ok(need(record, Field::Name)?)
}
