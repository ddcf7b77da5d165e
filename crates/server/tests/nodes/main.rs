//! Many servers on one PostgreSQL, seen from outside: what is acknowledged is kept once, whatever is killed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

#[path = "../support/mod.rs"]
mod support;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::{Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use support::cluster::{Cluster, Own};
use support::*;
use tempfile::TempDir;

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
    assert!(doctor.status.success() && said.contains(r#""engine":"PostgreSQL "#), "{said}");
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
        sleep(rng.millis(200, 600));
        first.kill();
        sleep(Duration::from_millis(100));
        loads.into_iter().for_each(|load| load.stop(&mut ledger));
        first = launch(&data, &url).start();
    }
    assert!(ledger.acked() > kills * 10, "too little load to prove anything");
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
        sleep(Duration::from_millis(1_500));
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
    sleep(Duration::from_secs(4));
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

#[test]
fn a_node_forgets_what_another_revoked() {
    let database = Cluster::shared().database();
    let (data, url) = (TempDir::new().unwrap(), database.url());
    let (first, second) = (launch(&data, &url).start(), launch(&data, &url).start());
    let mut there = second.client();
    let body = r#"{"username":"leaving","role":"agent"}"#;
    let made = first.client().call("POST", "/v1/keys", &ADMIN, body).unwrap();
    assert_eq!(made.status, 201, "{}", made.text());
    let (id, secret) = (made.json()["id"].to_string(), made.json()["key"].as_str().unwrap().to_owned());
    let bearer = format!("Bearer {secret}");
    let mut call = || there.call("GET", "/v1/customers/191", &[("Authorization", &bearer)], "").unwrap().status;
    assert_eq!(call(), 200);
    let revoked = first.client().call("DELETE", &format!("/v1/keys/{id}"), &ADMIN, "").unwrap();
    assert!(revoked.status < 300, "{}", revoked.text());
    // The manual says a second.
    assert!(wait_until(Duration::from_secs(10), || call() == 401));
    // And the list of those who share the database.
    let nodes = samerow(&["nodes", "--json", "--database-url", &url]);
    let nodes: serde_json::Value = serde_json::from_slice(&nodes.stdout).unwrap();
    let address = |server: &Server| server.address.to_string();
    assert_eq!(nodes[0]["address"], address(&first));
    assert_eq!(nodes[1]["address"], address(&second));
    assert_eq!((&nodes[0]["leads"], &nodes[1]["leads"]), (&true.into(), &false.into()));
    assert!(first.stop().success());
    assert!(wait_until(Duration::from_secs(60), || {
        let nodes = samerow(&["nodes", "--database-url", &url]);
        String::from_utf8_lossy(&nodes.stdout).lines().count() == 1
    }));
}

/// The server goes on over the database by itself, and its callers notice nothing; a move that is killed goes on where
/// it was; and all of it can be taken back.
#[test]
fn a_store_is_moved_while_its_server_works() {
    let _turn = Turn::take();
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("store");
    let from = folder.to_str().unwrap();
    let database = Cluster::shared().database();
    let url = database.url();
    let server =
        Launch::demo(&folder).argument("--demo-customers").argument("3000").within(Duration::from_secs(60)).start();
    let plan = plan();
    let before = World::read(&server, &plan.records).unwrap();
    let mut ledger = Ledger::default();
    let load = Load::start(server.address, &plan);
    let moving = || command(&[]).args(["move", "--online", "--from", from, "--to", &url]).stderr(Stdio::null()).spawn();
    let mut rng = Rng::new("moves killed");
    for _ in 0..rounds(4, 100) {
        let mut killed = moving().unwrap();
        sleep(rng.millis(100, 2_500));
        if killed.try_wait().unwrap().is_some() {
            // It was done already. What follows finds that out.
            break;
        }
        killed.kill().unwrap();
        killed.wait().unwrap();
        let is_noted =
            |table: &str, rows: &str| database.sql(&format!("SELECT count(*) FROM {table} WHERE {rows}")) == "1";
        if is_noted("pg_tables", "tablename = 'lease'") && is_noted("lease", "name = 'moving'") {
            let opened = samerow(&["serve", "--listen", "127.0.0.1:0", "--data", from, "--database-url", &url]);
            assert_eq!(opened.status.code(), Some(7), "{}", String::from_utf8_lossy(&opened.stderr));
        }
    }
    let moved = samerow(&["move", "--online", "--from", from, "--to", &url]);
    let said = String::from_utf8_lossy(&[moved.stdout, moved.stderr].concat()).into_owned();
    let done = moved.status.success() || said.contains("was moved already");
    assert!(done && database.sql("SELECT count(*) FROM lease WHERE name = 'moving'") == "0", "{said}");
    assert!(wait_until(Duration::from_secs(60), || database.sql("SELECT count(*) FROM node") == "1"));
    sleep(Duration::from_millis(300));
    load.stop(&mut ledger);
    let data = TempDir::new().unwrap();
    let stranger = launch(&data, &url).try_start().err().unwrap();
    assert!(stranger.status.unwrap().code() == Some(7) && stranger.log.contains("samerow.key"), "{}", stranger.log);
    std::fs::copy(folder.join("samerow.key"), data.path().join("samerow.key")).unwrap();
    let second = launch(&data, &url).start();
    let loads = [Load::start(server.address, &plan), Load::start(second.address, &plan)];
    sleep(Duration::from_millis(300));
    loads.into_iter().for_each(|load| load.stop(&mut ledger));
    // Who names an older stamp in Bing's API is refused by right.
    let failed = |op: &&Op| op.outcome != Outcome::Acked && op.dialect != Dialect::BingAds;
    let failed: Vec<_> = ledger.ops.iter().filter(failed).collect();
    assert!(failed.is_empty(), "{failed:?}");
    judge(&before, &second, &plan, &ledger, &url);
    judge(&before, &server, &plan, &ledger, &url);
    let longest = ledger.ops.iter().map(|op| op.done - op.sent).max().unwrap();
    report(format!("moved while it works: {} acknowledged, 0 failed, the slowest {longest:?}; {said}", ledger.acked()));

    // Whoever starts it as before still finds it.
    assert!(server.stop().success());
    let server = Launch::demo(&folder).start();
    assert_eq!(World::read(&server, &plan.records).unwrap(), World::read(&second, &plan.records).unwrap());
    let refused = samerow(&["customer", "list", "--data", from]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("was moved to a database"));
    let back = |code: i32, says: &str| {
        let output = samerow(&["move", "--back", "--from", &url, "--to", from]);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.code() == Some(code) && said.contains(says), "{said}");
    };
    back(7, "Stop them first");
    let after = World::read(&second, &plan.records).unwrap();
    assert!(server.stop().success() && second.stop().success());
    let nobody = || database.sql("SELECT count(*) FROM node WHERE expires_at > now()") == "0";
    assert!(wait_until(Duration::from_secs(60), nobody), "servers that ended are still listed");
    back(0, "Start the server on it");
    let refused = launch(&data, &url).try_start().err().unwrap();
    assert!(refused.log.contains("was moved to"), "{}", refused.log);
    let server = Launch::demo(&folder).start();
    assert_eq!(World::read(&server, &plan.records).unwrap(), after);
}

const ADMIN: [(&str, &str); 2] = [("Authorization", "Bearer demo-admin-token"), ("Content-Type", "application/json")];

/// Each a sentence on standard error and an exit code, and no server.
#[test]
fn a_database_that_cannot_be_used_is_named_and_left_alone() {
    let database = Cluster::shared().database();
    let url = database.url();
    let data = TempDir::new().unwrap();
    let data = data.path().to_str().unwrap();
    for (url, code, says) in [
        ("postgres://u:s3cret@h/n?sslmode=verify-ca".to_owned(), 2, "verify-full"),
        ("mysql://u:s3cret@h/n".to_owned(), 2, "postgres://user:password@host:5432/name"),
        ("postgres://u:s3cret@127.0.0.1:1/n".to_owned(), 7, "cannot reach the database at 127.0.0.1:1/n"),
        (url.clone() + "_not", 7, "createdb"),
        (url.clone() + "?sslmode=require", 7, "cannot reach"),
    ] {
        let output = samerow(&["serve", "--listen", "127.0.0.1:0", "--data", data, "--database-url", &url]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{url}: {said}");
        assert!(said.contains(says) && !said.contains("s3cret"), "{url}: {said}");
        for noun in ["doctor", "nodes"] {
            let output = samerow(&[noun, "--database-url", &url]);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(matches!(output.status.code(), Some(2 | 7)) && !said.contains("s3cret"), "{noun} {url}: {said}");
        }
    }
    let guest = format!("guest_{}", std::process::id());
    let cluster = Cluster::shared();
    let serve = |url: &str, says: &str| {
        let output = samerow(&["serve", "--listen", "127.0.0.1:0", "--data", data, "--database-url", url]);
        let said = String::from_utf8_lossy(&output.stderr);
        let sentence = said.lines().last().unwrap_or_default();
        assert!(output.status.code() == Some(7) && sentence.contains(says), "{url}: {said}");
    };
    let name = url.rsplit_once('/').unwrap().1.to_owned();
    cluster.sql("postgres", &format!("CREATE ROLE {guest} LOGIN"));
    serve(&url.replace("samerow@", &format!("{guest}@")), "may CREATE in the schema");
    cluster
        .sql("postgres", &format!("DROP ROLE {guest}; ALTER DATABASE {name} SET default_transaction_read_only = on"));
    serve(&url, "name the primary");
    cluster.sql("postgres", &format!("ALTER DATABASE {name} RESET default_transaction_read_only"));
    let latin = format!("latin_{}", std::process::id());
    let latin_of = "TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'";
    cluster.sql("postgres", &format!("CREATE DATABASE {latin} {latin_of}"));
    serve(&url.replace(&name, &latin), "ENCODING 'UTF8'");
    cluster.sql("postgres", &format!("DROP DATABASE {latin}"));
    let newer = cluster.database();
    newer.sql(
        "CREATE TABLE schema_step (number BIGINT, taken_at TIMESTAMPTZ); INSERT INTO schema_step VALUES (99, now())",
    );
    serve(&newer.url(), "written by a newer release (schema 99");
    let both = samerow(&["serve", "--ephemeral", "--database-url", &url]);
    assert_eq!(both.status.code(), Some(2));
    let empty = samerow(&["doctor", "--database-url", &url]);
    assert!(empty.status.code() == Some(7) && String::from_utf8_lossy(&empty.stderr).contains("there is no store"));
    let shown = samerow(&["config", "show", "--database-url", "postgres://u:s3cret@h/n"]);
    let shown = String::from_utf8_lossy(&shown.stdout);
    assert!(shown.contains("postgres://u:***@h/n") && !shown.contains("s3cret"), "{shown}");
    assert_eq!(database.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
}

/// From a folder to a file, to another folder, to a database that two servers share, and back.
#[test]
fn a_store_is_taken_from_place_to_place_by_commands() {
    let dir = TempDir::new().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (first, second, back, file) = (path("first"), path("second"), path("back"), path("store.jsonl"));
    let database = Cluster::shared().database();
    let url = database.url();
    let run = |words: &[&str], code: i32| {
        let output = samerow(words);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
        said
    };
    let server = Launch::demo(&first).start();
    let change = |server: &Server, city: &str| {
        let body = format!(r#"{{"address":{{"city":"{city}"}}}}"#);
        let reply = server.client().call("PATCH", "/v1/customers/191", &ADMIN, body).unwrap();
        assert_eq!(reply.status, 200, "{}", reply.text());
    };
    change(&server, "Oslo");
    // While a server is at work.
    run(&["backup", &file, "--data", &first], 0);
    assert!(run(&["backup", &file, "--data", &first], 4).contains("is there already"));
    assert!(run(&["move", "--from", &first, "--to", &url], 7).contains("open in another server"));
    let before = World::read(&server, &[191]).unwrap();
    assert!(server.stop().success());

    assert!(run(&["restore", "--verify-only", &file], 0).contains("the backup is whole"));
    run(&["restore", &file, "--data", &second], 0);
    assert!(run(&["restore", &file, "--data", &second], 7).contains("there is a store"));
    assert!(run(&["move", "--from", &second, "--to", &url, "--dry-run"], 0).contains("nothing was"));
    run(&["move", "--from", &second, "--to", &url], 0);
    let data = TempDir::new().unwrap();
    std::fs::copy(path("first/samerow.key"), data.path().join("samerow.key")).unwrap();
    let (one, two) = (launch(&data, &url).start(), launch(&data, &url).start());
    assert_eq!(World::read(&two, &[191]).unwrap(), before);
    change(&one, "Rome");
    assert!(run(&["move", "--from", &url, "--to", &back], 7).contains("Stop them first"));
    let before = World::read(&two, &[191]).unwrap();
    assert!(one.stop().success() && two.stop().success());
    let nobody = || database.sql("SELECT count(*) FROM node WHERE expires_at > now()") == "0";
    assert!(wait_until(Duration::from_secs(60), nobody), "servers that ended are still listed");
    run(&["move", "--from", &url, "--to", &back], 0);
    let server = Launch::demo(&back).start();
    assert_eq!(World::read(&server, &[191]).unwrap(), before);
    assert!(server.stop().success());
    run(&["doctor", "--data", &back], 0);

    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    run(&["restore", "--verify-only", &file], 6);
    run(&["restore", &file, "--data", &path("third")], 6);
    run(&["restore", &path("nowhere"), "--data", &path("third")], 3);
    run(&["backup", &path("x"), "--data", &path("nowhere")], 7);
    run(&["move", "--from", "mysql://h/n", "--to", &back], 2);
}
