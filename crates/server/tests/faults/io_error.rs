//! F07, F08, F09: single writes and flushes fail, or take long.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::rounds::assert_whole;
use crate::strace::{Aim, Fault, possible};
use crate::support::*;

const FLUSH: &str = "fsync,fdatasync";

/// One data folder that meets one fault after another.
struct Faulty {
    dir: TempDir,
    plan: Plan,
    before: World,
    ledger: Ledger,
    restarts: usize,
}

/// What one fault did.
struct Struck {
    server: Server,
    /// What the load did while the fault was in force and shortly after.
    ops: Ledger,
    calls: Vec<String>,
}

impl Struck {
    /// The first answer that said no, or the first that never came.
    fn first_failure(&self) -> Option<Instant> {
        self.ops.ops.iter().filter(|op| op.outcome != Outcome::Acked).map(|op| op.done).min()
    }

    /// What was acknowledged although it was sent when a caller knew of the failure already.
    fn acked_later(&self) -> usize {
        let Some(failed) = self.first_failure() else { return self.ops.acked() };
        self.ops.ops.iter().filter(|op| op.outcome == Outcome::Acked && op.sent > failed).count()
    }
}

impl Faulty {
    fn new() -> Self {
        Self::with(Plan::new(4))
    }

    fn with(plan: Plan) -> Self {
        let dir = TempDir::new().unwrap();
        // No stale stamp is to look like a failure.
        let plan = plan.through(&Dialect::PLAIN);
        let server = Launch::demo(dir.path()).start();
        let before = World::read(&server, &plan.records).unwrap();
        server.stop();
        Self { dir, plan, before, ledger: Ledger::default(), restarts: 0 }
    }

    fn data(&self) -> &Path {
        self.dir.path()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Load while `inject` is in force, until it has struck and a little longer.
    fn strike(&mut self, fault: Option<&'static str>, inject: &str, aim: &Aim) -> Option<Struck> {
        let server = fault.into_iter().fold(Launch::demo(self.data()), Launch::fault).start();
        let trace = Fault::inject(&server, inject, aim);
        let load = Load::start(server.address, &self.plan);
        let has_struck = wait_until(Duration::from_secs(60), || !trace.strikes().is_empty());
        std::thread::sleep(Duration::from_millis(100));
        let mut ops = Ledger::default();
        load.stop(&mut ops);
        let calls = trace.strikes();
        drop(trace);
        self.ledger.ops.extend(ops.ops.iter().cloned());
        has_struck.then_some(Struck { server, ops, calls })
    }

    /// After a restart without the fault every ack is there, and the rest is whole or absent: whether
    /// the server was killed, or ended in order.
    fn restarts(&mut self, struck: Struck, when: &str) {
        self.restarts += 1;
        if self.restarts.is_multiple_of(2) {
            struck.server.kill();
        } else {
            let is_poisoned = struck.server.readiness().1 == "poisoned";
            let status = struck.server.stop();
            assert!(status.success(), "{when}: {status}");
            let log = self.file("samerow.db-wal");
            assert_eq!(log.exists(), is_poisoned, "{when}: what may not be on the disk must not be copied");
        }
        let server = Launch::demo(self.data()).start();
        let after = World::read(&server, &self.plan.records).unwrap();
        let wrong = check(&self.before, &after, &self.ledger, Refused::Either);
        assert!(wrong.is_empty(), "{when}: {wrong:#?}");
        let op = self.plan.one(&mut Speaker::new(server.address), Dialect::Trackfinity, 1001);
        assert_eq!(op.outcome, Outcome::Acked, "{when}, after a restart");
        self.ledger.ops.push(op);
        assert!(server.stop().success());
        assert_whole(self.data());
    }
}

/// Once a flush has failed nobody knows what the disk holds: nothing may be promised any more.
fn assert_poisoned(struck: &Struck, when: &str) {
    let log = || format!("{:?}\n{}", struck.calls, struck.server.log());
    assert!(struck.first_failure().is_some(), "{when}: the update whose flush failed is acknowledged\n{}", log());
    assert_eq!(struck.acked_later(), 0, "{when}: acknowledged after the failure\n{}", log());
    assert_eq!(struck.server.readiness(), (503, "poisoned".into()), "{when}\n{}", log());
    let read = Record::read(&mut struck.server.client(), 1001);
    assert!(read.is_ok(), "{when}: reads fail: {read:?}\n{}", log());
    assert_eq!(struck.ops.not_told_to_come_back().len(), 0, "{when}: {:?}", struck.ops.ops);
}

#[test]
fn f07_after_a_failed_flush_nothing_is_promised() {
    let _turn = Turn::take();
    if !possible("F07") {
        return;
    }
    let mut faulty = Faulty::new();
    let (most, mut folders) = (rounds(6, 40), 0);
    for n in 1..=most {
        let when = format!("EIO at flush {n}");
        let inject = format!("{FLUSH}:error=EIO:when={n}");
        let struck = faulty.strike(None, &inject, &Aim::default());
        let struck = struck.unwrap_or_else(|| panic!("{when}: no such flush"));
        // SQLite also flushes the folder of a new log, and does not say when that fails.
        let folder = format!("<{}>", faulty.data().display());
        let of_folder = struck.calls.iter().all(|call| call.contains(&folder));
        folders += usize::from(of_folder);
        if !of_folder {
            assert_poisoned(&struck, &when);
        }
        faulty.restarts(struck, &when);
    }
    assert!(folders < most / 2, "{folders} of {most} flushes were of the folder");
    report(format!(
        "F07 EIO at flush 1..={most} ({folders} of the folder): {} acknowledged, 0 lost, none after a failure",
        faulty.ledger.acked()
    ));
}

/// Most of the log is copied beside the writer, and the rest by it.
#[test]
fn f07_a_failed_flush_of_the_database_itself_is_seen() {
    let _turn = Turn::take();
    if !possible("F07 checkpoint") {
        return;
    }
    // Many callers and many records fill the log soon.
    let mut plan = Plan::new(32);
    plan.records = (1001..1201).collect();
    let mut faulty = Faulty::with(plan);
    for thread in ["store-copy", "store-write"] {
        let aim = Aim { files: vec![faulty.file("samerow.db")], thread: Some(thread) };
        let when = format!("EIO at the flush of the database by {thread}");
        let struck = faulty.strike(None, &format!("{FLUSH}:error=EIO:when=1"), &aim);
        let struck = struck.unwrap_or_else(|| panic!("{when}: no checkpoint"));
        assert_poisoned(&struck, &when);
        faulty.restarts(struck, &when);
    }
    let acked = faulty.ledger.acked();
    report(format!("F07 EIO at the flush of the database, by either thread: {acked} acknowledged, 0 lost, none after"));
}

#[test]
fn f07_control_a_store_that_keeps_going_is_caught() {
    let _turn = Turn::take();
    if !control("keep-going-after-failed-fsync") || !possible("F07 control") {
        return;
    }
    let mut faulty = Faulty::new();
    let inject = format!("{FLUSH}:error=EIO:when=2");
    let struck = faulty.strike(Some("keep-going-after-failed-fsync"), &inject, &Aim::default());
    let struck = struck.expect("no second flush");
    assert!(struck.acked_later() > 0, "not caught: the method is blind");
    report(format!("F07 control keep-going-after-failed-fsync: caught, {} acknowledged later", struck.acked_later()));
}

#[test]
fn f07_a_failed_write_is_not_acknowledged() {
    let _turn = Turn::take();
    if possible("F07 writes") {
        fails_at_every_write("F07", "EIO");
    }
}

#[test]
fn f08_no_room_at_any_write_is_survived() {
    let _turn = Turn::take();
    if possible("F08") {
        fails_at_every_write("F08", "ENOSPC");
    }
}

fn fails_at_every_write(what: &str, error: &str) {
    let mut faulty = Faulty::new();
    let most = rounds(6, 40);
    let mut recovered = 0;
    let aim = Aim { files: vec![faulty.file("samerow.db"), faulty.file("samerow.db-wal")], thread: None };
    for n in 1..=most {
        let when = format!("{error} at write {n}");
        let inject = format!("pwrite64:error={error}:when={n}");
        let struck = faulty.strike(None, &inject, &aim).unwrap_or_else(|| panic!("{when}: no such write"));
        assert!(struck.first_failure().is_some(), "{when}: acknowledged\n{}", struck.server.log());
        recovered += usize::from(struck.acked_later() > 0);
        let read = Record::read(&mut struck.server.client(), 1001);
        assert!(read.is_ok(), "{when}: reads fail: {read:?}");
        faulty.restarts(struck, &when);
    }
    report(format!(
        "{what} {error} at write 1..={most}: {} acknowledged, 0 lost; {recovered} of {most} went on without a restart",
        faulty.ledger.acked()
    ));
    // Room comes back: that needs no restart.
    assert!(error != "ENOSPC" || recovered == most, "only {recovered} of {most} went on after {error}");
}

/// What a server is told that a caller may wait for the store, in seconds.
const STORE_TIMEOUT: &str = "3";
/// The longest a caller waits then.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);
/// What a server may need more for callers that wait, in KiB.
const MEMORY: u64 = 64 << 10;

#[test]
fn f09_a_slow_disk_makes_callers_wait_but_not_for_ever() {
    let _turn = Turn::take();
    if !possible("F09") {
        return;
    }
    let dir = TempDir::new().unwrap();
    let server = Launch::demo(dir.path()).argument("--store-timeout").argument(STORE_TIMEOUT).start();
    let mut plan = Plan::new(64).through(&Dialect::PLAIN);
    plan.timeout = ANSWERS_WITHIN * 2;
    let before = World::read(&server, &plan.records).unwrap();
    let mut ledger = Ledger::default();
    let lean = server.peak_memory();
    for (delay, load_for) in [("200000", 2), ("15000000:when=3", 1)] {
        let trace = Fault::inject(&server, &format!("{FLUSH}:delay_enter={delay}"), &Aim::default());
        let load = Load::start(server.address, &plan);
        std::thread::sleep(Duration::from_secs(load_for));
        let read = Record::read(&mut server.client().timeout(Duration::from_secs(2)), 1001);
        assert!(read.is_ok(), "a slow flush must not hold up reads: {read:?}");
        load.stop(&mut ledger);
        drop(trace);
    }
    let slowest = ledger.ops.iter().map(|op| op.done - op.sent).max().unwrap();
    let refused = ledger.count(|o| matches!(o, Outcome::Refused(_)));
    let unanswered = ledger.count(|o| matches!(o, Outcome::Unknown(_)));
    let grown = server.peak_memory().saturating_sub(lean);
    assert!(slowest > Duration::from_secs(1), "no flush was delayed: the slowest answer took {slowest:?}");
    assert!(slowest <= ANSWERS_WITHIN, "a caller waited {slowest:?}, more than {ANSWERS_WITHIN:?}");
    assert_eq!(unanswered, 0, "calls without an answer");
    assert!(refused > 0, "nobody was told to come back");
    assert_eq!(ledger.not_told_to_come_back().len(), 0, "{:?}", ledger.not_told_to_come_back().first());
    assert!(grown <= MEMORY, "{grown} KiB more for 64 waiting callers");
    server.kill();
    let server = Launch::demo(dir.path()).start();
    let after = World::read(&server, &plan.records).unwrap();
    // A caller that was told to come back later may have been served after all.
    let wrong = check(&before, &after, &ledger, Refused::Either);
    assert!(wrong.is_empty(), "{wrong:#?}");
    report(format!(
        "F09 slow disk: {} acknowledged, 0 lost, slowest answer {slowest:?}, {refused} told to come back, {grown} KiB more",
        ledger.acked()
    ));
}
