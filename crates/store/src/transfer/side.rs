//! What a move asks of the store it reads and of the one it fills while servers go on.

use domain::credential::UniqueKey;
use domain::record::Part;
use domain::{Kind, Record};
use std::collections::BTreeMap;

use super::Result;
use crate::ledger::{Head, StoredChange};
use crate::seal::Link;

/// Where a record of a kind is: its part and id.
pub(crate) type At = (Part, i64);

/// A unique value with its owner.
pub(crate) type Owned = (UniqueKey, At);

/// A change, as far as it tells what was touched.
pub(crate) struct Touch {
    pub(crate) kind: Kind,
    pub(crate) id: i64,
    pub(crate) number: i64,
    pub(crate) previous: i64,
    /// Whether its values were erased.
    pub(crate) is_blank: bool,
}

/// A chunk of the bytes beside a record, with its checksum.
#[derive(PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) number: i64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) checksum: i64,
}

/// How many rows a table has, and the sums of both halves of their checksums.
pub(crate) type Sum = (i64, i64, i64);

/// Rows that are taken at once.
pub(crate) const PAGE: i64 = 500;

/// One of the two stores of a move.
pub(crate) trait Side {
    /// Begins to read one moment, or to write what is kept whole or not at all.
    fn begin(&mut self) -> Result<()>;
    /// As [`begin`](Self::begin), and nobody else writes until the end of it.
    fn hold(&mut self) -> Result<()>;
    fn commit(&mut self) -> Result<()>;
    /// Lets the engine count what there is, after much has come.
    fn analyze(&mut self) -> Result<()>;

    fn heads(&mut self) -> Result<BTreeMap<Part, Head>>;
    fn link(&mut self, part: Part, number: i64) -> Result<Option<Link>>;
    /// Changes of a part after a number, in their order, at most [`PAGE`].
    fn changes(&mut self, part: Part, after: i64) -> Result<Vec<StoredChange>>;
    /// As [`changes`](Self::changes), up to a number.
    fn touched(&mut self, part: Part, after: i64, to: i64) -> Result<Vec<Touch>>;
    fn is_blank(&mut self, part: Part, number: i64) -> Result<bool>;
    /// Records of a kind after a place in an order of its own, at most [`PAGE`].
    fn page(&mut self, kind: Kind, after: Option<At>) -> Result<Vec<Record>>;
    /// Those that are there.
    fn find(&mut self, kind: Kind, places: &[At]) -> Result<Vec<Record>>;
    /// The checksums of all records of a kind.
    fn marks(&mut self, kind: Kind) -> Result<BTreeMap<At, i64>>;
    fn chunks(&mut self, at: At) -> Result<Vec<Chunk>>;
    /// The next ids, by part and kind.
    fn counters(&mut self) -> Result<BTreeMap<(i64, String), i64>>;
    /// Of each kind, then of unique values, then of the bytes of attachments.
    fn sums(&mut self) -> Result<Vec<Sum>>;

    /// Adds changes of one part behind its head.
    fn append(&mut self, part: Part, changes: &[StoredChange]) -> Result<()>;
    /// Writes records of one kind, each with the version that is there, 0 for none.
    fn save(&mut self, kind: Kind, records: &[(&Record, u64)]) -> Result<()>;
    fn remove(&mut self, kind: Kind, places: &[At]) -> Result<()>;
    /// Takes values away from those who own them.
    fn free(&mut self, keys: &[Owned]) -> Result<()>;
    /// Gives values to their owners, whoever had them.
    fn take(&mut self, keys: &[Owned]) -> Result<()>;
    /// Empties a change and all of the same record before it.
    fn erase(&mut self, part: Part, number: i64) -> Result<()>;
    fn put_chunks(&mut self, at: At, chunks: &[Chunk]) -> Result<()>;
    fn count(&mut self, part: i64, kind: &str, next: i64) -> Result<()>;

    /// Notes how far the move is, in the transaction that is open. Nobody opens the store while that is noted.
    fn note(&mut self, text: &str) -> Result<()>;
}
