//! Sessions: what a dialect gives a caller who signed in, so that the next calls need no password.
//!
//! Of the session key only the digest is stored. A session ends when nobody used it for a time, at the latest some time
//! after it began, when it is ended, and when the password it was opened with is another. A user has a few sessions at
//! once in each dialect; one more takes the place of the one that would end first, so that nobody fills the store by
//! signing in.

use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::record::{Record, Time};

/// The fields of a session.
pub(crate) const FIELDS: &[Field] = &[
    Field::Digest,
    Field::UserId,
    Field::CustomerId,
    Field::Dialects,
    Field::ExpiresAt,
    Field::StartedAt,
    Field::Stamp,
    Field::Slot,
    Field::Client,
];

/// Sessions that one user or customer can have at once in one dialect.
pub const PER_SUBJECT: usize = 32;

/// Whose session it is. The two are apart: a session of one never passes for one of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A user's.
    User(i64),
    /// A customer's.
    Customer(i64),
}

impl Subject {
    /// Whose session a record is.
    pub fn of(record: &Record) -> Option<Self> {
        let user = record.number(Field::UserId).map(Self::User);
        user.or_else(|| record.number(Field::CustomerId).map(Self::Customer))
    }
}

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Seconds after the last use. A session lasts up to a tenth longer, so that not every use has to be written down.
    pub idle: i64,
    /// Seconds after it began.
    pub whole: i64,
}

impl Default for Lifetime {
    fn default() -> Self {
        Self { idle: 1_800, whole: 604_800 }
    }
}

impl Lifetime {
    /// When a session that is used now ends.
    pub fn end(self, started: Time, now: Time) -> Time {
        now.plus_seconds(self.idle.saturating_add(self.idle / 10)).min(started.plus_seconds(self.whole))
    }

    /// Whether a use has to be written down.
    pub fn is_stale(self, session: &Record, now: Time) -> bool {
        let ends = Time(session.number(Field::ExpiresAt).unwrap_or(0));
        let started = Time(session.number(Field::StartedAt).unwrap_or(0));
        ends < now.plus_seconds(self.idle) && ends < self.end(started, now)
    }
}

/// # Errors
/// Always: sessions are opened by signing in.
pub(crate) fn settle() -> Result<(), Stop> {
    Err(Error::new(Reason::Unsupported, "Sessions are opened by signing in, and end").into())
}

/// Tells one password's hash from another's, and nothing else.
pub fn stamp(password: &str) -> String {
    format!("{:016x}", crate::tenant::fnv(password))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;
    use crate::record::Part;

    #[test]
    fn a_session_slides_in_steps_and_not_beyond_its_end() {
        let lifetime = Lifetime { idle: 100, whole: 1_000 };
        let at = |seconds: i64| Time(0).plus_seconds(seconds);
        let mut session = Record::new(Kind::Session, Part(1), 1);
        session.values.set(Field::StartedAt, Some(0.into()));
        session.values.set(Field::ExpiresAt, Some(lifetime.end(at(0), at(0)).0.into()));
        assert_eq!(session.number(Field::ExpiresAt), Some(110_000_000));
        for (now, stale) in [(0, false), (10, false), (11, true), (109, true)] {
            assert_eq!(lifetime.is_stale(&session, at(now)), stale, "{now}");
        }
        session.values.set(Field::ExpiresAt, Some(lifetime.end(at(0), at(950)).0.into()));
        assert_eq!(session.number(Field::ExpiresAt), Some(1_000_000_000));
        assert!(!lifetime.is_stale(&session, at(999)), "nothing to write: it ends anyway");
    }
}
