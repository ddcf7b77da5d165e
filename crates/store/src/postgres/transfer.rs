//! A whole shared store, read at one moment or filled before anybody can open it.

use domain::record::Part;
use domain::{Kind, Record};
use std::collections::BTreeMap;
use tokio::runtime::Runtime;
use tokio_postgres::Row;

use super::connect::{Address, Purpose};
use super::history::{self, COLUMNS};
use super::nodes::nodes;
use super::session::{Query, Session};
use super::{Failure, doctor, migrate, table};
use crate::ledger::{Head, StoredChange};
use crate::transfer::{Counts, Item, Key, Result, See, Sink, TransferError, judge};

/// Rows in one round trip.
const PAGE: i64 = 200;

/// Tables beside those of the kinds that hold what is stored.
const BESIDE: [&str; 5] = ["unique_key", "counter", "head", "change", "attachment_content"];

impl From<Failure> for TransferError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Damaged(why) => Self::Damaged(why),
            failure => Self::Place(failure.to_string()),
        }
    }
}

impl From<tokio_postgres::Error> for TransferError {
    fn from(error: tokio_postgres::Error) -> Self {
        Failure::from(error).into()
    }
}

/// A connection that is waited for.
pub(super) struct Waiting {
    runtime: Runtime,
    session: Session,
}

impl Waiting {
    pub(super) fn start(address: &Address) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let session = runtime.block_on(address.connect(Purpose::Examining));
        let session = session.map_err(|failure| migrate::unreachable(&address.place(), &failure))?;
        Ok(Self { runtime, session })
    }

    pub(super) fn rows(&self, query: Query) -> Result<Vec<Row>> {
        Ok(self.runtime.block_on(self.session.rows(query))?)
    }

    pub(super) fn simple(&self, sql: &str) -> Result<()> {
        Ok(self.runtime.block_on(self.session.simple(sql))?)
    }

    pub(super) fn execute(&self, query: &Query) -> Result<u64> {
        Ok(self.runtime.block_on(self.session.execute([query]))?.first().copied().unwrap_or(0))
    }

    pub(super) fn taken(&self) -> Result<i64> {
        Ok(self.runtime.block_on(migrate::taken(&self.session))?)
    }

    pub(super) fn bring_up(&self, address: &Address) -> Result<()> {
        Ok(self.runtime.block_on(migrate::bring_up(&self.session, &address.place()))?)
    }

    pub(super) fn erase(&self, part: Part, number: i64) -> Result<()> {
        Ok(self.runtime.block_on(history::erase(&self.session, part, number))?)
    }

    /// Throws away what is stored.
    pub(super) fn clear(&self) -> Result<()> {
        let names = Kind::ALL.map(Kind::name);
        names.iter().chain(&BESIDE).try_for_each(|name| self.simple(&format!("TRUNCATE TABLE \"{name}\"")))
    }

    /// Whether a tenant is there: every store has one.
    pub(super) fn is_filled(&self) -> Result<bool> {
        let sql = "SELECT (SELECT count(*) FROM tenant) + (SELECT count(*) FROM change)";
        let rows = self.rows(Query::new(sql))?;
        Ok(rows.first().map_or(Ok(0), |row| row.try_get::<_, i64>(0))? > 0)
    }
}

/// Whether no server is at work on it.
pub(crate) fn alone(address: &Address) -> Result<()> {
    let alive: Vec<_> = nodes(address)?.into_iter().filter(|seen| seen.alive).map(|seen| seen.node.address).collect();
    if alive.is_empty() {
        return Ok(());
    }
    Err(TransferError::Place(format!(
        "servers are at work on {}: {}. Stop them first.",
        address.place(),
        alive.join(", ")
    )))
}

/// Whether a database can be filled.
pub(crate) fn empty(address: &Address) -> Result<()> {
    let waiting = Waiting::start(address)?;
    if waiting.taken()? > 0 && waiting.is_filled()? {
        return Err(occupied(address));
    }
    Ok(())
}

pub(super) fn occupied(address: &Address) -> TransferError {
    TransferError::Place(format!("there is a store in {} already", address.place()))
}

/// Reads all of one moment. Servers may be at work on it.
pub(crate) fn read_all(address: &Address, see: See<'_>) -> Result<()> {
    let waiting = Waiting::start(address)?;
    if waiting.taken()? != migrate::present() {
        let text = format!("{} holds no store of this release: start a server on it first", address.place());
        return Err(TransferError::Place(text));
    }
    waiting.simple("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
    for kind in Kind::ALL {
        let sql = format!(
            "SELECT {} FROM \"{}\" AS t WHERE (t.part, t.id) > ($1::bigint, $2::bigint) ORDER BY t.part, t.id \
             LIMIT $3::bigint",
            table::SHARED,
            kind.name()
        );
        pages(&waiting, &sql, &mut |row| see(Item::Record(table::read(kind, row)?)))?;
    }
    for row in waiting.rows(Query::new("SELECT part, kind, next FROM counter ORDER BY part, kind"))? {
        see(Item::Counter(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))?;
    }
    keys(&waiting, see)?;
    let sql = format!(
        "SELECT {COLUMNS} FROM change AS c WHERE (c.part, c.number) > ($1::bigint, $2::bigint) \
         ORDER BY c.part, c.number LIMIT $3::bigint"
    );
    pages(&waiting, &sql, &mut |row| see(Item::Change(Box::new(history::read(row)?))))?;
    chunks(&waiting, see)
}

/// Reads a table that is in the order of two numbers, page by page.
fn pages(waiting: &Waiting, sql: &str, take: &mut dyn FnMut(&Row) -> Result<()>) -> Result<()> {
    let mut after = (-1_i64, -1_i64);
    loop {
        let rows = waiting.rows(Query::new(sql).with(after.0).with(after.1).with(PAGE))?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.try_get(0)?, last.try_get(1)?);
        rows.iter().try_for_each(&mut *take)?;
    }
}

fn keys(waiting: &Waiting, see: See<'_>) -> Result<()> {
    let sql = "SELECT part, space, value, owner_part, owner_id FROM unique_key \
               WHERE (part, space, value) > ($1::bigint, $2::bigint, $3::text) ORDER BY part, space, value LIMIT $4::bigint";
    let (mut part, mut space, mut value) = (-1_i64, -1_i64, String::new());
    loop {
        let rows = waiting.rows(Query::new(sql).with(part).with(space).with(value.clone()).with(PAGE))?;
        let Some(last) = rows.last() else { return Ok(()) };
        (part, space, value) = (last.try_get(0)?, last.try_get(1)?, last.try_get(2)?);
        for row in rows {
            let (owner_part, owner_id) = (row.try_get(3)?, row.try_get(4)?);
            let (part, space, value) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            see(Item::Key(Key { part, space, value, owner_part, owner_id }))?;
        }
    }
}

fn chunks(waiting: &Waiting, see: See<'_>) -> Result<()> {
    let sql = "SELECT part, id, number, bytes, checksum FROM attachment_content \
               WHERE (part, id, number) > ($1::bigint, $2::bigint, $3::bigint) ORDER BY part, id, number LIMIT 10";
    let mut after = (-1_i64, -1_i64, -1_i64);
    loop {
        let rows = waiting.rows(Query::new(sql).with(after.0).with(after.1).with(after.2))?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.try_get(0)?, last.try_get(1)?, last.try_get(2)?);
        for row in rows {
            let place = (Kind::Attachment, Part(row.try_get(0)?), row.try_get(1)?);
            see(Item::Chunk(place, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?))?;
        }
    }
}

/// A database that is being filled. No server opens it before it is whole; what an earlier attempt left is thrown away.
pub(crate) struct Filling {
    address: Address,
    waiting: Waiting,
    records: Vec<Record>,
    keys: Vec<Key>,
    changes: Vec<StoredChange>,
    heads: BTreeMap<Part, Head>,
}

impl Filling {
    pub(crate) fn start(address: &Address) -> Result<Self> {
        let waiting = Waiting::start(address)?;
        waiting.bring_up(address)?;
        let marked = "SELECT 1 FROM lease WHERE name = 'filling'";
        if !waiting.rows(Query::new(marked))?.is_empty() {
            waiting.clear()?;
        } else if waiting.is_filled()? {
            return Err(occupied(address));
        }
        let mark = "INSERT INTO lease (name, owner, expires_at) VALUES ('filling', 'samerow', 'infinity') \
                    ON CONFLICT (name) DO NOTHING";
        waiting.execute(&Query::new(mark))?;
        waiting.simple("SET synchronous_commit TO off")?;
        let (records, keys, changes) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { address: address.clone(), waiting, records, keys, changes, heads: BTreeMap::new() })
    }

    fn flush(&mut self) -> Result<()> {
        if let Some(kind) = self.records.first().map(|record| record.kind) {
            let rows: Vec<_> = self.records.iter().map(|record| (record, 0)).collect();
            self.waiting.execute(&table::save(kind, &rows, true)?)?;
            self.records.clear();
        }
        if !self.keys.is_empty() {
            let numbers = |of: fn(&Key) -> i64| self.keys.iter().map(of).collect::<Vec<_>>();
            let sql = "INSERT INTO unique_key (part, space, value, owner_part, owner_id) \
                       SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[])";
            let query = Query::new(sql)
                .with(numbers(|key| key.part))
                .with(numbers(|key| key.space))
                .with(self.keys.iter().map(|key| key.value.clone()).collect::<Vec<_>>())
                .with(numbers(|key| key.owner_part))
                .with(numbers(|key| key.owner_id));
            self.waiting.execute(&query)?;
            self.keys.clear();
        }
        if !self.changes.is_empty() {
            self.waiting.execute(&history::insert(&self.changes))?;
            self.changes.clear();
        }
        Ok(())
    }
}

impl Sink for Filling {
    fn put(&mut self, item: Item) -> Result<()> {
        match item {
            Item::Record(record) => {
                if self.records.last().is_some_and(|last| last.kind != record.kind) {
                    self.flush()?;
                }
                self.records.push(record);
            }
            Item::Key(key) => self.keys.push(key),
            Item::Change(stored) => {
                self.heads.insert(stored.change.part, (stored.change.number, stored.link));
                self.changes.push(*stored);
            }
            Item::Counter(part, kind, next) => {
                let sql = "INSERT INTO counter (part, kind, next) VALUES ($1::bigint, $2::text, $3::bigint)";
                self.waiting.execute(&Query::new(sql).with(part).with(kind).with(next))?;
            }
            Item::Chunk((_, part, id), number, bytes, checksum) => {
                let sql = "INSERT INTO attachment_content (part, id, number, bytes, checksum) \
                           VALUES ($1::bigint, $2::bigint, $3::bigint, $4::bytea, $5::bigint)";
                let query = Query::new(sql).with(part.0).with(id).with(number).with(bytes).with(checksum);
                self.waiting.execute(&query)?;
            }
        }
        if self.records.len() + self.keys.len() + self.changes.len() >= PAGE as usize {
            self.flush()?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, counts: &Counts) -> Result<()> {
        self.flush()?;
        for (part, (number, link)) in &self.heads {
            let sql = "INSERT INTO head (part, number, link) VALUES ($1::bigint, $2::bigint, $3::bytea)";
            self.waiting.execute(&Query::new(sql).with(part.0).with(*number).with(link.to_vec()))?;
        }
        // Without statistics a planner may read whole tables.
        self.waiting.simple("ANALYZE")?;
        judge(&doctor::examine(&self.address)?, counts)?;
        // With this commit all that went before it is on the disk.
        self.waiting.simple("SET synchronous_commit TO on")?;
        self.waiting.execute(&Query::new("DELETE FROM lease WHERE name = 'filling'")).map(drop)
    }
}
