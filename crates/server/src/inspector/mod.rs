//! The last calls of all dialects, bounded, and how each dialect fared in the last hour.
//!
//! The thread that answers a call only hands it over. Another one reads what came in a fifth of a second, leaves out what is
//! secret, and keeps what is left in a [file of its own](file); whoever looks meanwhile does that themselves, so that a call
//! whose answer has been sent is there. Some hundred calls may come at once; then so many a second of each dialect as
//! somebody could look at, refused ones for themselves, and the rest is only counted.

pub mod arguments;
mod call;
mod customer;
mod file;
mod follow;
mod minutes;
#[cfg(test)]
mod tests;

pub use call::{Asked, Body, Brief, Call};
pub use file::Limits;
pub use follow::{begin, follow};
pub use minutes::{MINUTES, Minute, QUARTERS, quantile};

use bytes::Bytes;
use call::Arrived;
use dialects::about::About;
use dialects::{Refusal, Request};
use domain::Error;
use domain::port::Clock as _;
use domain::tenant::Tenant;
use file::Calls;
use http::Response;
use minutes::Minutes;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::watch;

use crate::host::SystemClock;

/// Bytes of all calls that wait to be read.
const MOST_WAITING: usize = 4 << 20;

/// So many of them are read at once, however early that is.
const MANY_WAITING: usize = 1 << 20;

/// For so long they are gathered.
const GATHERING: Duration = Duration::from_millis(200);

/// After this long without a call those whose time is over go.
const IDLE: Duration = Duration::from_secs(600);

/// Calls of a dialect that may come at once.
const BURST: u32 = 500;

/// Calls of a dialect a second that are kept, once more than that have come.
const PACE: u32 = 100;

/// Erasures of this server that were not met in the audit yet. With more, what is met there is forgotten once more.
const MOST_ERASED: usize = 1_000;

/// What is kept, and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The file; without one, memory.
    pub file: Option<PathBuf>,
    /// How much is kept.
    pub limits: Limits,
    /// Whether bodies are kept.
    pub bodies: bool,
}

/// See the [module](self).
#[derive(Debug)]
pub struct Inspector {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    options: Options,
    front: Mutex<Front>,
    waiting: Condvar,
    calls: Mutex<Calls>,
    arrived: watch::Sender<u64>,
}

/// What every call passes.
#[derive(Debug)]
struct Front {
    minutes: Minutes,
    quarters: Minutes,
    allowances: BTreeMap<Sort, Allowance>,
    arrived: Vec<Arrived>,
    bytes: usize,
    /// Calls that began before this are not kept: they may tell of somebody who was erased meanwhile.
    forgotten: Option<Instant>,
    /// Tenant and number of the customers whose erasure here was not met in the audit yet.
    erased: BTreeSet<(i64, i64)>,
    closed: bool,
}

impl Default for Front {
    fn default() -> Self {
        Self {
            minutes: Minutes::default(),
            quarters: Minutes::quarters(),
            allowances: BTreeMap::new(),
            arrived: Vec::new(),
            bytes: 0,
            forgotten: None,
            erased: BTreeSet::new(),
            closed: false,
        }
    }
}

/// Calls of one sort do not push out those of another: the dialect, and whether it was refused.
type Sort = (&'static str, bool);

/// How many more calls of a sort are kept.
#[derive(Debug)]
struct Allowance {
    left: u32,
    second: i64,
}

impl Allowance {
    fn take(&mut self, most: u32, second: i64) -> bool {
        let since = u32::try_from(second.saturating_sub(self.second)).unwrap_or(0);
        self.left = self.left.saturating_add(since.saturating_mul(PACE)).min(most);
        self.second = self.second.max(second);
        let taken = self.left > 0;
        self.left = self.left.saturating_sub(1);
        taken
    }
}

impl Inspector {
    /// Goes on with the calls of a file.
    ///
    /// # Errors
    /// `Internal` when calls can be kept neither there nor in memory.
    pub fn new(options: Options) -> Result<Self, Error> {
        let failed = |error: rusqlite::Error| Error::internal(format!("the inspector: {error}"));
        let mut calls = Calls::open(options.file.clone(), options.limits).map_err(failed)?;
        let last = calls.run(|calls| calls.last()).unwrap_or(0);
        let shared = Arc::new(Shared {
            options,
            front: Mutex::default(),
            waiting: Condvar::new(),
            calls: Mutex::new(calls),
            arrived: watch::channel(last).0,
        });
        let reader = Arc::clone(&shared);
        // Without the thread calls are read when somebody looks.
        let thread = std::thread::Builder::new().name(String::from("inspector")).spawn(move || reader.read());
        let thread = thread.map_err(|error| tracing::warn!(%error, "the inspector has no thread of its own"));
        Ok(Self { shared, thread: thread.ok() })
    }

    /// Whether bodies are kept.
    pub fn keeps_bodies(&self) -> bool {
        self.shared.options.bodies
    }

    /// How much is kept.
    pub fn limits(&self) -> Limits {
        self.shared.options.limits
    }

    /// Takes a call to be kept, with the customers that were looked up for it. `body` is what was answered, before it was compressed.
    pub fn keep(
        &self,
        (dialect, operation): (&'static str, &'static str),
        (request, about): (Request, About),
        (response, body): (&Response<Bytes>, Bytes),
        refused: Option<Refusal>,
        took: Duration,
    ) {
        let (at, began) = (SystemClock.now(), Instant::now().checked_sub(took));
        let is_error = call::outcome(refused.as_ref(), response.status()) != "ok";
        let most = u32::try_from(self.shared.options.limits.calls).unwrap_or(u32::MAX).min(BURST);
        let mut front = lock(&self.shared.front);
        let full = front.bytes > MOST_WAITING;
        let new = || Allowance { left: most, second: at.seconds() };
        let takes = most > 0
            && !full
            && front.allowances.entry((dialect, is_error)).or_insert_with(new).take(most, at.seconds());
        let left_out = most > 0 && !takes;
        front.minutes.count(dialect, at, took, is_error, left_out);
        front.quarters.count(dialect, at, took, is_error, left_out);
        if !takes || front.forgotten.is_some_and(|forgotten| began.is_none_or(|began| began <= forgotten)) {
            return;
        }
        let mut answer = Response::new(body);
        *answer.status_mut() = response.status();
        answer.headers_mut().clone_from(response.headers());
        answer.extensions_mut().clone_from(response.extensions());
        let call = Arrived { at, took, dialect, operation, request, about, response: answer, refused };
        front.bytes += call.bytes();
        let wakes = front.arrived.is_empty() || front.bytes >= MANY_WAITING;
        front.arrived.push(call);
        drop(front);
        if wakes {
            self.shared.waiting.notify_one();
        }
    }

    /// Calls with numbers between two, newest first: at most so many of those that are wanted.
    pub async fn list(
        &self,
        between: (u64, u64),
        most: usize,
        wants: impl Fn(&Brief) -> bool + Send + 'static,
    ) -> Vec<Brief> {
        self.ask(move |calls| calls.list(between, most, wants)).await.unwrap_or_default()
    }

    /// The call of that number, while it is kept.
    pub async fn call(&self, number: u64) -> Option<Call> {
        self.ask(move |calls| calls.call(number)).await.flatten()
    }

    /// The number of the last call with that request id, while it is kept.
    pub async fn of_request(&self, id: &str) -> Option<u64> {
        let id = id.to_owned();
        self.ask(move |calls| calls.of_request(&id)).await.flatten()
    }

    /// Looks into the file beside the requests.
    async fn ask<T: Send + 'static>(
        &self,
        what: impl FnOnce(&mut Calls) -> rusqlite::Result<T> + Send + 'static,
    ) -> Option<T> {
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || shared.settle().run(what)).await.ok().flatten()
    }

    /// Keeps what arrived until now, for good.
    pub fn flush(&self) {
        drop(self.shared.settle());
    }

    /// Forgets what every call said, because this customer was erased: nobody can tell which of them told of them.
    pub fn forget(&self, tenant: Tenant, customer: i64) {
        {
            let mut front = lock(&self.shared.front);
            if front.erased.len() >= MOST_ERASED {
                front.erased.clear();
            }
            front.erased.insert((tenant.number, customer));
        }
        self.shared.forget();
    }

    /// How each dialect fared in the last hour, by minutes that had calls, oldest first.
    pub fn minutes(&self) -> Vec<(&'static str, Vec<Minute>)> {
        lock(&self.shared.front).minutes.until(SystemClock.now())
    }

    /// How each dialect fared in the last day, by quarters of an hour that had calls, oldest first.
    pub fn quarters(&self) -> Vec<(&'static str, Vec<Minute>)> {
        lock(&self.shared.front).quarters.until(SystemClock.now())
    }

    /// Tells the number of the last call.
    pub fn arrivals(&self) -> watch::Receiver<u64> {
        self.shared.arrived.subscribe()
    }
}

impl Drop for Inspector {
    fn drop(&mut self) {
        lock(&self.shared.front).closed = true;
        self.shared.waiting.notify_one();
        // The file is free once it has ended.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// Reads what arrives, until the inspector goes.
    fn read(&self) {
        loop {
            // What is old goes, also where nothing new comes.
            if lock(&self.front).arrived.is_empty() {
                lock(&self.calls).run(|calls| calls.keep(&[], SystemClock.now()));
            }
            let front = lock(&self.front);
            let idle = |front: &mut Front| front.arrived.is_empty() && !front.closed;
            let waited = self.waiting.wait_timeout_while(front, IDLE, idle);
            let front = waited.unwrap_or_else(PoisonError::into_inner).0;
            let few = |front: &mut Front| front.bytes < MANY_WAITING && !front.closed;
            let gathered = self.waiting.wait_timeout_while(front, GATHERING, few);
            let closed = gathered.unwrap_or_else(PoisonError::into_inner).0.closed;
            drop(self.settle());
            if closed {
                return;
            }
        }
    }

    /// Reads and keeps what arrived until now.
    fn settle(&self) -> MutexGuard<'_, Calls> {
        let mut calls = lock(&self.calls);
        let mut front = lock(&self.front);
        let arrived = std::mem::take(&mut front.arrived);
        front.bytes = 0;
        drop(front);
        if !arrived.is_empty() {
            let read: Vec<Call> = arrived.into_iter().map(|call| call.settle(self.options.bodies)).collect();
            let last = calls.run(|calls| calls.keep(&read, SystemClock.now())).flatten();
            if let Some(last) = last {
                self.arrived.send_replace(last);
            }
        }
        calls
    }

    fn forget(&self) {
        let mut calls = self.settle();
        let mut front = lock(&self.front);
        front.arrived.clear();
        front.bytes = 0;
        front.forgotten = Some(Instant::now());
        drop(front);
        calls.forget();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
