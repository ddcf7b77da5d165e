//! What a user is to be told of tickets, and the program that tells it.
//!
//! Notifications are gathered for a user from the time a program first asks for them, and until a day after it last did:
//! nothing piles up for those whom nobody tells, and what nobody tells for a day is removed.

use crate::error::Stop;
use crate::field::Field;
use crate::kind::Kind;
use crate::record::{Record, Time};
use crate::working_set::{Context, WorkingSet};

/// The fields of a notification.
pub(crate) const FIELDS: &[Field] = &[
    Field::UserId,
    Field::NotificationType,
    Field::CreatedBy,
    Field::Author,
    Field::TicketId,
    Field::Title,
    Field::ExpiresAt,
];

/// The fields of a reader. Its id is the user's.
pub(crate) const READER_FIELDS: &[Field] = &[Field::UserId, Field::Digest, Field::Source, Field::ExpiresAt];

/// The user looks after a new ticket.
pub const NEW_TICKET: i64 = 1;

/// A ticket of the user has a new message.
pub const NEW_MESSAGE: i64 = 2;

/// Another user looks after a ticket of the user now.
pub const TAKEN_OVER: i64 = 64;

/// Seconds for which a reader can go on reading after it last did.
pub const LEASE: i64 = 300;

/// Seconds after the end of a lease for which notifications are still gathered.
const GATHERED: i64 = 86_400;

/// A notification as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// [`NEW_TICKET`], [`NEW_MESSAGE`] or [`TAKEN_OVER`].
    pub about: i64,
    /// The user who did it, if it was one.
    pub created_by: Option<i64>,
    /// Who did it.
    pub author: String,
    /// The ticket.
    pub ticket: i64,
    /// Its title.
    pub title: String,
}

impl Told {
    pub(crate) fn of(record: &Record) -> Self {
        Self {
            about: record.number(Field::NotificationType).unwrap_or(0),
            created_by: record.number(Field::CreatedBy),
            author: record.text(Field::Author).to_owned(),
            ticket: record.number(Field::TicketId).unwrap_or(0),
            title: record.text(Field::Title).to_owned(),
        }
    }
}

/// Notes that a user is to be told, unless they did it themselves or nobody tells them.
pub(crate) fn notify(
    user: Option<i64>,
    about: i64,
    ticket: &Record,
    author: &str,
    set: &mut WorkingSet,
    cx: &Context,
) -> Result<(), Stop> {
    let tenant = cx.caller.tenant;
    let Some(user) = user.filter(|user| cx.caller.user != Some(*user)) else { return Ok(()) };
    let reader = set.record(tenant, Kind::NotificationReader, user)?;
    let end = reader.and_then(|reader| reader.number(Field::ExpiresAt)).map(|end| Time(end).plus_seconds(GATHERED));
    if end.is_none_or(|end| end <= cx.now) {
        return Ok(());
    }
    let id = set.next_id(tenant, Kind::Notification)?;
    let mut record = Record::new(Kind::Notification, tenant.part_of(id), id);
    record.set(Field::UserId, Some(user.into()))?;
    record.set(Field::NotificationType, Some(about.into()))?;
    record.set(Field::CreatedBy, cx.caller.user.map(Into::into))?;
    record.set(Field::Author, Some(author.into()))?;
    record.set(Field::TicketId, Some(ticket.id.into()))?;
    record.set(Field::Title, Some(ticket.text(Field::Title).into()))?;
    record.set(Field::ExpiresAt, Some(cx.now.plus_seconds(GATHERED).0.into()))?;
    set.put(record, cx)?;
    Ok(())
}
