//! Who may open a file, and which.

use super::Sqlite;
use crate::suite::{Bed, Engine, ONE, Seeded, set};
use domain::filter::{Condition, Selection, Test};
use domain::operation::{Deleted, ListRecords, Load, NewRecord};
use domain::{Field, Kind, Value};
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{OpenError, Options, SqliteStore, sqlite};
use tempfile::TempDir;

fn open(folder: &Path) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(&Options { durable: false, readers: 1, ..Options::new(folder, Arc::new(Seeded::new(1))) })
}

fn refused(folder: &Path) -> OpenError {
    open(folder).map(drop).expect_err("it is refused")
}

#[test]
fn one_server_at_a_time() {
    let folder = TempDir::new().unwrap();
    let first = open(folder.path()).unwrap();
    for _ in 0..3 {
        let error = refused(folder.path());
        assert!(matches!(error, OpenError::InUse { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains(&format!("(process {})", std::process::id())), "{text}");
        assert!(text.contains(&folder.path().display().to_string()), "{text}");
    }
    // Another name of the folder is the same folder.
    let alias = folder.path().join("../").join(folder.path().file_name().unwrap());
    assert!(matches!(refused(&alias), OpenError::InUse { .. }));
    drop(first);
    drop(open(folder.path()).unwrap());
}

#[test]
fn a_file_that_another_program_writes_is_refused() {
    let folder = TempDir::new().unwrap();
    drop(open(folder.path()).unwrap());
    let other = Connection::open(folder.path().join("samerow.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let started = Instant::now();
    let error = refused(folder.path());
    assert!(matches!(&error, OpenError::Failed(why) if why.contains("locked")), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(20));
    other.execute_batch("ROLLBACK").unwrap();
    drop(open(folder.path()).unwrap());
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    drop(open(folder.path()).unwrap());
    let db = Connection::open(folder.path().join("samerow.db")).unwrap();
    let known: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    for newer in [known + 1, 99, i64::from(i32::MAX), -1] {
        db.pragma_update(None, "user_version", newer).unwrap();
        match refused(folder.path()) {
            OpenError::Newer { found, known: ours } => assert_eq!((found, ours as i64), (newer, known)),
            other => panic!("{other:?}"),
        }
        assert_eq!(db.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)).unwrap(), newer);
    }
    db.pragma_update(None, "user_version", known).unwrap();
    drop(open(folder.path()).unwrap());
}

#[test]
fn an_empty_file_and_a_missing_folder_become_a_store() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("a/b c/ø");
    drop(open(&missing).unwrap());
    let mut engine = Sqlite::<false>::new();
    fs::write(engine.file(), b"").unwrap();
    let mut bed = Bed::at(engine);
    bed.desk(ONE).create(vec![set(Field::City, "Oslo")]).unwrap();
    bed.reopen();
    assert_eq!(bed.desk(ONE).read(1).unwrap().text(Field::City), "Oslo");
    bed.end();
    // Opening twice migrates nothing twice.
    engine = Sqlite::new();
    drop(engine.open());
    let schema = |engine: &Sqlite<false>| {
        let sql = "SELECT group_concat(sql) FROM sqlite_schema";
        engine.sql().query_row(sql, [], |row| row.get::<_, String>(0)).unwrap()
    };
    let first = schema(&engine);
    drop(engine.open());
    assert_eq!(schema(&engine), first);
}

#[test]
fn what_is_no_store_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("samerow.db");
    let text = b"Dear diary, this is no database at all. ".repeat(200);
    fs::write(&file, &text).unwrap();
    assert!(matches!(refused(folder.path()), OpenError::Failed(_)));
    assert!(fs::read(&file).unwrap() == text);
    assert!(matches!(refused(&file), OpenError::Folder { .. }), "a file is no folder");
    let empty = TempDir::new().unwrap();
    assert!(sqlite::examine(empty.path()).is_err());
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0, "an examination makes nothing");
}

#[test]
fn an_open_store_can_be_examined() {
    let bed = Bed::<Sqlite<true>>::new();
    for _ in 0..50 {
        bed.desk(ONE).create(vec![set(Field::City, "Oslo")]).unwrap();
    }
    assert_eq!(bed.engine().examine(), Vec::<String>::new());
    bed.desk(ONE).update(7, vec![set(Field::City, "Rome")]).unwrap();
    bed.end();
}

#[test]
fn the_linked_sqlite_has_no_known_way_to_corrupt() {
    // 3.7.0 to 3.51.2 can corrupt a file when two connections meet at the end of its log.
    assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
}

#[test]
fn nobody_else_may_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("new");
    let store = open(&folder).unwrap();
    let rights = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(rights(&folder), 0o700);
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(rights(&path) & 0o077, 0, "{}", path.display());
    }
    drop(store);
}

#[test]
fn a_store_of_the_first_schema_is_brought_to_the_present_one() {
    let mut bed = Bed::<Sqlite<false>>::new();
    let desk = bed.desk(ONE);
    let record = |kind, id, values: Vec<(Field, Value)>| NewRecord { kind, id, values };
    let category = record(Kind::Category, 3, vec![(Field::Name, "General".into())]);
    let values = vec![(Field::Title, "old".into()), (Field::CategoryId, 3.into()), (Field::External, true.into())];
    desk.run(Load { records: vec![category, record(Kind::Ticket, 500, values)] }).unwrap();
    bed.close();
    let back = "DROP TABLE wsdl; DROP TABLE account; DROP TABLE audit_entry; DROP INDEX customer_merged; DROP VIEW customers; ALTER TABLE customer DROP COLUMN merged_into; DROP INDEX answer_about; ALTER TABLE answer DROP COLUMN about; DROP TABLE token; DROP TABLE webhook; DROP TABLE delivery; DROP TABLE dead_letter; DROP TABLE language; DROP TABLE extra_table; DROP TABLE extra_row; DROP TABLE notification;
        DROP TABLE notification_reader; DROP VIEW attachments; DROP VIEW tickets; DROP TABLE attachment; DROP TABLE attachment_content;
        DROP INDEX ticket_of_owner; ALTER TABLE ticket DROP COLUMN owner; ALTER TABLE ticket DROP COLUMN category;
        ALTER TABLE ticket DROP COLUMN priority; ALTER TABLE ticket DROP COLUMN external;
        UPDATE ticket SET ticket_status = NULL; PRAGMA user_version = 1";
    bed.engine().sql().execute_batch(back).unwrap();
    bed.reopen();
    let filter = [(Field::CategoryId, 3.into()), (Field::TicketStatus, "open".into()), (Field::External, true.into())];
    let filter = filter.into_iter().map(|(field, value)| Condition::new(field, Test::Is(value))).collect();
    let selection = Selection { filter, limit: 9, ..Selection::default() };
    let list = ListRecords { kind: Kind::Ticket, selection, deleted: Deleted::Hidden };
    assert_eq!(bed.desk(ONE).run(list).unwrap().records.len(), 1);
    bed.end();
}
