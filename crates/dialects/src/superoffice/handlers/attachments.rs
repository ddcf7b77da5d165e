//! Attachments: bytes on the ticket port, base64 text on the customer port.

use super::super::errors::{Code, Refused, missing};
use super::{Call, Outcome, customers, needed_id};
use ::wire::soap::Value;
use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use domain::attachment::{Content, chunks};
use domain::error::Reason;
use domain::operation::{CreateAttachment, DeleteRecord, Deleted, ReadContent, ReadRecord};
use domain::{Error, Field, Kind};
use tokio::task::spawn_blocking;

/// Padding may be missing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(in super::super) async fn add(call: Call<'_>) -> Outcome {
    let name = call.text("attachmentName").to_owned();
    if name.is_empty() {
        return Err(Refused::invalid(Code::CustomError, "attachmentName is needed. Nothing was stored."));
    }
    let own = call.port.is_customers();
    let bytes = if own {
        let text: String = call.text("data").split_ascii_whitespace().collect();
        let decoded = BASE64.decode(text);
        decoded.map_err(|_| Refused::invalid(Code::CustomError, "data must be base64. Nothing was stored."))?
    } else {
        call.arguments.bytes("data").unwrap_or_default().to_vec()
    };
    let content = spawn_blocking(move || Content::new(bytes)).await.map_err(Error::internal)??;
    let content_type = Some(call.text("contentType")).filter(|text| !text.is_empty()).map(str::to_owned);
    let (access_key, unclaimed) = (Some(call.state.random_key()), call.session.is_none());
    let create = CreateAttachment { name, content_type, access_key, unclaimed, content };
    let attachment = match &call.session {
        Some(_) => call.run(create).await?,
        None => call.run_as(&customers::portal(&call), create).await?,
    };
    Ok(call.output().with("attachmentId", attachment.id.to_string()))
}

/// Without a session only the attachments of public FAQ entries would be shown, and there is no FAQ.
pub(in super::super) async fn get(call: Call<'_>) -> Outcome {
    let id = needed_id(&call, "attachmentId", Code::UnknownAttachment)?;
    let unknown = missing(Code::UnknownAttachment);
    let none = || Refused::new(Code::UnknownAttachment, Error::not_found(format!("There is no attachment {id}")));
    if call.session.is_none() {
        return Err(none());
    }
    let first = call.run(ReadContent { id, chunk: 0 }).await.map_err(&unknown)?;
    let attachment = first.attachment;
    if call.has("attachmentKey") {
        let key = attachment.text(Field::AccessKey);
        // One that came by another way has no key, and an agent may see everything.
        if !key.is_empty() && call.text("attachmentKey") != key {
            return Err(none());
        }
    }
    let mut bytes = first.bytes.to_vec();
    for chunk in 1..chunks(&attachment) {
        bytes.extend_from_slice(&call.run(ReadContent { id, chunk }).await.map_err(&unknown)?.bytes);
    }
    let data = if call.port.is_customers() { Value::from(STANDARD.encode(bytes)) } else { bytes.into() };
    Ok(call
        .output()
        .with("attachmentName", attachment.text(Field::Name).to_owned())
        .with("contentType", attachment.text(Field::ContentType).to_owned())
        .with("data", data))
}

/// Asks for no session. What agents and their programs stored is therefore not for it, and what is linked neither.
pub(in super::super) async fn delete(call: Call<'_>) -> Outcome {
    let id = needed_id(&call, "attachmentId", Code::UnknownAttachment)?;
    let portal = customers::portal(&call);
    let unknown = missing(Code::UnknownAttachment);
    let read = ReadRecord { kind: Kind::Attachment, id, deleted: Deleted::Hidden };
    let attachment = call.run_as(&portal, read).await.map_err(&unknown)?;
    if !attachment.flag(Field::Unclaimed) && attachment.number(Field::CustomerId).is_none() {
        return Err(Refused::new(Code::UnknownAttachment, Error::not_found(format!("There is no attachment {id}"))));
    }
    let delete = DeleteRecord { kind: Kind::Attachment, id, expected_version: Some(attachment.version) };
    call.run_as(&portal, delete).await.map_err(|error| match error.reason {
        Reason::Locked => Refused::new(Code::AttachmentInUse, error),
        _ => unknown(error),
    })?;
    Ok(call.output())
}
