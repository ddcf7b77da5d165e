//! The feed: the history read forwards, part by part, and merged.

use domain::Change;
use domain::feed::{Cursor, FeedPage, FeedQuery, merge, parts};
use domain::record::Part;
use tokio_postgres::Row;

use super::Failure;
use super::history::{COLUMNS, read};
use super::session::Query;
use crate::fault;
use crate::ledger::StoredChange;
use crate::seal::FIRST_LINK;

/// Changes that a page looks through in one part at most, so that a filter that nothing matches costs little.
const MAX_SCANNED: i64 = 500;

/// The changes of every part from the one on that the reader has seen, and the number of its last.
pub(super) fn page(query: &FeedQuery) -> Query {
    let sql = format!(
        "SELECT {COLUMNS}, w.part, coalesce(h.number, 0) FROM unnest($1::bigint[], $2::bigint[]) AS w (part, after) \
         LEFT JOIN head AS h ON h.part = w.part \
         LEFT JOIN change AS c ON c.part = w.part AND c.number >= w.after AND c.number <= w.after + $3::bigint \
         ORDER BY w.part, c.number"
    );
    let of: Vec<_> = parts(query.tenant).map(|part| part.0).collect();
    let after = query.after.as_ref().map_or_else(|| vec![0; of.len()], |after| after.numbers().to_vec());
    // Nothing is numbered 0.
    let scanned = if query.after.is_some() { MAX_SCANNED } else { 0 };
    Query::new(sql).with(of).with(after).with(scanned)
}

/// What [`page`] found. Each change is proven by its digest and by its link to the one before it.
pub(super) fn paged(query: &FeedQuery, rows: &[Row]) -> Result<FeedPage, Failure> {
    let mut ends = vec![0; query.tenant.buckets as usize];
    let mut stored: Vec<Vec<StoredChange>> = ends.iter().map(|_| Vec::new()).collect();
    for row in rows {
        let bucket = Part(row.try_get(17)?).bucket();
        if let (Some(end), Some(stored)) = (ends.get_mut(bucket), stored.get_mut(bucket)) {
            *end = row.try_get(18)?;
            if row.try_get::<_, Option<i64>>(1)?.is_some() {
                stored.push(read(row)?);
            }
        }
    }
    let end = Cursor::at(ends);
    let Some(after) = &query.after else {
        return Ok(FeedPage { changes: Vec::new(), next: end.clone(), end });
    };
    let each = parts(query.tenant).zip(stored).zip(after.numbers().iter().zip(end.numbers()));
    let found = each.map(|((part, stored), (&from, &to))| look_through(query, part, stored, from, to));
    let (changes, next) = merge(found.collect::<Result<_, _>>()?, query.limit as usize);
    Ok(FeedPage { changes, next, end })
}

/// The changes of one part that are asked for, and how far it was looked through.
fn look_through(
    query: &FeedQuery,
    part: Part,
    stored: Vec<StoredChange>,
    from: i64,
    to: i64,
) -> Result<(Vec<Change>, i64), Failure> {
    let (mut changes, mut reached) = (Vec::new(), from);
    if from >= to {
        return Ok((changes, reached));
    }
    let damaged = |number: i64| {
        Failure::Damaged(format!("change {number} of part {}: it is missing, or not as it was written", part.0))
    };
    let mut stored = stored.into_iter();
    let mut link = match from {
        0 => FIRST_LINK,
        _ => stored.next().filter(|first| first.change.number == from).ok_or_else(|| damaged(from))?.link,
    };
    while changes.len() < query.limit as usize {
        let Some(next) = stored.next() else { break };
        let fits = next.change.number == reached + 1 && next.is_sealed() && next.follows(&link);
        if !fits && !fault::skip_checksum() {
            return Err(damaged(reached + 1));
        }
        (link, reached) = (next.link, next.change.number);
        if query.wants(&next.change) {
            changes.push(next.change);
        }
    }
    // With a limit of none nothing was looked at.
    if reached == from && query.limit > 0 {
        return Err(damaged(from + 1));
    }
    Ok((changes, reached))
}
