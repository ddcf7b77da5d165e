//! Brings a database to the present schema, one statement at a time.
//!
//! No engine is trusted to undo a change of its schema. Each statement stands alone and can be run again, and a step is
//! noted after its last one: whoever finds a step half taken takes it once more. One node at a time does so, by a row
//! that it holds for a while.

use std::time::Duration;
use tokio::time::sleep;
use tokio_postgres::error::SqlState;

use super::connect::Purpose;
use super::family::{Family, gathered, spread};
use super::open::Options;
use super::session::{Query, Session};
use super::side::LEFT;
use super::{Failure, OpenError, Remedy};

/// Every step ever released, in order. A released step is never edited.
const STEPS: &[&str] = &[
    include_str!("../../migrations/postgres/0001_first.sql"),
    include_str!("../../migrations/postgres/0002_tokens.sql"),
    include_str!("../../migrations/postgres/0003_audit.sql"),
    include_str!("../../migrations/postgres/0004_accounts.sql"),
    include_str!("../../migrations/postgres/0005_wsdls.sql"),
    include_str!("../../migrations/postgres/0006_lock_outs.sql"),
];

/// What the migrator itself needs.
const OWN: &str = "CREATE TABLE IF NOT EXISTS schema_step (number BIGINT NOT NULL, taken_at TIMESTAMPTZ NOT NULL, \
     PRIMARY KEY (number)); \
     CREATE TABLE IF NOT EXISTS lease (name TEXT NOT NULL, owner TEXT NOT NULL, expires_at TIMESTAMPTZ NOT NULL, \
     PRIMARY KEY (name))";

/// How often another node is waited for, [`PAUSE`] each time: a minute.
const WAITS: u32 = 300;
const PAUSE: Duration = Duration::from_millis(200);

/// Looks at the database, says why it cannot be used, and brings it to the present schema.
pub(super) async fn prepare(options: &Options) -> Result<(), OpenError> {
    let place = options.address.place();
    let session = options.address.connect(Purpose::Writing { durable: options.durable }).await;
    let session = session.map_err(|failure| unreachable(&place, &failure))?;
    bring_up(&session, &place).await?;
    let sql = "SELECT name, owner FROM lease WHERE name IN ('filling', 'moving', 'left')";
    let noted = async {
        let rows = session.rows(Query::new(sql)).await?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect::<Result<Vec<(String, String)>, Failure>>()
    };
    let unusable = |why: String| OpenError::Unusable { place: place.clone(), why };
    let noted = noted.await.map_err(|failure| unusable(failure.to_string()))?;
    if let Some((name, owner)) = noted.first() {
        return Err(unusable(match name.as_str() {
            LEFT => format!("its store was moved to {owner}: start there, or move it back"),
            _ => String::from("a move or a restore into it did not come to its end: run that again"),
        }));
    }
    let Some(key) = options.key else { return Ok(()) };
    if same_key(&session, key).await.map_err(|failure| unusable(failure.to_string()))? {
        return Ok(());
    }
    Err(unusable(String::from("samerow.key beside this server is not the one of its other servers: copy theirs")))
}

/// Whether the key is the one that the first node had.
async fn same_key(session: &Session, key: i64) -> Result<bool, Failure> {
    let first = "INSERT INTO epoch (name, number) VALUES ('key', $1::bigint) ON CONFLICT (name) DO NOTHING";
    session.execute([&Query::new(first).with(key)]).await?;
    let rows = session.rows(Query::new("SELECT number FROM epoch WHERE name = 'key'")).await?;
    Ok(rows.first().map(|row| row.try_get::<_, i64>(0)).transpose()? == Some(key))
}

/// How many steps a store of this release has taken.
pub(super) const fn present() -> i64 {
    STEPS.len() as i64
}

pub(super) async fn bring_up(session: &Session, place: &str) -> Result<(), OpenError> {
    let unusable = |why: String| OpenError::Unusable { place: place.to_owned(), why };
    let failed = |failure: Failure| unusable(explained(&failure));
    fit(session).await.map_err(failed)?.map_or(Ok(()), |why| Err(unusable(why)))?;
    let taken = taken(session).await.map_err(failed)?;
    known(taken)?;
    let (family, _) = Family::of(session).await.map_err(failed)?;
    if taken == present() && (family != Family::Citus || gathered(session).await.map_err(failed)?.is_empty()) {
        return Ok(());
    }
    let rows = session.rows(Query::new("SELECT gen_random_uuid()::text")).await.map_err(failed)?;
    let owner: String =
        rows.first().map_or(Ok(String::new()), |row| row.try_get(0)).map_err(Failure::from).map_err(failed)?;
    let mut waits = 0;
    loop {
        match migrate(session, &owner, family).await {
            Ok(Some(taken)) => return known(taken),
            // Another node is at it, or was as quick to make the first tables.
            Ok(None) => {}
            Err(failure) if failure.remedy() == Remedy::Again || is_made_already(&failure) => {}
            Err(failure) => return Err(failed(failure)),
        }
        waits += 1;
        if waits > WAITS {
            return Err(unusable(String::from(
                "another node has been changing its schema for a minute: try again later",
            )));
        }
        sleep(PAUSE).await;
    }
}

/// `IF NOT EXISTS` looks first and makes then: what another node makes in between is there already by the time, whatever
/// the catalogue calls it.
fn is_made_already(failure: &Failure) -> bool {
    let known = [SqlState::DUPLICATE_TABLE, SqlState::DUPLICATE_OBJECT, SqlState::DUPLICATE_COLUMN];
    matches!(failure, Failure::Postgres(error) if error.code().is_some_and(|code| known.contains(code)))
}

fn known(taken: i64) -> Result<(), OpenError> {
    if taken > STEPS.len() as i64 {
        return Err(OpenError::Newer { found: taken, known: STEPS.len() });
    }
    Ok(())
}

/// Refuses a database without a store, and one whose schema is another release's or half changed.
pub(super) async fn demand_whole(session: &Session, place: &str) -> Result<(), OpenError> {
    let unusable = |why: String| OpenError::Unusable { place: place.to_owned(), why };
    let taken = taken(session).await.map_err(|failure| unusable(failure.to_string()))?;
    known(taken)?;
    match taken {
        0 => Err(unusable(String::from("there is no store in it"))),
        _ if taken < present() => {
            let text =
                format!("its schema is at step {taken} of {}: start a server on it, which finishes that", present());
            Err(unusable(text))
        }
        _ => Ok(()),
    }
}

/// How many steps were taken; none in a database that is new to us.
pub(super) async fn taken(session: &Session) -> Result<i64, Failure> {
    let sql =
        "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'schema_step'";
    if session.rows(Query::new(sql)).await?.is_empty() {
        return Ok(0);
    }
    let rows = session.rows(Query::new("SELECT coalesce(max(number), 0) FROM schema_step")).await?;
    rows.first().map_or(Ok(0), |row| Ok(row.try_get(0)?))
}

/// Why the database cannot be used.
async fn fit(session: &Session) -> Result<Option<String>, Failure> {
    let sql = "SELECT current_setting('server_encoding'), current_setting('transaction_read_only'), \
               current_setting('server_version_num')::bigint";
    let rows = session.rows(Query::new(sql)).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (encoding, read_only): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let version: i64 = row.try_get(2)?;
    Ok(if version < 130_000 {
        Some(format!("it is PostgreSQL {}; 13 or newer is needed", version / 10_000))
    } else if encoding != "UTF8" {
        Some(format!("its encoding is {encoding}: make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"))
    } else if read_only == "on" {
        Some(String::from(
            "it can only be read: it is a standby, or set so; name the primary, or both separated by a comma",
        ))
    } else {
        None
    })
}

/// Takes the steps that are missing. `None` when another node holds the lease.
async fn migrate(session: &Session, owner: &str, family: Family) -> Result<Option<i64>, Failure> {
    session.simple(OWN).await?;
    let take = "INSERT INTO lease AS l (name, owner, expires_at) VALUES ('schema', $1::text, now() + interval '60 seconds') \
                ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at \
                WHERE l.owner = excluded.owner OR l.expires_at < now()";
    let held = async || Ok::<_, Failure>(session.execute([&Query::new(take).with(owner.to_owned())]).await? == [1]);
    // Before it is looked which steps are missing: another node may be about to note one.
    if !held().await? {
        return Ok(None);
    }
    let mut number = taken(session).await?;
    while let Some(step) = usize::try_from(number).ok().and_then(|taken| STEPS.get(taken)) {
        for statement in statements(step) {
            // Each time: the lease is to outlast the statement.
            if !held().await? {
                return Ok(None);
            }
            session.simple(&statement).await?;
        }
        let note =
            "INSERT INTO schema_step (number, taken_at) VALUES ($1::bigint, now()) ON CONFLICT (number) DO NOTHING";
        session.execute([&Query::new(note).with(number + 1)]).await?;
        number += 1;
    }
    // Also of a store that was made before the extension was.
    while family == Family::Citus
        && let Some(table) = gathered(session).await?.first()
    {
        if !held().await? {
            return Ok(None);
        }
        spread(session, table).await?;
    }
    let free = "DELETE FROM lease WHERE name = 'schema' AND owner = $1::text";
    session.execute([&Query::new(free).with(owner.to_owned())]).await?;
    Ok(Some(number))
}

/// The statements of a step, without its comments. No text in one holds a semicolon.
fn statements(step: &str) -> Vec<String> {
    let code: String = step.lines().map(|line| line.split("--").next().unwrap_or_default().to_owned() + "\n").collect();
    code.split(';').map(|statement| statement.trim().to_owned()).filter(|statement| !statement.is_empty()).collect()
}

/// Why there is no connection, and what to do.
pub(super) fn unreachable(place: &str, failure: &Failure) -> OpenError {
    let code = match failure {
        Failure::Postgres(error) => error.code().map_or("", |code| code.code()),
        _ => "",
    };
    let hint = match code {
        "28P01" | "28000" => "the user or the password is wrong, or pg_hba.conf does not let them in",
        "3D000" => "make the database first: createdb",
        "53300" => "all its connections are taken: raise max_connections",
        _ => return OpenError::Unreachable { place: place.to_owned(), why: failure.to_string() },
    };
    OpenError::Unusable { place: place.to_owned(), why: format!("{failure}; {hint}") }
}

fn explained(failure: &Failure) -> String {
    let denied = matches!(failure, Failure::Postgres(error) if error.code().is_some_and(|code| code.code() == "42501"));
    if denied {
        return format!("{failure}; its user must own the tables and may CREATE in the schema");
    }
    failure.to_string()
}

#[test]
fn steps_are_whole_statements() {
    for step in STEPS {
        assert!(statements(step).iter().all(|statement| {
            let again = ["CREATE TABLE IF NOT EXISTS", "CREATE INDEX IF NOT EXISTS", "INSERT INTO epoch", "UPDATE"];
            let column = statement.starts_with("ALTER TABLE") && statement.contains(" ADD COLUMN IF NOT EXISTS ");
            column || again.iter().any(|start| statement.starts_with(start))
        }));
    }
}
