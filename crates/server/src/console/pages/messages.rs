//! The messages of a ticket, and the reply to them.

use bytes::Bytes;
use dialects::together::{Running, Together};
use dialects::{Reply, native};
use domain::attachment::Content;
use domain::error::Reason;
use domain::filter::{Order, Selection};
use domain::operation::{
    Attempt, CreateAttachment, CreateRecord, Deleted, ListMessages, Once, ReadRecord, UpdateRecord,
};
use domain::{Edit, Error, Field, Kind, Record, Value};
use http::{HeaderValue, Response, header};
use serde_json::json;
use std::sync::Arc;

use super::record::{self, Form, Reply as Refused, bytes_of, digest_of};
use super::{error, fields};
use crate::console::NAME;
use crate::console::form;
use crate::console::shown::Moment;
use crate::console::visit::{Outcome, Visit, see_other};

/// Messages that the page of a ticket shows.
const MOST: u32 = 100;

/// And when all are asked for.
const ALL: u32 = 2_000;

/// A message for people.
pub(super) struct Message {
    pub(super) id: i64,
    pub(super) author: String,
    pub(super) at: Moment,
    pub(super) is_internal: bool,
    pub(super) is_important: bool,
    pub(super) text: String,
    /// Name and address.
    pub(super) attachments: Vec<(String, String)>,
}

/// The last messages of a ticket, oldest first, and whether there are more.
pub(super) async fn of(visit: &Visit<'_>, ticket: i64) -> Result<(Vec<Message>, bool), Error> {
    let limit = if visit.query("messages") == "all" { ALL } else { MOST };
    let order = vec![Order { field: Field::Id, descending: true }];
    let selection = Selection { limit, order, ..Selection::default() };
    let page = visit.run("read", ListMessages { ticket, selection, deleted: Deleted::Shown }).await?;
    let mut messages = Vec::with_capacity(page.records.len());
    for record in page.records.iter().rev().filter(|message| !message.is_deleted()) {
        let mut attachments = Vec::new();
        for id in record.numbers(Field::Attachments) {
            let read = ReadRecord { kind: Kind::Attachment, id: *id, deleted: Deleted::Hidden };
            if let Ok(attachment) = visit.run("read", read).await {
                let address = visit.at(&format!("/attachments/{id}"));
                attachments.push((attachment.text(Field::Name).to_owned(), address));
            }
        }
        let text = record.text(Field::Text);
        messages.push(Message {
            id: record.id,
            author: record.text(Field::Author).to_owned(),
            at: Moment::of(domain::Time(record.number(Field::SentAt).unwrap_or(record.created_at.0))),
            is_internal: !record.flag(Field::External),
            is_important: record.flag(Field::Important),
            // Never as HTML: it is a stranger's.
            text: if text.is_empty() { record.text(Field::Html) } else { text }.to_owned(),
            attachments,
        });
    }
    Ok((messages, page.more))
}

/// A reply that was refused stays in its field, with what is wrong.
pub(super) async fn reply(visit: &Visit<'_>, ticket: i64) -> Outcome {
    let error = match send(visit, ticket).await {
        Err(error)
            if matches!(error.reason, Reason::Required | Reason::Invalid | Reason::TooLong | Reason::NotFound) =>
        {
            error
        }
        outcome => return outcome,
    };
    let (form, words) = (visit.form()?, visit.words());
    let had_files = !form.all("attachment").is_empty()
        || form::parts(visit.request())?
            .unwrap_or_default()
            .iter()
            .any(|part| part.filename.as_ref().is_some_and(|name| !name.is_empty()));
    let again = if had_files { format!(" {}", words.get("files_again")) } else { String::new() };
    let reply = Refused {
        text: form.text("text").to_owned(),
        is_internal: form.given("internal").is_some(),
        problem: format!("{}{again}", error.message),
    };
    // Of a ticket that is gone there is no page.
    let Ok(present) = record::read(visit, Kind::Ticket, ticket).await else { return Err(error) };
    let groups = fields::form(visit, &present).await?;
    record::page(visit, Form { reply, status: error::status(error.reason), ..Form::new(present, groups) }).await
}

/// Adds a message and, where that is asked for, closes the ticket, in one transaction. A form that is sent twice adds one.
async fn send(visit: &Visit<'_>, ticket: i64) -> Outcome {
    let form = visit.form()?;
    let text = form.text("text").replace("\r\n", "\n");
    if text.trim().is_empty() {
        return Err(Error::new(Reason::Required, "The reply is empty. Nothing was stored.").at(Field::Text));
    }
    let attachments = form.all("attachment").into_iter().map(str::parse::<i64>);
    let mut attachments =
        attachments.collect::<Result<Vec<_>, _>>().map_err(|_| Error::not_found("There is no such file"))?;
    // Without the script files come with the form; a field of which none was chosen has no name.
    for file in form::parts(visit.request())?.unwrap_or_default() {
        let name = file.filename.as_deref().unwrap_or_default();
        if !name.is_empty() {
            attachments.push(
                keep(visit, name.to_owned(), file.content_type.map(str::to_owned), file.bytes.to_vec()).await?.id,
            );
        }
    }
    let internal = form.given("internal").is_some();
    let submission = move |_: &Record| {
        let mut edits = vec![
            Edit::Set(Field::TicketId, Some(ticket.into())),
            Edit::Set(Field::Text, Some(text.as_str().into())),
            Edit::Set(Field::External, Some((!internal).into())),
        ];
        if !attachments.is_empty() {
            edits.push(Edit::Set(Field::Attachments, Some(Value::Numbers(attachments.clone()))));
        }
        Ok(edits)
    };
    let key = digest_of(visit)?;
    let add = Attempt {
        operation: CreateRecord { kind: Kind::Message, submission },
        conditional: true,
        dry_run: false,
        once: Some(Once { key: bytes_of(&key), request: key }),
        answer: |message: &Arc<Record>| Some(message.id.to_string()),
    };
    let together = Together::default();
    let origin = |word| visit.request().origin(NAME, word, visit.caller());
    let mut calls: Vec<Running<'_, Result<(), Error>>> = vec![Box::pin(async {
        visit.state.run_together(add, visit.caller(), origin("reply"), Some(&together)).await.map(drop)
    })];
    if form.given("close").is_some() {
        let submission = |_: &Record| Ok(vec![Edit::Set(Field::TicketStatus, Some("closed".into()))]);
        let (id, deleted, expected_version) = (ticket, Deleted::Hidden, None);
        let close = UpdateRecord { kind: Kind::Ticket, id, deleted, expected_version, submission };
        calls.push(Box::pin(async {
            visit.state.run_together(close, visit.caller(), origin("close"), Some(&together)).await.map(drop)
        }));
    }
    for outcome in together.all(&visit.state.app, calls).await {
        outcome?;
    }
    Ok(see_other(&visit.at(&format!("/tickets/{ticket}?done=replied"))).into())
}

/// Keeps a file that a reply will link, and tells its id to the script that sent it.
pub(super) async fn attach(visit: &Visit<'_>) -> Outcome {
    let name = visit.query("name");
    if name.is_empty() {
        return Err(Error::new(Reason::Required, "A file has a name").at(Field::Name));
    }
    let content_type = visit.request().header(header::CONTENT_TYPE).map(str::to_owned);
    let record = keep(visit, name, content_type, visit.request().body.to_vec()).await?;
    let mut response =
        Response::new(Bytes::from(json!({ "id": record.id, "name": record.text(Field::Name) }).to_string()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response.into())
}

async fn keep(
    visit: &Visit<'_>,
    name: String,
    content_type: Option<String>,
    bytes: Vec<u8>,
) -> Result<Arc<Record>, Error> {
    let content = tokio::task::spawn_blocking(move || Content::new(bytes)).await.map_err(Error::internal)??;
    visit.run("attach", CreateAttachment { name, content_type, access_key: None, unclaimed: false, content }).await
}

/// The bytes of a file, as the native API answers them: saved, never shown.
pub(super) async fn content(visit: &Visit<'_>, id: i64) -> Outcome {
    let request =
        dialects::Request { path: format!("/v1/attachments/{id}/content"), query: None, ..visit.request().clone() };
    let answer = native::answer_as(visit.state, &request, Arc::clone(visit.caller())).await;
    match answer.refused {
        None => Ok(Reply { response: answer.response, pieces: answer.pieces }),
        Some(dialects::Refusal::Operation(error)) => Err(error),
        Some(dialects::Refusal::Request(_, sentence)) => Err(Error::new(Reason::Invalid, sentence)),
    }
}
