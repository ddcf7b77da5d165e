//! Many servers on one PostgreSQL, seen from outside: what is acknowledged is kept once, whatever is killed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod erasure;
mod faults;
mod moving;
mod opening;
mod sign_in;
#[path = "../support/mod.rs"]
mod support;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::Output;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use support::cluster::{Cluster, Own};
use support::*;
use tempfile::TempDir;

const ADMIN: [(&str, &str); 2] = [("Authorization", "Bearer demo-admin-token"), ("Content-Type", "application/json")];

/// A server of a database. All share one folder, which holds nothing but the key of webhooks.
fn launch(data: &TempDir, url: &str) -> Launch {
    Launch::demo(data.path()).argument("--database-url").argument(url).within(Duration::from_secs(60))
}

/// A plan that is all about five customers.
fn plan() -> Plan {
    let mut plan = Plan::new(4);
    plan.records.truncate(5);
    plan
}

fn samerow(words: &[&str]) -> Output {
    command(&[]).args(words).output().unwrap()
}

/// The records of a server are what their histories say, and those what callers were told.
fn judge(before: &World, server: &Server, plan: &Plan, ledger: &Ledger, url: &str) {
    let after = World::read(server, &plan.records).unwrap();
    let wrong = check(before, &after, ledger, Refused::Absent);
    assert!(wrong.is_empty(), "{wrong:#?}");
    let doctor = samerow(&["doctor", "--json", "--database-url", url]);
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(doctor.status.success() && said.contains("PostgreSQL "), "{said}");
}

#[test]
fn a_node_that_is_killed_takes_nothing_along() {
    let _turn = Turn::take();
    let database = Cluster::shared().database();
    let (data, url) = (TempDir::new().unwrap(), database.url());
    let (mut first, second) = (launch(&data, &url).start(), launch(&data, &url).start());
    let plan = plan();
    let before = World::read(&second, &plan.records).unwrap();
    let mut ledger = Ledger::default();
    let mut rng = Rng::new("nodes kill");
    let kills = rounds(3, 100);
    for _ in 0..kills {
        let loads = [Load::start(first.address, &plan), Load::start(second.address, &plan)];
        let load_for = rng.millis(200, 600);
        loads.iter().for_each(|load| load.go(load_for, LEAST));
        first.kill();
        sleep(Duration::from_millis(100));
        loads.into_iter().for_each(|load| load.stop(&mut ledger));
        first = launch(&data, &url).start();
    }
    assert!(ledger.acked() >= kills * LEAST, "too little load to prove anything");
    judge(&before, &first, &plan, &ledger, &url);
    report(format!("two nodes, {kills} kills: {} acknowledged ({}), 0 lost", ledger.acked(), ledger.by_dialect()));
}

#[test]
fn a_database_that_is_killed_loses_nothing() {
    let _turn = Turn::take();
    let own = Own::new();
    let (data, url) = (TempDir::new().unwrap(), format!("postgres://samerow@127.0.0.1:{}/samerow", own.port));
    let servers = [launch(&data, &url).start(), launch(&data, &url).start()];
    let plan = plan();
    let before = World::read(&servers[0], &plan.records).unwrap();
    let mut ledger = Ledger::default();
    for _ in 0..rounds(2, 100) {
        let loads = servers.each_ref().map(|server| Load::start(server.address, &plan));
        sleep(Duration::from_millis(400));
        own.kill();
        own.again();
        let back = Instant::now();
        loads.iter().for_each(Load::goes_on);
        loads.into_iter().for_each(|load| load.stop(&mut ledger));
        assert!(ledger.ops.iter().any(|op| op.outcome == Outcome::Acked && op.sent > back), "it is not used again");
    }
    judge(&before, &servers[1], &plan, &ledger, &url);
    let refused = ledger.count(|outcome| matches!(outcome, Outcome::Refused(_)));
    report(format!(
        "killed PostgreSQL {} times: {} acknowledged, {refused} refused, 0 lost",
        rounds(2, 100),
        ledger.acked()
    ));
}

#[test]
fn a_standby_that_is_promoted_has_all_that_was_acknowledged() {
    let _turn = Turn::take();
    for _ in 0..rounds(1, 100) {
        promote_under_load();
    }
}

fn promote_under_load() {
    let mut primary = Own::new();
    let standby = primary.standby();
    let url = format!("postgres://samerow@127.0.0.1:{},127.0.0.1:{}/samerow", primary.port, standby.port);
    let data = TempDir::new().unwrap();
    let servers = [launch(&data, &url).start(), launch(&data, &url).start()];
    let plan = plan();
    let before = World::read(&servers[0], &plan.records).unwrap();
    let loads = servers.each_ref().map(|server| Load::start(server.address, &plan));
    sleep(Duration::from_millis(800));
    let gone = Instant::now();
    primary.kill();
    standby.promote();
    loads.iter().for_each(Load::goes_on);
    let mut ledger = Ledger::default();
    loads.into_iter().for_each(|load| load.stop(&mut ledger));
    let back = ledger.ops.iter().filter(|op| op.outcome == Outcome::Acked && op.sent > gone).map(|op| op.done).min();
    let pause = back.expect("the standby is used") - gone;
    let alone = format!("postgres://samerow@127.0.0.1:{}/samerow", standby.port);
    judge(&before, &servers[1], &plan, &ledger, &alone);
    report(format!("promoted standby: {} acknowledged, 0 lost, {pause:?} to the next one", ledger.acked()));
}

/// One after the other is stopped and started again while callers go on who try nothing twice: they ask only servers that
/// say that they are ready, as a balancer would, and keep their connections.
#[test]
fn servers_are_replaced_one_by_one_without_a_failed_call() {
    const CALLERS: usize = 6;
    let _turn = Turn::take();
    let database = Cluster::shared().database();
    let (data, url) = (TempDir::new().unwrap(), database.url());
    // Nobody waits for its end: a second signal ends it.
    let start = || launch(&data, &url).argument("--drain-grace").argument("600").start();
    let mut servers = [start(), start()];
    let places: [Mutex<Option<SocketAddr>>; 2] = [0, 1].map(|at: usize| Mutex::new(Some(servers[at].address)));
    let (done, calls) = (AtomicBool::new(false), [const { AtomicU64::new(0) }; CALLERS]);
    let version = |server: &Server, id: usize| {
        server.client().get(&format!("/v1/customers/{id}")).unwrap().json()["version"].as_u64().unwrap()
    };
    let before: Vec<_> = (0..CALLERS).map(|caller| version(&servers[0], 1001 + caller)).collect();
    thread::scope(|scope| {
        for (caller, count) in calls.iter().enumerate() {
            let (places, done) = (&places, &done);
            scope.spawn(move || {
                let mut clients: HashMap<SocketAddr, Client> = HashMap::new();
                for n in 0.. {
                    let ready = |at: usize| *places[at % 2].lock().unwrap();
                    let address = ready(n).or_else(|| ready(n + 1)).expect("one is always ready");
                    let client = clients.entry(address).or_insert_with(|| Client::new(address));
                    let body = format!(r#"{{"first_name":"n{n}"}}"#);
                    let reply = client.call("PATCH", &format!("/v1/customers/{}", 1001 + caller), &ADMIN, body);
                    let reply = reply.unwrap_or_else(|failure| panic!("caller {caller}, call {n}: {failure:?}"));
                    assert_eq!(reply.status, 200, "caller {caller}, call {n}: {}", reply.text());
                    count.fetch_add(1, Ordering::SeqCst);
                    if done.load(Ordering::SeqCst) {
                        break;
                    }
                }
            });
        }
        // Each has ended a call that it began after this was asked.
        let all_went_on = || {
            let seen = calls.each_ref().map(|count| count.load(Ordering::SeqCst) + 2);
            let gone_on = || calls.iter().zip(seen).all(|(count, seen)| count.load(Ordering::SeqCst) >= seen);
            assert!(wait_until(Duration::from_secs(120), gone_on), "the callers stand still");
        };
        for turn in 0..rounds(2, 100) {
            all_went_on();
            let at = turn % 2;
            let leaving = std::mem::replace(&mut servers[at], start());
            leaving.signal(Signal::SIGTERM);
            assert!(wait_until(Duration::from_secs(60), || leaving.readiness() == (503, "stopping".to_owned())));
            // Who has not heard of it is served, and told to come no more.
            all_went_on();
            let reply = leaving.client().get("/v1/customers/1001").unwrap();
            assert_eq!((reply.status, reply.header("connection")), (200, Some("close")));
            *places[at].lock().unwrap() = None;
            all_went_on();
            assert!(leaving.stop().success());
            *places[at].lock().unwrap() = Some(servers[at].address);
        }
        all_went_on();
        done.store(true, Ordering::SeqCst);
    });
    let all: u64 = calls.iter().map(|count| count.load(Ordering::SeqCst)).sum();
    for (caller, (count, before)) in calls.iter().zip(before).enumerate() {
        assert_eq!(version(&servers[0], 1001 + caller), before + count.load(Ordering::SeqCst), "each call once");
    }
    assert!(samerow(&["doctor", "--database-url", &url]).status.success());
    report(format!("replaced one by one, {} times: {all} calls, each tried once, 0 failed", rounds(2, 100)));
}
