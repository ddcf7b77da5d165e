//! Copies the log into the main file, beside the writer.
//!
//! A copy of thousands of pages and its flush take tens of milliseconds. A thread of its own does most of it while
//! the writer goes on; the writer then copies the few pages that came meanwhile, after which SQLite uses the log again
//! from its start.

use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::open::{Shared, connect};
use super::{Failure, OpenError, is_failed_flush};
use crate::fault;

/// Pages in the log before they are copied: about 16 MiB.
const PAGES: i32 = 4_000;

pub(super) struct Checkpoints {
    /// Pages in the log after the last commit.
    log_pages: Arc<AtomicI32>,
    requests: Option<SyncSender<()>>,
    requested: bool,
    copied: Arc<AtomicBool>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    pub(super) fn start(file: &Path, writer: &mut Connection, shared: Arc<Shared>) -> Result<Self, OpenError> {
        let log_pages = Arc::new(AtomicI32::new(0));
        let noted = Arc::clone(&log_pages);
        let note = move |_: &mut _, pages| {
            noted.store(pages, Ordering::Relaxed);
            Ok(())
        };
        writer.wal_hook(Some(note)).map_err(Failure::from)?;
        let db = connect(file, true)?;
        let (requests, waiting) = sync_channel(1);
        let copied = Arc::new(AtomicBool::new(false));
        let (done, state) = (Arc::clone(&copied), Arc::clone(&shared));
        let thread = std::thread::Builder::new()
            .name(String::from("store-copy"))
            .spawn(move || copy(&db, &waiting, &done, &state))
            .map_err(|error| OpenError::Failed(error.to_string()))?;
        let requests = Some(requests);
        Ok(Self { log_pages, requests, requested: false, copied, shared, thread: Some(thread) })
    }

    /// Called by the writer after each batch.
    pub(super) fn after_batch(&mut self, writer: &Connection) {
        if self.requested {
            if self.copied.swap(false, Ordering::Acquire) {
                self.requested = false;
                checkpoint(writer, &self.shared);
            }
        } else if self.log_pages.load(Ordering::Relaxed) >= PAGES {
            let sent = self.requests.as_ref().is_some_and(|requests| requests.try_send(()).is_ok());
            self.requested = sent;
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

fn copy(db: &Connection, requests: &Receiver<()>, copied: &AtomicBool, shared: &Shared) {
    while requests.recv().is_ok() {
        checkpoint(db, shared);
        copied.store(true, Ordering::Release);
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
