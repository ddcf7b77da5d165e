//! The feed: the history read forwards, part by part, and merged.

use domain::Change;
use domain::feed::{Cursor, FeedPage, FeedQuery, merge, parts};
use domain::record::Part;
use rusqlite::{Connection, OptionalExtension};

use super::history::{SELECT, read};
use super::{Failure, history};
use crate::fault;
use crate::seal::FIRST_LINK;

/// Changes that a page looks through in one part at most, so that a filter that nothing matches costs little.
const MAX_SCANNED: i64 = 500;

pub(super) fn page(db: &Connection, query: &FeedQuery) -> Result<FeedPage, Failure> {
    let end = heads(db, query)?;
    let Some(after) = &query.after else {
        return Ok(FeedPage { changes: Vec::new(), next: end.clone(), end });
    };
    let ends = parts(query.tenant).zip(after.numbers()).zip(end.numbers());
    let found = ends.map(|((part, &from), &to)| look_through(db, query, part, from, to)).collect::<Result<_, _>>()?;
    let (changes, next) = merge(found, query.limit as usize);
    Ok(FeedPage { changes, next, end })
}

/// The number of the last change of each part.
fn heads(db: &Connection, query: &FeedQuery) -> Result<Cursor, Failure> {
    let end = |part| Ok(history::end(db, part)?.map_or(0, |(number, _)| number));
    parts(query.tenant).map(end).collect::<Result<_, Failure>>().map(Cursor::at)
}

/// The changes of one part that are asked for, and how far it was looked through. Each is proven by its digest and by
/// its link to the one before it.
fn look_through(
    db: &Connection,
    query: &FeedQuery,
    part: Part,
    from: i64,
    to: i64,
) -> Result<(Vec<Change>, i64), Failure> {
    let (mut changes, mut reached) = (Vec::new(), from);
    if from >= to {
        return Ok((changes, reached));
    }
    let damaged = |number: i64, why: &str| Failure::Damaged(format!("change {number} of part {}: {why}", part.0));
    let mut link = match from {
        0 => FIRST_LINK,
        _ => db
            .prepare_cached("SELECT link FROM change WHERE part = ?1 AND number = ?2")?
            .query_row((part.0, from), |row| row.get(0))
            .optional()?
            .ok_or_else(|| damaged(from, "it is missing"))?,
    };
    let sql = format!("{SELECT} WHERE part = ?1 AND number > ?2 AND number <= ?3 ORDER BY number");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query((part.0, from, to.min(from.saturating_add(MAX_SCANNED))))?;
    while changes.len() < query.limit as usize {
        let Some(row) = rows.next()? else { break };
        let stored = read(row)?;
        let fits = stored.change.number == reached + 1 && stored.is_sealed() && stored.follows(&link);
        if !fits && !fault::skip_checksum() {
            return Err(damaged(reached + 1, "it is missing, or not as it was written"));
        }
        (link, reached) = (stored.link, stored.change.number);
        if query.wants(&stored.change) {
            changes.push(stored.change);
        }
    }
    if reached == from {
        return Err(damaged(from + 1, "it is missing"));
    }
    Ok((changes, reached))
}
