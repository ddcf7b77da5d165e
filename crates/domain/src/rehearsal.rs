//! Calls that only show what they would do.

use crate::operation::Planned;
use std::sync::{Arc, Mutex, PoisonError};

/// What a [`Caller`](crate::Caller) carries who wants to know what a call would do: every operation that they run decides
/// and answers as always, and nothing of it is kept. An operation does not see what the one before it would have changed.
#[derive(Clone, Debug, Default)]
pub struct Rehearsal(Arc<Mutex<Vec<Planned>>>);

impl Rehearsal {
    /// What would have changed until now, in the order it came.
    pub fn planned(&self) -> Vec<Planned> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn add(&self, planned: Vec<Planned>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(planned);
    }
}

impl PartialEq for Rehearsal {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Rehearsal {}
