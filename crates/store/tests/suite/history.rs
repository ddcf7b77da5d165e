//! What happened, and how it is told.

use super::operations::Put;
use super::{Bed, EIGHT, Engine, ONE, clear, refused, replay, set, texts};
use domain::error::Reason;
use domain::operation::{CreateRecord, EraseCustomer, Load, NewRecord, ReadHistory};
use domain::{Edit, Field, FieldChange, Kind, Value};
use std::collections::HashSet;

pub(crate) fn is_newest_first_in_pages<E: Engine>() {
    let mut bed = Bed::<E>::new();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        for _ in 0..3 {
            desk.create(vec![]).unwrap();
        }
        // Several records take turns, so that neighbours in the history are not neighbours of one record.
        for round in 0..10 {
            for id in 1..=3 {
                desk.update(id, vec![set(Field::City, format!("{round}"))]).unwrap();
            }
        }
    }
    bed.reopen();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        for id in 1..=3 {
            let whole = desk.history(Kind::Customer, id);
            assert_eq!(
                whole.iter().map(|change| change.version).collect::<Vec<_>>(),
                (1..=11).rev().collect::<Vec<_>>()
            );
            assert!(whole.iter().all(|change| (change.kind, change.id) == (Kind::Customer, id)));
            assert!(whole.windows(2).all(|pair| pair[0].previous == pair[1].number));
            assert_eq!(whole[0].number, desk.read(id).unwrap().last_change);
            for limit in [1, 2, 4, 11, 12] {
                let (mut paged, mut from) = (Vec::new(), None);
                loop {
                    let page = desk.page(id, from, limit).unwrap();
                    assert!(page.changes.len() <= limit as usize);
                    paged.extend(page.changes.iter().cloned());
                    from = page.next;
                    if from.is_none() {
                        break;
                    }
                }
                assert_eq!(paged, whole, "in pages of {limit}");
            }
            assert_eq!(desk.page(id, None, 0).unwrap().changes.len(), 1, "a page holds at least one");
        }
    }
    bed.end();
}

pub(crate) fn tells_what_changed_and_how<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    desk.create(vec![set(Field::City, "Oslo"), Edit::AddEmail("a@x".into()), set(Field::EmailQuota, 5)]).unwrap();
    bed.pass(9);
    let edits = vec![clear(Field::City), Edit::AddEmail("b@x".into()), set(Field::Locked, true)];
    let customer = desk.update(1, edits).unwrap();
    let history = desk.history(Kind::Customer, 1);
    let told = |change: usize| {
        let fields = history[change].fields.iter().cloned();
        fields.map(|FieldChange { field, from, to }| (field, from, to)).collect::<Vec<_>>()
    };
    let some = |value: Value| Some(value);
    assert_eq!(
        told(0),
        [
            (Field::Emails, some(texts(&["a@x"])), some(texts(&["a@x", "b@x"]))),
            (Field::City, some("Oslo".into()), None),
            (Field::Locked, None, some(true.into())),
        ]
    );
    assert_eq!(
        told(1),
        [
            (Field::Emails, None, some(texts(&["a@x"]))),
            (Field::City, None, some("Oslo".into())),
            (Field::EmailQuota, None, some(5.into())),
        ]
    );
    let change = &history[0];
    assert_eq!((change.at, change.part), (customer.updated_at, customer.part));
    assert_ne!(change.operation_id, history[1].operation_id);
    let origin = &change.origin;
    let how = [&origin.dialect, &origin.operation, &origin.credential, &origin.client, &origin.request_id];
    assert_eq!(how, ["suite", "test", "root", "suite/1.0", "request-1"]);
    assert_eq!(replay(&history), (2, customer.values.clone()));
    bed.end();
}

pub(crate) fn never_tells_a_secret<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    desk.create(vec![set(Field::Password, "hash-one")]).unwrap();
    desk.update(1, vec![set(Field::Password, "hash-two")]).unwrap();
    desk.update(1, vec![clear(Field::Password)]).unwrap();
    let told: Vec<_> = desk.history(Kind::Customer, 1).into_iter().flat_map(|change| change.fields).collect();
    let password = |to: Option<&str>| FieldChange { field: Field::Password, from: None, to: to.map(Value::from) };
    assert_eq!(told, [password(None), password(Some("changed")), password(Some("changed"))]);
    bed.end();
}

pub(crate) fn refuses_a_cursor_of_another_record<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    desk.create(vec![]).unwrap();
    desk.create(vec![]).unwrap();
    desk.update(1, vec![set(Field::City, "Oslo")]).unwrap();
    let own = desk.read(1).unwrap().last_change;
    let other = desk.read(2).unwrap().last_change;
    assert!(other < own);
    assert_eq!(refused(desk.page(1, Some(other), 5)).0, Reason::Invalid);
    assert_eq!(desk.page(1, Some(i64::MAX), 5).unwrap().changes.len(), 2, "from the end");
    for nowhere in [0, -1, i64::MIN] {
        assert!(desk.page(1, Some(nowhere), 5).unwrap().changes.is_empty(), "{nowhere}");
    }
    let nobody = ReadHistory { kind: Kind::Customer, id: 3, from: None, limit: 5 };
    assert_eq!(refused(desk.run(nobody)).0, Reason::NotFound);
    bed.end();
}

pub(crate) fn of_one_operation_has_one_id<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(EIGHT);
    let new = |kind, id| NewRecord { kind, id, values: vec![(Field::Name, "x".into())] };
    desk.run(Load { records: (1..=20).map(|id| new(Kind::Customer, id)).collect() }).unwrap();
    desk.run(Load { records: vec![new(Kind::Company, 1)] }).unwrap();
    let ids: HashSet<_> = (1..=20).map(|id| desk.history(Kind::Customer, id)[0].operation_id).collect();
    assert_eq!(ids.len(), 1);
    assert!(!ids.contains(&desk.history(Kind::Company, 1)[0].operation_id));
    bed.end();
}

pub(crate) fn of_sessions_is_not_kept<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    for ends in [1, 2] {
        let values = vec![(Field::Digest, "d".into()), (Field::ExpiresAt, ends.into())];
        desk.run(Put(NewRecord { kind: Kind::Session, id: 1, values })).unwrap();
    }
    let session = desk.record(Kind::Session, 1).unwrap();
    assert_eq!((session.version, session.number(Field::ExpiresAt), session.last_change), (2, Some(2), 0));
    assert!(desk.history(Kind::Session, 1).is_empty());
    bed.end();
}

pub(crate) fn of_the_erased_keeps_its_chain_and_no_value<E: Engine>() {
    let mut bed = Bed::<E>::new();
    let desk = bed.desk(EIGHT);
    let first = desk.create(vec![set(Field::Name, "Ada"), set(Field::Username, "ada")]).unwrap().id;
    let other = desk.create(vec![set(Field::Name, "Eve")]).unwrap().id;
    for city in ["Oslo", "Bergen"] {
        desk.update(first, vec![set(Field::City, city)]).unwrap();
        desk.update(other, vec![set(Field::City, city)]).unwrap();
    }
    let account = |customer: i64| {
        let edits = vec![set(Field::CustomerId, customer), set(Field::Name, "Ads")];
        let submission = move |_: &domain::Record| Ok(edits.clone());
        desk.run(CreateRecord { kind: Kind::Account, submission }).unwrap().id
    };
    let (theirs, others) = (account(first), account(other));
    // A change of the same batch goes with the others.
    let (changed, erased) = desk.together(|desk| {
        let changed = desk.submit(super::update(first, vec![set(Field::City, "Moss")]));
        (changed, desk.submit(EraseCustomer { id: first, reason: None, dry_run: false }))
    });
    assert!(changed.get().is_ok());
    let certificate = erased.get().unwrap();
    assert_eq!((certificate.changes, certificate.fields.len(), certificate.accounts), (5, 3, 1));
    bed.reopen();
    let desk = bed.desk(EIGHT);
    assert_eq!(refused(desk.read(first)).0, Reason::NotFound);
    assert_eq!(refused(desk.run(EraseCustomer { id: first, reason: None, dry_run: true })).0, Reason::NotFound);
    assert_eq!(desk.history(Kind::Customer, other).len(), 3);
    let left = desk.record(Kind::Customer, first).unwrap();
    let fields: Vec<_> = left.values.iter().map(|(field, _)| field).collect();
    assert_eq!((left.version, fields), (5, vec![Field::Status, Field::ErasedAt]));
    desk.update(other, vec![set(Field::Username, "ada")]).unwrap();
    let account = desk.record(Kind::Account, theirs).unwrap();
    let fields: Vec<_> = account.values.iter().map(|(field, _)| field).collect();
    assert_eq!((account.version, fields), (2, vec![Field::AccountStatus, Field::CustomerId]));
    let history = desk.history(Kind::Account, theirs);
    assert!(history.len() == 2 && history.iter().all(|change| change.fields.is_empty()), "{history:?}");
    assert_eq!(desk.record(Kind::Account, others).unwrap().text(Field::Name), "Ads");
    bed.end();
}
