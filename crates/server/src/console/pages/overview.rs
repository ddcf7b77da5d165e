//! How the dialects fare, what needs somebody, and what changed last.

use askama::Template;
use dialects::lag::Follower;
use domain::error::Reason;
use domain::feed::Cursor;
use domain::filter::{Condition, Selection, Test};
use domain::operation::{Deleted, ListRecords, ReadFeed};
use domain::tenant::Tenant;
use domain::{Change, Error, Field, Kind, Record, ticket};
use http::StatusCode;
use std::time::Duration;
use store::transfer::LastBackup;

use super::needs::{self, Need};
use super::{fields, many};
use crate::console::html;
use crate::console::layout::Page;
use crate::console::shown::{self, Moment};
use crate::console::visit::{Outcome, Visit};
use crate::inspector::{MINUTES, Minute, QUARTERS, quantile};

/// Records in each list.
const LATEST: usize = 8;

/// Changes of each part of the tenant that are read at once, and how often.
const STEP: i64 = 200;
const STEPS: i64 = 10;

/// Fields that a line of a change names.
const FIELDS: usize = 4;

/// Followers of the changes that are told of, those that are furthest behind.
const LAGS: usize = 6;

/// Height of a chart, in its own units, and width of all its bars.
const HEIGHT: usize = 36;
const WIDTH: usize = 240;

/// A record in a short list.
pub(super) struct Line {
    pub(super) address: String,
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) by: String,
    pub(super) at: Moment,
}

/// A change in a short list.
struct Changed {
    /// Of what; `""` where that has no page.
    address: String,
    name: String,
    fields: String,
    by: String,
    dialect: String,
    at: Moment,
}

/// How a dialect fared.
struct Fares {
    title: &'static str,
    calls: String,
    /// As the chart says it to whoever cannot see it.
    said: String,
    errors: u64,
    share: String,
    half: String,
    most: String,
    /// Programs that were seen in that time.
    programs: usize,
    /// The bars of its chart: place, top, width, height, and whether of errors.
    bars: Vec<(usize, usize, usize, usize, bool)>,
    /// Where it is explained, its calls, those that were refused.
    address: String,
    calls_address: String,
    errors_address: String,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Shown {
    p: Page,
    fares: Vec<Fares>,
    chart: (usize, usize),
    /// Whether the last hour is shown, else the last day.
    is_hour: bool,
    changes: Vec<Changed>,
    tickets: Vec<Line>,
    needs: Vec<Need>,
    is_operator: bool,
    is_admin: bool,
    follows: bool,
    kinds: String,
    /// What is known of the store and the server.
    facts: Vec<(&'static str, String)>,
}

pub(super) async fn show(visit: &Visit<'_>) -> Outcome {
    // The calls are those of all tenants.
    let is_admin = visit.caller().role.allows(domain::Access::Manage);
    let is_operator = is_admin && visit.caller().tenant == Tenant::DEFAULT;
    let is_hour = visit.query("span") == "hour";
    let kinds = [Kind::Customer, Kind::Company, Kind::Ticket, Kind::Message];
    let address = |kind: Kind| format!("{}={}", kind.name(), if many(kind).is_empty() { "" } else { many(kind) });
    let shown = Shown {
        p: visit.page("overview", visit.words().get("nav.overview")),
        fares: if is_operator { all_fares(visit, is_hour) } else { Vec::new() },
        chart: (WIDTH, HEIGHT),
        is_hour,
        changes: latest(visit, kinds).await?,
        tickets: open_tickets(visit).await?,
        needs: if is_admin { needs::all(visit, is_operator).await? } else { Vec::new() },
        is_operator,
        is_admin,
        follows: visit.caller().demand_in(domain::Access::Read, domain::Area::Customers).is_ok(),
        kinds: kinds.map(address).join(" "),
        facts: if is_operator { facts(visit).await? } else { Vec::new() },
    };
    Ok(html(StatusCode::OK, &shown).into())
}

fn all_fares(visit: &Visit<'_>, is_hour: bool) -> Vec<Fares> {
    let seconds = visit.state.app.now().seconds();
    let (known, many, length) = match is_hour {
        true => (visit.inspector.minutes(), MINUTES, 60),
        false => (visit.inspector.quarters(), QUARTERS, 900),
    };
    let fares = |dialect: &&'static dialects::Dialect| {
        let minutes = known.iter().find(|(name, _)| *name == dialect.name).map_or(&[][..], |(_, minutes)| minutes);
        let from = (seconds - length * many as i64) * 1_000_000;
        let programs = visit.process.census.programs(dialect.name);
        let programs = programs.iter().filter(|(_, program)| program.last().0 >= from).count();
        fares(visit, dialect, minutes, seconds.div_euclid(length), many, programs)
    };
    dialects::ALL.iter().map(fares).collect()
}

fn fares(
    visit: &Visit<'_>,
    dialect: &'static dialects::Dialect,
    minutes: &[Minute],
    now: i64,
    many: usize,
    programs: usize,
) -> Fares {
    let words = visit.words();
    let most = minutes.iter().map(|minute| minute.calls).max().unwrap_or(0).max(1);
    let mut bars = Vec::new();
    for minute in minutes {
        let back = usize::try_from(now - minute.at).unwrap_or(0).min(many - 1);
        let (at, end) = ((many - 1 - back) * WIDTH / many, (many - back) * WIDTH / many);
        let wide = (end - at).saturating_sub(1).max(1);
        let tall =
            |count: u64| usize::try_from(count * HEIGHT as u64 / most).unwrap_or(HEIGHT).max(usize::from(count > 0));
        bars.push((at, HEIGHT - tall(minute.calls), wide, tall(minute.calls), false));
        if minute.errors > 0 {
            bars.push((at, HEIGHT - tall(minute.errors), wide, tall(minute.errors), true));
        }
    }
    let inspector = visit.at(&format!("/inspector?dialect={}", dialect.name));
    let sum = |of: fn(&Minute) -> u64| minutes.iter().map(of).sum::<u64>();
    let (calls, errors) = (sum(|minute| minute.calls), sum(|minute| minute.errors));
    Fares {
        title: dialect.title,
        calls: words.number(calls),
        said: format!("{}, {}", words.count("calls_of", calls), words.count("errors_of", errors)),
        errors,
        share: if errors == 0 { String::from("0") } else { format!("{} %", words.decimal(share(errors, calls))) },
        half: milliseconds(visit, quantile(minutes, 0.5)),
        most: milliseconds(visit, quantile(minutes, 0.99)),
        programs,
        bars,
        address: visit.at(&format!("/dialects/{}", dialect.name)),
        errors_address: format!("{inspector}&outcome=refused"),
        calls_address: inspector,
    }
}

/// Percent, and never none of some.
fn share(part: u64, whole: u64) -> String {
    two_digits((part * 10_000 / whole.max(1)).max(1), 2)
}

/// A time, for people.
fn milliseconds(visit: &Visit<'_>, micros: u64) -> String {
    match micros {
        0 => String::from("—"),
        micros => format!("{} ms", visit.words().decimal(two_digits(micros, 3))),
    }
}

/// A number that has so many decimals, to two digits: what follows them is not known well, or does not matter.
fn two_digits(number: u64, decimals: u32) -> String {
    let step = 10_u64.pow(number.checked_ilog10().unwrap_or(0).saturating_sub(1));
    let (rounded, one) = ((number + step / 2) / step * step, 10_u64.pow(decimals));
    let text = format!("{}.{:0width$}", rounded / one, rounded % one, width = decimals as usize);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The store and the server, in a few words.
async fn facts(visit: &Visit<'_>) -> Result<Vec<(&'static str, String)>, Error> {
    let (words, process) = (visit.words(), visit.process);
    let mut facts = vec![("store", process.place.clone())];
    if let Some(bytes) = process.size() {
        facts.push(("size", words.bytes(bytes)));
    }
    if process.store.is_some() {
        let last = process.last_backup().await;
        facts.push(("backup", last.map_or_else(|| words.get("no_backup").to_owned(), |last| backup(visit, last))));
    }
    let mut lags = visit.state.lags(visit.caller().tenant).await?;
    lags.sort_by_key(|lag| std::cmp::Reverse(lag.age));
    for lag in lags.into_iter().take(LAGS) {
        let behind = match lag.changes {
            0 => words.get("up_to_date").to_owned(),
            many => format!("{}, {}", words.count("changes_behind", many), elapsed(visit, lag.age)),
        };
        facts.push(match lag.follower {
            Follower::Search => ("search_index", behind),
            Follower::Webhook(_, name) => ("webhook", format!("{name}: {behind}")),
        });
    }
    facts.push(("up_since", words.when(&Moment::of(process.started))));
    facts.push(("version", env!("CARGO_PKG_VERSION").to_owned()));
    Ok(facts)
}

/// How old a backup is, and how much is in it.
fn backup(visit: &Visit<'_>, last: LastBackup) -> String {
    let words = visit.words();
    let age = visit.state.app.now().0.saturating_sub(last.at.0).max(0);
    let ago = words.with("ago", elapsed(visit, Duration::from_micros(age.unsigned_abs())));
    format!("{ago} ({})", words.count("records_in", last.records))
}

/// A time that went by, in the largest unit that fits into it.
fn elapsed(visit: &Visit<'_>, time: Duration) -> String {
    let words = visit.words();
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    match [86_400, 3_600, 60].into_iter().find(|unit| seconds >= 2 * unit) {
        Some(unit) => words.seconds(seconds - seconds % unit),
        None if seconds >= 10 => format!("{seconds} s"),
        None => format!("{} s", words.decimal(format!("{:.1}", time.as_secs_f64()))),
    }
}

/// What changed last of each record, newest first, as the feed tells: to sort all records would take long.
async fn latest(visit: &Visit<'_>, kinds: [Kind; 4]) -> Result<Vec<Changed>, Error> {
    let mut found: Vec<Change> = Vec::new();
    let may = |kind: &Kind| visit.caller().demand_in(domain::Access::Read, domain::Area::of(*kind)).is_ok();
    let kinds: Vec<Kind> = kinds.into_iter().filter(may).collect();
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let ask = |after, limit| ReadFeed { after, kinds: kinds.clone(), dialects: Vec::new(), limit };
    let end = visit.run("read", ask(None, 1)).await?.next;
    for step in 1..=STEPS {
        let numbers = end.numbers();
        let from = numbers.iter().map(|number| (number - STEP * step).max(0)).collect();
        let limit = u32::try_from(STEP).unwrap_or(1) * u32::try_from(numbers.len()).unwrap_or(1);
        let feed = visit.run("read", ask(Some(Cursor::at(from)), limit)).await?;
        for change in feed.changes.into_iter().rev() {
            if found.len() < LATEST && !found.iter().any(|known| (known.kind, known.id) == (change.kind, change.id)) {
                found.push(change);
            }
        }
        if found.len() == LATEST || numbers.iter().all(|number| *number <= STEP * step) {
            break;
        }
    }
    let mut names = std::collections::HashMap::new();
    for kind in [Kind::Customer, Kind::Company, Kind::Ticket] {
        let ids: Vec<i64> = found.iter().filter(|change| change.kind == kind).map(|change| change.id).collect();
        names.extend(fields::names(visit, kind, &ids).await.into_iter().map(|(id, name)| ((kind, id), name)));
    }
    let extra = fields::extra_fields(visit, Kind::Customer).await.unwrap_or_default();
    let words = visit.words();
    let changed = |change: &Change| {
        let name = names.get(&(change.kind, change.id)).cloned().unwrap_or_default();
        let many = many(change.kind);
        let labels = change.fields.iter().map(|told| fields::label(words, told.field, &extra));
        let mut labels: Vec<String> = labels.take(FIELDS + 1).collect();
        if labels.len() > FIELDS {
            labels.truncate(FIELDS);
            labels.push(String::from("…"));
        }
        Changed {
            address: if many.is_empty() { String::new() } else { visit.at(&format!("/{many}/{}", change.id)) },
            name: match words.named("kind", change.kind.name()) {
                // What has no name goes by its number.
                kind if name.is_empty() || name.starts_with('#') => format!("{kind} #{}", change.id),
                kind => format!("{kind} #{} {name}", change.id),
            },
            fields: labels.join(", "),
            by: change.origin.credential.clone(),
            dialect: change.origin.dialect.clone(),
            at: Moment::of(change.at),
        }
    };
    Ok(found.iter().map(changed).collect())
}

/// The tickets that changed last and are still open, as the changes tell: to sort all of them would take long.
async fn open_tickets(visit: &Visit<'_>) -> Result<Vec<Line>, Error> {
    let ask = |after, limit| ReadFeed { after, kinds: vec![Kind::Ticket], dialects: Vec::new(), limit };
    let end = match visit.run("read", ask(None, 1)).await {
        Ok(feed) => feed.next,
        // Who does not reach tickets sees the rest.
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
        if !ids.is_empty() {
            let any = ids.iter().map(|id| Some((*id).into())).collect();
            let filter = Condition::new(Field::Id, Test::AnyOf(any)).into();
            let selection = Selection { filter, limit: u32::try_from(ids.len()).unwrap_or(1), ..Selection::default() };
            let list = ListRecords { kind: Kind::Ticket, selection, deleted: Deleted::Hidden };
            let page = visit.run("list", list).await?;
            let mut open: Vec<&Record> =
                page.records.iter().filter(|record| ticket::status(record) == "open").collect();
            open.sort_by_key(|record| ids.iter().position(|id| *id == record.id));
            lines.extend(open.into_iter().take(LATEST - lines.len()).map(|record| line(visit, record)));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_nothing() {
        let told = [(1, 2, "50"), (1, 1_000_000, "0.01"), (5, 312, "1.6"), (1, 3, "33"), (3, 3, "100")];
        for (part, whole, told) in told {
            assert_eq!(share(part, whole), told);
        }
    }

    #[test]
    fn times_are_told_to_two_digits() {
        for (micros, told) in [(7, "0.007"), (704, "0.7"), (1_152, "1.2"), (12_288, "12"), (131_072, "130")] {
            assert_eq!(two_digits(micros, 3), told);
        }
    }
}
