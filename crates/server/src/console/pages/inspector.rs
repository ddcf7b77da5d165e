//! The last calls of every dialect: a list that goes on by itself.

use askama::Template;
use domain::tenant::Tenant;
use domain::{Access, Error};
use http::StatusCode;
use serde_json::json;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::guide;
use crate::console::layout::Page;
use crate::console::shown::Moment;
use crate::console::visit::{Outcome, Visit};
use crate::console::{NAME, html};
use crate::inspector::Call;

/// Calls on the page.
const MOST: usize = 200;

/// The least time between two words to a page that goes on by itself.
const PACE: Duration = Duration::from_millis(250);

/// After this long without a call the session is looked at again.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A call in the list.
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) address: String,
    pub(super) at: Moment,
    pub(super) dialect: &'static str,
    pub(super) operation: String,
    pub(super) client: String,
    pub(super) outcome: &'static str,
    pub(super) status: u16,
    micros: u128,
    pub(super) why: String,
    pub(super) notes: usize,
}

impl Line {
    pub(super) fn of(call: &Call, address: &str) -> Self {
        let operation = if call.operation.is_empty() { &*call.asked.path } else { call.operation };
        Self {
            number: call.number,
            address: format!("{address}/{}", call.number),
            at: Moment::of(call.at),
            dialect: call.dialect,
            operation: operation.chars().take(80).collect(),
            client: call.asked.client.chars().take(80).collect(),
            outcome: call.outcome,
            status: call.status.as_u16(),
            micros: call.took.as_micros(),
            why: call.why.clone(),
            // Of a refused call its sentence is there already.
            notes: if call.outcome == "ok" { call.notes.len() } else { 0 },
        }
    }

    /// Milliseconds with one decimal.
    pub(super) fn took(&self) -> String {
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
        let holds = |text: &str| text.to_lowercase().contains(&self.q);
        (self.dialect.is_empty() || self.dialect == call.dialect)
            && (self.outcome.is_empty() || self.outcome == call.outcome)
            && (self.q.is_empty()
                || call.id.eq_ignore_ascii_case(&self.q)
                || [call.operation, &call.asked.client, &call.asked.path, &call.why].into_iter().any(holds))
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
    left_out: u64,
    samples: Vec<(&'static str, String)>,
}

/// The calls are those of all tenants: only who operates the server sees them.
///
/// # Errors
/// `Forbidden` for everybody else.
pub(super) fn admit(visit: &Visit<'_>) -> Result<(), Error> {
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
        left_out: visit.inspector.minutes().iter().flat_map(|(_, minutes)| minutes).map(|m| m.left_out).sum(),
        samples: guide::samples(visit),
    };
    Ok(html(StatusCode::OK, &shown).into())
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
                    "status": line.status, "took": line.took(), "why": line.why, "notes": line.notes,
                });
                let _ = write!(text, "event: call\ndata: {told}\n\n");
            }
            seen = last;
        }
    });
    Ok(super::live::events(pieces))
}
