//! Which nodes share a store.

use super::connect::{Address, Purpose};
use super::session::Query;
use super::watch::Node;
use super::{Failure, OpenError, migrate};

/// A node, and how it fares.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What it tells of itself.
    pub node: Node,
    /// When it started, as ISO 8601 in UTC.
    pub started_at: String,
    /// Whether it has been heard of in the last 15 seconds.
    pub alive: bool,
    /// Whether it does what one node does alone.
    pub leads: bool,
}

/// The nodes that share a store, and for an hour those that ended without a word.
///
/// # Errors
/// When the database cannot be reached or read, or holds no store.
pub fn nodes(address: &Address) -> Result<Vec<Seen>, OpenError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| OpenError::Failed(error.to_string()))?;
    runtime.block_on(async {
        let place = address.place();
        let session = address.connect(Purpose::Scanning).await;
        let session = session.map_err(|failure| migrate::unreachable(&place, &failure))?;
        let failed = |failure: Failure| OpenError::Unusable { place: place.clone(), why: failure.to_string() };
        if migrate::taken(&session).await.map_err(failed)? == 0 {
            return Err(OpenError::Unusable { place: place.clone(), why: String::from("there is no store in it") });
        }
        let sql = "SELECT n.id, n.address, n.release, \
                   to_char(n.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), n.expires_at > now(), \
                   EXISTS (SELECT 1 FROM lease AS l WHERE l.name = 'lead' AND l.owner = n.id AND l.expires_at > now()) \
                   FROM node AS n ORDER BY n.started_at, n.id";
        let rows = session.rows(Query::new(sql)).await.map_err(failed)?;
        let seen = rows.iter().map(|row| {
            Ok(Seen {
                node: Node { id: row.try_get(0)?, address: row.try_get(1)?, release: row.try_get(2)? },
                started_at: row.try_get(3)?,
                alive: row.try_get(4)?,
                leads: row.try_get(5)?,
            })
        });
        seen.collect::<Result<_, Failure>>().map_err(failed)
    })
}
