//! Readers: point reads on the thread that asks, listings on a thread of their own.

use domain::error::Reason;
use domain::port::Job;
use domain::working_set::{Found, Need};
use domain::{Error, WorkingSet};
use rusqlite::Connection;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError, TryLockError};
use std::thread::JoinHandle;

use super::find::find;
use super::list::list;
use super::open::connect;
use super::pages::Pages;
use super::table::Tables;
use super::{Failure, OpenError};
use crate::batch::{self, Entry};

/// Listings that may wait; more are refused as busy.
const WAITING_SCANS: usize = 4_096;

struct Reader {
    db: Connection,
    tables: Tables,
    pages: Pages,
}

pub(super) struct Readers {
    point: Vec<Mutex<Reader>>,
    scans: Option<SyncSender<Box<dyn Job>>>,
    scanner: Option<JoinHandle<()>>,
}

impl Readers {
    pub(super) fn open(file: &Path, count: usize, durable: bool) -> Result<Self, OpenError> {
        let reader = || -> Result<Reader, OpenError> {
            let db = connect(file, durable)?;
            db.pragma_update(None, "query_only", true).map_err(Failure::from)?;
            Ok(Reader { db, tables: Tables::new(), pages: Pages::default() })
        };
        let point = (0..count).map(|_| reader().map(Mutex::new)).collect::<Result<_, _>>()?;
        let (scans, jobs) = sync_channel(WAITING_SCANS);
        let mut scanning = reader()?;
        let scanner = std::thread::Builder::new()
            .name(String::from("store-scan"))
            .spawn(move || scan(&mut scanning, &jobs))
            .map_err(|error| OpenError::Failed(error.to_string()))?;
        Ok(Self { point, scans: Some(scans), scanner: Some(scanner) })
    }

    pub(super) fn submit(&self, job: Box<dyn Job>) {
        if !job.scans() {
            return self.point(job);
        }
        let Some(scans) = &self.scans else { return };
        if let Err(TrySendError::Full(job) | TrySendError::Disconnected(job)) = scans.try_send(job) {
            let text = "Too many listings are waiting: try again in a moment";
            job.finish(Err(Error::new(Reason::Busy, text)));
        }
    }

    fn point(&self, job: Box<dyn Job>) {
        for reader in &self.point {
            match reader.try_lock() {
                Ok(mut reader) => return read(&mut reader, job),
                Err(TryLockError::Poisoned(reader)) => return read(&mut reader.into_inner(), job),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        // All are busy, each for some microseconds: wait for the first.
        if let Some(reader) = self.point.first() {
            read(&mut reader.lock().unwrap_or_else(PoisonError::into_inner), job);
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.scans = None;
        if let Some(scanner) = self.scanner.take() {
            let _ = scanner.join();
        }
    }
}

fn scan(reader: &mut Reader, jobs: &Receiver<Box<dyn Job>>) {
    while let Ok(job) = jobs.recv() {
        read(reader, job);
    }
}

/// Runs one job over one snapshot.
fn read(reader: &mut Reader, job: Box<dyn Job>) {
    let mut entries = [Entry::new(job)];
    let fate = snapshot(reader, &mut entries).map_err(|failure| {
        tracing::error!(error = %failure, "a read failed");
        Error::internal(failure)
    });
    let [entry] = entries;
    entry.finish(fate);
}

fn snapshot(reader: &mut Reader, entries: &mut [Entry]) -> Result<(), Failure> {
    let Reader { db, tables, pages } = reader;
    let mut set = WorkingSet::default();
    db.prepare_cached("BEGIN")?.execute([])?;
    let decided = batch::decide(entries, &mut set, |need| match need {
        Need::List(query) => pages.get(db, query, |query| list(db, tables, query)).map(Found::List),
        need => find(db, tables, need),
    });
    db.prepare_cached("COMMIT")?.execute([])?;
    decided.map(drop)
}
