//! Copies the log into the main file, beside the writer.
//!
//! A thread of its own copies while the writer goes on, a few hundred pages at a time: one flush of thousands would make
//! the writer's own flushes wait for tens of milliseconds. When the log is long enough, the writer copies the few pages
//! that came last, after which SQLite uses the log again from its start.

use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::open::{FILE, Options, Shared, connect};
use super::{Failure, OpenError, is_failed_flush};
use crate::fault;

/// Pages in the log before it is used again from its start: about 16 MiB.
const LONG: i32 = 8_000;

/// Pages that are copied at once beside the writer. With 800 the slowest hundredth of 64 waiting changes took twice as
/// long; with 200 the copies themselves cost more.
const STEP: i32 = 400;

pub(super) struct Checkpoints {
    /// Pages in the log after the last commit.
    log_pages: Arc<AtomicI32>,
    requests: Option<SyncSender<()>>,
    /// Pages in the log when a copy was last asked for.
    asked: i32,
    /// Whether that copy is still to be done.
    copying: Arc<AtomicBool>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    pub(super) fn start(options: &Options, writer: &mut Connection, shared: Arc<Shared>) -> Result<Self, OpenError> {
        let log_pages = Arc::new(AtomicI32::new(0));
        let noted = Arc::clone(&log_pages);
        let note = move |_: &mut _, pages| {
            noted.store(pages, Ordering::Relaxed);
            Ok(())
        };
        writer.wal_hook(Some(note)).map_err(Failure::from)?;
        let db = connect(&options.folder.join(FILE), options.durable)?;
        let (requests, waiting) = sync_channel(1);
        let copying = Arc::new(AtomicBool::new(false));
        let (state, poisonable) = (Arc::clone(&copying), Arc::clone(&shared));
        let thread = std::thread::Builder::new()
            .name(String::from("store-copy"))
            .spawn(move || copy(&db, &waiting, &state, &poisonable))
            .map_err(|error| OpenError::Failed(error.to_string()))?;
        let requests = Some(requests);
        Ok(Self { log_pages, requests, asked: 0, copying, shared, thread: Some(thread) })
    }

    /// Called by the writer after each batch.
    pub(super) fn after_batch(&mut self, writer: &Connection) {
        let pages = self.log_pages.load(Ordering::Relaxed);
        if pages < self.asked {
            // The log has started anew.
            self.asked = 0;
        }
        if pages - self.asked < STEP || self.copying.load(Ordering::Acquire) {
            return;
        }
        self.asked = pages;
        if pages >= LONG {
            return checkpoint(writer, &self.shared);
        }
        self.copying.store(true, Ordering::Release);
        if self.requests.as_ref().is_none_or(|requests| requests.try_send(()).is_err()) {
            self.copying.store(false, Ordering::Release);
        }
    }

    /// Copies all that is left, when the store closes.
    pub(super) fn finish(&mut self, writer: &Connection) {
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        checkpoint(writer, &self.shared);
    }
}

fn copy(db: &Connection, requests: &Receiver<()>, copying: &AtomicBool, shared: &Shared) {
    while requests.recv().is_ok() {
        checkpoint(db, shared);
        copying.store(false, Ordering::Release);
    }
}

/// Copies what no reader holds back. A failed flush poisons the store; any other failure is tried again later.
fn checkpoint(db: &Connection, shared: &Shared) {
    if shared.is_poisoned() {
        return;
    }
    let done = db
        .prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")
        .and_then(|mut statement| statement.query_row([], |row| row.get::<_, i32>(0)));
    if let Err(error) = done {
        let failure = Failure::from(error);
        if is_failed_flush(failure.extended_code()) && !fault::keep_going_after_failed_fsync() {
            shared.poison(&failure);
        } else {
            tracing::warn!(error = %failure, "the log could not be copied into the main file");
        }
    }
}
