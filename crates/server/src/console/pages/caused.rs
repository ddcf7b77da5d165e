//! The changes that a call made, and those that came before it could.

use domain::feed::Cursor;
use domain::operation::{ReadFeed, ReadHistory};
use domain::{Change, Error, Kind, Time};

use super::history::{self, Entry};
use super::many;
use crate::console::visit::Visit;
use crate::inspector::Call;

/// Changes that are read at once, and how often that is done, while those of a call are looked for.
const STEP: u32 = 500;
const STEPS: usize = 40;

/// Microseconds by which the clocks of one server, and of several, may differ.
const SLACKS: [i64; 2] = [50_000, 2_000_000];

/// Changes that are shown to have come between.
const SINCE: u32 = 50;

/// A change with the name of its record, the address of it in that record's history (`""` for one without a page), and what
/// it changed.
pub(super) struct Caused {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) entry: Entry,
}

async fn shown(visit: &Visit<'_>, changes: &[Change]) -> Result<Vec<Caused>, Error> {
    let mut told = Vec::new();
    for change in changes {
        let address = match many(change.kind) {
            "" => String::new(),
            many => visit.at(&format!("/{many}/{}/history?cursor={}#v{}", change.id, change.number, change.version)),
        };
        let name = history::named(visit.words(), change.kind, change.id);
        let entries = history::entries(visit, change.kind, std::slice::from_ref(change)).await?;
        told.extend(entries.into_iter().map(|entry| Caused { name: name.clone(), address: address.clone(), entry }));
    }
    Ok(told)
}

/// What a call changed.
///
/// # Errors
/// What the store refuses with.
pub(super) async fn changes(visit: &Visit<'_>, call: &Call) -> Result<Vec<Caused>, Error> {
    let brief = &call.brief;
    if call.asked.method == "GET" {
        return Ok(Vec::new());
    }
    let began = brief.at.0.saturating_sub_unsigned(brief.micros);
    let end = feed(visit, None, 1).await?.0;
    for slack in SLACKS {
        let mut at = first_since(visit, &end, Time(began.saturating_sub(slack))).await?;
        let mut found: Vec<Change> = Vec::new();
        for _ in 0..STEPS {
            let (next, changes) = feed(visit, Some(at.clone()), STEP).await?;
            found.extend(changes.iter().filter(|change| change.origin.request_id == brief.id).cloned());
            let is_past = changes.last().is_some_and(|change| change.at.0 > brief.at.0.saturating_add(slack));
            at = next;
            if is_past || at == end {
                break;
            }
        }
        if !found.is_empty() {
            return shown(visit, &found).await;
        }
    }
    Ok(Vec::new())
}

async fn feed(visit: &Visit<'_>, after: Option<Cursor>, limit: u32) -> Result<(Cursor, Vec<Change>), Error> {
    let all = ReadFeed { after, kinds: Vec::new(), dialects: Vec::new(), limit };
    let feed = visit.run("read", all).await?;
    Ok((feed.next, feed.changes))
}

/// Where in the feed the changes of a time begin. Those of a part are in the order of their times.
async fn first_since(visit: &Visit<'_>, end: &Cursor, time: Time) -> Result<Cursor, Error> {
    let mut begin = Vec::new();
    for (part, last) in end.numbers().iter().enumerate() {
        let (mut low, mut high) = (0, *last);
        while low < high {
            let middle = low + (high - low) / 2;
            let mut numbers = end.numbers().to_vec();
            if let Some(number) = numbers.get_mut(part) {
                *number = middle;
            }
            // What the visitor may not see is passed over.
            let (_, changes) = feed(visit, Some(Cursor::at(numbers)), 1).await?;
            match changes.first() {
                Some(change) if change.at < time => low = change.number,
                _ => high = middle,
            }
        }
        begin.push(low);
    }
    Ok(Cursor::at(begin))
}

/// What changed the customer between the version that a refused call had read and the call: oldest first.
///
/// # Errors
/// What the store refuses with.
pub(super) async fn since(visit: &Visit<'_>, call: &Call) -> Result<Vec<Caused>, Error> {
    let brief = &call.brief;
    let own = brief.customers_of(visit.caller().tenant, visit.request().tenant.as_deref());
    let (Some(&id), Some(read)) = (own.first(), call.version_read) else { return Ok(Vec::new()) };
    let read_history = ReadHistory { kind: Kind::Customer, id, from: None, limit: SINCE };
    let Ok(history) = visit.run("history", read_history).await else { return Ok(Vec::new()) };
    let between = history.changes.iter().rev().filter(|change| change.version > read && change.at <= brief.at);
    shown(visit, &between.cloned().collect::<Vec<_>>()).await
}
