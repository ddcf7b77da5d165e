//! The embedded engine: one SQLite file, one writer that commits in groups, readers on their own connections.

mod anchor;
mod checkpoint;
mod content;
mod cross_check;
mod doctor;
mod feed;
mod find;
mod history;
mod list;
mod migrate;
mod moved;
mod open;
mod pages;
mod reader;
mod search;
mod side;
mod table;
mod transfer;
mod writer;

pub use doctor::examine;
pub use moved::moved;
pub(crate) use moved::{Held, forget, note_backup, noted_backup};
pub use open::{HandOver, Options, SqliteStore};
pub use search::SearchIndex;
pub(crate) use side::FolderSide;
pub(crate) use transfer::{Filling, alone, empty, read_all};

use thiserror::Error as ThisError;

/// Why the store could not do something.
#[derive(Debug, ThisError)]
pub(crate) enum Failure {
    /// SQLite's own reason.
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    /// What is stored is not what was written.
    #[error("damaged: {0}")]
    Damaged(String),
    /// A value that could not be written or read as JSON.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// A move that takes the store away did not come to its end in time.
    #[error("the store is being moved")]
    Held,
}

impl Failure {
    fn extended_code(&self) -> Option<i32> {
        match self {
            Self::Sqlite(error) => error.sqlite_extended_error_code(),
            Self::Damaged(_) | Self::Json(_) | Self::Held => None,
        }
    }
}

/// Why a store could not be opened.
#[derive(Debug, ThisError)]
pub enum OpenError {
    /// The folder cannot be made or entered.
    #[error("cannot use {path}: {source}")]
    Folder {
        /// The folder or file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Another server has it open.
    #[error("{path} is open in another server{owner}. One server at a time may have it.")]
    InUse {
        /// The folder.
        path: String,
        /// ` (process 123)`, if it is known.
        owner: String,
    },
    /// SQLite is too old to be trusted.
    #[error(
        "SQLite {found} can corrupt a store when two connections meet at the end of its log: 3.51.3 or newer is needed"
    )]
    TooOld {
        /// The version that is linked.
        found: &'static str,
    },
    /// The file was written by a newer release.
    #[error("the store was written by a newer release (schema {found}, this one knows {known})")]
    Newer {
        /// The schema of the file.
        found: i64,
        /// The newest that is known.
        known: usize,
    },
    /// It was moved to a database.
    #[error("the store of {path} was moved to a database: start with --database-url, or move it back")]
    Moved {
        /// The folder.
        path: String,
    },
    /// SQLite refused.
    #[error("cannot open the store: {0}")]
    Failed(String),
}

impl From<Failure> for OpenError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure.to_string())
    }
}

/// Extended result codes that mean that a flush failed: what was written may be lost, and the kernel will not say so
/// again.
pub(crate) fn is_failed_flush(code: Option<i32>) -> bool {
    use rusqlite::ffi;
    matches!(code, Some(ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC))
}
