use super::{Deleted, Operation, past};
use crate::access::Access;
use crate::error::{Error, Reason, Stop};
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Brings a deleted record back, in the state it had before it was deleted. One that is not deleted stays as it is.
#[derive(Debug)]
pub struct RestoreRecord<C> {
    /// What it is about.
    pub kind: Kind,
    /// Its id.
    pub id: i64,
    /// Refuses a record that is not the one the caller means.
    pub check: C,
}

impl<C: Fn(&Record) -> Result<(), Error> + Send + 'static> Operation for RestoreRecord<C> {
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Write;
    const WRITES: bool = true;

    fn area(&self) -> Area {
        Area::of(self.kind)
    }

    fn access(&self) -> Access {
        self.kind.access(true)
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
        let before = rule::find_unmerged(set, cx, self.kind, self.id, Deleted::Shown)?;
        (self.check)(&before)?;
        let Some((field, deleted)) = self.kind.deletion() else {
            let text = format!("A {} cannot be deleted or restored", self.kind.title());
            return Err(Error::new(Reason::Unsupported, text).into());
        };
        if before.values.get(field) != Some(&deleted) {
            return Ok(before);
        }
        let mut state = None;
        past::walk(set, &before, |change| {
            let told = change.fields.iter().find(|told| told.field == field && told.to.as_ref() == Some(&deleted));
            state = told.and_then(|told| told.from.clone());
            told.is_none()
        })?;
        let mut record = Record::clone(&before);
        record.set(field, state)?;
        rule::put(record, Some(&before), set, cx)
    }
}
