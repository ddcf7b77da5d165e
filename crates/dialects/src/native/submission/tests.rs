use super::*;
use crate::native::fields::View;
use domain::access::{Caller, Role};
use domain::operation::{CustomerRef, Deleted, UpdateCustomer};
use domain::tenant::Tenant;
use domain::working_set::{Context, Found, Need, WorkingSet};
use domain::{Customer, Operation, Origin, Time};
use proptest::prelude::*;
use std::sync::Arc;

fn read(body: &str) -> Result<Submitted, Problem> {
    let body = json::parse(body.as_bytes(), &json::Limits::default()).unwrap();
    Submitted::read(Kind::Customer, &body, IfMatch::default())
}

/// A stored customer.
fn customer(values: &[(Field, Value)]) -> Customer {
    let mut record = Record::new(Kind::Customer, Tenant::DEFAULT.part_of(10), 10);
    for (field, value) in values {
        // An extra field holds what its definition made of it.
        match field {
            Field::Extra(_) => record.values.set(*field, Some(value.clone())),
            field => record.set(*field, Some(value.clone())).unwrap(),
        }
    }
    record.version = 3;
    (record.created_at, record.updated_at) = (Time(1_700_000_000_000_001), Time(1_800_000_000_000_000));
    "tf_admin".clone_into(&mut record.updated_by);
    Customer(Arc::new(record))
}

fn shown(customer: &Customer) -> String {
    let mut out = String::new();
    json::write_object(&mut out, |object| View::default().put(object, customer));
    out
}

/// Pointer and reason of everything that is wrong.
fn faults(body: &str) -> Vec<(String, Reason)> {
    let members = json::parse(body.as_bytes(), &json::Limits::default()).unwrap();
    let mut reader = Reader { kind: Kind::Customer, submitted: Submitted::default(), faults: Vec::new() };
    reader.members(None, members.as_object().unwrap());
    assert_eq!(read(body).is_err(), !reader.faults.is_empty(), "{body}");
    reader.faults.into_iter().map(|fault| (fault.pointer, fault.error.reason)).collect()
}

#[test]
fn members_become_fields() {
    let submitted = read(
        r#"{"first_name":"Ada","phone":null,"note":"","emails":["a@b.example"],"locked":true,"company":17,
            "address":{"city":"Oslo","country":"nor","line2":null},"custom2":"gold",
            "extra_fields":{"x_6":12,"x_7":"b","x_8":1.50,"x_9":true,"x_10":""}}"#,
    );
    let fields = [
        (Field::FirstName, Some("Ada".into())),
        (Field::Phone, None),
        (Field::Note, None),
        (Field::Emails, Some(Value::Texts(vec!["a@b.example".into()]))),
        (Field::Locked, Some(true.into())),
        (Field::Company, Some(17.into())),
        (Field::City, Some("Oslo".into())),
        (Field::Country, Some("NO".into())),
        (Field::AddressLine2, None),
        (Field::Extra(2), Some("gold".into())),
        (Field::Extra(6), Some(12.into())),
        (Field::Extra(7), Some("b".into())),
        (Field::Extra(8), Some("1.50".into())),
        (Field::Extra(9), Some(true.into())),
        (Field::Extra(10), None),
    ];
    assert_eq!(submitted.unwrap(), Submitted { fields: fields.into(), ..Submitted::default() });
}

#[test]
fn what_is_wrong_is_said_of_every_member() {
    use Reason::{Invalid, TooLong};
    for (body, pointer, reason) in [
        (r#"{"frist_name":"Ada"}"#, "/frist_name", Invalid),
        (r#"{"a/b~c":1}"#, "/a~1b~0c", Invalid),
        (r#"{"__proto__":{}}"#, "/__proto__", Invalid),
        (r#"{"address.city":"Oslo"}"#, "/address.city", Invalid),
        (r#"{"city":"Oslo"}"#, "/city", Invalid),
        (r#"{"address":{"town":"Oslo"}}"#, "/address/town", Invalid),
        (r#"{"address":{"name":"Oslo"}}"#, "/address/name", Invalid),
        (r#"{"address":"Oslo"}"#, "/address", Invalid),
        (r#"{"extra_fields":[]}"#, "/extra_fields", Invalid),
        // One field has one place.
        (r#"{"extra_fields":{"x_1":"gold"}}"#, "/extra_fields/x_1", Invalid),
        (r#"{"extra_fields":{"custom1":"gold"}}"#, "/extra_fields/custom1", Invalid),
        (r#"{"x_1":"gold"}"#, "/x_1", Invalid),
        (r#"{"x_6":1}"#, "/x_6", Invalid),
        (r#"{"extra_fields":{"x_6":[1]}}"#, "/extra_fields/x_6", Invalid),
        (r#"{"extra_fields":{"x_6":{}}}"#, "/extra_fields/x_6", Invalid),
        // Fields of other kinds of records.
        (r#"{"role":"admin"}"#, "/role", Invalid),
        (r#"{"digest":"00"}"#, "/digest", Invalid),
        // A value of another kind is never made to fit.
        (r#"{"first_name":1}"#, "/first_name", Invalid),
        (r#"{"first_name":1.5}"#, "/first_name", Invalid),
        (r#"{"first_name":["Ada"]}"#, "/first_name", Invalid),
        (r#"{"first_name":{}}"#, "/first_name", Invalid),
        (r#"{"emails":"a@b.example"}"#, "/emails", Invalid),
        (r#"{"emails":[1]}"#, "/emails", Invalid),
        (r#"{"emails":{}}"#, "/emails", Invalid),
        (r#"{"emails":1.5}"#, "/emails", Invalid),
        (r#"{"locked":1}"#, "/locked", Invalid),
        (r#"{"locked":"true"}"#, "/locked", Invalid),
        (r#"{"locked":1.5}"#, "/locked", Invalid),
        (r#"{"company":"17"}"#, "/company", Invalid),
        (r#"{"company":17.0}"#, "/company", Invalid),
        (r#"{"company":-1}"#, "/company", Invalid),
        (r#"{"sms_quota":2147483648}"#, "/sms_quota", Invalid),
        (r#"{"sms_quota":99999999999999999999}"#, "/sms_quota", Invalid),
        (r#"{"id":{}}"#, "/id", Invalid),
        (r#"{"created_at":"yesterday"}"#, "/created_at", Invalid),
        (r#"{"password":""}"#, "/password", Invalid),
        (r#"{"password":12345678}"#, "/password", Invalid),
        (r#"{"address":{"country":"Norge"}}"#, "/address/country", Invalid),
        (&format!(r#"{{"first_name":"{}"}}"#, "ø".repeat(256)), "/first_name", TooLong),
    ] {
        assert_eq!(faults(body), [(pointer.to_owned(), reason)], "{body}");
    }
    let both = faults(r#"{"nmae":"Ada","phone":1,"city":"Oslo"}"#);
    assert_eq!(both.iter().map(|(pointer, _)| pointer.as_str()).collect::<Vec<_>>(), ["/nmae", "/phone", "/city"]);
    assert!(read("[]").is_err() && read("null").is_err() && read("\"a\"").is_err());
}

#[test]
fn only_what_differs_from_what_is_shown_is_an_edit() {
    let ada = customer(&[
        (Field::FirstName, "Ada".into()),
        (Field::LastName, "Byron".into()),
        (Field::Password, "$argon2id$".into()),
        (Field::Extra(6), 12.into()),
        (Field::Extra(7), "b".into()),
    ]);
    let set = |field, value: &str| Edit::Set(field, Some(value.into()));
    for (body, edits) in [
        (r#"{"name":"Ada Byron"}"#, vec![]),
        (r#"{"name":"Ada Byron","first_name":"Eve"}"#, vec![set(Field::FirstName, "Eve")]),
        (r#"{"name":"Countess"}"#, vec![set(Field::Name, "Countess")]),
        (r#"{"name":null}"#, vec![Edit::Set(Field::Name, None)]),
        (r#"{"status":"active"}"#, vec![]),
        (r#"{"status":null}"#, vec![]),
        (r#"{"locked":false,"emails":[],"phone":null,"note":""}"#, vec![]),
        (r#"{"address":null}"#, vec![]),
        (r#"{"extra_fields":{"x_6":12}}"#, vec![]),
        (r#"{"extra_fields":{"x_6":13}}"#, vec![Edit::Set(Field::Extra(6), Some(13.into()))]),
        (r#"{"extra_fields":null}"#, vec![Edit::Set(Field::Extra(6), None), Edit::Set(Field::Extra(7), None)]),
        (r#"{"password":"$argon2id$"}"#, vec![set(Field::Password, "$argon2id$")]),
        (r#"{"password":null}"#, vec![Edit::Set(Field::Password, None)]),
        (r#"{"id":10,"version":3,"updated_by":"tf_admin","created_at":"2023-11-14T23:13:20.000001+01:00"}"#, vec![]),
    ] {
        assert_eq!(read(body).unwrap().edits(&ada).unwrap(), edits, "{body}");
    }
    let mut edited = ada.clone();
    edited.apply(read(r#"{"address":{"line1":"a","city":"b"},"note":"c"}"#).unwrap().edits(&ada).unwrap()).unwrap();
    let cleared = read(r#"{"address":null}"#).unwrap().edits(&edited).unwrap();
    assert_eq!(cleared, [Edit::Set(Field::AddressLine1, None), Edit::Set(Field::City, None)]);
}

#[test]
fn what_the_server_sets_cannot_be_changed() {
    let stored = customer(&[]);
    let new = Customer(Arc::new(Record::new(Kind::Customer, Tenant::DEFAULT.part_of(11), 11)));
    for (body, field) in [
        (r#"{"id":11}"#, Field::Id),
        (r#"{"version":4}"#, Field::Version),
        (r#"{"version":null}"#, Field::Version),
        (r#"{"version":"3"}"#, Field::Version),
        (r#"{"updated_at":"2026-11-22T12:00:00Z"}"#, Field::UpdatedAt),
        (r#"{"updated_by":"me"}"#, Field::UpdatedBy),
    ] {
        let error = read(body).unwrap().edits(&stored).unwrap_err();
        assert_eq!((error.reason, error.at), (Reason::Invalid, Some(field)), "{body}");
    }
    // Not even the id that a new record is about to get.
    assert!(read(r#"{"id":11}"#).unwrap().edits(&new).is_err());
    assert_eq!(read(r#"{"id":null,"version":null,"created_at":null}"#).unwrap().edits(&new), Ok(vec![]));
}

#[test]
fn many_faults_are_cut_off() {
    let members: Vec<String> = (0..1_000).map(|n| format!("\"m{n}\":1")).collect();
    let body = format!("{{{}}}", members.join(","));
    assert_eq!(faults(&body).len(), 1_000);
    let problem = read(&body).unwrap_err();
    let said = format!("{problem:?}");
    assert!(said.contains("1000 members cannot be used") && said.len() < 10_000, "{said}");
}

fn text(max: usize) -> impl Strategy<Value = String> {
    let character = any::<char>().prop_filter("of the policy", |c| wire::text::is_allowed(*c));
    prop::collection::vec(character, 1..max.min(20)).prop_map(|characters| characters.into_iter().collect())
}

/// Any value that a field can hold.
fn value(field: Field) -> BoxedStrategy<Value> {
    match field.shape() {
        _ if matches!(field, Field::Extra(_)) => prop_oneof![
            text(20).prop_map(Value::Text),
            any::<i64>().prop_map(Value::Number),
            any::<bool>().prop_map(Value::Flag)
        ]
        .boxed(),
        Shape::Text { max } => text(max).prop_map(Value::Text).boxed(),
        Shape::Secret => text(20).prop_map(Value::Text).boxed(),
        Shape::Choice(list) => prop::sample::select(list).prop_map(Value::from).boxed(),
        Shape::Number { min, max } => (min..=max).prop_map(Value::Number).boxed(),
        Shape::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
        Shape::Emails { .. } => prop::collection::btree_set("[a-z0-9øé]{1,9}@[a-z.]{1,9}", 1..4)
            .prop_map(|emails| Value::Texts(emails.into_iter().collect()))
            .boxed(),
        Shape::Codes { .. } => prop::collection::btree_set(text(9), 1..4)
            .prop_map(|codes| Value::Texts(codes.into_iter().collect()))
            .boxed(),
        Shape::Country => prop::sample::select(vec!["NO", "ZA", "US", "deu"]).prop_map(Value::from).boxed(),
        Shape::Language => prop::sample::select(vec!["en", "nb-NO"]).prop_map(Value::from).boxed(),
        Shape::Reference(_) | Shape::Time | Shape::Envelope => (1..i64::MAX).prop_map(Value::Number).boxed(),
        Shape::References { .. } => Just(Value::Numbers(vec![3, 1])).boxed(),
    }
}

/// Any customer that can be stored and is there to be changed.
fn customers() -> impl Strategy<Value = Customer> {
    let extra = [1, 2, 5, 6, 7, 40_000].map(Field::Extra);
    let fields = Kind::Customer.fields().iter().copied().filter(|field| *field != Field::MergedInto);
    let fields: Vec<_> = fields.chain(extra).collect();
    let values: Vec<_> =
        fields.into_iter().map(|field| prop::option::of(value(field).prop_map(move |v| (field, v)))).collect();
    values.prop_map(|values| customer(&values.into_iter().flatten().collect::<Vec<_>>()))
}

/// Whether an update over a stored customer leaves anything to save.
fn changes(stored: &Customer, submission: Submitted) -> Result<bool, domain::Stop> {
    let caller = Caller { role: Role::Admin, ..Caller::anonymous(Tenant::DEFAULT) };
    let origin = String::new;
    let origin =
        Origin { dialect: origin(), operation: origin(), credential: origin(), client: origin(), request_id: origin() };
    let cx = Context { caller: Arc::new(caller), origin, now: Time(0), operation_id: [0; 16] };
    let mut set = WorkingSet::default();
    let place = (stored.kind, stored.part, stored.id);
    set.supply(Need::Record(place), Found::Record(Some(Record::clone(stored))));
    let who = vec![CustomerRef::Id(stored.id)];
    let update =
        UpdateCustomer { who, deleted: Deleted::Shown, respect_lock: false, expected_version: None, submission };
    let after = update.decide(&mut set, &cx)?;
    assert_eq!(after.version, stored.version);
    Ok(set.accept(&cx))
}

proptest! {
    #[test]
    fn what_is_shown_written_back_changes_nothing(customer in customers()) {
        let body = shown(&customer);
        let submitted = read(&body).unwrap();
        prop_assert_eq!(submitted.edits(&customer).unwrap(), vec![]);
        prop_assert!(!changes(&customer, submitted).unwrap(), "{}", body);
    }

    #[test]
    fn what_is_written_is_shown(before in customers(), wanted in customers()) {
        let mut submitted = read(&shown(&wanted)).unwrap();
        submitted.fields.retain(|(field, _)| field.shape() != Shape::Envelope);
        let mut after = before.clone();
        // A merge patch leaves alone what it does not name.
        after.apply(further_fields(&before).map(|field| Edit::Set(field, None)).collect()).unwrap();
        let edits = submitted.edits(&after).unwrap();
        after.apply(edits).unwrap();
        for (field, value) in &submitted.fields {
            prop_assert_eq!(Shown::field(&after, *field), Shown::in_record(*field, value.as_ref()), "{}", field);
        }
        prop_assert_eq!(after.text(Field::Password), before.text(Field::Password));
    }
}
