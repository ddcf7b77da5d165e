use std::sync::atomic::{AtomicU64, Ordering};

use super::Refusal;

/// A number that metrics can read at any time.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// The number now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn increase(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn decrease(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What happened on one listener since it was made. All but [`open`](Counters::open) only grow.
#[derive(Debug, Default)]
pub struct Counters {
    /// Connections open now.
    pub open: Counter,
    /// Connections served since the start.
    pub accepted: Counter,
    /// Connections turned away at the cap for the listener.
    pub capped: Counter,
    /// Connections turned away at the cap for one address.
    pub capped_address: Counter,
    /// Times that the process or the system had no descriptor left for a waiting connection.
    pub exhausted: Counter,
    /// Other errors of accept.
    pub accept_errors: Counter,
    /// Connections closed because they did not come to speak TLS.
    pub handshakes: Counter,
    /// Connections closed because they were idle.
    pub idle_timeouts: Counter,
    /// Connections closed because the head of a request took too long.
    pub head_timeouts: Counter,
    /// Connections closed because the body of a request took too long.
    pub body_timeouts: Counter,
    /// Connections closed because the client took no byte of an answer.
    pub write_timeouts: Counter,
    /// Connections that broke while a request or an answer was under way.
    pub broken: Counter,
    /// Panics of the application, each answered with 500.
    pub panics: Counter,
    refusals: [Counter; Refusal::ALL.len()],
}

impl Counters {
    /// How often a request was refused for this reason.
    pub fn refused(&self, refusal: Refusal) -> u64 {
        self.refusals.get(refusal as usize).map_or(0, Counter::get)
    }

    pub(crate) fn refuse(&self, refusal: Refusal) {
        if let Some(counter) = self.refusals.get(refusal as usize) {
            counter.increase();
        }
    }
}
