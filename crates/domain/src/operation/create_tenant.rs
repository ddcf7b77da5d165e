use super::{Operation, Submission};
use crate::access::Access;
use crate::customer::apply;
use crate::error::{Error, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::{Part, Record};
use crate::rule;
use crate::tenant::Tenant;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Creates a tenant with its first key, an administrator's: without it nobody could sign in to make others.
#[derive(Debug)]
pub struct CreateTenant<S> {
    /// What was submitted; it sees an empty record.
    pub submission: S,
    /// SHA-256 of the first key in hexadecimal.
    pub digest: String,
}

impl<S: Submission<Record>> Operation for CreateTenant<S> {
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
        let id = set.next_id(cx.caller.tenant, Kind::Tenant)?;
        let mut record = Record::new(Kind::Tenant, Part::GLOBAL, id);
        let edits = self.submission.edits(&record)?;
        apply(&mut record, edits)?;
        rule::settle(&mut record, None, set, cx)?;
        let buckets = record.number(Field::Buckets).and_then(|buckets| u32::try_from(buckets).ok());
        let tenant = Tenant { number: id, buckets: buckets.ok_or_else(|| Error::internal("no buckets"))? };
        let key_id = set.next_id(tenant, Kind::Key)?;
        let mut key = Record::new(Kind::Key, tenant.part_of(key_id), key_id);
        for (field, value) in [
            (Field::Username, "admin".into()),
            (Field::Digest, self.digest.as_str().into()),
            (Field::Role, "admin".into()),
        ] {
            key.set(field, Some(value))?;
        }
        set.put(key, cx)?;
        set.put(record, cx)
    }
}
