//! A shared store as one side of a move.

use domain::record::Part;
use domain::{Kind, Record};
use std::collections::BTreeMap;

use super::connect::Address;
use super::history::{self, Bytes, COLUMNS};
use super::list::storable;
use super::session::Query;
use super::transfer::{Waiting, occupied};
use super::{Failure, migrate, table};
use crate::ledger::{Head, StoredChange};
use crate::seal::Link;
use crate::transfer::{At, Chunk, Owned, PAGE, Result, Side, Sum, Touch, TransferError};

/// The store of a database.
pub(crate) struct DatabaseSide {
    address: Address,
    waiting: Waiting,
}

/// The name under which the last backup is noted.
const BACKUP: &str = "backup";

/// Notes something about the last backup of the store of a database.
pub(crate) fn note_backup(address: &Address, text: &str) -> Result<()> {
    DatabaseSide::of(address)?.write_note(BACKUP, text)
}

/// What is noted about it.
pub(crate) fn noted_backup(address: &Address) -> Result<Option<String>> {
    DatabaseSide::of(address)?.noted(BACKUP)
}

/// What is in a database that is to be filled.
pub(crate) enum Found {
    /// Nothing.
    Empty,
    /// A part of a store, and the note of how far that move came.
    Part(String),
    /// The store that was moved back from here.
    Left,
}

/// The name under which a move that goes on notes how far it is. Where that is noted no server opens the store.
pub(super) const MOVING: &str = "moving";
/// The name under which it is noted where the store has gone.
pub(super) const LEFT: &str = "left";

impl DatabaseSide {
    /// The store of a database, which no server may be at work on.
    pub(crate) fn of(address: &Address) -> Result<Self> {
        let waiting = Waiting::start(address)?;
        if waiting.taken()? != migrate::present() {
            let text = format!("{} holds no store of this release: start a server on it first", address.place());
            return Err(TransferError::Place(text));
        }
        Ok(Self { address: address.clone(), waiting })
    }

    /// A database that is to be filled, and what is in it.
    pub(crate) fn filled(address: &Address) -> Result<(Self, Found)> {
        let waiting = Waiting::start(address)?;
        waiting.bring_up(address)?;
        let side = Self { address: address.clone(), waiting };
        let found = match (side.noted(MOVING)?, side.noted(LEFT)?) {
            (Some(note), _) => Found::Part(note),
            (None, Some(_)) => Found::Left,
            (None, None) if side.waiting.is_filled()? || side.noted("filling")?.is_some() => {
                return Err(occupied(address));
            }
            (None, None) => Found::Empty,
        };
        // The last commit of the move waits for the disk, and with it all that went before.
        side.waiting.simple("SET synchronous_commit TO off")?;
        Ok((side, found))
    }

    fn noted(&self, name: &str) -> Result<Option<String>> {
        let sql = "SELECT owner FROM lease WHERE name = $1::text";
        let rows = self.waiting.rows(Query::new(sql).with(name.to_owned()))?;
        Ok(rows.first().map(|row| row.try_get(0)).transpose()?)
    }

    fn write_note(&self, name: &str, text: &str) -> Result<()> {
        let sql = "INSERT INTO lease (name, owner, expires_at) VALUES ($1::text, $2::text, 'infinity') \
                   ON CONFLICT (name) DO UPDATE SET owner = excluded.owner";
        self.waiting.execute(&Query::new(sql).with(name.to_owned()).with(text.to_owned())).map(drop)
    }

    /// All that was written is on the disk when this returns.
    pub(crate) fn flush(&mut self) -> Result<()> {
        self.waiting.simple("SET synchronous_commit TO on")?;
        let sql = "UPDATE lease SET owner = owner WHERE name = 'moving'";
        self.waiting.execute(&Query::new(sql)).map(drop)
    }

    /// Lets servers open it.
    pub(crate) fn open_up(&self) -> Result<()> {
        let sql = "DELETE FROM lease WHERE name IN ('moving', 'left')";
        self.waiting.execute(&Query::new(sql)).map(drop)
    }

    /// Notes where the store has gone: no server opens it here any more.
    pub(crate) fn leave(&self, folder: &str) -> Result<()> {
        self.write_note(LEFT, folder)
    }
}

impl Side for DatabaseSide {
    fn begin(&mut self) -> Result<()> {
        self.waiting.simple("BEGIN ISOLATION LEVEL REPEATABLE READ")
    }

    /// Only who is alone on it asks for that.
    fn hold(&mut self) -> Result<()> {
        self.begin()
    }

    fn analyze(&mut self) -> Result<()> {
        self.waiting.simple("ANALYZE")
    }

    fn commit(&mut self) -> Result<()> {
        self.waiting.simple("COMMIT")
    }

    fn heads(&mut self) -> Result<BTreeMap<Part, Head>> {
        let rows = self.waiting.rows(Query::new("SELECT part, number, link FROM head WHERE number > 0"))?;
        let head = |row: &tokio_postgres::Row| {
            Ok((Part(row.try_get(0)?), (row.try_get(1)?, row.try_get::<_, Bytes<32>>(2)?.0)))
        };
        rows.iter().map(head).collect()
    }

    fn link(&mut self, part: Part, number: i64) -> Result<Option<Link>> {
        let sql = "SELECT link FROM change WHERE part = $1::bigint AND number = $2::bigint";
        let rows = self.waiting.rows(Query::new(sql).with(part.0).with(number))?;
        Ok(rows.first().map(|row| row.try_get::<_, Bytes<32>>(0)).transpose()?.map(|link| link.0))
    }

    fn changes(&mut self, part: Part, after: i64) -> Result<Vec<StoredChange>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM change AS c WHERE c.part = $1::bigint AND c.number > $2::bigint \
             ORDER BY c.number LIMIT $3::bigint"
        );
        let rows = self.waiting.rows(Query::new(sql).with(part.0).with(after).with(PAGE))?;
        Ok(rows.iter().map(history::read).collect::<std::result::Result<_, Failure>>()?)
    }

    fn touched(&mut self, part: Part, after: i64, to: i64) -> Result<Vec<Touch>> {
        let sql = "SELECT kind, id, number, previous, salt IS NULL FROM change \
                   WHERE part = $1::bigint AND number > $2::bigint AND number <= $3::bigint ORDER BY number";
        let rows = self.waiting.rows(Query::new(sql).with(part.0).with(after).with(to))?;
        let touch = |row: &tokio_postgres::Row| {
            let kind: &str = row.try_get(0)?;
            let kind = Kind::named(kind).ok_or_else(|| Failure::Damaged(format!("unknown kind {kind}")))?;
            let (id, number, previous) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
            Ok(Touch { kind, id, number, previous, is_blank: row.try_get(4)? })
        };
        rows.iter().map(touch).collect()
    }

    fn is_blank(&mut self, part: Part, number: i64) -> Result<bool> {
        let sql = "SELECT salt IS NULL FROM change WHERE part = $1::bigint AND number = $2::bigint";
        let rows = self.waiting.rows(Query::new(sql).with(part.0).with(number))?;
        Ok(rows.first().map_or(Ok(false), |row| row.try_get(0))?)
    }

    fn page(&mut self, kind: Kind, after: Option<At>) -> Result<Vec<Record>> {
        let sql = format!(
            "SELECT {} FROM \"{}\" AS t WHERE (t.part, t.id) > ($1::bigint, $2::bigint) ORDER BY t.part, t.id \
             LIMIT $3::bigint",
            table::SHARED,
            kind.name()
        );
        let (part, id) = after.unwrap_or((Part(-1), -1));
        let rows = self.waiting.rows(Query::new(sql).with(part.0).with(id).with(PAGE))?;
        Ok(rows.iter().map(|row| table::read(kind, row)).collect::<std::result::Result<_, _>>()?)
    }

    fn find(&mut self, kind: Kind, places: &[At]) -> Result<Vec<Record>> {
        let places: Vec<_> = places.iter().map(|(part, id)| (kind, *part, *id)).collect();
        let rows = self.waiting.rows(table::select(kind, &places))?;
        Ok(rows.iter().map(|row| table::read(kind, row)).collect::<std::result::Result<_, _>>()?)
    }

    fn marks(&mut self, kind: Kind) -> Result<BTreeMap<At, i64>> {
        let rows = self.waiting.rows(Query::new(format!("SELECT part, id, checksum FROM \"{}\"", kind.name())))?;
        rows.iter().map(|row| Ok(((Part(row.try_get(0)?), row.try_get(1)?), row.try_get(2)?))).collect()
    }

    fn chunks(&mut self, (part, id): At) -> Result<Vec<Chunk>> {
        let sql = "SELECT number, bytes, checksum FROM attachment_content \
                   WHERE part = $1::bigint AND id = $2::bigint ORDER BY number";
        let rows = self.waiting.rows(Query::new(sql).with(part.0).with(id))?;
        let chunk = |row: &tokio_postgres::Row| {
            Ok(Chunk { number: row.try_get(0)?, bytes: row.try_get(1)?, checksum: row.try_get(2)? })
        };
        rows.iter().map(chunk).collect()
    }

    fn counters(&mut self) -> Result<BTreeMap<(i64, String), i64>> {
        let rows = self.waiting.rows(Query::new("SELECT part, kind, next FROM counter"))?;
        rows.iter().map(|row| Ok(((row.try_get(0)?, row.try_get(1)?), row.try_get(2)?))).collect()
    }

    fn sums(&mut self) -> Result<Vec<Sum>> {
        self.waiting.simple("SET LOCAL enable_seqscan TO on")?;
        let checksums = "count(*), coalesce(sum(checksum & 4294967295), 0)::bigint, \
                         coalesce(sum(checksum >> 32), 0)::bigint";
        let mut sums: Vec<_> =
            Kind::ALL.iter().map(|kind| format!("SELECT {checksums} FROM \"{}\"", kind.name())).collect();
        let keys =
            "SELECT count(*), coalesce(sum(owner_id), 0)::bigint, coalesce(sum(owner_part), 0)::bigint FROM unique_key";
        sums.push(String::from(keys));
        sums.push(format!("SELECT {checksums} FROM attachment_content"));
        let mut found = Vec::new();
        for sql in sums {
            for row in self.waiting.rows(Query::new(sql))? {
                found.push((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
            }
        }
        Ok(found)
    }

    fn append(&mut self, part: Part, changes: &[StoredChange]) -> Result<()> {
        let Some(last) = changes.last() else { return Ok(()) };
        self.waiting.execute(&history::insert(changes))?;
        let sql = "INSERT INTO head (part, number, link) VALUES ($1::bigint, $2::bigint, $3::bytea) \
                   ON CONFLICT (part) DO UPDATE SET number = excluded.number, link = excluded.link";
        let query = Query::new(sql).with(part.0).with(last.change.number).with(last.link.to_vec());
        self.waiting.execute(&query).map(drop)
    }

    fn save(&mut self, kind: Kind, records: &[(&Record, u64)]) -> Result<()> {
        for new in [true, false] {
            let rows: Vec<_> = records.iter().filter(|(_, stored)| (*stored == 0) == new).copied().collect();
            if !rows.is_empty() && self.waiting.execute(&table::save(kind, &rows, new)?)? != rows.len() as u64 {
                return Err(TransferError::Place(format!("somebody else writes to {}", self.address.place())));
            }
        }
        Ok(())
    }

    fn remove(&mut self, kind: Kind, places: &[At]) -> Result<()> {
        let places: Vec<_> = places.iter().map(|(part, id)| (kind, *part, *id)).collect();
        self.waiting.execute(&table::remove(kind, &places)).map(drop)
    }

    fn free(&mut self, keys: &[Owned]) -> Result<()> {
        let sql = "DELETE FROM unique_key AS k USING unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], \
                   $5::bigint[]) AS x (part, space, value, owner_part, owner_id) \
                   WHERE k.part = x.part AND k.space = x.space AND k.value = x.value \
                   AND k.owner_part = x.owner_part AND k.owner_id = x.owner_id";
        self.waiting.execute(&bind(sql, keys)).map(drop)
    }

    fn take(&mut self, keys: &[Owned]) -> Result<()> {
        let sql = "INSERT INTO unique_key (part, space, value, owner_part, owner_id) \
                   SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[]) \
                   ON CONFLICT (part, space, value) \
                   DO UPDATE SET owner_part = excluded.owner_part, owner_id = excluded.owner_id";
        self.waiting.execute(&bind(sql, keys)).map(drop)
    }

    fn erase(&mut self, part: Part, number: i64) -> Result<()> {
        self.waiting.erase(part, number)
    }

    fn put_chunks(&mut self, (part, id): At, chunks: &[Chunk]) -> Result<()> {
        let sql = "DELETE FROM attachment_content WHERE part = $1::bigint AND id = $2::bigint";
        self.waiting.execute(&Query::new(sql).with(part.0).with(id))?;
        let sql = "INSERT INTO attachment_content (part, id, number, bytes, checksum) \
                   VALUES ($1::bigint, $2::bigint, $3::bigint, $4::bytea, $5::bigint)";
        for Chunk { number, bytes, checksum } in chunks {
            let query = Query::new(sql).with(part.0).with(id).with(*number).with(bytes.clone()).with(*checksum);
            self.waiting.execute(&query)?;
        }
        Ok(())
    }

    fn count(&mut self, part: i64, kind: &str, next: i64) -> Result<()> {
        let sql = "INSERT INTO counter (part, kind, next) VALUES ($1::bigint, $2::text, $3::bigint) \
                   ON CONFLICT (part, kind) DO UPDATE SET next = excluded.next";
        self.waiting.execute(&Query::new(sql).with(part).with(kind.to_owned()).with(next)).map(drop)
    }

    fn note(&mut self, text: &str) -> Result<()> {
        self.write_note(MOVING, text)
    }
}

fn bind(sql: &str, keys: &[Owned]) -> Query {
    Query::new(sql)
        .with(keys.iter().map(|(key, _)| key.part.0).collect::<Vec<_>>())
        .with(keys.iter().map(|(key, _)| key.space.number()).collect::<Vec<_>>())
        .with(keys.iter().map(|(key, _)| storable(&key.text)).collect::<Vec<_>>())
        .with(keys.iter().map(|(_, (part, _))| part.0).collect::<Vec<_>>())
        .with(keys.iter().map(|(_, (_, id))| *id).collect::<Vec<_>>())
}
