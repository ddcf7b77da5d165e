//! The tables of records: read and written in groups.

use domain::filter::tested;
use domain::working_set::Place;
use domain::{Field, Kind, Record, Shape, Value};
use std::fmt::Write as _;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::Failure;
use super::session::Query;
use crate::table::{columns, read_record};
use crate::{codec, seal};

/// The columns that all kinds share, in the order of [`read`].
pub(super) const SHARED: &str =
    "t.part, t.id, t.version, t.last_change, t.created_at, t.updated_at, t.updated_by, t.body, t.checksum";

/// Reads a row of the shared columns and proves that it is as it was written.
pub(super) fn read(kind: Kind, row: &Row) -> Result<Record, Failure> {
    let mut numbers = [0; 6];
    for (at, number) in numbers.iter_mut().enumerate() {
        *number = row.try_get(at)?;
    }
    read_record(kind, numbers, row.try_get(6)?, row.try_get(7)?, row.try_get(8)?).map_err(Failure::Damaged)
}

/// The records of a kind by their keys.
pub(super) fn select(kind: Kind, places: &[Place]) -> Query {
    let sql = format!(
        "SELECT {SHARED} FROM unnest($1::bigint[], $2::bigint[]) AS wanted (part, id) \
         JOIN \"{}\" AS t ON t.part = wanted.part AND t.id = wanted.id",
        kind.name()
    );
    let (parts, ids) = split(places);
    Query::new(sql).with(parts).with(ids)
}

pub(super) fn split(places: &[Place]) -> (Vec<i64>, Vec<i64>) {
    places.iter().map(|(_, part, id)| (part.0, *id)).unzip()
}

/// Whether a field is a number to SQL; all else is text.
pub(super) const fn is_number(field: Field) -> bool {
    matches!(field.shape(), Shape::Number { .. } | Shape::Flag | Shape::Time | Shape::Reference(_))
}

/// A value as SQL compares it: a number, or a text.
pub(super) fn split_value(value: &Value) -> (Option<i64>, Option<String>) {
    match value {
        Value::Text(text) => (None, Some(text.clone())),
        Value::Number(number) => (Some(*number), None),
        Value::Flag(flag) => (Some((*flag).into()), None),
        // A list is compared as the JSON that is stored.
        Value::Texts(texts) => (None, Some(serde_json::to_string(texts).unwrap_or_default())),
        Value::Numbers(ids) => (None, Some(serde_json::to_string(ids).unwrap_or_default())),
    }
}

/// Inserts records of one kind, or updates those that are at the versions that the store held. Each is one row.
pub(super) fn save(kind: Kind, records: &[(&Record, u64)], new: bool) -> Result<Query, Failure> {
    let table = kind.name();
    let mut numbers: [Vec<i64>; 6] = Default::default();
    let (mut by, mut bodies, mut checksums) = (Vec::new(), Vec::new(), Vec::new());
    for (record, _) in records {
        for (column, number) in numbers.iter_mut().zip(seal::numbers(record)) {
            column.push(number);
        }
        let body = codec::write_values(&record.values)?;
        by.push(record.updated_by.clone());
        checksums.push(seal::checksum(record, &body));
        bodies.push(body);
    }
    let mut names = String::from("part, id, version, last_change, created_at, updated_at, updated_by, body, checksum");
    let mut arrays = String::from(
        "$1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], \
         $9::bigint[]",
    );
    let mut sets = String::from(
        "version = x.version, last_change = x.last_change, created_at = x.created_at, updated_at = x.updated_at, \
         updated_by = x.updated_by, body = x.body, checksum = x.checksum",
    );
    let mut values: Vec<Box<dyn ToSql + Sync + Send>> = Vec::new();
    for column in numbers {
        values.push(Box::new(column));
    }
    values.push(Box::new(by));
    values.push(Box::new(bodies));
    values.push(Box::new(checksums));
    for (column, field) in columns(kind) {
        let shown = records.iter().map(|(record, _)| tested(record, *field).as_ref().map(split_value));
        let shown = shown.map(Option::unwrap_or_default);
        let of = if is_number(*field) { "bigint" } else { "text" };
        if is_number(*field) {
            values.push(Box::new(shown.map(|(number, _)| number).collect::<Vec<_>>()));
        } else {
            values.push(Box::new(shown.map(|(_, text)| text).collect::<Vec<_>>()));
        }
        // Writing to a String cannot fail.
        let _ = write!(names, ", \"{column}\"");
        let _ = write!(arrays, ", ${}::{of}[]", values.len());
        let _ = write!(sets, ", \"{column}\" = x.\"{column}\"");
    }
    if new {
        let sql = format!("INSERT INTO \"{table}\" ({names}) SELECT * FROM unnest({arrays})");
        return Ok(Query { sql, values });
    }
    values.push(Box::new(records.iter().map(|(_, stored)| stored.cast_signed()).collect::<Vec<_>>()));
    let sql = format!(
        "UPDATE \"{table}\" AS t SET {sets} FROM unnest({arrays}, ${}::bigint[]) AS x ({names}, stored) \
         WHERE t.part = x.part AND t.id = x.id AND t.version = x.stored",
        values.len()
    );
    Ok(Query { sql, values })
}

/// Removes records of one kind.
pub(super) fn remove(kind: Kind, places: &[Place]) -> Query {
    let sql = format!(
        "DELETE FROM \"{}\" AS t USING unnest($1::bigint[], $2::bigint[]) AS x (part, id) \
         WHERE t.part = x.part AND t.id = x.id",
        kind.name()
    );
    let (parts, ids) = split(places);
    Query::new(sql).with(parts).with(ids)
}
