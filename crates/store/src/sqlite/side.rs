//! An embedded store as one side of a move.

use domain::record::Part;
use domain::{Kind, Record};
use rusqlite::{Connection, OptionalExtension as _, Row};
use std::collections::BTreeMap;
use std::path::Path;

use super::open::{FILE, connect};
use super::table::{Tables, read};
use super::transfer::exists;
use super::{Failure, history, migrate};
use crate::ledger::{Head, StoredChange};
use crate::seal::Link;
use crate::table::place;
use crate::transfer::{At, Chunk, Owned, PAGE, Result, Side, Sum, Touch};

/// The store of a folder. A server may have it open, as long as nothing is written here.
pub(crate) struct FolderSide {
    db: Connection,
    tables: Tables,
}

impl FolderSide {
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        exists(folder)?;
        let db = connect(&folder.join(FILE), true)?;
        migrate::present(&db)?;
        Ok(Self { db, tables: Tables::new() })
    }
}

fn rows<T>(
    db: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
    take: impl Fn(&Row<'_>) -> std::result::Result<T, Failure>,
) -> Result<Vec<T>> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    let mut taken = Vec::new();
    while let Some(row) = rows.next()? {
        taken.push(take(row)?);
    }
    Ok(taken)
}

impl Side for FolderSide {
    fn begin(&mut self) -> Result<()> {
        Ok(self.db.execute_batch("BEGIN")?)
    }

    fn hold(&mut self) -> Result<()> {
        Ok(self.db.execute_batch("BEGIN IMMEDIATE")?)
    }

    fn analyze(&mut self) -> Result<()> {
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        Ok(self.db.execute_batch("COMMIT")?)
    }

    fn heads(&mut self) -> Result<BTreeMap<Part, Head>> {
        // From part to part, not through all changes.
        let (mut heads, mut after) = (BTreeMap::new(), -1_i64);
        let sql = "SELECT part FROM change WHERE part > ?1 ORDER BY part LIMIT 1";
        while let Some(part) = self.db.prepare_cached(sql)?.query_row([after], |row| row.get(0)).optional()? {
            heads.extend(history::end(&self.db, Part(part))?.map(|head| (Part(part), head)));
            after = part;
        }
        Ok(heads)
    }

    fn link(&mut self, part: Part, number: i64) -> Result<Option<Link>> {
        let sql = "SELECT link FROM change WHERE part = ?1 AND number = ?2";
        Ok(self.db.prepare_cached(sql)?.query_row((part.0, number), |row| row.get(0)).optional()?)
    }

    fn changes(&mut self, part: Part, after: i64) -> Result<Vec<StoredChange>> {
        let sql = format!("{} WHERE part = ?1 AND number > ?2 ORDER BY number LIMIT ?3", history::SELECT);
        rows(&self.db, &sql, (part.0, after, PAGE), history::read)
    }

    fn touched(&mut self, part: Part, after: i64, to: i64) -> Result<Vec<Touch>> {
        let sql = "SELECT kind, id, number, previous, salt IS NULL FROM change \
                   WHERE part = ?1 AND number > ?2 AND number <= ?3 ORDER BY number";
        rows(&self.db, sql, (part.0, after, to), |row| {
            let kind: String = row.get(0)?;
            let kind = Kind::named(&kind).ok_or_else(|| Failure::Damaged(format!("unknown kind {kind}")))?;
            let (id, number, previous, is_blank) = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
            Ok(Touch { kind, id, number, previous, is_blank })
        })
    }

    fn is_blank(&mut self, part: Part, number: i64) -> Result<bool> {
        let sql = "SELECT salt IS NULL FROM change WHERE part = ?1 AND number = ?2";
        let found = self.db.prepare_cached(sql)?.query_row((part.0, number), |row| row.get(0)).optional()?;
        Ok(found.unwrap_or(false))
    }

    fn page(&mut self, kind: Kind, after: Option<At>) -> Result<Vec<Record>> {
        let select = &self.tables.of(kind)?.select_columns;
        let sql = format!("{select} WHERE place > ?1 ORDER BY place LIMIT ?2");
        let after = after.map_or(i64::MIN, |(part, id)| place(part, id));
        rows(&self.db, &sql, (after, PAGE), |row| read(kind, row))
    }

    fn find(&mut self, kind: Kind, places: &[At]) -> Result<Vec<Record>> {
        let mut found = Vec::new();
        for (part, id) in places {
            found.extend(self.tables.find(&self.db, kind, *part, *id)?);
        }
        Ok(found)
    }

    fn marks(&mut self, kind: Kind) -> Result<BTreeMap<At, i64>> {
        let sql = format!("SELECT part, id, checksum FROM \"{}\"", kind.name());
        let marks = rows(&self.db, &sql, [], |row| Ok(((Part(row.get(0)?), row.get(1)?), row.get(2)?)))?;
        Ok(marks.into_iter().collect())
    }

    fn chunks(&mut self, (part, id): At) -> Result<Vec<Chunk>> {
        let sql = "SELECT number, bytes, checksum FROM attachment_content WHERE place = ?1 ORDER BY number";
        rows(&self.db, sql, [place(part, id)], |row| {
            Ok(Chunk { number: row.get(0)?, bytes: row.get(1)?, checksum: row.get(2)? })
        })
    }

    fn counters(&mut self) -> Result<BTreeMap<(i64, String), i64>> {
        let counters = rows(&self.db, "SELECT part, kind, next FROM counter", [], |row| {
            Ok(((row.get(0)?, row.get(1)?), row.get(2)?))
        })?;
        Ok(counters.into_iter().collect())
    }

    fn sums(&mut self) -> Result<Vec<Sum>> {
        let mut sums = Vec::new();
        let checksums = "count(*), ifnull(sum(checksum & 4294967295), 0), ifnull(sum(checksum >> 32), 0)";
        for kind in Kind::ALL {
            sums.push(format!("SELECT {checksums} FROM \"{}\"", kind.name()));
        }
        let keys = "SELECT count(*), ifnull(sum(owner_id), 0), ifnull(sum(owner_part), 0) FROM unique_key";
        sums.push(String::from(keys));
        sums.push(format!("SELECT {checksums} FROM attachment_content"));
        let read = |sql: &String| self.db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        Ok(sums.iter().map(read).collect::<std::result::Result<_, _>>()?)
    }

    fn append(&mut self, _: Part, changes: &[StoredChange]) -> Result<()> {
        Ok(changes.iter().try_for_each(|stored| history::insert(&self.db, stored))?)
    }

    fn save(&mut self, _: Kind, records: &[(&Record, u64)]) -> Result<()> {
        Ok(records.iter().try_for_each(|(record, stored)| self.tables.save(&self.db, record, *stored))?)
    }

    fn remove(&mut self, kind: Kind, places: &[At]) -> Result<()> {
        Ok(places.iter().try_for_each(|(part, id)| self.tables.remove(&self.db, (kind, *part, *id)))?)
    }

    fn free(&mut self, keys: &[Owned]) -> Result<()> {
        let sql = "DELETE FROM unique_key \
                   WHERE part = ?1 AND space = ?2 AND value = ?3 AND owner_part = ?4 AND owner_id = ?5";
        let mut statement = self.db.prepare_cached(sql)?;
        for (key, (part, id)) in keys {
            statement.execute((key.part.0, key.space.number(), &key.text, part.0, id))?;
        }
        Ok(())
    }

    fn take(&mut self, keys: &[Owned]) -> Result<()> {
        let sql = "INSERT INTO unique_key (part, space, value, owner_part, owner_id) VALUES (?1, ?2, ?3, ?4, ?5) \
                   ON CONFLICT (part, space, value) \
                   DO UPDATE SET owner_part = excluded.owner_part, owner_id = excluded.owner_id";
        let mut statement = self.db.prepare_cached(sql)?;
        for (key, (part, id)) in keys {
            statement.execute((key.part.0, key.space.number(), &key.text, part.0, id))?;
        }
        Ok(())
    }

    fn erase(&mut self, part: Part, number: i64) -> Result<()> {
        Ok(history::erase(&self.db, part, number)?)
    }

    fn put_chunks(&mut self, (part, id): At, chunks: &[Chunk]) -> Result<()> {
        let place = place(part, id);
        self.db.prepare_cached("DELETE FROM attachment_content WHERE place = ?1")?.execute([place])?;
        let sql = "INSERT INTO attachment_content (place, number, bytes, checksum) VALUES (?1, ?2, ?3, ?4)";
        let mut statement = self.db.prepare_cached(sql)?;
        for Chunk { number, bytes, checksum } in chunks {
            statement.execute((place, number, bytes, checksum))?;
        }
        Ok(())
    }

    fn count(&mut self, part: i64, kind: &str, next: i64) -> Result<()> {
        let sql = "INSERT INTO counter (part, kind, next) VALUES (?1, ?2, ?3) \
                   ON CONFLICT (part, kind) DO UPDATE SET next = excluded.next";
        self.db.prepare_cached(sql)?.execute((part, kind, next))?;
        Ok(())
    }

    /// All that is written is one transaction, and the folder is locked: nothing has to be noted.
    fn note(&mut self, _: &str) -> Result<()> {
        Ok(())
    }
}
