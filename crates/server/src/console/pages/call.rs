//! One call in full: what was asked and answered, why it was refused, what it changed; as a command and as a fixture.

use askama::Template;
use bytes::Bytes;
use domain::Error;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};

use super::caused::{self, Caused};
use super::inspector::{Line, admit};
use crate::console::layout::Page;
use crate::console::visit::{Outcome, Visit, see_other};
use crate::console::{html, snippet};
use crate::inspector::{Body, Call, arguments};
use crate::pretty;

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
    /// What the request says: a name, whether it is nil, its value.
    said: Vec<(String, bool, String)>,
    body: String,
    told: Vec<(String, String)>,
    answer: String,
    curl: String,
    notes: Vec<String>,
    /// The names of the secrets that were left out.
    hidden: String,
    changes: Vec<Caused>,
    /// The changes that came between what was read and this call.
    since: Vec<Caused>,
    sent_version: u64,
    views: Vec<(&'static str, String)>,
    may_be_replayed: bool,
    is_forgotten: bool,
}

/// A call that is kept.
///
/// # Errors
/// `NotFound` for one that is not, and `Forbidden` for who may not look.
pub(super) async fn find(visit: &Visit<'_>, number: &str) -> Result<Call, Error> {
    admit(visit)?;
    let call = match number.parse() {
        Ok(number) => visit.inspector.call(number).await,
        Err(_) => None,
    };
    call.ok_or_else(not_kept)
}

/// A call of which it is known what it said.
///
/// # Errors
/// As of [`find`], and `NotFound` when that was forgotten.
pub(super) async fn find_told(visit: &Visit<'_>, number: &str) -> Result<Call, Error> {
    let call = find(visit, number).await?;
    if call.brief.is_forgotten() {
        return Err(Error::not_found("What this call said was forgotten when somebody was erased"));
    }
    Ok(call)
}

fn not_kept() -> Error {
    Error::not_found("This call is not kept: only the last ones are")
}

/// To the call whose id a page or an answer named.
pub(super) async fn by_request(visit: &Visit<'_>, id: &str) -> Outcome {
    admit(visit)?;
    let number = visit.inspector.of_request(id).await.ok_or_else(not_kept)?;
    let done = visit.query("done");
    let done = if done.is_empty() { String::new() } else { crate::console::form::query(&[("done", &done)]) };
    Ok(see_other(&visit.at(&format!("/inspector/{number}{done}"))).into())
}

pub(super) async fn show(visit: &Visit<'_>, number: &str) -> Outcome {
    let call = find(visit, number).await?;
    let (line, asked) = (Line::of(&call.brief, &visit.at("")), &call.asked);
    let said = arguments::read(asked.query.as_deref(), kept(&asked.body));
    let is_own = call.brief.tenant == visit.request().tenant;
    let shown = Shown {
        p: visit.page("inspector", format!("{} · {}", line.operation, line.dialect)),
        request_id: call.brief.id.clone(),
        address: asked.address.clone(),
        curl: snippet::curl(&request(&call, visit), &[]),
        head: format!("{} {}", asked.method, target(&call)),
        sent: asked.headers.clone(),
        said: said.into_iter().map(|(name, value)| (name, value.is_none(), value.unwrap_or_default())).collect(),
        body: text(visit, &asked.headers, &asked.body),
        told: call.headers.clone(),
        answer: text(visit, &call.headers, &call.body),
        notes: call.notes.clone(),
        hidden: call
            .hidden
            .iter()
            .take(20)
            .map(|name| name.chars().take(60).collect::<String>())
            .collect::<Vec<_>>()
            .join(", "),
        changes: caused::changes(visit, &call).await?,
        since: caused::since(visit, &call).await?,
        sent_version: call.version_read.unwrap_or_default(),
        views: if is_own { views(&line) } else { Vec::new() },
        may_be_replayed: is_own && !call.brief.is_forgotten(),
        is_forgotten: call.brief.is_forgotten(),
        line,
    };
    Ok(html(StatusCode::OK, &shown).into())
}

/// The first customer that it was about as each dialect shows it now.
fn views(line: &Line) -> Vec<(&'static str, String)> {
    let Some((_, at)) = line.customers.first().filter(|(_, at)| !at.is_empty()) else { return Vec::new() };
    let all = dialects::ALL.iter().filter(|dialect| dialect.view.is_some());
    all.map(|dialect| (dialect.title, format!("{at}/as/{}", dialect.name))).collect()
}

/// The path and the query.
pub(super) fn target(call: &Call) -> String {
    let path = &call.brief.path;
    call.asked.query.as_ref().map_or(path.clone(), |query| format!("{path}?{query}"))
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
fn request(call: &Call, visit: &Visit<'_>) -> dialects::Request {
    let asked = &call.asked;
    let mut headers = HeaderMap::new();
    for (name, value) in telling(&asked.headers) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    dialects::Request {
        method: asked.method(),
        path: call.brief.path.clone(),
        query: asked.query.clone(),
        headers,
        body: Bytes::copy_from_slice(kept(&asked.body).as_bytes()),
        base_url: asked.base_url.clone(),
        ..visit.request().clone()
    }
}

/// The call as the recorded conversations have it, as a file.
pub(super) async fn fixture(visit: &Visit<'_>, number: &str) -> Outcome {
    let call = find_told(visit, number).await?;
    let (asked, brief) = (&call.asked, &call.brief);
    let host = asked.base_url.split_once("://").map_or("", |(_, rest)| rest);
    let sentence = if brief.why.is_empty() { "was answered" } else { &brief.why };
    let mut file = format!(
        "# {} · {}: {}\n# Secrets were left out: fill in every {}.\n{} {} HTTP/1.1\nHost: {}\n",
        brief.dialect,
        brief.operation,
        sentence.replace('\n', " "),
        crate::redact::HIDDEN,
        asked.method,
        target(&call),
        host.split('/').next().unwrap_or_default(),
    );
    for (name, value) in telling(&asked.headers) {
        file.push_str(&format!("{name}: {value}\n"));
    }
    let kind = call.headers.iter().find(|(name, _)| name == "content-type");
    let kind = kind.map_or(String::new(), |(_, kind)| format!("Content-Type: {kind}\n"));
    file.push_str(&format!(
        "\n{}\n---\nHTTP/1.1 {}\n{kind}\n{}\n",
        kept(&asked.body),
        status(brief.status),
        kept(&call.body)
    ));
    let mut response = Response::new(Bytes::from(file));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    let operation: String = brief.operation.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let name = format!("attachment; filename=\"{:03}-{}-{operation}.http\"", brief.number, brief.dialect);
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response.into())
}

/// A status with its words.
fn status(number: u16) -> String {
    StatusCode::from_u16(number).map_or_else(|_| number.to_string(), |status| status.to_string())
}
