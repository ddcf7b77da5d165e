//! The keys of the tenant and when each was last used, so that none stays that nobody needs.

use askama::Template;
use domain::filter::Selection;
use domain::operation::{Deleted, ListRecords};
use domain::{Access, Field, Kind, Record};
use http::StatusCode;

use super::needs::{DAYS, is_unused};
use crate::console::html;
use crate::console::layout::Page;
use crate::console::shown::{self, Moment};
use crate::console::visit::{Outcome, Visit};

/// Keys on the page.
const MOST: u32 = 500;

struct Line {
    name: String,
    address: String,
    dialects: String,
    role: String,
    networks: String,
    last: Option<Moment>,
    is_unused: bool,
    is_disabled: bool,
    /// Until when its secret of before works too.
    previous: Option<Moment>,
}

#[derive(Template)]
#[template(path = "access.html")]
struct Shown {
    p: Page,
    lines: Vec<Line>,
    unused: u64,
    /// Since when uses are known.
    since: Moment,
    more: bool,
}

pub(super) async fn show(visit: &Visit<'_>) -> Outcome {
    visit.caller().demand(Access::Manage)?;
    let selection = Selection { limit: MOST, ..Selection::default() };
    let page = visit.run("list", ListRecords { kind: Kind::Key, selection, deleted: Deleted::Hidden }).await?;
    let now = visit.state.app.now();
    let long_ago = now.plus_seconds(-DAYS * 86_400);
    let words = visit.words();
    let line = |key: &Record| Line {
        name: shown::name(key),
        address: visit.at(&format!("/keys/{}", key.id)),
        dialects: key.texts(Field::Dialects).join(", "),
        role: words.choice(key.text(Field::Role)),
        networks: key.texts(Field::Networks).join(", "),
        last: visit.state.uses.last((visit.caller().tenant.number, Kind::Key, key.id)).map(Moment::of),
        is_unused: is_unused(visit, key, long_ago),
        is_disabled: key.flag(Field::Disabled),
        previous: key.number(Field::PreviousUntil).map(domain::Time).filter(|until| *until > now).map(Moment::of),
    };
    let lines: Vec<Line> = page.records.iter().map(line).collect();
    let unused = lines.iter().filter(|line| line.is_unused && !line.is_disabled).count() as u64;
    let p = visit.page("settings", words.get("access"));
    let since = Moment::of(visit.process.census.since());
    Ok(html(StatusCode::OK, &Shown { p, lines, unused, since, more: page.more }).into())
}
