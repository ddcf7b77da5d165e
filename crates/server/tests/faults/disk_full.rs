//! F05, F06: no room is left, on the disk or for the file.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::rounds::assert_whole;
use crate::support::*;
use crate::volume::{FileSystem, Volume, possible, run};

/// How long a server may take to see that there is room again.
const RECOVERS_WITHIN: Duration = Duration::from_secs(5);

/// A file that takes the room.
struct Filler(PathBuf);

impl Filler {
    /// Leaves `spare` bytes at most.
    fn fill(folder: &Path, spare: u64) -> Self {
        let path = folder.join("filler");
        let mut file = File::create(&path).unwrap();
        for block in [vec![0x55; 1 << 20], vec![0x55; 4096]] {
            loop {
                match file.write_all(&block).and_then(|()| file.sync_data()) {
                    Ok(()) => {}
                    Err(e) if e.kind() == ErrorKind::StorageFull => break,
                    Err(e) => panic!("filler: {e}"),
                }
            }
        }
        let size = file.metadata().unwrap().len();
        file.set_len(size.saturating_sub(spare)).unwrap();
        file.sync_all().unwrap();
        Self(path)
    }

    fn remove(self) {
        fs::remove_file(&self.0).unwrap();
    }
}

/// A server with a ledger, that is to meet a lack of room.
struct Bounded {
    server: Server,
    plan: Plan,
    before: World,
    ledger: Ledger,
}

impl Bounded {
    fn new(launch: &Launch) -> Self {
        let server = launch.start();
        let plan = Plan::new(8);
        let before = World::read(&server, &plan.records).unwrap();
        let mut new = Self { server, plan, before, ledger: Ledger::default() };
        new.load_for(Duration::from_millis(200), |_| false);
        assert!(new.ledger.acked() > 0, "{:?}", new.ledger.ops.first());
        new
    }

    /// Load, until `enough` of what it did or `limit`; the part of the ledger that it wrote.
    fn load_for(&mut self, limit: Duration, enough: impl Fn(&Ledger) -> bool) -> Ledger {
        let end = Instant::now() + limit;
        let mut part = Ledger::default();
        while Instant::now() < end && !enough(&part) {
            let load = Load::start(self.server.address, &self.plan);
            sleep(limit.min(Duration::from_millis(200)));
            load.stop(&mut part);
        }
        self.ledger.ops.extend(part.ops.iter().cloned());
        part
    }

    /// Updates are refused in every dialect, each in its own words; reads go on.
    fn meets_the_limit(&mut self, what: &str) -> usize {
        let dialects = self.plan.dialects.clone();
        let refused = |l: &Ledger| l.count(|o| matches!(o, Outcome::Refused(_)));
        let is_told = |part: &Ledger, dialect| {
            part.ops.iter().any(|op| op.dialect == dialect && matches!(op.outcome, Outcome::Refused(_)))
        };
        // One alone may have been refused because another update came first.
        let all_are_told = |part: &Ledger| dialects.iter().all(|dialect| is_told(part, *dialect));
        let part = self.load_for(Duration::from_secs(20), all_are_told);
        assert!(refused(&part) > 0, "{what}: never met in {} updates", part.ops.len());
        let part = self.load_for(Duration::from_secs(20), all_are_told);
        for dialect in &dialects {
            assert!(is_told(&part, *dialect), "{what}: {dialect:?} is not told: {:?}", part.ops.last());
        }
        let dropped: Vec<_> = part.ops.iter().filter(|op| matches!(op.outcome, Outcome::Unknown(_))).collect();
        assert!(dropped.is_empty(), "{what}: calls without an answer: {dropped:?}");
        let other = self.ledger.not_told_to_come_back();
        assert!(other.is_empty(), "{what}: refused otherwise: {:?}", other.first());
        assert_eq!(self.server.readiness(), (200, "read_only".into()), "{what}: it still serves reads");
        self.assert_ledger(what);
        refused(&part)
    }

    /// Asks until an update is acknowledged; how long that took.
    fn recovers(&mut self) -> Option<Duration> {
        let began = Instant::now();
        let mut speaker = Speaker::new(self.server.address);
        let is_back = wait_until(RECOVERS_WITHIN, || {
            let op = self.plan.one(&mut speaker, Dialect::Trackfinity, 1001);
            self.ledger.ops.push(op);
            self.ledger.ops.last().is_some_and(|op| op.outcome == Outcome::Acked)
        });
        let took = began.elapsed();
        if is_back {
            assert_eq!(self.server.readiness(), (200, "ready".into()), "after the first update that was stored");
        }
        is_back.then_some(took)
    }

    /// What the server shows agrees with the ledger.
    fn assert_ledger(&self, when: &str) {
        let after = World::read(&self.server, &self.plan.records).unwrap();
        let wrong = check(&self.before, &after, &self.ledger, Refused::Absent);
        assert!(wrong.is_empty(), "{when}: {wrong:#?}");
    }

    /// The same after an orderly restart.
    fn restarts(mut self, launch: &Launch, data: &Path) -> Self {
        assert!(self.server.stop().success());
        assert_whole(data);
        self.server = launch.start();
        self.assert_ledger("after a restart");
        self
    }
}

#[test]
fn f05_a_full_disk_refuses_updates_and_recovers() {
    let _turn = Turn::take();
    if !possible("F05", &[]) {
        return;
    }
    let volume = Volume::new(FileSystem::Ext4, 16);
    let data = volume.path().join("data");
    let launch = Launch::demo(&data);
    let mut full = Bounded::new(&launch);
    let filler = Filler::fill(volume.path(), 96 << 10);
    let refused = full.meets_the_limit("F05");
    filler.remove();
    let back =
        full.recovers().unwrap_or_else(|| panic!("no update within {RECOVERS_WITHIN:?}:\n{}", full.server.log()));
    full.assert_ledger("F05 with room again");
    let full = full.restarts(&launch, &data);
    report(format!(
        "F05 disk full: {} acknowledged, 0 lost; {refused} refused while it was full; updates again {back:?} after there \
         was room, without a restart",
        full.ledger.acked()
    ));
}

#[test]
fn f05_a_start_on_a_full_disk_says_so() {
    let _turn = Turn::take();
    if !possible("F05 start", &[]) {
        return;
    }
    let volume = Volume::new(FileSystem::Ext4, 16);
    let launch = Launch::demo(volume.path().join("data"));
    let full = Bounded::new(&launch);
    full.server.kill();
    let filler = Filler::fill(volume.path(), 0);
    match launch.try_start() {
        Err(refusal) => {
            let code = refusal.status.and_then(|s| s.code());
            let says = ["full", "space"].iter().any(|word| refusal.log.contains(word));
            assert!(code.is_some_and(|c| c != 0) && says, "a start on a full disk must say so: {refusal:?}");
            report(format!("F05 start on a full disk: exit {code:?}, {:?}", refusal.log.lines().last()));
        }
        Ok(server) => {
            World::read(&server, &full.plan.records).unwrap();
            report(format!("F05 start on a full disk: serves reads, {:?}", server.readiness()));
        }
    }
    filler.remove();
    let server = launch.start();
    let after = World::read(&server, &full.plan.records).unwrap();
    let wrong = check(&full.before, &after, &full.ledger, Refused::Absent);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn f06_a_file_size_limit_refuses_updates_and_loses_nothing() {
    let _turn = Turn::take();
    if !Path::new("/usr/bin/prlimit").exists() {
        return not_run("F06", "needs prlimit");
    }
    let dir = TempDir::new().unwrap();
    // The signal of the limit would end the process before it saw the error.
    let launch = Launch::demo(dir.path()).under(["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"]);
    let mut full = Bounded::new(&launch);
    let size = |file: &str| fs::metadata(dir.path().join(file)).map_or(0, |m| m.len());
    let most = size("samerow.db").max(size("samerow.db-wal")) + (64 << 10);
    let pid = full.server.pid.to_string();
    let limit = |bytes: &str| run("prlimit", &[&"--pid", &pid, &format!("--fsize={bytes}:unlimited")]);
    limit(&most.to_string());
    let refused = full.meets_the_limit("F06");
    limit("unlimited");
    // It came as an I/O error, so the server may want a restart; the acknowledged must be there in any case.
    let back = full.recovers();
    full.assert_ledger("F06 without the limit");
    let mut full = full.restarts(&launch, dir.path());
    assert!(full.recovers().is_some(), "no update after a restart:\n{}", full.server.log());
    report(format!(
        "F06 file-size limit: {} acknowledged, 0 lost; {refused} refused; updates without a restart after {back:?}",
        full.ledger.acked()
    ));
}
