//! What a field can hold, and the one form in which it is stored.

use crate::error::{Error, Reason};
use crate::field::Field;
use crate::kind::Kind;

/// A value that is set. There is no null: an unset field is absent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Text, never empty.
    Text(String),
    /// A whole number, an id, or a moment in microseconds since 1970.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Texts in order, never empty.
    Texts(Vec<String>),
    /// Ids in order, never empty.
    Numbers(Vec<i64>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// What a field can hold. Lengths are in characters (Unicode scalar values).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Part of the record's envelope: never written by a caller.
    Envelope,
    /// Text of at most `max` characters.
    Text {
        /// Longest text.
        max: usize,
    },
    /// One of a closed list.
    Choice(&'static [&'static str]),
    /// A whole number.
    Number {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// Yes or no.
    Flag,
    /// E-mail addresses in order, the first the primary one; none twice, whatever its case.
    Emails {
        /// Most addresses.
        items: usize,
    },
    /// Texts in order, none twice.
    Codes {
        /// Longest text.
        max: usize,
        /// Most texts.
        items: usize,
    },
    /// ISO 3166-1: stored as alpha-2 in capitals; alpha-3 and English short names are understood.
    Country,
    /// BCP 47 tag.
    Language,
    /// A moment.
    Time,
    /// A hash; never shown.
    Secret,
    /// The id of a record of that kind in the same tenant.
    Reference(Kind),
    /// Ids of records of that kind in the same tenant, in order, none twice.
    References {
        /// The kind.
        of: Kind,
        /// Most ids.
        items: usize,
    },
}

/// Longest e-mail address, in characters.
pub const EMAIL_MAX: usize = 320;

impl Shape {
    /// Brings a value to its stored form; `None` when it means unset.
    ///
    /// # Errors
    /// `Invalid` or `TooLong` at `field`, with a sentence for people.
    pub fn admit(self, field: Field, value: Value) -> Result<Option<Value>, Error> {
        let value = match (self, value) {
            (Self::Text { max }, Value::Text(text)) => Value::Text(plain(field, text, max)?),
            (Self::Secret, Value::Text(text)) => Value::Text(plain(field, text, 1_024)?),
            (Self::Choice(_), Value::Text(text)) if text.is_empty() => return Ok(None),
            (Self::Choice(list), Value::Text(text)) => {
                if !list.contains(&text.as_str()) {
                    return Err(Error::invalid(field, format!("{field} must be one of: {}", list.join(", "))));
                }
                Value::Text(text)
            }
            (Self::Country, Value::Text(text)) if text.is_empty() => return Ok(None),
            (Self::Country, Value::Text(text)) => country(field, &text)?.into(),
            (Self::Language, Value::Text(text)) => language(field, text)?.into(),
            (Self::Number { min, max }, Value::Number(number)) => {
                if number < min || number > max {
                    return Err(Error::invalid(field, format!("{field} must be a whole number from {min} to {max}")));
                }
                Value::Number(number)
            }
            (Self::Reference(_), Value::Number(number)) => {
                if number < 1 {
                    return Err(Error::invalid(field, format!("{field} must be an id: a whole number from 1")));
                }
                Value::Number(number)
            }
            (Self::Time, Value::Number(number)) => Value::Number(number),
            (Self::Flag, Value::Flag(flag)) => Value::Flag(flag),
            (Self::Emails { items }, Value::Texts(texts)) => {
                let texts = texts.into_iter().map(|text| email(field, text)).collect::<Result<Vec<_>, _>>()?;
                Value::Texts(distinct(field, texts, items, str::to_lowercase)?)
            }
            (Self::Codes { max, items }, Value::Texts(texts)) => {
                let texts = texts.into_iter().map(|text| plain(field, text, max)).collect::<Result<Vec<_>, _>>()?;
                Value::Texts(distinct(field, texts, items, str::to_owned)?)
            }
            // An empty list is of any type.
            (Self::References { .. }, Value::Texts(texts)) if texts.is_empty() => return Ok(None),
            (Self::References { items, .. }, Value::Numbers(ids)) => Value::Numbers(distinct_ids(field, ids, items)?),
            (Self::Envelope, _) => return Err(Error::invalid(field, format!("{field} is set by the server"))),
            (wanted, _) => return Err(Error::invalid(field, format!("{field} must be {}", wanted.wanted()))),
        };
        Ok(match value {
            Value::Text(text) if text.is_empty() => None,
            Value::Texts(texts) if texts.is_empty() => None,
            Value::Numbers(ids) if ids.is_empty() => None,
            Value::Flag(false) => None,
            value => Some(value),
        })
    }

    const fn wanted(self) -> &'static str {
        match self {
            Self::Number { .. } => "a whole number",
            Self::Flag => "true or false",
            Self::Emails { .. } | Self::Codes { .. } => "a list of texts",
            Self::Reference(_) => "an id",
            Self::References { .. } => "a list of ids",
            Self::Time => "a time",
            Self::Envelope | Self::Text { .. } | Self::Choice(_) | Self::Country | Self::Language | Self::Secret => {
                "a text"
            }
        }
    }
}

/// The one character policy: what one dialect may store, every other can show. XML 1.0 carries no control character
/// but tab, line feed and carriage return, and neither U+FFFE nor U+FFFF.
pub fn forbidden_character(text: &str) -> Option<char> {
    // The bytes of a forbidden character start with one below 0x20 or with 0xEF, which most texts have none of.
    if !text.bytes().any(|byte| byte < 0x20 || byte == 0xEF) {
        return None;
    }
    text.chars().find(|c| matches!(c, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}'))
}

fn plain(field: Field, text: String, max: usize) -> Result<String, Error> {
    if let Some(c) = forbidden_character(&text) {
        let code = u32::from(c);
        return Err(Error::invalid(field, format!("{field} holds the character U+{code:04X}, which no text may hold")));
    }
    if text.len() > max && text.chars().count() > max {
        return Err(Error::new(Reason::TooLong, format!("{field} is longer than {max} characters")).at(field));
    }
    Ok(text)
}

/// One `@` with text on either side, no blank or line end. More would refuse addresses that work.
fn email(field: Field, text: String) -> Result<String, Error> {
    let text = plain(field, text, EMAIL_MAX)?;
    let valid = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@') && !text.contains(char::is_whitespace)
    });
    if valid { Ok(text) } else { Err(Error::invalid(field, "An e-mail address has one @ with text on either side")) }
}

fn distinct(field: Field, texts: Vec<String>, items: usize, fold: fn(&str) -> String) -> Result<Vec<String>, Error> {
    if texts.len() > items {
        return Err(Error::new(Reason::TooLong, format!("{field} holds at most {items} entries")).at(field));
    }
    let mut seen = std::collections::BTreeSet::new();
    for text in &texts {
        if text.is_empty() {
            return Err(Error::invalid(field, format!("{field} holds an empty entry")));
        }
        if !seen.insert(fold(text)) {
            return Err(Error::invalid(field, format!("{field} holds an entry twice")));
        }
    }
    Ok(texts)
}

fn distinct_ids(field: Field, ids: Vec<i64>, items: usize) -> Result<Vec<i64>, Error> {
    if ids.len() > items {
        return Err(Error::new(Reason::TooLong, format!("{field} holds at most {items} ids")).at(field));
    }
    let mut seen = std::collections::BTreeSet::new();
    for id in &ids {
        if *id < 1 {
            return Err(Error::invalid(field, format!("{field} holds ids: whole numbers from 1")));
        }
        if !seen.insert(*id) {
            return Err(Error::invalid(field, format!("{field} holds {id} twice")));
        }
    }
    Ok(ids)
}

fn country(field: Field, text: &str) -> Result<String, Error> {
    let found = match text.len() {
        2 => rust_iso3166::from_alpha2(&text.to_ascii_uppercase()),
        3 => rust_iso3166::from_alpha3(&text.to_ascii_uppercase()),
        _ => rust_iso3166::ALL.iter().find(|country| country.name.eq_ignore_ascii_case(text)).copied(),
    };
    let found = found.ok_or_else(|| {
        Error::invalid(field, format!("{field} must be a country: an ISO 3166 code such as NO, or its English name"))
    })?;
    Ok(found.alpha2.to_owned())
}

fn language(field: Field, text: String) -> Result<String, Error> {
    let subtag = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let primary = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic());
    let mut parts = text.split('-');
    if text.is_empty() || (text.len() <= 35 && parts.next().is_some_and(primary) && parts.all(subtag)) {
        return Ok(text);
    }
    Err(Error::invalid(field, format!("{field} must be a language tag such as en or nb-NO")))
}

/// Brings the value of an extra field to the form that its definition wants. Legacy wires carry everything as text, so
/// text that reads as the wanted kind is understood.
///
/// # Errors
/// `Invalid` or `TooLong` at the field.
pub fn admit_extra(field: Field, shape: &str, value: Value) -> Result<Option<Value>, Error> {
    let wrong = |wanted: &str| Error::invalid(field, format!("{field} must be {wanted}"));
    let text = match value {
        Value::Text(text) => plain(field, text, 4_000)?,
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => if flag { "1" } else { "0" }.to_owned(),
        Value::Texts(_) | Value::Numbers(_) => return Err(wrong("one value")),
    };
    if text.is_empty() {
        return Ok(None);
    }
    let value = match shape {
        "integer" => Value::Number(text.parse().map_err(|_| wrong("a whole number"))?),
        "float" => {
            let number: f64 = text.parse().map_err(|_| wrong("a number"))?;
            if !number.is_finite() {
                return Err(wrong("a number"));
            }
            Value::Text(text)
        }
        "boolean" => match text.as_str() {
            "1" | "true" => Value::Flag(true),
            "0" | "false" => Value::Flag(false),
            _ => return Err(wrong("true or false")),
        },
        "date" => {
            let shaped = text.len() == 10
                && text
                    .bytes()
                    .enumerate()
                    .all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() });
            if shaped { Value::Text(text) } else { return Err(wrong("a date such as 2026-11-22")) }
        }
        _ => Value::Text(text),
    };
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(field: Field, value: impl Into<Value>) -> Result<Option<Value>, Reason> {
        field.shape().admit(field, value.into()).map_err(|error| {
            assert_eq!(error.at, Some(field));
            error.reason
        })
    }

    #[test]
    fn text_is_counted_in_characters() {
        assert!(admit(Field::Name, "ø".repeat(255)).is_ok());
        assert_eq!(admit(Field::Name, "ø".repeat(256)), Err(Reason::TooLong));
        assert_eq!(admit(Field::Name, ""), Ok(None));
    }

    #[test]
    fn one_character_policy() {
        for good in ["tab\tline\r\n", "客户 🎿", "\u{7f}\u{85}", "\u{feff}bom"] {
            assert_eq!(admit(Field::Note, good), Ok(Some(good.into())));
        }
        for bad in ["\0", "a\u{1}", "\u{b}", "\u{1f}", "\u{fffe}", "\u{ffff}"] {
            assert_eq!(admit(Field::Note, bad), Err(Reason::Invalid), "{bad:?}");
        }
    }

    #[test]
    fn countries_are_stored_as_alpha_2() {
        for text in ["no", "NO", "nor", "Norway", "norway"] {
            assert_eq!(admit(Field::Country, text), Ok(Some("NO".into())), "{text}");
        }
        for text in ["N", "XX", "NOO", "Norge?", "ＮＯ"] {
            assert_eq!(admit(Field::Country, text), Err(Reason::Invalid), "{text}");
        }
    }

    #[test]
    fn addresses_need_one_at_sign() {
        let list = |text: &str| Value::Texts(vec![text.to_owned()]);
        for good in ["a@b", "jd@old.example", "\"odd\"@x.y", "ö@ü.example"] {
            assert!(admit(Field::Emails, list(good)).is_ok(), "{good}");
        }
        for bad in ["", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\n"] {
            assert_eq!(admit(Field::Emails, list(bad)), Err(Reason::Invalid), "{bad}");
        }
        let twice = Value::Texts(vec!["a@b".into(), "A@B".into()]);
        assert_eq!(admit(Field::Emails, twice), Err(Reason::Invalid));
    }

    #[test]
    fn numbers_and_choices_are_bounded() {
        assert_eq!(admit(Field::EmailQuota, 0), Ok(Some(Value::Number(0))));
        assert_eq!(admit(Field::EmailQuota, -1), Err(Reason::Invalid));
        assert_eq!(admit(Field::EmailQuota, 2_147_483_648), Err(Reason::Invalid));
        assert_eq!(admit(Field::Status, "Active"), Err(Reason::Invalid));
        assert_eq!(admit(Field::Locked, false), Ok(None));
        assert_eq!(admit(Field::Language, "nb-NO"), Ok(Some("nb-NO".into())));
        assert_eq!(admit(Field::Language, "-"), Err(Reason::Invalid));
        assert_eq!(admit(Field::Id, 1), Err(Reason::Invalid));
        let ids = |ids: &[i64]| Value::Numbers(ids.to_vec());
        assert_eq!(admit(Field::Attachments, ids(&[2, 1])), Ok(Some(ids(&[2, 1]))));
        assert_eq!(admit(Field::Attachments, ids(&[])), Ok(None));
        for bad in [ids(&[1, 1]), ids(&[0]), Value::Number(1), Value::Texts(vec!["1".into()])] {
            assert_eq!(admit(Field::Attachments, bad), Err(Reason::Invalid));
        }
        assert_eq!(admit(Field::Attachments, ids(&(1..102).collect::<Vec<_>>())), Err(Reason::TooLong));
    }
}
