//! Filters and orders as text, for the native API, the command line and the console alike.
//!
//! ```text
//! filter = either { "or" either }
//! either = one { "and" one }
//! one    = "not" one | "(" filter ")" | "shared" "(" field { "," field } ")" | field test
//! test   = ("=" | "!=") (value | "null") | ("<" | "<=" | ">" | ">=") value
//!        | ("~" | "^=" | "like") value | "in" "(" (value | "null") { "," (value | "null") } ")"
//! order  = ["-"] field { "," ["-"] field }
//! ```
//!
//! `~` finds a part of a text, `^=` its start, both whatever the case of any letter; `like` matches a pattern in which
//! `*` stands for any text. A field is named as everywhere: `address.city`, `x_6`. A value is a word, or any text in
//! quotes of either kind, in which a backslash stands before a quote or a backslash. Of a list one entry must pass.
//! `null` is unset. An empty filter lets everything through. `shared(name, phone)` finds what has both in common with another
//! record that is not deleted, whatever the case of any letter.
//!
//! A search may hold the shortest filters as words of its own: see [`words`].

mod parse;
mod print;
mod token;
mod value;
mod words;

pub use words::words;

use domain::error::Reason;
use domain::filter::{Filter, Order};
use domain::{Error, Field, Kind, Shape};
use std::fmt;

use crate::suggest::{nearest, quoted};

/// Longest filter and longest order, in bytes.
pub const MAX_LENGTH: usize = 4_096;

/// Deepest nesting of parentheses and negations.
pub const MAX_DEPTH: usize = 16;

/// Most tests in a filter.
pub const MAX_TESTS: usize = 100;

/// Most fields of an order.
pub const MAX_ORDER: usize = 4;

/// What is wrong with a filter or an order, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// The character at which it is wrong, from 1.
    pub position: usize,
    /// What is wrong there: one sentence without a stop.
    pub message: String,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at character {}: {}", self.position, self.message)
    }
}

impl std::error::Error for FilterError {}

impl FilterError {
    /// As a refusal of the parameter of that name.
    pub fn refusal(&self, parameter: &str) -> Error {
        Error::new(Reason::Invalid, format!("{parameter}, {self}"))
    }
}

/// Reads a filter of records of a kind.
///
/// # Errors
/// The first thing that is wrong. What extra fields hold is not known here: the operation that lists refuses it.
pub fn parse(kind: Kind, text: &str) -> Result<Filter, FilterError> {
    parse::filter(kind, text)
}

/// Writes a filter that [`parse`] has read, so that it reads the same again.
pub fn print(filter: &Filter) -> String {
    let mut text = String::new();
    print::filter(filter, &mut text);
    text
}

/// Reads an order, such as `-updated_at,name`; an empty one is by id.
///
/// # Errors
/// A field that does not exist, comes twice or cannot be sorted by; more than [`MAX_ORDER`] of them.
pub fn parse_order(kind: Kind, text: &str) -> Result<Vec<Order>, FilterError> {
    let mut order: Vec<Order> = Vec::new();
    let mut position = 1;
    for part in text.split(',').take(if text.trim().is_empty() { 0 } else { MAX_ORDER + 1 }) {
        let wrong = |message| FilterError { position, message };
        let name = part.trim();
        let (name, descending) = name.strip_prefix('-').map_or((name, false), |name| (name, true));
        let field = field(kind, name).map_err(wrong)?;
        if order.len() == MAX_ORDER {
            return Err(wrong(format!("at most {MAX_ORDER} fields can be sorted by")));
        }
        if order.iter().any(|order| order.field == field) {
            return Err(wrong(format!("{field} is there twice")));
        }
        if matches!(field.shape(), Shape::Codes { .. } | Shape::References { .. }) {
            return Err(wrong(format!("{field} is a list: it cannot be sorted by")));
        }
        order.push(Order { field, descending });
        position += part.chars().count() + 1;
    }
    Ok(order)
}

/// Writes an order so that [`parse_order`] reads the same.
pub fn print_order(order: &[Order]) -> String {
    let part = |order: &Order| format!("{}{}", if order.descending { "-" } else { "" }, order.field);
    order.iter().map(part).collect::<Vec<_>>().join(",")
}

/// The fields that every record has.
const ENVELOPE: [Field; 5] = [Field::Id, Field::Version, Field::CreatedAt, Field::UpdatedAt, Field::UpdatedBy];

/// The field of that name, if records of the kind have it and it is no secret.
pub(crate) fn field(kind: Kind, name: &str) -> Result<Field, String> {
    let fields = || ENVELOPE.iter().chain(kind.fields()).filter(|field| field.shape() != Shape::Secret);
    let found = Field::named(name).filter(|field| match field {
        Field::Extra(_) => kind.has_extra_fields(),
        field => fields().any(|known| known == field),
    });
    found.ok_or_else(|| {
        let names: Vec<_> = fields().map(|field| field.name()).collect();
        let hint = nearest(name, names.iter().map(|name| &**name));
        let hint = hint.map_or_else(String::new, |near| format!(": did you mean {near}?"));
        format!("a {} has no field {}{hint}", kind.name(), quoted(name))
    })
}

#[cfg(test)]
mod tests;
