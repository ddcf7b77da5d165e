//! F01 for those who follow: the server is killed under load, and who comes back with its cursor sees each
//! acknowledged change exactly once and in order.

use std::collections::{BTreeMap, HashMap};
use std::thread::spawn;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::*;

const STREAM: &str = "/v1/events?kind=customer";

/// Follows until the server is gone.
fn follow(address: std::net::SocketAddr, seen: &mut Vec<Event>) {
    let last = seen.last().map(|event| event.id.clone()).unwrap_or_default();
    let Ok(mut events) = Events::open(address, STREAM, &last) else { return };
    while let Ok(Some(event)) = events.next() {
        seen.push(event);
    }
}

/// Every way in which what was told contradicts the history and what callers know.
fn wrong(seen: &[Event], world: &World, ledger: &Ledger) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut told: BTreeMap<u32, Vec<(u64, Value, Value)>> = BTreeMap::new();
    let mut ids: HashMap<&str, usize> = HashMap::new();
    for Event { data, .. } in seen {
        let id = data["id"].as_u64().and_then(|id| id.try_into().ok()).unwrap();
        let request = &data["origin"]["request_id"];
        *ids.entry(request.as_str().unwrap()).or_default() += 1;
        let item = (data["version"].as_u64().unwrap(), request.clone(), data["changes"].clone());
        told.entry(id).or_default().push(item);
    }
    for (id, record) in &world.records {
        let item =
            |(field, from, to): &(String, Value, Value)| serde_json::json!({"field": field, "from": from, "to": to});
        let history: Vec<_> = record
            .history
            .iter()
            .map(|e| (e.version, e.request_id.clone().into(), e.changes.iter().map(item).collect::<Value>()))
            .collect();
        if told.get(id) != Some(&history) {
            wrong.push(format!("customer {id}: was told {:?}, the history is {history:?}", told.get(id)));
        }
    }
    for op in ledger.ops.iter().filter(|op| op.outcome == Outcome::Acked) {
        match ids.get(op.id.as_str()) {
            Some(1) => {}
            count => wrong.push(format!("{} was told {:?} times", op.id, count.unwrap_or(&0))),
        }
    }
    wrong
}

#[test]
fn f01_a_follower_sees_each_change_once_over_kills() {
    let _turn = Turn::take();
    let mut rng = Rng::new("F01 events");
    let dir = TempDir::new().unwrap();
    let (plan, mut ledger, mut seen) = (Plan::new(8), Ledger::default(), Vec::new());
    let kills = rounds(6, 40);
    for _ in 0..kills {
        let server = Launch::demo(dir.path()).start();
        let address = server.address;
        let follower = spawn(move || {
            follow(address, &mut seen);
            seen
        });
        let load = Load::start(address, &plan);
        load.go(rng.millis(20, 150), LEAST);
        server.kill();
        load.stop(&mut ledger);
        seen = follower.join().unwrap();
    }
    let before = seen.len();
    let server = Launch::demo(dir.path()).start();
    // To the end: until a change that is made now is told.
    let op = plan.one(&mut Speaker::new(server.address), Dialect::Trackfinity, 1001);
    assert_eq!(op.outcome, Outcome::Acked);
    let mut events = Events::open(server.address, STREAM, &seen.last().unwrap().id).unwrap();
    while seen.last().is_none_or(|event| event.data["origin"]["request_id"] != op.id.as_str()) {
        seen.push(events.next().unwrap().unwrap());
    }
    ledger.ops.push(op);
    let world = World::read(&server, &plan.records).unwrap();
    assert_eq!(wrong(&seen, &world, &ledger), Vec::<String>::new());
    assert!(ledger.acked() >= kills * LEAST, "too little load to prove anything");
    report(format!(
        "F01 events: {kills} kills, {} acknowledged, {} told, {before} of them live",
        ledger.acked(),
        seen.len()
    ));

    // The check itself catches a loss, a repetition and a wrong order.
    let last = seen.iter().rposition(|event| event.data["id"] == 1001).unwrap();
    let lost = [&seen[..last], &seen[last + 1..]].concat();
    let doubled = [&seen[..=last], &seen[last..]].concat();
    let first = seen.iter().position(|event| event.data["id"] == 1001).unwrap();
    let mut swapped = seen.clone();
    swapped.swap(first, last);
    for bad in [lost, doubled, swapped] {
        assert!(!wrong(&bad, &world, &ledger).is_empty());
    }
}
