use super::{Deleted, Operation};
use crate::access::Access;
use crate::change::Change;
use crate::error::{Error, Stop};
use crate::feed::event_place;
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::working_set::{Context, Walk, WorkingSet};
use std::sync::Arc;

/// Reads an event that was given up, with the webhook that it was for.
#[derive(Debug)]
pub struct ReadDeadLetter {
    /// The webhook.
    pub webhook: i64,
    /// The dead letter.
    pub id: i64,
}

/// See [`ReadDeadLetter`].
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// The webhook.
    pub webhook: Arc<Record>,
    /// The event.
    pub change: Change,
}

impl Operation for ReadDeadLetter {
    type Output = DeadLetter;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = false;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<DeadLetter, Stop> {
        let webhook = rule::find(set, cx, Kind::Webhook, self.webhook, Deleted::Shown)?;
        let letter = find(set, cx, self.webhook, self.id)?;
        let event = letter.text(Field::Event);
        let lost = || Stop::from(Error::internal(format!("the event {event} of a dead letter is not there")));
        let (part, from) = event_place(event).ok_or_else(lost)?;
        let changes = set.history(&Walk { part, from, limit: 1 })?;
        let change = changes.first().cloned().ok_or_else(lost)?;
        Ok(DeadLetter { webhook, change })
    }
}

/// Removes a dead letter: it was delivered after all, or nobody wants it any more.
#[derive(Debug)]
pub struct RemoveDeadLetter {
    /// The webhook.
    pub webhook: i64,
    /// The dead letter.
    pub id: i64,
}

impl Operation for RemoveDeadLetter {
    type Output = ();
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
        let letter = find(set, cx, self.webhook, self.id)?;
        set.remove(letter, cx.caller.tenant)
    }
}

fn find(set: &mut WorkingSet, cx: &Context, webhook: i64, id: i64) -> Result<Arc<Record>, Stop> {
    let letter = rule::find(set, cx, Kind::DeadLetter, id, Deleted::Shown)?;
    if letter.number(Field::WebhookId) == Some(webhook) {
        return Ok(letter);
    }
    Err(Error::not_found(format!("Webhook {webhook} has no dead letter {id}")).into())
}
