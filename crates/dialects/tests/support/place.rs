//! Where a store is kept: in a folder or, with `SAMEROW_TEST_POSTGRES=1`, in a database of a PostgreSQL of the tests' own.

use super::cluster::{Cluster, Database};
use domain::port::{Entropy, Store};
use std::sync::Arc;
use std::time::Duration;
use store::postgres::{self, PostgresStore};
use store::{Options, Report, SqliteStore, sqlite};
use tempfile::TempDir;

pub(crate) enum Place {
    Folder(TempDir),
    Database(Database),
}

impl Place {
    /// An empty one.
    #[allow(clippy::disallowed_methods, reason = "a test run is told its engine")]
    pub(crate) fn new() -> Self {
        if std::env::var("SAMEROW_TEST_POSTGRES").as_deref() == Ok("1") {
            return Self::Database(Cluster::shared().database());
        }
        Self::Folder(TempDir::new().unwrap())
    }

    /// Another one with the same in it; this one is not open.
    pub(crate) fn copy(&self) -> Self {
        match self {
            Self::Database(database) => Self::Database(database.copy()),
            Self::Folder(from) => {
                let to = TempDir::new().unwrap();
                for entry in std::fs::read_dir(from.path()).unwrap().map(Result::unwrap) {
                    let name = entry.file_name();
                    if name.to_string_lossy().starts_with("samerow.db") {
                        std::fs::copy(entry.path(), to.path().join(name)).unwrap();
                    }
                }
                Self::Folder(to)
            }
        }
    }

    pub(super) fn open(&self, entropy: Arc<dyn Entropy>, committed: Arc<dyn Fn() + Send + Sync>) -> Arc<dyn Store> {
        match self {
            Self::Folder(folder) => {
                let options = Options { durable: false, readers: 1, committed, ..Options::new(folder.path(), entropy) };
                Arc::new(SqliteStore::open(&options).unwrap())
            }
            Self::Database(database) => {
                // It is alone: what it would find when it looks are its own changes.
                let poll = Duration::from_secs(3_600);
                let options = postgres::Options::new(database.url().parse().unwrap(), entropy);
                let options = postgres::Options { durable: false, writers: 1, readers: 1, poll, committed, ..options };
                Arc::new(PostgresStore::open(options).unwrap())
            }
        }
    }

    /// Looks at all of it.
    pub(crate) fn examine(&self) -> Report {
        match self {
            Self::Folder(folder) => sqlite::examine(folder.path()).unwrap(),
            Self::Database(database) => postgres::examine(&database.url().parse().unwrap()).unwrap(),
        }
    }

    /// All that is kept: the bytes of the files, or what the database gives away. What is erased there stays in its
    /// files until it is vacuumed.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Folder(folder) => {
                let files = std::fs::read_dir(folder.path()).unwrap();
                files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
            }
            Self::Database(database) => database.dump(),
        }
    }
}
