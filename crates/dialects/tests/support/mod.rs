//! A server's inside without the server: the demo records in a store of their own, a clock that stands still, and
//! entropy that is the same in every run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]
#![allow(dead_code, reason = "each test takes what it needs")]

pub(crate) mod api_page;
pub(crate) mod bing;
#[path = "../../../store/tests/postgres/cluster.rs"]
mod cluster;
pub(crate) mod conversation;
pub(crate) mod lens;
pub(crate) mod place;
pub(crate) mod python;
pub(crate) mod rpc;
pub(crate) mod sample;
pub(crate) mod schema;
pub(crate) mod soap;

use bytes::Bytes;
use dialects::{Answer, Request, SignIn, SignInLimits, State, dialect_of, oauth, sign_in};
use domain::access::{Access, Caller, Role};
use domain::operation::{Load, ReadHistory};
use domain::port::{Clock, Entropy, Passwords};
use domain::tenant::Tenant;
use domain::working_set::Context;
use domain::{App, Change, Error, Field, Kind, Operation, Origin, Record, Stop, Time, Value, WorkingSet, demo};
use http::header::CONTENT_DISPOSITION;
use http::{HeaderName, Method};
use place::Place;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use tokio::runtime::Runtime;

/// The moment at which every test happens.
pub(crate) const NOW: &str = "2026-11-22T12:00:00Z";

struct Frozen(Arc<AtomicI64>);

impl Clock for Frozen {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::Relaxed))
    }
}

/// SplitMix64.
struct Seeded(AtomicU64);

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        for chunk in bytes.chunks_mut(8) {
            let mut mixed = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Hashes so fast that nobody waits: how slow a hash is, no dialect can tell.
struct Quick;

impl Passwords for Quick {
    fn hash(&self, password: &str) -> Result<String, Error> {
        Ok(format!("$quick${}", sign_in::digest(password)))
    }

    fn verify(&self, password: &str, phc: Option<&str>) -> bool {
        phc == Some(format!("$quick${}", sign_in::digest(password)).as_str())
    }
}

/// A place with a store that holds the demo records and nothing else, to be copied.
pub(crate) struct Template(Place);

impl Template {
    pub(crate) fn new() -> Self {
        let world = World::open(Place::new());
        let secrets = demo::Secrets { digest: &sign_in::digest, hash: &|text| Quick.hash(text).unwrap() };
        world.run(Load { records: demo::records(&secrets) }).unwrap();
        Self(world.close())
    }

    /// A world of its own.
    pub(crate) fn world(&self) -> World {
        World::open(self.0.copy())
    }
}

/// A request of these parts.
pub(crate) fn request(method: &Method, target: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Request {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let headers = headers.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()));
    Request {
        method: method.clone(),
        path: path.to_owned(),
        query: query.map(str::to_owned),
        base_url: String::from("http://localhost:8080"),
        tenant: None,
        id: String::from("request-1"),
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        headers: headers.collect(),
        body: body.into(),
    }
}

/// A store, the state over it, and a runtime to run requests in.
pub(crate) struct World {
    pub(crate) runtime: Runtime,
    pub(crate) state: Arc<State>,
    /// Microseconds since 1970: stands still unless a test moves it.
    pub(crate) clock: Arc<AtomicI64>,
    /// Transactions that changed something.
    pub(crate) commits: Arc<AtomicU64>,
    pub(crate) place: Place,
}

impl World {
    fn open(place: Place) -> Self {
        // Of its own, so that the salts of the history do not move the ids of the requests.
        let salts = Arc::new(Seeded(AtomicU64::new(1)));
        let commits = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&commits);
        let committed = Arc::new(move || {
            counted.fetch_add(1, Ordering::SeqCst);
        });
        let store = place.open(salts, committed);
        let now = NOW.parse::<jiff::Timestamp>().unwrap().as_microsecond();
        let clock = Arc::new(AtomicI64::new(now));
        let app = App::new(store, Arc::new(Frozen(Arc::clone(&clock))), Arc::new(Seeded(AtomicU64::new(2))));
        let mut state = State::new(app, SignIn::new(SignInLimits::default(), [7; 32]), Arc::new(Quick), 1);
        // Beside the demo's program, which has no secret, one that has.
        let web = format!("web secret-sha256={} https://web.example/back", sign_in::digest("web-secret"));
        state.clients = oauth::clients(&format!("{}; {web}", oauth::DEMO)).unwrap();
        let state = Arc::new(state);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        Self { runtime, state, clock, commits, place }
    }

    /// Closes the store and opens it again.
    pub(crate) fn reopen(self) -> Self {
        let Self { runtime, state, clock, place, .. } = self;
        drop((runtime, state));
        let world = Self::open(place);
        world.clock.store(clock.load(Ordering::Relaxed), Ordering::Relaxed);
        world
    }

    /// Moves the clock.
    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    /// Runs an operation past all dialects.
    pub(crate) fn run<O: Operation>(&self, operation: O) -> Result<O::Output, Error> {
        self.run_as(Tenant::DEFAULT, Role::Admin, operation)
    }

    /// The same for somebody else.
    pub(crate) fn run_as<O: Operation>(&self, tenant: Tenant, role: Role, operation: O) -> Result<O::Output, Error> {
        let caller = Caller { name: "test".to_owned(), role, ..Caller::anonymous(tenant) };
        let origin = Origin {
            dialect: "test".to_owned(),
            operation: "test".to_owned(),
            credential: "test".to_owned(),
            client: String::new(),
            request_id: String::new(),
        };
        self.runtime.block_on(self.state.run(operation, &Arc::new(caller), origin))
    }

    /// Sets a field of any record of the default tenant.
    pub(crate) fn amend(&self, kind: Kind, id: i64, field: Field, value: Option<Value>) {
        self.run(Amend { kind, id, field, value }).unwrap();
    }

    /// A record of the default tenant as it is stored.
    pub(crate) fn record(&self, kind: Kind, id: i64) -> Option<Arc<Record>> {
        self.run(Look { kind, id }).unwrap()
    }

    /// Closes the store and answers where it is.
    pub(crate) fn close(self) -> Place {
        let Self { runtime, state, place, .. } = self;
        drop((state, runtime));
        place
    }

    /// All that the store keeps, as it is now.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.place.bytes()
    }

    /// What the doctor finds.
    pub(crate) fn examine(&self) -> Vec<String> {
        let report = self.place.examine();
        report.findings.into_iter().map(|finding| format!("{}: {}", finding.what, finding.why)).collect()
    }

    /// Sends a request of these parts.
    pub(crate) fn ask(
        &self,
        method: &Method,
        target: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        self.send(&request(method, target, headers, body)).expect("a dialect claims it").1
    }

    /// The history of a customer, newest first.
    pub(crate) fn history(&self, id: i64) -> Vec<Change> {
        let read = ReadHistory { kind: Kind::Customer, id, from: None, limit: 1_000 };
        self.run(read).unwrap().changes.to_vec()
    }

    /// Sends a request to the dialect that claims its path. A file that comes piece by piece is the body of its answer.
    pub(crate) fn send(&self, request: &Request) -> Option<(&'static str, Answer)> {
        let dialect = dialect_of(&request.path)?;
        let whole = async {
            let mut answer = (dialect.answer)(&self.state, request, None).await;
            let is_file = answer.response.headers().contains_key(CONTENT_DISPOSITION);
            let (mut body, mut pieces) = (Vec::new(), answer.pieces.take_if(|_| is_file));
            while let Some(piece) = pieces.as_mut() {
                let Some(piece) = piece.recv().await else {
                    *answer.response.body_mut() = body.into();
                    break;
                };
                body.extend(piece.expect("it is not broken off"));
            }
            answer
        };
        Some((dialect.name, self.runtime.block_on(whole)))
    }
}

struct Amend {
    kind: Kind,
    id: i64,
    field: Field,
    value: Option<Value>,
}

impl Operation for Amend {
    type Output = ();
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
        let record = set.record(Tenant::DEFAULT, self.kind, self.id)?.expect("it is there");
        let mut record = Arc::unwrap_or_clone(record);
        record.set(self.field, self.value.clone())?;
        set.put(record, cx).map(drop)
    }
}

struct Look {
    kind: Kind,
    id: i64,
}

impl Operation for Look {
    type Output = Option<Arc<Record>>;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = false;

    fn decide(&self, set: &mut WorkingSet, _: &Context) -> Result<Option<Arc<Record>>, Stop> {
        set.record(Tenant::DEFAULT, self.kind, self.id)
    }
}
