//! Readers: all reads that wait together, over one snapshot; listings one by one on a connection of their own.

use domain::error::Reason;
use domain::port::Job;
use domain::{Error, WorkingSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::sync::mpsc::Receiver;

use super::connect::{Address, Purpose};
use super::find::{ask, found};
use super::session::Session;
use super::{Failure, Remedy};
use crate::batch::{Entry, Rounds, Step};

/// Listings that may wait; more are refused as busy.
pub(super) const MAX_SCANS: usize = 4_096;

/// Point reads over one snapshot.
const MAX_BATCH: usize = 64;

/// How often a read is tried: a server that is restarted or replaced is back in some seconds.
const ATTEMPTS: u32 = 20;

/// All that a batch reads is of one moment.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Jobs that several readers take.
pub(super) type Queue = Arc<Mutex<Receiver<Box<dyn Job>>>>;

pub(super) fn shared(jobs: Receiver<Box<dyn Job>>) -> Queue {
    Arc::new(Mutex::new(jobs))
}

pub(super) struct Reader {
    address: Arc<Address>,
    purpose: Purpose,
    session: Option<Session>,
}

impl Reader {
    pub(super) const fn new(address: Arc<Address>, purpose: Purpose) -> Self {
        Self { address, purpose, session: None }
    }

    pub(super) async fn run(mut self, queue: Queue) {
        let most = if self.purpose == Purpose::Scanning { 1 } else { MAX_BATCH };
        loop {
            let mut batch = Vec::new();
            {
                let mut queue = queue.lock().await;
                let Some(first) = queue.recv().await else { return };
                batch.push(Entry::new(first));
                while batch.len() < most
                    && let Ok(more) = queue.try_recv()
                {
                    batch.push(Entry::new(more));
                }
            }
            self.answer(batch).await;
        }
    }

    /// Reads for a batch. When it fails for what one operation asks, each is tried alone.
    async fn answer(&mut self, mut batch: Vec<Entry>) {
        match self.settle(&mut batch).await {
            Err(error) if batch.len() > 1 && error.reason == Reason::Internal => {
                for entry in batch {
                    let mut one = vec![entry];
                    let fate = self.settle(&mut one).await;
                    one.into_iter().for_each(|entry| entry.finish(fate.clone()));
                }
            }
            fate => batch.into_iter().for_each(|entry| entry.finish(fate.clone())),
        }
    }

    async fn settle(&mut self, batch: &mut [Entry]) -> Result<(), Error> {
        let mut attempt = 0;
        loop {
            let Err(failure) = self.attempt(batch).await else { return Ok(()) };
            attempt += 1;
            self.session = None;
            if failure.remedy() == Remedy::None {
                tracing::error!(error = %failure, "a read failed");
                return Err(Error::internal(failure));
            }
            if attempt == ATTEMPTS || matches!(failure, Failure::Silent) {
                tracing::error!(error = %failure, "a read was given up");
                let text = "The database cannot be reached: try again in a moment";
                return Err(Error::new(Reason::Busy, text).because(failure));
            }
            tokio::time::sleep(Duration::from_millis(10 << attempt.min(5))).await;
        }
    }

    async fn attempt(&mut self, batch: &mut [Entry]) -> Result<(), Failure> {
        batch.iter_mut().for_each(|entry| entry.failure = None);
        if self.session.as_ref().is_none_or(Session::is_closed) {
            self.session = Some(self.address.connect(self.purpose).await?);
        }
        let session = self.session.as_ref().ok_or(Failure::Silent)?;
        let (mut set, mut rounds, mut open) = (WorkingSet::default(), Rounds::of(batch), false);
        while let Step::Missing(needs) = rounds.step(batch, &mut set) {
            let asks = ask(needs);
            let begin = if open { None } else { Some(SNAPSHOT) };
            let answers = session.fetch(begin, asks.iter().map(|ask| &ask.query)).await?;
            open = true;
            for (ask, rows) in asks.into_iter().zip(answers) {
                for (need, found) in found(ask.needs, &rows)? {
                    set.supply(need, found);
                }
            }
        }
        if open {
            session.send("COMMIT");
        }
        Ok(())
    }
}
