//! The lens: which property shows which field, and what a submitted text does to the record.

use super::industry;
use domain::customer::ADDRESS_LINES;
use domain::error::Reason;
use domain::field::MAX_NUMBER;
use domain::{Customer, Edit, Error, Field, Value};
use std::borrow::Cow;

/// A property of the vendor's customer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) field: Field,
    pub(super) mode: Mode,
}

/// How a property shows its field, and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// A number that the server gives.
    Server,
    /// The text of the field.
    Text,
    /// The shown name; never emptied.
    Name,
    /// The primary address; never emptied.
    Email,
    /// All lines in one text.
    Address,
    /// A whole number; 0 when unset.
    Number,
    /// One of the vendor's industries.
    Industry,
    /// One of the vendor's states.
    Status,
    /// Whether the state is `deleted`.
    Deleted,
}

const fn property(name: &'static str, field: Field, mode: Mode) -> Property {
    Property { name, field, mode }
}

/// Every property, in the order in which a customer is shown. The vendor's table ends with `unique_id`.
pub(super) static PROPERTIES: [Property; 21] = [
    property("id", Field::Id, Mode::Server),
    property("hash", Field::Hash, Mode::Text),
    property("name", Field::Name, Mode::Name),
    property("status", Field::Status, Mode::Status),
    property("email", Field::Emails, Mode::Email),
    property("email_package_id", Field::EmailPackageId, Mode::Number),
    property("email_quota", Field::EmailQuota, Mode::Number),
    property("sms_quota", Field::SmsQuota, Mode::Number),
    property("transactions_package_id", Field::TransactionsPackageId, Mode::Number),
    property("transactions_quota", Field::TransactionsQuota, Mode::Number),
    property("deleted", Field::Status, Mode::Deleted),
    property("address", Field::AddressLine1, Mode::Address),
    property("state_provinces", Field::Region, Mode::Text),
    property("postal_code", Field::PostalCode, Mode::Text),
    property("telephone", Field::Phone, Mode::Text),
    property("website_url", Field::WebsiteUrl, Mode::Text),
    property("country", Field::Country, Mode::Text),
    property("industry", Field::Industry, Mode::Industry),
    property("unique_id", Field::UniqueId, Mode::Text),
    property("date_create", Field::CreatedAt, Mode::Server),
    property("date_modified", Field::UpdatedAt, Mode::Server),
];

/// The vendor's states, each with the record's.
pub(super) const STATES: [(&str, &str); 4] =
    [("on", "active"), ("off", "off"), ("suspended", "suspended"), ("deleted", "deleted")];

/// What a new customer must have.
const REQUIRED: [&str; 2] = ["name", "email"];

/// What a property shows.
#[derive(Debug, PartialEq)]
pub(super) enum Shown<'a> {
    Text(Cow<'a, str>),
    Number(i64),
}

impl Property {
    /// The property of that name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        PROPERTIES.iter().find(|property| property.name == name)
    }

    /// What the property shows of a customer: always something, if only an empty text or 0.
    pub(super) fn show<'a>(&self, customer: &'a Customer) -> Shown<'a> {
        Shown::Text(match self.mode {
            Mode::Server => {
                return Shown::Number(match self.field {
                    Field::CreatedAt => customer.created_at.seconds(),
                    Field::UpdatedAt => customer.updated_at.seconds(),
                    _ => customer.id,
                });
            }
            Mode::Number => return Shown::Number(customer.number(self.field).unwrap_or(0)),
            Mode::Name => customer.shown_name(),
            Mode::Address => Cow::Owned(customer.address_text()),
            Mode::Text => Cow::Borrowed(customer.text(self.field)),
            Mode::Email => Cow::Borrowed(customer.primary_email()),
            Mode::Industry => Cow::Borrowed(industry::name_of(customer.text(self.field))),
            Mode::Status => {
                let state = STATES.iter().find(|(_, meaning)| *meaning == customer.status());
                Cow::Borrowed(state.map_or("", |(name, _)| *name))
            }
            Mode::Deleted => Cow::Borrowed(if customer.is_deleted() { "yes" } else { "no" }),
        })
    }

    fn shows(&self, customer: &Customer, text: &str) -> bool {
        match self.show(customer) {
            Shown::Text(shown) => shown == text,
            Shown::Number(shown) => whole_number(text) == Some(shown),
        }
    }

    fn wrong(&self, why: impl std::fmt::Display) -> Error {
        Error::invalid(self.field, format!("{} {why}", self.name))
    }
}

/// The number that decimal digits spell; leading zeros are allowed, nothing else is. What no record holds is
/// [`i64::MAX`].
pub(super) fn whole_number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(i64::MAX))
}

/// What a submitted property does to the record, if it does anything.
type Decision = (&'static Property, Result<Option<Edit>, Error>);

/// What was submitted: properties with their texts, each once.
#[derive(Debug, Default)]
pub(super) struct Properties(Vec<(&'static Property, String)>);

impl Properties {
    /// The properties among what was sent; of a repeated one the last counts, all else is ignored, as in the vendor's
    /// PHP.
    pub(super) fn of(sent: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut properties = Self::default();
        for (name, text) in sent {
            if let Some(property) = Property::named(&name) {
                properties.set(property, text);
            }
        }
        properties
    }

    fn set(&mut self, property: &'static Property, text: String) {
        match self.0.iter_mut().find(|(known, _)| known.name == property.name) {
            Some((_, present)) => *present = text,
            None => self.0.push((property, text)),
        }
    }

    /// Sets a property that is absent or empty.
    pub(super) fn supply(&mut self, name: &str, text: impl FnOnce() -> String) {
        if let Some(property) = Property::named(name).filter(|_| self.get(name).is_none_or(str::is_empty)) {
            self.set(property, text());
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(property, _)| property.name == name).map(|(_, text)| text.as_str())
    }

    /// The edits that bring a customer to what was submitted; for a record that is not stored yet, a new one.
    ///
    /// # Errors
    /// `Required` or `Invalid` for the first property that this dialect refuses. What the domain refuses, it finds
    /// when it applies the edits.
    pub(super) fn edits(&self, present: &Customer) -> Result<Vec<Edit>, Error> {
        self.decide(present).filter_map(|(_, decision)| decision.transpose()).collect()
    }

    /// Everything that is wrong with what was submitted, as far as the customer's record alone can tell.
    pub(super) fn problems(&self, present: &Customer) -> Vec<Problem> {
        let judge = |(property, decision): Decision| {
            let outcome = decision.and_then(|edit| present.clone().apply(edit.into_iter().collect()));
            Some(Problem { property: property.name, sentence: sentence(property, &outcome.err()?) })
        };
        self.decide(present).filter_map(judge).collect()
    }

    fn decide<'a>(&'a self, present: &'a Customer) -> impl Iterator<Item = Decision> + 'a {
        let new = present.version == 0;
        let required = REQUIRED.into_iter().filter(move |name| new && self.get(name).is_none_or(str::is_empty));
        let missing = required.filter_map(Property::named).map(|property| (property, Err(missing(property))));
        missing.chain(self.0.iter().map(|(property, text)| (*property, self.edit(property, text, present))))
    }

    /// What a text does. A text that is shown already does nothing, whatever it is.
    fn edit(&self, property: &Property, text: &str, present: &Customer) -> Result<Option<Edit>, Error> {
        let Property { field, mode, .. } = *property;
        // Two properties show the state: each must be seen together with the other.
        if mode != Mode::Status && mode != Mode::Deleted && property.shows(present, text) {
            return Ok(None);
        }
        let given = (!text.is_empty()).then(|| text.to_owned());
        Ok(match mode {
            Mode::Server if field == Field::Id && present.version > 0 && !text.is_empty() => {
                let text = format!("contradicts the path: this is customer {}", present.id);
                return Err(property.wrong(text));
            }
            Mode::Server => None,
            Mode::Text => Some(Edit::Set(field, given.map(Value::from))),
            Mode::Name | Mode::Email if given.is_none() => return Err(missing(property)),
            Mode::Name => Some(Edit::Set(field, given.map(Value::from))),
            Mode::Email => Some(Edit::PrimaryEmail(given)),
            // Forms send line ends as CR LF.
            Mode::Address if property.shows(present, &text.replace("\r\n", "\n")) => None,
            Mode::Address => Some(Edit::Address(text.to_owned())),
            Mode::Number if text.is_empty() && property.shows(present, "0") => None,
            Mode::Number if text.is_empty() => Some(Edit::Set(field, None)),
            Mode::Number => {
                let wrong = || property.wrong(format!("must be a whole number from 0 to {MAX_NUMBER}"));
                let number = whole_number(text).filter(|number| *number <= MAX_NUMBER).ok_or_else(wrong)?;
                Some(Edit::Set(field, Some(number.into())))
            }
            Mode::Industry if text.is_empty() => Some(Edit::Set(field, None)),
            Mode::Industry => {
                let names = || industry::INDUSTRIES.iter().map(|(name, _)| *name);
                let meaning = industry::meaning_of(text).ok_or_else(|| property.wrong(one_of(names())))?;
                Some(Edit::Set(field, Some(meaning.into())))
            }
            Mode::Status => self.edit_status(property, text, present)?,
            Mode::Deleted => self.edit_deleted(property, text, present)?,
        })
    }

    /// `deleted` may say the same in its own words, but nothing else.
    fn edit_status(&self, property: &Property, text: &str, present: &Customer) -> Result<Option<Edit>, Error> {
        let deleted = self.get("deleted").filter(|deleted| !deleted.is_empty());
        if text.is_empty() {
            let unset = present.status() != "active" && deleted != Some("yes");
            return Ok(unset.then_some(Edit::Set(Field::Status, None)));
        }
        let state = STATES.iter().find(|(name, _)| *name == text);
        let (_, meaning) = state.ok_or_else(|| property.wrong(one_of(STATES.iter().map(|(name, _)| *name))))?;
        if let Some(deleted @ ("yes" | "no")) = deleted.filter(|said| (*said == "yes") != (*meaning == "deleted")) {
            return Err(property.wrong(format!("\"{text}\" contradicts deleted \"{deleted}\"")));
        }
        Ok((*meaning != present.status()).then(|| Edit::Set(Field::Status, Some((*meaning).into()))))
    }

    /// Where `status` says something, it decides.
    fn edit_deleted(&self, property: &Property, text: &str, present: &Customer) -> Result<Option<Edit>, Error> {
        let deleted = match text {
            "yes" => true,
            "no" | "" => false,
            _ => return Err(property.wrong(one_of(["yes", "no"].into_iter()))),
        };
        let decided = self.get("status").is_some_and(|status| !status.is_empty() || !deleted);
        if decided || deleted == present.is_deleted() {
            return Ok(None);
        }
        let meaning = if deleted { "deleted" } else { "active" };
        Ok(Some(Edit::Set(Field::Status, Some(meaning.into()))))
    }
}

/// A refusal of one property.
#[derive(Debug, PartialEq)]
pub(super) struct Problem {
    pub(super) property: &'static str,
    pub(super) sentence: String,
}

impl Problem {
    /// The property that a refusal is about, if it is about one.
    pub(super) fn of(error: &Error) -> Option<Self> {
        let field = if ADDRESS_LINES.contains(&error.at?) { Field::AddressLine1 } else { error.at? };
        let property = PROPERTIES.iter().find(|property| property.field == field)?;
        Some(Self { property: property.name, sentence: sentence(property, error) })
    }
}

/// The sentence of a refusal about a property: it begins with the vendor's name of it.
fn sentence(property: &Property, error: &Error) -> String {
    let (name, message) = (property.name, &error.message);
    let rest = error.at.and_then(|field| message.strip_prefix(&*field.name()));
    let line = ADDRESS_LINES.iter().position(|line| Some(*line) == error.at);
    match (rest, line) {
        (Some(rest), Some(line)) => format!("{name} line {}{rest}", line + 1),
        (Some(rest), None) => format!("{name}{rest}"),
        (None, _) if message.starts_with(name) => message.clone().into_owned(),
        (None, _) => format!("{name}: {message}"),
    }
}

/// A property that must not be empty is.
fn missing(property: &Property) -> Error {
    Error::new(Reason::Required, format!("{} is required and must not be empty", property.name)).at(property.field)
}

/// What the members of a closed list are, for people.
pub(super) fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("\"{name}\"")).collect();
    format!("must be one of {}", names.join(", "))
}

#[cfg(test)]
mod tests;
