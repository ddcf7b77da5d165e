//! The audit: that somebody took everything that is kept of a person, forgot a person, or made two records one. The
//! history of the records tells the changes themselves; this tells what leaves no change, and what outlives one.

use crate::error::Stop;
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::working_set::{Context, WorkingSet};

/// The fields of an entry. Who it was and when are those of the record itself, how it came its history's.
pub(crate) const FIELDS: &[Field] = &[Field::Action, Field::Subject, Field::Reason];

/// What is audited.
pub const ACTIONS: &[&str] = &["export", "erase", "merge", "undo_merge"];

/// Notes that it is done to a customer.
pub(crate) fn note(action: &'static str, subject: i64, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
    note_why(action, subject, None, set, cx)
}

/// Notes that it is done to a customer, and why, where somebody said so.
pub(crate) fn note_why(
    action: &'static str,
    subject: i64,
    reason: Option<&str>,
    set: &mut WorkingSet,
    cx: &Context,
) -> Result<(), Stop> {
    let tenant = cx.caller.tenant;
    let id = set.next_id(tenant, Kind::AuditEntry)?;
    let mut entry = Record::new(Kind::AuditEntry, tenant.part_of(id), id);
    entry.set(Field::Action, Some(action.into()))?;
    entry.set(Field::Subject, Some(subject.into()))?;
    entry.set(Field::Reason, reason.map(Into::into))?;
    set.put(entry, cx).map(drop)
}
