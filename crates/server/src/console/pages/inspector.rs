//! The last calls of every dialect: a list that goes on by itself, and each call in full.

use askama::Template;
use bytes::Bytes;
use domain::feed::Cursor;
use domain::operation::ReadFeed;
use domain::tenant::Tenant;
use domain::{Access, Error};
use http::{StatusCode, header};
use serde_json::json;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::history::{self, Entry};
use super::many;
use crate::console::layout::Page;
use crate::console::shown::Moment;
use crate::console::snippet;
use crate::console::visit::{Outcome, Visit};
use crate::console::{NAME, html};
use crate::inspector::Call;
use crate::redact;

/// Calls on the page.
const MOST: usize = 200;

/// Changes, newest first, among which those of a call are looked for.
const RECENT: i64 = 2_000;

/// The least time between two words to a page that goes on by itself.
const PACE: Duration = Duration::from_millis(250);

/// After this long without a call the session is looked at again.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A call in the list.
struct Line {
    number: u64,
    address: String,
    at: Moment,
    dialect: &'static str,
    operation: String,
    client: String,
    outcome: &'static str,
    status: u16,
    micros: u128,
    why: String,
}

impl Line {
    fn of(call: &Call, address: &str) -> Self {
        let client = call.request.header(header::USER_AGENT).unwrap_or_default();
        let operation = if call.operation.is_empty() { &*call.request.path } else { call.operation };
        Self {
            number: call.number,
            address: format!("{address}/{}", call.number),
            at: Moment::of(call.at),
            dialect: call.dialect,
            operation: operation.chars().take(80).collect(),
            client: client.chars().take(80).collect(),
            outcome: call.outcome(),
            status: call.status.as_u16(),
            micros: call.took.as_micros(),
            why: call.refused.as_ref().map_or(String::new(), |refused| refused.sentence().to_owned()),
        }
    }

    /// Milliseconds with one decimal.
    fn took(&self) -> String {
        format!("{}.{}", self.micros / 1_000, self.micros / 100 % 10)
    }
}

/// What of the calls is asked for.
#[derive(Clone)]
struct Asked {
    dialect: String,
    outcome: String,
    /// A part of the operation, the client or the path, or a whole request id.
    q: String,
}

impl Asked {
    fn of(visit: &Visit<'_>) -> Self {
        Self {
            dialect: visit.query("dialect"),
            outcome: visit.query("outcome"),
            q: visit.query("q").trim().to_lowercase(),
        }
    }

    fn takes(&self, call: &Call) -> bool {
        let client = call.request.header(header::USER_AGENT).unwrap_or_default();
        let holds = |text: &str| text.to_lowercase().contains(&self.q);
        (self.dialect.is_empty() || self.dialect == call.dialect)
            && (self.outcome.is_empty() || self.outcome == call.outcome())
            && (self.q.is_empty()
                || call.request.id.eq_ignore_ascii_case(&self.q)
                || [call.operation, client, &call.request.path].into_iter().any(holds))
    }
}

#[derive(Template)]
#[template(path = "inspector.html")]
struct List {
    p: Page,
    address: String,
    live: String,
    lines: Vec<Line>,
    dialects: Vec<(&'static str, &'static str)>,
    asked: Asked,
    outcomes: [&'static str; 3],
    keeps_bodies: bool,
}

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
    fixture: String,
    changes: Vec<(String, String, Entry)>,
}

/// The calls are those of all tenants: only who operates the server sees them.
///
/// # Errors
/// `Forbidden` for everybody else.
fn admit(visit: &Visit<'_>) -> Result<(), Error> {
    visit.caller().demand(Access::Manage)?;
    if visit.caller().tenant == Tenant::DEFAULT {
        return Ok(());
    }
    let text = "The inspector shows the calls of all tenants: only administrators of the default one may look";
    Err(Error::new(domain::error::Reason::Forbidden, text))
}

pub(super) fn list(visit: &Visit<'_>) -> Outcome {
    admit(visit)?;
    let (asked, address) = (Asked::of(visit), visit.at("/inspector"));
    let query = visit.request().query.as_deref().map_or(String::new(), |query| format!("?{query}"));
    let calls = visit.inspector.calls();
    let shown = List {
        p: visit.page("inspector", visit.words().get("nav.inspector")),
        lines: calls.iter().filter(|call| asked.takes(call)).take(MOST).map(|call| Line::of(call, &address)).collect(),
        live: format!("{address}/live{query}"),
        address,
        dialects: dialects::ALL.iter().map(|dialect| (dialect.name, dialect.title)).collect(),
        asked,
        outcomes: ["ok", "refused", "failed"],
        keeps_bodies: visit.inspector.keeps_bodies(),
    };
    Ok(html(StatusCode::OK, &shown).into())
}

pub(super) async fn show(visit: &Visit<'_>, number: &str) -> Outcome {
    admit(visit)?;
    let call = number.parse().ok().and_then(|number| visit.inspector.call(number));
    let call = call.ok_or_else(|| Error::not_found("This call is not kept any more: only the last ones are"))?;
    let request = &call.request;
    let query = request.query.as_deref().map_or(String::new(), |query| format!("?{}", redact::query(query)));
    let unread = |bytes: usize, kept: usize| match (bytes, kept) {
        (0, _) => String::new(),
        (bytes, 0) => visit.words().with("body_not_kept", bytes),
        (bytes, _) => visit.words().with("body_not_read", bytes),
    };
    let text = |headers, body: &Bytes, bytes: usize| match redact::body(headers, body) {
        Some(text) if !text.is_empty() => text,
        _ => unread(bytes, body.len()),
    };
    let (body, answer) =
        (text(&request.headers, &request.body, call.asked_bytes), text(&call.headers, &call.body, call.answered_bytes));
    let safe = dialects::Request {
        query: request.query.as_deref().map(redact::query),
        body: Bytes::from(if request.body.is_empty() { String::new() } else { body.replace("\n&", "&") }),
        headers: request
            .headers
            .iter()
            .filter(|(name, _)| *name == header::CONTENT_TYPE)
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        ..request.clone()
    };
    let credential = [("Authorization", "…")];
    let (sent, said) = (redact::headers(&request.headers), redact::headers(&call.headers));
    let head = format!("{} {}{query}", request.method, request.path);
    let lines = |headers: &[(String, String)]| {
        headers.iter().fold(String::new(), |text, (name, value)| text + name + ": " + value + "\n")
    };
    let shown = Shown {
        p: visit.page(
            "inspector",
            format!("{} · {}", if call.operation.is_empty() { &*request.path } else { call.operation }, call.dialect),
        ),
        line: Line::of(&call, &visit.at("/inspector")),
        request_id: request.id.clone(),
        address: request.address.to_string(),
        curl: snippet::curl(&safe, &credential),
        fixture: format!(
            "{head} HTTP/1.1\n{}\n{body}\n---\nHTTP/1.1 {}\n{}\n{answer}\n",
            lines(&sent),
            call.status,
            lines(&said)
        ),
        head,
        sent,
        body,
        said,
        answer,
        changes: changes(visit, &call).await?,
    };
    Ok(html(StatusCode::OK, &shown).into())
}

/// What the call changed, as far as it is among the latest changes: each with the name and the address of its record.
async fn changes(visit: &Visit<'_>, call: &Call) -> Result<Vec<(String, String, Entry)>, Error> {
    let ask = |after, limit| ReadFeed { after, kinds: Vec::new(), dialects: vec![call.dialect.to_owned()], limit };
    let end = visit.run("read", ask(None, 1)).await?.next;
    let mut after = Cursor::at(end.numbers().iter().map(|number| (number - RECENT).max(0)).collect());
    let mut found = Vec::new();
    loop {
        let feed = visit.run("read", ask(Some(after), 500)).await?;
        for change in feed.changes.iter().filter(|change| change.origin.request_id == call.request.id) {
            let address = match many(change.kind) {
                "" => String::new(),
                many => visit.at(&format!("/{many}/{}", change.id)),
            };
            let name = format!("{} #{}", visit.words().named("kind", change.kind.name()), change.id);
            let entries = history::entries(visit, change.kind, std::slice::from_ref(change)).await?;
            found.extend(entries.into_iter().map(|entry| (name.clone(), address.clone(), entry)));
        }
        if !feed.more {
            return Ok(found);
        }
        after = feed.next;
    }
}

/// Tells of each new call as a server-sent event, until the page goes, its session ends or the server stops.
pub(super) fn live(visit: &Visit<'_>) -> Outcome {
    admit(visit)?;
    let (asked, address) = (Asked::of(visit), visit.at("/inspector"));
    let (state, inspector, request) = (Arc::clone(visit.state), Arc::clone(visit.inspector), visit.request().clone());
    let mut arrivals = inspector.arrivals();
    let mut commits = visit.state.commits.clone();
    let mut seen = *arrivals.borrow_and_update();
    let (sender, pieces) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut text = String::from("retry: 2000\n\n");
        loop {
            if !text.is_empty() && sender.send(Ok(std::mem::take(&mut text).into())).await.is_err() {
                return;
            }
            tokio::select! {
                arrived = arrivals.changed() => if arrived.is_err() { return },
                () = sender.closed() => return,
                // The word of commits ends when the server stops.
                ended = async { while commits.changed().await.is_ok() {} } => { let () = ended; return }
                () = sleep(HEARTBEAT) => text.push_str(":\n\n"),
            }
            sleep(PACE).await;
            // Whoever signed out is told nothing more, however many calls arrive.
            let key = crate::console::visit::cookie(&request, crate::console::visit::SESSION).unwrap_or_default();
            if state.find_session(&request, NAME, key, false).await.is_err() {
                return;
            }
            let last = *arrivals.borrow_and_update();
            let calls = inspector.calls();
            let new = calls.iter().take_while(|call| call.number > seen).filter(|call| asked.takes(call)).take(50);
            for call in new.collect::<Vec<_>>().into_iter().rev() {
                let line = Line::of(call, &address);
                let told = json!({
                    "number": line.number, "address": line.address, "at": line.at.exact, "dialect": line.dialect,
                    "operation": line.operation, "client": line.client, "outcome": line.outcome,
                    "status": line.status, "took": line.took(), "why": line.why,
                });
                let _ = write!(text, "event: call\ndata: {told}\n\n");
            }
            seen = last;
        }
    });
    Ok(super::live::events(pieces))
}

/// The list for a request id that a page or an answer named.
pub(super) fn by_request(visit: &Visit<'_>, id: &str) -> Outcome {
    admit(visit)?;
    let calls = visit.inspector.calls();
    let found = calls.iter().find(|call| call.request.id == id);
    let found = found.ok_or_else(|| Error::not_found("This call is not kept any more: only the last ones are"))?;
    Ok(crate::console::visit::see_other(&visit.at(&format!("/inspector/{}", found.number))).into())
}
