//! What webhooks have beyond what all records have: a secret that is shown once, a test, and what was given up. The native
//! API answers; this shows it.

use askama::Template;
use bytes::Bytes;
use dialects::{Request, native};
use domain::error::Reason;
use domain::filter::{Condition, Selection, Test};
use domain::operation::{Deleted, ListRecords, ReadRecord};
use domain::{Error, Field, Kind, Record, Shape, Time, Value};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::{Value as Json, json};
use std::sync::Arc;

use super::record::{self, Head};
use super::settings;
use crate::console::html;
use crate::console::layout::Page;
use crate::console::shown::Moment;
use crate::console::visit::{Outcome, Visit, see_other};

/// Events that were given up, on the page.
const MOST: u32 = 50;

/// An event that was given up.
struct Letter {
    id: i64,
    event: String,
    at: Moment,
    attempts: i64,
    problem: String,
}

#[derive(Template)]
#[template(path = "deliveries.html")]
struct Shown {
    p: Page,
    head: Head,
    cursor: String,
    attempts: i64,
    problem: String,
    retry: Option<Moment>,
    letters: Vec<Letter>,
    more: bool,
    said: String,
}

/// How far the receiver has been told, and what was given up.
pub(super) async fn show(visit: &Visit<'_>, id: i64, said: String) -> Outcome {
    let webhook = record::read(visit, Kind::Webhook, id).await?;
    let delivery = visit.run("read", ReadRecord { kind: Kind::Delivery, id, deleted: Deleted::Shown }).await?;
    let of = Condition::new(Field::WebhookId, Test::Is(id.into()));
    let selection = Selection { filter: of.into(), limit: MOST, ..Selection::default() };
    let list = ListRecords { kind: Kind::DeadLetter, selection, deleted: Deleted::Shown };
    let page = visit.run("list", list).await?;
    let letter = |letter: &Record| Letter {
        id: letter.id,
        event: letter.text(Field::Event).to_owned(),
        at: Moment::of(letter.created_at),
        attempts: letter.number(Field::Attempts).unwrap_or(0),
        problem: letter.text(Field::Problem).to_owned(),
    };
    let head = Head::of(visit, &webhook, "deliveries");
    let shown = Shown {
        p: visit.page("settings", format!("{} · {}", head.name, visit.words().get("deliveries"))),
        head,
        cursor: delivery.text(Field::Cursor).to_owned(),
        attempts: delivery.number(Field::Attempts).unwrap_or(0),
        problem: [webhook.text(Field::Problem), delivery.text(Field::Problem)].join(" ").trim().to_owned(),
        retry: delivery.number(Field::RetryAt).map(|at| Moment::of(Time(at))),
        letters: page.records.iter().map(letter).collect(),
        more: page.more,
        said,
    };
    Ok(html(StatusCode::OK, &shown).into())
}

/// Makes one; its secret is shown this once.
pub(super) async fn create(visit: &Visit<'_>) -> Outcome {
    let mut members = serde_json::Map::new();
    for (field, text) in visit.form()?.typed() {
        let value = crate::console::form::value(field, &text)?;
        let value = match (field.shape(), value) {
            (_, None) => continue,
            (Shape::Flag, Some(value)) => json!(value == true.into()),
            (_, Some(Value::Texts(texts))) => json!(texts),
            (_, Some(Value::Number(number))) => json!(number),
            (_, Some(_)) => json!(text),
        };
        members.insert(field.name().into_owned(), value);
    }
    let made = ask(visit, Method::POST, String::from("/v1/webhooks"), Some(Json::Object(members))).await?;
    secret(visit, &made).await
}

/// Another secret; the present one signs too for a while.
pub(super) async fn rotate(visit: &Visit<'_>, id: i64) -> Outcome {
    secret(visit, &ask(visit, Method::POST, format!("/v1/webhooks/{id}/rotate-secret"), None).await?).await
}

async fn secret(visit: &Visit<'_>, made: &Json) -> Outcome {
    let id = made.get("id").and_then(Json::as_i64).unwrap_or(0);
    let secret = made.get("secret").and_then(Json::as_str).unwrap_or_default().to_owned();
    settings::secret(visit, &*record::read(visit, Kind::Webhook, id).await?, secret)
}

/// Sends something once and shows what the receiver said.
pub(super) async fn send(visit: &Visit<'_>, id: i64, what: &[&str]) -> Outcome {
    let path = match what {
        ["test"] => format!("/v1/webhooks/{id}/test"),
        ["letters", letter, "send"] => format!("/v1/webhooks/{id}/dead-letters/{letter}/replay"),
        _ => return Err(Error::not_found("There is nothing at this address")),
    };
    let told = ask(visit, Method::POST, path, None).await?;
    let words = visit.words();
    let said = match told.get("delivered").and_then(Json::as_bool) {
        Some(true) => words.get("webhook_took").to_owned(),
        _ => words.with("webhook_refused", told.get("problem").and_then(Json::as_str).unwrap_or_default()),
    };
    show(visit, id, said).await
}

/// Leaves out what is to come until now, or one event that was given up.
pub(super) async fn leave_out(visit: &Visit<'_>, id: i64, letter: Option<&str>) -> Outcome {
    match letter {
        Some(letter) => ask(visit, Method::DELETE, format!("/v1/webhooks/{id}/dead-letters/{letter}"), None).await?,
        None => ask(visit, Method::POST, format!("/v1/webhooks/{id}/replay"), Some(json!({ "after": "now" }))).await?,
    };
    Ok(see_other(&visit.at(&format!("/webhooks/{id}/deliveries?done=left_out"))).into())
}

/// What the native API answers the visitor.
async fn ask(visit: &Visit<'_>, method: Method, path: String, body: Option<Json>) -> Result<Json, Error> {
    let mut headers = HeaderMap::new();
    if body.is_some() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
    let request = Request { method, path, query: None, headers, body, ..visit.request().clone() };
    let answer = native::answer_as(visit.state, &request, Arc::clone(visit.caller())).await;
    match answer.refused {
        None => Ok(serde_json::from_slice(answer.response.body()).unwrap_or_default()),
        Some(dialects::Refusal::Operation(error)) => Err(error),
        Some(dialects::Refusal::Request(_, sentence)) => Err(Error::new(Reason::Invalid, sentence)),
    }
}
