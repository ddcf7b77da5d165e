//! The demo records in a store, and what must hold of them between requests.

use dialects::{Request, SignIn, SignInLimits, State, sign_in};
use domain::access::{Caller, Role};
use domain::filter::Selection;
use domain::operation::{CustomerRef, Deleted, ListCustomers, Load, ReadCustomer, ReadHistory};
use domain::port::{Clock, Entropy, Passwords};
use domain::session::Subject;
use domain::tenant::Tenant;
use domain::{App, Error, Kind, Operation, Origin, Time, demo};
use std::cell::RefCell;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{Options, SqliteStore};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Requests to one store: so few that its size tells nothing and a finding needs a short past.
const REQUESTS: u32 = 1_024;

/// Requests between two looks at more than the versions.
const CLOSE_LOOK: u32 = 64;

/// 2026-11-22T12:00:00Z, for ever.
struct Frozen;

impl Clock for Frozen {
    fn now(&self) -> Time {
        Time(1_795_348_800_000_000)
    }
}

/// The same in every run.
struct Counted(AtomicU64);

impl Entropy for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            // Two session keys are never the same.
            let next = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            chunk.copy_from_slice(&next.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Hashes so fast that nobody waits.
struct Quick;

impl Passwords for Quick {
    fn hash(&self, password: &str) -> Result<String, Error> {
        Ok(format!("$quick${}", sign_in::digest(password)))
    }

    fn verify(&self, password: &str, phc: Option<&str>) -> bool {
        self.hash(password).is_ok_and(|hash| Some(&*hash) == phc)
    }
}

pub struct World {
    pub state: Arc<State>,
    runtime: Runtime,
    requests: u32,
    /// Id and version of every customer.
    versions: Vec<(i64, u64)>,
    /// Goes last, when the store is closed.
    _folder: TempDir,
}

/// Lends the world, a new one from time to time.
pub fn with(request: impl FnOnce(&mut World)) {
    thread_local!(static WORLD: RefCell<Option<World>> = const { RefCell::new(None) });
    WORLD.with_borrow_mut(|world| {
        if world.as_ref().is_some_and(|world| world.requests >= REQUESTS) {
            *world = None;
        }
        request(world.get_or_insert_with(World::new));
    });
}

impl World {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let entropy = || Arc::new(Counted(AtomicU64::new(0)));
        let options = Options { durable: false, readers: 1, ..Options::new(folder.path(), entropy()) };
        let app = App::new(Arc::new(SqliteStore::open(&options).expect("a store")), Arc::new(Frozen), entropy());
        // The clock stands still: whoever had to wait after wrong sign-ins would wait for ever.
        let limits = SignInLimits { failures_per_name: u32::MAX, failures_per_address: u32::MAX, remember: 60 };
        let state = Arc::new(State::new(app, SignIn::new(limits, [7; 32]), Arc::new(Quick), 1));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let mut world = Self { state, runtime, requests: 0, versions: Vec::new(), _folder: folder };
        let secrets = demo::Secrets { digest: &sign_in::digest, hash: &|text| Quick.hash(text).expect("a hash") };
        world.run(Load { records: demo::records(&secrets) });
        world.versions = world.versions();
        world
    }

    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Puts the keys of new sessions where the body asks for them.
    pub fn sign_in(&self, request: &mut Request) {
        for (name, subject) in [("$agent", Subject::User(2)), ("$customer", Subject::Customer(10))] {
            let Ok(body) = str::from_utf8(&request.body) else { return };
            if body.contains(name) {
                let caller = Caller { name: "fuzz".into(), role: Role::Admin, ..Caller::anonymous(Tenant::DEFAULT) };
                let caller = Arc::new(caller);
                // An earlier input may have deleted the customer.
                let key = self.block_on(self.state.open_session(request, "superoffice", &caller, subject));
                request.body = body.replace(name, &key.unwrap_or_default()).into();
            }
        }
    }

    fn run<O: Operation>(&self, operation: O) -> O::Output {
        let caller = Caller { name: "fuzz".into(), role: Role::Admin, ..Caller::anonymous(Tenant::DEFAULT) };
        let origin = Origin {
            dialect: "fuzz".into(),
            operation: "fuzz".into(),
            credential: "fuzz".into(),
            client: String::new(),
            request_id: String::new(),
        };
        self.block_on(self.state.run(operation, &Arc::new(caller), origin)).expect("the store still works")
    }

    fn versions(&self) -> Vec<(i64, u64)> {
        let selection = Selection { limit: REQUESTS + 16, ..Selection::default() };
        let list = ListCustomers { selection, deleted: Deleted::Shown };
        self.run(list).records.iter().map(|record| (record.id, record.version)).collect()
    }

    /// After every request: a customer is never lost, and all are as they were if nothing may have changed.
    pub fn check(&mut self, unchanged: bool) {
        self.requests += 1;
        let versions = self.versions();
        if unchanged {
            assert_eq!(versions, self.versions, "changed by a request that is refused or only reads");
        }
        let kept = |(id, version): &(i64, u64)| versions.iter().any(|now| now.0 == *id && now.1 >= *version);
        assert!(self.versions.iter().all(kept), "lost something: {:?} and then {versions:?}", self.versions);
        self.versions = versions;
        if self.requests.is_multiple_of(CLOSE_LOOK) {
            let customer = self.run(ReadCustomer { who: CustomerRef::Id(10), deleted: Deleted::Shown });
            let history = self.run(ReadHistory { kind: Kind::Customer, id: 10, from: None, limit: 1 });
            let newest = history.changes.first().map(|change| change.version);
            assert_eq!(newest, Some(customer.0.version), "the history ends elsewhere than its record");
        }
    }
}
