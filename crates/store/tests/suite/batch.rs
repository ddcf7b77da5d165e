//! Many operations in one transaction.

use super::operations::{Append, Failing, Failure, PanickingRead};
use super::{Awaited, Bed, EIGHT, Engine, ONE, edited, refused, replay, set, update};
use domain::error::Reason;
use domain::operation::{CreateCustomer, NewRecord};
use domain::{Field, Kind};
use std::collections::HashSet;

fn neighbours<E: Engine>(how: Failure, reason: Reason) {
    let mut bed = Bed::<E>::new();
    let desk = bed.desk(EIGHT);
    desk.create(vec![set(Field::City, "Oslo")]).unwrap();
    let customer = |id, city: &str| NewRecord { kind: Kind::Customer, id, values: vec![(Field::City, city.into())] };
    // It puts what its neighbours put too, and what nobody else does.
    let failing = Failing { puts: vec![customer(1, "Rome"), customer(40, "Rome")], how };
    let (before, failed, after) = desk.together(|desk| {
        let before: Vec<_> = ["a", "b"].map(|word| desk.submit(Append { id: 1, word: word.into() })).into();
        let failed = desk.submit(failing);
        let after = desk.submit(Append { id: 1, word: "c".into() });
        (before, failed, after)
    });
    assert_eq!(before.into_iter().map(|b| b.get().unwrap().version).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(refused(failed.get()).0, reason);
    let after = after.get().unwrap();
    assert_eq!((after.version, after.text(Field::Note), after.text(Field::City)), (4, "a b c ", "Oslo"));
    bed.reopen();
    let desk = bed.desk(EIGHT);
    assert_eq!(desk.read(1).unwrap().values, after.values);
    assert_eq!(replay(&desk.history(Kind::Customer, 1)), (4, after.values.clone()));
    assert!(desk.record(Kind::Customer, 40).is_none());
    assert_eq!(desk.create(vec![]).unwrap().version, 1, "the id that it asked for is free");
    bed.end();
}

pub(crate) fn a_refused_operation_leaves_its_neighbours_alone<E: Engine>() {
    neighbours::<E>(Failure::Refuses, Reason::NotFound);
}

pub(crate) fn a_panic_leaves_its_neighbours_alone<E: Engine>() {
    neighbours::<E>(Failure::Panics, Reason::Internal);
}

pub(crate) fn an_endless_operation_leaves_its_neighbours_alone<E: Engine>() {
    neighbours::<E>(Failure::NeverEnds, Reason::Internal);
}

pub(crate) fn operations_on_one_record_follow_each_other<E: Engine>() {
    let mut bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    desk.create(vec![]).unwrap();
    // More than one batch holds.
    let appended: Vec<_> =
        desk.together(|desk| (0..700).map(|word| desk.submit(Append { id: 1, word: word.to_string() })).collect());
    let versions: Vec<_> = appended.into_iter().map(|awaited| awaited.get().unwrap().version).collect();
    assert_eq!(versions, (2..=701).collect::<Vec<_>>());
    bed.reopen();
    let desk = bed.desk(ONE);
    let words: String = (0..700).map(|word| format!("{word} ")).collect();
    let customer = desk.read(1).unwrap();
    assert_eq!((customer.version, customer.text(Field::Note)), (701, words.as_str()));
    assert_eq!(replay(&desk.history(Kind::Customer, 1)), (701, customer.values.clone()));
    // Created, changed and changed back in one batch: all of it happened.
    let (created, there, back) = desk.together(|desk| {
        let created = desk.submit(CreateCustomer { submission: edited(vec![set(Field::City, "Oslo")]) });
        let there = desk.submit(update(2, vec![set(Field::City, "Rome")]));
        (created, there, desk.submit(update(2, vec![set(Field::City, "Oslo")])))
    });
    let versions = [created, there, back].map(|awaited| awaited.get().unwrap().version);
    assert_eq!(versions, [1, 2, 3]);
    assert_eq!(desk.history(Kind::Customer, 2).len(), 3);
    bed.end();
}

pub(crate) fn a_long_queue_is_kept<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(EIGHT);
    let created: Vec<_> = desk.together(|desk| {
        let create = |n: i64| CreateCustomer { submission: edited(vec![set(Field::UniqueId, format!("u{n}"))]) };
        (0..1_300).map(|n| desk.submit(create(n))).collect()
    });
    let ids: HashSet<_> = created.into_iter().map(|awaited| awaited.get().unwrap().id).collect();
    assert_eq!(ids.len(), 1_300);
    assert!(ids.iter().all(|id| desk.read(*id).unwrap().version == 1));
    bed.end();
}

pub(crate) fn what_waits_at_the_end_is_stored<E: Engine>() {
    let mut bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    desk.create(vec![]).unwrap();
    let waiting: Vec<Awaited<_>> = (0..100).map(|word| desk.submit(Append { id: 1, word: word.to_string() })).collect();
    bed.reopen();
    assert!(waiting.into_iter().all(|awaited| awaited.get().is_ok()));
    assert_eq!(bed.desk(ONE).read(1).unwrap().version, 101);
    bed.end();
}

pub(crate) fn reads_fail_alone<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    desk.create(vec![]).unwrap();
    for _ in 0..20 {
        assert_eq!(refused(desk.run(PanickingRead)).0, Reason::Internal);
        assert_eq!(desk.read(1).unwrap().version, 1);
    }
    bed.end();
}
