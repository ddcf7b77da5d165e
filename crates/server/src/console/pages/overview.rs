//! What there is to see at a glance.

use askama::Template;
use domain::filter::{Condition, Order, Selection, Test};
use domain::operation::{Deleted, ListRecords};
use domain::{Error, Field, Kind, Record};
use http::StatusCode;

use super::many;
use crate::console::html;
use crate::console::layout::Page;
use crate::console::shown::{self, Moment};
use crate::console::visit::{Outcome, Visit};

/// Records in each list.
const LATEST: u32 = 10;

struct Line {
    address: String,
    id: i64,
    name: String,
    by: String,
    at: Moment,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Shown {
    p: Page,
    customers: Vec<Line>,
    tickets: Vec<Line>,
    store: String,
}

pub(super) async fn show(visit: &Visit<'_>) -> Outcome {
    let store = match visit.state.app.condition() {
        domain::port::Condition::Ready => String::new(),
        domain::port::Condition::ReadOnly(why) | domain::port::Condition::Poisoned(why) => why,
    };
    let open = Condition::new(Field::TicketStatus, Test::Is("open".into()));
    let shown = Shown {
        p: visit.page("overview", visit.words().get("nav.overview")),
        customers: latest(visit, Kind::Customer, None).await?,
        tickets: latest(visit, Kind::Ticket, Some(open)).await?,
        store,
    };
    Ok(html(StatusCode::OK, &shown).into())
}

/// The records of a kind that changed last.
async fn latest(visit: &Visit<'_>, kind: Kind, only: Option<Condition>) -> Result<Vec<Line>, Error> {
    let order = vec![Order { field: Field::UpdatedAt, descending: true }];
    let filter = only.into_iter().collect();
    let selection = Selection { filter, order, limit: LATEST, ..Selection::default() };
    let page = visit.run("list", ListRecords { kind, selection, deleted: Deleted::Hidden }).await?;
    let line = |record: &Record| Line {
        address: visit.at(&format!("/{}/{}", many(kind), record.id)),
        id: record.id,
        name: shown::name(record),
        by: record.updated_by.clone(),
        at: Moment::of(record.updated_at),
    };
    Ok(page.records.iter().map(line).collect())
}
