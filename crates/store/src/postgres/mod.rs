//! The shared engine: PostgreSQL, and what speaks its wire alike. Many servers may work on one store.
//!
//! A batch is one transaction of three or four round trips, whatever its size. It takes the rows of `head` of the parts
//! that it touches before it reads anything there, and so the writers of all nodes follow each other; what is read once
//! cannot change before the commit.

mod connect;
mod cross_check;
mod doctor;
mod family;
mod feed;
mod find;
mod history;
mod list;
mod lock_outs;
mod migrate;
mod nodes;
mod open;
mod reader;
mod save;
mod session;
mod side;
mod table;
mod tls;
mod transfer;
mod watch;
mod writer;

pub use connect::{Address, BadAddress};
pub use doctor::examine;
pub use nodes::{Seen, nodes};
pub use open::{Options, PostgresStore};
pub(crate) use side::{DatabaseSide, Found, note_backup, noted_backup};
pub(crate) use transfer::{Filling, alone, empty, read_all};
pub use watch::Node;

use thiserror::Error as ThisError;
use tokio_postgres::error::SqlState;

/// Why the store could not do something.
#[derive(Debug, ThisError)]
pub(crate) enum Failure {
    /// What PostgreSQL, or the way to it, says.
    #[error("{}", in_full(.0))]
    Postgres(#[from] tokio_postgres::Error),
    /// What is stored is not what was written.
    #[error("damaged: {0}")]
    Damaged(String),
    /// A value that could not be written or read as JSON.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// Another node was faster.
    #[error("{0} changed meanwhile")]
    Outrun(&'static str),
    /// No answer in time.
    #[error("the database does not answer")]
    Silent,
}

/// With what the server said, which the error itself leaves out.
fn in_full(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(said), _) => format!("{} ({})", said.message(), said.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

/// What a failure leaves to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Remedy {
    /// The same once more, over the same connection.
    Again,
    /// The same once more, over a new connection.
    Reconnect,
    /// Nothing: it would fail again.
    None,
}

impl Failure {
    fn remedy(&self) -> Remedy {
        let error = match self {
            Self::Outrun(_) => return Remedy::Again,
            Self::Silent => return Remedy::Reconnect,
            Self::Damaged(_) | Self::Json(_) => return Remedy::None,
            Self::Postgres(error) => error,
        };
        let Some(code) = error.code() else {
            // No word of the server: the connection failed, unless it was us who could not read what came.
            let source = std::error::Error::source(error);
            let ours = source.is_some_and(|source| !source.is::<std::io::Error>());
            return if error.is_closed() || !ours { Remedy::Reconnect } else { Remedy::None };
        };
        let again = [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::UNIQUE_VIOLATION,
        ];
        let reconnect = [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::TOO_MANY_CONNECTIONS,
            SqlState::READ_ONLY_SQL_TRANSACTION,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            SqlState::QUERY_CANCELED,
        ];
        match code {
            code if again.contains(code) => Remedy::Again,
            code if reconnect.contains(code) || code.code().starts_with("08") => Remedy::Reconnect,
            _ => Remedy::None,
        }
    }
}

/// Why a store could not be opened. Nothing was changed.
#[derive(Debug, ThisError)]
pub enum OpenError {
    /// No server answers, or none that lets us in.
    #[error("cannot reach the database at {place}: {why}")]
    Unreachable {
        /// Host, port and name; no password.
        place: String,
        /// Why.
        why: String,
    },
    /// It answers and refuses us, or cannot be used as it is.
    #[error("cannot use the database at {place}: {why}")]
    Unusable {
        /// Host, port and name; no password.
        place: String,
        /// Why, and what to do.
        why: String,
    },
    /// It was written by a newer release.
    #[error(
        "the store was written by a newer release (schema {found}, this one knows {known}): start that release, or a newer one"
    )]
    Newer {
        /// The schema of the store.
        found: i64,
        /// The newest that is known.
        known: usize,
    },
    /// No thread, or what else the system refused.
    #[error("cannot open the store: {0}")]
    Failed(String),
}
