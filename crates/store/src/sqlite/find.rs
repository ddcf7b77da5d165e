//! Answers what a working set misses.

use domain::record::Part;
use domain::working_set::{Found, Need};
use rusqlite::{Connection, OptionalExtension};
use std::sync::Arc;

use super::list::list;
use super::table::Tables;
use super::{Failure, content, feed, history};

/// Looks up one need.
pub(super) fn find(db: &Connection, tables: &Tables, need: &Need) -> Result<Found, Failure> {
    Ok(match need {
        Need::Record((kind, part, id)) => Found::Record(tables.find(db, *kind, *part, *id)?),
        Need::Key(key) => {
            let sql = "SELECT owner_part, owner_id FROM unique_key WHERE part = ?1 AND space = ?2 AND value = ?3";
            let owner = db
                .prepare_cached(sql)?
                .query_row((key.part.0, key.space.number(), &key.text), |row| Ok((Part(row.get(0)?), row.get(1)?)))
                .optional()?;
            Found::Key(owner)
        }
        Need::Counter(part, kind) => {
            let next = db
                .prepare_cached("SELECT next FROM counter WHERE part = ?1 AND kind = ?2")?
                .query_row((part.0, kind.name()), |row| row.get(0))
                .optional()?;
            Found::Counter(next.unwrap_or(1))
        }
        Need::List(query) => Found::List(Arc::new(list(db, tables, query)?)),
        Need::Content(place, number) => Found::Content(content::read(db, *place, *number)?),
        Need::History(walk) => Found::History(history::walk(db, walk)?),
        Need::Feed(query) => Found::Feed(feed::page(db, query)?),
    })
}
