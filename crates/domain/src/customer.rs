//! The customer: its fields and the rules that several dialects share.

use crate::error::Error;
use crate::field::Field;
use crate::record::Record;
use crate::value::Value;
use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

/// The fields of a customer, extra fields apart.
pub(crate) const FIELDS: &[Field] = &[
    Field::Name,
    Field::FirstName,
    Field::LastName,
    Field::Emails,
    Field::Phone,
    Field::MobilePhone,
    Field::Username,
    Field::Password,
    Field::Note,
    Field::Language,
    Field::Company,
    Field::AddressLine1,
    Field::AddressLine2,
    Field::AddressLine3,
    Field::AddressLine4,
    Field::City,
    Field::Region,
    Field::PostalCode,
    Field::Country,
    Field::WebsiteUrl,
    Field::Industry,
    Field::Status,
    Field::MarketCountry,
    Field::MarketLanguage,
    Field::FinancialStatus,
    Field::ServiceLevel,
    Field::EmailPackageId,
    Field::EmailQuota,
    Field::SmsQuota,
    Field::TransactionsPackageId,
    Field::TransactionsQuota,
    Field::UniqueId,
    Field::Hash,
    Field::SubscriptionIds,
    Field::OrderIds,
    Field::ExternalCustomerId,
    Field::BingNumber,
    Field::Locked,
    Field::MergedInto,
];

/// What customers may set who signed in as such.
pub(crate) const SET_BY_CUSTOMER: &[Field] = &[
    Field::Name,
    Field::FirstName,
    Field::LastName,
    Field::Emails,
    Field::Phone,
    Field::MobilePhone,
    Field::Password,
    Field::Note,
    Field::Language,
    Field::Company,
    Field::AddressLine1,
    Field::AddressLine2,
    Field::AddressLine3,
    Field::AddressLine4,
    Field::City,
    Field::Region,
    Field::PostalCode,
    Field::Country,
    Field::WebsiteUrl,
];

/// The four address lines in order.
pub const ADDRESS_LINES: [Field; 4] =
    [Field::AddressLine1, Field::AddressLine2, Field::AddressLine3, Field::AddressLine4];

/// A customer's record. Cheap to clone; editing copies it first.
#[derive(Clone, Debug, PartialEq)]
pub struct Customer(pub Arc<Record>);

impl Deref for Customer {
    type Target = Record;
    fn deref(&self) -> &Record {
        &self.0
    }
}

/// One thing to do to a customer or another record. A dialect says which; [`Customer::apply`] knows the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Sets or, with `None`, unsets a field.
    Set(Field, Option<Value>),
    /// Adds an address at the end, unless it is there already in any case.
    AddEmail(String),
    /// Replaces the primary address. The old one goes; a secondary one equal to the new one moves up. `None` removes
    /// the primary one and the next moves up.
    PrimaryEmail(Option<String>),
    /// Sets the address lines from one text: split at line ends into four, the rest joining the fourth.
    Address(String),
}

impl Customer {
    /// The name to show: what was set, or else first and last name.
    pub fn shown_name(&self) -> Cow<'_, str> {
        shown_name(self)
    }

    /// The primary address, or `""`.
    pub fn primary_email(&self) -> &str {
        self.texts(Field::Emails).first().map_or("", String::as_str)
    }

    /// The state; a customer of whom nobody said is active.
    pub fn status(&self) -> &str {
        match self.text(Field::Status) {
            "" => "active",
            status => status,
        }
    }

    /// The address lines as one text, without line ends after the last line that is set.
    pub fn address_text(&self) -> String {
        let lines = ADDRESS_LINES.map(|field| self.text(field));
        lines.join("\n").trim_end_matches('\n').to_owned()
    }

    /// Does the edits in order.
    ///
    /// # Errors
    /// `Invalid` or `TooLong` at the field; the customer is then half edited and must be dropped.
    pub fn apply(&mut self, edits: Vec<Edit>) -> Result<(), Error> {
        apply(Arc::make_mut(&mut self.0), edits)
    }
}

/// Does edits to a record of any kind, in order.
///
/// # Errors
/// As [`Customer::apply`].
pub(crate) fn apply(record: &mut Record, edits: Vec<Edit>) -> Result<(), Error> {
    for edit in edits {
        match edit {
            Edit::Set(field, value) => record.set(field, value)?,
            Edit::AddEmail(email) => add_email(record, email)?,
            Edit::PrimaryEmail(email) => set_primary_email(record, email)?,
            Edit::Address(text) => set_address(record, &text)?,
        }
    }
    Ok(())
}

/// Only a merge says which record another one was merged into, and only its undoing takes that back.
pub(crate) fn settle(record: &Record, before: Option<&Record>) -> Result<(), Error> {
    let field = Field::MergedInto;
    if record.number(field) == before.and_then(|before| before.number(field)) {
        return Ok(());
    }
    Err(Error::invalid(field, format!("{field} is set by merging two customers. Nothing was changed.")))
}

impl AsRef<Record> for Customer {
    fn as_ref(&self) -> &Record {
        self
    }
}

/// The name to show of a customer's record.
pub fn shown_name(record: &Record) -> Cow<'_, str> {
    let name = record.text(Field::Name);
    if !name.is_empty() {
        return Cow::Borrowed(name);
    }
    match (record.text(Field::FirstName), record.text(Field::LastName)) {
        (first, "") => Cow::Borrowed(first),
        ("", last) => Cow::Borrowed(last),
        (first, last) => Cow::Owned(format!("{first} {last}")),
    }
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

fn add_email(record: &mut Record, email: String) -> Result<(), Error> {
    let mut emails = record.texts(Field::Emails).to_vec();
    if emails.iter().any(|present| same(present, &email)) {
        return Ok(());
    }
    emails.push(email);
    record.set(Field::Emails, Some(Value::Texts(emails)))
}

fn set_primary_email(record: &mut Record, email: Option<String>) -> Result<(), Error> {
    let rest = record.texts(Field::Emails).iter().skip(1);
    let emails = match email {
        Some(email) => {
            let rest: Vec<_> = rest.filter(|other| !same(other, &email)).cloned().collect();
            std::iter::once(email).chain(rest).collect()
        }
        None => rest.cloned().collect(),
    };
    record.set(Field::Emails, Some(Value::Texts(emails)))
}

fn set_address(record: &mut Record, text: &str) -> Result<(), Error> {
    let text = text.replace("\r\n", "\n");
    let mut lines = text.splitn(ADDRESS_LINES.len(), '\n');
    for field in ADDRESS_LINES {
        let line = lines.next().filter(|line| !line.is_empty());
        record.set(field, line.map(Value::from))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;
    use crate::record::Part;

    fn customer() -> Customer {
        Customer(Arc::new(Record::new(Kind::Customer, Part(1), 1)))
    }

    fn set(field: Field, text: &str) -> Edit {
        Edit::Set(field, Some(text.into()))
    }

    #[test]
    fn the_shown_name_is_derived_until_one_is_set() {
        let mut c = customer();
        assert_eq!(c.shown_name(), "");
        c.apply(vec![set(Field::FirstName, "Ada")]).unwrap();
        assert_eq!(c.shown_name(), "Ada");
        c.apply(vec![set(Field::LastName, "Byron")]).unwrap();
        assert_eq!(c.shown_name(), "Ada Byron");
        c.apply(vec![set(Field::Name, "Countess"), set(Field::LastName, "King")]).unwrap();
        assert_eq!(c.shown_name(), "Countess");
        c.apply(vec![set(Field::Name, "")]).unwrap();
        assert_eq!(c.shown_name(), "Ada King");
    }

    #[test]
    fn emails_are_added_replaced_and_removed() {
        let mut c = customer();
        c.apply(vec![Edit::AddEmail("a@x".into()), Edit::AddEmail("b@x".into()), Edit::AddEmail("A@X".into())])
            .unwrap();
        assert_eq!(c.texts(Field::Emails), ["a@x", "b@x"]);
        c.apply(vec![Edit::PrimaryEmail(Some("B@x".into()))]).unwrap();
        assert_eq!(c.texts(Field::Emails), ["B@x"]);
        c.apply(vec![Edit::AddEmail("c@x".into()), Edit::PrimaryEmail(Some("d@x".into()))]).unwrap();
        assert_eq!(c.texts(Field::Emails), ["d@x", "c@x"]);
        c.apply(vec![Edit::PrimaryEmail(None)]).unwrap();
        assert_eq!(c.primary_email(), "c@x");
        c.apply(vec![Edit::PrimaryEmail(None), Edit::PrimaryEmail(None)]).unwrap();
        assert_eq!(c.texts(Field::Emails), Vec::<String>::new().as_slice());
    }

    #[test]
    fn an_address_text_fills_four_lines() {
        let mut c = customer();
        for (text, shown) in [("One Way", "One Way"), ("a\r\nb", "a\nb"), ("a\nb\nc\nd\ne", "a\nb\nc\nd\ne"), ("", "")]
        {
            c.apply(vec![Edit::Address(text.into())]).unwrap();
            assert_eq!(c.address_text(), shown);
        }
        c.apply(vec![Edit::Address("a\n\nc".into())]).unwrap();
        assert_eq!((c.text(Field::AddressLine2), c.text(Field::AddressLine3)), ("", "c"));
        assert_eq!(c.address_text(), "a\n\nc");
    }
}
