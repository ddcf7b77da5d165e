//! The history: appended in the transaction of the change, read as a walk from a record's last change back.

use domain::change::Origin;
use domain::record::Part;
use domain::working_set::Walk;
use domain::{Change, Kind, Time};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row};
use std::collections::HashMap;

use super::Failure;
use crate::ledger::{Head, Sealed, StoredChange, append_to};
use crate::seal::{FIRST_LINK, Link};
use crate::{codec, fault};

/// The number and link of the last change of each part that this writer has written to. There is one writer, so what
/// it remembers is what is stored; it forgets all of it when a batch fails.
#[derive(Default)]
pub(super) struct Heads(HashMap<Part, Head>);

impl Heads {
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// The last change of a part.
    pub(super) fn last(&self, part: Part) -> Option<Head> {
        self.0.get(&part).copied()
    }

    fn get(&mut self, db: &Connection, part: Part) -> Result<&mut Head, Failure> {
        use std::collections::hash_map::Entry;
        match self.0.entry(part) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => Ok(entry.insert(end(db, part)?.unwrap_or((0, FIRST_LINK)))),
        }
    }
}

/// The number and link of the last change of a part. They are not kept apart from the history: a page of their own
/// would be a third of what a lone change writes.
pub(super) fn end(db: &Connection, part: Part) -> Result<Option<Head>, Failure> {
    let sql = "SELECT number, link FROM change WHERE part = ?1 ORDER BY number DESC LIMIT 1";
    let end = db.prepare_cached(sql)?.query_row([part.0], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(end.optional()?)
}

/// Numbers, links and writes the changes of a batch in their order. `last` tells the last change of a record and is
/// brought up to date.
pub(super) fn append(
    db: &Connection,
    heads: &mut Heads,
    changes: &mut [Change],
    salts: &[[u8; 16]],
    last: &mut dyn FnMut(&Change) -> i64,
) -> Result<(), Failure> {
    let mut statement = db.prepare_cached(INSERT)?;
    for (change, salt) in changes.iter_mut().zip(salts) {
        let head = heads.get(db, change.part)?;
        change.number = head.0 + 1;
        change.previous = last(change);
        let Sealed { fields, digest } = append_to(head, change, salt)?;
        write(&mut statement, change, Some((&fields, salt)), &digest, &head.1)?;
    }
    Ok(())
}

const INSERT: &str = "INSERT INTO change (part, number, previous, kind, id, version, at, dialect, operation, credential, \
     client, request_id, operation_id, fields, salt, digest, link) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";

/// Writes a change as it was stored elsewhere.
pub(super) fn insert(db: &Connection, stored: &StoredChange) -> Result<(), Failure> {
    let sealed = stored.fields.as_deref().zip(stored.salt.as_ref());
    write(&mut db.prepare_cached(INSERT)?, &stored.change, sealed, &stored.digest, &stored.link)
}

fn write(
    statement: &mut CachedStatement<'_>,
    change: &Change,
    sealed: Option<(&str, &[u8; 16])>,
    digest: &Link,
    link: &Link,
) -> Result<(), Failure> {
    statement.raw_bind_parameter(1, change.part.0)?;
    statement.raw_bind_parameter(2, change.number)?;
    statement.raw_bind_parameter(3, change.previous)?;
    statement.raw_bind_parameter(4, change.kind.name())?;
    statement.raw_bind_parameter(5, change.id)?;
    statement.raw_bind_parameter(6, change.version.cast_signed())?;
    statement.raw_bind_parameter(7, change.at.0)?;
    statement.raw_bind_parameter(8, &change.origin.dialect)?;
    statement.raw_bind_parameter(9, &change.origin.operation)?;
    statement.raw_bind_parameter(10, &change.origin.credential)?;
    statement.raw_bind_parameter(11, &change.origin.client)?;
    statement.raw_bind_parameter(12, &change.origin.request_id)?;
    statement.raw_bind_parameter(13, change.operation_id.as_slice())?;
    statement.raw_bind_parameter(14, sealed.map(|(fields, _)| fields))?;
    statement.raw_bind_parameter(15, sealed.map(|(_, salt)| salt.as_slice()))?;
    statement.raw_bind_parameter(16, digest.as_slice())?;
    statement.raw_bind_parameter(17, link.as_slice())?;
    statement.raw_execute()?;
    Ok(())
}

/// Takes away the values of a change and of all changes of the same record before it, and what would let them be
/// guessed. The digest stays, so that the chain still holds.
pub(super) fn erase(db: &Connection, part: Part, last: i64) -> Result<(), Failure> {
    let sql = "UPDATE change SET fields = NULL, salt = NULL WHERE part = ?1 AND number = ?2 RETURNING previous";
    let mut statement = db.prepare_cached(sql)?;
    let mut number = last;
    while number > 0 {
        let previous: Option<i64> = statement.query_row((part.0, number), |row| row.get(0)).optional()?;
        let missing = || Failure::Damaged(format!("change {number} of part {}: it is missing", part.0));
        // Always further back, so that damage cannot send the walk in a circle.
        number = previous.ok_or_else(missing)?.min(number - 1);
    }
    Ok(())
}

pub(crate) const SELECT: &str = "SELECT part, number, previous, kind, id, version, at, dialect, operation, credential, \
     client, request_id, operation_id, fields, salt, digest, link FROM change";

/// Walks back from one change to those of the same record before it.
pub(super) fn walk(db: &Connection, walk: &Walk) -> Result<Vec<Change>, Failure> {
    let mut changes = Vec::new();
    let mut number = walk.from;
    let mut statement = db.prepare_cached(&format!("{SELECT} WHERE part = ?1 AND number = ?2"))?;
    let mut links = db.prepare_cached("SELECT link FROM change WHERE part = ?1 AND number = ?2")?;
    let damaged = |number: i64, why: &str| Failure::Damaged(format!("change {number} of part {}: {why}", walk.part.0));
    while number > 0 && changes.len() < walk.limit as usize {
        let stored = statement.query_row((walk.part.0, number), |row| Ok(read(row))).optional()?;
        let stored = stored.transpose()?.ok_or_else(|| damaged(number, "it is missing"))?;
        let before = match number {
            1 => Some(FIRST_LINK),
            _ => links.query_row((walk.part.0, number - 1), |row| row.get(0)).optional()?,
        };
        // Its values by their digest, all else by its link to the change before it.
        let fits = stored.is_sealed() && before.is_some_and(|before| stored.follows(&before));
        if !fits && !fault::skip_checksum() {
            return Err(damaged(number, "it is not as it was written"));
        }
        // Always further back, so that damage cannot send the walk in a circle.
        number = stored.change.previous.min(number - 1);
        changes.push(stored.change);
    }
    Ok(changes)
}

/// Reads a row of [`SELECT`].
pub(crate) fn read(row: &Row<'_>) -> Result<StoredChange, Failure> {
    let number: i64 = row.get(1)?;
    let damaged = |why: &dyn std::fmt::Display| Failure::Damaged(format!("change {number}: {why}"));
    let kind: String = row.get(3)?;
    let fields: Option<String> = row.get(13)?;
    let change = Change {
        part: Part(row.get(0)?),
        number,
        previous: row.get(2)?,
        kind: Kind::named(&kind).ok_or_else(|| damaged(&"unknown kind"))?,
        id: row.get(4)?,
        version: row.get::<_, i64>(5)?.cast_unsigned(),
        at: Time(row.get(6)?),
        origin: Origin {
            dialect: row.get(7)?,
            operation: row.get(8)?,
            credential: row.get(9)?,
            client: row.get(10)?,
            request_id: row.get(11)?,
        },
        operation_id: row.get(12)?,
        fields: match &fields {
            Some(json) => codec::read_fields(json).map_err(|error| damaged(&error))?,
            None => Vec::new(),
        },
    };
    Ok(StoredChange { change, fields, salt: row.get(14)?, digest: row.get(15)?, link: row.get(16)? })
}
