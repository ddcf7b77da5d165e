//! All changes of a tenant, each once, in one order.

use super::{Bed, Desk, EIGHT, Engine, ONE, refused, set};
use domain::error::Reason;
use domain::feed::Cursor;
use domain::operation::{Feed, ReadFeed};
use domain::tenant::Tenant;
use domain::{Caller, Change, Field, Kind};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn read(after: &Cursor, limit: u32) -> ReadFeed {
    ReadFeed { after: Some(after.clone()), kinds: vec![Kind::Customer], dialects: vec![], limit }
}

/// All pages to the end. The cursor of each change leads to the one after it.
fn follow(desk: &Desk<'_>, ask: &ReadFeed) -> (Vec<Change>, Cursor) {
    let (mut changes, mut ask) = (Vec::new(), ask.clone());
    loop {
        let Feed { changes: page, from, next, more, .. } = desk.run(ask.clone()).unwrap();
        assert!(page.len() <= ask.limit as usize);
        let mut passed = from;
        page.iter().for_each(|change| passed.pass(change));
        assert!(next.covers(&passed));
        changes.extend(page);
        ask.after = Some(next.clone());
        if !more {
            return (changes, next);
        }
    }
}

/// No change twice, none left out, those of each record in their order.
fn check(changes: &[Change], records: i64, versions: u64) {
    let mut seen: HashMap<i64, u64> = HashMap::new();
    for change in changes {
        let version = seen.entry(change.id).or_default();
        *version += 1;
        assert_eq!(change.version, *version, "customer {}", change.id);
    }
    assert_eq!(seen, (1..=records).map(|id| (id, versions)).collect());
}

pub(crate) fn tells_each_change_once<E: Engine>() {
    let mut bed = Bed::<E>::new();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        for _ in 0..20 {
            desk.create(vec![]).unwrap();
        }
        for round in 0..10 {
            bed.pass(1);
            for id in 1..=20 {
                desk.update(id, vec![set(Field::City, format!("{round}"))]).unwrap();
            }
        }
    }
    bed.reopen();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        let (whole, end) = follow(&desk, &read(&Cursor::start(tenant), 1_000));
        check(&whole, 20, 11);
        assert!(whole.is_sorted_by_key(|change| change.at), "the earlier first");
        for limit in [1, 7, 64] {
            assert_eq!(follow(&desk, &read(&Cursor::start(tenant), limit)).1, end);
        }
        // From the cursor of each change on follow exactly the others.
        let mut cursor = Cursor::start(tenant);
        for (at, change) in whole.iter().enumerate().take(40) {
            cursor.pass(change);
            let cursor = Cursor::parse(&cursor.to_string()).unwrap();
            let (rest, _) = follow(&desk, &read(&cursor, 50));
            assert_eq!(rest.len(), whole.len() - at - 1);
            assert!(rest.iter().all(|left| !whole[..=at].contains(left)));
        }
        assert_eq!(follow(&desk, &read(&end, 10)), (vec![], end));
    }
    bed.end();
}

pub(crate) fn is_of_what_was_asked_for<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    desk.create(vec![]).unwrap();
    let kinds = |ask: ReadFeed| follow(&desk, &ask).0.iter().map(|change| change.kind).collect::<Vec<_>>();
    let ask = |kinds: &[Kind], dialects: &[&str]| ReadFeed {
        after: Some(Cursor::start(ONE)),
        kinds: kinds.to_vec(),
        dialects: dialects.iter().map(|name| (*name).to_owned()).collect(),
        limit: 2,
    };
    assert_eq!(kinds(ask(&[Kind::Customer], &[])), [Kind::Customer]);
    assert_eq!(kinds(ask(&[Kind::Customer], &["suite"])), [Kind::Customer]);
    assert_eq!(kinds(ask(&[], &["native"])), []);
    assert_eq!(kinds(ask(&[Kind::ExtraField], &[])), [Kind::ExtraField; 6]);
    assert_eq!(kinds(ask(&[], &[])).len(), 7);
    // Where nothing is asked for that is there, the cursor still goes on.
    let page = desk.run(ask(&[Kind::Ticket], &[])).unwrap();
    assert!(page.changes.is_empty() && page.next != page.from && !page.more);
    assert_eq!(page.tenant, "default");
}

pub(crate) fn begins_and_ends_where_it_is_told<E: Engine>() {
    let bed = Bed::<E>::new();
    let (one, eight) = (bed.desk(ONE), bed.desk(EIGHT));
    one.create(vec![]).unwrap();
    let now = ReadFeed { after: None, kinds: vec![], dialects: vec![], limit: 10 };
    let end = one.run(now).unwrap();
    assert!(end.changes.is_empty() && !end.more && end.from == end.next);
    one.create(vec![]).unwrap();
    let (news, _) = follow(&one, &read(&end.next, 10));
    assert_eq!(news.iter().map(|change| change.id).collect::<Vec<_>>(), [2]);
    // What lies ahead of all changes, or is another tenant's, is refused.
    for (desk, cursor) in [(&one, "1-999"), (&one, "1-1.1"), (&eight, "1-1"), (&eight, "1-0.0.0.0.0.0.0.9")] {
        let cursor = Cursor::parse(cursor).unwrap();
        assert_eq!(refused(desk.run(read(&cursor, 10))).0, Reason::Invalid, "{cursor}");
    }
}

pub(crate) fn hides_who_may_do_what<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    let user = domain::operation::NewRecord {
        kind: Kind::User,
        id: 1,
        values: vec![(Field::Username, "ida".into()), (Field::Password, "hash".into()), (Field::Role, "agent".into())],
    };
    desk.run(domain::operation::Load { records: vec![user] }).unwrap();
    let ask = |kinds: &[Kind]| ReadFeed {
        after: Some(Cursor::start(ONE)),
        kinds: kinds.to_vec(),
        dialects: vec![],
        limit: 100,
    };
    let viewer = desk.clone_as(Caller { role: domain::Role::Viewer, ..Caller::anonymous(Tenant::DEFAULT) });
    assert!(follow(&desk, &ask(&[])).0.iter().any(|change| change.kind == Kind::User));
    assert!(follow(&viewer, &ask(&[])).0.iter().all(|change| change.kind == Kind::ExtraField));
    assert_eq!(refused(viewer.run(ask(&[Kind::User]))).0, Reason::Forbidden);
}

pub(crate) fn can_be_followed_while_it_grows<E: Engine>() {
    let bed = Bed::<E>::new();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        for _ in 0..8 {
            desk.create(vec![]).unwrap();
        }
        let done = Arc::new(AtomicBool::new(false));
        let seen = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..4)
                .map(|writer| {
                    let desk = &desk;
                    scope.spawn(move || {
                        for round in 0..50 {
                            for id in [writer * 2 + 1, writer * 2 + 2] {
                                desk.update(id, vec![set(Field::City, format!("{round}"))]).unwrap();
                            }
                        }
                    })
                })
                .collect();
            let reader = scope.spawn(|| {
                let (mut seen, mut cursor) = (Vec::new(), Cursor::start(tenant));
                loop {
                    let is_last = done.load(Ordering::Acquire);
                    let (news, next) = follow(&desk, &read(&cursor, 13));
                    seen.extend(news);
                    cursor = next;
                    if is_last {
                        return seen;
                    }
                }
            });
            writers.into_iter().for_each(|writer| writer.join().unwrap());
            done.store(true, Ordering::Release);
            reader.join().unwrap()
        });
        check(&seen, 8, 51);
    }
    bed.end();
}
