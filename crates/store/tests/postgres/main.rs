//! The shared engine on a real PostgreSQL: the suite of every engine, and what only a server can suffer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod cluster;
mod encrypted;
mod moving;
mod nodes;
mod opening;
mod proxy;
#[path = "../suite/mod.rs"]
mod suite;
mod transfer;

use cluster::{Cluster, Database};
use domain::port::Store;
use std::sync::Arc;
use store::postgres::{Options, PostgresStore, examine};
use suite::{Engine, Seeded};

/// A database with a store. One that is durable waits for the disk.
struct Postgres<const DURABLE: bool>(Database);

impl<const DURABLE: bool> Engine for Postgres<DURABLE> {
    fn new() -> Self {
        Self(Cluster::shared().database())
    }

    fn open(&self) -> Arc<dyn Store> {
        let address = self.0.url().parse().unwrap();
        let options = Options { durable: DURABLE, readers: 2, ..Options::new(address, Arc::new(Seeded::new(2))) };
        Arc::new(PostgresStore::open(options).unwrap())
    }

    fn examine(&self) -> Vec<String> {
        let report = examine(&self.0.url().parse().unwrap()).unwrap();
        assert!(report.records > 0, "it looked at something");
        report.findings.into_iter().map(|finding| format!("{}: {}", finding.what, finding.why)).collect()
    }
}

/// The way to a cluster of somebody's own leads there, and nowhere else.
#[test]
fn the_suite_runs_where_it_is_told_to() {
    let own = cluster::Own::new();
    let run = || {
        let mut suite = std::process::Command::new(std::env::current_exe().unwrap());
        suite.args(["durable::records", "--test-threads", "2"]);
        suite.env("TEST_DATABASE_URL", format!("postgres://samerow@127.0.0.1:{}", own.port));
        suite.env("TEST_ENGINE", "postgres").output().unwrap()
    };
    let output = run();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("test result: ok.") && !said.contains(" 0 passed"), "{said}");
    assert_eq!(own.sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'test%'"), "0", "it leaves nothing there");
    own.kill();
    assert!(!run().status.success(), "nobody is there");
}

mod durable {
    crate::suite::store_suite!(crate::Postgres<true>);
}
