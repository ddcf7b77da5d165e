use super::Operation;
use crate::access::Access;
use crate::attachment::Content;
use crate::error::{Error, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Stores a loose attachment: a message links it later.
#[derive(Debug)]
pub struct CreateAttachment {
    /// The name of the file.
    pub name: String,
    /// Its media type; `None` where nobody said.
    pub content_type: Option<String>,
    /// What opens it beside its id: see [`Field::AccessKey`]. `None` where no API asks for one.
    pub access_key: Option<String>,
    /// Whether nobody signed in for it: see [`Field::Unclaimed`].
    pub unclaimed: bool,
    /// The bytes.
    pub content: Content,
}

impl Operation for CreateAttachment {
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Write;
    const WRITES: bool = true;
    const FOR_CUSTOMERS: bool = true;

    fn area(&self) -> Area {
        Area::Tickets
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
        let tenant = cx.caller.tenant;
        let id = set.next_id(tenant, Kind::Attachment)?;
        if set.record(tenant, Kind::Attachment, id)?.is_some() {
            return Err(Error::internal(format!("attachment {id} exists beyond the counter")).into());
        }
        let mut record = Record::new(Kind::Attachment, tenant.part_of(id), id);
        record.set(Field::Name, Some(self.name.as_str().into()))?;
        record.set(Field::ContentType, self.content_type.as_deref().map(Into::into))?;
        record.set(Field::AccessKey, self.access_key.as_deref().map(Into::into))?;
        record.set(Field::CreatedBy, cx.caller.user.map(Into::into))?;
        record.set(Field::CustomerId, cx.caller.customer.map(Into::into))?;
        record.set(Field::Unclaimed, self.unclaimed.then_some(true.into()))?;
        self.content.describe(&mut record)?;
        let place = (record.kind, record.part, record.id);
        let record = rule::put(record, None, set, cx)?;
        set.put_content(place, Arc::clone(self.content.bytes()));
        Ok(record)
    }
}
