//! The calls that are kept, in a file of their own.
//!
//! It is no part of the store: no backup has it, no change of the schema is carried over, nothing in it is worth a flush.
//! Whatever is wrong with it costs the calls in it and nothing else: then it is made anew, or kept in memory.

use domain::Time;
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, Row, params};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::call::{Brief, COST, Call};

/// What says that a file is one of these: `row?` in ASCII.
const MARK: i64 = 0x726f_773f;

/// The form of what is in it. A file of another form is made anew.
const FORM: i64 = 2;

/// Bytes that are kept where there is no file.
const MOST_IN_MEMORY: u64 = 16 << 20;

/// For so long a server that is ending is waited for.
const BUSY: Duration = Duration::from_millis(200);

/// Columns of a [`Brief`], in the order in which [`brief`] reads them.
const BRIEF: &str =
    "number, at, micros, dialect, operation, outcome, status, why, notes, id, client, path, tenant, owner, customers";

const TABLES: &str = "
    CREATE TABLE call (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, micros INTEGER NOT NULL,
        dialect TEXT NOT NULL, operation TEXT NOT NULL, outcome TEXT NOT NULL, status INTEGER NOT NULL,
        why TEXT NOT NULL, notes INTEGER NOT NULL, id TEXT NOT NULL, client TEXT NOT NULL, path TEXT NOT NULL,
        tenant TEXT, owner INTEGER, customers TEXT NOT NULL, bytes INTEGER NOT NULL);
    CREATE INDEX call_id ON call (id COLLATE NOCASE);
    CREATE INDEX call_sort ON call (dialect, outcome <> 'ok', number, bytes);
    CREATE TABLE told (number INTEGER PRIMARY KEY, text TEXT NOT NULL);
    CREATE TABLE audited (tenant INTEGER PRIMARY KEY, entry INTEGER NOT NULL);";

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls; 0 for none.
    pub calls: usize,
    /// Bytes of all calls together, as they are counted: the file is somewhat larger.
    pub bytes: u64,
    /// Seconds that a call is kept.
    pub seconds: i64,
}

/// Calls of one sort do not push out those of another: the dialect, and whether it was refused.
type Sort = (String, bool);

/// What a sort takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Share {
    calls: usize,
    bytes: u64,
}

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Calls {
    connection: Connection,
    path: Option<PathBuf>,
    limits: Limits,
    shares: BTreeMap<Sort, Share>,
    /// Whether a file could not be used or written, and somebody was told.
    ailing: bool,
    /// Whether it was made now, and holds nothing from before.
    pub(super) is_new: bool,
}

impl Calls {
    /// Those of a file, which is made if it is not there; without one, or where it cannot be used, in memory.
    ///
    /// # Errors
    /// When there is no memory either.
    pub(super) fn open(path: Option<PathBuf>, limits: Limits) -> rusqlite::Result<Self> {
        if limits.calls == 0 {
            // Nothing from before is kept either.
            path.map_or(Ok(()), |path| remove(&path)).unwrap_or_else(|error| tracing::warn!(%error, "the inspector"));
        } else if let Some(path) = path {
            let file = path.display().to_string();
            match Self::named(&path, limits) {
                Ok(calls) => return Ok(calls),
                Err(error) => {
                    tracing::warn!(error, file, "the inspector's file cannot be used: calls are kept in memory only");
                }
            }
        }
        let limits = Limits { bytes: limits.bytes.min(MOST_IN_MEMORY), ..limits };
        Self::over(Connection::open_in_memory()?, None, limits)
    }

    /// Those of a file that is ours alone. One that is none of ours, or cannot be read, is made anew.
    fn named(path: &Path, limits: Limits) -> Result<Self, String> {
        let over = || Self::over(connect(path)?, Some(path.to_owned()), limits);
        let made = match over() {
            Err(error) if is_broken(&error) => {
                tracing::warn!(file = %path.display(), "the inspector's file cannot be read: it is made anew");
                remove(path).and_then(|()| create(path))
            }
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) && !path.exists() => create(path),
            opened => return opened.map_err(|error| error.to_string()),
        };
        made.map_err(|error| error.to_string())?;
        over().map_err(|error| error.to_string())
    }

    fn over(connection: Connection, path: Option<PathBuf>, limits: Limits) -> rusqlite::Result<Self> {
        let is_new = prepare(&connection)?;
        let mut calls = Self { connection, path, limits, shares: BTreeMap::new(), ailing: false, is_new };
        calls.count()?;
        Ok(calls)
    }

    /// Counts what every sort takes.
    fn count(&mut self) -> rusqlite::Result<()> {
        let mut counted = self.connection.prepare(
            "SELECT dialect, outcome <> 'ok', count(*), sum(bytes) FROM call GROUP BY dialect, outcome <> 'ok'",
        )?;
        let share = |row: &Row<'_>| {
            Ok((
                (row.get(0)?, row.get(1)?),
                Share { calls: size(row, 2)?, bytes: row.get::<_, i64>(3)?.cast_unsigned() },
            ))
        };
        let shares = counted.query_map([], share)?.collect::<rusqlite::Result<_>>()?;
        drop(counted);
        self.shares = shares;
        Ok(())
    }

    /// Does something with it. What fails is told once; a file that is broken is made anew.
    pub(super) fn run<T>(&mut self, what: impl FnOnce(&mut Self) -> rusqlite::Result<T>) -> Option<T> {
        match what(self) {
            Ok(done) => {
                self.ailing = false;
                Some(done)
            }
            Err(error) => {
                if !self.ailing {
                    tracing::warn!(%error, "the inspector does not keep calls now");
                }
                self.ailing = true;
                if is_broken(&error) {
                    self.renew();
                }
                None
            }
        }
    }

    fn renew(&mut self) {
        let path = self.path.take();
        // The lock on the old one must go first.
        let Ok(nothing) = Connection::open_in_memory() else { return };
        drop(std::mem::replace(&mut self.connection, nothing));
        if let Some(path) = &path
            && let Err(error) = remove(path)
        {
            tracing::warn!(%error, "the inspector's file cannot be made anew");
        }
        match Self::open(path, self.limits) {
            Ok(calls) => *self = calls,
            Err(error) => tracing::warn!(%error, "the inspector keeps no calls"),
        }
    }

    /// Keeps calls, all or none, and forgets old ones where they need the place or their time is over. Answers the number of
    /// the last.
    pub(super) fn keep(&mut self, calls: &[Call], now: Time) -> rusqlite::Result<Option<u64>> {
        let before = self.shares.clone();
        let kept = self.try_to_keep(calls, now);
        if kept.is_err() {
            self.shares = before;
        }
        kept
    }

    fn try_to_keep(&mut self, calls: &[Call], now: Time) -> rusqlite::Result<Option<u64>> {
        let Self { connection, limits, shares, .. } = self;
        let change = connection.transaction()?;
        let mut last = None;
        {
            let columns = BRIEF.replacen("number, ", "", 1);
            let mut insert = change.prepare_cached(&format!(
                "INSERT INTO call ({columns}, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
            ))?;
            let mut tell = change.prepare_cached("INSERT INTO told (number, text) VALUES (?1, ?2)")?;
            for call in calls {
                let brief = &call.brief;
                let customers = brief.customers.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
                let text = serde_json::to_string(call).unwrap_or_default();
                let bytes = (brief.bytes() + text.len()) as u64;
                insert.execute(params![
                    brief.at.0,
                    brief.micros.cast_signed(),
                    brief.dialect,
                    brief.operation,
                    brief.outcome,
                    brief.status,
                    brief.why,
                    i64::try_from(brief.notes).unwrap_or(i64::MAX),
                    brief.id,
                    brief.client,
                    brief.path,
                    brief.tenant,
                    brief.owner,
                    customers,
                    bytes.cast_signed(),
                ])?;
                let number = change.last_insert_rowid();
                tell.execute(params![number, text])?;
                last = Some(number.cast_unsigned());
                let share = shares.entry((brief.dialect.clone(), brief.outcome != "ok")).or_default();
                share.calls += 1;
                share.bytes += bytes;
            }
            let mut oldest_at =
                change.prepare_cached("SELECT at, dialect, outcome <> 'ok' FROM call ORDER BY number LIMIT 1")?;
            let over = now.plus_seconds(-limits.seconds).0;
            let mut oldest =
                || oldest_at.query_row([], |row| Ok((row.get::<_, i64>(0)?, (row.get(1)?, row.get(2)?)))).optional();
            while let Some((at, sort)) = oldest()?
                && at < over
            {
                forget_oldest(&change, shares, &sort)?;
            }
            while let Some(sort) = fullest(shares, limits) {
                forget_oldest(&change, shares, &sort)?;
            }
        }
        change.commit()?;
        Ok(last)
    }

    /// Forgets what every call said, and leaves nothing of it in the file; of a file in which that fails, nothing at all.
    /// What stays is what a history keeps of an erased record, too: when which program called what, about which numbers.
    pub(super) fn forget(&mut self) {
        if let Err(error) = self.wipe() {
            tracing::warn!(%error, "the inspector's file is made anew, to forget what is in it");
            self.renew();
        }
    }

    fn wipe(&mut self) -> rusqlite::Result<()> {
        // A journal on disk would hold what is to go. A path that led nowhere, and the name of a tenant that nobody was
        // found in, are the caller's own words: of such a call nothing stays.
        self.connection.execute_batch(&format!(
            "PRAGMA journal_mode = MEMORY; DELETE FROM told;
             DELETE FROM call WHERE operation = '' OR (tenant IS NOT NULL AND owner IS NULL);
             UPDATE call SET why = '', notes = 0, path = '', tenant = NULL, bytes = {COST} + length(id) + length(client);
             VACUUM; PRAGMA journal_mode = TRUNCATE;",
        ))?;
        self.count()
    }

    /// Calls before a number and after another, newest first, at most so many of those that are wanted.
    pub(super) fn list(
        &self,
        (after, before): (u64, u64),
        most: usize,
        wants: impl Fn(&Brief) -> bool,
    ) -> rusqlite::Result<Vec<Brief>> {
        let mut listed = self.connection.prepare_cached(&format!(
            "SELECT {BRIEF} FROM call WHERE number > ?1 AND number < ?2 ORDER BY number DESC"
        ))?;
        let ends = [after, before].map(|end| i64::try_from(end).unwrap_or(i64::MAX));
        let rows = listed.query_map(ends, brief)?;
        rows.filter(|row| row.as_ref().map_or(true, &wants)).take(most).collect()
    }

    /// The call of that number.
    pub(super) fn call(&self, number: u64) -> rusqlite::Result<Option<Call>> {
        let mut found = self.connection.prepare_cached(&format!(
            "SELECT {BRIEF}, text FROM call LEFT JOIN told USING (number) WHERE number = ?1"
        ))?;
        let row = |row: &Row<'_>| Ok((brief(row)?, row.get::<_, Option<String>>(15)?));
        let Some((brief, text)) = found.query_row([number.cast_signed()], row).optional()? else { return Ok(None) };
        let told = text.map(|text| serde_json::from_str(&text)).transpose().map_err(|_| corrupt())?;
        Ok(Some(Call { brief, ..told.unwrap_or_default() }))
    }

    /// The number of the last call of that request id, whatever the case of its letters.
    pub(super) fn of_request(&self, id: &str) -> rusqlite::Result<Option<u64>> {
        let mut found = self.connection.prepare_cached("SELECT max(number) FROM call WHERE id = ?1 COLLATE NOCASE")?;
        let number: Option<i64> = found.query_row([id], |row| row.get(0))?;
        Ok(number.map(i64::cast_unsigned))
    }

    /// The number of the last call of all, also of those that are forgotten.
    pub(super) fn last(&self) -> rusqlite::Result<u64> {
        let last =
            self.connection.query_row("SELECT seq FROM sqlite_sequence WHERE name = 'call'", [], |row| row.get(0));
        Ok(last.optional()?.map_or(0, i64::cast_unsigned))
    }

    #[cfg(test)]
    pub(super) fn counted(&self) -> rusqlite::Result<String> {
        Ok(format!("{:?}", self.shares))
    }

    #[cfg(test)]
    pub(super) fn pragma(&self, pragma: &str) -> rusqlite::Result<()> {
        self.connection.execute_batch(&format!("PRAGMA {pragma}"))
    }

    /// How far the audit of a tenant was read.
    pub(super) fn audited(&self, tenant: i64) -> rusqlite::Result<Option<i64>> {
        let entry =
            self.connection.query_row("SELECT entry FROM audited WHERE tenant = ?1", [tenant], |row| row.get(0));
        entry.optional()
    }

    /// Says how far it was read now.
    pub(super) fn note_audited(&self, tenant: i64, entry: i64) -> rusqlite::Result<()> {
        let note = "INSERT INTO audited VALUES (?1, ?2) ON CONFLICT DO UPDATE SET entry = ?2";
        self.connection.execute(note, [tenant, entry]).map(drop)
    }
}

/// The sort that takes most of what there is too much of; `None` where there is not.
fn fullest(shares: &BTreeMap<Sort, Share>, limits: &Limits) -> Option<Sort> {
    let many = shares.values().map(|share| share.calls).sum::<usize>() > limits.calls;
    let large = shares.values().map(|share| share.bytes).sum::<u64>() > limits.bytes;
    let size = |share: &Share| if many { share.calls as u64 } else { share.bytes };
    let fullest = shares.iter().filter(|(_, share)| share.calls > 0).max_by_key(|(_, share)| size(share));
    fullest.filter(|_| many || large).map(|(sort, _)| sort.clone())
}

fn forget_oldest(change: &Connection, shares: &mut BTreeMap<Sort, Share>, sort: &Sort) -> rusqlite::Result<()> {
    let mut forget = change.prepare_cached(
        "DELETE FROM call WHERE number = (SELECT min(number) FROM call WHERE dialect = ?1 AND (outcome <> 'ok') = ?2)
         RETURNING number, bytes",
    )?;
    let (number, bytes): (i64, i64) =
        forget.query_row(params![sort.0, sort.1], |row| Ok((row.get(0)?, row.get(1)?)))?;
    change.prepare_cached("DELETE FROM told WHERE number = ?1")?.execute([number])?;
    if let Some(share) = shares.get_mut(sort) {
        share.calls = share.calls.saturating_sub(1);
        share.bytes = share.bytes.saturating_sub(bytes.cast_unsigned());
    }
    Ok(())
}

fn size(row: &Row<'_>, column: usize) -> rusqlite::Result<usize> {
    row.get::<_, i64>(column).map(|size| usize::try_from(size).unwrap_or(0))
}

fn brief(row: &Row<'_>) -> rusqlite::Result<Brief> {
    Ok(Brief {
        number: row.get::<_, i64>(0)?.cast_unsigned(),
        at: Time(row.get(1)?),
        micros: row.get::<_, i64>(2)?.cast_unsigned(),
        dialect: row.get(3)?,
        operation: row.get(4)?,
        outcome: row.get(5)?,
        status: row.get(6)?,
        why: row.get(7)?,
        notes: size(row, 8)?,
        id: row.get(9)?,
        client: row.get(10)?,
        path: row.get(11)?,
        tenant: row.get(12)?,
        owner: row.get(13)?,
        customers: row.get::<_, String>(14)?.split(' ').filter_map(|id| id.parse().ok()).collect(),
    })
}

fn create(path: &Path) -> io::Result<()> {
    File::options().write(true).create(true).truncate(false).mode(0o600).open(path).map(drop)
}

fn remove(path: &Path) -> io::Result<()> {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    let gone = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    for path in [path, Path::new(&journal)] {
        fs::remove_file(path).or_else(|error| if gone(&error) { Ok(()) } else { Err(error) })?;
    }
    Ok(())
}

/// Opens a file for this process alone.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    // Who holds the lock keeps it until the end: of servers that share a folder one has the file.
    connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;")?;
    let number = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
    let found = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    let is_empty = number("SELECT count(*) FROM sqlite_schema")? == 0;
    if found == (MARK, FORM) || (is_empty && found == (0, 0)) { Ok(connection) } else { Err(corrupt()) }
}

/// Answers whether its tables had to be made.
fn prepare(connection: &Connection) -> rusqlite::Result<bool> {
    connection.execute_batch(
        "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON; PRAGMA cache_size = -4096;
         PRAGMA temp_store = MEMORY;",
    )?;
    let is_new = connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?;
    if is_new {
        let marks = format!("PRAGMA application_id = {MARK}; PRAGMA user_version = {FORM};");
        connection.execute_batch(&format!("BEGIN; {TABLES} {marks} COMMIT;"))?;
    }
    Ok(is_new)
}

fn corrupt() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT), None)
}

fn is_broken(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        || matches!(
            error,
            rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
        )
}
