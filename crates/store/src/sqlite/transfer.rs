//! A whole embedded store, read at one moment or filled before anybody can open it.

use domain::Kind;
use domain::record::Part;
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::open::{FILE, connect, lock};
use super::table::{Statements, Tables, read};
use super::{Failure, doctor, history, migrate, moved};
use crate::table::place;
use crate::transfer::{Counts, Item, Key, Result, See, Sink, TransferError, judge};

impl From<Failure> for TransferError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Damaged(why) => Self::Damaged(why),
            failure => Self::Place(failure.to_string()),
        }
    }
}

impl From<rusqlite::Error> for TransferError {
    fn from(error: rusqlite::Error) -> Self {
        Failure::from(error).into()
    }
}

/// Keeps servers from opening the store while this is held.
pub(crate) fn alone(folder: &Path) -> Result<File> {
    exists(folder)?;
    Ok(lock(folder)?)
}

pub(super) fn exists(folder: &Path) -> Result<()> {
    if folder.join(FILE).is_file() {
        return Ok(());
    }
    Err(TransferError::Place(format!("there is no store in {}", folder.display())))
}

/// Whether a folder can be filled.
pub(crate) fn empty(folder: &Path) -> Result<()> {
    if folder.join(FILE).exists() {
        return Err(TransferError::Place(format!("there is a store in {} already", folder.display())));
    }
    Ok(())
}

/// Reads all of one moment. A server may have the store open.
pub(crate) fn read_all(folder: &Path, see: See<'_>) -> Result<()> {
    exists(folder)?;
    if moved(folder)?.is_some() {
        let text = format!("the store of {} was moved to a database: name that one", folder.display());
        return Err(TransferError::Place(text));
    }
    let db = Connection::open_with_flags(folder.join(FILE), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.pragma_update(None, "query_only", true)?;
    db.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    migrate::present(&db)?;
    db.execute_batch("BEGIN")?;
    for kind in Kind::ALL {
        let mut statement = db.prepare(&format!("{} ORDER BY place", Statements::new(kind).select_columns))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            see(Item::Record(read(kind, row)?))?;
        }
    }
    let mut statement = db.prepare("SELECT part, space, value, owner_part, owner_id FROM unique_key")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (owner_part, owner_id) = (row.get(3)?, row.get(4)?);
        see(Item::Key(Key { part: row.get(0)?, space: row.get(1)?, value: row.get(2)?, owner_part, owner_id }))?;
    }
    let mut statement = db.prepare("SELECT part, kind, next FROM counter")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        see(Item::Counter(row.get(0)?, row.get(1)?, row.get(2)?))?;
    }
    let mut statement = db.prepare(&format!("{} ORDER BY part, number", history::SELECT))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        see(Item::Change(Box::new(history::read(row)?)))?;
    }
    let sql = "SELECT a.part, a.id, c.number, c.bytes, c.checksum FROM attachment_content AS c \
               JOIN attachment AS a ON a.place = c.place ORDER BY c.place, c.number";
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let place = (Kind::Attachment, Part(row.get(0)?), row.get(1)?);
        see(Item::Chunk(place, row.get(2)?, row.get(3)?, row.get(4)?))?;
    }
    Ok(())
}

/// Where a store grows that is not whole yet.
const GROWING: &str = "samerow.incoming";

/// Rows in one transaction.
const BATCH: u32 = 2_000;

/// A folder that is being filled. Nobody opens it before it is whole; what an earlier attempt left is thrown away.
pub(crate) struct Filling {
    db: Connection,
    tables: Tables,
    folder: PathBuf,
    waiting: u32,
    _lock: File,
}

impl Filling {
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        empty(folder)?;
        fs::create_dir_all(folder)?;
        let lock = lock(folder)?;
        let growing = folder.join(GROWING);
        if growing.exists() {
            fs::remove_dir_all(&growing)?;
        }
        fs::create_dir(&growing)?;
        let mut db = connect(&growing.join(FILE), false)?;
        migrate::migrate(&mut db)?;
        db.execute_batch("BEGIN")?;
        Ok(Self { db, tables: Tables::new(), folder: folder.to_owned(), waiting: 0, _lock: lock })
    }
}

impl Sink for Filling {
    fn put(&mut self, item: Item) -> Result<()> {
        let db = &self.db;
        match item {
            Item::Record(record) => self.tables.save(db, &record, 0)?,
            Item::Key(Key { part, space, value, owner_part, owner_id }) => {
                let sql =
                    "INSERT INTO unique_key (part, space, value, owner_part, owner_id) VALUES (?1, ?2, ?3, ?4, ?5)";
                db.prepare_cached(sql)?.execute((part, space, value, owner_part, owner_id))?;
            }
            Item::Counter(part, kind, next) => {
                let sql = "INSERT INTO counter (part, kind, next) VALUES (?1, ?2, ?3)";
                db.prepare_cached(sql)?.execute((part, kind, next))?;
            }
            Item::Change(stored) => history::insert(db, &stored)?,
            Item::Chunk((_, part, id), number, bytes, checksum) => {
                let sql = "INSERT INTO attachment_content (place, number, bytes, checksum) VALUES (?1, ?2, ?3, ?4)";
                db.prepare_cached(sql)?.execute((place(part, id), number, bytes, checksum))?;
            }
        }
        self.waiting += 1;
        if self.waiting == BATCH {
            self.waiting = 0;
            self.db.execute_batch("COMMIT; BEGIN")?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>, counts: &Counts) -> Result<()> {
        let Self { db, folder, .. } = *self;
        db.execute_batch("COMMIT")?;
        // All of it in the one file, and on the disk.
        db.pragma_update(None, "journal_mode", "DELETE")?;
        drop(db);
        let growing = folder.join(GROWING);
        judge(&doctor::examine(&growing)?, counts)?;
        // The examination left it as a server would.
        let db = connect(&growing.join(FILE), true)?;
        db.pragma_update(None, "journal_mode", "DELETE")?;
        drop(db);
        File::open(growing.join(FILE))?.sync_all()?;
        fs::rename(growing.join(FILE), folder.join(FILE))?;
        fs::remove_dir_all(&growing)?;
        Ok(File::open(&folder)?.sync_all()?)
    }
}
