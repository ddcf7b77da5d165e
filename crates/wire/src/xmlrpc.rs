//! XML-RPC: calls in, answers and faults out.
//!
//! Clients name types freely: Perl's libraries send every text of digits as an `int`, `+27115551234` as an `i8` and any
//! text beyond ASCII as `base64`. So a number or a time keeps the text that it was sent with, and [`Value::text`] gives
//! it for whatever holds a text: `02134` stays `02134`.
//!
//! What is written is what all clients can read: 32-bit `int`, `boolean`, `string`, `double`, `dateTime.iso8601`,
//! `base64`, `struct` and `array`. `nil` and `i8` are read, also with Apache's prefix, and never written.
//!
//! ```
//! use wire::xml::{Limits, Source};
//! use wire::xmlrpc::{self, Call, Fault, Value};
//!
//! let body = "<methodCall><methodName>Add</methodName><params><param><value><i4>02</i4></value></param>\
//!             <param><value>40</value></param></params></methodCall>";
//! let limits = Limits::default();
//! let source = Source::decode(body.as_bytes(), None, &limits)?;
//! let document = source.parse(&limits)?;
//! let call = Call::of(&document)?;
//! let sum: i32 = call.params.iter().filter_map(Value::int).sum();
//! assert_eq!((call.method, sum), ("Add", 42));
//! assert!(xmlrpc::response(&Value::from(sum)).contains("<value><int>42</int></value>"));
//! # Ok::<(), Fault>(())
//! ```

mod read;
mod value;
mod write;

pub use read::Call;
pub use value::Value;
pub use write::{fault, response};

use crate::text::DecodeError;
use crate::xml::{Problem, XmlError};
use std::borrow::Cow;

/// Why a call failed. The codes below zero are those of the specification for fault code interoperability; what an
/// application says has codes of its own, outside of -32768 to -32000.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Fault {
    /// What programs are told.
    pub code: i32,
    /// What happened, for people.
    pub message: Cow<'static, str>,
}

impl Fault {
    /// The body is not well-formed XML.
    pub const NOT_WELL_FORMED: i32 = -32_700;
    /// The body is in an encoding that we do not know, or claims to be in two.
    pub const UNSUPPORTED_ENCODING: i32 = -32_701;
    /// The body holds what its encoding or XML cannot.
    pub const INVALID_CHARACTER: i32 = -32_702;
    /// The body is XML and no call.
    pub const INVALID_CALL: i32 = -32_600;
    /// There is no such method.
    pub const METHOD_NOT_FOUND: i32 = -32_601;
    /// The parameters are not those of the method.
    pub const INVALID_PARAMS: i32 = -32_602;
    /// A fault of ours.
    pub const INTERNAL: i32 = -32_603;
    /// More was asked for than is taken.
    pub const LIMIT: i32 = -32_000;

    /// A fault with a sentence.
    pub fn new(code: i32, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into() }
    }
}

impl From<XmlError> for Fault {
    fn from(error: XmlError) -> Self {
        let code = match &error.problem {
            Problem::Encoding(DecodeError::Invalid { .. }) | Problem::Character(_) => Self::INVALID_CHARACTER,
            Problem::Encoding(_) => Self::UNSUPPORTED_ENCODING,
            Problem::Syntax(_) => Self::NOT_WELL_FORMED,
            Problem::Doctype => Self::INVALID_CALL,
            Problem::TooLong(_)
            | Problem::TooDeep(_)
            | Problem::TooManyNodes(_)
            | Problem::TooManyAttributes(_)
            | Problem::TooManyNamespaces(_)
            | Problem::NameTooLong(_)
            | Problem::AttributeTooLong(_)
            | Problem::TextTooLong(_) => Self::LIMIT,
        };
        Self::new(code, error.to_string())
    }
}

#[cfg(test)]
mod tests;
