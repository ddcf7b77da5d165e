//! Clients that update a set of records at once until told to stop.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{Dialect, Ledger, Op, Outcome, Rng, Speaker};

/// What a load has acknowledged at least, so that it proves something.
pub const LEAST: usize = 12;

/// Who updates what.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many at once; each has its own connection.
    pub clients: usize,
    pub records: Vec<u32>,
    pub dialects: Vec<Dialect>,
    /// The longest wait for one answer.
    pub timeout: Duration,
    /// The next value's number: a plan that is cloned goes on counting.
    next: Arc<AtomicU64>,
    /// The last SuperOffice session: none is opened while the store takes no changes.
    session: Arc<Mutex<String>>,
}

impl Plan {
    /// `clients` over the demo's generated people, through every dialect.
    pub fn new(clients: usize) -> Self {
        Self {
            clients,
            records: (1001..1033).collect(),
            dialects: Dialect::tested(),
            timeout: Duration::from_secs(20),
            next: Arc::default(),
            session: Arc::default(),
        }
    }

    /// Through the dialects among these that are tested.
    pub fn through(mut self, dialects: &[Dialect]) -> Self {
        self.dialects.retain(|d| dialects.contains(d));
        self
    }

    /// Sends one update; a value is never used twice.
    pub fn one(&self, speaker: &mut Speaker, dialect: Dialect, record: u32) -> Op {
        let value = format!("v{:07}", self.next.fetch_add(1, Ordering::Relaxed));
        let id = format!("op-{value}");
        let sent = Instant::now();
        let outcome = speaker.update(dialect, record, &value, &id);
        let changes = dialect.fields().iter().map(|f| (*f, value.clone())).collect();
        Op { id, dialect, record, changes, sent, done: Instant::now(), outcome }
    }
}

/// A load under way.
pub struct Load {
    /// When every client was signed in and began.
    pub began: Instant,
    stop: Arc<AtomicBool>,
    acked: Arc<AtomicUsize>,
    clients: Vec<JoinHandle<Vec<Op>>>,
}

impl Load {
    /// Signs in, then lets every client go at once.
    pub fn start(address: SocketAddr, plan: &Plan) -> Self {
        let mut session = plan.session.lock().unwrap();
        *session = Speaker::new(address).with_session(&session).sign_in(&plan.dialects);
        let (stop, acked) = (Arc::new(AtomicBool::new(false)), Arc::<AtomicUsize>::default());
        let began = Instant::now();
        let clients = (0..plan.clients).map(|number| {
            let speaker = Speaker::new(address).timeout(plan.timeout).with_session(&session);
            let (plan, stop, acked) = (plan.clone(), stop.clone(), acked.clone());
            thread::spawn(move || client(number, speaker, &plan, &stop, &acked))
        });
        Self { began, clients: clients.collect(), stop, acked }
    }

    /// Lets it go for so long, and on a slow machine until so many updates were acknowledged, a minute at most.
    pub fn go(&self, time: Duration, least: usize) {
        thread::sleep(time.saturating_sub(self.began.elapsed()));
        super::wait_until(Duration::from_secs(60), || self.acked.load(Ordering::Relaxed) >= least);
    }

    /// Waits until an update is acknowledged that was sent after this, a minute at most.
    pub fn goes_on(&self) {
        // Each client has one call under way at most.
        let more = self.acked.load(Ordering::Relaxed) + self.clients.len() + 1;
        super::wait_until(Duration::from_secs(60), || self.acked.load(Ordering::Relaxed) >= more);
    }

    /// Ends the load and adds what it did to the ledger; calls under way are waited for.
    pub fn stop(self, ledger: &mut Ledger) {
        self.stop.store(true, Ordering::Relaxed);
        for client in self.clients {
            ledger.ops.extend(client.join().unwrap());
        }
    }
}

fn client(number: usize, mut speaker: Speaker, plan: &Plan, stop: &AtomicBool, acked: &AtomicUsize) -> Vec<Op> {
    let mut ops = Vec::new();
    let mut at = Rng::seeded(number as u64 + 1);
    for turn in number.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let record = plan.records[at.within(0, plan.records.len() as u64) as usize];
        let op = plan.one(&mut speaker, plan.dialects[turn % plan.dialects.len()], record);
        // A server that is gone or refuses is not to be asked a million times.
        match op.outcome {
            Outcome::Acked => drop(acked.fetch_add(1, Ordering::Relaxed)),
            _ => thread::sleep(Duration::from_millis(1)),
        }
        if op.outcome != Outcome::NotSent {
            ops.push(op);
        }
    }
    ops
}
