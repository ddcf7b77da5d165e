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
use super::sought::Sought;
use crate::console::layout::Page;
use crate::console::shown::Moment;
use crate::console::visit::{Outcome, Visit};
use crate::console::{NAME, html};
use crate::inspector::Brief;

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
    pub(super) dialect: String,
    pub(super) operation: String,
    pub(super) client: String,
    /// The numbers of the customers that it was about, with the addresses of their pages where they are the visitor's.
    pub(super) customers: Vec<(String, String)>,
    pub(super) outcome: String,
    pub(super) status: u16,
    micros: u64,
    pub(super) why: String,
    pub(super) notes: usize,
}

impl Line {
    pub(super) fn of(call: &Brief, root: &str) -> Self {
        let operation = if call.operation.is_empty() { &call.path } else { &call.operation };
        let own = call.customers_of(Tenant::DEFAULT, None);
        let page = |id: &i64| if own.contains(id) { format!("{root}/customers/{id}") } else { String::new() };
        Self {
            number: call.number,
            address: format!("{root}/inspector/{}", call.number),
            at: Moment::of(call.at),
            dialect: call.dialect.clone(),
            operation: operation.chars().take(80).collect(),
            client: call.client.chars().take(80).collect(),
            customers: call.customers.iter().map(|id| (id.to_string(), page(id))).collect(),
            outcome: call.outcome.clone(),
            status: call.status,
            micros: call.micros,
            why: call.why.clone(),
            // Of a refused call its sentence is there already.
            notes: if call.outcome == "ok" { call.notes } else { 0 },
        }
    }

    /// Milliseconds with one decimal.
    pub(super) fn took(&self) -> String {
        format!("{}.{}", self.micros / 1_000, self.micros / 100 % 10)
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
    sought: Sought,
    problem: String,
    is_filtered: bool,
    outcomes: [&'static str; 3],
    /// The query of this list without the calls up to now, with those that were cleared away, and of the next page.
    cleared: String,
    whole: String,
    older: String,
    keeps_bodies: bool,
    days: i64,
    megabytes: u64,
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

pub(super) async fn list(visit: &Visit<'_>) -> Outcome {
    admit(visit)?;
    let (mut sought, read) = Sought::read(&visit.queries(), visit.request().tenant.clone());
    let address = visit.at("/inspector");
    let (briefs, problem) = match read {
        Ok(()) => {
            let origin = visit.request().origin(NAME, "inspector", visit.caller());
            sought.look_up(visit.state, visit.caller(), &origin).await?;
            let (wanted, between) = (sought.clone(), (sought.after, sought.before));
            (visit.inspector.list(between, MOST + 1, move |call| wanted.takes(call)).await, String::new())
        }
        // What was asked for stays in its field, to be mended.
        Err(error) => (Vec::new(), error.message.to_string()),
    };
    let shown = briefs.iter().take(MOST);
    let last = shown.clone().next_back().map_or(0, |call| call.number);
    let newest = *visit.inspector.arrivals().borrow();
    let limits = visit.inspector.limits();
    let page = List {
        p: visit.page("inspector", visit.words().get("nav.inspector")),
        lines: shown.map(|call| Line::of(call, &visit.at(""))).collect(),
        // What is older does not go on.
        live: if sought.before == u64::MAX && problem.is_empty() {
            format!("{address}/live{}", sought.query(newest, 0))
        } else {
            String::new()
        },
        cleared: sought.query(newest, 0),
        whole: if sought.after > 0 { format!("{address}{}", sought.query(0, 0)) } else { String::new() },
        older: if briefs.len() > MOST { sought.query(sought.after, last) } else { String::new() },
        address,
        dialects: dialects::ALL.iter().map(|dialect| (dialect.name, dialect.title)).collect(),
        is_filtered: sought.query(sought.after, 0) != Sought::default().query(0, 0),
        sought,
        outcomes: ["ok", "refused", "failed"],
        keeps_bodies: visit.inspector.keeps_bodies(),
        days: limits.seconds / 86_400,
        megabytes: limits.bytes >> 20,
        left_out: visit.inspector.minutes().iter().flat_map(|(_, minutes)| minutes).map(|m| m.left_out).sum(),
        samples: guide::samples(visit),
        problem,
    };
    let status = if page.problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(html(status, &page).into())
}

/// Tells of each new call as a server-sent event, until the page goes, its session ends or the server stops.
pub(super) async fn live(visit: &Visit<'_>) -> Outcome {
    admit(visit)?;
    let (mut sought, read) = Sought::read(&visit.queries(), visit.request().tenant.clone());
    read?;
    let (root, caller, words) = (visit.at(""), Arc::clone(visit.caller()), visit.words());
    let origin = visit.request().origin(NAME, "live", visit.caller());
    let (state, inspector, request) = (Arc::clone(visit.state), Arc::clone(visit.inspector), visit.request().clone());
    let mut arrivals = inspector.arrivals();
    let mut commits = visit.state.commits.clone();
    // Whoever comes back says which call they saw last: nothing between is lost.
    let last_seen = visit.request().header("last-event-id").and_then(|id| id.parse().ok());
    let mut seen = last_seen.unwrap_or(if sought.after > 0 { sought.after } else { *arrivals.borrow() });
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
            if last > seen && sought.look_up(&state, &caller, &origin).await.is_err() {
                return;
            }
            let wanted = sought.clone();
            let new = inspector.list((seen, u64::MAX), 50, move |call| wanted.takes(call)).await;
            for call in new.iter().rev() {
                let line = Line::of(call, &root);
                let told = json!({
                    "number": line.number, "address": line.address, "at": line.at.exact, "dialect": line.dialect,
                    "operation": line.operation, "client": line.client, "outcome": line.outcome,
                    "said": words.named("choice", &line.outcome),
                    "customers": line.customers,
                    "status": line.status, "took": line.took(), "why": line.why, "notes": line.notes,
                });
                let _ = write!(text, "event: call\nid: {}\ndata: {told}\n\n", call.number);
            }
            seen = last.max(new.first().map_or(0, |call| call.number)).max(seen);
        }
    });
    Ok(super::live::events(pieces))
}
