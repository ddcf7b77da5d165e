//! The embedded engine: the suite of every engine, and what only a file can suffer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

#[path = "../suite/mod.rs"]
mod suite;

use domain::port::Store;
use std::sync::Arc;
use store::{Options, SqliteStore, sqlite};
use suite::{Engine, Seeded};
use tempfile::TempDir;

/// A folder with a store. One that is durable waits for the disk.
struct Sqlite<const DURABLE: bool>(TempDir);

impl<const DURABLE: bool> Engine for Sqlite<DURABLE> {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn open(&self) -> Arc<dyn Store> {
        let options = Options { durable: DURABLE, readers: 2, ..Options::new(self.0.path(), Arc::new(Seeded::new(2))) };
        Arc::new(SqliteStore::open(&options).unwrap())
    }

    fn examine(&self) -> Vec<String> {
        let report = sqlite::examine(self.0.path()).unwrap();
        assert!(report.records > 0 && report.changes > 0, "it looked at something");
        report.findings.into_iter().map(|finding| format!("{}: {}", finding.what, finding.why)).collect()
    }
}

mod durable {
    crate::suite::store_suite!(crate::Sqlite<true>);
}

mod volatile {
    crate::suite::store_suite!(crate::Sqlite<false>);
}
