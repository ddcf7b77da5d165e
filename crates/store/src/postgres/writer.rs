//! The writers: each one connection, one transaction for all that waits.
//!
//! There is no timer. While one batch is on its way the next one gathers. The operations of one tenant always go the
//! same way, so that within a node they follow each other; between nodes the rows of `head` see to that.

use domain::error::Reason;
use domain::port::{Condition, Entropy, Job};
use domain::record::Part;
use domain::working_set::{Found, Need};
use domain::{Error, WorkingSet};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep};

use super::connect::{Address, Purpose};
use super::find::{ask, found};
use super::history::Bytes;
use super::open::Shared;
use super::save::{Owners, Plan, Witness};
use super::session::{PATIENCE, Query, Session};
use super::{Failure, Remedy};
use crate::batch::{Entry, Rounds, Step};
use crate::ledger::Head;
use crate::seal::FIRST_LINK;
use crate::{Answering, fault};

/// Operations in one transaction. Those that came at once are not parted, so that there can be some more.
const MAX_BATCH: usize = 512;

/// How long a batch is tried before its callers are told to try again later.
const TRYING: Duration = Duration::from_secs(10);

/// How often others may be faster. Who is always too late has another fault.
const MAX_OUTRUN: u32 = 30;

/// How long it is asked whether a batch was committed before its callers are told that nobody knows.
const ASKING: Duration = Duration::from_secs(60);

/// Takes the rows of parts, in their order.
const LOCK: &str = "SELECT part, number, link FROM head WHERE part = ANY($1::bigint[]) ORDER BY part FOR UPDATE";

pub(super) struct Writer {
    pub(super) address: Arc<Address>,
    pub(super) durable: bool,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) answering: Answering,
    pub(super) committed: Arc<dyn Fn() + Send + Sync>,
    pub(super) shared: Arc<Shared>,
    pub(super) session: Option<Session>,
}

/// How far an attempt came.
enum Attempt {
    /// Committed, or nothing was to be.
    Done,
    /// More parts have to be taken, in their order: from the start.
    Wider,
}

/// Why an attempt failed, and by what it is known if it may have been committed after all.
struct Broken(Failure, Option<Witness>);

impl<E: Into<Failure>> From<E> for Broken {
    fn from(error: E) -> Self {
        Self(error.into(), None)
    }
}

impl Writer {
    pub(super) async fn run(mut self, mut waiting: Receiver<Vec<Box<dyn Job>>>) {
        while let Some(first) = waiting.recv().await {
            let mut batch: Vec<Entry> = first.into_iter().map(Entry::new).collect();
            while batch.len() < MAX_BATCH
                && let Ok(more) = waiting.try_recv()
            {
                batch.extend(more.into_iter().map(Entry::new));
            }
            self.store(batch).await;
        }
    }

    /// Stores a batch and answers it. When it fails for what one operation holds, each is tried alone.
    async fn store(&mut self, mut batch: Vec<Entry>) {
        match self.settle(&mut batch).await {
            // One or two are answered sooner from here than from elsewhere.
            Ok(()) if batch.len() <= 2 => batch.into_iter().for_each(|entry| entry.finish(Ok(()))),
            Ok(()) => (self.answering)(Box::new(|| batch.into_iter().for_each(|entry| entry.finish(Ok(()))))),
            Err(Refused { error, alone: true }) if batch.len() > 1 => {
                tracing::error!(
                    error = error.source,
                    "a batch could not be stored: its operations are tried one by one"
                );
                for entry in batch {
                    let mut one = vec![entry];
                    let fate = self.settle(&mut one).await.map_err(|refused| refused.error);
                    one.into_iter().for_each(|entry| entry.finish(fate.clone()));
                }
            }
            Err(Refused { error, .. }) => {
                tracing::error!(error = error.source, "a batch could not be stored");
                batch.into_iter().for_each(|entry| entry.finish(Err(error.clone())));
            }
        }
    }

    /// Tries until it is stored, refused, or too late.
    async fn settle(&mut self, batch: &mut Vec<Entry>) -> Result<(), Refused> {
        let (began, mut parts, mut pause) = (Instant::now(), BTreeSet::new(), Duration::from_millis(2));
        let mut outrun = 0;
        loop {
            let Broken(failure, witness) = match self.attempt(batch, &mut parts).await {
                Ok(Attempt::Done) => {
                    self.shared.set_condition(Condition::Ready);
                    return Ok(());
                }
                Ok(Attempt::Wider) => continue,
                Err(broken) => broken,
            };
            let remedy = failure.remedy();
            match (&self.session, remedy) {
                (Some(session), Remedy::Again | Remedy::None) if !session.is_closed() => session.send("ROLLBACK"),
                _ => self.session = None,
            }
            if let Some(witness) = witness {
                tracing::warn!(error = %failure, "nobody heard whether a batch was committed: asking");
                if self.was_committed(&witness).await.ok_or_else(unknown)? {
                    self.announce(true);
                    return Ok(());
                }
            } else if remedy == Remedy::None || outrun > MAX_OUTRUN {
                return Err(refused(&failure, &self.shared));
            }
            if began.elapsed() > TRYING {
                return Err(too_late(&failure, &self.shared));
            }
            outrun += u32::from(remedy == Remedy::Again);
            tracing::debug!(error = %failure, "a batch is tried again");
            self.rest(&mut pause).await;
        }
    }

    /// Waits a little longer each time, and not as long as others who wait for the same.
    async fn rest(&self, pause: &mut Duration) {
        let mut byte = [0];
        self.entropy.fill(&mut byte);
        sleep(pause.mul_f64(0.5 + f64::from(byte[0]) / 256.0)).await;
        *pause = (*pause * 2).min(Duration::from_millis(500));
    }

    async fn connect(&mut self) -> Result<(), Failure> {
        if self.session.as_ref().is_none_or(Session::is_closed) {
            self.session = Some(self.address.connect(Purpose::Writing { durable: self.durable }).await?);
        }
        Ok(())
    }

    async fn attempt(&mut self, batch: &mut Vec<Entry>, parts: &mut BTreeSet<Part>) -> Result<Attempt, Broken> {
        self.connect().await?;
        let session = self.session.as_ref().ok_or(Failure::Silent)?;
        batch.iter_mut().for_each(|entry| entry.failure = None);
        let mut set = WorkingSet::default();
        let (mut heads, mut owners) = (BTreeMap::new(), Owners::new());
        let mut rounds = Rounds::of(batch);
        let mut open = false;
        let changed = loop {
            let needs = match rounds.step(batch, &mut set) {
                Step::Decided(changed) => break changed,
                Step::Missing(needs) => needs,
            };
            let wanted: BTreeSet<Part> =
                needs.iter().flat_map(locked_by).filter(|part| !heads.contains_key(part)).collect();
            let in_order = heads.keys().next_back() < wanted.first();
            parts.extend(&wanted);
            if open && !wanted.is_empty() && !in_order {
                session.send("ROLLBACK");
                return Ok(Attempt::Wider);
            }
            let lock: Vec<Part> = parts.iter().filter(|part| !heads.contains_key(part)).copied().collect();
            let begin = if open { None } else { Some("BEGIN") };
            if !load(session, begin, &lock, needs, &mut heads, &mut owners, &mut set).await? {
                session.send("ROLLBACK");
                make_heads(session, parts).await?;
                return Ok(Attempt::Wider);
            }
            open = true;
        };
        if !changed {
            if open {
                session.send("ROLLBACK");
            }
            return Ok(Attempt::Done);
        }
        let saving = set.saving();
        let touched: BTreeSet<Part> = saving.changes.iter().map(|change| change.part).collect();
        if !touched.iter().all(|part| heads.contains_key(part)) {
            session.send("ROLLBACK");
            parts.extend(touched);
            return Ok(Attempt::Wider);
        }
        let mut salts = vec![[0; 16]; saving.changes.len()];
        self.entropy.fill(salts.as_flattened_mut());
        let plan = Plan::of(saving, &mut heads, &owners, &salts)?;
        if !open {
            session.simple("BEGIN").await?;
        }
        plan.run(session).await?;
        if fault::ack_before_commit() {
            batch.drain(..).for_each(|entry| entry.finish(Ok(())));
        }
        if let Err(failure) = session.simple("COMMIT").await {
            return Err(Broken(failure, Some(plan.witness)));
        }
        self.announce(plan.credentials);
        Ok(Attempt::Done)
    }

    fn announce(&self, credentials: bool) {
        if credentials {
            self.shared.credentials_epoch.fetch_add(1, Ordering::Release);
        }
        (self.committed)();
    }

    /// Finds out whether a batch was committed whose commit was not answered. It takes the part's row first: whoever
    /// still holds it may commit yet. `None` when nobody can tell.
    async fn was_committed(&mut self, witness: &Witness) -> Option<bool> {
        let (began, mut pause) = (Instant::now(), Duration::from_millis(20));
        loop {
            let asked = match (self.connect().await, &self.session) {
                (Ok(()), Some(session)) => look(session, witness).await,
                (connected, _) => Err(connected.err().unwrap_or(Failure::Silent)),
            };
            match asked {
                Ok(committed) => return Some(committed),
                Err(failure) => {
                    tracing::warn!(error = %failure, "cannot find out whether a batch was committed");
                    self.session = None;
                }
            }
            if began.elapsed() > ASKING {
                return None;
            }
            self.rest(&mut pause).await;
        }
    }
}

/// The parts whose rows a batch takes before it reads what it needs there. What belongs to no tenant is read by all and
/// hardly ever changes: only who counts there takes it.
fn locked_by(need: &Need) -> Vec<Part> {
    let parts = match need {
        Need::Record((_, part, _)) => vec![*part],
        Need::Key(key) => vec![key.part],
        Need::Content((_, part, _), _) => vec![*part],
        Need::Counter(part, _) => return vec![*part],
        Need::List(query) => domain::feed::parts(query.tenant).collect(),
        Need::History(walk) => vec![walk.part],
        Need::Feed(_) => Vec::new(),
    };
    parts.into_iter().filter(|part| *part != Part::GLOBAL).collect()
}

/// Takes the rows of parts and loads what is needed, in one round trip. Answers whether all those rows are there.
async fn load(
    session: &Session,
    begin: Option<&str>,
    lock: &[Part],
    needs: Vec<Need>,
    heads: &mut BTreeMap<Part, Head>,
    owners: &mut Owners,
    set: &mut WorkingSet,
) -> Result<bool, Failure> {
    let mut asks = ask(needs);
    let mut queries: Vec<&Query> = asks.iter().map(|ask| &ask.query).collect();
    // Citus takes the rows of one part at a time: it could not tell in which order it takes those of several machines.
    let taking = lock.chunks(if session.is_citus() { 1 } else { lock.len().max(1) });
    let taking: Vec<_> =
        taking.map(|parts| Query::new(LOCK).with(parts.iter().map(|part| part.0).collect::<Vec<_>>())).collect();
    queries.splice(0..0, &taking);
    let mut answers = session.fetch(begin, queries).await?.into_iter();
    for row in answers.by_ref().take(taking.len()).flatten() {
        heads.insert(Part(row.try_get(0)?), (row.try_get(1)?, row.try_get::<_, Bytes<32>>(2)?.0));
    }
    if !lock.iter().all(|part| heads.contains_key(part)) {
        return Ok(false);
    }
    for (ask, rows) in asks.drain(..).zip(answers) {
        for (need, found) in found(ask.needs, &rows)? {
            if let (Need::Key(key), Found::Key(owner)) = (&need, &found) {
                owners.insert(key.clone(), *owner);
            }
            set.supply(need, found);
        }
    }
    Ok(true)
}

/// The rows of parts that nobody has written to yet.
async fn make_heads(session: &Session, parts: &BTreeSet<Part>) -> Result<(), Failure> {
    let sql = "INSERT INTO head (part, number, link) SELECT x.part, 0, $2::bytea FROM unnest($1::bigint[]) AS x (part) \
               ON CONFLICT (part) DO NOTHING";
    let parts: Vec<_> = parts.iter().map(|part| part.0).collect();
    session.execute([&Query::new(sql).with(parts).with(FIRST_LINK.to_vec())]).await.map(drop)
}

async fn look(session: &Session, witness: &Witness) -> Result<bool, Failure> {
    let (part, query) = match witness {
        Witness::Change(part, number, link) => {
            let sql = "SELECT 1 FROM change WHERE part = $1::bigint AND number = $2::bigint AND link = $3::bytea";
            (*part, Query::new(sql).with(part.0).with(*number).with(link.to_vec()))
        }
        Witness::Record((kind, part, id), Some(checksum)) => {
            let sql = format!(
                "SELECT 1 FROM \"{}\" WHERE part = $1::bigint AND id = $2::bigint AND checksum = $3::bigint",
                kind.name()
            );
            (*part, Query::new(sql).with(part.0).with(*id).with(*checksum))
        }
        Witness::Record((kind, part, id), None) => {
            let sql = format!(
                "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM \"{}\" WHERE part = $1::bigint AND id = $2::bigint)",
                kind.name()
            );
            (*part, Query::new(sql).with(part.0).with(*id))
        }
        Witness::None => return Ok(false),
    };
    let lock = Query::new(LOCK).with(vec![part.0]);
    let answers = session.fetch(Some("BEGIN"), [&lock, &query]).await?;
    session.simple("ROLLBACK").await?;
    Ok(answers.last().is_some_and(|rows| !rows.is_empty()))
}

/// Why a batch was not stored, and whether its operations may fare better alone.
struct Refused {
    error: Error,
    alone: bool,
}

fn refused(failure: &Failure, shared: &Shared) -> Refused {
    let code = match failure {
        Failure::Postgres(error) => error.code().map_or("", |code| code.code()),
        _ => "",
    };
    // Out of disk, memory or connections; not allowed.
    let why = match code {
        "53100" => "The disk of the database is full",
        code if code.starts_with("53") => "The database has no room for more",
        "42501" => "The database does not allow it",
        _ => return Refused { error: Error::internal(failure), alone: true },
    };
    shared.set_condition(Condition::ReadOnly(format!("{why}: {failure}")));
    let text = format!("{why}. Nothing was stored: try again later.");
    Refused { error: Error::new(Reason::Busy, text).because(failure), alone: false }
}

fn too_late(failure: &Failure, shared: &Shared) -> Refused {
    if failure.remedy() == Remedy::Reconnect {
        shared.set_condition(Condition::ReadOnly(format!("the database cannot be reached: {failure}")));
    }
    let text = "The database cannot store anything now. Nothing was stored: try again in a moment.";
    Refused { error: Error::new(Reason::Busy, text).because(failure), alone: false }
}

fn unknown() -> Refused {
    let text = "The connection to the database broke while this was being stored, and nobody can tell now whether it \
                was: look before you send it again.";
    Refused { error: Error::new(Reason::Internal, text).because("the outcome of a commit is unknown"), alone: false }
}

const _: () = assert!(PATIENCE.as_secs() < ASKING.as_secs());
