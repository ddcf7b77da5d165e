//! Messages of tickets.

use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::notification::{NEW_MESSAGE, notify};
use crate::operation::Deleted;
use crate::record::Record;
use crate::rule::{self, confine, need};
use crate::ticket;
use crate::working_set::{Context, WorkingSet};

/// The fields of a message, extra fields apart.
pub(crate) const FIELDS: &[Field] = &[
    Field::TicketId,
    Field::Author,
    Field::CreatedBy,
    Field::CustomerId,
    Field::Text,
    Field::Html,
    Field::Header,
    Field::MessageType,
    Field::MailId,
    Field::MailTo,
    Field::MailCc,
    Field::MailBcc,
    Field::External,
    Field::SentAt,
    Field::TimeSpent,
    Field::TimeCharge,
    Field::Important,
    Field::Attachments,
    Field::Deleted,
];

/// What a customer says of a message that they write.
const WRITTEN_WITH: &[Field] = &[Field::TicketId, Field::Text, Field::Html, Field::External, Field::Attachments];

/// Whether a customer sees a message: it is external, and so is its ticket, which is theirs.
pub(crate) fn is_of(message: &Record, customer: i64, set: &mut WorkingSet, cx: &Context) -> Result<bool, Stop> {
    let Some(id) = message.number(Field::TicketId) else { return Ok(false) };
    let ticket = set.record(cx.caller.tenant, Kind::Ticket, id)?;
    Ok(message.flag(Field::External)
        && ticket.is_some_and(|ticket| !ticket.is_deleted() && ticket::is_of(&ticket, customer)))
}

/// A message belongs to a ticket that its writer sees, and knows who wrote it and when. It links attachments that are
/// loose; a customer links their own. A customer writes messages and changes none.
pub(crate) fn settle(
    message: &mut Record,
    before: Option<&Record>,
    set: &mut WorkingSet,
    cx: &Context,
) -> Result<(), Stop> {
    need(message, Field::TicketId)?;
    let ticket = message.number(Field::TicketId);
    if let Some(id) = ticket.filter(|_| ticket != before.and_then(|before| before.number(Field::TicketId))) {
        rule::find(set, cx, Kind::Ticket, id, Deleted::Hidden)?;
    }
    if before.is_some() {
        confine(message, before, &[], cx)?;
    } else {
        confine(message, None, WRITTEN_WITH, cx)?;
        if let Some(customer) = cx.caller.customer {
            message.set(Field::CustomerId, Some(customer.into()))?;
        }
        if message.number(Field::SentAt).is_none() {
            message.set(Field::SentAt, Some(cx.now.0.into()))?;
        }
        ticket::sign(message, set, cx)?;
    }
    let linked = before.map_or(&[][..], |before| before.numbers(Field::Attachments));
    let new: Vec<_> = message.numbers(Field::Attachments).iter().filter(|id| !linked.contains(id)).copied().collect();
    let mut missing = false;
    for id in new {
        match set.record(cx.caller.tenant, Kind::Attachment, id) {
            Err(Stop::Missing) => missing = true,
            other => check_loose(id, other?.as_deref(), cx)?,
        }
    }
    if missing { Err(Stop::Missing) } else { Ok(()) }
}

fn check_loose(id: i64, attachment: Option<&Record>, cx: &Context) -> Result<(), Error> {
    // A customer's own, or nobody's; another's does not exist.
    let own = |attachment: &&Record| {
        let of = attachment.number(Field::CustomerId);
        cx.caller.customer.is_none_or(|customer| of == Some(customer) || attachment.flag(Field::Unclaimed))
    };
    let Some(attachment) = attachment.filter(|attachment| !attachment.is_deleted()).filter(own) else {
        return Err(Error::invalid(Field::Attachments, format!("attachment {id} does not exist")));
    };
    match attachment.number(Field::MessageId) {
        Some(other) => {
            let text = format!("attachment {id} belongs to message {other} already. Nothing was stored.");
            Err(Error::invalid(Field::Attachments, text))
        }
        None => Ok(()),
    }
}

/// Links what the message names and lets go what it names no longer; notes a new message in its ticket.
pub(crate) fn follow(
    before: Option<&Record>,
    message: &Record,
    set: &mut WorkingSet,
    cx: &Context,
) -> Result<(), Stop> {
    let (now, linked) =
        (message.numbers(Field::Attachments), before.map_or(&[][..], |before| before.numbers(Field::Attachments)));
    for id in now.iter().filter(|id| !linked.contains(id)) {
        link(*id, Some(message.id), set, cx)?;
    }
    for id in linked.iter().filter(|id| !now.contains(id)) {
        link(*id, None, set, cx)?;
    }
    let Some(id) = message.number(Field::TicketId) else { return Ok(()) };
    let Some(ticket) = set.record(cx.caller.tenant, Kind::Ticket, id)? else { return Ok(()) };
    let mut ticket = Record::clone(&ticket);
    if !now.is_empty() {
        ticket.set(Field::HasAttachment, Some(true.into()))?;
    }
    if before.is_none() {
        let at = Some(cx.now.0.into());
        ticket.set(Field::LastMessageAt, at.clone())?;
        if cx.caller.customer.is_some() {
            ticket.set(Field::ReadByCustomerAt, at)?;
        } else {
            if ticket.number(Field::Owner).is_some() && ticket.number(Field::Owner) == cx.caller.user {
                ticket.set(Field::ReadByOwnerAt, at.clone())?;
            }
            if message.flag(Field::External) && message.number(Field::CustomerId).is_none() {
                ticket.set(Field::RepliedAt, at)?;
            }
        }
    }
    let ticket = set.put(ticket, cx)?;
    if before.is_none() {
        let owner = ticket.number(Field::Owner);
        notify(owner, NEW_MESSAGE, &ticket, message.text(Field::Author), set, cx)?;
    }
    Ok(())
}

fn link(id: i64, message: Option<i64>, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
    let Some(attachment) = set.record(cx.caller.tenant, Kind::Attachment, id)? else {
        let text = format!("attachment {id} does not exist");
        return Err(Error::new(Reason::Invalid, text).at(Field::Attachments).into());
    };
    let mut attachment = Record::clone(&attachment);
    attachment.set(Field::MessageId, message.map(Into::into))?;
    set.put(attachment, cx)?;
    Ok(())
}
