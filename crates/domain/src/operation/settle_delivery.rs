use super::{Deleted, Operation};
use crate::access::Access;
use crate::error::Stop;
use crate::feed::Cursor;
use crate::field::Field;
use crate::kind::Kind;
use crate::record::{Record, Time};
use crate::rule;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Keeps how a delivery went.
#[derive(Debug)]
pub struct SettleDelivery {
    /// The webhook.
    pub id: i64,
    /// The version of the delivery that went before; another one means that somebody had events sent again meanwhile.
    pub expected_version: u64,
    /// Past the last event that is done with.
    pub cursor: Cursor,
    /// What became of the next one; `None` when there is none yet, or it was delivered too.
    pub failure: Option<Failure>,
}

/// Why an event was not delivered.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What the receiver answered, or why there was no answer.
    pub problem: String,
    /// What comes of it.
    pub then: Then,
}

/// What comes of a failed attempt.
#[derive(Clone, Debug)]
pub enum Then {
    /// It is tried again.
    Retry {
        /// Not before.
        at: Time,
    },
    /// It is given up and kept apart; the cursor is past it.
    GiveUp {
        /// Its name.
        event: String,
    },
    /// The webhook is switched off; the event stays the next one.
    SwitchOff,
}

impl Operation for SettleDelivery {
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
        let tenant = cx.caller.tenant;
        let mut delivery = Record::clone(&*rule::find(set, cx, Kind::Delivery, self.id, Deleted::Shown)?);
        rule::check_version(&delivery, Some(self.expected_version))?;
        delivery.set(Field::Cursor, Some(self.cursor.to_string().into()))?;
        let attempts = delivery.number(Field::Attempts).unwrap_or(0) + 1;
        let since = delivery.number(Field::FailingSince).unwrap_or(cx.now.0);
        let Some(Failure { problem, then }) = &self.failure else {
            for field in [Field::Attempts, Field::FailingSince, Field::RetryAt, Field::Problem] {
                delivery.set(field, None)?;
            }
            return set.put(delivery, cx);
        };
        delivery.set(Field::FailingSince, Some(since.into()))?;
        delivery.set(Field::Problem, Some(problem.as_str().into()))?;
        delivery.set(Field::Attempts, Some(attempts.into()))?;
        delivery.set(Field::RetryAt, None)?;
        match then {
            Then::Retry { at } => delivery.set(Field::RetryAt, Some(at.0.into()))?,
            Then::GiveUp { event } => {
                delivery.set(Field::Attempts, None)?;
                let id = set.next_id(tenant, Kind::DeadLetter)?;
                let mut letter = Record::new(Kind::DeadLetter, tenant.part_of(id), id);
                letter.set(Field::WebhookId, Some(self.id.into()))?;
                letter.set(Field::Event, Some(event.as_str().into()))?;
                letter.set(Field::Attempts, Some(attempts.into()))?;
                letter.set(Field::Problem, Some(problem.as_str().into()))?;
                set.put(letter, cx)?;
            }
            Then::SwitchOff => {
                let mut webhook = Record::clone(&*rule::find(set, cx, Kind::Webhook, self.id, Deleted::Shown)?);
                webhook.set(Field::Disabled, Some(true.into()))?;
                webhook.set(Field::Problem, Some(problem.as_str().into()))?;
                set.put(webhook, cx)?;
            }
        }
        set.put(delivery, cx)
    }
}
