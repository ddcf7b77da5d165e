//! What a store is made of, and the proof that it is whole.

use domain::Record;
use domain::record::Part;
use domain::working_set::Place;
use std::collections::HashMap;

use super::{Result, TransferError};
use crate::ledger::{Head, StoredChange};
use crate::seal::{self, FIRST_LINK};
use crate::table;

/// A unique value and whose it is.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) part: i64,
    pub(crate) space: i64,
    pub(crate) value: String,
    pub(crate) owner_part: i64,
    pub(crate) owner_id: i64,
}

/// One row of a store. They come in this order; the changes of a part in the order of their numbers.
pub(crate) enum Item {
    Record(Record),
    Key(Key),
    /// Part, kind, next free id.
    Counter(i64, String, i64),
    Change(Box<StoredChange>),
    /// A chunk of the bytes beside a record, with its number and checksum.
    Chunk(Place, i64, Vec<u8>, i64),
}

/// How much there is of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records of all kinds.
    pub records: u64,
    /// Unique values.
    pub keys: u64,
    /// Counters of ids.
    pub counters: u64,
    /// Changes of the history.
    pub changes: u64,
    /// Chunks of the bytes of attachments.
    pub chunks: u64,
}

impl Counts {
    /// All of it.
    pub const fn all(&self) -> u64 {
        self.records + self.keys + self.counters + self.changes + self.chunks
    }
}

/// Proves what passes: that the history has no gap and no false link, and that bytes are what they were. Records are
/// proven where they are read.
#[derive(Default)]
pub(super) struct Proof {
    pub(super) counts: Counts,
    heads: HashMap<Part, Head>,
}

impl Proof {
    pub(super) fn see(&mut self, item: &Item) -> Result<()> {
        let counts = &mut self.counts;
        match item {
            Item::Record(_) => counts.records += 1,
            Item::Key(_) => counts.keys += 1,
            Item::Counter(..) => counts.counters += 1,
            Item::Change(stored) => {
                counts.changes += 1;
                let change = &stored.change;
                let head = self.heads.entry(change.part).or_insert((0, FIRST_LINK));
                if change.number != head.0 + 1 || !stored.is_sealed() || !stored.follows(&head.1) {
                    let text = format!("change {} of part {} is not as it was written", change.number, change.part.0);
                    return Err(TransferError::Damaged(text));
                }
                *head = (change.number, stored.link);
            }
            Item::Chunk((kind, part, id), number, bytes, checksum) => {
                counts.chunks += 1;
                if seal::chunk(table::place(*part, *id), *number, bytes) != *checksum {
                    let text = format!("chunk {number} of {} {id} is not as it was written", kind.name());
                    return Err(TransferError::Damaged(text));
                }
            }
        }
        Ok(())
    }
}
