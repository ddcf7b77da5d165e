//! The writer: one thread, one transaction for all that waits.
//!
//! There is no timer. While one batch is flushed to disk the next one gathers; a lone request pays one flush and waits
//! for nobody.

use domain::error::Reason;
use domain::port::{Condition, Entropy, Job};
use domain::record::Part;
use domain::working_set::Saving;
use domain::{Error, Kind, Record, WorkingSet};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::anchor::Anchor;
use super::checkpoint::Checkpoints;
use super::content;
use super::find::find;
use super::history::{self, Heads};
use super::moved::{Whereabouts, look};
use super::open::{HandOver, Options, Shared};
use super::table::Tables;
use super::{Failure, OpenError, is_failed_flush};
use crate::batch::{self, Entry, is_remembered};
use crate::ledger::last_changes;
use crate::{Answering, fault};

/// Operations in one transaction. Those that came at once are not parted, so that there can be some more.
const MAX_BATCH: usize = 512;

/// How many may wait, each with one operation or with those of one request; more are refused as busy.
const MAX_WAITING: usize = 16_384;

/// How often a move that takes the store away is waited for, [`PAUSE`] each time: ten seconds.
const MAX_PAUSES: u32 = 5_000;
const PAUSE: Duration = Duration::from_millis(2);

/// Page cache of the writer, in KiB, as SQLite wants it: negative.
const CACHE_KIB: i64 = -24_576;

pub(super) struct Writer {
    jobs: Option<SyncSender<Vec<Box<dyn Job>>>>,
    thread: Option<JoinHandle<()>>,
    shared: Arc<Shared>,
}

impl Writer {
    pub(super) fn start(
        mut db: Connection,
        shared: Arc<Shared>,
        anchor: Anchor,
        options: &Options,
    ) -> Result<Self, OpenError> {
        db.pragma_update(None, "cache_size", CACHE_KIB).map_err(Failure::from)?;
        let checkpoints = Checkpoints::start(options, &mut db, Arc::clone(&shared))?;
        let (jobs, waiting) = sync_channel(MAX_WAITING);
        let writing = Writing {
            db,
            tables: Tables::new(),
            heads: Heads::default(),
            anchor,
            entropy: Arc::clone(&options.entropy),
            answering: Arc::clone(&options.answering),
            committed: Arc::clone(&options.committed),
            folder: options.folder.clone(),
            moved: Arc::clone(&options.moved),
            shared: Arc::clone(&shared),
            checkpoints,
        };
        let thread = std::thread::Builder::new()
            .name(String::from("store-write"))
            .spawn(move || writing.run(&waiting))
            .map_err(|error| OpenError::Failed(error.to_string()))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), shared })
    }

    /// Lets jobs wait for one transaction.
    pub(super) fn submit(&self, jobs: Vec<Box<dyn Job>>) {
        let refuse = |jobs: Vec<Box<dyn Job>>, error: Error| {
            jobs.into_iter().for_each(|job| job.finish(Err(error.clone())));
        };
        if let Condition::Poisoned(why) = self.shared.condition() {
            return refuse(jobs, poisoned(&why));
        }
        let Some(waiting) = &self.jobs else { return };
        match waiting.try_send(jobs) {
            Ok(()) => {}
            Err(TrySendError::Full(jobs)) => {
                let text = "Too many changes are waiting to be stored. Nothing was stored: try again in a moment.";
                refuse(jobs, Error::new(Reason::Busy, text));
            }
            Err(TrySendError::Disconnected(jobs)) => refuse(jobs, Error::internal("the writer has ended")),
        }
    }
}

impl Drop for Writer {
    /// Stores what waits, then ends.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Writing {
    db: Connection,
    tables: Tables,
    heads: Heads,
    anchor: Anchor,
    entropy: Arc<dyn Entropy>,
    answering: Answering,
    committed: Arc<dyn Fn() + Send + Sync>,
    folder: PathBuf,
    moved: HandOver,
    shared: Arc<Shared>,
    checkpoints: Checkpoints,
}

impl Writing {
    fn run(mut self, waiting: &Receiver<Vec<Box<dyn Job>>>) {
        let mut batch: Vec<Entry> = Vec::with_capacity(MAX_BATCH);
        while let Some(first) = self.next(waiting) {
            batch.extend(first.into_iter().map(Entry::new));
            while batch.len() < MAX_BATCH
                && let Ok(more) = waiting.try_recv()
            {
                batch.extend(more.into_iter().map(Entry::new));
            }
            self.store(std::mem::take(&mut batch));
            self.checkpoints.after_batch(&self.db);
        }
        self.checkpoints.finish(&self.db);
        if !self.shared.is_poisoned() {
            let _ = self.db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false);
        }
    }

    /// The next jobs. When none wait there is time to note what was stored last.
    fn next(&mut self, waiting: &Receiver<Vec<Box<dyn Job>>>) -> Option<Vec<Box<dyn Job>>> {
        if self.anchor.may_wait()
            && let Ok(job) = waiting.try_recv()
        {
            return Some(job);
        }
        self.anchor.note();
        waiting.recv().ok()
    }

    /// Stores a batch and answers it. When it fails for what one operation holds, each is tried alone.
    fn store(&mut self, mut batch: Vec<Entry>) {
        if let Condition::Poisoned(why) = self.shared.condition() {
            return batch.into_iter().for_each(|entry| entry.finish(Err(poisoned(&why))));
        }
        let stored = match self.begin() {
            Ok(true) => self.commit(&mut batch),
            Ok(false) => return (self.moved)(batch.into_iter().map(|entry| entry.job).collect()),
            Err(failure) => Err(failure),
        };
        match stored {
            // One or two are answered sooner from here than from elsewhere.
            Ok(()) if batch.len() <= 2 => batch.into_iter().for_each(|entry| entry.finish(Ok(()))),
            Ok(()) => (self.answering)(Box::new(|| batch.into_iter().for_each(|entry| entry.finish(Ok(()))))),
            Err(failure) => {
                let error = self.failed(&failure);
                if batch.len() > 1 && error.reason == Reason::Internal {
                    return batch.into_iter().for_each(|entry| self.store(vec![entry]));
                }
                batch.into_iter().for_each(|entry| entry.finish(Err(error.clone())));
            }
        }
    }

    /// Begins a transaction. `false` when the store is elsewhere; a move that takes it away is waited for.
    fn begin(&self) -> Result<bool, Failure> {
        for _ in 0..MAX_PAUSES {
            if look(&self.folder) == Whereabouts::Here {
                self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
                // Again: who held the store may have taken it away in between.
                match look(&self.folder) {
                    Whereabouts::Here => return Ok(true),
                    _ => self.db.prepare_cached("ROLLBACK")?.execute([])?,
                };
            }
            if look(&self.folder) == Whereabouts::Gone {
                return Ok(false);
            }
            std::thread::sleep(PAUSE);
        }
        Err(Failure::Held)
    }

    fn commit(&mut self, batch: &mut Vec<Entry>) -> Result<(), Failure> {
        let mut set = WorkingSet::default();
        let changed = batch::decide(batch, &mut set, |need| find(&self.db, &self.tables, need))?;
        let (mut credentials, mut part) = (false, None);
        if changed {
            let saving = set.saving();
            part = saving.changes.last().map(|change| change.part);
            credentials = saving.records.iter().any(|(record, _)| is_remembered(record.kind))
                || saving.removed.iter().any(|(kind, ..)| *kind == Kind::Token);
            self.save(saving)?;
        }
        if fault::ack_before_commit() {
            batch.drain(..).for_each(|entry| entry.finish(Ok(())));
            std::thread::sleep(Duration::from_millis(3));
        }
        self.db.prepare_cached("COMMIT")?.execute([])?;
        if let Some((part, head)) = part.and_then(|part| Some((part, self.heads.last(part)?))) {
            self.anchor.stored(part, head);
        }
        if credentials {
            self.shared.credentials_epoch.fetch_add(1, Ordering::Release);
        }
        if changed {
            (self.committed)();
        }
        if changed && self.shared.condition() != Condition::Ready {
            tracing::info!("the store can be written to again");
            self.shared.set_condition(Condition::Ready);
        }
        Ok(())
    }

    fn save(&mut self, saving: Saving<'_>) -> Result<(), Failure> {
        let Self { db, tables, heads, entropy, .. } = self;
        let mut salts = vec![[0; 16]; saving.changes.len()];
        entropy.fill(salts.as_flattened_mut());
        let mut last = last_changes(&saving);
        history::append(db, heads, saving.changes, &salts, &mut |change| {
            let place = (change.kind, change.part, change.id);
            last.insert(place, change.number).unwrap_or(0)
        })?;
        for (record, stored_version) in saving.records {
            let mut record = Arc::unwrap_or_clone(record);
            if let Some(number) = last.get(&place(&record)) {
                record.last_change = *number;
            }
            tables.save(db, &record, stored_version)?;
        }
        for erased in &saving.erased {
            history::erase(db, erased.1, last.get(erased).copied().unwrap_or(0))?;
        }
        saving.removed.into_iter().try_for_each(|place| tables.remove(db, place))?;
        for (key, owner) in saving.keys {
            let place = (key.part.0, key.space.number(), &key.text);
            match owner {
                Some((part, id)) => {
                    let sql = "INSERT INTO unique_key (part, space, value, owner_part, owner_id) \
                               VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (part, space, value) \
                               DO UPDATE SET owner_part = excluded.owner_part, owner_id = excluded.owner_id";
                    db.prepare_cached(sql)?.execute((place.0, place.1, place.2, part.0, id))?;
                }
                None => {
                    let sql = "DELETE FROM unique_key WHERE part = ?1 AND space = ?2 AND value = ?3";
                    db.prepare_cached(sql)?.execute(place)?;
                }
            }
        }
        for (place, bytes) in saving.contents {
            content::save(db, place, bytes.as_ref().map(|bytes| bytes.as_slice()))?;
        }
        for ((part, kind), next) in saving.counters {
            let sql = "INSERT INTO counter (part, kind, next) VALUES (?1, ?2, ?3) \
                       ON CONFLICT (part, kind) DO UPDATE SET next = excluded.next";
            db.prepare_cached(sql)?.execute((part.0, kind.name(), next))?;
        }
        Ok(())
    }

    /// Undoes the transaction and tells what the failure means for the callers and for the store.
    fn failed(&mut self, failure: &Failure) -> Error {
        self.heads.forget();
        if !self.db.is_autocommit() {
            let _ = self.db.execute_batch("ROLLBACK");
        }
        let code = match failure {
            Failure::Sqlite(error) => error.sqlite_error_code(),
            Failure::Held => {
                let text = "The store is being moved. Nothing was stored: try again in a moment.";
                return Error::new(Reason::Busy, text).because(failure);
            }
            Failure::Damaged(_) | Failure::Json(_) => None,
        };
        if is_failed_flush(failure.extended_code()) && !fault::keep_going_after_failed_fsync() {
            self.shared.poison(failure);
            return poisoned(&failure.to_string());
        }
        tracing::error!(error = %failure, "a batch could not be stored");
        let why = match code {
            Some(ErrorCode::DiskFull) => "The disk is full",
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                "The store cannot be written to"
            }
            Some(ErrorCode::SystemIoFailure) => "The disk refuses to be written to",
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "Another program holds the store",
            _ => return Error::internal(failure),
        };
        self.shared.set_condition(Condition::ReadOnly(format!("{why}: {failure}")));
        let text = format!("{why}. Nothing was stored, reading still works: try again later.");
        Error::new(Reason::Busy, text).because(failure)
    }
}

const fn place(record: &Record) -> (Kind, Part, i64) {
    (record.kind, record.part, record.id)
}

fn poisoned(why: &str) -> Error {
    let text = "The disk failed to confirm a write. The server takes no more changes until it is restarted; reading \
                still works.";
    Error::new(Reason::Busy, text).because(why)
}
