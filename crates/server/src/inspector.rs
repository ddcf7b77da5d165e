//! The last calls of all dialects, in memory and bounded, and how each dialect fared in the last hour.
//!
//! A call is kept as it arrived: its bytes are shared, not copied, and nothing is parsed until somebody looks. The
//! headers by which clients prove who they are go before it is kept; what else is secret is left out where it is shown,
//! see [`redact`](crate::redact).

use bytes::Bytes;
use dialects::{Refusal, Request};
use domain::Time;
use domain::port::Clock as _;
use http::{HeaderMap, HeaderName, Response, StatusCode, header};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

use crate::host::SystemClock;

/// Bytes of all kept calls together.
const MOST_BYTES: usize = 32 << 20;

/// Longest body that is kept, in bytes.
const MOST_BODY: usize = 256 << 10;

/// What a call costs beside its texts and bodies, in bytes.
const COST: usize = 1_024;

/// Minutes of which it is known how each dialect fared.
pub const MINUTES: usize = 60;

/// Headers that are secrets.
const SECRET: [HeaderName; 6] = [
    header::AUTHORIZATION,
    header::PROXY_AUTHORIZATION,
    header::COOKIE,
    header::SET_COOKIE,
    HeaderName::from_static("api-key"),
    HeaderName::from_static("x-csrf-token"),
];

/// A call that was answered.
#[derive(Debug)]
pub struct Call {
    /// Its number, from 1.
    pub number: u64,
    /// When it was answered.
    pub at: Time,
    /// How long that took.
    pub took: Duration,
    /// The dialect.
    pub dialect: &'static str,
    /// The vendor's name of the operation; `""` when none was found.
    pub operation: &'static str,
    /// What was asked, without its credential, and without a body where bodies are not kept.
    pub request: Request,
    /// Bytes of its body.
    pub asked_bytes: usize,
    /// What was answered.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, where bodies are kept.
    pub body: Bytes,
    /// Bytes of it.
    pub answered_bytes: usize,
    /// Why it was refused.
    pub refused: Option<Refusal>,
}

impl Call {
    /// `ok`, `refused` or `failed`. The old APIs refuse with 200, too.
    pub fn outcome(&self) -> &'static str {
        match (&self.refused, self.status.as_u16()) {
            (_, 500..) if self.refused.as_ref().is_none_or(is_fault) => "failed",
            (Some(_), _) | (None, 400..) => "refused",
            (None, _) => "ok",
        }
    }

    fn bytes(&self) -> usize {
        let headers =
            |headers: &HeaderMap| headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>();
        let texts = self.request.path.len() + self.request.query.as_ref().map_or(0, String::len);
        COST + texts
            + self.request.body.len()
            + self.body.len()
            + headers(&self.request.headers)
            + headers(&self.headers)
    }
}

/// Whether the server is to blame.
fn is_fault(refusal: &Refusal) -> bool {
    use domain::error::Reason;
    matches!(refusal, Refusal::Operation(error) if matches!(error.reason, Reason::Internal | Reason::Busy))
}

/// How a dialect fared in a minute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Minute {
    /// The minute, since 1970.
    pub at: i64,
    /// Calls.
    pub calls: u64,
    /// Those of them that were refused or failed.
    pub errors: u64,
    /// Calls by how long they took: the place is the number of bits of the microseconds.
    pub took: [u32; 32],
}

/// See the [module](self).
#[derive(Debug)]
pub struct Inspector {
    most: usize,
    bodies: bool,
    kept: Mutex<Kept>,
    arrived: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Kept {
    calls: VecDeque<Arc<Call>>,
    bytes: usize,
    last: u64,
    minutes: BTreeMap<&'static str, VecDeque<Minute>>,
}

impl Inspector {
    /// Keeps that many calls at most, with their bodies or without.
    pub fn new(most: usize, bodies: bool) -> Self {
        Self { most, bodies, kept: Mutex::default(), arrived: watch::channel(0).0 }
    }

    /// Whether bodies are kept.
    pub const fn keeps_bodies(&self) -> bool {
        self.bodies
    }

    /// Keeps a call, and forgets the oldest ones where it needs their place.
    pub fn keep(
        &self,
        dialect: &'static str,
        operation: &'static str,
        mut request: Request,
        (response, answered): (&Response<Bytes>, Bytes),
        refused: Option<Refusal>,
        took: Duration,
    ) {
        let at = SystemClock.now();
        let (asked_bytes, answered_bytes) = (request.body.len(), answered.len());
        let keeps = |bytes: &Bytes| if self.bodies && bytes.len() <= MOST_BODY { bytes.clone() } else { Bytes::new() };
        request.body = keeps(&request.body);
        for name in &SECRET {
            request.headers.remove(name);
        }
        let (headers, body) = (response.headers().clone(), keeps(&answered));
        let status = response.status();
        let mut call = Call {
            number: 0,
            at,
            took,
            dialect,
            operation,
            request,
            asked_bytes,
            status,
            headers,
            body,
            answered_bytes,
            refused,
        };
        let (bytes, is_error) = (call.bytes(), call.outcome() != "ok");
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.count(dialect, at, took, is_error);
        kept.last += 1;
        let number = kept.last;
        // Freed once the lock is.
        let mut forgotten = Vec::new();
        if self.most > 0 {
            call.number = number;
            kept.bytes += bytes;
            kept.calls.push_back(Arc::new(call));
            while kept.calls.len() > self.most || kept.bytes > MOST_BYTES {
                let Some(oldest) = kept.calls.pop_front() else { break };
                kept.bytes -= oldest.bytes();
                forgotten.push(oldest);
            }
        }
        drop(kept);
        self.arrived.send_replace(number);
    }

    /// The calls that are kept, newest first.
    pub fn calls(&self) -> Vec<Arc<Call>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.calls.iter().rev().cloned().collect()
    }

    /// The call of that number, while it is kept.
    pub fn call(&self, number: u64) -> Option<Arc<Call>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.calls.binary_search_by_key(&number, |call| call.number).ok()?;
        kept.calls.get(found).cloned()
    }

    /// How each dialect fared in the last hour, by minutes that had calls, oldest first.
    pub fn minutes(&self) -> Vec<(&'static str, Vec<Minute>)> {
        let now = minute(SystemClock.now());
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = |minutes: &VecDeque<Minute>| {
            minutes.iter().filter(|minute| minute.at > now - MINUTES as i64).cloned().collect::<Vec<_>>()
        };
        kept.minutes.iter().map(|(dialect, minutes)| (*dialect, recent(minutes))).collect()
    }

    /// Tells the number of the last call.
    pub fn arrivals(&self) -> watch::Receiver<u64> {
        self.arrived.subscribe()
    }
}

fn minute(time: Time) -> i64 {
    time.seconds().div_euclid(60)
}

impl Kept {
    fn count(&mut self, dialect: &'static str, at: Time, took: Duration, is_error: bool) {
        let minutes = self.minutes.entry(dialect).or_default();
        let now = minute(at);
        if minutes.back().is_none_or(|last| last.at < now) {
            if minutes.len() == MINUTES {
                minutes.pop_front();
            }
            minutes.push_back(Minute { at: now, ..Minute::default() });
        }
        let Some(minute) = minutes.back_mut() else { return };
        minute.calls += 1;
        minute.errors += u64::from(is_error);
        let micros = u32::try_from(took.as_micros()).unwrap_or(u32::MAX);
        let bits = (u32::BITS - micros.leading_zeros()).min(31) as usize;
        if let Some(count) = minute.took.get_mut(bits) {
            *count += 1;
        }
    }
}

/// The time that this part of the calls took at most, in microseconds, to a factor of two; 0 of none.
pub fn quantile(minutes: &[Minute], part: f64) -> u64 {
    let mut sums = [0_u64; 32];
    for minute in minutes {
        for (sum, count) in sums.iter_mut().zip(minute.took) {
            *sum += u64::from(count);
        }
    }
    let all: u64 = sums.iter().sum();
    let mut left = (all as f64 * part).ceil() as u64;
    for (bits, count) in sums.iter().enumerate() {
        if *count >= left && left > 0 {
            return 1 << bits;
        }
        left = left.saturating_sub(*count);
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Method;

    fn request(body: &'static str) -> Request {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, "Bearer canary".parse().unwrap());
        headers.insert("api-key", "canary".parse().unwrap());
        headers.insert(header::USER_AGENT, "test/1".parse().unwrap());
        Request {
            method: Method::GET,
            path: "/v1/customers/1".to_owned(),
            query: None,
            headers,
            body: Bytes::from_static(body.as_bytes()),
            address: [127, 0, 0, 1].into(),
            base_url: String::new(),
            tenant: None,
            id: "id".to_owned(),
        }
    }

    fn keep(inspector: &Inspector, body: Bytes) {
        let response = (&Response::new(Bytes::new()), body);
        inspector.keep("native", "read", request("asked"), response, None, Duration::from_micros(700));
    }

    #[test]
    fn the_newest_calls_stay_without_their_credentials() {
        let inspector = Inspector::new(3, true);
        for _ in 0..5 {
            keep(&inspector, Bytes::from_static(b"answered"));
        }
        let calls = inspector.calls();
        assert_eq!(calls.iter().map(|call| call.number).collect::<Vec<_>>(), [5, 4, 3]);
        assert_eq!((&*calls[0].request.body, &*calls[0].body), (&b"asked"[..], &b"answered"[..]));
        assert_eq!(calls[0].request.headers.len(), 1, "{:?}", calls[0].request.headers);
        assert_eq!(inspector.call(4).unwrap().number, 4);
        assert!(inspector.call(2).is_none() && inspector.call(6).is_none());
        assert_eq!(*inspector.arrivals().borrow(), 5);
    }

    #[test]
    fn memory_is_bounded_whatever_arrives() {
        let inspector = Inspector::new(1_000_000, true);
        for _ in 0..300 {
            keep(&inspector, Bytes::from(vec![b'x'; MOST_BODY]));
        }
        let kept = inspector.kept.lock().unwrap();
        assert!(kept.bytes <= MOST_BYTES && kept.calls.len() > 100, "{} {}", kept.bytes, kept.calls.len());
        assert_eq!(kept.bytes, kept.calls.iter().map(|call| call.bytes()).sum::<usize>());
        drop(kept);
        keep(&inspector, Bytes::from(vec![b'x'; MOST_BODY + 1]));
        let last = &inspector.calls()[0];
        assert_eq!((last.body.len(), last.answered_bytes), (0, MOST_BODY + 1));
    }

    #[test]
    fn without_bodies_none_is_kept_and_minutes_count_anyway() {
        let inspector = Inspector::new(0, false);
        keep(&inspector, Bytes::from_static(b"answered"));
        assert!(inspector.calls().is_empty());
        let minutes = inspector.minutes();
        assert_eq!((minutes[0].0, minutes[0].1[0].calls, minutes[0].1[0].errors), ("native", 1, 0));
        assert_eq!(quantile(&minutes[0].1, 0.99), 1_024);
        let inspector = Inspector::new(1, false);
        keep(&inspector, Bytes::from_static(b"answered"));
        let call = &inspector.calls()[0];
        assert_eq!((call.body.len(), call.answered_bytes, call.request.body.len(), call.asked_bytes), (0, 8, 0, 5));
    }

    #[test]
    fn a_quantile_is_where_that_part_is_reached() {
        let mut minute = Minute { at: 1, calls: 100, ..Minute::default() };
        minute.took[5] = 98;
        minute.took[12] = 2;
        assert_eq!((quantile(&[minute.clone()], 0.5), quantile(&[minute], 0.99)), (32, 4_096));
        assert_eq!(quantile(&[], 0.5), 0);
    }
}
