//! The last calls of all dialects, in memory and bounded, and how each dialect fared in the last hour.
//!
//! The thread that answers a call only hands it over. Another one reads it, leaves out what is secret, and keeps what is
//! left, within milliseconds; whoever looks meanwhile does that themselves, so that a call whose answer has been sent is
//! there. As many calls as are kept may come at once; then so many a second of each dialect as somebody could look at,
//! refused ones for themselves, and the rest is only counted.

mod call;
mod minutes;

pub use call::{Asked, Body, Call};
pub use minutes::{MINUTES, Minute, quantile};

use bytes::Bytes;
use call::Arrived;
use dialects::{Refusal, Request};
use domain::port::Clock as _;
use http::Response;
use minutes::Minutes;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

use crate::host::SystemClock;

/// Bytes of all kept calls together.
const MOST_BYTES: usize = 16 << 20;

/// Bytes of all calls that wait to be read.
const MOST_WAITING: usize = 4 << 20;

/// Calls of a dialect a second that are kept, once more have come than are kept at all.
const PACE: u32 = 100;

/// See the [module](self).
#[derive(Debug)]
pub struct Inspector(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    most: usize,
    bodies: bool,
    front: Mutex<Front>,
    waiting: Condvar,
    kept: Mutex<Kept>,
    arrived: watch::Sender<u64>,
}

/// What every call passes.
#[derive(Debug, Default)]
struct Front {
    minutes: Minutes,
    allowances: BTreeMap<Sort, Allowance>,
    arrived: Vec<Arrived>,
    bytes: usize,
    /// The number of the last call.
    last: u64,
    closed: bool,
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

#[derive(Debug, Default)]
struct Kept {
    sorts: BTreeMap<Sort, Ring>,
    calls: usize,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Ring {
    calls: VecDeque<Arc<Call>>,
    bytes: usize,
}

impl Inspector {
    /// Keeps that many calls at most, with their bodies or without.
    pub fn new(most: usize, bodies: bool) -> Self {
        let shared = Arc::new(Shared {
            most,
            bodies,
            front: Mutex::default(),
            waiting: Condvar::new(),
            kept: Mutex::default(),
            arrived: watch::channel(0).0,
        });
        let reader = Arc::clone(&shared);
        // Without the thread calls are read when somebody looks.
        let started = std::thread::Builder::new().name(String::from("inspector")).spawn(move || reader.read());
        if let Err(error) = started {
            tracing::warn!(%error, "the inspector has no thread of its own");
        }
        Self(shared)
    }

    /// Whether bodies are kept.
    pub fn keeps_bodies(&self) -> bool {
        self.0.bodies
    }

    /// Takes a call to be kept. `body` is what was answered, before it was compressed.
    pub fn keep(
        &self,
        dialect: &'static str,
        operation: &'static str,
        request: Request,
        (response, body): (&Response<Bytes>, Bytes),
        refused: Option<Refusal>,
        took: Duration,
    ) {
        let at = SystemClock.now();
        let is_error = call::outcome(refused.as_ref(), response.status()) != "ok";
        let most = u32::try_from(self.0.most).unwrap_or(u32::MAX);
        let mut front = lock(&self.0.front);
        let full = front.bytes > MOST_WAITING;
        let new = || Allowance { left: most, second: at.seconds() };
        let takes = most > 0
            && !full
            && front.allowances.entry((dialect, is_error)).or_insert_with(new).take(most, at.seconds());
        front.minutes.count(dialect, at, took, is_error, most > 0 && !takes);
        if !takes {
            return;
        }
        front.last += 1;
        let number = front.last;
        let mut answer = Response::new(body);
        *answer.status_mut() = response.status();
        answer.headers_mut().clone_from(response.headers());
        answer.extensions_mut().clone_from(response.extensions());
        let call = Arrived { number, at, took, dialect, operation, request, response: answer, refused };
        front.bytes += call.bytes();
        front.arrived.push(call);
        drop(front);
        self.0.waiting.notify_one();
    }

    /// The calls that are kept, newest first.
    pub fn calls(&self) -> Vec<Arc<Call>> {
        let kept = self.0.settle();
        let mut calls: Vec<_> = kept.sorts.values().flat_map(|ring| ring.calls.iter().cloned()).collect();
        drop(kept);
        calls.sort_unstable_by_key(|call| std::cmp::Reverse(call.number));
        calls
    }

    /// The call of that number, while it is kept.
    pub fn call(&self, number: u64) -> Option<Arc<Call>> {
        self.calls().into_iter().find(|call| call.number == number)
    }

    /// Forgets every call: a person was erased, and nobody can tell which calls told of them.
    pub fn forget(&self) {
        *self.0.settle() = Kept::default();
    }

    /// How each dialect fared in the last hour, by minutes that had calls, oldest first.
    pub fn minutes(&self) -> Vec<(&'static str, Vec<Minute>)> {
        lock(&self.0.front).minutes.until(SystemClock.now())
    }

    /// Tells the number of the last call.
    pub fn arrivals(&self) -> watch::Receiver<u64> {
        self.0.arrived.subscribe()
    }
}

impl Drop for Inspector {
    fn drop(&mut self) {
        lock(&self.0.front).closed = true;
        self.0.waiting.notify_one();
    }
}

impl Shared {
    /// Reads what arrives, until the inspector goes.
    fn read(&self) {
        loop {
            let front = lock(&self.front);
            let idle = |front: &mut Front| front.arrived.is_empty() && !front.closed;
            let front = self.waiting.wait_while(front, idle).unwrap_or_else(PoisonError::into_inner);
            if front.closed {
                return;
            }
            drop(front);
            drop(self.settle());
        }
    }

    /// Reads what arrived until now.
    fn settle(&self) -> MutexGuard<'_, Kept> {
        let mut kept = lock(&self.kept);
        let mut front = lock(&self.front);
        let arrived = std::mem::take(&mut front.arrived);
        front.bytes = 0;
        drop(front);
        let last = arrived.last().map(|call| call.number);
        for call in arrived {
            kept.keep(call.settle(self.bodies), self.most);
        }
        if let Some(last) = last {
            self.arrived.send_replace(last);
        }
        kept
    }
}

impl Kept {
    /// Keeps a call, and forgets old ones where it needs their place: of the sort that has most.
    fn keep(&mut self, call: Call, most: usize) {
        let bytes = call.bytes();
        let ring = self.sorts.entry((call.dialect, call.outcome != "ok")).or_default();
        ring.bytes += bytes;
        ring.calls.push_back(Arc::new(call));
        self.bytes += bytes;
        self.calls += 1;
        while self.calls > most || self.bytes > MOST_BYTES {
            let many = self.calls > most;
            let sorts = self.sorts.values_mut();
            let fullest = sorts.max_by_key(|ring| if many { ring.calls.len() } else { ring.bytes });
            let Some(ring) = fullest else { return };
            let Some(oldest) = ring.calls.pop_front() else { return };
            ring.bytes -= oldest.bytes();
            self.bytes -= oldest.bytes();
            self.calls -= 1;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::call::MOST_BODY;
    use super::*;
    use http::{HeaderMap, Method, header};

    fn request(body: &'static str) -> Request {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, "Bearer canary".parse().unwrap());
        headers.insert("api-key", "canary".parse().unwrap());
        headers.insert(header::USER_AGENT, "test/1".parse().unwrap());
        headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        Request {
            method: Method::GET,
            path: "/v1/customers/1".to_owned(),
            query: Some("token=canary&a=1".to_owned()),
            headers,
            body: Bytes::from_static(body.as_bytes()),
            address: [127, 0, 0, 1].into(),
            base_url: String::new(),
            tenant: None,
            id: "id".to_owned(),
        }
    }

    const ASKED: &str = r#"{"password":"canary"}"#;

    fn keep(inspector: &Inspector, dialect: &'static str, status: u16, body: Bytes) {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = status.try_into().unwrap();
        response.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        response.extensions_mut().insert(dialects::notes::Noted(vec!["An order of its own".into()]));
        inspector.keep(dialect, "read", request(ASKED), (&response, body), None, Duration::from_micros(700));
    }

    fn numbers(inspector: &Inspector) -> Vec<u64> {
        inspector.calls().iter().map(|call| call.number).collect()
    }

    #[test]
    fn the_newest_calls_stay_and_no_secret_of_them() {
        let inspector = Inspector::new(3, true);
        for _ in 0..3 {
            keep(&inspector, "native", 200, Bytes::from_static(b"{\"answered\":1}"));
        }
        assert_eq!(numbers(&inspector), [3, 2, 1]);
        let call = inspector.call(2).unwrap();
        assert!(!format!("{call:?}").contains("canary"), "{call:?}");
        assert_eq!(call.body, Body::Kept("{\"answered\":1}".into()));
        assert_eq!((&*call.asked.client, &*call.notes), ("test/1", &["An order of its own".to_owned()][..]));
        assert!(inspector.call(4).is_none());
        assert_eq!(*inspector.arrivals().borrow(), 3);
    }

    #[test]
    fn those_of_one_dialect_do_not_push_out_those_of_another_nor_the_refused_ones() {
        let inspector = Inspector::new(10, true);
        keep(&inspector, "superoffice", 200, Bytes::new());
        keep(&inspector, "native", 404, Bytes::new());
        for _ in 0..10 {
            keep(&inspector, "native", 200, Bytes::new());
        }
        assert_eq!(numbers(&inspector), [12, 11, 10, 9, 8, 7, 6, 5, 2, 1]);
    }

    #[test]
    fn more_than_anybody_looks_at_are_counted_only() {
        let mut allowance = Allowance { left: 3, second: 10 };
        let taken = |allowance: &mut Allowance, second| (0..500).filter(|_| allowance.take(300, second)).count();
        assert_eq!([10, 10, 11, 12, 9, 100].map(|second| taken(&mut allowance, second)), [3, 0, 100, 100, 0, 300]);
        let inspector = Inspector::new(50, true);
        for _ in 0..10_000 {
            keep(&inspector, "native", 200, Bytes::new());
        }
        let minutes: Vec<Minute> = inspector.minutes().into_iter().flat_map(|(_, minutes)| minutes).collect();
        let sum = |of: fn(&Minute) -> u64| minutes.iter().map(of).sum::<u64>();
        assert_eq!(sum(|minute| minute.calls), 10_000);
        assert_eq!(sum(|minute| minute.left_out) + numbers(&inspector)[0], 10_000);
        assert_eq!(inspector.calls().len(), 50);
    }

    #[test]
    fn memory_is_bounded_whatever_arrives() {
        let inspector = Inspector::new(1_000_000, true);
        let long = |length| Bytes::from(format!("\"{}\"", "x".repeat(length)));
        for _ in 0..300 {
            keep(&inspector, "native", 200, long(MOST_BODY - 2));
            assert!(lock(&inspector.0.front).bytes <= MOST_WAITING + 2 * MOST_BODY);
        }
        let kept = inspector.0.settle();
        assert!(kept.bytes <= MOST_BYTES && kept.calls > 10, "{} {}", kept.bytes, kept.calls);
        let calls = || kept.sorts.values().flat_map(|ring| &ring.calls);
        assert_eq!((kept.bytes, kept.calls), (calls().map(|call| call.bytes()).sum(), calls().count()));
        drop(kept);
        keep(&inspector, "native", 200, long(MOST_BODY));
        assert_eq!(inspector.calls()[0].body, Body::Left(MOST_BODY + 2));
    }

    #[test]
    fn without_bodies_none_is_kept_and_minutes_count_anyway() {
        let inspector = Inspector::new(0, false);
        keep(&inspector, "native", 200, Bytes::from_static(b"answered"));
        assert!(inspector.calls().is_empty());
        let minutes = inspector.minutes();
        assert_eq!((minutes[0].0, minutes[0].1[0].calls, minutes[0].1[0].errors), ("native", 1, 0));
        assert_eq!(quantile(&minutes[0].1, 0.99), 1_024);
        let inspector = Inspector::new(1, false);
        keep(&inspector, "native", 200, Bytes::from_static(b"answered"));
        let call = &inspector.calls()[0];
        assert_eq!((&call.body, &call.asked.body), (&Body::Left(8), &Body::Left(ASKED.len())));
    }
}
