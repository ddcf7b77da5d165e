//! Extra fields and references: what only the whole store can check.

use super::operations::Put;
use super::{Bed, EIGHT, Engine, ONE, clear, refused, set, texts};
use domain::error::Reason;
use domain::operation::{CreateRecord, DeleteRecord, Deleted, NewRecord, Submission, UpdateRecord};
use domain::{Field, Kind, Record, Value};

pub(crate) fn fields_must_be_defined<E: Engine>() {
    let bed = Bed::<E>::new();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        let invalid = |number| (Reason::Invalid, Some(Field::Extra(number)));
        assert_eq!(refused(desk.create(vec![set(Field::Extra(7), "x")])), invalid(7));
        desk.create(vec![set(Field::Extra(1), "x"), clear(Field::Extra(7))]).unwrap();
        assert_eq!(refused(desk.update(1, vec![set(Field::Extra(65_535), "x")])), invalid(65_535));
        // A field of customers is none of companies.
        let company = NewRecord { kind: Kind::Company, id: 1, values: vec![(Field::Extra(1), "x".into())] };
        assert_eq!(refused(desk.run(Put(company))), invalid(1));
        // A definition and a value may come in one batch.
        let values = vec![
            (Field::Domain, "customer".into()),
            (Field::Number, 7.into()),
            (Field::Name, "seven".into()),
            (Field::Shape, "integer".into()),
        ];
        let (defined, updated) = desk.together(|desk| {
            let defined = desk.submit(Put(NewRecord { kind: Kind::ExtraField, id: 7, values }));
            (defined, desk.submit(super::update(1, vec![set(Field::Extra(7), "41")])))
        });
        defined.get().unwrap();
        assert_eq!(updated.get().unwrap().number(Field::Extra(7)), Some(41));
    }
    bed.end();
}

pub(crate) fn values_are_brought_to_their_shape<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    desk.create(vec![]).unwrap();
    let good: [(u16, &str, Value); 12] = [
        (1, " text ", " text ".into()),
        (3, "42", 42.into()),
        (3, "-9223372036854775808", i64::MIN.into()),
        (3, "007", 7.into()),
        (4, "1.50", "1.50".into()),
        (4, "-1e3", "-1e3".into()),
        (5, "1", true.into()),
        (5, "true", true.into()),
        (5, "0", false.into()),
        (5, "false", false.into()),
        (6, "2026-11-22", "2026-11-22".into()),
        (2, "0", "0".into()),
    ];
    for (number, text, stored) in good {
        let field = Field::Extra(number);
        desk.update(1, vec![set(field, text)]).unwrap();
        assert_eq!(desk.read(1).unwrap().values.get(field), Some(&stored), "{text}");
        let version = desk.read(1).unwrap().version;
        assert_eq!(desk.update(1, vec![set(field, text)]).unwrap().version, version, "{text} once more");
    }
    let bad =
        [(3, "4.2"), (3, "x"), (3, "9223372036854775808"), (4, "NaN"), (4, "1e999"), (5, "yes"), (6, "22.11.2026")];
    for (number, text) in bad {
        let field = Field::Extra(number);
        assert_eq!(refused(desk.update(1, vec![set(field, text)])), (Reason::Invalid, Some(field)), "{text}");
    }
    assert_eq!(refused(desk.update(1, vec![set(Field::Extra(1), texts(&["a", "b"]))])).0, Reason::Invalid);
    desk.update(1, vec![clear(Field::Extra(3)), set(Field::Extra(6), "")]).unwrap();
    let customer = desk.read(1).unwrap();
    assert_eq!((customer.values.get(Field::Extra(3)), customer.values.get(Field::Extra(6))), (None, None));
    bed.end();
}

pub(crate) fn references_must_exist<E: Engine>() {
    let bed = Bed::<E>::new();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        desk.create(vec![]).unwrap();
        let invalid = (Reason::Invalid, Some(Field::Company));
        assert_eq!(refused(desk.update(1, vec![set(Field::Company, 17)])), invalid);
        let company = NewRecord { kind: Kind::Company, id: 17, values: vec![(Field::Name, "Nordlys".into())] };
        let (put, joined) = desk.together(|desk| {
            let put = desk.submit(Put(company));
            (put, desk.submit(super::update(1, vec![set(Field::Company, 17)])))
        });
        put.get().unwrap();
        assert_eq!(joined.get().unwrap().number(Field::Company), Some(17));
        assert_eq!(refused(desk.update(1, vec![set(Field::Company, 18)])), invalid);
        desk.update(1, vec![clear(Field::Company)]).unwrap();
        assert_eq!(refused(desk.update(1, vec![set(Field::MergedInto, 2)])).1, Some(Field::MergedInto));
    }
    bed.end();
}

fn reshape(id: i64, shape: &'static str) -> UpdateRecord<impl Submission<Record>> {
    let submission = move |_: &Record| Ok(vec![set(Field::Shape, shape)]);
    UpdateRecord { kind: Kind::ExtraField, id, deleted: Deleted::Shown, expected_version: None, submission }
}

pub(crate) fn a_shape_changes_where_every_value_stays_one<E: Engine>() {
    let bed = Bed::<E>::new();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        // Nobody holds a value yet.
        desk.run(reshape(1, "boolean")).unwrap();
        desk.run(reshape(1, "integer")).unwrap();
        let customer = desk.create(vec![set(Field::Extra(1), "7")]).unwrap();
        assert_eq!(customer.number(Field::Extra(1)), Some(7));
        assert_eq!(refused(desk.run(reshape(1, "date"))), (Reason::Invalid, Some(Field::Shape)));
        desk.run(reshape(1, "float")).unwrap();
        assert_eq!(refused(desk.run(reshape(1, "integer"))).1, Some(Field::Shape));
        desk.run(reshape(1, "text")).unwrap();
        desk.update(1, vec![set(Field::Extra(1), "seven")]).unwrap();
        desk.update(1, vec![clear(Field::Extra(1))]).unwrap();
        desk.run(reshape(1, "date")).unwrap();
        // A value of the same batch counts too.
        let (valued, reshaped) = desk.together(|desk| {
            let valued = desk.submit(super::update(1, vec![set(Field::Extra(3), "1")]));
            (valued, desk.submit(reshape(3, "date")))
        });
        let kept = (valued.get().is_ok(), reshaped.get().is_ok());
        assert!(kept == (true, false) || kept == (false, true), "whichever came first: {kept:?}");
    }
    bed.end();
}

pub(crate) fn what_is_deleted_is_referred_to_no_more<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    let named = |_: &Record| Ok(vec![set(Field::Name, "Nordlys")]);
    desk.run(CreateRecord { kind: Kind::Company, submission: named }).unwrap();
    desk.create(vec![set(Field::Company, 1)]).unwrap();
    desk.create(vec![]).unwrap();
    let delete = |kind, id| desk.run(DeleteRecord { kind, id, expected_version: None });
    assert!(delete(Kind::Company, 1).unwrap().is_deleted());
    assert_eq!(delete(Kind::Company, 1).unwrap().version, 2);
    assert_eq!(refused(desk.update(2, vec![set(Field::Company, 1)])), (Reason::Invalid, Some(Field::Company)));
    // Who is in it stays in it.
    let moved = desk.update(1, vec![set(Field::City, "Oslo")]).unwrap();
    assert_eq!(moved.number(Field::Company), Some(1));
    delete(Kind::ExtraField, 2).unwrap();
    assert_eq!(refused(desk.update(1, vec![set(Field::Extra(2), "x")])).1, Some(Field::Extra(2)));
    assert_eq!(refused(delete(Kind::Tenant, 1)).0, Reason::Unsupported);
    bed.end();
}
