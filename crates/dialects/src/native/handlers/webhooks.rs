//! What webhooks do beyond what all records do.

use super::{id, records};
use crate::cursor;
use crate::native::attempt::{self, Touches};
use crate::native::entity_tag::IfMatch;
use crate::native::errors::Problem;
use crate::native::fields::View;
use crate::native::submission::Submitted;
use crate::native::webhooks::{Event, NotTaken, ping, secret, send};
use crate::native::wire::{self, Query};
use crate::route::Call;
use bytes::Bytes;
use domain::error::Reason;
use domain::filter::{Condition, Selection, Test};
use domain::operation::{
    CreateRecord, CreateWebhook, DeadLetter, Deleted, ListRecords, OnVersion, ReadDeadLetter, ReadFeed, ReadRecord,
    RemoveDeadLetter, ReplayWebhook, RotateWebhookSecret,
};
use domain::{Error, Field, Kind, Record};
use http::{Response, StatusCode};

type Answer = Result<Response<Bytes>, Problem>;

pub(in crate::native) async fn create(call: Call<'_>, query: Query<'_>) -> Answer {
    let kind = Kind::Webhook;
    let submission = Submitted::read(kind, &wire::body(call.request)?, IfMatch::default())?;
    let address = records::address(&call, &call.request.path);
    let encode = move |webhook: &Record, secret: Option<&str>| {
        let response = wire::record_with_secret(StatusCode::CREATED, webhook, ("secret", secret));
        records::at(&address, webhook, response)
    };
    let create = CreateWebhook(CreateRecord { kind, submission });
    attempt::run_with_secret(&call, &query, Touches::NoVersion, create, secret_of(&call), encode).await
}

pub(in crate::native) async fn rotate_secret(call: Call<'_>, query: Query<'_>) -> Answer {
    let (kind, id, if_match) = (Kind::Webhook, id(&call)?, IfMatch::read(call.request)?);
    let check = move |present: &Record| if_match.check(present);
    let rotate = OnVersion { kind, id, check, operation: RotateWebhookSecret { id } };
    let encode =
        |webhook: &Record, secret: Option<&str>| wire::record_with_secret(StatusCode::OK, webhook, ("secret", secret));
    attempt::run_with_secret(&call, &query, Touches::Version, rotate, secret_of(&call), encode).await
}

/// Makes the secret of a webhook, which nobody is shown again.
fn secret_of(call: &Call<'_>) -> impl Fn(&Record) -> Option<String> {
    |webhook| {
        let number = webhook.number(Field::SecretNumber).unwrap_or(0);
        secret(&call.state.outbound.key, call.caller.tenant.number, webhook, number)
    }
}

/// How far the receiver has been told.
pub(in crate::native) async fn delivery(call: Call<'_>, _: Query<'_>) -> Answer {
    let read = ReadRecord { kind: Kind::Delivery, id: id(&call)?, deleted: Deleted::Shown };
    Ok(wire::record(StatusCode::OK, &*call.run(read).await?, &View::default()))
}

pub(in crate::native) async fn replay(call: Call<'_>, query: Query<'_>) -> Answer {
    let body = wire::body(call.request)?;
    let after = body.as_object().and_then(|members| members.get("after")).and_then(|after| after.as_text());
    let after = match after {
        Some("now") => None,
        Some(text) => Some(cursor::read_feed(call.caller.tenant, text).map_err(|_| no_cursor())?),
        None => return Err(no_cursor().into()),
    };
    let (kind, id, if_match) = (Kind::Delivery, id(&call)?, IfMatch::read(call.request)?);
    let check = move |present: &Record| if_match.check(present);
    let replay = OnVersion { kind, id, check, operation: ReplayWebhook { id, after } };
    records::done(&call, &query, kind, Touches::NoVersion, replay).await
}

fn no_cursor() -> Error {
    Error::new(
        Reason::Invalid,
        "The body must be {\"after\": \"<the cursor of an event, or now>\"}. Nothing was changed.",
    )
}

/// Sends an event of no change, and answers what came of it.
pub(in crate::native) async fn test(call: Call<'_>, _: Query<'_>) -> Answer {
    let read = ReadRecord { kind: Kind::Webhook, id: id(&call)?, deleted: Deleted::Hidden };
    let webhook = call.run(read).await?;
    let event = ping(&call.request.id, &tenant_name(&call).await?, webhook.id, call.state.app.now());
    send_once(&call, &webhook, event).await.map(|(_, answer)| answer)
}

pub(in crate::native) async fn dead_letters(call: Call<'_>, query: Query<'_>) -> Answer {
    let webhook = call.run(ReadRecord { kind: Kind::Webhook, id: id(&call)?, deleted: Deleted::Shown }).await?;
    let of = Condition::new(Field::WebhookId, Test::Is(webhook.id.into()));
    let all = format!("{} {} dead letters", call.caller.tenant.number, webhook.id);
    let after = query.text("cursor").map(|text| cursor::read(&all, text, 0)).transpose()?;
    let selection = Selection { filter: of.into(), after, limit: query.limit()?, ..Selection::default() };
    let list = ListRecords { kind: Kind::DeadLetter, selection, deleted: Deleted::Shown };
    let page = call.run(list).await?;
    let next = page.next(&[]).map(|position| cursor::write(&all, &position));
    Ok(wire::page(&page.records, next, |object, letter| View::default().put(object, letter)))
}

/// Sends an event that was given up once more; it is gone when it is taken.
pub(in crate::native) async fn replay_dead_letter(call: Call<'_>, _: Query<'_>) -> Answer {
    let (webhook, id) = letter(&call)?;
    let DeadLetter { webhook: record, change } = call.run(ReadDeadLetter { webhook, id }).await?;
    let event = Event::of(&tenant_name(&call).await?, &change);
    let (taken, answer) = send_once(&call, &record, event).await?;
    if taken {
        call.run(RemoveDeadLetter { webhook, id }).await?;
    }
    Ok(answer)
}

pub(in crate::native) async fn delete_dead_letter(call: Call<'_>, query: Query<'_>) -> Answer {
    let (webhook, id) = letter(&call)?;
    let (kind, if_match) = (Kind::DeadLetter, IfMatch::read(call.request)?);
    let check = move |present: &Record| if_match.check(present);
    let remove = OnVersion { kind, id, check, operation: RemoveDeadLetter { webhook, id } };
    attempt::run(&call, &query, &View::default(), Touches::NoVersion, remove, |()| Ok(wire::done())).await
}

fn letter(call: &Call<'_>) -> Result<(i64, i64), Error> {
    let number = call.params.get(1).and_then(|text| text.parse().ok());
    Ok((id(call)?, number.ok_or_else(|| Error::not_found("There is no such dead letter"))?))
}

/// Sends it once. Whether it was taken is no matter of this request's own success.
async fn send_once(call: &Call<'_>, webhook: &Record, event: Event) -> Result<(bool, Response<Bytes>), Problem> {
    let sent = send(call.state, call.caller.tenant.number, webhook, event).await;
    let (taken, receipt, problem) = match sent {
        Ok(receipt) => (true, Some(receipt), None),
        Err(NotTaken { receipt, problem }) => (false, receipt, Some(problem)),
    };
    let answer = wire::answer(StatusCode::OK, |object| {
        object.put("delivered", taken).put("status", receipt.map(|receipt| i64::from(receipt.status)));
        object.put("problem", problem);
    });
    Ok((taken, answer))
}

async fn tenant_name(call: &Call<'_>) -> Result<String, Error> {
    let nothing = ReadFeed { after: None, kinds: vec![], dialects: vec![], limit: 1 };
    Ok(call.run(nothing).await?.tenant)
}
