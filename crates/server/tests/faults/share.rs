//! F20: two servers, one data folder.

use std::time::Duration;

use tempfile::TempDir;

use crate::support::*;

#[test]
fn f20_a_second_server_is_refused_and_leaves_the_first_alone() {
    let _turn = Turn::take();
    let dir = TempDir::new().unwrap();
    let launch = Launch::demo(dir.path()).within(Duration::from_secs(10));
    let first = launch.start();
    let plan = Plan::new(4);
    let before = World::read(&first, &plan.records).unwrap();
    let mut ledger = Ledger::default();
    let load = Load::start(first.address, &plan);
    for _ in 0..3 {
        let refusal = launch.try_start().err().expect("a second server serves the same data folder");
        let code = refusal.status.and_then(|s| s.code());
        let says = ["in use", "another", "lock", "already"].iter().any(|w| refusal.log.contains(w));
        let names = refusal.log.contains(&*dir.path().to_string_lossy());
        assert!(code.is_some_and(|c| c != 0) && says && names, "it must say why and which folder: {refusal:?}");
    }
    load.go(Duration::ZERO, 1);
    load.stop(&mut ledger);
    assert!(ledger.acked() > 0 && ledger.count(|o| matches!(o, Outcome::Unknown(_))) == 0, "{:?}", ledger.ops.first());
    // A lock that a dead server still held would need a person at night.
    first.kill();
    let second = launch.start();
    let after = World::read(&second, &plan.records).unwrap();
    let wrong = check(&before, &after, &ledger, Refused::Absent);
    assert!(wrong.is_empty(), "{wrong:#?}");
    report(format!("F20 second server: refused 3 times, {} acknowledged meanwhile, 0 lost", ledger.acked()));
}

#[test]
fn f20_control_a_shared_store_is_caught() {
    let _turn = Turn::take();
    if !control("share-store") {
        return;
    }
    let dir = TempDir::new().unwrap();
    let first = Launch::demo(dir.path()).fault("share-store").start();
    let second = Launch::demo(dir.path()).fault("share-store").within(Duration::from_secs(10)).try_start();
    assert!(second.is_ok(), "not caught: {:?}", second.err());
    report("F20 control share-store: caught, a second server served");
    drop((first, second));
}
