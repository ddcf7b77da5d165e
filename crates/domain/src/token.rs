//! Tokens: what a program calls with in the name of a user, for a time. They do what their user may do at that moment, in
//! the dialects and scopes that they were made for, and end with the user's password. They are never changed: another one
//! is made.

use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::{Record, Time};
use crate::rule::need;
use crate::scope::Scopes;
use crate::session::stamp;
use crate::value::Value;
use crate::working_set::{Context, WorkingSet};

/// The fields of a token.
pub(crate) const FIELDS: &[Field] = &[
    Field::Name,
    Field::UserId,
    Field::Digest,
    Field::Dialects,
    Field::Scopes,
    Field::ExpiresAt,
    Field::StartedAt,
    Field::KeptUntil,
    Field::Stamp,
    Field::Client,
    Field::Url,
    Field::CodeDigest,
    Field::Challenge,
    Field::FamilyDigest,
    Field::RefreshDigest,
];

/// Seconds that a token is good when nobody says.
pub const LIFETIME: i64 = 3_600;

/// Seconds in which a code must be redeemed.
pub const CODE_LIFETIME: i64 = 300;

/// Seconds after which a token that a program renews can be renewed no more, counted from the last time: 90 days.
pub const IDLE: i64 = 90 * 86_400;

/// Most seconds that a token is good: a year.
pub const MAX_LIFETIME: i64 = 366 * 86_400;

/// Seconds for which a token that ended is told from one that never was.
const REMEMBERED: i64 = 30 * 86_400;

/// A token has a user, and ends. Nobody gives one that reaches more than they do themselves.
pub(crate) fn settle(
    record: &mut Record,
    before: Option<&Record>,
    set: &mut WorkingSet,
    cx: &Context,
) -> Result<(), Stop> {
    if before.is_some() {
        let text = "A token is not changed: end it and make another one. Nothing was changed.";
        return Err(Error::new(Reason::Unsupported, text).into());
    }
    for field in [Field::StartedAt, Field::KeptUntil, Field::Client, Field::Url] {
        if record.values.get(field).is_some() {
            return Err(Error::invalid(field, format!("{field} is set by the server: leave it out")).into());
        }
    }
    for field in [Field::UserId, Field::Digest] {
        need(record, field)?;
    }
    let scopes = Scopes::read(record.texts(Field::Scopes))?;
    if scopes.and(cx.caller.scopes) != scopes {
        let text = format!("{} cannot give more than they have themselves", cx.caller.name);
        return Err(Error::new(Reason::Forbidden, text).into());
    }
    let end = record.number(Field::ExpiresAt).map_or(cx.now.plus_seconds(LIFETIME), Time);
    if end <= cx.now || end > cx.now.plus_seconds(MAX_LIFETIME) {
        return Err(Error::invalid(Field::ExpiresAt, "A token ends within a year from now").into());
    }
    let id = record.number(Field::UserId).unwrap_or(0);
    let user = set.record(cx.caller.tenant, Kind::User, id)?;
    let Some(user) = user.filter(|user| !user.is_deleted()) else {
        return Err(Error::invalid(Field::UserId, format!("There is no user {id} who may sign in")).into());
    };
    for (field, value) in [
        (Field::ExpiresAt, Value::Number(end.0)),
        (Field::StartedAt, cx.now.0.into()),
        (Field::KeptUntil, end.plus_seconds(REMEMBERED).0.into()),
        (Field::Stamp, stamp(user.text(Field::Password)).into()),
    ] {
        record.set(field, Some(value))?;
    }
    Ok(())
}
