//! What changes while somebody looks, as server-sent events.

use dialects::moment::rfc3339;
use dialects::{Pieces, Reply};
use domain::operation::ReadFeed;
use domain::{Access, Area, Change, Field, FieldChange, Kind};
use http::{HeaderValue, Response, header};
use serde_json::json;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::console::NAME;
use crate::console::visit::{Outcome, SESSION, Visit, cookie};
use crate::console::words::Words;

/// The least time between two words to a page: changes of many commits are told at once.
const PACE: Duration = Duration::from_millis(250);

/// After this long without a change the session is looked at again.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Changes that are told at once; a page shows no more.
const MOST: u32 = 50;

/// Tells of each change from now on, until the page goes, its session ends or the server stops.
pub(super) async fn changes(visit: &Visit<'_>) -> Outcome {
    let kinds = [Kind::Customer, Kind::Company, Kind::Ticket, Kind::Message].into_iter();
    let kinds: Vec<Kind> =
        kinds.filter(|kind| visit.caller().demand_in(Access::Read, Area::of(*kind)).is_ok()).collect();
    let mut commits = visit.state.commits.clone();
    commits.mark_unchanged();
    let mut ask = ReadFeed { after: None, kinds, dialects: Vec::new(), limit: MOST };
    ask.after = Some(visit.run("live", ask.clone()).await?.next);
    let (state, request) = (Arc::clone(visit.state), visit.request().clone());
    let (sender, pieces) = mpsc::channel(1);
    let words = visit.words();
    tokio::spawn(async move {
        let mut text = String::from("retry: 2000\n\n");
        loop {
            if !text.is_empty() && sender.send(Ok(std::mem::take(&mut text).into())).await.is_err() {
                return;
            }
            tokio::select! {
                changed = commits.changed() => if changed.is_err() { return },
                () = sender.closed() => return,
                () = sleep(HEARTBEAT) => text.push_str(":\n\n"),
            }
            sleep(PACE).await;
            commits.mark_unchanged();
            // Whoever signed out, or may do less now, is told nothing more.
            let key = cookie(&request, SESSION).unwrap_or_default();
            let Ok(session) = state.find_session(&request, NAME, key, false).await else { return };
            let origin = request.origin(NAME, "live", &session.caller);
            let Ok(feed) = state.run(ask.clone(), &session.caller, origin).await else { return };
            for change in &feed.changes {
                let _ = write!(text, "event: change\ndata: {}\n\n", told(words, change));
            }
            ask.after = Some(feed.next);
        }
    });
    Ok(events(pieces))
}

/// An answer that is a stream of events, which no proxy may hold back.
pub(super) fn events(pieces: Pieces) -> Reply {
    let mut head = Response::new(());
    head.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    head.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    Reply::streamed(head, pieces)
}

/// Which record, which fields, and who, as the reader calls them: no value.
fn told(words: &'static Words, change: &Change) -> serde_json::Value {
    let label = |field: Field| words.named("field", &field.name()).to_owned();
    let field = |told: &FieldChange| json!({ "field": told.field.name(), "label": label(told.field) });
    let fields: Vec<_> = change.fields.iter().map(field).collect();
    json!({
        "kind": change.kind.name(), "name": words.named("kind", change.kind.name()), "id": change.id, "at": rfc3339(change.at), "changes": fields,
        "origin": { "credential": change.origin.credential, "dialect": change.origin.dialect },
    })
}
