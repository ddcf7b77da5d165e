use super::{Deleted, Operation, past};
use crate::access::Access;
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::scope::Area;
use crate::value::Shape;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Gives a field the value it had before a version of the record. It is a change like any other: it has a version and a
/// history entry, and every rule holds.
#[derive(Debug)]
pub struct RevertField<C> {
    /// What the record is about.
    pub kind: Kind,
    /// Its id.
    pub id: i64,
    /// The field.
    pub field: Field,
    /// The version whose change, and every later one, is taken back.
    pub version: u64,
    /// Refuses a record that is not the one the caller means.
    pub check: C,
}

impl<C: Fn(&Record) -> Result<(), Error> + Send + 'static> Operation for RevertField<C> {
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
        let (kind, field) = (self.kind, self.field);
        let before = rule::find_unmerged(set, cx, kind, self.id, Deleted::Shown)?;
        (self.check)(&before)?;
        if cx.caller.masked.contains(&field) {
            return Err(Error::new(Reason::Forbidden, format!("{field} is masked: it cannot be reverted"))
                .at(field)
                .into());
        }
        if field.shape() == Shape::Secret {
            let text = format!("The history does not tell what {field} was");
            return Err(Error::new(Reason::Unsupported, text).at(field).into());
        }
        if !(1..=before.version).contains(&self.version) {
            let text = format!("This {} has the versions 1 to {}", kind.title(), before.version);
            return Err(Error::new(Reason::NotFound, text).into());
        }
        let (mut value, mut erased) = (before.values.get(field).cloned(), false);
        past::walk(set, &before, |change| {
            if change.version < self.version {
                return false;
            }
            // A change without fields is one whose values are erased.
            erased |= change.fields.is_empty();
            if let Some(told) = change.fields.iter().find(|told| told.field == field) {
                value.clone_from(&told.from);
            }
            true
        })?;
        if erased {
            let text = format!("What {field} was is erased. Nothing was changed.");
            return Err(Error::new(Reason::NotFound, text).at(field).into());
        }
        let mut record = Record::clone(&before);
        record.set(field, value)?;
        rule::put(record, Some(&before), set, cx)
    }
}
