//! Examines a store for damage: every checksum, the chain of every part, every unique value and counter.

use domain::{Kind, Record};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

use super::anchor::Note;
use super::cross_check::CrossCheck;
use super::history;
use super::open::FILE;
use super::table::{Statements, read};
use super::{Failure, OpenError, migrate};
use crate::report::Report;
use crate::seal::{FIRST_LINK, Link};

/// Examines the store of a folder, which a server may have open: it reads one snapshot and writes nothing.
///
/// # Errors
/// When the file cannot be opened or read at all.
pub fn examine(folder: &Path) -> Result<Report, OpenError> {
    let path = folder.join(FILE);
    if !path.is_file() {
        return Err(OpenError::Failed(format!("there is no store in {}", folder.display())));
    }
    let note = Note::read(folder);
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(Failure::from)?;
    db.pragma_update(None, "query_only", true).map_err(Failure::from)?;
    // The log of a store that was not closed stays as it is.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(Failure::from)?;
    db.execute_batch("BEGIN").map_err(Failure::from)?;
    let engine = format!("SQLite {}", rusqlite::version());
    let mut report = Report { engine, ..Report::default() };
    if let Err(failure) = integrity(&db, &mut report) {
        report.find("file", &failure);
    }
    match migrate::altered(&db) {
        Ok(names) => names.iter().for_each(|name| report.find(format!("definition of {name}"), &"it was altered")),
        Err(failure) => report.find("definitions", &failure),
    }
    let mut cross = CrossCheck::default();
    for kind in Kind::ALL {
        if let Err(failure) = records(&db, kind, &mut cross, &mut report) {
            report.find(format!("table {}", kind.name()), &failure);
        }
    }
    match cross.rest(&db) {
        Ok(wrong) => wrong.into_iter().for_each(|(what, why)| report.find(what, &why)),
        Err(failure) => report.find("unique values and counters", &failure),
    }
    if let Err(failure) = chain(&db, &mut report) {
        report.find("history", &failure);
    }
    if let Some(lost) = note.lost(&db).unwrap_or_else(|failure| Some(failure.to_string())) {
        report.find("history", &lost);
    }
    Ok(report)
}

fn integrity(db: &Connection, report: &mut Report) -> Result<(), Failure> {
    let mut statement = db.prepare("PRAGMA integrity_check(100)")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let line: String = row.get(0)?;
        if line != "ok" {
            report.find("file", &line);
        }
    }
    Ok(())
}

fn records(db: &Connection, kind: Kind, cross: &mut CrossCheck, report: &mut Report) -> Result<(), Failure> {
    let mut statement = db.prepare(&Statements::new(kind).select_columns)?;
    let mut history = db.prepare("SELECT kind, id, version FROM change WHERE part = ?1 AND number = ?2")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        report.records += 1;
        let record = match read(kind, row) {
            Ok(record) => record,
            Err(failure) => {
                report.find(format!("{} {}", kind.name(), row.get::<_, i64>(1).unwrap_or(0)), &failure);
                continue;
            }
        };
        let last = history.query_row((record.part.0, record.last_change), |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        });
        if kind.has_history() && last != Ok((kind.name().to_owned(), record.id, record.version.cast_signed())) {
            report.find(name(&record), &"its last change is not the one it names");
        }
        for why in cross.record(db, &record)? {
            report.find(name(&record), &why);
        }
    }
    Ok(())
}

fn name(record: &Record) -> String {
    format!("{} {}", record.kind.name(), record.id)
}

fn chain(db: &Connection, report: &mut Report) -> Result<(), Failure> {
    let mut statement = db.prepare(&format!("{} ORDER BY part, number", history::SELECT))?;
    let mut rows = statement.query([])?;
    let mut at: Option<(i64, i64, Link)> = None;
    while let Some(row) = rows.next()? {
        report.changes += 1;
        let stored = match history::read(row) {
            Ok(stored) => stored,
            Err(failure) => {
                let (part, number) = (row.get::<_, i64>(0).unwrap_or(0), row.get::<_, i64>(1).unwrap_or(0));
                report.find(format!("change {number} of part {part}"), &failure);
                at = None;
                continue;
            }
        };
        let change = &stored.change;
        let what = || format!("change {} of part {}", change.number, change.part.0);
        let (number, before) = match at {
            Some((part, number, before)) if part == change.part.0 => (number, Some(before)),
            Some(_) => (0, Some(FIRST_LINK)),
            None => (change.number - 1, (change.number == 1).then_some(FIRST_LINK)),
        };
        if change.number != number + 1 {
            report.find(what(), &format!("changes {} to {} before it are missing", number + 1, change.number - 1));
        } else if before.is_some_and(|before| !stored.follows(&before)) {
            report.find(what(), &"its link does not fit the one before it");
        }
        if !stored.is_sealed() {
            report.find(what(), &"its values are not the ones that were written");
        }
        at = Some((change.part.0, change.number, stored.link));
    }
    Ok(())
}
