//! What a reader remembers of listings for as long as nobody commits anything: pages that are asked for again and again,
//! and how far into a listing the pages before led, so that a page deep in it need not count all records before it.

use domain::filter::{Page, Position, Query, Selection};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Failure;

/// Pages that are kept, and records of one at most.
const MOST_PAGES: usize = 8;
const MOST_RECORDS: usize = 200;

/// Listings whose ways are kept, and positions of one at most.
const MOST_WAYS: usize = 4;
const MOST_POSITIONS: usize = 4_000;

/// See the [module](self).
#[derive(Default)]
pub(super) struct Pages {
    /// What SQLite says was committed when they were read.
    version: i64,
    kept: Vec<(Query, Arc<Page>)>,
    ways: Vec<Way>,
}

/// Positions in a listing by how many records come before them.
struct Way {
    listing: Query,
    positions: BTreeMap<u64, Position>,
}

impl Pages {
    /// The page as it is in the snapshot that is open; `list` reads it.
    ///
    /// # Errors
    /// What SQLite and `list` fail with.
    pub(super) fn get(
        &mut self,
        db: &Connection,
        query: &Query,
        list: impl FnOnce(&Query) -> Result<Page, Failure>,
    ) -> Result<Arc<Page>, Failure> {
        let version = db.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if self.version != version {
            *self = Self { version, ..Self::default() };
        }
        if let Some((_, page)) = self.kept.iter().find(|(known, _)| known == query) {
            return Ok(Arc::clone(page));
        }
        let page = Arc::new(if query.selection.after.is_none() { self.onward(query, list)? } else { list(query)? });
        if page.records.len() <= MOST_RECORDS {
            self.kept.truncate(MOST_PAGES - 1);
            self.kept.insert(0, (query.clone(), Arc::clone(&page)));
        }
        Ok(page)
    }

    /// Reads a page that is asked for by its number, from the nearest position before it that is known.
    fn onward(&mut self, query: &Query, list: impl FnOnce(&Query) -> Result<Page, Failure>) -> Result<Page, Failure> {
        let offset = query.selection.offset;
        let whole = Query { selection: Selection { offset: 0, limit: 0, ..query.selection.clone() }, ..query.clone() };
        let mut way = self.way(whole);
        let page = match way.positions.range(..=offset).next_back() {
            Some((before, position)) => {
                let (after, offset) = (Some(position.clone()), offset - before);
                list(&Query { selection: Selection { after, offset, ..query.selection.clone() }, ..query.clone() })?
            }
            None => list(query)?,
        };
        if let Some(position) = page.next(&query.selection.order) {
            if way.positions.len() >= MOST_POSITIONS {
                way.positions.clear();
            }
            way.positions.insert(offset.saturating_add(page.records.len() as u64), position);
        }
        self.ways.truncate(MOST_WAYS - 1);
        self.ways.insert(0, way);
        Ok(page)
    }

    /// Takes out what is known of a listing.
    fn way(&mut self, listing: Query) -> Way {
        let known = self.ways.iter().position(|way| way.listing == listing);
        known.map_or_else(|| Way { listing, positions: BTreeMap::new() }, |known| self.ways.remove(known))
    }
}
