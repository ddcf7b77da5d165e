//! Messages of tickets. None is sent anywhere: what the recipients of addMessage2 and addMessage3 would get is kept
//! with the message.

use super::super::errors::{Code, Refused, missing};
use super::super::fields::{self, Column, pairs};
use super::super::wire::{ATTACHMENT, CUSTOMER_ATTACHMENT};
use super::{Call, Outcome, customers, id, needed_id, tickets};
use ::wire::soap::{Members, Value};
use domain::operation::{CreateRecord, Deleted, MarkTicketRead, ReadRecord, UpdateRecord};
use domain::{Edit, Error, Field, Kind, Record, Role};

pub(in super::super) async fn add(call: Call<'_>) -> Outcome {
    let ticket = needed_id(&call, "ticketId", Code::UnknownTicket)?;
    let external = tickets::external(&call)?;
    if id(call.text("replyTemplateId")).is_some() {
        let text = "There are no reply templates here: send 0 and the text itself. Nothing was stored.";
        return Err(Refused::invalid(Code::NoLicense, text));
    }
    let mut attachments = Vec::new();
    for text in call.texts("attachmentIds") {
        let attachment = id(text).filter(|attachment| !attachments.contains(attachment));
        attachments.push(attachment.ok_or_else(|| {
            Refused::invalid(Code::UnknownAttachment, "attachmentIds must be ids, none twice. Nothing was stored.")
        })?);
    }
    let mut edits = vec![
        Edit::Set(Field::TicketId, Some(ticket.into())),
        Edit::Set(Field::External, Some(external.into())),
        Edit::Set(Field::Text, Some(call.text("messageBody").into())),
        Edit::Set(Field::Html, Some(call.text("htmlMessageBody").into())),
        Edit::Set(Field::Attachments, Some(domain::Value::Numbers(attachments))),
    ];
    for (name, field) in [("To", Field::MailTo), ("Cc", Field::MailCc), ("Bcc", Field::MailBcc)] {
        if let Some(recipients) = recipients(&call, name, field) {
            edits.push(Edit::Set(field, Some(recipients)));
        }
    }
    let submission = move |_: &Record| Ok(edits.clone());
    let message = call.run(CreateRecord { kind: Kind::Message, submission }).await;
    let message = message.map_err(missing(Code::UnknownTicket))?;
    let name = if call.port.is_customers() { "messageId" } else { "messageID" };
    Ok(call.output().with(name, message.id.to_string()))
}

/// The addresses in a parameter; those that are none are ignored, as the vendor does.
fn recipients(call: &Call<'_>, name: &str, field: Field) -> Option<domain::Value> {
    let mut addresses: Vec<String> = Vec::new();
    for text in call.texts(name) {
        let good = field.shape().admit(field, domain::Value::Texts(vec![text.to_owned()])).is_ok();
        let known = addresses.iter().any(|known| known.to_lowercase() == text.to_lowercase());
        if good && !known {
            addresses.push(text.to_owned());
        }
    }
    (!addresses.is_empty()).then_some(domain::Value::Texts(addresses))
}

pub(in super::super) async fn edit(call: Call<'_>) -> Outcome {
    let id = needed_id(&call, "messageId", Code::UnknownMessage)?;
    let submission = customers::submitted(&call, Kind::Message, pairs::MESSAGE, "values").await?;
    let update = UpdateRecord { kind: Kind::Message, id, deleted: Deleted::Hidden, expected_version: None, submission };
    call.run(update).await.map_err(missing(Code::UnknownMessage))?;
    Ok(call.output().with("messageID", id.to_string()))
}

pub(in super::super) async fn get(call: Call<'_>) -> Outcome {
    let id = needed_id(&call, "messageId", Code::UnknownMessage)?;
    let read = ReadRecord { kind: Kind::Message, id, deleted: Deleted::Hidden };
    let message = call.run(read).await.map_err(missing(Code::UnknownMessage))?;
    let agents: &[Column] = if call.port.is_customers() { &[] } else { fields::MESSAGE_FOR_AGENTS };
    let names = call.texts("messageFields");
    let result = super::shown(&call, &message, &names, &[fields::MESSAGE, agents]).await?;
    let mut attachments = Vec::new();
    for id in message.numbers(Field::Attachments) {
        let read = ReadRecord { kind: Kind::Attachment, id: *id, deleted: Deleted::Hidden };
        attachments.push(described(&call, &*call.run(read).await?));
    }
    read_by(&call, &message).await?;
    Ok(call.output().with("messageResult", Value::List(result)).with("attachmentInfo", Value::List(attachments)))
}

fn described(call: &Call<'_>, attachment: &Record) -> Value<'static> {
    let own = call.port.is_customers();
    let info = Members::new(if own { &CUSTOMER_ATTACHMENT } else { &ATTACHMENT })
        .with("attachmentId", attachment.id.to_string())
        .with("attachmentName", attachment.text(Field::Name).to_owned())
        .with("contentType", attachment.text(Field::ContentType).to_owned());
    let key = || attachment.text(Field::AccessKey).to_owned();
    if own { info.into() } else { info.with("attachmentKey", key()).into() }
}

/// Whoever reads a message has read its ticket; one who may not write is not noted.
async fn read_by(call: &Call<'_>, message: &Record) -> Result<(), Error> {
    match message.number(Field::TicketId) {
        Some(id) if call.caller.role != Role::Viewer => call.run(MarkTicketRead { id }).await.map(drop),
        _ => Ok(()),
    }
}
