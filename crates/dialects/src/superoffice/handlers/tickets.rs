//! Tickets: the ticket port sees all, the customer port the external ones of the customer who calls.

use super::super::errors::{Code, Refused, missing};
use super::super::fields::pairs::{self, Pairs};
use super::super::fields::{self, Column};
use super::super::wire::ACTIVE_TICKET;
use super::find::{Found, Search};
use super::{Call, Outcome, customers, id, needed_id};
use ::wire::soap::{Members, Value};
use domain::error::Reason;
use domain::filter::Selection;
use domain::operation::{ActiveTickets, CreateRecord, Deleted, ListMessages, ReadRecord, Submission, UpdateRecord};
use domain::ticket::ReadStatus;
use domain::{Edit, Error, Field, Kind, Record};

/// Messages that one answer names at most.
const MAX_MESSAGES: u32 = 10_000;

/// A new ticket: what the parameters say, then the extra fields.
struct New {
    edits: Vec<Edit>,
    extra: Pairs,
}

impl Submission<Record> for New {
    fn edits(&self, present: &Record) -> Result<Vec<Edit>, Error> {
        let extra = Submission::<Record>::edits(&self.extra, present)?;
        Ok(self.edits.iter().cloned().chain(extra).collect())
    }
}

pub(in super::super) async fn create(call: Call<'_>) -> Outcome {
    let mut edits = vec![
        Edit::Set(Field::Title, Some(call.text("title").into())),
        Edit::Set(Field::External, Some(external(&call)?.into())),
    ];
    let category = needed_id(&call, "categoryId", Code::InvalidCategory)?;
    edits.push(Edit::Set(Field::CategoryId, Some(category.into())));
    // -1 lets the rules decide.
    if call.text("priorityId").trim() != "-1" {
        let priority = needed_id(&call, "priorityId", Code::InvalidPriority)?;
        edits.push(Edit::Set(Field::PriorityId, Some(priority.into())));
    }
    // -1 lets the category's rule decide, 1 is the system's user: both leave it to nobody.
    if call.has("owner") && !matches!(call.text("owner").trim(), "-1" | "1") {
        edits.push(Edit::Set(Field::Owner, Some(needed_id(&call, "owner", Code::InvalidOwner)?.into())));
    }
    let mut customers = Vec::new();
    for text in call.texts("customers") {
        let customer = id(text).ok_or_else(|| {
            Refused::invalid(Code::UnknownCustomerId, "customers must be ids of customers. Nothing was stored.")
        })?;
        if !customers.contains(&customer) {
            customers.push(customer);
        }
    }
    edits.push(Edit::Set(Field::CustomerId, customers.first().map(|first| (*first).into())));
    let further = customers.into_iter().skip(1).collect();
    edits.push(Edit::Set(Field::FurtherCustomers, Some(domain::Value::Numbers(further))));
    let parameter = if call.has("extraField") { "extraField" } else { "extraFields" };
    let extra = customers::submitted(&call, Kind::Ticket, pairs::NONE, parameter).await?;
    let ticket = call.run(CreateRecord { kind: Kind::Ticket, submission: New { edits, extra } }).await?;
    Ok(call.output().with("ticketId", ticket.id.to_string()))
}

/// The security level in `sLevel`.
///
/// # Errors
/// 10.
pub(super) fn external(call: &Call<'_>) -> Result<bool, Refused> {
    match call.text("sLevel").trim() {
        "1" => Ok(false),
        "2" => Ok(true),
        _ => Err(Refused::invalid(Code::InvalidSLevel, "sLevel must be 1 (internal) or 2 (external)")),
    }
}

pub(in super::super) async fn set(call: Call<'_>) -> Outcome {
    let id = needed_id(&call, "ticketId", Code::UnknownTicket)?;
    let submission = customers::submitted(&call, Kind::Ticket, pairs::TICKET, "ticketValues").await?;
    let update = UpdateRecord { kind: Kind::Ticket, id, deleted: Deleted::Hidden, expected_version: None, submission };
    call.run(update).await.map_err(missing(Code::UnknownTicket))?;
    Ok(call.output())
}

pub(in super::super) async fn close(call: Call<'_>) -> Outcome {
    let id = needed_id(&call, "ticketId", Code::UnknownTicket)?;
    let submission = |_: &Record| Ok(vec![Edit::Set(Field::TicketStatus, Some("closed".into()))]);
    let update = UpdateRecord { kind: Kind::Ticket, id, deleted: Deleted::Hidden, expected_version: None, submission };
    call.run(update).await.map_err(missing(Code::UnknownTicket))?;
    Ok(call.output())
}

pub(in super::super) async fn get(call: Call<'_>) -> Outcome {
    let id = needed_id(&call, "ticketId", Code::UnknownTicket)?;
    let read = ReadRecord { kind: Kind::Ticket, id, deleted: Deleted::Hidden };
    let ticket = call.run(read).await.map_err(missing(Code::UnknownTicket))?;
    let selection = Selection { limit: MAX_MESSAGES, ..Selection::default() };
    let messages = call.run(ListMessages { ticket: id, selection, deleted: Deleted::Hidden }).await?;
    let own = call.port.is_customers();
    let number = |message: &Record| match own {
        true => Value::from(message.id.to_string()),
        false => message.id.into(),
    };
    let messages = messages.records.iter().map(number).collect();
    let names = call.texts("ticketFields");
    let agents: &[Column] = if own { &[] } else { fields::TICKET_FOR_AGENTS };
    let columns: &[&[Column]] = &[fields::TICKET, agents];
    let result = if own {
        // The customer port leaves out what it does not know.
        let mut result = Vec::new();
        for name in names {
            match super::shown(&call, &ticket, &[name], columns).await {
                Ok(shown) => result.extend(shown),
                Err(refused) if refused.error.reason == Reason::Invalid => {}
                Err(refused) => return Err(refused),
            }
        }
        result
    } else {
        super::shown(&call, &ticket, &names, columns).await?
    };
    Ok(call.output().with("ticketResult", Value::List(result)).with("messageIds", Value::List(messages)))
}

pub(in super::super) async fn find(call: Call<'_>) -> Outcome {
    let found = Search::read(&call, Kind::Ticket).await?.run(&call).await?;
    Ok(call.output().with("searchResult", Found::rows(found)))
}

pub(in super::super) async fn active(call: Call<'_>) -> Outcome {
    let tickets = call.run(ActiveTickets { of: None }).await?;
    let status = |status: ReadStatus| match status {
        ReadStatus::Read => "1",
        ReadStatus::New => "2",
        ReadStatus::Unread => "3",
    };
    let tickets = tickets.into_iter().map(|(id, read)| {
        Members::new(&ACTIVE_TICKET).with("ticketId", id.to_string()).with("readStatus", status(read)).into()
    });
    let tickets = tickets.collect();
    Ok(call.output().with("ticketStatusResult", Value::List(tickets)))
}
