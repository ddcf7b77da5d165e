use super::{CreateRecord, Operation, Submission};
use crate::access::Access;
use crate::error::{Error, Stop};
use crate::feed::FeedQuery;
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Creates a webhook, which is told of what is committed from now on.
#[derive(Debug)]
pub struct CreateWebhook<S>(
    /// What was submitted; it sees an empty record.
    pub CreateRecord<S>,
);

impl<S: Submission<Record>> Operation for CreateWebhook<S> {
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
        if self.0.kind != Kind::Webhook {
            return Err(Error::internal("this creates webhooks").into());
        }
        let tenant = cx.caller.tenant;
        let end = set.feed(&FeedQuery { tenant, after: None, kinds: vec![], dialects: vec![], limit: 1 })?;
        let webhook = self.0.decide(set, cx)?;
        if set.record(tenant, Kind::Delivery, webhook.id)?.is_some() {
            return Err(Error::internal(format!("webhook {} was delivered to before it was", webhook.id)).into());
        }
        let mut delivery = Record::new(Kind::Delivery, webhook.part, webhook.id);
        delivery.set(Field::Cursor, Some(end.end.to_string().into()))?;
        set.put(delivery, cx)?;
        Ok(webhook)
    }
}
