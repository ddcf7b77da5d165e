use super::{Deleted, Operation};
use crate::access::Access;
use crate::change::Change;
use crate::error::{Error, Reason, Stop};
use crate::kind::Kind;
use crate::rule;
use crate::scope::Area;
use crate::working_set::{Context, Walk, WorkingSet};
use std::sync::Arc;

/// Reads what happened to a record, newest first.
#[derive(Debug)]
pub struct ReadHistory {
    /// The kind of the record.
    pub kind: Kind,
    /// Its id.
    pub id: i64,
    /// Where to go on: [`History::next`] of the page before.
    pub from: Option<i64>,
    /// How many at most, from 1.
    pub limit: u32,
}

/// One page of a history.
#[derive(Clone, Debug)]
pub struct History {
    /// The changes, newest first.
    pub changes: Arc<Vec<Change>>,
    /// Where the next page starts, if there is one.
    pub next: Option<i64>,
}

impl Operation for ReadHistory {
    type Output = History;
    const ACCESS: Access = Access::Read;
    const WRITES: bool = false;
    const SCANS: bool = true;

    fn area(&self) -> Area {
        Area::of(self.kind)
    }

    fn access(&self) -> Access {
        self.kind.access(false)
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<History, Stop> {
        let record = rule::find(set, cx, self.kind, self.id, Deleted::Shown)?;
        let from = self.from.unwrap_or(record.last_change).min(record.last_change);
        let changes = set.history(&Walk { part: record.part, from, limit: self.limit.max(1) })?;
        // A cursor that was made up may lead into the history of another record; the record itself never does.
        if changes.iter().any(|change| (change.kind, change.id) != (self.kind, self.id)) {
            return Err(match self.from {
                Some(_) => Error::new(Reason::Invalid, "This cursor is not one of this history"),
                None => Error::internal("the history leads to another record"),
            }
            .into());
        }
        let next = changes.last().map(|change| change.previous).filter(|&previous| previous > 0);
        Ok(History { changes, next })
    }
}
