//! How far those are behind who follow the changes: the index of words and each webhook.

use crate::state::State;
use domain::feed::Cursor;
use domain::operation::{Deleted, ListDeliveries, ReadFeed, ReadRecord};
use domain::tenant::Tenant;
use domain::{Caller, Error, Field, Kind, Origin, Record, Role};
use std::sync::Arc;
use std::time::Duration;

/// Webhooks of a tenant that are looked at.
const MOST: usize = 100;

/// Pages that are looked through for a change that a follower waits for: 500 changes or more each.
const STEPS: usize = 20;

/// Who follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Follower {
    /// The index of words.
    Search,
    /// A webhook: its id and name.
    Webhook(i64, String),
}

/// How far somebody is behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lag {
    /// Who.
    pub follower: Follower,
    /// Changes that were not looked at: nothing while none of them is for this follower.
    pub changes: u64,
    /// How old the first of them is that is for this follower.
    pub age: Duration,
}

impl State {
    /// How far those of a tenant are behind who follow its changes. There is an index once somebody has searched.
    ///
    /// # Errors
    /// What the store refuses with.
    pub async fn lags(self: &Arc<Self>, tenant: Tenant) -> Result<Vec<Lag>, Error> {
        let itself = Arc::new(Caller { role: Role::Admin, ..Caller::anonymous(tenant) });
        let mut lags = Vec::new();
        if let Some(cursor) = self.search.cursor(tenant).await {
            lags.extend(self.lag(&itself, Follower::Search, cursor, vec![Kind::Customer], Vec::new()).await?);
        }
        let webhooks = self.run(ListDeliveries, &itself, Origin::default()).await?;
        for webhook in webhooks.iter().take(MOST) {
            let read = ReadRecord { kind: Kind::Delivery, id: webhook.id, deleted: Deleted::Shown };
            let delivery = self.run(read, &itself, Origin::default()).await?;
            let Some(cursor) = Cursor::parse(delivery.text(Field::Cursor)) else { continue };
            let follower = Follower::Webhook(webhook.id, name(webhook));
            let kinds = webhook.texts(Field::Kinds).iter().filter_map(|name| Kind::named(name)).collect();
            lags.extend(self.lag(&itself, follower, cursor, kinds, webhook.texts(Field::Dialects).to_vec()).await?);
        }
        Ok(lags)
    }

    /// `None` where what the follower knows is of another store: it begins anew.
    async fn lag(
        &self,
        itself: &Arc<Caller>,
        follower: Follower,
        mut after: Cursor,
        kinds: Vec<Kind>,
        dialects: Vec<String>,
    ) -> Result<Option<Lag>, Error> {
        let ask = |after| ReadFeed { after, kinds: kinds.clone(), dialects: dialects.clone(), limit: 1 };
        let end = self.run(ask(None), itself, Origin::default()).await?.next;
        if !end.covers(&after) {
            return Ok(None);
        }
        for _ in 0..STEPS {
            let page = self.run(ask(Some(after)), itself, Origin::default()).await?;
            if let Some(first) = page.changes.first() {
                let pairs = end.numbers().iter().zip(page.from.numbers());
                let changes = pairs.map(|(end, here)| u64::try_from(end - here).unwrap_or(0)).sum::<u64>().max(1);
                let age = u64::try_from(self.app.now().0.saturating_sub(first.at.0)).unwrap_or(0);
                return Ok(Some(Lag { follower, changes, age: Duration::from_micros(age) }));
            }
            if !page.more {
                break;
            }
            after = page.next;
        }
        Ok(Some(Lag { follower, changes: 0, age: Duration::ZERO }))
    }
}

fn name(webhook: &Record) -> String {
    let text = webhook.text(Field::Name);
    if text.is_empty() { format!("#{}", webhook.id) } else { text.to_owned() }
}
