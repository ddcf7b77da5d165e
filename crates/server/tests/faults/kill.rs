//! F01, F02: the process ends under load, without and with warning.

use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::rounds::Rounds;
use crate::support::*;

#[test]
fn f01_kill_9_under_load_loses_nothing() {
    let _turn = Turn::take();
    let mut rng = Rng::new("F01");
    let dir = TempDir::new().unwrap();
    let mut all = Rounds::new(dir.path());
    let kills = rounds(8, 60);
    for kill in 1..=kills {
        let wrong = all.round(rng.millis(20, 150), Server::kill);
        assert!(wrong.is_empty(), "after kill {kill}: {wrong:#?}");
    }
    let unknown = all.ledger.count(|o| matches!(o, Outcome::Unknown(_)));
    assert!(unknown > 0, "no kill met an update under way");
    assert!(all.ledger.acked() >= kills * LEAST, "too little load to prove anything");
    all.finish(&format!("F01 kill -9: {kills} kills"));
}

#[test]
fn f01_control_an_ack_before_the_commit_is_caught() {
    let _turn = Turn::take();
    if !control("ack-before-commit") {
        return;
    }
    let mut rng = Rng::new("F01 control");
    let dir = TempDir::new().unwrap();
    let mut all = Rounds::new(dir.path()).with_fault("ack-before-commit");
    let kills = all.until_caught(60, |all| all.round(rng.millis(20, 150), Server::kill));
    report(format!("F01 control ack-before-commit: caught after {kills} kills"));
}

#[test]
fn f02_a_signal_under_load_drains_and_exits_cleanly() {
    let _turn = Turn::take();
    let mut rng = Rng::new("F02");
    let dir = TempDir::new().unwrap();
    let mut all = Rounds::new(dir.path());
    let mut slowest = Duration::ZERO;
    let (terminate, interrupt, hang_up) = (Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP);
    for signals in [&[terminate][..], &[interrupt], &[hang_up], &[terminate, terminate]] {
        let wrong = all.round(rng.millis(50, 200), |mut server| {
            let asked = Instant::now();
            for signal in signals {
                server.signal(*signal);
                sleep(Duration::from_millis(2));
            }
            let status = server.wait(Duration::from_secs(10));
            slowest = slowest.max(asked.elapsed());
            let status = status.unwrap_or_else(|| panic!("{signals:?} does not end it:\n{}", server.log()));
            // A second signal may cut the drain short, but not the commit.
            let is_clean = status.success() || signals.len() > 1;
            assert!(is_clean, "{signals:?}: {status}\n{}", server.log());
            // All of it is in the one file then.
            assert!(!dir.path().join("samerow.db-wal").exists(), "{signals:?}: the log is left\n{}", server.log());
        });
        assert!(wrong.is_empty(), "after {signals:?}: {wrong:#?}");
    }
    all.finish(&format!("F02 SIGTERM, SIGINT, SIGHUP, twice SIGTERM: gone within {slowest:?}"));
}
