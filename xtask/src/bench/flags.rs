//! The command line.

use std::path::{Path, PathBuf};

/// Measures samerow and its yardsticks in turns; prints rates, latencies, CPU, memory and ratios.
#[derive(clap::Parser)]
#[command(name = "bench", bin_name = "cargo xtask bench")]
pub(super) struct Flags {
    /// A first look: 2 s a lane, 64 connections, 1 round, no growth
    #[arg(long)]
    pub(super) quick: bool,
    /// What keeps the record: sqlite, or postgres, which measures updates beside pgbench and a FastAPI peer
    #[arg(long, default_value = "sqlite", value_parser = ["sqlite", "postgres"])]
    pub(super) engine: String,
    /// What to measure: update, read, list, http, password, superoffice, bing, rpc, bulk, feed, search, inspector, cold-start, idle-memory, growth, or single lanes
    #[arg(long, value_delimiter = ',')]
    pub(super) jobs: Vec<String>,
    /// Connections kept open by the client [default: 1,16,64,256]
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=4096))]
    conns: Vec<u32>,
    /// How often every lane takes its turn [default: 3]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: Option<u32>,
    /// Seconds measured a turn [default: 5]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3600))]
    seconds: Option<u32>,
    /// Seconds of the same load before each measured turn [default: 2]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3600))]
    warmup: Option<u32>,
    /// Customers in every store
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(50..=10_000_000))]
    pub(super) customers: u64,
    /// Seconds to wait at most, before each turn, for other processes to use less than 0.4 cores [default: 10]
    #[arg(long)]
    settle: Option<u32>,
    /// Where the stores are put; the file system is part of what is measured [default: target/bench]
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The binary to measure; "none" measures the yardsticks alone [default: build target/release/samerow]
    #[arg(long)]
    pub(super) subject: Option<PathBuf>,
    /// Take the binaries as they are
    #[arg(long)]
    pub(super) no_build: bool,
    /// Write every single measurement to this file as JSON
    #[arg(long)]
    pub(super) json: Option<PathBuf>,
    /// Exit with 1 if a target is missed, an answer was wrong or a lane could not be measured
    #[arg(long)]
    pub(super) check: bool,
    /// How far beside a target still counts as met, as a fraction
    #[arg(long, default_value_t = 0.0)]
    pub(super) tolerance: f64,
    /// Leave the stores and logs behind
    #[arg(long)]
    pub(super) keep: bool,
}

impl Flags {
    pub(super) fn conns(&self) -> Vec<u32> {
        match (self.conns.is_empty(), self.quick) {
            (false, _) => self.conns.clone(),
            (true, true) => vec![64],
            (true, false) => vec![1, 16, 64, 256],
        }
    }

    fn or(&self, given: Option<u32>, quick: u32, full: u32) -> u32 {
        given.unwrap_or(if self.quick { quick } else { full })
    }

    pub(super) fn rounds(&self) -> u32 {
        self.or(self.rounds, 1, 3)
    }

    pub(super) fn seconds(&self) -> u32 {
        self.or(self.seconds, 2, 5)
    }

    pub(super) fn warmup(&self) -> u32 {
        self.or(self.warmup, 1, 2)
    }

    pub(super) fn settle(&self) -> u32 {
        self.or(self.settle, 2, 10)
    }

    /// Whether there is a subject at all.
    pub(super) fn has_subject(&self) -> bool {
        self.subject.as_deref() != Some(Path::new("none"))
    }

    pub(super) fn base(&self) -> PathBuf {
        self.dir.clone().unwrap_or_else(|| super::tools::root().join("target/bench"))
    }
}
