//! The description of this API in the OpenAPI language, printed from the table that dispatches and from the fields of
//! each kind of record: it cannot tell anything else than what the program does.

mod around;
mod document;
mod import;
mod parameters;
mod schemas;
mod three_zero;

pub use document::openapi;

/// A version of the OpenAPI language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 3.1, whose schemas are JSON Schema 2020-12.
    V3_1,
    /// 3.0, for older generators.
    V3_0,
}

impl Version {
    /// The version of that name: `3.1` or `3.0`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "3.1" => Some(Self::V3_1),
            "3.0" => Some(Self::V3_0),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
