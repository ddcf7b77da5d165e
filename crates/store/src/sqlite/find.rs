//! Answers what a working set misses.

use domain::field::MAX_NUMBER;
use domain::filter::{Condition, Page, Query, Test};
use domain::record::Part;
use domain::working_set::{Found, Need};
use domain::{Field, Kind, Value};
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::table::{Tables, columns, place, read};
use super::{Failure, history};

/// Looks up one need.
pub(super) fn find(db: &Connection, tables: &Tables, need: &Need) -> Result<Found, Failure> {
    Ok(match need {
        Need::Record((kind, part, id)) => Found::Record(tables.find(db, *kind, *part, *id)?),
        Need::Key(key) => {
            let sql = "SELECT owner_part, owner_id FROM unique_key WHERE part = ?1 AND space = ?2 AND value = ?3";
            let owner = db
                .prepare_cached(sql)?
                .query_row((key.part.0, key.space.number(), &key.text), |row| Ok((Part(row.get(0)?), row.get(1)?)))
                .optional()?;
            Found::Key(owner)
        }
        Need::Counter(part, kind) => {
            let next = db
                .prepare_cached("SELECT next FROM counter WHERE part = ?1 AND kind = ?2")?
                .query_row((part.0, kind.name()), |row| row.get(0))
                .optional()?;
            Found::Counter(next.unwrap_or(1))
        }
        Need::List(query) => Found::List(list(db, tables, query)?),
        Need::History(walk) => Found::History(history::walk(db, walk)?),
    })
}

/// The SQL for the value of a field. Names come from the closed table of fields only, never from a caller.
fn expression(kind: Kind, field: Field) -> String {
    match field {
        Field::Id | Field::Version | Field::CreatedAt | Field::UpdatedAt | Field::UpdatedBy => {
            field.name().into_owned()
        }
        _ => match columns(kind).iter().find(|(_, shown)| *shown == field) {
            Some((column, _)) => format!("\"{column}\""),
            None => format!("json_extract(body, '$.\"{}\"')", field.name()),
        },
    }
}

fn condition(kind: Kind, condition: &Condition, values: &mut Vec<SqlValue>) -> String {
    let left = expression(kind, condition.field);
    let mut place = |value: SqlValue| {
        values.push(value);
        format!("?{}", values.len())
    };
    match &condition.test {
        Test::Is(value) => format!("{left} = {}", place(sql_value(value))),
        Test::IsNot(value) => format!("{left} IS NOT {}", place(sql_value(value))),
        Test::Unset => format!("{left} IS NULL"),
        Test::AnyOf(list) => {
            let unset = if list.contains(&None) { format!("{left} IS NULL OR ") } else { String::new() };
            let places: Vec<_> = list.iter().flatten().map(|value| place(sql_value(value))).collect();
            format!("({unset}{left} IN ({}))", places.join(", "))
        }
        Test::Like(pattern) => format!("{left} LIKE {} ESCAPE '\\'", place(SqlValue::Text(like(pattern)))),
    }
}

/// `*` becomes `%`; what LIKE would take for a wildcard becomes itself.
fn like(pattern: &str) -> String {
    let mut sql = String::with_capacity(pattern.len() + 8);
    for c in pattern.chars() {
        match c {
            '*' => sql.push('%'),
            '%' | '_' | '\\' => sql.extend(['\\', c]),
            c => sql.push(c),
        }
    }
    sql
}

fn sql_value(value: &Value) -> SqlValue {
    match value {
        Value::Text(text) => SqlValue::Text(text.clone()),
        Value::Number(number) => SqlValue::Integer(*number),
        Value::Flag(flag) => SqlValue::Integer((*flag).into()),
        // A list is compared as the JSON that is stored.
        Value::Texts(texts) => SqlValue::Text(serde_json::to_string(texts).unwrap_or_default()),
    }
}

fn list(db: &Connection, tables: &Tables, query: &Query) -> Result<Page, Failure> {
    let tenant = query.tenant.first_part();
    let mut values = vec![SqlValue::Integer(place(tenant, 0)), SqlValue::Integer(place(tenant, MAX_NUMBER))];
    let mut wheres = String::from("place BETWEEN ?1 AND ?2");
    for test in &query.conditions {
        wheres.push_str(" AND ");
        wheres.push_str(&condition(query.kind, test, &mut values));
    }
    let direction = if query.descending { "DESC" } else { "ASC" };
    let order = match query.order {
        Field::Id => format!("place {direction}"),
        field => format!("{} {direction}, place {direction}", expression(query.kind, field)),
    };
    values.push(SqlValue::Integer(i64::from(query.limit) + 1));
    values.push(SqlValue::Integer(i64::try_from(query.offset).unwrap_or(i64::MAX)));
    let (limit, offset) = (values.len() - 1, values.len());
    let select = &tables.of(query.kind)?.select_columns;
    let sql = format!("{select} WHERE {wheres} ORDER BY {order} LIMIT ?{limit} OFFSET ?{offset}");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(read(query.kind, row)?);
    }
    let more = records.len() > query.limit as usize;
    records.truncate(query.limit as usize);
    Ok(Page { records, more })
}
