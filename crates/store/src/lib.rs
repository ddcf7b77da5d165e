//! The engines that keep the record.
//!
//! One batch is one transaction: what it changes, the history of it and the unique values that move are stored
//! together or not at all, and nobody is answered before it is durable.

#![deny(missing_docs)]

mod batch;
mod codec;
mod fault;
mod kept;
mod ledger;
pub mod postgres;
mod report;
mod seal;
pub mod sqlite;
mod table;
pub mod transfer;

pub use report::{Finding, Report};
pub use sqlite::{HandOver, OpenError, Options, SearchIndex, SqliteStore};

/// Runs what it is given, at once or soon, on this thread or another.
pub type Answering = std::sync::Arc<dyn Fn(Box<dyn FnOnce() + Send>) + Send + Sync>;

/// The version of the SQLite that is linked.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}
