use super::{Deleted, Operation};
use crate::access::Access;
use crate::error::{Error, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Gives a webhook its next secret. The one before signs too for a while, see [`Field::RotatedAt`].
#[derive(Debug)]
pub struct RotateWebhookSecret {
    /// The webhook.
    pub id: i64,
}

impl Operation for RotateWebhookSecret {
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
        let mut webhook = Record::clone(&*rule::find(set, cx, Kind::Webhook, self.id, Deleted::Hidden)?);
        let number =
            webhook.number(Field::SecretNumber).ok_or_else(|| Error::internal("a webhook without a secret"))?;
        webhook.set(Field::SecretNumber, Some((number + 1).into()))?;
        webhook.set(Field::RotatedAt, Some(cx.now.0.into()))?;
        set.put(webhook, cx)
    }
}
