//! The embedded engine: the suite of every engine, and what only a file can suffer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod damage;
mod opening;
mod rot;
#[path = "../suite/mod.rs"]
mod suite;
mod views;

use domain::port::Store;
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::Arc;
use store::{Options, SqliteStore, sqlite};
use suite::{Engine, Seeded};
use tempfile::TempDir;

/// A folder with a store. One that is durable waits for the disk.
struct Sqlite<const DURABLE: bool>(TempDir);

impl<const DURABLE: bool> Sqlite<DURABLE> {
    fn file(&self) -> PathBuf {
        self.0.path().join("samerow.db")
    }

    /// What any program can do to the file.
    fn sql(&self) -> Connection {
        Connection::open(self.file()).unwrap()
    }
}

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
        assert!(report.records > 0, "it looked at something");
        report.findings.into_iter().map(|finding| format!("{}: {}", finding.what, finding.why)).collect()
    }
}

mod durable {
    crate::suite::store_suite!(crate::Sqlite<true>);
}

mod volatile {
    crate::suite::store_suite!(crate::Sqlite<false>);
}
