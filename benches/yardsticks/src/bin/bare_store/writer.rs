//! The one thread that writes.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::{Connection, Result};
use tokio::sync::oneshot;

/// What a form may set; also what the table holds besides its key.
pub(crate) const COLUMNS: [&str; 15] = [
    "firstname",
    "lastname",
    "email",
    "username",
    "phone",
    "address1",
    "address2",
    "city",
    "state",
    "country",
    "zip",
    "custom1",
    "custom2",
    "custom3",
    "note",
];
/// The most updates that share one transaction.
const GROUP: usize = 1_000;
/// Ids begin here, as the demo data's do.
const FIRST: i64 = 1_001;

pub(crate) struct Update {
    pub(crate) id: i64,
    pub(crate) set: Vec<(&'static str, String)>,
    /// Told after the commit whether the customer exists.
    pub(crate) done: oneshot::Sender<bool>,
}

/// Fills an empty store in `dir`, then writes what is sent until every sender is gone.
pub(crate) fn start(dir: &Path, customers: i64) -> Result<SyncSender<Update>> {
    let mut store = Connection::open(dir.join("bare.db"))?;
    store.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;")?;
    seed(&mut store, customers)?;
    let (sender, receiver) = sync_channel(65_536);
    std::thread::spawn(move || {
        if let Err(error) = write(&store, &receiver) {
            eprintln!("bare_store: {error}");
            std::process::exit(1);
        }
    });
    Ok(sender)
}

fn write(store: &Connection, updates: &Receiver<Update>) -> Result<()> {
    let mut answers = Vec::with_capacity(GROUP);
    while let Ok(first) = updates.recv() {
        store.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut next = Some(first);
        while let Some(Update { id, set, done }) = next {
            answers.push((done, apply(store, id, &set)?));
            // Never wait for a larger group: what is queued now is the group.
            next = if answers.len() < GROUP { updates.try_recv().ok() } else { None };
        }
        store.prepare_cached("COMMIT")?.execute([])?;
        for (done, found) in answers.drain(..) {
            _ = done.send(found);
        }
    }
    Ok(())
}

fn apply(store: &Connection, id: i64, set: &[(&str, String)]) -> Result<bool> {
    let mut sql = String::from("UPDATE customer SET updated_at = unixepoch()");
    for (column, _) in set {
        sql.extend([", ", column, " = ?"]);
    }
    sql.push_str(" WHERE id = ?");
    let mut statement = store.prepare_cached(&sql)?;
    for (index, (_, value)) in set.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, value)?;
    }
    statement.raw_bind_parameter(set.len() + 1, id)?;
    Ok(statement.raw_execute()? == 1)
}

fn seed(store: &mut Connection, customers: i64) -> Result<()> {
    let columns = COLUMNS.join(", ");
    store.execute_batch(&format!("CREATE TABLE customer (id INTEGER PRIMARY KEY, updated_at INTEGER, {columns})"))?;
    let transaction = store.transaction()?;
    {
        let mut insert = transaction.prepare(
            "INSERT INTO customer (id, updated_at, firstname, lastname, email, username, phone, address1, city,
                                   country, zip, note)
             VALUES (?1, 0, 'First' || ?1, 'Last' || ?1, 'c' || ?1 || '@example.com', 'user' || ?1,
                     '+47 55 ' || ?1, 'Street ' || ?1, 'Oslo', 'NO', '0150', 'seeded')",
        )?;
        for id in FIRST..FIRST + customers {
            insert.execute([id])?;
        }
    }
    transaction.commit()?;
    store.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}
