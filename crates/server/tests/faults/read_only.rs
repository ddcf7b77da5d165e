//! F10: the files cannot be written any more.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

use crate::rounds::assert_whole;
use crate::support::*;
use crate::volume::{FileSystem, Volume, possible, run};

const FILES: [&str; 2] = ["samerow.db", "samerow.db-wal"];

fn freeze(data: &Path, sign: &str) {
    for file in FILES.iter().map(|f| data.join(f)).filter(|f| f.exists()) {
        run("chattr", &[&format!("{sign}i"), &file]);
    }
}

#[test]
fn f10_files_that_turn_read_only_refuse_updates_and_serve_reads() {
    let _turn = Turn::take();
    if !possible("F10", &["chattr"]) {
        return;
    }
    let volume = Volume::new(FileSystem::Ext4, 64);
    let data = volume.path().join("data");
    let launch = Launch::demo(&data);
    let server = launch.start();
    let plan = Plan::new(4);
    let before = World::read(&server, &plan.records).unwrap();
    let mut ledger = Ledger::default();
    let load_for = |ledger: &mut Ledger, server: &Server| {
        let load = Load::start(server.address, &plan);
        sleep(Duration::from_millis(300));
        load.stop(ledger);
    };
    load_for(&mut ledger, &server);

    freeze(&data, "+");
    let mut frozen = Ledger::default();
    load_for(&mut frozen, &server);
    assert_eq!(frozen.acked(), 0, "acknowledged on files that cannot be written");
    assert!(!frozen.ops.is_empty() && frozen.count(|o| matches!(o, Outcome::Unknown(_))) == 0, "{:?}", frozen.ops);
    assert_eq!(frozen.not_told_to_come_back().len(), 0, "{:?}", frozen.ops);
    assert_eq!(server.readiness(), (200, "read_only".into()));
    World::read(&server, &plan.records).unwrap();
    freeze(&data, "-");
    ledger.ops.extend(frozen.ops);

    let mut speaker = Speaker::new(server.address);
    let goes_on = wait_until(Duration::from_secs(3), || {
        ledger.ops.push(plan.one(&mut speaker, Dialect::Trackfinity, 1001));
        ledger.ops.last().is_some_and(|op| op.outcome == Outcome::Acked)
    });
    assert!(goes_on, "no update after the files can be written again:\n{}", server.log());
    assert!(server.stop().success());
    assert_whole(&data);
    let server = launch.start();
    let after = World::read(&server, &plan.records).unwrap();
    let wrong = check(&before, &after, &ledger, Refused::Absent);
    assert!(wrong.is_empty(), "{wrong:#?}");
    report(format!("F10 read-only files: {} acknowledged, 0 lost; went on without a restart", ledger.acked()));
}

#[test]
fn f10_a_start_on_read_only_files_says_so() {
    let _turn = Turn::take();
    if is_root() && !possible("F10 start", &["chattr"]) {
        return;
    }
    // Permissions do not bind root, the immutable flag does; it needs a file system of its own.
    let volume = is_root().then(|| Volume::new(FileSystem::Ext4, 64));
    let home = TempDir::new().unwrap();
    let data = volume.as_ref().map_or(home.path(), Volume::path).join("data");
    let launch = Launch::demo(&data).within(Duration::from_secs(10));
    assert!(launch.start().stop().success());
    let set = |is_frozen: bool| match &volume {
        Some(_) => freeze(&data, if is_frozen { "+" } else { "-" }),
        None => {
            let mode = |m| Permissions::from_mode(m);
            fs::set_permissions(data.join(FILES[0]), mode(if is_frozen { 0o444 } else { 0o644 })).unwrap();
            fs::set_permissions(&data, mode(if is_frozen { 0o555 } else { 0o755 })).unwrap();
        }
    };
    set(true);
    let tried = launch.try_start();
    set(false);
    match tried {
        Err(refusal) => {
            let code = refusal.status.and_then(|s| s.code());
            let says =
                ["read-only", "readonly", "permitted", "ermission", "write"].iter().any(|w| refusal.log.contains(w));
            assert!(code.is_some_and(|c| c != 0) && says, "a start on read-only files must say so: {refusal:?}");
            report(format!("F10 start on read-only files: exit {code:?}, {:?}", refusal.log.lines().last()));
        }
        Ok(server) => {
            Record::read(&mut server.client(), 1001).unwrap();
            report("F10 start on read-only files: serves reads");
        }
    }
    let server = launch.start();
    Record::read(&mut server.client(), 1001).unwrap();
}
