//! A whole store on its way between engines and files.

use super::Postgres;
use super::cluster::Cluster;
use super::suite::{Bed, EIGHT, Engine, ONE, Seeded, clear, set, texts};
use domain::operation::{CreateSession, EraseCustomer};
use domain::port::Store;
use domain::session::{Lifetime, Subject};
use domain::{Field, Kind};
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::transfer::{Counts, Place, TransferError, backup, restore, transfer, verify};
use store::{Options, SqliteStore, sqlite};
use tempfile::TempDir;

pub(super) struct Folder(pub(super) TempDir);

impl Engine for Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn open(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(&Options::new(self.0.path(), Arc::new(Seeded::new(2)))).unwrap())
    }

    fn examine(&self) -> Vec<String> {
        let findings = sqlite::examine(self.0.path()).unwrap().findings;
        findings.into_iter().map(|finding| format!("{}: {}", finding.what, finding.why)).collect()
    }
}

/// Something of most kinds, in two tenants; changed, deleted and erased.
pub(super) fn fill<E: Engine>(bed: &Bed<E>) {
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        for n in 0..30 {
            let edits = vec![
                set(Field::FirstName, format!("Ådá\u{2028}\"{n}\\")),
                set(Field::Username, format!("name{n}")),
                set(Field::SubscriptionIds, texts(&[&format!("s{n}"), &format!("t{n}")])),
                set(Field::Extra(3), i64::from(n)),
            ];
            desk.create(edits).unwrap();
        }
        for n in 1..=10 {
            desk.update(n, vec![set(Field::City, "Oslo"), clear(Field::Username)]).unwrap();
        }
        desk.delete(11).unwrap();
        desk.run(EraseCustomer { id: 12, reason: None, dry_run: false }).unwrap();
        let values = vec![(Field::Username, "agent".into())];
        let user = domain::operation::NewRecord { kind: Kind::User, id: 7, values };
        desk.run(super::suite::operations::Put(user)).unwrap();
        let lifetime = Lifetime { idle: 1_000, whole: 10_000 };
        let digest = format!("digest{}", tenant.number);
        desk.run(CreateSession { subject: Subject::User(7), digest, dialect: "console", lifetime }).unwrap();
        super::suite::tickets::loose(&desk, &(0..600_000_u32).map(|n| n.to_le_bytes()[0]).collect::<Vec<_>>());
    }
}

/// The lines of a backup in an order that all engines share, without its first and last.
pub(super) fn lines(place: &Place) -> (Vec<String>, Counts) {
    let mut file = Vec::new();
    let counts = backup(place, &mut file, &mut |_| ()).unwrap();
    assert_eq!(verify(Cursor::new(&file), &mut |_| ()).unwrap(), counts);
    let text = String::from_utf8(file).unwrap();
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines.pop();
    lines.remove(0);
    lines.sort();
    (lines, counts)
}

#[test]
fn a_store_goes_there_and_back_as_it_is() {
    let mut bed = Bed::<Folder>::new();
    fill(&bed);
    bed.close();
    let first = Place::Folder(bed.engine().0.path().to_owned());
    let there = Postgres::<true>(Cluster::shared().database());
    let second = Place::Database(there.0.url().parse().unwrap());
    let folder = TempDir::new().unwrap();
    let third = Place::Folder(folder.path().join("back"));

    let counts = transfer(&first, &second, true, &mut |_| ()).unwrap();
    assert_eq!(there.0.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0", "a trial moves nothing");
    let mut told = 0;
    assert_eq!(transfer(&first, &second, false, &mut |counts| told = counts.all()).unwrap(), counts);
    assert_eq!(told, counts.all());
    assert_eq!(transfer(&second, &third, false, &mut |_| ()).unwrap(), counts);
    assert!(counts.records >= 80 && counts.changes > 100 && counts.chunks == 6 && counts.keys > 100, "{counts:?}");
    let wanted = lines(&first);
    assert_eq!(lines(&second), wanted);
    assert_eq!(lines(&third), wanted);

    // It is used as if nothing had happened.
    let mut bed = Bed::reopened(there);
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        assert_eq!(desk.read(5).unwrap().text(Field::City), "Oslo");
        assert_eq!(desk.create(vec![set(Field::Username, "name5")]).unwrap().id, 31);
        super::suite::refused(desk.create(vec![set(Field::Username, "name25")]));
        desk.update(5, vec![set(Field::City, "Rome")]).unwrap();
        assert_eq!(desk.history(Kind::Customer, 5).len(), 3);
    }
    // What is not empty is not filled.
    let occupied = |to: &Place| transfer(&first, to, false, &mut |_| ()).unwrap_err().to_string();
    assert!(occupied(&second).contains("there is a store"), "{}", occupied(&second));
    assert!(occupied(&third).contains("there is a store"));
    bed.close();
    bed.end();
}

#[test]
fn a_backup_that_is_damaged_restores_nothing() {
    let mut bed = Bed::<Folder>::new();
    fill(&bed);
    bed.close();
    let from = Place::Folder(bed.engine().0.path().to_owned());
    let mut file = Vec::new();
    let counts = backup(&from, &mut file, &mut |_| ()).unwrap();
    let folder = TempDir::new().unwrap();
    let to = Place::Folder(folder.path().to_owned());
    let there = Postgres::<true>(Cluster::shared().database());
    let database = Place::Database(there.0.url().parse().unwrap());
    let random = Seeded::new(9);
    for n in 0..40 {
        let mut bad = file.clone();
        if n % 2 == 0 {
            bad.truncate(random.below(file.len() as u64));
        } else {
            let at = random.below(file.len() as u64);
            bad[at] ^= 1 << random.below(7);
        }
        let error = verify(Cursor::new(&bad), &mut |_| ()).unwrap_err();
        assert!(matches!(error, TransferError::Damaged(_)), "{n}: {error}");
        if n < 4 {
            restore(Cursor::new(&bad), &to, &mut |_| ()).unwrap_err();
            assert!(!folder.path().join("samerow.db").exists());
            restore(Cursor::new(&bad), &database, &mut |_| ()).unwrap_err();
            let refused = store::postgres::PostgresStore::open(store::postgres::Options::new(
                there.0.url().parse().unwrap(),
                Arc::new(Seeded::new(1)),
            ));
            let refused = refused.err().expect("what is half there is not opened").to_string();
            assert!(refused.contains("did not come to its end"), "{refused}");
        }
    }
    // The same place takes the good one.
    assert_eq!(restore(Cursor::new(&file), &to, &mut |_| ()).unwrap(), counts);
    assert_eq!(restore(Cursor::new(&file), &database, &mut |_| ()).unwrap(), counts);
    assert_eq!(lines(&database), lines(&to));
    assert_eq!(lines(&to), lines(&from));
    for nonsense in ["", "\n", "{}\n", "[1]\n", "{\"samerow\":\"backup\",\"format\":2}\n"] {
        verify(Cursor::new(nonsense), &mut |_| ()).unwrap_err();
    }
    bed.end();
}

/// What was acknowledged before a backup began is in it, and nothing of it is half.
#[test]
fn a_backup_is_taken_while_changes_go_on() {
    fn under_load<E: Engine + Sync>(place: impl Fn(&E) -> Place) {
        let bed = Bed::<E>::new();
        let desk = bed.desk(EIGHT);
        for _ in 0..8 {
            desk.create(vec![]).unwrap();
        }
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for thread in 0..2_i64 {
                let (desk, done) = (desk.clone(), &done);
                scope.spawn(move || {
                    for n in (0_i64..).take_while(|_| !done.load(Ordering::Relaxed)) {
                        let text = format!("t{thread}n{n}");
                        desk.update(1 + n % 8, vec![set(Field::City, text.as_str()), set(Field::Region, text)])
                            .unwrap();
                    }
                });
            }
            for n in 0..3 {
                desk.create(vec![set(Field::Username, format!("before{n}"))]).unwrap();
                let mut file = Vec::new();
                backup(&place(bed.engine()), &mut file, &mut |_| ()).unwrap();
                assert!(String::from_utf8_lossy(&file).contains(&format!("before{n}")));
                let folder = TempDir::new().unwrap();
                restore(Cursor::new(&file), &Place::Folder(folder.path().to_owned()), &mut |_| ()).unwrap();
            }
            done.store(true, Ordering::Relaxed);
        });
        bed.end();
    }
    under_load::<Folder>(|engine| Place::Folder(engine.0.path().to_owned()));
    under_load::<Postgres<true>>(|engine| Place::Database(engine.0.url().parse().unwrap()));
}

/// A store that servers are at work on is not moved away below them.
#[test]
fn what_is_in_use_is_not_moved() {
    let nowhere = Place::Folder(PathBuf::from("/nowhere/at/all"));
    let to = TempDir::new().unwrap();
    let to = Place::Folder(to.path().join("new"));
    let bed = Bed::<Folder>::new();
    let from = Place::Folder(bed.engine().0.path().to_owned());
    let refused = |from: &Place| transfer(from, &to, false, &mut |_| ()).unwrap_err().to_string();
    assert!(refused(&from).contains("is open in another server"), "{}", refused(&from));
    assert!(refused(&nowhere).contains("there is no store"), "{}", refused(&nowhere));
    bed.end();
}
