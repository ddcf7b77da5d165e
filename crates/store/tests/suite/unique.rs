//! Values that at most one record has.

use super::operations::{Failing, Failure};
use super::{Bed, EIGHT, Engine, ONE, clear, edited, refused, set, texts, update};
use domain::error::Reason;
use domain::operation::{CreateCustomer, CustomerRef, NewRecord};
use domain::{Edit, Field, Kind};

fn named(name: &str) -> CustomerRef {
    CustomerRef::Username(name.to_owned())
}

const TAKEN: Reason = Reason::AlreadyExists;

pub(crate) fn a_taken_value_is_refused<E: Engine>() {
    let mut bed = Bed::<E>::new();
    let fields = [Field::Username, Field::UniqueId, Field::Hash, Field::ExternalCustomerId, Field::BingNumber]
        .map(|f| (f, "v".into()));
    let lists = [Field::SubscriptionIds, Field::OrderIds].map(|field| (field, texts(&["v"])));
    let all: Vec<_> = fields.into_iter().chain(lists).collect();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        desk.create(all.iter().map(|(field, value)| set(*field, value.clone())).collect()).unwrap();
        desk.create(vec![]).unwrap();
    }
    bed.reopen();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        for (field, value) in &all {
            let take = vec![set(Field::City, "Oslo"), set(*field, value.clone())];
            assert_eq!(refused(desk.create(take.clone())), (TAKEN, Some(*field)));
            assert_eq!(refused(desk.update(2, take.clone())), (TAKEN, Some(*field)));
            assert_eq!(desk.update(1, vec![set(*field, value.clone())]).unwrap().version, 1, "its own value");
        }
        let untouched = desk.read(2).unwrap();
        assert_eq!((untouched.version, untouched.text(Field::City)), (1, ""));
        // One that is marked deleted keeps what is its own.
        desk.delete(1).unwrap();
        assert_eq!(refused(desk.update(2, vec![set(Field::Username, "V")])).0, TAKEN);
    }
    bed.end();
}

pub(crate) fn a_freed_value_can_be_taken<E: Engine>() {
    let mut bed = Bed::<E>::new();
    let desk = bed.desk(EIGHT);
    desk.create(vec![set(Field::Username, "ada"), set(Field::UniqueId, "A-1")]).unwrap();
    desk.create(vec![]).unwrap();
    desk.update(1, vec![set(Field::Username, "countess"), clear(Field::UniqueId)]).unwrap();
    assert_eq!(refused(desk.find(named("ada"))).0, Reason::NotFound);
    assert_eq!(desk.update(2, vec![set(Field::Username, "ada"), set(Field::UniqueId, "A-1")]).unwrap().version, 2);
    bed.reopen();
    let desk = bed.desk(EIGHT);
    assert_eq!(desk.find(named("ada")).unwrap().id, 2);
    assert_eq!(desk.find(named("countess")).unwrap().id, 1);
    assert_eq!(desk.find(CustomerRef::UniqueId("A-1".into())).unwrap().id, 2);
    bed.end();
}

pub(crate) fn login_names_that_look_alike_are_one<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    desk.create(vec![set(Field::Username, "Ådmin"), set(Field::UniqueId, "ACME")]).unwrap();
    for alike in ["Ådmin", "ådmin", "ÅDMIN", "  ådmin ", "Åｄｍｉｎ", "A\u{30a}dmin"] {
        assert_eq!(refused(desk.create(vec![set(Field::Username, alike)])), (TAKEN, Some(Field::Username)), "{alike}");
        assert_eq!(desk.find(named(alike)).unwrap().id, 1, "{alike}");
    }
    desk.create(vec![set(Field::Username, "Åдmin"), set(Field::UniqueId, "acme")]).unwrap();
    // Another spelling of its own name is a change, and no conflict.
    assert_eq!(desk.update(1, vec![set(Field::Username, "ÅDMIN")]).unwrap().version, 2);
    assert_eq!(desk.find(named("ådmin")).unwrap().text(Field::Username), "ÅDMIN");
    bed.end();
}

pub(crate) fn values_move_within_one_batch<E: Engine>() {
    let mut bed = Bed::<E>::new();
    let desk = bed.desk(EIGHT);
    desk.create(vec![set(Field::Username, "ada")]).unwrap();
    desk.create(vec![set(Field::Username, "bob")]).unwrap();
    // Ada's name goes to Bob, Bob's to a new customer, one after the other.
    let (freed, moved, created) = desk.together(|desk| {
        let freed = desk.submit(update(1, vec![clear(Field::Username)]));
        let moved = desk.submit(update(2, vec![set(Field::Username, "ada")]));
        let created = desk.submit(CreateCustomer { submission: edited(vec![set(Field::Username, "bob")]) });
        (freed, moved, created)
    });
    let (freed, moved) = (freed.get().unwrap(), moved.get().unwrap());
    assert_eq!((freed.version, moved.version, created.get().unwrap().id), (2, 2, 3));
    bed.reopen();
    let desk = bed.desk(EIGHT);
    assert_eq!((desk.find(named("ada")).unwrap().id, desk.find(named("bob")).unwrap().id), (2, 3));
    bed.end();
}

pub(crate) fn the_first_of_a_batch_wins<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    let outcomes = desk.together(|desk| {
        ["x", "X", "x "]
            .map(|name| desk.submit(CreateCustomer { submission: edited(vec![set(Field::Username, name)]) }))
    });
    let [first, second, third] = outcomes.map(super::Awaited::get);
    assert_eq!(first.unwrap().id, 1);
    assert_eq!((refused(second).0, refused(third).0), (TAKEN, TAKEN));
    bed.end();
}

pub(crate) fn a_refused_taker_takes_nothing<E: Engine>() {
    for how in [Failure::Refuses, Failure::Panics] {
        let bed = Bed::<E>::new();
        let desk = bed.desk(ONE);
        let values = vec![(Field::Username, "x".into())];
        let failing = Failing { puts: vec![NewRecord { kind: Kind::Customer, id: 77, values }], how };
        let (failed, created) = desk.together(|desk| {
            let failed = desk.submit(failing);
            (failed, desk.submit(CreateCustomer { submission: edited(vec![set(Field::Username, "x")]) }))
        });
        failed.get().unwrap_err();
        assert_eq!(created.get().unwrap().id, 1);
        assert_eq!(desk.find(named("x")).unwrap().id, 1);
        assert!(desk.record(Kind::Customer, 77).is_none());
        bed.end();
    }
}

pub(crate) fn each_of_a_list_is_unique<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(EIGHT);
    let subscriptions = |list: &[&str]| vec![set(Field::SubscriptionIds, texts(list))];
    let owner = |id: &str| desk.find(CustomerRef::Subscription(id.to_owned())).map(|customer| customer.id);
    desk.create(subscriptions(&["a", "b", "c"])).unwrap();
    desk.create(subscriptions(&["d"])).unwrap();
    assert_eq!(refused(desk.update(2, subscriptions(&["d", "b"]))), (TAKEN, Some(Field::SubscriptionIds)));
    desk.update(1, subscriptions(&["c", "e"])).unwrap();
    desk.update(2, subscriptions(&["b", "a", "d"])).unwrap();
    assert_eq!(["a", "b", "c", "d", "e"].map(|id| owner(id).unwrap()), [2, 2, 1, 2, 1]);
    desk.update(2, subscriptions(&[])).unwrap();
    assert_eq!(refused(owner("a")).0, Reason::NotFound);
    // The same text is another value as an order.
    desk.update(2, vec![set(Field::OrderIds, texts(&["c"]))]).unwrap();
    assert_eq!(desk.find(CustomerRef::Order("c".into())).unwrap().id, 2);
    bed.end();
}

pub(crate) fn a_value_goes_and_comes_back_in_one_batch<E: Engine>() {
    let mut bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    desk.create(vec![set(Field::Username, "x")]).unwrap();
    desk.create(vec![]).unwrap();
    let steps: [(i64, Edit); 4] = [
        (1, clear(Field::Username)),
        (2, set(Field::Username, "x")),
        (2, clear(Field::Username)),
        (1, set(Field::Username, "X")),
    ];
    let outcomes = desk.together(|desk| steps.map(|(id, edit)| desk.submit(update(id, vec![edit]))));
    assert_eq!(outcomes.map(|outcome| outcome.get().unwrap().version), [2, 2, 3, 3]);
    bed.reopen();
    let desk = bed.desk(ONE);
    assert_eq!(desk.find(named("x")).unwrap().id, 1);
    assert_eq!(refused(desk.update(2, vec![set(Field::Username, "x")])).0, TAKEN);
    bed.end();
}
