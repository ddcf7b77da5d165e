//! What belongs together: the tickets of a customer, the messages of a ticket.

use super::{id, records};
use crate::Reply;
use crate::native::attempt::Touches;
use crate::native::entity_tag::IfMatch;
use crate::native::errors::Problem;
use crate::native::submission::Submitted;
use crate::native::wire::{self, Query};
use crate::route::Call;
use bytes::Bytes;
use domain::filter::Selection;
use domain::operation::{
    ActiveTickets, CreateRecord, Deleted, ListMessages, ListRecords, MarkTicketRead, OnVersion, ReadRecord,
};
use domain::ticket::ReadStatus;
use domain::{Field, Kind, Record, ticket};
use http::{Response, StatusCode};

type Answer = Result<Response<Bytes>, Problem>;

pub(in crate::native) async fn of_customer(call: Call<'_>, query: Query<'_>) -> Result<Reply, Problem> {
    let customer = id(&call)?;
    call.run(ReadRecord { kind: Kind::Customer, id: customer, deleted: Deleted::Shown }).await?;
    let list = move |selection: Selection, deleted| {
        let filter = selection.filter.and(ticket::with(customer));
        ListRecords { kind: Kind::Ticket, selection: Selection { filter, ..selection }, deleted }
    };
    records::page(&call, &query, Kind::Ticket, list).await
}

pub(in crate::native) async fn messages(call: Call<'_>, query: Query<'_>) -> Result<Reply, Problem> {
    let ticket = id(&call)?;
    let list = move |selection, deleted| ListMessages { ticket, selection, deleted };
    records::page(&call, &query, Kind::Message, list).await
}

pub(in crate::native) async fn add_message(call: Call<'_>, query: Query<'_>) -> Answer {
    let ticket = id(&call)?;
    let mut submission = Submitted::read(Kind::Message, &wire::body(call.request)?, IfMatch::default())?;
    submission.put(Field::TicketId, ticket);
    let create = CreateRecord { kind: Kind::Message, submission };
    records::created(&call, &query, Kind::Message, create, "/v1/messages").await
}

pub(in crate::native) async fn mark_read(call: Call<'_>, query: Query<'_>) -> Answer {
    let (kind, id, if_match) = (Kind::Ticket, id(&call)?, IfMatch::read(call.request)?);
    let check = move |present: &Record| if_match.check(present);
    let mark = OnVersion { kind, id, check, operation: MarkTicketRead { id } };
    records::done(&call, &query, kind, Touches::NoVersion, mark).await
}

pub(in crate::native) async fn active(call: Call<'_>, _: Query<'_>) -> Answer {
    let tickets = call.run(ActiveTickets { of: Some(id(&call)?) }).await?;
    Ok(wire::answer(StatusCode::OK, |object| {
        object.list("data", |list| {
            for (ticket, status) in tickets {
                let status = match status {
                    ReadStatus::Read => "read",
                    ReadStatus::New => "new",
                    ReadStatus::Unread => "unread",
                };
                list.object(|object| {
                    object.put("ticket", ticket).put("read_status", status);
                });
            }
        });
    }))
}
