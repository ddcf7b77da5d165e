//! Brings a file to the present schema, one step at a time.

use domain::{Field, Kind};
use rusqlite::Connection;
use std::cmp::Ordering;
use std::fmt::Write as _;

use super::{Failure, OpenError};
use crate::table::columns;

/// Every step ever released, in order. A released step is never edited.
const STEPS: &[&str] = &[
    include_str!("../../migrations/sqlite/0001_first.sql"),
    include_str!("../../migrations/sqlite/0002_tickets.sql"),
    include_str!("../../migrations/sqlite/0003_tables.sql"),
    include_str!("../../migrations/sqlite/0004_webhooks.sql"),
    include_str!("../../migrations/sqlite/0005_tokens.sql"),
    include_str!("../../migrations/sqlite/0006_audit.sql"),
    include_str!("../../migrations/sqlite/0007_accounts.sql"),
    include_str!("../../migrations/sqlite/0008_wsdls.sql"),
];

/// Applies the steps that the file has not seen. Each is one transaction with the note that it was taken, so a step
/// that is interrupted was never begun.
pub(super) fn migrate(db: &mut Connection) -> Result<(), OpenError> {
    let version: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(Failure::from)?;
    let taken = usize::try_from(version).unwrap_or(usize::MAX);
    if taken > STEPS.len() {
        return Err(OpenError::Newer { found: version, known: STEPS.len() });
    }
    for (at, step) in STEPS.iter().enumerate().skip(taken) {
        let tx = db.transaction().map_err(Failure::from)?;
        tx.execute_batch(step).map_err(Failure::from)?;
        tx.pragma_update(None, "user_version", at as i64 + 1).map_err(Failure::from)?;
        tx.commit().map_err(Failure::from)?;
    }
    let views = views();
    let present = definitions(db, "type = 'view'")?;
    let wanted = views.iter().map(|(name, sql)| (name.as_bytes().to_vec(), sql.as_bytes().to_vec()));
    if !wanted.eq(present) {
        let tx = db.transaction().map_err(Failure::from)?;
        // Not by DROP VIEW: of a row that is damaged it would leave a part.
        tx.execute_batch("PRAGMA writable_schema = ON").map_err(Failure::from)?;
        for (name, _) in &views {
            let gone = "DELETE FROM sqlite_schema WHERE name = ?1 OR sql LIKE 'CREATE VIEW ' || ?1 || ' AS %'";
            tx.execute(gone, [name]).map_err(Failure::from)?;
        }
        tx.execute_batch("PRAGMA writable_schema = RESET").map_err(Failure::from)?;
        for (_, sql) in &views {
            tx.execute_batch(sql).map_err(Failure::from)?;
        }
        tx.commit().map_err(Failure::from)?;
    }
    Ok(())
}

/// Whether a file has taken all steps, and no more.
pub(super) fn present(db: &Connection) -> Result<(), OpenError> {
    let version: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(Failure::from)?;
    match usize::try_from(version).unwrap_or(usize::MAX).cmp(&STEPS.len()) {
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(OpenError::Newer { found: version, known: STEPS.len() }),
        Ordering::Less => Err(OpenError::Failed(String::from("an older release wrote it: start a server on it first"))),
    }
}

/// Tables and indexes that are not as the steps make them, in a file that has taken them all. Views hold nothing and are
/// made anew when a store is opened; what somebody added is theirs.
pub(super) fn altered(db: &Connection) -> Result<Vec<String>, OpenError> {
    let version: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(Failure::from)?;
    if usize::try_from(version) != Ok(STEPS.len()) {
        return Ok(Vec::new());
    }
    let mut model = Connection::open_in_memory().map_err(Failure::from)?;
    migrate(&mut model)?;
    let found = definitions(db, "type <> 'view'")?;
    let wanted = definitions(&model, "type <> 'view'")?;
    let altered = wanted.iter().filter(|definition| !found.contains(definition));
    Ok(altered.map(|(name, _)| String::from_utf8_lossy(name).into_owned()).collect())
}

/// A name and what was said to define it. As bytes: when damaged it may be no text at all.
type Definition = (Vec<u8>, Vec<u8>);

/// Sorted by name.
fn definitions(db: &Connection, which: &str) -> Result<Vec<Definition>, Failure> {
    let sql = format!(
        "SELECT CAST(name AS BLOB), CAST(ifnull(sql, '') AS BLOB) FROM sqlite_schema WHERE {which} ORDER BY name"
    );
    let mut statement = db.prepare(&sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Plain names for people who open the file with their own tools, in the order of their names. Secrets are left out.
fn views() -> Vec<(String, String)> {
    let time = |column: &str| format!("strftime('%Y-%m-%dT%H:%M:%fZ', {column} / 1000000.0, 'unixepoch') AS {column}");
    let mut views = vec![(
        String::from("changes"),
        format!(
            "CREATE VIEW changes AS SELECT part >> 20 AS tenant, part, number, kind, id, version, {}, dialect, operation, \
             credential, client, request_id, fields FROM change",
            time("at")
        ),
    )];
    for (name, kind) in [
        ("attachments", Kind::Attachment),
        ("categories", Kind::Category),
        ("companies", Kind::Company),
        ("customers", Kind::Customer),
        ("messages", Kind::Message),
        ("priorities", Kind::Priority),
        ("tickets", Kind::Ticket),
    ] {
        let mut sql = format!("CREATE VIEW {name} AS SELECT id, part >> 20 AS tenant, version");
        for &field in kind.fields() {
            if field.shape() == domain::Shape::Secret {
                continue;
            }
            let plain = field.name().replace('.', "_");
            let _ = match columns(kind).iter().find(|(_, shown)| *shown == field) {
                Some((column, _)) => write!(sql, ", {column}"),
                None if field.shape() == domain::Shape::Time => {
                    write!(
                        sql,
                        ", strftime('%Y-%m-%dT%H:%M:%fZ', json_extract(body, '$.{plain}') / 1000000.0, 'unixepoch') AS {plain}"
                    )
                }
                None => write!(sql, ", json_extract(body, '$.\"{}\"') AS {plain}", field.name()),
            };
        }
        if kind == Kind::Customer {
            for number in 1..=domain::field::CUSTOM_FIELDS {
                let name = Field::Extra(number).name();
                let _ = write!(sql, ", json_extract(body, '$.{name}') AS {name}");
            }
        }
        let secrets = kind.fields().iter().filter(|field| field.shape() == domain::Shape::Secret);
        let body =
            secrets.fold(String::from("body"), |body, field| format!("json_remove({body}, '$.{}')", field.name()));
        let _ = write!(
            sql,
            ", {}, {}, updated_by, {body} AS body FROM \"{}\"",
            time("created_at"),
            time("updated_at"),
            kind.name()
        );
        views.push((name.to_owned(), sql));
    }
    views
}
