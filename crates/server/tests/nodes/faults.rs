//! What befalls the machines: a disk that is full, a clock that is moved.

use super::*;
use nix::mount::{MsFlags, mount, umount};
use nix::sched::{CloneFlags, unshare};
use std::path::{Path, PathBuf};
use support::cluster::own;

/// A file system in memory, seen by this thread and what it starts. `None`, and said so, where it cannot be made.
fn small_volume(folder: &Path, megabytes: u32) -> Option<()> {
    let private = || {
        unshare(CloneFlags::CLONE_NEWNS)?;
        mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)?;
        let size = format!("size={megabytes}m");
        mount(Some("tmpfs"), folder, Some("tmpfs"), MsFlags::empty(), Some(&*size))
    };
    private()
        .map_err(|error| not_run("the disk of the database is full", &format!("needs mounts of its own: {error}")))
        .ok()
}

/// Changes are refused as busy while there is no room, reading goes on, and nobody has to restart anything.
#[test]
fn a_database_without_room_is_read_and_recovers() {
    let _turn = Turn::take();
    let volume = TempDir::new().unwrap();
    if small_volume(volume.path(), 48).is_none() {
        return;
    }
    own(volume.path());
    let primary = Own::new();
    primary.sql(&format!("CREATE TABLESPACE small LOCATION '{}'", volume.path().display()));
    primary.sql("CREATE DATABASE small TABLESPACE small");
    let (data, url) = (TempDir::new().unwrap(), format!("postgres://samerow@127.0.0.1:{}/small", primary.port));
    let servers = [launch(&data, &url).start(), launch(&data, &url).start()];
    let plan = plan();
    let before = World::read(&servers[0], &plan.records).unwrap();
    let mut ledger = Ledger::default();
    let loads = |ledger: &mut Ledger, enough: &dyn Fn(&Ledger) -> bool| {
        let mut part = Ledger::default();
        let end = Instant::now() + Duration::from_secs(120);
        while !enough(&part) && Instant::now() < end {
            let loads = servers.each_ref().map(|server| Load::start(server.address, &plan));
            sleep(Duration::from_millis(300));
            loads.into_iter().for_each(|load| load.stop(&mut part));
        }
        assert!(enough(&part), "{:?}", part.ops.last());
        ledger.ops.extend(part.ops);
    };
    let refused = |ledger: &Ledger| ledger.count(|outcome| matches!(outcome, Outcome::Refused(_)));
    loads(&mut ledger, &|part| part.acked() > 0);
    let filler = volume.path().join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    while std::io::Write::write_all(&mut file, &[0x55; 4096]).is_ok() {}
    loads(&mut ledger, &|part| {
        plan.dialects.iter().all(|dialect| {
            part.ops.iter().any(|op| op.dialect == *dialect && matches!(op.outcome, Outcome::Refused(_)))
        })
    });
    // Who names an older stamp in Bing's API is refused by right.
    let told_otherwise = ledger.not_told_to_come_back();
    let told_otherwise = told_otherwise.iter().find(|op| op.dialect != Dialect::BingAds);
    assert!(told_otherwise.is_none(), "{told_otherwise:?}");
    for server in &servers {
        assert!(World::read(server, &plan.records).is_ok(), "it is read");
    }
    std::fs::remove_file(&filler).unwrap();
    drop(file);
    let during = refused(&ledger);
    for server in &servers {
        let mut speaker = Speaker::new(server.address);
        let stores = wait_until(Duration::from_secs(60), || {
            ledger.ops.push(plan.one(&mut speaker, Dialect::Trackfinity, plan.records[0]));
            ledger.ops.last().is_some_and(|op| op.outcome == Outcome::Acked)
        });
        assert!(stores, "{:?}", ledger.ops.last());
    }
    judge(&before, &servers[1], &plan, &ledger, &url);
    report(format!("a database without room: {} acknowledged, {during} refused, 0 lost", ledger.acked()));
    drop(servers);
    drop(primary);
    umount(volume.path()).unwrap();
}

/// Where the library is that shows a program another time.
fn other_time() -> Option<PathBuf> {
    let found = std::fs::read_dir("/usr/lib").ok()?.flatten();
    found.map(|folder| folder.path().join("faketime/libfaketime.so.1")).find(|path| path.exists())
}

/// The clock of one server jumps hours to and fro: its changes keep their order, and nothing of others is harmed.
#[test]
fn a_clock_that_is_moved_disorders_nothing() {
    let _turn = Turn::take();
    let Some(library) = other_time() else { return not_run("a clock is moved", "needs the package libfaketime") };
    let database = Cluster::shared().database();
    let (data, url) = (TempDir::new().unwrap(), database.url());
    let clock = data.path().join("clock");
    let move_to = |offset: &str| {
        std::fs::write(clock.with_extension("new"), format!("{offset}\n")).unwrap();
        std::fs::rename(clock.with_extension("new"), &clock).unwrap();
    };
    move_to("+0");
    let (library, file) =
        (format!("LD_PRELOAD={}", library.display()), format!("FAKETIME_TIMESTAMP_FILE={}", clock.display()));
    let under = ["env", &library, &file, "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"];
    let moved = launch(&data, &url).under(under).start();
    let steady = launch(&data, &url).start();
    let plan = plan();
    let before = World::read(&steady, &plan.records).unwrap();
    let mut ledger = Ledger::default();
    for offset in ["+0", "-3h", "+26h", "-1d", "+5m"] {
        move_to(offset);
        let loads = [Load::start(moved.address, &plan), Load::start(steady.address, &plan)];
        sleep(Duration::from_millis(500));
        loads.into_iter().for_each(|load| load.stop(&mut ledger));
    }
    // It did see those times: what it writes down of a day that has not come says so.
    move_to("+40d");
    let mut speaker = Speaker::new(moved.address);
    ledger.ops.push(plan.one(&mut speaker, Dialect::Trackfinity, plan.records[0]));
    let last =
        "SELECT count(*) FROM change WHERE at > (extract(epoch FROM now() + interval '30 days') * 1000000)::bigint";
    assert_ne!(database.sql(last), "0", "the clock was not moved: {:?}", ledger.ops.last());
    judge(&before, &steady, &plan, &ledger, &url);
    let backwards = "SELECT count(*) FROM change AS c JOIN change AS p ON p.part = c.part AND p.number = c.previous \
                     WHERE c.previous > 0 AND c.at < p.at";
    assert_eq!(database.sql(backwards), "0", "a record's changes run forward");
    report(format!("a clock moved by hours: {} acknowledged, 0 lost", ledger.acked()));
}
