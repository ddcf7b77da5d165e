//! How records end: removed without a trace, or emptied together with their history.

use super::{Context, End, Staged, WorkingSet};
use crate::credential::unique_keys;
use crate::error::{Error, Stop};
use crate::kind::Kind;
use crate::record::Record;
use crate::tenant::Tenant;
use std::sync::Arc;

impl WorkingSet {
    /// Removes a record without a trace. Only kinds without a history can go: the ids and values of all others stay
    /// theirs for ever.
    ///
    /// # Errors
    /// `Internal` for a kind that has a history.
    pub fn remove(&mut self, record: Arc<Record>, tenant: Tenant) -> Result<(), Stop> {
        if record.kind.has_history() {
            return Err(Error::internal(format!("a {} cannot be removed", record.kind.name())).into());
        }
        self.staged_keys.extend(unique_keys(tenant, &record).into_iter().map(|(_, key)| (key, None)));
        self.staged.push(Staged { record, fields: Vec::new(), end: End::Removed });
        Ok(())
    }

    /// Puts what is left of a record that is erased. The values in its history go, and the bytes beside it; the change
    /// itself tells none.
    ///
    /// # Errors
    /// `Missing` until the owners of its unique values are loaded; `Internal` for a record that is not stored.
    pub fn erase(&mut self, mut record: Record, cx: &Context) -> Result<(), Stop> {
        let place = (record.kind, record.part, record.id);
        let before = self.whole_record(place)?.ok_or_else(|| Error::internal("what is erased is not stored"))?;
        self.move_keys(Some(&before), &record, cx.caller.tenant)?;
        record.version = before.version + 1;
        record.updated_at = before.updated_at.max(cx.now);
        record.updated_by.clone_from(&cx.caller.name);
        if record.kind == Kind::Attachment {
            self.remove_content(place);
        }
        self.staged.push(Staged { record: Arc::new(record), fields: Vec::new(), end: End::Erased });
        Ok(())
    }
}
