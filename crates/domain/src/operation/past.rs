//! What a record was.

use crate::change::Change;
use crate::error::{Error, Reason, Stop};
use crate::record::Record;
use crate::working_set::{Walk, WorkingSet};

/// Changes that are read at once.
const STEP: u32 = 500;

/// Steps that one operation takes; each loads what the one before led to.
const STEPS: usize = 40;

/// Shows the changes of a record, newest first, those of this batch too, until it is told to stop.
///
/// # Errors
/// `Missing` until they are loaded; `LimitExceeded` when there are too many before the one that is looked for.
pub(super) fn walk(
    set: &mut WorkingSet,
    record: &Record,
    mut goes_on: impl FnMut(&Change) -> bool,
) -> Result<(), Stop> {
    for change in set.changes_of(record).into_iter().rev() {
        if !goes_on(&change) {
            return Ok(());
        }
    }
    let mut from = record.last_change;
    for _ in 0..STEPS {
        if from < 1 {
            return Ok(());
        }
        let changes = set.history(&Walk { part: record.part, from, limit: STEP })?;
        if changes.iter().any(|change| (change.kind, change.id) != (record.kind, record.id)) {
            return Err(Error::internal("the history leads to another record").into());
        }
        if !changes.iter().all(&mut goes_on) {
            return Ok(());
        }
        from = changes.last().map_or(0, |change| change.previous);
    }
    let text = "That is too long ago: there were too many changes since. Nothing was changed.";
    Err(Error::new(Reason::LimitExceeded, text).into())
}
