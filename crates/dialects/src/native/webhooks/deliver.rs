//! Takes the feed to each webhook, in order and at least once. How far each has come is in the store, so that a server
//! that was killed goes on where it was; one server has the store, so one delivers.

use super::{Event, send};
use crate::State;
use domain::access::{Caller, Role};
use domain::error::Reason;
use domain::feed::{Cursor, event_name};
use domain::operation::{
    Deleted, Failure, Feed, ListDeliveries, ListTenants, ReadFeed, ReadRecord, SettleDelivery, Then,
};
use domain::tenant::Tenant;
use domain::{Change, Error, Field, Kind, Operation, Origin, Record, Time};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::sleep;

/// Events between two notes of how far a webhook has come. So many may come twice after a crash.
const PAGE: u32 = 20;

/// Longest wait between two attempts, unless the receiver asks for a longer one.
const MAX_WAIT: Duration = Duration::from_secs(3_600);

/// Longest wait that a receiver can ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(86_400);

/// How long to wait when the store does not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// Tenants that are looked at together.
const TENANTS: u32 = 1_000;

/// Delivers to all webhooks of all tenants until the server stops.
pub async fn deliver(state: Arc<State>) {
    let mut commits = state.commits.clone();
    let mut tasks = JoinSet::new();
    let mut running: HashMap<(i64, i64), (u64, AbortHandle)> = HashMap::new();
    // Who passes the word of commits on ends when the server stops.
    while commits.has_changed().is_ok() {
        commits.mark_unchanged();
        // Grows when a webhook changes, and when another server takes over.
        let epoch = state.app.credentials_epoch();
        match wanted(&state).await {
            Ok(wanted) => {
                let runs = |key: &(i64, i64), version: u64| {
                    wanted
                        .iter()
                        .any(|(desk, webhook)| (desk.tenant.number, webhook.id) == *key && webhook.version == version)
                };
                running.retain(|key, (version, task)| {
                    let stays = runs(key, *version);
                    if !stays {
                        task.abort();
                    }
                    stays
                });
                for (desk, webhook) in wanted {
                    running.entry((desk.tenant.number, webhook.id)).or_insert_with(|| {
                        let version = webhook.version;
                        (version, tasks.spawn(Delivery { desk, webhook: Arc::new(webhook), known: None }.run()))
                    });
                }
            }
            Err(error) => {
                tracing::warn!(source = error.source.as_deref().unwrap_or_default(), "webhooks cannot be listed");
                sleep(PAUSE).await;
                continue;
            }
        }
        while tasks.try_join_next().is_some() {}
        while state.app.credentials_epoch() == epoch && commits.changed().await.is_ok() {}
    }
    tasks.shutdown().await;
}

async fn wanted(state: &Arc<State>) -> Result<Vec<(Desk, Record)>, Error> {
    let (mut wanted, mut after) = (Vec::new(), 0);
    if !state.app.leads() {
        return Ok(wanted);
    }
    let house = Desk { state: Arc::clone(state), tenant: Tenant::DEFAULT };
    loop {
        let tenants = house.run(ListTenants { after, limit: TENANTS }).await?;
        let Some(last) = tenants.last() else { return Ok(wanted) };
        after = last.number;
        for tenant in tenants {
            let desk = Desk { state: Arc::clone(state), tenant };
            wanted.extend(desk.run(ListDeliveries).await?.into_iter().map(|webhook| (desk.clone(), webhook)));
        }
    }
}

/// The server itself, at work for one tenant.
#[derive(Clone)]
struct Desk {
    state: Arc<State>,
    tenant: Tenant,
}

impl Desk {
    async fn run<O: Operation>(&self, operation: O) -> Result<O::Output, Error> {
        let caller = Caller { role: Role::Admin, name: String::from("webhooks"), ..Caller::anonymous(self.tenant) };
        let origin = Origin {
            dialect: String::from(crate::native::NAME),
            operation: String::from("deliver_webhook"),
            credential: caller.name.clone(),
            client: concat!("samerow/", env!("CARGO_PKG_VERSION")).to_owned(),
            request_id: String::new(),
        };
        self.state.run(operation, &Arc::new(caller), origin).await
    }
}

/// What to do next.
enum Next {
    /// The same again.
    GoOn,
    /// Wait for a commit.
    Idle,
    /// Wait for so long, or until somebody has events sent again.
    Wait(Duration),
    /// It is switched off.
    Stop,
}

struct Delivery {
    desk: Desk,
    webhook: Arc<Record>,
    /// The delivery's version as it was read or written last, and how far the feed was looked through since.
    known: Option<(u64, Cursor)>,
}

impl Delivery {
    async fn run(mut self) {
        let mut commits = self.desk.state.commits.clone();
        loop {
            commits.mark_unchanged();
            let wait = match self.step().await {
                Ok(Next::GoOn) => continue,
                Ok(Next::Idle) => None,
                Ok(Next::Wait(wait)) => Some(wait),
                Ok(Next::Stop) => return,
                // Somebody had events sent again.
                Err(error) if error.reason == Reason::Conflict => continue,
                Err(error) => {
                    let source = error.source.as_deref().unwrap_or(&error.message);
                    tracing::warn!(webhook = self.webhook.id, source, "a webhook waits for the store");
                    Some(PAUSE)
                }
            };
            let changed = tokio::select! {
                changed = commits.changed() => changed,
                () = async { sleep(wait.unwrap_or_default()).await }, if wait.is_some() => Ok(()),
            };
            if changed.is_err() {
                return;
            }
        }
    }

    /// Sends the events of one page, up to the first that is not taken.
    async fn step(&mut self) -> Result<Next, Error> {
        // As it is now: whoever rotated its secret may rely on the next event.
        self.webhook = self.read(Kind::Webhook).await?;
        if self.webhook.flag(Field::Disabled) || self.webhook.is_deleted() {
            return Ok(Next::Stop);
        }
        let delivery = self.read(Kind::Delivery).await?;
        let position = match &self.known {
            Some((version, position)) if *version == delivery.version => position.clone(),
            _ => Cursor::parse(delivery.text(Field::Cursor)).ok_or_else(|| Error::internal("a cursor that is none"))?,
        };
        let now = self.desk.state.app.now();
        if let Some(left) = delivery.number(Field::RetryAt).map(|at| at.saturating_sub(now.0)).filter(|left| *left > 0)
        {
            return Ok(Next::Wait(Duration::from_micros(left.unsigned_abs())));
        }
        let feed = match self.desk.run(self.ask(position.clone())).await {
            Err(error) if error.reason == Reason::Invalid => {
                let failure = Failure { problem: error.message.into_owned(), then: Then::SwitchOff };
                self.settle(delivery.version, position, Some(failure)).await?;
                return Ok(Next::GoOn);
            }
            feed => feed?,
        };
        if feed.changes.is_empty() {
            self.known = Some((delivery.version, feed.next));
            return Ok(if feed.more { Next::GoOn } else { Next::Idle });
        }
        self.send_page(&delivery, feed).await?;
        Ok(Next::GoOn)
    }

    async fn read(&self, kind: Kind) -> Result<Arc<Record>, Error> {
        self.desk.run(ReadRecord { kind, id: self.webhook.id, deleted: Deleted::Shown }).await
    }

    fn ask(&self, after: Cursor) -> ReadFeed {
        ReadFeed {
            after: Some(after),
            kinds: self.webhook.texts(Field::Kinds).iter().filter_map(|name| Kind::named(name)).collect(),
            dialects: self.webhook.texts(Field::Dialects).to_vec(),
            limit: PAGE,
        }
    }

    async fn send_page(&mut self, delivery: &Record, feed: Feed) -> Result<(), Error> {
        let Desk { state, tenant } = self.desk.clone();
        let (mut version, mut passed, mut before) = (delivery.version, feed.from.clone(), Some(delivery));
        for change in &feed.changes {
            let sent = send(&state, tenant.number, &self.webhook, Event::of(&feed.tenant, change)).await;
            let Err(refused) = sent else {
                passed.pass(change);
                before = None;
                continue;
            };
            // What was delivered first: then the failure is that of the event alone.
            if before.is_none() {
                version = self.settle(version, passed.clone(), None).await?;
            }
            let mut cursor = passed;
            let then = self.then(before, &refused, change);
            if matches!(then, Then::GiveUp { .. }) {
                cursor.pass(change);
            }
            tracing::info!(webhook = self.webhook.id, problem = refused.problem, ?then, "an event was not taken");
            self.settle(version, cursor, Some(Failure { problem: refused.problem, then })).await?;
            return Ok(());
        }
        self.settle(version, feed.next, None).await.map(drop)
    }

    /// What comes of an event that was not taken. `before` is the delivery whose next event it was already.
    fn then(&self, before: Option<&Record>, refused: &super::NotTaken, change: &Change) -> Then {
        let outbound = &self.desk.state.outbound;
        let now = self.desk.state.app.now();
        let number = |field| before.and_then(|delivery| delivery.number(field));
        // One that was switched on again has a new chance.
        let since = number(Field::FailingSince).map_or(now, |since| Time(since).max(self.webhook.updated_at));
        let patience = i64::try_from(outbound.patience.as_micros()).unwrap_or(i64::MAX);
        if refused.receipt.is_some_and(|receipt| receipt.status == 410) || now.0.saturating_sub(since.0) > patience {
            return Then::SwitchOff;
        }
        let attempts = number(Field::Attempts).and_then(|count| u32::try_from(count).ok()).unwrap_or(0) + 1;
        if attempts >= outbound.attempts {
            return Then::GiveUp { event: event_name(change) };
        }
        let mut random = [0];
        self.desk.state.app.random(&mut random);
        let wait = wait(outbound.retry, attempts, random[0]);
        let asked = refused.receipt.and_then(|receipt| receipt.retry_after).unwrap_or_default().min(MAX_RETRY_AFTER);
        let wait = i64::try_from(wait.max(asked).as_micros()).unwrap_or(i64::MAX);
        Then::Retry { at: Time(now.0.saturating_add(wait)) }
    }

    /// Answers the new version of the delivery.
    async fn settle(&mut self, version: u64, cursor: Cursor, failure: Option<Failure>) -> Result<u64, Error> {
        let settle = SettleDelivery { id: self.webhook.id, expected_version: version, cursor: cursor.clone(), failure };
        let delivery = self.desk.run(settle).await?;
        self.known = Some((delivery.version, cursor));
        Ok(delivery.version)
    }
}

/// Twice as long after each attempt, and a fifth more or less, so that those who failed together do not come together.
fn wait(first: Duration, attempts: u32, random: u8) -> Duration {
    let doubled = first.saturating_mul(1 << attempts.saturating_sub(1).min(20)).min(MAX_WAIT);
    doubled.mul_f64(0.8 + 0.4 * f64::from(random) / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_an_hour() {
        let first = Duration::from_secs(5);
        for (attempts, seconds) in [(1, 5), (2, 10), (5, 80), (10, 2_560), (11, 3_600), (1_000, 3_600)] {
            let middle = Duration::from_secs(seconds);
            assert_eq!(wait(first, attempts, 0), middle.mul_f64(0.8));
            assert_eq!(wait(first, attempts, 255), middle.mul_f64(1.2));
        }
    }
}
