//! One call in full: what was asked and answered, why it was refused, what it changed; as a command and as a fixture.

use askama::Template;
use bytes::Bytes;
use domain::feed::Cursor;
use domain::operation::ReadFeed;
use domain::{Change, Error, Time};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use std::sync::Arc;

use super::history::{self, Entry};
use super::inspector::{Line, admit};
use super::many;
use crate::console::layout::Page;
use crate::console::visit::{Outcome, Visit, see_other};
use crate::console::{html, snippet};
use crate::inspector::{Asked, Body, Call};
use crate::pretty;

/// Changes that are read at once, and how often that is done, while those of a call are looked for.
const STEP: i64 = 500;
const STEPS: usize = 40;

/// Headers that say how a message travelled, and nothing of what it asks.
const TRAVEL: [HeaderName; 7] = [
    header::HOST,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::ACCEPT_ENCODING,
    header::EXPECT,
    HeaderName::from_static("x-request-id"),
];

#[derive(Template)]
#[template(path = "call.html")]
struct Shown {
    p: Page,
    line: Line,
    request_id: String,
    address: String,
    head: String,
    sent: Vec<(String, String)>,
    body: String,
    said: Vec<(String, String)>,
    answer: String,
    curl: String,
    notes: Vec<String>,
    changes: Vec<(String, String, Entry)>,
    may_be_replayed: bool,
}

/// A call that is kept.
///
/// # Errors
/// `NotFound` for one that is not, and `Forbidden` for who may not look.
pub(super) fn find(visit: &Visit<'_>, number: &str) -> Result<Arc<Call>, Error> {
    admit(visit)?;
    let call = number.parse().ok().and_then(|number| visit.inspector.call(number));
    call.ok_or_else(|| Error::not_found("This call is not kept any more: only the last ones are"))
}

/// To the call whose id a page or an answer named.
pub(super) fn by_request(visit: &Visit<'_>, id: &str) -> Outcome {
    admit(visit)?;
    let calls = visit.inspector.calls();
    let found = calls.iter().find(|call| call.id.eq_ignore_ascii_case(id));
    let found = found.ok_or_else(|| Error::not_found("This call is not kept any more: only the last ones are"))?;
    Ok(see_other(&visit.at(&format!("/inspector/{}", found.number))).into())
}

pub(super) async fn show(visit: &Visit<'_>, number: &str) -> Outcome {
    let call = find(visit, number)?;
    let line = Line::of(&call, &visit.at("/inspector"));
    let asked = &call.asked;
    let shown = Shown {
        p: visit.page("inspector", format!("{} · {}", line.operation, call.dialect)),
        request_id: call.id.clone(),
        address: asked.address.clone(),
        curl: snippet::curl(&request(asked, visit), &[]),
        head: format!("{} {}", asked.method, target(asked)),
        sent: asked.headers.clone(),
        body: text(visit, &asked.headers, &asked.body),
        said: call.headers.clone(),
        answer: text(visit, &call.headers, &call.body),
        notes: call.notes.clone(),
        changes: changes(visit, &call).await?,
        may_be_replayed: asked.tenant == visit.request().tenant,
        line,
    };
    Ok(html(StatusCode::OK, &shown).into())
}

/// The path and the query.
pub(super) fn target(asked: &Asked) -> String {
    asked.query.as_ref().map_or(asked.path.clone(), |query| format!("{}?{query}", asked.path))
}

/// A body for the eye.
fn text(visit: &Visit<'_>, headers: &[(String, String)], body: &Body) -> String {
    let kind = headers.iter().find(|(name, _)| name == "content-type").map_or("", |(_, kind)| kind);
    match body {
        Body::Kept(text) if text.trim_start().starts_with('<') => pretty::body("xml", text),
        Body::Kept(text) => pretty::body(kind, text),
        Body::Unreadable(bytes) => visit.words().with("body_not_read", bytes),
        Body::Left(bytes) => visit.words().with("body_not_kept", bytes),
    }
}

/// The headers that say what is asked.
pub(super) fn telling(headers: &[(String, String)]) -> impl Iterator<Item = &(String, String)> {
    headers.iter().filter(|(name, _)| TRAVEL.iter().all(|travel| travel.as_str() != name))
}

/// What was kept of the body.
pub(super) fn kept(body: &Body) -> &str {
    if let Body::Kept(text) = body { text } else { "" }
}

/// The call as it could be sent again, once its secrets are filled in.
fn request(asked: &Asked, visit: &Visit<'_>) -> dialects::Request {
    let mut headers = HeaderMap::new();
    for (name, value) in telling(&asked.headers) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    dialects::Request {
        method: asked.method.clone(),
        path: asked.path.clone(),
        query: asked.query.clone(),
        headers,
        body: Bytes::copy_from_slice(kept(&asked.body).as_bytes()),
        base_url: asked.base_url.clone(),
        ..visit.request().clone()
    }
}

/// The call as the recorded conversations have it, as a file.
pub(super) fn fixture(visit: &Visit<'_>, number: &str) -> Outcome {
    let call = find(visit, number)?;
    let asked = &call.asked;
    let host = asked.base_url.split_once("://").map_or("", |(_, rest)| rest);
    let sentence = if call.why.is_empty() { "was answered" } else { &call.why };
    let mut file = format!(
        "# {} · {}: {}\n# Secrets were left out: fill in every {}.\n{} {} HTTP/1.1\nHost: {}\n",
        call.dialect,
        call.operation,
        sentence.replace('\n', " "),
        crate::redact::HIDDEN,
        asked.method,
        target(asked),
        host.split('/').next().unwrap_or_default(),
    );
    for (name, value) in telling(&asked.headers) {
        file.push_str(&format!("{name}: {value}\n"));
    }
    let kind = call.headers.iter().find(|(name, _)| name == "content-type");
    let kind = kind.map_or(String::new(), |(_, kind)| format!("Content-Type: {kind}\n"));
    file.push_str(&format!("\n{}\n---\nHTTP/1.1 {}\n{kind}\n{}\n", kept(&asked.body), call.status, kept(&call.body)));
    let mut response = Response::new(Bytes::from(file));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    let operation: String = call.operation.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let name = format!("attachment; filename=\"{:03}-{}-{operation}.http\"", call.number, call.dialect);
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response.into())
}

/// What the call changed: each with the name and the address of its record.
async fn changes(visit: &Visit<'_>, call: &Call) -> Result<Vec<(String, String, Entry)>, Error> {
    let ask = |after, limit| ReadFeed { after, kinds: Vec::new(), dialects: vec![call.dialect.to_owned()], limit };
    let end = visit.run("read", ask(None, 1)).await?.next;
    // Backwards from the end, until what changed then is older than the call.
    let began = Time(call.at.0.saturating_sub_unsigned(u64::try_from(call.took.as_micros()).unwrap_or(0)));
    let mut found: Vec<Change> = Vec::new();
    for step in 1..=STEPS {
        let back = |numbers: i64| end.numbers().iter().map(|number| (number - numbers).max(0)).collect();
        let from = Cursor::at(back(STEP * step as i64));
        let limit = u32::try_from(STEP).unwrap_or(1) * u32::try_from(end.numbers().len()).unwrap_or(1);
        let feed = visit.run("read", ask(Some(from), limit)).await?;
        found.extend(feed.changes.iter().filter(|change| change.origin.request_id == call.id).cloned());
        let is_first = end.numbers().iter().all(|number| *number <= STEP * step as i64);
        if is_first || feed.changes.first().is_some_and(|change| change.at < began) {
            break;
        }
    }
    found.sort_by_key(|change| (change.at, change.number));
    let mut told = Vec::new();
    for change in &found {
        let address = match many(change.kind) {
            "" => String::new(),
            many => visit.at(&format!("/{many}/{}", change.id)),
        };
        let name = history::named(visit.words(), change.kind, change.id);
        let entries = history::entries(visit, change.kind, std::slice::from_ref(change)).await?;
        told.extend(entries.into_iter().map(|entry| (name.clone(), address.clone(), entry)));
    }
    Ok(told)
}
