//! The lens: which member shows which field, and what a submitted one does to the record.

pub(super) mod account;
pub(super) mod currency;
pub(super) mod customer;
mod language;
pub(super) mod user;

pub(super) use language::tag_of as language_tag;

use ::wire::soap::{Members, Struct, Value};
use domain::error::Reason;
use domain::{Edit, Error, Field, Record, Time};
use jiff::Timestamp;
use jiff::civil::DateTime;

/// Members with the fields that they show, for what a refusal says.
pub(super) const MEMBERS: &[(Field, &str)] = &[
    (Field::Id, "Id"),
    (Field::Name, "Name"),
    (Field::Industry, "Industry"),
    (Field::Version, "TimeStamp"),
    (Field::MarketCountry, "MarketCountry"),
    (Field::MarketLanguage, "MarketLanguage"),
    (Field::ServiceLevel, "ServiceLevel"),
    (Field::CustomerId, "ParentCustomerId"),
    (Field::Currency, "CurrencyType"),
    (Field::TimeZone, "TimeZone"),
    (Field::PaymentMethodId, "PaymentMethodId"),
    (Field::BackupPaymentMethodId, "BackUpPaymentInstrumentId"),
    (Field::BillingThreshold, "BillingThresholdAmount"),
    (Field::PrimaryUser, "PrimaryUserId"),
    (Field::AutoTag, "AutoTag"),
    (Field::TrackingUrlTemplate, "TrackingUrlTemplate"),
    (Field::TaxInformation, "TaxInformation"),
    (Field::ExternalAccountIds, "ExternalAccountIds"),
    (Field::JobTitle, "JobTitle"),
    (Field::Emails, "Email"),
    (Field::Phone, "Phone1"),
    (Field::MobilePhone, "Mobile"),
    (Field::Fax, "Fax"),
    (Field::ExternalCustomerId, "ExternalCustomerId"),
    (Field::City, "City"),
    (Field::Country, "CountryCode"),
    (Field::AddressLine1, "Line1"),
    (Field::AddressLine2, "Line2"),
    (Field::AddressLine3, "Line3"),
    (Field::AddressLine4, "Line4"),
    (Field::PostalCode, "PostalCode"),
    (Field::Region, "StateOrProvince"),
];

/// The member that shows a field; `""` when none does.
pub(super) fn member_of(field: Field) -> &'static str {
    MEMBERS.iter().find(|(known, _)| *known == field).map_or("", |(_, member)| member)
}

/// A struct with what each of its members shows; what shows nothing is nil, or absent where it cannot be.
pub(super) fn shown(is: &'static Struct, show: impl Fn(&str) -> Value<'static>) -> Members<'static> {
    is.members().into_iter().fold(Members::nil(is), |members, (_, field)| match show(field.name) {
        Value::Nil => members,
        value => members.with(field.name, value),
    })
}

/// A text, or nil for none.
fn text(text: &str) -> Value<'static> {
    if text.is_empty() { Value::Nil } else { text.to_owned().into() }
}

/// A version as the vendor's row version: eight bytes, the greatest first.
pub(super) fn stamp(version: u64) -> Value<'static> {
    version.to_be_bytes().to_vec().into()
}

/// The version that a TimeStamp stands for.
///
/// # Errors
/// `Required` when there is none, `Conflict` for one that no version has.
pub(super) fn version(record: &Members<'_>) -> Result<u64, Error> {
    let Some(bytes) = record.bytes("TimeStamp") else { return Err(required(Field::Version)) };
    <[u8; 8]>::try_from(bytes).map(u64::from_be_bytes).map_err(|_| {
        let text = "TimeStamp is none that this server gave: read the record, and send its own. Nothing was changed.";
        Error::new(Reason::Conflict, text).at(Field::Version)
    })
}

/// A member that must be there is not.
pub(super) fn required(field: Field) -> Error {
    let text = format!("{field} must be given: it is absent or nil. Nothing was stored.");
    Error::new(Reason::Required, text).at(field)
}

/// A time as the vendor writes it: UTC, to the millisecond, without saying so.
pub(super) fn time(time: Time) -> String {
    let millis = time.0.div_euclid(1_000) * 1_000;
    crate::moment::rfc3339(Time(millis)).trim_end_matches('Z').to_owned()
}

/// Whether a text is a time, with or without its distance from UTC.
pub(super) fn is_time(text: &str) -> bool {
    text.contains('T') && (text.parse::<DateTime>().is_ok() || text.parse::<Timestamp>().is_ok())
}

/// A text cut at that many characters.
fn cut(text: &str, max: usize) -> &str {
    text.char_indices().nth(max).map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

/// Whether a text is what was shown. XML makes one line end of all.
fn same(sent: &str, shown: &str) -> bool {
    let lines = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
    sent == shown || (sent.contains(['\r', '\n']) && lines(sent) == lines(shown))
}

/// The edit that brings a text field to what was sent, if it takes one. What is longer than `max` is shown cut.
///
/// # Errors
/// `TooLong` for another text that is longer.
fn set_text(record: &Record, field: Field, sent: &str, max: usize) -> Result<Option<Edit>, Error> {
    if same(sent, cut(record.text(field), max)) {
        return Ok(None);
    }
    check_length(field, sent, max)?;
    Ok(Some(Edit::Set(field, Some(sent.into()))))
}

fn check_length(field: Field, sent: &str, max: usize) -> Result<(), Error> {
    if cut(sent, max).len() == sent.len() {
        return Ok(());
    }
    let text = format!("{field} is longer than {max} characters. Nothing was stored.");
    Err(Error::new(Reason::TooLong, text).at(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_eight_bytes() {
        assert_eq!(stamp(258), Value::from(vec![0, 0, 0, 0, 0, 0, 1, 2]));
    }

    #[test]
    fn times_have_no_zone() {
        for (micros, shown) in [
            (1_795_348_800_000_000, "2026-11-22T12:00:00"),
            (1_795_348_800_603_999, "2026-11-22T12:00:00.603"),
            (1_795_348_800_600_000, "2026-11-22T12:00:00.6"),
        ] {
            assert_eq!(time(Time(micros)), shown);
        }
    }

    #[test]
    fn times_of_all_clients_are_times() {
        for text in [
            "2023-08-11T08:24:26.603",
            "2023-08-11T08:24:26.603000",
            "2023-08-11T08:24:26.603Z",
            "2023-08-11T08:24:26.603+00:00",
            "2023-08-11T08:24:26.6030000Z",
            "0001-01-01T00:00:00",
        ] {
            assert!(is_time(text), "{text}");
        }
        for text in ["", "now", "2023-08-11", "2023-02-30T00:00:00", "2023-08-11T25:00:00", "08:24:26"] {
            assert!(!is_time(text), "{text}");
        }
    }

    #[test]
    fn a_text_is_cut_by_characters() {
        assert_eq!((cut("客户 A", 2), cut("ab", 2), cut("", 2)), ("客户", "ab", ""));
        assert!(same("a\nb", "a\r\nb") && !same("a", "a\n"));
    }
}
