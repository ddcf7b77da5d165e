//! Answers what working sets miss: all needs of a round together, one statement a table.

use domain::credential::UniqueKey;
use domain::record::Part;
use domain::working_set::{Found, Need, Place};
use domain::{Kind, Record};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tokio_postgres::Row;

use super::list::storable;
use super::session::Query;
use super::{Failure, feed, history, list, table};
use crate::{fault, seal};

/// One statement, and the needs that its rows meet.
pub(super) struct Ask {
    pub(super) query: Query,
    pub(super) needs: Vec<Need>,
}

/// What to send for the needs of a round.
pub(super) fn ask(needs: Vec<Need>) -> Vec<Ask> {
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    enum Of {
        Records(Kind),
        Keys,
        Counters,
        Contents,
        Alone(usize),
    }
    let mut groups: BTreeMap<Of, Vec<Need>> = BTreeMap::new();
    for (at, need) in needs.into_iter().enumerate() {
        let of = match &need {
            Need::Record((kind, ..)) => Of::Records(*kind),
            Need::Key(_) => Of::Keys,
            Need::Counter(..) => Of::Counters,
            Need::Content(..) => Of::Contents,
            Need::List(_) | Need::History(_) | Need::Feed(_) => Of::Alone(at),
        };
        groups.entry(of).or_default().push(need);
    }
    let asks = groups.into_values().filter_map(|needs| Some(Ask { query: query(&needs)?, needs }));
    asks.collect()
}

/// The statement for needs of one sort.
fn query(needs: &[Need]) -> Option<Query> {
    Some(match needs.first()? {
        Need::Record((kind, ..)) => {
            let place = |need: &Need| if let Need::Record(place) = need { Some(*place) } else { None };
            table::select(*kind, &needs.iter().filter_map(place).collect::<Vec<_>>())
        }
        Need::Key(_) => {
            let keys: Vec<&UniqueKey> =
                needs.iter().filter_map(|need| if let Need::Key(key) = need { Some(key) } else { None }).collect();
            let sql = "SELECT k.part, k.space, k.value, k.owner_part, k.owner_id \
                       FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS wanted (part, space, value) \
                       JOIN unique_key AS k ON k.part = wanted.part AND k.space = wanted.space \
                       AND k.value = wanted.value";
            Query::new(sql)
                .with(keys.iter().map(|key| key.part.0).collect::<Vec<_>>())
                .with(keys.iter().map(|key| key.space.number()).collect::<Vec<_>>())
                .with(keys.iter().map(|key| storable(&key.text)).collect::<Vec<_>>())
        }
        Need::Counter(..) => {
            let counter = |need: &Need| {
                if let Need::Counter(part, kind) = need { Some((part.0, kind.name().to_owned())) } else { None }
            };
            let (parts, kinds): (Vec<_>, Vec<_>) = needs.iter().filter_map(counter).unzip();
            let sql = "SELECT c.part, c.kind, c.next FROM unnest($1::bigint[], $2::text[]) AS wanted (part, kind) \
                       JOIN counter AS c ON c.part = wanted.part AND c.kind = wanted.kind";
            Query::new(sql).with(parts).with(kinds)
        }
        Need::Content(..) => {
            let chunk = |need: &Need| {
                if let Need::Content(place, number) = need { Some((*place, i64::from(*number))) } else { None }
            };
            let (places, numbers): (Vec<Place>, Vec<i64>) = needs.iter().filter_map(chunk).unzip();
            let (parts, ids) = table::split(&places);
            let sql = "SELECT c.part, c.id, c.number, c.bytes, c.checksum \
                       FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS wanted (part, id, number) \
                       JOIN attachment_content AS c ON c.part = wanted.part AND c.id = wanted.id \
                       AND c.number = wanted.number";
            Query::new(sql).with(parts).with(ids).with(numbers)
        }
        Need::List(query) => list::page(query),
        Need::History(walk) => history::walk(walk),
        Need::Feed(query) => feed::page(query),
    })
}

/// What the rows of an [`Ask`] mean for its needs.
pub(super) fn found(needs: Vec<Need>, rows: &[Row]) -> Result<Vec<(Need, Found)>, Failure> {
    let mut records: HashMap<(i64, i64), Record> = HashMap::new();
    let mut owners: HashMap<(i64, i64, String), (Part, i64)> = HashMap::new();
    let mut counters: HashMap<(i64, String), i64> = HashMap::new();
    let mut chunks: HashMap<(i64, i64, i64), Vec<u8>> = HashMap::new();
    match needs.first() {
        Some(Need::Record((kind, ..))) => {
            for row in rows {
                let record = table::read(*kind, row)?;
                records.insert((record.part.0, record.id), record);
            }
        }
        Some(Need::Key(_)) => {
            for row in rows {
                let owner = (Part(row.try_get(3)?), row.try_get(4)?);
                owners.insert((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?), owner);
            }
        }
        Some(Need::Counter(..)) => {
            for row in rows {
                counters.insert((row.try_get(0)?, row.try_get(1)?), row.try_get(2)?);
            }
        }
        Some(Need::Content(..)) => {
            for row in rows {
                let (part, id, number) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                let bytes: Vec<u8> = row.try_get(3)?;
                let sum = seal::chunk(crate::table::place(Part(part), id), number, &bytes);
                if row.try_get::<_, i64>(4)? != sum && !fault::skip_checksum() {
                    let why = format!("chunk {number} of attachment {id}: the checksum does not match");
                    return Err(Failure::Damaged(why));
                }
                chunks.insert((part, id, number), bytes);
            }
        }
        _ => {}
    }
    let answer = |need: Need| {
        let found = match &need {
            Need::Record((_, part, id)) => Found::Record(records.remove(&(part.0, *id))),
            Need::Key(key) => Found::Key(owners.get(&(key.part.0, key.space.number(), storable(&key.text))).copied()),
            Need::Counter(part, kind) => {
                Found::Counter(counters.get(&(part.0, kind.name().to_owned())).copied().unwrap_or(1))
            }
            Need::Content((_, part, id), number) => Found::Content(chunks.remove(&(part.0, *id, i64::from(*number)))),
            Need::List(query) => Found::List(Arc::new(list::paged(query, rows)?)),
            Need::History(walk) => Found::History(history::walked(walk, rows)?),
            Need::Feed(query) => Found::Feed(feed::paged(query, rows)?),
        };
        Ok((need, found))
    };
    needs.into_iter().map(answer).collect()
}
