//! A store that is moved while it is changed, and back.

use super::Postgres;
use super::cluster::Cluster;
use super::suite::{Bed, EIGHT, ONE, Seeded, refused, set};
use super::transfer::{Folder, fill, lines};
use domain::Field;
use domain::error::Reason;
use domain::operation::{CreateSession, EndSession, EraseCustomer};
use domain::session::{Lifetime, Subject};
use store::postgres::Address;
use store::transfer::{Counts, Place, TransferError, move_back, move_online};

/// What the copy is made of is changed between its pages, in every way.
#[test]
fn what_changes_while_a_store_is_moved_is_moved_too() {
    let mut bed = Bed::<Folder>::new();
    fill(&bed);
    let folder = bed.engine().0.path().to_owned();
    let there = Postgres::<true>(Cluster::shared().database());
    let (url, to): (String, Address) = (there.0.url(), there.0.url().parse().unwrap());
    let desks = [bed.desk(ONE), bed.desk(EIGHT)];
    let mut calls = 0_i64;
    let mut change = |_: &Counts| {
        // Who holds the store would wait for this change, and this change for who holds the store.
        // Nor would a copy ever end that makes a new session with each one it copies.
        if folder.join("samerow.moved").exists() || calls == 60 {
            return;
        }
        calls += 1;
        for (desk, tenant) in desks.iter().zip([ONE, EIGHT]) {
            let id = 13 + calls % 8;
            desk.update(id, vec![set(Field::City, format!("city{calls}"))]).unwrap();
            // A name goes from one to another and comes back.
            let (old, new) = if calls % 2 == 0 { (21, 22) } else { (22, 21) };
            desk.update(old, vec![set(Field::Username, format!("free{calls}"))]).unwrap();
            desk.update(new, vec![set(Field::Username, "wanted")]).unwrap();
            desk.create(vec![set(Field::Username, format!("late{calls}"))]).unwrap();
            let lifetime = Lifetime { idle: 1_000, whole: 10_000 };
            let digest = format!("late{calls}of{}", tenant.number);
            let create = CreateSession { subject: Subject::User(7), digest, dialect: "console", lifetime };
            let session = desk.run(create).unwrap();
            if calls % 2 == 0 {
                desk.run(EndSession { id: session }).unwrap();
            }
            match calls {
                5 | 12 | 25 => {
                    // The history of a person is emptied that was copied already, in part, or not at all.
                    let id = 23 + calls / 6;
                    desk.update(id, vec![set(Field::City, "secret")]).unwrap();
                    desk.run(EraseCustomer { id, reason: None, dry_run: false }).unwrap();
                }
                8 => desk.delete(30).map(drop).unwrap(),
                9 | 20 => super::suite::tickets::loose(desk, &[calls as u8; 300_000]),
                _ => {}
            }
        }
    };
    let moved = move_online(&folder, &to, &url, &mut change).unwrap();
    assert!(calls > 10 && moved.counts.records > 100, "{calls} {moved:?}");
    // Nothing is changed any more where it was.
    assert_eq!(refused(desks[0].update(13, vec![set(Field::City, "too late")])).0, Reason::Busy);
    let before: Vec<_> = desks.iter().map(|desk| desk.read(13).unwrap()).collect();
    drop(desks);
    bed.close();
    let error = |result: Result<Counts, TransferError>| result.unwrap_err().to_string();
    let to_file = store::transfer::backup(&Place::Folder(folder.clone()), Vec::new(), &mut |_| ());
    assert!(error(to_file).contains("was moved"));
    assert_eq!(store::sqlite::moved(&folder).unwrap().as_deref(), Some(url.as_str()));

    let mut over_there = Bed::reopened(there);
    for (desk, before) in [ONE, EIGHT].map(|tenant| over_there.desk(tenant)).iter().zip(&before) {
        assert_eq!(&desk.read(13).unwrap(), before);
        desk.update(14, vec![set(Field::City, "over there")]).unwrap();
        desk.create(vec![set(Field::Username, "wanted")]).unwrap_err();
        desk.run(EraseCustomer { id: 16, reason: None, dry_run: false }).unwrap();
    }
    let kept = "SELECT count(*) FROM change WHERE fields LIKE '%secret%' OR (kind = 'customer' AND id = 16 AND salt IS NOT NULL)";
    assert_eq!(over_there.engine().0.sql(kept), "0", "what was erased was erased there too");
    over_there.close();

    // And back: what changed there comes, and only then is it here again.
    let nowhere = tempfile::TempDir::new().unwrap();
    assert!(error(move_back(&to, nowhere.path(), &mut |_| ())).contains("there is no store"));
    move_back(&to, &folder, &mut |_| ()).unwrap();
    assert!(error(move_back(&to, &folder, &mut |_| ())).contains("was not moved away"));
    let (here, counts) = lines(&Place::Folder(folder.clone()));
    assert_eq!(lines(&Place::Database(to.clone())).0, here);
    assert!(counts.records > 200, "{counts:?}");
    let opened = store::postgres::PostgresStore::open(store::postgres::Options::new(
        to.clone(),
        std::sync::Arc::new(Seeded::new(1)),
    ));
    assert!(opened.err().expect("it is not here any more").to_string().contains("was moved to"));
    bed.reopen();
    let desk = bed.desk(ONE);
    assert_eq!(desk.read(14).unwrap().text(Field::City), "over there");
    desk.update(14, vec![set(Field::City, "here again")]).unwrap();

    // A second time only what changed has to go.
    let mut pages = 0;
    move_online(&folder, &to, &url, &mut |_| pages += 1).unwrap();
    assert!(pages < 12, "{pages}");
    bed.close();
    over_there.reopen();
    assert_eq!(over_there.desk(ONE).read(14).unwrap().text(Field::City), "here again");
    over_there.close();
    over_there.end();
}

/// What another store left there is not mixed with this one.
#[test]
fn a_move_goes_nowhere_else() {
    let mut bed = Bed::<Folder>::new();
    fill(&bed);
    let folder = bed.engine().0.path().to_owned();
    let there = Postgres::<true>(Cluster::shared().database());
    let mut other = Bed::<Folder>::new();
    other.desk(ONE).create(vec![]).unwrap();
    let other_folder = other.engine().0.path().to_owned();
    let (url, to): (String, Address) = (there.0.url(), there.0.url().parse().unwrap());
    move_online(&other_folder, &to, &url, &mut |_| ()).unwrap();
    let refused = move_online(&folder, &to, &url, &mut |_| ()).unwrap_err().to_string();
    assert!(refused.contains("there is a store in"), "{refused}");
    // Also when that one is not in use any more.
    other.close();
    move_back(&to, &other_folder, &mut |_| ()).unwrap();
    let refused = move_online(&folder, &to, &url, &mut |_| ()).unwrap_err().to_string();
    assert!(refused.contains("another store"), "{refused}");
    assert_eq!(store::sqlite::moved(&folder).unwrap(), None);
    bed.desk(ONE).update(1, vec![set(Field::City, "Oslo")]).unwrap();
    bed.close();
    bed.end();
}
