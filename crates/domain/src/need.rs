//! What a working set asks its store for, and what it is given.

use crate::change::Change;
use crate::credential::UniqueKey;
use crate::feed::{FeedPage, FeedQuery};
use crate::filter::{Page, Query};
use crate::kind::Kind;
use crate::record::{Part, Record};
use std::sync::Arc;

/// The place of a record: kind, part, id.
pub type Place = (Kind, Part, i64);

/// A walk through the history of one record, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Walk {
    /// The part.
    pub part: Part,
    /// The number of the first change to read.
    pub from: i64,
    /// How many at most.
    pub limit: u32,
}

/// Something the set does not hold yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// A record.
    Record(Place),
    /// The owner of a unique value.
    Key(UniqueKey),
    /// The next free id of a kind; the part is the tenant's first, or the global one for tenants.
    Counter(Part, Kind),
    /// A listing.
    List(Query),
    /// A part of the history.
    History(Walk),
    /// A page of the feed.
    Feed(FeedQuery),
    /// A chunk of the bytes that are kept beside a record, by its number from 0.
    Content(Place, u32),
}

/// What a store found for a [`Need`].
#[derive(Clone, Debug)]
pub enum Found {
    /// The record, or that there is none.
    Record(Option<Record>),
    /// Whose value it is, or nobody's.
    Key(Option<(Part, i64)>),
    /// The next free id.
    Counter(i64),
    /// The page.
    List(Arc<Page>),
    /// The changes.
    History(Vec<Change>),
    /// The page of the feed.
    Feed(FeedPage),
    /// The chunk, or that there is none.
    Content(Option<Vec<u8>>),
}
