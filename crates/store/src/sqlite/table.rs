//! One table a kind: the columns they share, and the few that queries look for.

use domain::record::Part;
use domain::working_set::Place;
use domain::{Field, Kind, Record, Value};
use rusqlite::types::Value as SqlValue;
use rusqlite::{CachedStatement, Connection, Row};
use std::cell::RefCell;
use std::fmt::Write as _;

use super::Failure;
use crate::kept::Kept;
use crate::table::{columns, decoded, place, proven};
use crate::{codec, seal};

/// What a column shows of a record: what listings see of it.
pub(super) fn shown(record: &Record, field: Field) -> SqlValue {
    domain::filter::tested(record, field).as_ref().map_or(SqlValue::Null, sql_value)
}

/// A value as SQL compares it.
pub(super) fn sql_value(value: &Value) -> SqlValue {
    match value {
        Value::Text(text) => SqlValue::Text(text.clone()),
        Value::Number(number) => SqlValue::Integer(*number),
        Value::Flag(flag) => SqlValue::Integer((*flag).into()),
        // A list is compared as the JSON that is stored.
        Value::Texts(texts) => SqlValue::Text(serde_json::to_string(texts).unwrap_or_default()),
        Value::Numbers(ids) => SqlValue::Text(serde_json::to_string(ids).unwrap_or_default()),
    }
}

/// The SQL of one kind, written once when a connection opens.
pub(super) struct Statements {
    select: String,
    pub(super) select_columns: String,
    beside: String,
    insert: String,
    update: String,
    delete: String,
}

impl Statements {
    pub(super) fn new(kind: Kind) -> Self {
        const SHARED: &str = "part, id, version, last_change, created_at, updated_at, updated_by, body, checksum";
        let table = kind.name();
        let mut names = String::from(SHARED);
        let mut sets = String::from(
            "version = ?3, last_change = ?4, created_at = ?5, updated_at = ?6, updated_by = ?7, body = ?8, checksum = ?9",
        );
        let mut places = String::from("?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9");
        for (at, (column, _)) in columns(kind).iter().enumerate() {
            // Writing to a String cannot fail.
            let _ = write!(names, ", {column}");
            let _ = write!(places, ", ?{}", at + 10);
            let _ = write!(sets, ", {column} = ?{}", at + 10);
        }
        let select_columns = format!("SELECT {SHARED} FROM \"{table}\"");
        let (place, version) = (columns(kind).len() + 10, columns(kind).len() + 11);
        Self {
            select: format!("{select_columns} WHERE place = ?1"),
            select_columns,
            beside: format!(
                "SELECT * FROM (SELECT -1, place, part, id FROM \"{table}\" WHERE place < ?1 ORDER BY place DESC LIMIT 1) \
                 UNION ALL \
                 SELECT * FROM (SELECT 1, place, part, id FROM \"{table}\" WHERE place > ?1 ORDER BY place LIMIT 1)"
            ),
            insert: format!("INSERT INTO \"{table}\" ({names}, place) VALUES ({places}, ?{place})"),
            delete: format!("DELETE FROM \"{table}\" WHERE place = ?1"),
            update: format!("UPDATE \"{table}\" SET {sets} WHERE place = ?{place} AND version = ?{version}"),
        }
    }
}

/// The SQL of all kinds, and what a connection keeps of rows that were listed.
pub(super) struct Tables {
    statements: Vec<Statements>,
    kept: RefCell<Kept>,
}

impl Tables {
    pub(super) fn new() -> Self {
        Self { statements: Kind::ALL.into_iter().map(Statements::new).collect(), kept: RefCell::default() }
    }

    pub(super) fn of(&self, kind: Kind) -> Result<&Statements, Failure> {
        let at = Kind::ALL.iter().position(|known| *known == kind);
        at.and_then(|at| self.statements.get(at)).ok_or(Failure::Damaged(String::from("a kind without a table")))
    }

    /// Reads a record by its key.
    pub(super) fn find(&self, db: &Connection, kind: Kind, part: Part, id: i64) -> Result<Option<Record>, Failure> {
        let mut statement = db.prepare_cached(&self.of(kind)?.select)?;
        let mut rows = statement.query([place(part, id)])?;
        let Some(row) = rows.next()? else { return self.prove_absent(db, kind, part, id).map(|()| None) };
        let record = read(kind, row)?;
        if (record.part, record.id) == (part, id) {
            return Ok(Some(record));
        }
        Err(Failure::Damaged(format!("{} {} is in the place of {id}", kind.name(), record.id)))
    }

    /// A flipped bit in a key hides a row, or a page of them: then the rows beside the gap are not in their order, or
    /// one of them is not what its key says.
    fn prove_absent(&self, db: &Connection, kind: Kind, part: Part, id: i64) -> Result<(), Failure> {
        let mut statement = db.prepare_cached(&self.of(kind)?.beside)?;
        let here = place(part, id);
        let mut rows = statement.query([here])?;
        while let Some(row) = rows.next()? {
            let (side, found): (i64, i64) = (row.get(0)?, row.get(1)?);
            if found != place(Part(row.get(2)?), row.get(3)?) || found.cmp(&here) as i64 != side {
                let name = kind.name();
                return Err(Failure::Damaged(format!(
                    "{name} {id} is not found, and the rows beside it are out of order"
                )));
            }
        }
        Ok(())
    }

    /// Reads a row of a listing as [`read`] does.
    pub(super) fn listed(&self, kind: Kind, row: &Row<'_>) -> Result<Record, Failure> {
        let (mut record, body, checksum) = checked(kind, row)?;
        let decode = || decoded(&record, body).map_err(Failure::Damaged);
        // Nothing below asks for a listing.
        let values = match self.kept.try_borrow_mut() {
            Ok(mut kept) => kept.values(&record, (body, checksum), decode)?,
            Err(_) => decode()?,
        };
        record.values = values;
        Ok(record)
    }

    /// Removes a record.
    pub(super) fn remove(&self, db: &Connection, (kind, part, id): Place) -> Result<(), Failure> {
        match db.prepare_cached(&self.of(kind)?.delete)?.execute([place(part, id)])? {
            1 => Ok(()),
            _ => Err(Failure::Damaged(format!("{} {id} is not there any more", kind.name()))),
        }
    }

    /// Writes a record, whose version in the store must be `stored_version`; 0 for a new one.
    pub(super) fn save(&self, db: &Connection, record: &Record, stored_version: u64) -> Result<(), Failure> {
        let statements = self.of(record.kind)?;
        let new = stored_version == 0;
        let mut statement = db.prepare_cached(if new { &statements.insert } else { &statements.update })?;
        let body = codec::write_values(&record.values)?;
        bind_shared(&mut statement, record, &body)?;
        let mut next = 10;
        for (_, field) in columns(record.kind) {
            statement.raw_bind_parameter(next, shown(record, *field))?;
            next += 1;
        }
        statement.raw_bind_parameter(next, place(record.part, record.id))?;
        if !new {
            statement.raw_bind_parameter(next + 1, stored_version.cast_signed())?;
        }
        if statement.raw_execute()? == 1 {
            return Ok(());
        }
        let place = format!("{} {} of part {}", record.kind.name(), record.id, record.part.0);
        Err(Failure::Damaged(format!("{place} is not at version {stored_version} any more")))
    }
}

fn bind_shared(statement: &mut CachedStatement<'_>, record: &Record, body: &str) -> Result<(), Failure> {
    for (at, number) in seal::numbers(record).into_iter().enumerate() {
        statement.raw_bind_parameter(at + 1, number)?;
    }
    statement.raw_bind_parameter(7, &record.updated_by)?;
    statement.raw_bind_parameter(8, body)?;
    statement.raw_bind_parameter(9, seal::checksum(record, body))?;
    Ok(())
}

/// Reads a row of the shared columns and proves that it is as it was written.
pub(super) fn read(kind: Kind, row: &Row<'_>) -> Result<Record, Failure> {
    let (mut record, body, _) = checked(kind, row)?;
    record.values = decoded(&record, body).map_err(Failure::Damaged)?;
    Ok(record)
}

/// The record of a row without its values, its body and its checksum.
fn checked<'r>(kind: Kind, row: &'r Row<'_>) -> Result<(Record, &'r str, i64), Failure> {
    let numbers = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?];
    let body = row.get_ref(7)?.as_str().map_err(|error| Failure::Damaged(error.to_string()))?;
    let checksum = row.get(8)?;
    let record = proven(kind, numbers, row.get(6)?, body, checksum).map_err(Failure::Damaged)?;
    Ok((record, body, checksum))
}
