//! One record after the other.

use super::operations::Put;
use super::{Bed, EIGHT, Engine, ONE, START, clear, edited, refused, set, texts};
use domain::error::Reason;
use domain::operation::{
    CreateCustomer, CreateSession, CustomerRef, Deleted, EndSession, Load, NewRecord, Purge, ReadCustomer,
    UpdateCustomer,
};
use domain::session::{Lifetime, Subject};
use domain::{Field, Kind, Shape, Time, Value};
use std::collections::BTreeSet;

pub(crate) fn creates_reads_updates_and_deletes<E: Engine>() {
    let mut bed = Bed::<E>::new();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        bed.pass(1);
        let created_at = bed.hand.0.load(std::sync::atomic::Ordering::Relaxed);
        let created = desk.create(vec![set(Field::FirstName, "Ada"), set(Field::City, "London")]).unwrap();
        assert_eq!((created.id, created.version, created.updated_by.as_str()), (1, 1, "root"));
        assert_eq!((created.created_at, created.updated_at), (Time(created_at), Time(created_at)));
        bed.pass(5);
        let updated = desk.update(1, vec![set(Field::City, "Paris"), clear(Field::FirstName)]).unwrap();
        assert_eq!((updated.version, updated.text(Field::City), updated.text(Field::FirstName)), (2, "Paris", ""));
        assert_eq!((updated.created_at, updated.updated_at), (Time(created_at), Time(created_at + 5_000_000)));
        assert_eq!(desk.read(1).unwrap().values, updated.values);
        let deleted = desk.delete(1).unwrap();
        assert_eq!((deleted.version, deleted.is_deleted(), deleted.text(Field::City)), (3, true, "Paris"));
        assert_eq!(desk.delete(1).unwrap().version, 3, "deleting twice changes nothing");
        let hidden = ReadCustomer { who: CustomerRef::Id(1), deleted: Deleted::Hidden };
        assert_eq!(refused(desk.run(hidden)).0, Reason::NotFound);
        for id in [0, -1, 2, (1 << 31) + 1, (1 << 32) + 1, (3 << 31) + 1, i64::MAX, i64::MIN] {
            assert_eq!(refused(desk.read(id)).0, Reason::NotFound, "{id}");
            assert_eq!(refused(desk.update(id, vec![set(Field::City, "x")])).0, Reason::NotFound, "{id}");
            assert_eq!(refused(desk.delete(id)).0, Reason::NotFound, "{id}");
        }
    }
    let before = [ONE, EIGHT].map(|tenant| bed.desk(tenant).read(1).unwrap());
    bed.reopen();
    assert_eq!([ONE, EIGHT].map(|tenant| bed.desk(tenant).read(1).unwrap()), before);
    bed.end();
}

pub(crate) fn what_changes_nothing_leaves_no_trace<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    let edits = vec![set(Field::City, "Oslo"), set(Field::Country, "Norway"), set(Field::Extra(3), "7")];
    let before = desk.create(edits.clone()).unwrap();
    bed.pass(60);
    let there_and_back = vec![set(Field::City, "Bergen"), clear(Field::Phone), set(Field::City, "Oslo")];
    for edits in [vec![], edits, vec![set(Field::Country, "nor")], vec![set(Field::Phone, "")], there_and_back] {
        assert_eq!(desk.update(1, edits).unwrap().version, 1);
    }
    let after = desk.read(1).unwrap();
    assert_eq!((after.version, after.updated_at, &after.values), (1, before.updated_at, &before.values));
    assert_eq!(desk.history(Kind::Customer, 1).len(), 1);
    bed.end();
}

pub(crate) fn a_stale_version_is_refused<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    desk.create(vec![]).unwrap();
    let expecting = |version, city: &str| UpdateCustomer {
        who: vec![CustomerRef::Id(1)],
        deleted: Deleted::Hidden,
        respect_lock: false,
        expected_version: Some(version),
        submission: edited(vec![set(Field::City, city)]),
    };
    assert_eq!(desk.run(expecting(1, "Oslo")).unwrap().version, 2);
    for stale in [0, 1, 3, u64::MAX] {
        assert_eq!(refused(desk.run(expecting(stale, "Rome"))).0, Reason::Conflict, "{stale}");
    }
    // Of two in one batch that read the same version one wins.
    let [first, second] = desk.together(|desk| ["Paris", "Kyiv"].map(|city| desk.submit(expecting(2, city))));
    assert_eq!(first.get().unwrap().version, 3);
    assert_eq!(refused(second.get()).0, Reason::Conflict);
    assert_eq!(desk.read(1).unwrap().text(Field::City), "Paris");
    bed.end();
}

pub(crate) fn ids_are_never_given_twice<E: Engine>() {
    let mut bed = Bed::<E>::new();
    let create = |bed: &Bed<E>, tenant| bed.desk(tenant).create(vec![set(Field::City, "x")]).unwrap().id;
    assert_eq!([1, 2, 3].map(|_| create(&bed, ONE)), [1, 2, 3]);
    assert_eq!(create(&bed, EIGHT), 1, "each tenant counts for itself");
    bed.desk(ONE).delete(3).unwrap();
    bed.reopen();
    // An engine may give ids out in blocks, and lose the rest of one when it is closed.
    let fourth = create(&bed, ONE);
    assert!(fourth > 3);
    assert_eq!(refused(bed.desk(ONE).create(vec![set(Field::Country, "Nowhere")])).0, Reason::Invalid);
    let load = |id| Load { records: vec![NewRecord { kind: Kind::Customer, id, values: vec![] }] };
    bed.desk(ONE).run(load(50_000)).unwrap();
    bed.desk(ONE).run(load(20_000)).unwrap();
    assert_eq!(refused(bed.desk(ONE).run(load(fourth))).0, Reason::AlreadyExists);
    for id in [0, -1, 1 << 31, (1 << 32) + 1] {
        assert_eq!(refused(bed.desk(ONE).run(load(id))), (Reason::Invalid, Some(Field::Id)), "{id}");
    }
    bed.reopen();
    assert!(create(&bed, ONE) > 50_000);
    let created =
        bed.desk(ONE).together(|desk| [(); 20].map(|()| desk.submit(CreateCustomer { submission: edited(vec![]) })));
    let ids: BTreeSet<_> = created.map(|awaited| awaited.get().unwrap().id).into();
    assert!(ids.len() == 20 && ids.first() > Some(&50_001));
    bed.desk(ONE).run(load(2_147_483_647)).unwrap();
    assert_eq!(refused(bed.desk(ONE).create(vec![])).0, Reason::LimitExceeded);
    assert!(create(&bed, EIGHT) > 1);
    bed.end();
}

/// A value that a field can hold.
fn sample(field: Field) -> Value {
    match field.shape() {
        Shape::Envelope => panic!("{field} is no value"),
        Shape::Text { max } if max < 40 => "客".repeat(max).into(),
        Shape::Text { .. } | Shape::Secret => format!("{field} ø 客 🎿 <&>\"'\\ \u{2028}\n").into(),
        Shape::Choice(list) => list[list.len() - 1].into(),
        Shape::Number { max, .. } => max.into(),
        Shape::Flag => true.into(),
        Shape::Emails { .. } => texts(&["a@example.com", "ö@b.example"]),
        Shape::Codes { .. } => texts(&["one", "two, \"three\""]),
        Shape::Country => "NO".into(),
        Shape::Language => "nb-NO".into(),
        Shape::Time => 1_790_000_000_123_456.into(),
        Shape::Reference(_) => 1.into(),
        Shape::References { .. } => Value::Numbers(vec![1]),
    }
}

pub(crate) fn every_field_of_every_kind_is_kept<E: Engine>() {
    let mut bed = Bed::<E>::new();
    let desk = bed.desk(EIGHT);
    let bare = |kind, id| NewRecord { kind, id, values: vec![] };
    let kinds = Kind::ALL.into_iter().filter(|kind| !matches!(kind, Kind::Tenant | Kind::ExtraField));
    // First all that is referred to, then each with every field it can have.
    desk.run(Load { records: kinds.clone().map(|kind| bare(kind, 1)).collect() }).unwrap();
    let mut written = Vec::new();
    for kind in kinds {
        let mut values: Vec<_> = kind.fields().iter().map(|field| (*field, sample(*field))).collect();
        if kind == Kind::Customer {
            let extras: [Value; 6] =
                ["ø".into(), "🎿".into(), i64::MIN.into(), "-1.5e3".into(), true.into(), "2026-11-22".into()];
            values.extend((1..).map(Field::Extra).zip(extras));
        }
        let record = desk.run(Put(NewRecord { kind, id: 2, values: values.clone() })).unwrap();
        assert_eq!(record.values, values.into_iter().collect(), "{}", kind.name());
        written.push(record);
    }
    bed.reopen();
    let desk = bed.desk(EIGHT);
    for record in written {
        let stored = desk.record(record.kind, 2).unwrap();
        assert_eq!((stored.version, &stored.values), (1, &record.values), "{}", record.kind.name());
    }
    bed.end();
}

pub(crate) fn any_text_is_kept<E: Engine>() {
    let mut bed = Bed::<E>::new();
    let all: String = (' '..='\u{2fff}').chain('\u{1f300}'..='\u{1f6ff}').collect();
    let notes = [
        all,
        String::from("\t\r\n \u{7f}\u{85}\u{a0}\u{feff}\u{202e}\u{2028}\u{2029}\u{fffd}\u{10fffd}"),
        "a\u{301}".repeat(5_000),
        "🎿".repeat(65_535),
        String::from("'); DROP TABLE customer; -- \" \\ % _ $1 ?1 :a @b {} \\u0041 &#0; \\0"),
        String::from(" outer blanks stay "),
    ];
    let desk = bed.desk(ONE);
    for note in &notes {
        desk.create(vec![set(Field::Note, note.as_str()), set(Field::Name, "\"quoted\" \\ 客户")]).unwrap();
    }
    // Composed and decomposed letters are kept as they came.
    desk.create(vec![set(Field::FirstName, "\u{e9}"), set(Field::LastName, "e\u{301}")]).unwrap();
    bed.reopen();
    let desk = bed.desk(ONE);
    for (note, id) in notes.iter().zip(1..) {
        let customer = desk.read(id).unwrap();
        assert!(customer.text(Field::Note) == note, "note {id}");
        assert_eq!(customer.text(Field::Name), "\"quoted\" \\ 客户");
        let told = desk.history(Kind::Customer, id)[0].fields.iter().any(|f| f.to == Some(note.as_str().into()));
        assert!(told, "note {id} in the history");
    }
    assert_eq!(desk.read(7).unwrap().shown_name(), "\u{e9} e\u{301}");
    bed.end();
}

pub(crate) fn time_never_runs_back<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    bed.pass(100);
    desk.create(vec![]).unwrap();
    bed.pass(-3_600);
    let updated = desk.update(1, vec![set(Field::City, "Oslo")]).unwrap();
    assert_eq!(updated.updated_at, Time(START + 100_000_000));
    assert!(desk.history(Kind::Customer, 1).is_sorted_by(|newer, older| newer.at >= older.at));
    bed.end();
}

pub(crate) fn sessions_come_and_go_within_a_batch<E: Engine>() {
    let mut bed = Bed::<E>::new();
    let user = NewRecord { kind: Kind::User, id: 1, values: vec![(Field::Username, "egon".into())] };
    bed.desk(EIGHT).run(Put(user)).unwrap();
    let open = |digest: &str| CreateSession {
        subject: Subject::User(1),
        digest: digest.to_owned(),
        dialect: "suite",
        lifetime: Lifetime::default(),
    };
    let desk = bed.desk(EIGHT);
    let first = desk.run(open("first")).unwrap();
    let (ended, again) =
        desk.together(|desk| (desk.submit(EndSession { id: first }), desk.submit(EndSession { id: first })));
    assert!(ended.get().is_ok());
    assert_eq!(refused(again.get()).0, Reason::NotFound);
    assert_eq!(desk.run(open("first")).unwrap(), first + 1, "an id is not given again, a digest may be");
    let (ended, opened) =
        desk.together(|desk| (desk.submit(EndSession { id: first + 1 }), desk.submit(open("second"))));
    assert!(ended.get().is_ok());
    assert_eq!(opened.get().unwrap(), first + 2);
    bed.reopen();
    let desk = bed.desk(EIGHT);
    let kept: Vec<_> = (1..10).filter(|id| desk.record(Kind::Session, *id).is_some()).collect();
    assert_eq!(kept, [first + 2]);
    assert_eq!(desk.run(Purge { kind: Kind::Session, limit: 10 }).unwrap(), 0);
    bed.pass(1_980);
    let desk = bed.desk(EIGHT);
    assert_eq!(desk.run(Purge { kind: Kind::Session, limit: 10 }).unwrap(), 1);
    assert!(desk.record(Kind::Session, first + 2).is_none());
    bed.end();
}
