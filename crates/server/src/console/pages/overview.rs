//! How the dialects fare, what needs somebody, and what changed last.

use askama::Template;
use domain::error::Reason;
use domain::feed::Cursor;
use domain::filter::{Condition, Selection, Test};
use domain::operation::{Deleted, ListRecords, ReadFeed};
use domain::port::Condition as Health;
use domain::tenant::Tenant;
use domain::{Error, Field, Kind, Record, ticket};
use http::StatusCode;

use super::many;
use crate::console::html;
use crate::console::layout::Page;
use crate::console::shown::{self, Moment};
use crate::console::visit::{Outcome, Visit};
use crate::inspector::{MINUTES, Minute, quantile};

/// Records in each list.
const LATEST: usize = 8;

/// Changes of each part of the tenant that are read at once, and how often.
const STEP: i64 = 200;
const STEPS: i64 = 10;

/// Width and height of a chart, in its own units.
const CHART: (usize, usize) = (240, 36);

/// A record in a short list.
pub(super) struct Line {
    pub(super) address: String,
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) by: String,
    pub(super) at: Moment,
}

/// How a dialect fared in the last hour.
struct Fares {
    title: &'static str,
    calls: u64,
    errors: u64,
    half: String,
    most: String,
    /// The bars of its chart: place, top, height, and whether of errors.
    bars: Vec<(usize, usize, usize, bool)>,
    address: String,
    errors_address: String,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Shown {
    p: Page,
    fares: Vec<Fares>,
    chart: (usize, usize),
    customers: Vec<Line>,
    tickets: Vec<Line>,
    store: String,
    is_operator: bool,
    follows: bool,
    kinds: String,
}

pub(super) async fn show(visit: &Visit<'_>) -> Outcome {
    let store = match visit.state.app.condition() {
        Health::Ready => String::new(),
        Health::ReadOnly(why) | Health::Poisoned(why) => why,
    };
    // The calls are those of all tenants.
    let is_operator = visit.caller().role.allows(domain::Access::Manage) && visit.caller().tenant == Tenant::DEFAULT;
    let minutes = if is_operator { visit.inspector.minutes() } else { Vec::new() };
    let now = visit.state.app.now().seconds().div_euclid(60);
    let fares = |dialect: &&'static dialects::Dialect| {
        let known = minutes.iter().find(|(name, _)| *name == dialect.name).map_or(&[][..], |(_, minutes)| minutes);
        fares(visit, dialect.name, dialect.title, known, now)
    };
    let kinds = [Kind::Customer, Kind::Company, Kind::Ticket, Kind::Message];
    let address = |kind: Kind| format!("{}={}", kind.name(), if many(kind).is_empty() { "" } else { many(kind) });
    let shown = Shown {
        p: visit.page("overview", visit.words().get("nav.overview")),
        fares: dialects::ALL.iter().filter(|_| is_operator).map(fares).collect(),
        chart: CHART,
        customers: latest(visit, Kind::Customer, |_| true).await?,
        tickets: latest(visit, Kind::Ticket, |ticket| ticket::status(ticket) == "open").await?,
        store,
        is_operator,
        follows: visit.caller().demand_in(domain::Access::Read, domain::Area::Customers).is_ok(),
        kinds: kinds.map(address).join(" "),
    };
    Ok(html(StatusCode::OK, &shown).into())
}

fn fares(visit: &Visit<'_>, name: &'static str, title: &'static str, minutes: &[Minute], now: i64) -> Fares {
    let (width, height) = CHART;
    let step = width / MINUTES;
    let most = minutes.iter().map(|minute| minute.calls).max().unwrap_or(0).max(1);
    let mut bars = Vec::new();
    for minute in minutes {
        let back = usize::try_from(now - minute.at).unwrap_or(0).min(MINUTES - 1);
        let at = (MINUTES - 1 - back) * step;
        let tall =
            |count: u64| usize::try_from(count * height as u64 / most).unwrap_or(height).max(usize::from(count > 0));
        bars.push((at, height - tall(minute.calls), tall(minute.calls), false));
        if minute.errors > 0 {
            bars.push((at, height - tall(minute.errors), tall(minute.errors), true));
        }
    }
    let inspector = visit.at("/inspector");
    Fares {
        title,
        calls: minutes.iter().map(|minute| minute.calls).sum(),
        errors: minutes.iter().map(|minute| minute.errors).sum(),
        half: milliseconds(quantile(minutes, 0.5)),
        most: milliseconds(quantile(minutes, 0.99)),
        bars,
        address: format!("{inspector}?dialect={name}"),
        errors_address: format!("{inspector}?dialect={name}&outcome=refused"),
    }
}

/// A bound of a time, for people.
fn milliseconds(micros: u64) -> String {
    match micros {
        0 => String::from("—"),
        micros => format!("< {}.{} ms", micros / 1_000, micros / 100 % 10),
    }
}

/// The records of a kind that changed last and are still like that, as the changes tell: to sort all records would take
/// long.
async fn latest(visit: &Visit<'_>, kind: Kind, only: fn(&Record) -> bool) -> Result<Vec<Line>, Error> {
    let ask = |after, limit| ReadFeed { after, kinds: vec![kind], dialects: Vec::new(), limit };
    let end = match visit.run("read", ask(None, 1)).await {
        Ok(feed) => feed.next,
        // Who does not reach this kind sees the rest.
        Err(error) if error.reason == Reason::Forbidden => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let (mut lines, mut seen): (Vec<Line>, Vec<i64>) = (Vec::new(), Vec::new());
    for step in 1..=STEPS {
        let numbers = end.numbers();
        let from = numbers.iter().map(|number| (number - STEP * step).max(0)).collect();
        let limit = u32::try_from(STEP).unwrap_or(1) * u32::try_from(numbers.len()).unwrap_or(1);
        let feed = visit.run("read", ask(Some(Cursor::at(from)), limit)).await?;
        let mut ids = Vec::new();
        for change in feed.changes.iter().rev() {
            if !seen.contains(&change.id) && ids.len() < 4 * LATEST {
                seen.push(change.id);
                ids.push(change.id);
            }
        }
        let any = ids.iter().map(|id| Some((*id).into())).collect();
        let filter = Condition::new(Field::Id, Test::AnyOf(any)).into();
        let selection = Selection { filter, limit: u32::try_from(ids.len()).unwrap_or(1), ..Selection::default() };
        let page = match ids.is_empty() {
            true => None,
            false => Some(visit.run("list", ListRecords { kind, selection, deleted: Deleted::Hidden }).await?),
        };
        let mut records: Vec<&Record> = page.iter().flat_map(|page| &page.records).filter(|r| only(r)).collect();
        records.sort_by_key(|record| ids.iter().position(|id| *id == record.id));
        lines.extend(records.iter().take(LATEST - lines.len()).map(|record| line(visit, record)));
        if lines.len() == LATEST || numbers.iter().all(|number| *number <= STEP * step) {
            break;
        }
    }
    Ok(lines)
}

pub(super) fn line(visit: &Visit<'_>, record: &Record) -> Line {
    Line {
        address: visit.at(&format!("/{}/{}", many(record.kind), record.id)),
        id: record.id,
        name: shown::name(record),
        by: record.updated_by.clone(),
        at: Moment::of(record.updated_at),
    }
}
