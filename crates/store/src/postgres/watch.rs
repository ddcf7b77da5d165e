//! Looks for what other nodes changed, and tells them that this one is there.

use domain::port::Condition;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

use super::Failure;
use super::connect::{Address, Purpose};
use super::lock_outs::LockOuts;
use super::open::Shared;
use super::session::{Query, Session};

/// The longest that a look may take. After that nothing is trusted that is remembered.
const LOOK: Duration = Duration::from_millis(800);

/// The longest that a node takes to say that it ends.
const LEAVING: Duration = Duration::from_secs(5);

/// How often a node renews its row, and how long that holds.
const RENEW: Duration = Duration::from_secs(5);

/// How long the lead is surely held after it was renewed: some seconds less than the row says.
const HOLDS: Duration = Duration::from_secs(11);

/// What the other nodes are told of this one.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name, of its own in each start.
    pub id: String,
    /// Where it serves.
    pub address: String,
    /// Its release.
    pub release: String,
}

pub(super) struct Watch {
    pub(super) address: Arc<Address>,
    pub(super) poll: Duration,
    pub(super) node: Option<Node>,
    pub(super) committed: Arc<dyn Fn() + Send + Sync>,
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Watching {
    watch: Watch,
    session: Option<Session>,
    /// The epoch of credentials and the sum of all heads.
    seen: Option<(i64, i64)>,
    renewed: Option<Instant>,
}

impl Watching {
    /// Looks for the first time.
    pub(super) async fn start(watch: Watch) -> Self {
        let mut watching = Self { watch, session: None, seen: None, renewed: None };
        let _ = watching.look().await;
        watching
    }

    pub(super) async fn run(&mut self) {
        loop {
            sleep(self.watch.poll).await;
            let looked = timeout(LOOK, self.look()).await.unwrap_or(Err(Failure::Silent));
            let shared = Arc::clone(&self.watch.shared);
            match looked {
                Ok(()) => {
                    if shared.condition() != Condition::Ready && self.can_write().await {
                        shared.set_condition(Condition::Ready);
                    }
                }
                Err(failure) => {
                    self.session = None;
                    if self.watch.node.is_some() && self.renewed.is_none_or(|renewed| renewed.elapsed() > HOLDS) {
                        self.lead(false);
                    }
                    // Who cannot look does not know what still holds.
                    shared.credentials_epoch.fetch_add(1, Ordering::Release);
                    let why = format!("the database cannot be reached: {failure}");
                    if shared.condition() == Condition::Ready {
                        shared.set_condition(Condition::ReadOnly(why));
                    }
                }
            }
        }
    }

    /// Takes the node's row away. When that cannot be done soon it is left to expire.
    pub(super) async fn end(&mut self) {
        let Some(node) = self.watch.node.clone() else { return };
        let gone = Query::new("DELETE FROM node WHERE id = $1::text").with(node.id.clone());
        let free = Query::new("DELETE FROM lease WHERE name = 'lead' AND owner = $1::text").with(node.id);
        let leaving = async {
            if self.session.as_ref().is_none_or(Session::is_closed) {
                self.session = self.watch.address.connect(Purpose::Writing { durable: true }).await.ok();
            }
            if let Some(session) = &self.session {
                let _ = session.execute([&gone, &free]).await;
            }
        };
        let _ = timeout(LEAVING, leaving).await;
    }

    async fn look(&mut self) -> Result<(), Failure> {
        if self.session.as_ref().is_none_or(Session::is_closed) {
            self.session = Some(self.watch.address.connect(Purpose::Writing { durable: true }).await?);
        }
        let Some(session) = &self.session else { return Err(Failure::Silent) };
        let sql = "SELECT (SELECT e.number FROM epoch AS e WHERE e.name = 'credentials'), \
                   (SELECT coalesce(sum(h.number), 0)::bigint FROM head AS h)";
        let lock_outs = &self.watch.shared.lock_outs;
        let id = self.watch.node.as_ref().map_or("", |node| &node.id);
        if let Some((waits, telling)) = lock_outs.telling(id) {
            session.execute([&telling]).await?;
            lock_outs.told(&waits);
        }
        let began = Instant::now();
        let found = session.fetch(None, [&Query::new(sql), &LockOuts::asking(id)]).await?;
        let [numbers, waiting] = &*found else { return Err(Failure::Silent) };
        let Some(row) = numbers.first() else { return Err(Failure::Silent) };
        let now: (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        lock_outs.hear(waiting)?;
        let before = self.seen.replace(now).unwrap_or(now);
        if before.0 != now.0 {
            self.watch.shared.credentials_epoch.fetch_add(1, Ordering::Release);
        }
        if before.1 != now.1 {
            (self.watch.committed)();
        }
        self.watch.shared.has_looked(began.into_std());
        if self.watch.node.is_some() && self.renewed.is_none_or(|renewed| renewed.elapsed() > RENEW) {
            self.renew().await?;
        }
        Ok(())
    }

    /// Tells the other nodes that this one is there, and takes or keeps the lead if no other has it.
    async fn renew(&mut self) -> Result<(), Failure> {
        let (Some(session), Some(node)) = (&self.session, &self.watch.node) else { return Ok(()) };
        let Node { id, address, release } = node.clone();
        let here = "INSERT INTO node (id, address, release, started_at, expires_at) \
                    VALUES ($1::text, $2::text, $3::text, now(), now() + interval '15 seconds') \
                    ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at";
        let gone = "DELETE FROM node WHERE expires_at < now() - interval '1 hour'";
        let free = "DELETE FROM lock_out WHERE ends_at < now()";
        let lead = "INSERT INTO lease AS l (name, owner, expires_at) \
                    VALUES ('lead', $1::text, now() + interval '15 seconds') \
                    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at \
                    WHERE l.owner = excluded.owner OR l.expires_at < now()";
        let asked = Instant::now();
        let here = Query::new(here).with(id.clone()).with(address).with(release);
        let counts = session.execute([&here, &Query::new(gone), &Query::new(free), &Query::new(lead).with(id)]).await?;
        self.renewed = Some(asked);
        self.lead(counts.last() == Some(&1));
        Ok(())
    }

    fn lead(&self, leads: bool) {
        let shared = &self.watch.shared;
        if shared.leads.swap(leads, Ordering::AcqRel) != leads {
            tracing::info!(leads, "the lead of the nodes");
            shared.credentials_epoch.fetch_add(1, Ordering::Release);
            (self.watch.committed)();
        }
    }

    async fn can_write(&self) -> bool {
        let Some(session) = &self.session else { return false };
        let sql = "SELECT 1 WHERE current_setting('transaction_read_only') = 'off'";
        timeout(LOOK, session.rows(Query::new(sql))).await.is_ok_and(|rows| rows.is_ok_and(|rows| !rows.is_empty()))
    }
}
