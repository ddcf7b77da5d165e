//! The engines that keep the record.
//!
//! One batch is one transaction: what it changes, the history of it and the unique values that move are stored
//! together or not at all, and nobody is answered before it is durable.

#![deny(missing_docs)]

mod batch;
mod codec;
mod fault;
mod seal;
pub mod sqlite;

pub use sqlite::{Answering, OpenError, Options, SqliteStore};

/// The version of the SQLite that is linked.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}
