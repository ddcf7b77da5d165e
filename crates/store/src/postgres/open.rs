//! Opening a store, and the door to it.

use domain::Error;
use domain::error::Reason;
use domain::port::{Condition, Entropy, Job, Store, Suspect};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Sender, channel};
use tokio::task::JoinSet;

use super::connect::{Address, Purpose};
use super::lock_outs::LockOuts;
use super::reader::{self, MAX_SCANS, Reader};
use super::watch::{self, Node, Watch};
use super::writer::Writer;
use super::{OpenError, migrate};
use crate::Answering;

/// How many may wait for a writer, each with one operation or with those of one request; more are refused as busy.
const MAX_WAITING: usize = 16_384;

/// How long ago the last look at what other nodes changed may have begun for what is remembered to be trusted.
const TRUST: Duration = Duration::from_secs(1);

/// Where and how to open a store.
pub struct Options {
    /// Which database.
    pub address: Address,
    /// Whether an answered change must survive a loss of power. `false` only for stores that nobody keeps.
    pub durable: bool,
    /// Connections that write. The operations of a tenant always take the same one.
    pub writers: usize,
    /// Connections for point reads. One more is for listings.
    pub readers: usize,
    /// How often the node looks for what others changed.
    pub poll: Duration,
    /// What the other nodes are told of this one; `None` for one that is alone.
    pub node: Option<Node>,
    /// What the key must be known by that all nodes have; the first one says. `None` for one that has none.
    pub key: Option<i64>,
    /// Makes the salts of the history.
    pub entropy: Arc<dyn Entropy>,
    /// Runs the answers of a batch.
    pub answering: Answering,
    /// Called after each commit that changed something, on this node or another. It must be quick.
    pub committed: Arc<dyn Fn() + Send + Sync>,
}

impl Options {
    /// A durable store with two writers and four readers.
    pub fn new(address: Address, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            address,
            durable: true,
            writers: 2,
            readers: 4,
            poll: Duration::from_millis(200),
            node: None,
            key: None,
            entropy,
            answering: Arc::new(|answers| answers()),
            committed: Arc::new(|| {}),
        }
    }
}

/// What the writers, the readers and the door share.
pub(super) struct Shared {
    condition: Mutex<Condition>,
    pub(super) credentials_epoch: AtomicU64,
    /// When the last look began that told what other nodes changed, in microseconds since `born`.
    looked: AtomicU64,
    born: Instant,
    pub(super) leads: AtomicBool,
    pub(super) lock_outs: LockOuts,
}

impl Shared {
    fn new(leads: bool) -> Self {
        Self {
            condition: Mutex::new(Condition::Ready),
            credentials_epoch: AtomicU64::new(1),
            looked: AtomicU64::new(0),
            born: Instant::now(),
            leads: AtomicBool::new(leads),
            lock_outs: LockOuts::default(),
        }
    }

    /// Grows also when the last look is too old, however slow this machine is: what was read under one number is at most
    /// [`TRUST`] older than the last answer of that number, unless a look confirmed it.
    fn credentials_epoch(&self) -> u64 {
        let looked = self.born + Duration::from_micros(self.looked.load(Ordering::Acquire));
        if looked.elapsed() > TRUST {
            self.credentials_epoch.fetch_add(1, Ordering::AcqRel);
            // What is read from now on is as good as if it had been looked.
            self.has_looked(Instant::now());
        }
        self.credentials_epoch.load(Ordering::Acquire)
    }

    /// Notes when a look began of which all is taken in.
    pub(super) fn has_looked(&self, began: Instant) {
        let micros = began.saturating_duration_since(self.born).as_micros();
        self.looked.fetch_max(u64::try_from(micros).unwrap_or(u64::MAX), Ordering::AcqRel);
    }

    pub(super) fn condition(&self) -> Condition {
        self.condition.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_condition(&self, condition: Condition) {
        let mut held = self.condition.lock().unwrap_or_else(PoisonError::into_inner);
        if *held == condition {
            return;
        }
        match &condition {
            Condition::Ready => tracing::info!("the store can be written to again"),
            Condition::ReadOnly(why) | Condition::Poisoned(why) => {
                tracing::error!(why, "the store cannot be written to");
            }
        }
        *held = condition;
    }
}

/// The shared store, as one node sees it.
pub struct PostgresStore {
    shared: Arc<Shared>,
    writers: Vec<Sender<Vec<Box<dyn Job>>>>,
    reads: Option<Sender<Box<dyn Job>>>,
    scans: Option<Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl PostgresStore {
    /// Connects to the database, and brings it to the present schema if no other node is doing so.
    ///
    /// # Errors
    /// See [`OpenError`]: it cannot be reached, cannot be used, or was written by a newer release.
    pub fn open(options: Options) -> Result<Self, OpenError> {
        let shared = Arc::new(Shared::new(options.node.is_none()));
        let (mut writers, mut queues) = (Vec::new(), Vec::new());
        for _ in 0..options.writers.max(1) {
            let (writer, queue) = channel(MAX_WAITING);
            writers.push(writer);
            queues.push(queue);
        }
        let (reads, reading) = channel(MAX_WAITING);
        let (scans, scanning) = channel(MAX_SCANS);
        let (opened, opening) = std::sync::mpsc::sync_channel(1);
        let held = Arc::clone(&shared);
        let work = async move {
            if let Err(error) = migrate::prepare(&options).await {
                let _ = opened.send(Err(error));
                return;
            }
            let address = Arc::new(options.address);
            let mut tasks = JoinSet::new();
            for queue in queues {
                let writer = Writer {
                    address: Arc::clone(&address),
                    durable: options.durable,
                    entropy: Arc::clone(&options.entropy),
                    answering: Arc::clone(&options.answering),
                    committed: Arc::clone(&options.committed),
                    shared: Arc::clone(&held),
                    session: None,
                };
                tasks.spawn(writer.run(queue));
            }
            let reading = reader::shared(reading);
            for _ in 0..options.readers.max(1) {
                tasks.spawn(Reader::new(Arc::clone(&address), Purpose::Reading).run(Arc::clone(&reading)));
            }
            tasks.spawn(Reader::new(Arc::clone(&address), Purpose::Scanning).run(reader::shared(scanning)));
            let watch =
                Watch { address, poll: options.poll, node: options.node, committed: options.committed, shared: held };
            let mut watch = watch::Watching::start(watch).await;
            let _ = opened.send(Ok(()));
            let watching = async {
                watch.run().await;
            };
            tokio::select! {
                () = watching => {}
                () = async { while tasks.join_next().await.is_some() {} } => {}
            }
            watch.end().await;
        };
        let thread = std::thread::Builder::new().name(String::from("store")).spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 8)))
                .thread_name("store-work")
                .enable_all()
                .build();
            match runtime {
                // On a worker of its own: what is awaited here is woken from elsewhere.
                Ok(runtime) => drop(runtime.block_on(runtime.spawn(work))),
                Err(error) => tracing::error!(%error, "no threads for the store"),
            }
        });
        let thread = thread.map_err(|error| OpenError::Failed(error.to_string()))?;
        match opening.recv() {
            Ok(Ok(())) => Ok(Self { shared, writers, reads: Some(reads), scans: Some(scans), thread: Some(thread) }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(OpenError::Failed(String::from("the threads of the store ended"))),
        }
    }

    fn write(&self, jobs: Vec<Box<dyn Job>>) {
        let Some(tenant) = jobs.first().map(|job| job.tenant()) else { return };
        let lane = usize::try_from(tenant.number).unwrap_or(0) % self.writers.len().max(1);
        let Some(writer) = self.writers.get(lane) else { return };
        if let Err(TrySendError::Full(jobs) | TrySendError::Closed(jobs)) = writer.try_send(jobs) {
            let text = "Too many changes are waiting to be stored. Nothing was stored: try again in a moment.";
            jobs.into_iter().for_each(|job| job.finish(Err(Error::new(Reason::Busy, text))));
        }
    }

    fn read(&self, job: Box<dyn Job>) {
        let Some(queue) = (if job.scans() { &self.scans } else { &self.reads }) else { return };
        if let Err(TrySendError::Full(job) | TrySendError::Closed(job)) = queue.try_send(job) {
            job.finish(Err(Error::new(Reason::Busy, "Too many reads are waiting: try again in a moment")));
        }
    }
}

impl Store for PostgresStore {
    fn submit(&self, job: Box<dyn Job>) {
        if job.writes() {
            self.write(vec![job]);
        } else {
            self.read(job);
        }
    }

    fn submit_all(&self, jobs: Vec<Box<dyn Job>>) {
        let (writing, reading): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| job.writes());
        self.write(writing);
        reading.into_iter().for_each(|job| self.read(job));
    }

    fn condition(&self) -> Condition {
        self.shared.condition()
    }

    fn credentials_epoch(&self) -> u64 {
        self.shared.credentials_epoch()
    }

    fn leads(&self) -> bool {
        self.shared.leads.load(Ordering::Acquire)
    }

    fn lock_out(&self, who: Suspect, seconds: i64) {
        self.shared.lock_outs.note(who, seconds);
    }

    fn locked_out(&self, who: &Suspect) -> i64 {
        self.shared.lock_outs.left(who)
    }
}

impl Drop for PostgresStore {
    /// Stores what waits, then ends.
    fn drop(&mut self) {
        self.writers.clear();
        (self.reads, self.scans) = (None, None);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
