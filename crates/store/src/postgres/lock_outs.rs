//! Who must wait at every node, because one of them was guessed at too often.

use domain::port::Suspect;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tokio_postgres::Row;

use super::Failure;
use super::history::Bytes;
use super::session::Query;

/// How many are told of in one look, and heard of: of more, those who must wait longest.
const MAX: usize = 1_000;

/// The longest that anybody is made to wait, whatever the clock of the database did meanwhile.
const LONGEST: Duration = Duration::from_secs(900);

#[derive(Default)]
pub(super) struct LockOuts {
    untold: Mutex<Waits>,
    heard: Mutex<Waits>,
}

/// Until when each must wait, by the clock of this machine.
pub(super) type Waits = HashMap<Suspect, Instant>;

impl LockOuts {
    /// Notes somebody to tell the other nodes of. Of more than can be told in a look they hear nothing: who guesses
    /// everywhere is not to fill the database.
    pub(super) fn note(&self, who: Suspect, seconds: i64) {
        let mut untold = lock(&self.untold);
        if untold.len() < MAX {
            untold.insert(who, Instant::now() + Duration::from_secs(seconds.unsigned_abs()));
        }
    }

    /// For how many more seconds somebody must wait.
    pub(super) fn left(&self, who: &Suspect) -> i64 {
        let until = lock(&self.heard).get(who).copied();
        until.map_or(0, |until| left(until).div_ceil(1_000)).cast_signed()
    }

    /// What this node has to tell the others, and how; [`told`](Self::told) when it did.
    pub(super) fn telling(&self, node: &str) -> Option<(Waits, Query)> {
        let waits = lock(&self.untold).clone();
        let sql = "INSERT INTO lock_out (node, who, ends_at) \
                   SELECT $1::text, u.who, now() + u.ms * interval '1 millisecond' \
                   FROM unnest($2::bytea[], $3::bigint[]) AS u (who, ms) \
                   ON CONFLICT (node, who) DO UPDATE SET ends_at = excluded.ends_at";
        let (whom, milliseconds): (Vec<_>, Vec<_>) =
            waits.iter().map(|(who, until)| (who.to_vec(), left(*until).cast_signed())).unzip();
        let query = Query::new(sql).with(node.to_owned()).with(whom).with(milliseconds);
        (!waits.is_empty()).then_some((waits, query))
    }

    /// Forgets what the other nodes were told.
    pub(super) fn told(&self, waits: &Waits) {
        lock(&self.untold).retain(|who, until| waits.get(who) != Some(until));
    }

    /// What the other nodes have to tell this one.
    pub(super) fn asking(node: &str) -> Query {
        let sql = "SELECT l.who, ceil(extract(epoch FROM l.ends_at - now()) * 1000)::bigint FROM lock_out AS l \
                   WHERE l.ends_at > now() AND l.node <> $1::text ORDER BY l.ends_at DESC LIMIT $2::bigint";
        Query::new(sql).with(node.to_owned()).with(MAX as i64)
    }

    /// Takes in what was heard.
    pub(super) fn hear(&self, rows: &[Row]) -> Result<(), Failure> {
        let now = Instant::now();
        let mut heard = Waits::new();
        for row in rows {
            let milliseconds: i64 = row.try_get(1)?;
            let until = heard.entry(row.try_get::<_, Bytes<32>>(0)?.0).or_insert(now);
            *until = (now + Duration::from_millis(milliseconds.unsigned_abs()).min(LONGEST)).max(*until);
        }
        *lock(&self.heard) = heard;
        Ok(())
    }
}

/// Milliseconds until then.
fn left(until: Instant) -> u64 {
    u64::try_from(until.saturating_duration_since(Instant::now()).as_millis()).unwrap_or(u64::MAX)
}

fn lock(waits: &Mutex<Waits>) -> MutexGuard<'_, Waits> {
    waits.lock().unwrap_or_else(PoisonError::into_inner)
}
