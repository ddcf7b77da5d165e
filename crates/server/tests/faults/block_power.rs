//! F04: the power goes, as a disk sees it: what was not flushed is lost, torn or out of order.

use std::fs;
use std::time::Duration;

use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::block_disk::{BlockDisk, Recording};
use crate::rounds::not_whole;
use crate::support::*;
use crate::volume::{FileSystem, Volume, possible};

/// Two loads on a recording disk, each up to and with an orderly end.
struct Run {
    home: TempDir,
    plan: Plan,
    before: World,
    ledger: Ledger,
    recording: Recording,
}

impl Run {
    fn new(fault: Option<&'static str>, load_for: Duration) -> Self {
        let home = TempDir::new().unwrap();
        let image = home.path().join("image");
        FileSystem::Ext4.format(&image, 48);
        let disk = BlockDisk::new(&image, &home.path().join("fuse"));
        let volume = Volume::of(disk.file(), &home.path().join("mounted"));
        let data = volume.path().join("data");
        let plan = Plan::new(8);
        let launch = fault.into_iter().fold(Launch::demo(&data), Launch::fault);
        let mut server = launch.start();
        let before = World::read(&server, &plan.records).unwrap();
        volume.sync();
        disk.record();
        let mut ledger = Ledger::default();
        for life in 0..2 {
            if life > 0 {
                server = launch.start();
            }
            let load = Load::start(server.address, &plan);
            load.go(load_for / 2, 11);
            // The end moves the log into the database and removes it, the next start makes a new one.
            server.signal(Signal::SIGTERM);
            let ended = server.wait(Duration::from_secs(15));
            load.stop(&mut ledger);
            assert!(ended.is_some_and(|s| s.success()), "{ended:?}\n{}", server.log());
            if fault.is_some() {
                // Without a flush of its own, what it wrote reaches the disk when the system pleases.
                volume.sync();
            }
        }
        let recording = disk.recorded();
        drop(volume);
        drop(disk);
        Self { home, plan, before, ledger, recording }
    }

    /// Cuts the power after the first `kept` events and starts from what the disk then held; what the
    /// checker has against that.
    fn cut(&self, kept: usize, rng: &mut Rng) -> Vec<String> {
        let image = self.home.path().join("cut");
        fs::write(&image, self.recording.image(kept, rng)).unwrap();
        let volume = Volume::of(&image, &self.home.path().join("mounted"));
        let data = volume.path().join("data");
        let server = match Launch::demo(&data).try_start() {
            Ok(server) => server,
            Err(refusal) => return vec![format!("lost: all of it: {refusal:?}")],
        };
        let after = match World::read(&server, &self.plan.records) {
            Ok(after) => after,
            Err(unreadable) => return vec![format!("lost: a record: {unreadable:?}")],
        };
        assert!(server.stop().success());
        let mut wrong =
            check(&self.before, &after, &self.ledger.as_of(self.recording.cut_after(kept)), Refused::Absent);
        wrong.extend(not_whole(&data));
        wrong
    }
}

#[test]
fn f04_lost_torn_and_reordered_sectors_lose_nothing() {
    let _turn = Turn::take();
    if !possible("F04", &[]) || !fuse_is_there("F04") {
        return;
    }
    let mut rng = Rng::new("F04");
    let run = Run::new(None, Duration::from_millis(rounds(400, 1500) as u64));
    let (events, images) = (run.recording.len(), rounds(10, 600));
    for number in 1..=images {
        let kept = rng.within(1, events as u64 + 1) as usize;
        let wrong = run.cut(kept, &mut rng);
        assert!(wrong.is_empty(), "image {number}, {kept} of {events} events: {wrong:#?}");
    }
    report(format!(
        "F04 power cut at the disk: {images} images of {events} events with {} flushes, {} acknowledged, 0 lost",
        run.recording.flushes(),
        run.ledger.acked()
    ));
    assert!(run.ledger.acked() > 20 && run.recording.flushes() > 10, "too little load to prove anything");
}

#[test]
fn f04_control_commits_without_a_flush_are_caught() {
    let _turn = Turn::take();
    if !control("synchronous-off") || !possible("F04 control", &[]) || !fuse_is_there("F04 control") {
        return;
    }
    let mut rng = Rng::new("F04 control");
    let run = Run::new(Some("synchronous-off"), Duration::from_millis(400));
    let events = run.recording.len();
    assert!(events > 0, "nothing reached the disk");
    let caught = (1..=30).find(|_| {
        let wrong = run.cut(rng.within(1, events as u64) as usize, &mut rng);
        wrong.iter().any(|w| w.starts_with("lost: "))
    });
    let images = caught.expect("synchronous-off is not caught in 30 images: the method is blind");
    report(format!("F04 control synchronous-off: caught with {images} images of {events} events"));
}

fn fuse_is_there(what: &str) -> bool {
    let is_there = fs::exists("/dev/fuse").unwrap_or(false);
    if !is_there {
        not_run(what, "needs FUSE");
    }
    is_there
}
