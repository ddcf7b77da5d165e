//! JSON (RFC 8259): read strictly, written without a tree.
//!
//! The reader is our own because no stock one keeps all of this at once: a key given twice is refused, not
//! overwritten; a number keeps the digits it was sent with; every text obeys [`text::check`](crate::text::check);
//! depth and number of values are limited; and an error says where it is.

mod parse;
mod write;

use std::borrow::Cow;

pub use parse::{JsonError, Limits, Problem, parse};
pub use write::{ListWriter, ObjectWriter, Scalar, Written, write_list, write_object, write_value};

/// A JSON value. What needed no unescaping is borrowed from the document.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, by its digits.
    Number(Number<'a>),
    /// A text.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Value<'a>>),
    /// An object.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    /// What it is, for messages: `a text`, `a list`, …
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The object, if it is one.
    pub const fn as_object(&self) -> Option<&Object<'a>> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }
}

/// A number as it was written. It is valid JSON, and its magnitude is within that of an `f64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number<'a>(&'a str);

impl<'a> Number<'a> {
    /// The digits as they were sent, for example `1`, `1.0`, `1e3` or `-0`.
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// The integer, if it was written as one: `1.0` and `1e3` are not.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    /// The nearest double. Always finite.
    pub fn as_f64(&self) -> f64 {
        self.0.parse().unwrap_or_default()
    }
}

/// An object: its members in the order they came, no key twice.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Object<'a> {
    /// The value of this key. Looks through the members one by one.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(this, _)| this == key).map(|(_, value)| value)
    }

    /// Keys and values in the order they came.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value<'a>)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    /// The members themselves, in the order they came.
    pub fn into_members(self) -> Vec<(Cow<'a, str>, Value<'a>)> {
        self.0
    }

    /// How many members it has.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests;
