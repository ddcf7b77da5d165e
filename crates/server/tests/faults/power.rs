//! F03: the power goes, as a file system sees it.

use std::time::{Duration, Instant};

use crate::rounds::Rounds;
use crate::support::*;
use crate::volume::{FileSystem, Volume, possible};

fn cut(all: &mut Rounds, volume: &Volume, load_for: Duration) -> Vec<String> {
    all.round_until(load_for, |server| {
        // A flush that is under way may return from a file system that is off, and does not always
        // say so then; with a machine that is off it would not return.
        let off = Instant::now();
        volume.cut_power();
        server.kill();
        volume.remount();
        Some(off)
    })
}

fn loses_nothing(kind: FileSystem, megabytes: u64, cuts: usize) {
    let what = format!("F03 power cut on {kind:?}");
    let mut rng = Rng::new(&what);
    let volume = Volume::new(kind, megabytes);
    let mut all = Rounds::new(volume.path().join("data")).with_failing_disk();
    volume.sync();
    for number in 1..=cuts {
        let wrong = cut(&mut all, &volume, rng.millis(30, 300));
        assert!(wrong.is_empty(), "{what}, cut {number}: {wrong:#?}");
    }
    all.finish(&format!("{what}: {cuts} cuts"));
}

#[test]
fn f03_a_power_cut_on_ext4_loses_nothing() {
    let _turn = Turn::take();
    if possible("F03 on ext4", &[]) {
        loses_nothing(FileSystem::Ext4, 128, rounds(5, 100));
    }
}

#[test]
fn f03_a_power_cut_on_xfs_loses_nothing() {
    let _turn = Turn::take();
    if possible("F03 on XFS", &["mkfs.xfs"]) {
        loses_nothing(FileSystem::Xfs, 320, rounds(3, 100));
    }
}

#[test]
fn f03_control_commits_without_a_flush_are_caught() {
    let _turn = Turn::take();
    if !control("synchronous-off") || !possible("F03 control", &[]) {
        return;
    }
    let mut rng = Rng::new("F03 control");
    let volume = Volume::new(FileSystem::Ext4, 128);
    let mut all = Rounds::new(volume.path().join("data")).with_fault("synchronous-off");
    volume.sync();
    let cuts = all.until_caught(10, |all| cut(all, &volume, rng.millis(30, 300)));
    report(format!("F03 control synchronous-off: caught after {cuts} cuts"));
}
