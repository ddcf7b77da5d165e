//! Several nodes on one database.

use super::cluster::Cluster;
use super::proxy::{Cut, Proxy};
use super::suite::operations::Append;
use super::suite::{EIGHT, ONE, Seeded, edited, replay, run, set, update};
use super::{Postgres, suite};
use domain::access::Role;
use domain::error::Reason;
use domain::operation::{CreateCustomer, NewRecord};
use domain::port::{Clock, Store};
use domain::tenant::Tenant;
use domain::{App, Caller, Field, Kind, Time};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::postgres::{Node, Options, PostgresStore, nodes};
use suite::Bed;

struct Running(AtomicI64);

impl Clock for Running {
    fn now(&self) -> Time {
        Time(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// A further node.
struct Other {
    app: App,
    store: Arc<PostgresStore>,
    committed: Arc<AtomicU64>,
}

impl Other {
    fn new(url: &str, seed: u64) -> Self {
        let committed = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&committed);
        let node = Node { id: format!("node{seed}"), address: "here".to_owned(), release: "0".to_owned() };
        let options = Options {
            node: Some(node),
            committed: Arc::new(move || {
                counted.fetch_add(1, Ordering::Relaxed);
            }),
            ..Options::new(url.parse().unwrap(), Arc::new(Seeded::new(seed)))
        };
        let store = Arc::new(PostgresStore::open(options).unwrap());
        let clock = Arc::new(Running(AtomicI64::new(1_790_000_001_000_000)));
        let app = App::new(Arc::clone(&store) as Arc<dyn Store>, clock, Arc::new(Seeded::new(seed + 100)));
        Self { app, store, committed }
    }

    fn caller(tenant: Tenant) -> Arc<Caller> {
        Arc::new(Caller { name: "root".to_owned(), role: Role::Admin, ..Caller::anonymous(tenant) })
    }
}

fn wait_until(what: &str, limit: Duration, mut holds: impl FnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < limit, "{what}: not within {limit:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
    began.elapsed()
}

/// Compares the histories of records with what was acknowledged: record and word of each change.
fn each_is_there_once(bed: &mut Bed<Postgres<true>>, tenant: Tenant, records: i64, acknowledged: &[(i64, String)]) {
    bed.reopen();
    let desk = bed.desk(tenant);
    let mut words: HashMap<(i64, String), u32> = HashMap::new();
    for id in 1..=records {
        let customer = desk.read(id).unwrap();
        let history = desk.history(Kind::Customer, id);
        assert_eq!(replay(&history), (customer.version, customer.values.clone()), "customer {id}");
        for word in customer.text(Field::Note).split_whitespace() {
            *words.entry((id, word.to_owned())).or_default() += 1;
        }
    }
    for change in acknowledged {
        assert_eq!(words.remove(change), Some(1), "{change:?}");
    }
    assert!(words.is_empty(), "nobody was told of {words:?}");
}

#[test]
fn two_nodes_lose_nothing_and_do_nothing_twice() {
    for tenant in [ONE, EIGHT] {
        let mut bed = Bed::<Postgres<true>>::new();
        let desk = bed.desk(tenant);
        for _ in 0..5 {
            desk.create(vec![]).unwrap();
        }
        let url = bed.engine().0.url();
        let others = [Other::new(&url, 11), Other::new(&url, 12)];
        let acknowledged: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6_usize)
                .map(|thread| {
                    let app = &others[thread % 2].app;
                    scope.spawn(move || {
                        let (caller, random) = (Other::caller(tenant), Seeded::new(thread as u64));
                        let append = |n| {
                            let (id, word) = (1 + random.below(5) as i64, format!("t{thread}n{n}"));
                            run(app, &caller, Append { id, word: word.clone() }).unwrap();
                            (id, word)
                        };
                        (0..60).map(append).collect::<Vec<_>>()
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        drop(others);
        each_is_there_once(&mut bed, tenant, 5, &acknowledged);
        bed.end();
    }
}

#[test]
fn a_value_goes_to_one_node_and_ids_to_each_record_alone() {
    let bed = Bed::<Postgres<true>>::new();
    let url = bed.engine().0.url();
    let others = [Other::new(&url, 21), Other::new(&url, 22)];
    for tenant in [ONE, EIGHT] {
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4_usize)
                .map(|thread| {
                    let app = &others[thread % 2].app;
                    scope.spawn(move || {
                        let create = |n: i32| {
                            let edits = vec![set(Field::Username, format!("name{n}"))];
                            run(app, &Other::caller(tenant), CreateCustomer { submission: edited(edits) })
                        };
                        (0..25).map(create).collect::<Vec<_>>()
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        let ids: BTreeSet<i64> = outcomes.iter().filter_map(|outcome| Some(outcome.as_ref().ok()?.id)).collect();
        assert_eq!(ids, (1..=25).collect(), "each name once, no id twice, no gap");
        let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        assert!(refused.clone().count() == 75 && refused.clone().all(|error| error.reason == Reason::AlreadyExists));
    }
    drop(others);
    bed.end();
}

#[test]
fn a_node_hears_of_what_others_changed() {
    let bed = Bed::<Postgres<true>>::new();
    let other = Other::new(&bed.engine().0.url(), 31);
    let committed = other.committed.load(Ordering::Relaxed);
    bed.desk(ONE).create(vec![]).unwrap();
    let limit = Duration::from_secs(60);
    wait_until("followers are woken", limit, || other.committed.load(Ordering::Relaxed) > committed);
    drop(other);
    bed.end();
}

/// A second after a change nothing is trusted that is older, however slow the machine is: also at a node that does not
/// get to look at all.
#[test]
fn what_is_remembered_is_trusted_for_a_second_at_most() {
    let bed = Bed::<Postgres<true>>::new();
    for (id, poll) in [(7, Duration::from_millis(200)), (8, Duration::from_secs(3_600))] {
        let options =
            Options { poll, ..Options::new(bed.engine().0.url().parse().unwrap(), Arc::new(Seeded::new(32))) };
        let other = PostgresStore::open(options).unwrap();
        let remembered = other.credentials_epoch();
        let values = vec![(Field::Username, format!("agent{id}").into())];
        bed.desk(ONE).run(suite::operations::Put(NewRecord { kind: Kind::User, id, values })).unwrap();
        std::thread::sleep(Duration::from_secs(1));
        assert_ne!(other.credentials_epoch(), remembered, "looks every {poll:?}");
        // Nor is it another number each time: what waits for another one does not run in a circle.
        let (began, numbers) =
            (Instant::now(), (0..10_000).map(|_| other.credentials_epoch()).collect::<BTreeSet<_>>());
        assert!(numbers.len() as u64 <= 2 + began.elapsed().as_secs(), "{numbers:?}");
    }
    bed.end();
}

/// Who must wait at one node must wait at the others, whichever was told last, and is forgotten when the time is over.
#[test]
fn a_lock_out_is_heard_of() {
    let bed = Bed::<Postgres<true>>::new();
    let url = bed.engine().0.url();
    let [one, two, three] = [91, 92, 93].map(|seed| Other::new(&url, seed));
    let limit = Duration::from_secs(60);
    let (name, address) = ([1; 32], [2; 32]);
    one.store.lock_out(name, 900);
    two.store.lock_out(name, 1);
    one.store.lock_out(address, 1);
    wait_until("the third hears of it", limit, || three.store.locked_out(&name) > 1);
    wait_until("so does the second", limit, || two.store.locked_out(&name) > 1);
    assert!(three.store.locked_out(&name) <= 900);
    wait_until("what is over is gone", limit, || bed.engine().0.sql("SELECT count(*) FROM lock_out") == "1");
    assert_eq!(three.store.locked_out(&address), 0);
    // Who comes later hears of it too.
    drop((one, three));
    let later = Other::new(&url, 94);
    wait_until("it is heard of", limit, || later.store.locked_out(&name) > 1);
    drop((two, later));
    bed.end();
}

#[test]
fn one_node_leads_and_another_takes_over() {
    let bed = Bed::<Postgres<true>>::new();
    let url = bed.engine().0.url();
    let first = Other::new(&url, 41);
    let second = Other::new(&url, 42);
    assert!(first.store.leads() && !second.store.leads());
    let seen = nodes(&url.parse().unwrap()).unwrap();
    let seen: Vec<_> = seen.iter().map(|seen| (seen.node.id.as_str(), seen.alive, seen.leads)).collect();
    assert_eq!(seen, [("node41", true, true), ("node42", true, false)]);
    drop(first);
    wait_until("the other leads", Duration::from_secs(30), || second.store.leads());
    assert_eq!(nodes(&url.parse().unwrap()).unwrap().len(), 1);
    drop(second);
    bed.end();
}

/// The connection breaks before the database hears of a commit, or before we hear that it was done.
#[test]
fn a_commit_that_was_not_answered_is_looked_up() {
    let mut bed = Bed::<Postgres<true>>::new();
    let desk = bed.desk(ONE);
    for _ in 0..5 {
        desk.create(vec![]).unwrap();
    }
    let proxy = Proxy::to(Cluster::shared().port());
    let other = Other::new(&proxy.instead_in(&bed.engine().0.url()), 51);
    let (caller, random) = (Other::caller(ONE), Seeded::new(5));
    let mut acknowledged = Vec::new();
    // In the long run a hundred of each.
    let long = std::env::var_os("SAMEROW_TEST_LONG").is_some_and(|value| value == "1");
    let calls = if long { 400 } else { 40 };
    for n in 0..calls {
        proxy.cut(match n % 4 {
            0 => Cut::BeforeCommit,
            2 => Cut::BeforeAnswer,
            _ => Cut::Never,
        });
        let (id, word) = (1 + random.below(5) as i64, format!("w{n}"));
        run(&other.app, &caller, Append { id, word: word.clone() }).unwrap();
        acknowledged.push((id, word));
    }
    assert_eq!(proxy.cuts(), calls / 2, "each cut was made");
    drop(other);
    each_is_there_once(&mut bed, ONE, 5, &acknowledged);
    bed.end();
}

/// What has no history is looked up by the record itself.
#[test]
fn so_is_one_without_a_history() {
    use domain::operation::CreateSession;
    use domain::session::{Lifetime, Subject};
    let bed = Bed::<Postgres<true>>::new();
    let desk = bed.desk(ONE);
    let values = vec![(Field::Username, "agent".into())];
    desk.run(suite::operations::Put(NewRecord { kind: Kind::User, id: 7, values })).unwrap();
    let proxy = Proxy::to(Cluster::shared().port());
    let other = Other::new(&proxy.instead_in(&bed.engine().0.url()), 61);
    for (n, cut) in [Cut::BeforeAnswer, Cut::BeforeCommit, Cut::BeforeAnswer].into_iter().enumerate() {
        proxy.cut(cut);
        let lifetime = Lifetime { idle: 1_000, whole: 10_000 };
        let create =
            CreateSession { subject: Subject::User(7), digest: format!("digest{n}"), dialect: "console", lifetime };
        run(&other.app, &Other::caller(ONE), create).unwrap();
    }
    assert_eq!((proxy.cuts(), bed.engine().0.sql("SELECT count(*) FROM session")), (3, "3".to_owned()));
    drop(other);
    bed.end();
}

/// A database that cannot be reached is said to be busy, and is used again when it is back.
#[test]
fn a_database_that_is_away_is_waited_for() {
    let bed = Bed::<Postgres<true>>::new();
    let desk = bed.desk(ONE);
    desk.create(vec![]).unwrap();
    let proxy = Proxy::to(Cluster::shared().port());
    let other = Other::new(&proxy.instead_in(&bed.engine().0.url()), 71);
    let caller = Other::caller(ONE);
    let append = |word: &str| run(&other.app, &caller, Append { id: 1, word: word.to_owned() });
    append("before").unwrap();
    proxy.shut(true);
    let epoch = other.store.credentials_epoch();
    assert_eq!(append("away").unwrap_err().reason, Reason::Busy);
    assert!(other.store.condition() != domain::port::Condition::Ready);
    assert!(other.store.credentials_epoch() > epoch, "nothing is trusted that cannot be asked for");
    proxy.shut(false);
    append("back").unwrap();
    wait_until("it is ready", Duration::from_secs(10), || other.store.condition() == domain::port::Condition::Ready);
    assert_eq!(desk.read(1).unwrap().text(Field::Note), "before back ");
    drop(other);
    bed.end();
}

/// Two nodes that want the rows of several parts in another order never wait for each other.
#[test]
fn nobody_waits_in_a_circle() {
    let bed = Bed::<Postgres<true>>::new();
    let url = bed.engine().0.url();
    let others = [Other::new(&url, 81), Other::new(&url, 82)];
    let desk = bed.desk(EIGHT);
    for _ in 0..8 {
        desk.create(vec![]).unwrap();
    }
    let deadlocks = || bed.engine().0.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
    std::thread::scope(|scope| {
        for (thread, other) in others.iter().enumerate() {
            scope.spawn(move || {
                for n in 0..40_i64 {
                    let id = if thread == 0 { 1 + n % 8 } else { 8 - n % 8 };
                    let name = format!("t{thread}n{n}");
                    run(&other.app, &Other::caller(EIGHT), update(id, vec![set(Field::Username, name)])).unwrap();
                }
            });
        }
    });
    assert_eq!(deadlocks(), "0");
    drop(others);
    bed.end();
}
