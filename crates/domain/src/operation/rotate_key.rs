use super::{Deleted, Operation};
use crate::access::Access;
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Gives a key another secret. The one before works on for a while, so that programs can be changed one by one; what was
/// before that ends at once.
#[derive(Debug)]
pub struct RotateKey {
    /// Its id.
    pub id: i64,
    /// SHA-256 of the new key in hexadecimal.
    pub digest: String,
    /// For how many seconds the present key works too, from 0 to [`MAX_OVERLAP`].
    pub overlap: i64,
}

/// Most seconds that a key works after it was rotated: 90 days.
pub const MAX_OVERLAP: i64 = 90 * 86_400;

impl Operation for RotateKey {
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
        if !(0..=MAX_OVERLAP).contains(&self.overlap) {
            let text = format!("The overlap must be a whole number of seconds from 0 to {MAX_OVERLAP}");
            return Err(Error::new(Reason::Invalid, text).into());
        }
        let present = rule::find(set, cx, Kind::Key, self.id, Deleted::Hidden)?;
        let mut key = Record::clone(&present);
        let before = present.values.get(Field::Digest).cloned().filter(|_| self.overlap > 0);
        let until = before.is_some().then(|| cx.now.plus_seconds(self.overlap).0.into());
        key.set(Field::PreviousDigest, before)?;
        key.set(Field::PreviousUntil, until)?;
        key.set(Field::Digest, Some(self.digest.as_str().into()))?;
        rule::settle(&mut key, Some(&present), set, cx)?;
        set.put(key, cx)
    }
}
