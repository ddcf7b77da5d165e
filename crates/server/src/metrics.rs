//! What is counted, in Prometheus' words.

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::fmt::Write as _;
use std::time::Duration;

use crate::http::{Counters, Refusal};
use dialects::lag::{Follower, Lag};

/// One operation of one dialect, and how it ended: `ok`, `refused` or `failed`.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Call {
    dialect: &'static str,
    operation: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Operation {
    dialect: &'static str,
    operation: &'static str,
}

/// The counters of the dialects.
pub struct Metrics {
    registry: Registry,
    calls: Family<Call, Counter>,
    seconds: Family<Operation, Histogram, fn() -> Histogram>,
}

/// From 100 µs to 10 s.
fn histogram() -> Histogram {
    Histogram::new([0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0])
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("samerow");
        let calls = Family::<Call, Counter>::default();
        let seconds = Family::<Operation, Histogram, fn() -> Histogram>::new_with_constructor(histogram);
        registry.register("calls", "Calls by dialect, operation and outcome", calls.clone());
        registry.register("call_seconds", "Time from the whole request to the whole answer", seconds.clone());
        Self { registry, calls, seconds }
    }
}

impl Metrics {
    /// Counts one call.
    pub fn count(&self, dialect: &'static str, operation: &'static str, status: u16, took: Duration) {
        let outcome = match status {
            ..400 => "ok",
            400..500 => "refused",
            _ => "failed",
        };
        self.calls.get_or_create(&Call { dialect, operation, outcome }).inc();
        self.seconds.get_or_create(&Operation { dialect, operation }).observe(took.as_secs_f64());
    }

    /// Everything as a scrape wants it.
    pub fn encode(&self, connections: &Counters, lags: &[Lag]) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = text::encode_registry(&mut out, &self.registry);
        let gauges = [("samerow_connections_open", "gauge", connections.open.get())];
        let totals = [
            ("accepted", &connections.accepted),
            ("capped", &connections.capped),
            ("capped_address", &connections.capped_address),
            ("exhausted", &connections.exhausted),
            ("handshake", &connections.handshakes),
            ("accept_errors", &connections.accept_errors),
            ("idle_timeouts", &connections.idle_timeouts),
            ("head_timeouts", &connections.head_timeouts),
            ("body_timeouts", &connections.body_timeouts),
            ("write_timeouts", &connections.write_timeouts),
            ("broken", &connections.broken),
            ("panics", &connections.panics),
        ];
        for (name, kind, value) in gauges {
            let _ = writeln!(out, "# TYPE {name} {kind}\n{name} {value}");
        }
        let _ = writeln!(out, "# TYPE samerow_connections counter");
        for (event, counter) in totals {
            let _ = writeln!(out, "samerow_connections_total{{event=\"{event}\"}} {}", counter.get());
        }
        let _ = writeln!(out, "# TYPE samerow_refused_requests counter");
        for refusal in Refusal::ALL {
            let (name, count) = (refusal.name(), connections.refused(*refusal));
            let _ = writeln!(out, "samerow_refused_requests_total{{reason=\"{name}\"}} {count}");
        }
        follow(&mut out, lags);
        out.push_str("# EOF\n");
        out
    }
}

/// How far those are behind who follow the changes: of all indexes of words, and of all webhooks, the one that is furthest.
fn follow(out: &mut String, lags: &[Lag]) {
    let of = |lag: &Lag| if lag.follower == Follower::Search { "search" } else { "webhooks" };
    let furthest = |name| lags.iter().filter(move |lag| of(lag) == name);
    let _ =
        writeln!(out, "# TYPE samerow_change_feed_lag_seconds gauge\n# UNIT samerow_change_feed_lag_seconds seconds");
    for name in ["search", "webhooks"] {
        let seconds = furthest(name).map(|lag| lag.age.as_secs_f64()).fold(0.0, f64::max);
        let _ = writeln!(out, "samerow_change_feed_lag_seconds{{follower=\"{name}\"}} {seconds}");
    }
    let _ = writeln!(out, "# TYPE samerow_change_feed_lag_changes gauge");
    for name in ["search", "webhooks"] {
        let changes = furthest(name).map(|lag| lag.changes).max().unwrap_or(0);
        let _ = writeln!(out, "samerow_change_feed_lag_changes{{follower=\"{name}\"}} {changes}");
    }
}
