//! Accounts: what customers advertise with.

use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::record::Record;
use crate::rule::need;

/// The fields of an account. Its address is that of the business, its market country where it is.
pub(crate) const FIELDS: &[Field] = &[
    Field::Name,
    Field::CustomerId,
    Field::AccountNumber,
    Field::AccountStatus,
    Field::Currency,
    Field::TimeZone,
    Field::Language,
    Field::MarketCountry,
    Field::AddressLine1,
    Field::AddressLine2,
    Field::AddressLine3,
    Field::AddressLine4,
    Field::City,
    Field::Region,
    Field::PostalCode,
    Field::Country,
    Field::PrimaryUser,
    Field::PaymentMethodId,
    Field::BackupPaymentMethodId,
    Field::BillingThreshold,
    Field::PauseReason,
    Field::AutoTag,
    Field::TrackingUrlTemplate,
    Field::TaxInformation,
    Field::ExternalAccountIds,
];

/// Shortest and longest name, in characters.
const NAME: std::ops::RangeInclusive<usize> = 3..=100;

/// An account has a name, which no other of its customer has, and belongs to one customer for ever.
pub(crate) fn settle(record: &Record, before: Option<&Record>) -> Result<(), Stop> {
    for field in [Field::Name, Field::CustomerId] {
        need(record, field)?;
    }
    let owner = record.number(Field::CustomerId);
    if before.is_some_and(|before| before.number(Field::CustomerId) != owner) {
        let text = "An account stays with its customer: add another to the other one. Nothing was stored.";
        return Err(Error::invalid(Field::CustomerId, text).into());
    }
    let name = record.text(Field::Name);
    if !NAME.contains(&name.chars().count()) && before.is_none_or(|before| before.text(Field::Name) != name) {
        let text = format!("name must have {} to {} characters. Nothing was stored.", NAME.start(), NAME.end());
        return Err(Error::new(Reason::Invalid, text).at(Field::Name).into());
    }
    Ok(())
}
