//! Values, and what they are good for.

use super::Fault;
use crate::text;
use std::borrow::Cow;

/// A value as it was sent, or to be sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `nil`; written as an empty text.
    Nil,
    /// `boolean`.
    Boolean(bool),
    /// `int`, `i4` or `i8`: a sign or none, and digits, however many. What is beyond 32 bits is written as a text.
    Int(Cow<'a, str>),
    /// `double`: a sign, digits with or without a point, an exponent.
    Double(Cow<'a, str>),
    /// `dateTime.iso8601`: its shape is checked, not whether there is such a day.
    DateTime(Cow<'a, str>),
    /// `string`, or no type at all.
    String(Cow<'a, str>),
    /// `base64`.
    Base64(Vec<u8>),
    /// `array`.
    Array(Vec<Self>),
    /// `struct`: members as they came. Of a repeated one the last counts.
    Struct(Vec<(Cow<'a, str>, Self)>),
}

impl Value<'_> {
    /// The name of its type, as signatures give it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Boolean(_) => "boolean",
            Self::Int(_) => "int",
            Self::Double(_) => "double",
            Self::DateTime(_) => "dateTime.iso8601",
            Self::String(_) => "string",
            Self::Base64(_) => "base64",
            Self::Array(_) => "array",
            Self::Struct(_) => "struct",
        }
    }

    /// The value as a text: numbers and times as they were written, `boolean` as `1` or `0`, `nil` as an empty text,
    /// the bytes of `base64` as UTF-8, or as Latin-1 when they are not that.
    ///
    /// # Errors
    /// `INVALID_PARAMS` for an array, a struct, and bytes that hold a character which no text may hold.
    pub fn text(&self) -> Result<Cow<'_, str>, Fault> {
        let bytes = match self {
            Self::Nil => return Ok(Cow::Borrowed("")),
            Self::Boolean(truth) => return Ok(Cow::Borrowed(if *truth { "1" } else { "0" })),
            Self::Int(text) | Self::Double(text) | Self::DateTime(text) | Self::String(text) => {
                return Ok(Cow::Borrowed(text));
            }
            Self::Base64(bytes) => bytes,
            Self::Array(_) | Self::Struct(_) => {
                let message = format!("{} where one text is expected", self.kind());
                return Err(Fault::new(Fault::INVALID_PARAMS, message));
            }
        };
        let text = std::str::from_utf8(bytes)
            .map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), Cow::Borrowed);
        text::check(&text).map_err(|error| Fault::new(Fault::INVALID_PARAMS, error.to_string()))?;
        Ok(text)
    }

    /// The whole number that it spells, if it is one of 32 bits: as an `int`, as a `double` without decimals, or as a
    /// text.
    pub fn int(&self) -> Option<i32> {
        match self {
            Self::Int(text) | Self::String(text) => text.parse().ok(),
            Self::Double(text) => {
                let number: f64 = text.parse().ok()?;
                let whole = number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number);
                #[allow(clippy::cast_possible_truncation, reason = "it is whole and within the range")]
                whole.then_some(number as i32)
            }
            _ => None,
        }
    }

    /// The members, if it is a struct. An empty array is a struct without members: PHP cannot tell the two apart.
    pub fn members(&self) -> Option<&[(Cow<'_, str>, Self)]> {
        match self {
            Self::Struct(members) => Some(members),
            Self::Array(items) if items.is_empty() => Some(&[]),
            _ => None,
        }
    }

    /// The last member of this name.
    pub fn member(&self, name: &str) -> Option<&Self> {
        self.members()?.iter().rfind(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The items, if it is an array.
    pub fn items(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }
}

impl From<i32> for Value<'_> {
    fn from(number: i32) -> Self {
        i64::from(number).into()
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Int(itoa::Buffer::new().format(number).to_owned().into())
    }
}

impl From<bool> for Value<'_> {
    fn from(truth: bool) -> Self {
        Self::Boolean(truth)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(text.into())
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self::String(text)
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl<'a, N: Into<Cow<'a, str>>> FromIterator<(N, Self)> for Value<'a> {
    fn from_iter<I: IntoIterator<Item = (N, Self)>>(members: I) -> Self {
        Self::Struct(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

impl FromIterator<Self> for Value<'_> {
    fn from_iter<I: IntoIterator<Item = Self>>(items: I) -> Self {
        Self::Array(items.into_iter().collect())
    }
}
