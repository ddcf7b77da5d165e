//! The history as every engine keeps it: numbered without gaps in each part, chained, its values sealed.

use domain::Change;
use domain::working_set::{Place, Saving};
use std::collections::HashMap;

use crate::codec;
use crate::seal::{self, Link};

/// The number and link of the last change of a part.
pub(crate) type Head = (i64, Link);

/// What is stored of a change beside its facts.
pub(crate) struct Sealed {
    pub(crate) fields: String,
    pub(crate) digest: Link,
}

/// Gives a change, whose `previous` is known, its number behind the head of its part, seals it and makes it the head.
pub(crate) fn append_to(head: &mut Head, change: &mut Change, salt: &[u8; 16]) -> Result<Sealed, serde_json::Error> {
    head.0 += 1;
    change.number = head.0;
    let fields = codec::write_fields(&change.fields)?;
    let digest = seal::digest(salt, &fields);
    head.1 = seal::link(&head.1, change, &digest);
    Ok(Sealed { fields, digest })
}

/// The number of the last change of each record that a batch changes, as it was before the batch. Each change of a
/// record points at the one before it, also within the batch.
pub(crate) fn last_changes(saving: &Saving<'_>) -> HashMap<Place, i64> {
    let place = |record: &domain::Record| (record.kind, record.part, record.id);
    saving.records.iter().map(|(record, _)| (place(record), record.last_change)).collect()
}

/// A change as it is stored, with what its place in the chain is proven by.
pub(crate) struct StoredChange {
    pub(crate) change: Change,
    pub(crate) fields: Option<String>,
    pub(crate) salt: Option<[u8; 16]>,
    pub(crate) digest: Link,
    pub(crate) link: Link,
}

impl StoredChange {
    /// Whether its values are the ones that were written. Those of an erased person are gone.
    pub(crate) fn is_sealed(&self) -> bool {
        let sealed = self.fields.as_deref().zip(self.salt.as_ref());
        sealed.is_none_or(|(fields, salt)| seal::digest(salt, fields) == self.digest)
    }

    /// Whether its link fits the one before it.
    pub(crate) fn follows(&self, before: &Link) -> bool {
        seal::link(before, &self.change, &self.digest) == self.link
    }
}
