//! Why an operation was refused.

use crate::field::Field;
use std::borrow::Cow;
use std::fmt;

/// The closed list of reasons. Every dialect answers every one of them in its own words, in one total `match`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The caller did not prove who they are.
    Unauthenticated,
    /// The caller is known and may not do this.
    Forbidden,
    /// There is no such record, or not for this caller.
    NotFound,
    /// A value that must be unique is another record's.
    AlreadyExists,
    /// A value is missing.
    Required,
    /// A value is not one the field can hold.
    Invalid,
    /// A text or a list is longer than the field can hold.
    TooLong,
    /// The record changed since the caller read it.
    Conflict,
    /// The record is locked against this kind of edit.
    Locked,
    /// The caller asked for more, or more often, than is allowed.
    LimitExceeded,
    /// The operation exists but is not offered.
    Unsupported,
    /// The server cannot store anything now: try again later. Nothing was stored.
    Busy,
    /// A fault of the server. Nothing was stored unless the message says otherwise.
    Internal,
}

impl Reason {
    /// All of them, for tests that prove that a dialect answers each.
    pub const ALL: [Self; 13] = [
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::AlreadyExists,
        Self::Required,
        Self::Invalid,
        Self::TooLong,
        Self::Conflict,
        Self::Locked,
        Self::LimitExceeded,
        Self::Unsupported,
        Self::Busy,
        Self::Internal,
    ];
}

/// A refusal: nothing of the operation was stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// Which of the closed list.
    pub reason: Reason,
    /// The field it concerns, if it concerns one. A dialect translates it to its own name.
    pub at: Option<Field>,
    /// One sentence that is safe to show the caller.
    pub message: Cow<'static, str>,
    /// In how many seconds to try again, when that is known.
    pub wait: Option<u32>,
    /// What only the log may see.
    pub source: Option<String>,
}

impl Error {
    /// A refusal with a sentence for the caller.
    pub fn new(reason: Reason, message: impl Into<Cow<'static, str>>) -> Self {
        Self { reason, at: None, message: message.into(), wait: None, source: None }
    }

    /// Names the field.
    #[must_use]
    pub const fn at(mut self, field: Field) -> Self {
        self.at = Some(field);
        self
    }

    /// Says in how many seconds to try again.
    #[must_use]
    pub fn again_in(mut self, seconds: i64) -> Self {
        self.wait = u32::try_from(seconds).ok();
        self
    }

    /// Keeps a cause for the log.
    #[must_use]
    pub fn because(mut self, source: impl fmt::Display) -> Self {
        self.source = Some(source.to_string());
        self
    }

    /// `Invalid` at a field.
    pub fn invalid(field: Field, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Reason::Invalid, message).at(field)
    }

    /// Whether a credential was good once, and its time is over: whoever has another way to sign in may take it.
    pub fn is_expired(&self) -> bool {
        self.reason == Reason::Unauthenticated && self.at == Some(Field::ExpiresAt)
    }

    /// `NotFound` with a sentence.
    pub fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Reason::NotFound, message)
    }

    /// A fault of the server; the cause goes to the log only.
    pub fn internal(source: impl fmt::Display) -> Self {
        Self::new(Reason::Internal, "The server failed to do this. Nothing was stored.").because(source)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Why [`decide`](crate::operation::Operation::decide) ended early.
#[derive(Debug)]
pub enum Stop {
    /// Something it asked the working set for is not loaded yet; the store loads it and decides again.
    Missing,
    /// The operation is refused; its changes are forgotten, its neighbours in the batch go on.
    Refused(Error),
}

impl Stop {
    /// Does it for each, and goes on where something is missing, so that one round loads what all miss.
    ///
    /// # Errors
    /// `Missing` when any misses something; the first refusal at once.
    pub(crate) fn in_each<T>(
        items: impl IntoIterator<Item = T>,
        mut run: impl FnMut(T) -> Result<(), Self>,
    ) -> Result<(), Self> {
        let mut missing = false;
        for item in items {
            match run(item) {
                Ok(()) => {}
                Err(Self::Missing) => missing = true,
                Err(stop) => return Err(stop),
            }
        }
        if missing { Err(Self::Missing) } else { Ok(()) }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}
