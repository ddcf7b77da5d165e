//! F12: while the server is down its log or its database goes, or an older copy takes their place.
//! What is left is sound in itself: only a note beside it can tell that acknowledged updates are gone.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::rounds::{assert_whole, doctor};
use crate::support::*;

const DATABASE: &str = "samerow.db";
const LOG: &str = "samerow.db-wal";
const NOTE: &str = "samerow.head";

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// A data folder after an orderly start and end, and the same after a load and `SIGKILL`.
struct Folders {
    old: TempDir,
    new: TempDir,
    acked: usize,
}

impl Folders {
    fn new() -> Self {
        let (old, new) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let launch = Launch::demo(new.path());
        assert!(launch.start().stop().success());
        copy(new.path(), old.path());
        let server = launch.start();
        let mut ledger = Ledger::default();
        let load = Load::start(server.address, &Plan::new(4));
        // No longer: once the log was copied into the database it is written from its start again, and its end is of before.
        load.go(Duration::ZERO, 24);
        load.stop(&mut ledger);
        server.kill();
        assert!(ledger.acked() > 20 && new.path().join(LOG).exists());
        Self { old, new, acked: ledger.acked() }
    }

    /// A copy of the newer folder after `damage`: both `doctor` and a start have to say that something is
    /// lost, the start serves, and both say so until the note is deleted.
    fn say_so(&self, what: &str, damage: impl FnOnce(&Path)) {
        let dir = TempDir::new().unwrap();
        copy(self.new.path(), dir.path());
        damage(dir.path());
        if dir.path().join(DATABASE).exists() {
            let (code, said) = doctor(dir.path());
            assert!(code == Some(6) && said.contains(NOTE), "{what}: doctor: {code:?} {said}");
        }
        for _ in 0..2 {
            let server = Launch::demo(dir.path()).start();
            // The log is written beside the server.
            let is_said = wait_until(Duration::from_secs(10), || server.log().contains("CHANGES ARE LOST"));
            assert!(is_said, "{what}:\n{}", server.log());
            let op = Plan::new(1).one(&mut Speaker::new(server.address), Dialect::Trackfinity, 1001);
            assert_eq!(op.outcome, Outcome::Acked, "{what}:\n{}", server.log());
            assert!(server.stop().success());
        }
        fs::remove_file(dir.path().join(NOTE)).unwrap();
        assert_whole(dir.path());
        let server = Launch::demo(dir.path()).start();
        assert!(!server.log().contains("LOST"), "{what}:\n{}", server.log());
    }
}

#[test]
fn f12_lost_files_are_reported() {
    let _turn = Turn::take();
    let folders = Folders::new();
    folders.say_so("the log is deleted", |data| fs::remove_file(data.join(LOG)).unwrap());
    folders.say_so("the log is cut in the middle", |data| {
        let log = fs::OpenOptions::new().write(true).open(data.join(LOG)).unwrap();
        log.set_len(log.metadata().unwrap().len() / 2).unwrap();
    });
    folders.say_so("a bit of the log flips", |data| {
        let mut log = fs::read(data.join(LOG)).unwrap();
        let middle = log.len() / 2;
        log[middle] ^= 1;
        fs::write(data.join(LOG), log).unwrap();
    });
    folders.say_so("an older copy is put in place", |data| {
        fs::remove_file(data.join(LOG)).unwrap();
        fs::copy(folders.old.path().join(DATABASE), data.join(DATABASE)).unwrap();
    });
    folders.say_so("all is deleted but the note", |data| {
        fs::remove_file(data.join(LOG)).unwrap();
        fs::remove_file(data.join(DATABASE)).unwrap();
    });
    // What is only killed has lost nothing, and nobody says so.
    let server = Launch::demo(folders.new.path()).start();
    assert!(!server.log().contains("LOST"), "{}", server.log());
    assert!(server.stop().success());
    assert_whole(folders.new.path());
    report(format!("F12 lost files: five kinds reported by doctor and at the start, {} acknowledged", folders.acked));
}
