use super::*;
use domain::choice;
use domain::record::Part;
use domain::{Kind, Record};
use proptest::prelude::*;
use std::sync::Arc;

fn customer(values: &[(Field, Value)]) -> Customer {
    let mut record = Record::new(Kind::Customer, Part(1), 7);
    record.version = 1;
    for (field, value) in values {
        record.set(*field, Some(value.clone())).unwrap();
    }
    Customer(Arc::new(record))
}

fn submitted(texts: &[(&str, &str)]) -> Properties {
    Properties::of(texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())))
}

fn shown(customer: &Customer, name: &str) -> String {
    match Property::named(name).unwrap().show(customer) {
        Shown::Text(text) => text.into_owned(),
        Shown::Number(number) => number.to_string(),
    }
}

/// The customer after what was submitted.
fn put(customer: &Customer, texts: &[(&str, &str)]) -> Result<Customer, Error> {
    let mut customer = customer.clone();
    let edits = submitted(texts).edits(&customer)?;
    customer.apply(edits)?;
    Ok(customer)
}

fn refused(customer: &Customer, texts: &[(&str, &str)]) -> Vec<(&'static str, String)> {
    let problems = submitted(texts).problems(customer);
    problems.into_iter().map(|problem| (problem.property, problem.sentence)).collect()
}

#[test]
fn every_property_is_there_once() {
    for (at, property) in PROPERTIES.iter().enumerate() {
        let found = PROPERTIES.iter().position(|other| other.name == property.name);
        assert_eq!(found, Some(at), "{}", property.name);
        let takes_text = matches!(property.field.shape(), domain::Shape::Text { .. } | domain::Shape::Country);
        assert!(property.mode != Mode::Text || takes_text, "{}", property.name);
        let counts = matches!(property.field.shape(), domain::Shape::Number { min: 0, max: MAX_NUMBER });
        assert_eq!(property.mode == Mode::Number, counts, "{}", property.name);
    }
    let meanings: Vec<_> = STATES.iter().map(|(_, meaning)| *meaning).collect();
    assert_eq!(meanings, choice::STATUS);
}

#[test]
fn shows_something_for_everything() {
    let empty = customer(&[]);
    for property in &PROPERTIES {
        let expected = match property.name {
            "id" => "7",
            "status" => "on",
            "deleted" => "no",
            _ if matches!(property.mode, Mode::Server | Mode::Number) => "0",
            _ => "",
        };
        assert_eq!(shown(&empty, property.name), expected, "{}", property.name);
    }
}

#[test]
fn a_derived_name_stays_derived_when_it_comes_back() {
    let ada = customer(&[(Field::FirstName, "Ada".into()), (Field::LastName, "Byron".into())]);
    assert_eq!(put(&ada, &[("name", "Ada Byron")]).unwrap(), ada);
    let renamed = put(&ada, &[("name", "Ada Lovelace")]).unwrap();
    assert_eq!((renamed.text(Field::Name), renamed.text(Field::LastName)), ("Ada Lovelace", "Byron"));
    let long = "x".repeat(255);
    let long = customer(&[(Field::FirstName, long.as_str().into()), (Field::LastName, long.as_str().into())]);
    assert_eq!(put(&long, &[("name", &shown(&long, "name"))]).unwrap(), long);
}

#[test]
fn what_only_others_can_say_survives() {
    let other = customer(&[
        (Field::Industry, "telecommunications".into()),
        (Field::AddressLine1, "a".into()),
        (Field::AddressLine3, "c".into()),
        (Field::AddressLine4, "d\ne\n".into()),
    ]);
    assert_eq!(shown(&other, "address"), "a\n\nc\nd\ne");
    let back = [("industry", ""), ("address", "a\n\nc\nd\ne"), ("email", ""), ("name", "")];
    assert_eq!(put(&other, &back).unwrap(), other);
    assert_eq!(put(&other, &[("address", "a\r\n\r\nc\r\nd\r\ne")]).unwrap(), other);
    let technology = customer(&[(Field::Industry, "technology".into())]);
    assert_eq!(shown(&technology, "industry"), "Technology & Science");
    assert_eq!(put(&technology, &[("industry", "Technology & Science")]).unwrap(), technology);
    let changed = put(&technology, &[("industry", "E-commerce")]).unwrap();
    assert_eq!(changed.text(Field::Industry), "e_commerce");
    assert_eq!(put(&technology, &[("industry", "")]).unwrap().text(Field::Industry), "");
}

#[test]
fn the_primary_address_is_replaced() {
    let emails = Value::Texts(vec!["a@x".into(), "b@x".into(), "c@x".into()]);
    let three = customer(&[(Field::Emails, emails)]);
    assert_eq!(put(&three, &[("email", "a@x")]).unwrap(), three);
    assert_eq!(put(&three, &[("email", "c@x")]).unwrap().texts(Field::Emails), ["c@x", "b@x"]);
    assert_eq!(put(&three, &[("email", "d@x")]).unwrap().texts(Field::Emails), ["d@x", "b@x", "c@x"]);
    assert_eq!(refused(&three, &[("email", "")]), [("email", "email is required and must not be empty".to_owned())]);
}

#[test]
fn status_and_deleted_are_one_thing() {
    for (present, sent, expected) in [
        ("active", &[("status", "on")][..], Ok("")),
        ("active", &[("status", "off")], Ok("off")),
        ("active", &[("deleted", "yes")], Ok("deleted")),
        ("active", &[("deleted", "no")], Ok("")),
        ("active", &[("deleted", "")], Ok("")),
        ("off", &[("deleted", "no")], Ok("off")),
        ("off", &[("status", "")], Ok("")),
        ("off", &[("status", ""), ("deleted", "no")], Ok("")),
        ("off", &[("status", ""), ("deleted", "yes")], Ok("deleted")),
        ("off", &[("status", "deleted"), ("deleted", "")], Ok("deleted")),
        ("off", &[("status", "deleted"), ("deleted", "yes")], Ok("deleted")),
        ("deleted", &[("deleted", "no")], Ok("active")),
        ("deleted", &[("deleted", "")], Ok("active")),
        ("deleted", &[("status", "suspended")], Ok("suspended")),
        ("deleted", &[("status", "off"), ("deleted", "no")], Ok("off")),
        ("deleted", &[("status", ""), ("deleted", "yes")], Ok("deleted")),
        ("deleted", &[("status", ""), ("deleted", "")], Ok("")),
        ("deleted", &[("status", "deleted"), ("deleted", "yes")], Ok("deleted")),
        ("active", &[("status", "on"), ("deleted", "yes")], Err("status")),
        ("active", &[("deleted", "no"), ("status", "deleted")], Err("status")),
        ("deleted", &[("status", "deleted"), ("deleted", "no")], Err("status")),
        ("active", &[("status", "active")], Err("status")),
        ("active", &[("status", "ON")], Err("status")),
        ("active", &[("deleted", "1")], Err("deleted")),
        ("active", &[("status", "deleted"), ("deleted", "true")], Err("deleted")),
    ] {
        let value = (present != "active").then(|| (Field::Status, present.into()));
        let before = customer(value.as_slice());
        let after = put(&before, sent).map(|after| after.text(Field::Status).to_owned());
        let problems = refused(&before, sent);
        assert_eq!(after.map_err(|_| problems[0].0), expected.map(str::to_owned), "{present} {sent:?}");
        assert_eq!(problems.len(), usize::from(expected.is_err()));
    }
}

#[test]
fn numbers_are_decimal_digits() {
    let five = customer(&[(Field::EmailQuota, 5.into())]);
    for (text, stored) in
        [("5", Some(5)), ("005", Some(5)), ("0", Some(0)), ("", None), ("2147483647", Some(MAX_NUMBER))]
    {
        assert_eq!(put(&five, &[("email_quota", text)]).unwrap().number(Field::EmailQuota), stored, "{text:?}");
    }
    for text in ["-1", "+5", "1.5", "5.0", "1e3", "12abc", " 5", "2147483648", "99999999999999999999", "٣", "0x5"] {
        let sentence = "email_quota must be a whole number from 0 to 2147483647".to_owned();
        assert_eq!(refused(&five, &[("email_quota", text)]), [("email_quota", sentence)], "{text:?}");
    }
    let unset = customer(&[]);
    assert_eq!(put(&unset, &[("email_quota", "0"), ("sms_quota", "")]).unwrap(), unset);
}

#[test]
fn an_id_may_only_repeat_the_address() {
    let seven = customer(&[]);
    for text in ["7", "007", ""] {
        assert_eq!(put(&seven, &[("id", text), ("date_create", "1"), ("nickname", "x")]).unwrap(), seven);
    }
    for text in ["8", "x", "0"] {
        let sentence = "id contradicts the path: this is customer 7".to_owned();
        assert_eq!(refused(&seven, &[("id", text)]), [("id", sentence)]);
    }
}

#[test]
fn a_new_customer_needs_a_name_and_an_address() {
    let new = Customer(Arc::new(Record::new(Kind::Customer, Part(1), 7)));
    let names = |texts| refused(&new, texts).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(&[]), ["name", "email"]);
    assert_eq!(names(&[("name", ""), ("email", "a@x")]), ["name"]);
    assert_eq!(names(&[("name", "A"), ("email", "a")]), ["email"]);
    assert_eq!(names(&[("name", "A"), ("email", "a@x"), ("id", "9")]), Vec::<&str>::new());
    let made = put(&new, &[("name", "A"), ("email", "a@x"), ("status", "on")]).unwrap();
    assert_eq!(
        (shown(&made, "name"), shown(&made, "email"), shown(&made, "status")),
        ("A".into(), "a@x".into(), "on".into())
    );
}

#[test]
fn all_problems_are_told_at_once_in_the_vendors_names() {
    let long = "x".repeat(256);
    let told = refused(
        &customer(&[]),
        &[
            ("name", &long),
            ("telephone", &long),
            ("postal_code", "\u{1}"),
            ("address", &format!("a\n{long}")),
            ("country", "Atlantis"),
            ("industry", "Technology"),
            ("sms_quota", "many"),
            ("email", "nobody"),
            ("unique_id", "fine"),
        ],
    );
    let begins = |(name, sentence): &(&'static str, String)| (*name, sentence.chars().take(24).collect::<String>());
    assert_eq!(
        told.iter().map(begins).collect::<Vec<_>>(),
        [
            ("name", "name is longer than 255 ".to_owned()),
            ("telephone", "telephone is longer than".to_owned()),
            ("postal_code", "postal_code holds the ch".to_owned()),
            ("address", "address line 2 is longer".to_owned()),
            ("country", "country must be a countr".to_owned()),
            ("industry", "industry must be one of ".to_owned()),
            ("sms_quota", "sms_quota must be a whol".to_owned()),
            ("email", "email: An e-mail address".to_owned()),
        ]
    );
}

#[test]
fn a_taken_value_is_told_under_its_property() {
    let text = "unique_id \"ACME-7\" belongs to another customer";
    let error = Error::new(Reason::AlreadyExists, text).at(Field::UniqueId);
    assert_eq!(Problem::of(&error), Some(Problem { property: "unique_id", sentence: text.to_owned() }));
    assert_eq!(Problem::of(&Error::new(Reason::Invalid, "x").at(Field::Note)), None);
    assert_eq!(Problem::of(&Error::not_found("x")), None);
}

/// Texts that some field may hold, and some that none may.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-cå ,&<\n\r]{0,12}",
        1 => Just(String::new()),
        1 => "\\PC{0,20}",
        1 => "[a-z]{1,3}@[a-z]{1,3}",
        1 => "0{0,2}[0-9]{1,11}",
        1 => prop::sample::select(vec!["NO", "za", "Norway", "on", "off", "deleted", "yes", "no", "x\r\ny\r\n\r\n"])
            .prop_map(str::to_owned),
        1 => prop::sample::select(industry::INDUSTRIES).prop_map(|(name, _)| name.to_owned()),
        1 => (250_usize..260).prop_map(|length| "ø".repeat(length)),
    ]
}

fn value(field: Field) -> BoxedStrategy<Value> {
    match field.shape() {
        domain::Shape::Choice(list) => prop::sample::select(list).prop_map(Value::from).boxed(),
        domain::Shape::Number { .. } => (0..=MAX_NUMBER).prop_map(Value::from).boxed(),
        domain::Shape::Emails { .. } => prop::collection::vec("[a-z]{1,2}@[a-z]", 1..4).prop_map(Value::Texts).boxed(),
        _ => text().prop_map(Value::from).boxed(),
    }
}

/// A stored customer of whom any part may be set, also what other dialects alone can set.
fn any_customer() -> impl Strategy<Value = Customer> {
    let fields = Kind::Customer.fields().iter().copied();
    let values: Vec<_> = fields.map(|field| prop::option::of(value(field)).prop_map(move |v| (field, v))).collect();
    values.prop_map(|values| {
        let mut record = Record::new(Kind::Customer, Part(1), 7);
        record.version = 1;
        for (field, value) in values {
            let _ = record.set(field, value);
        }
        Customer(Arc::new(record))
    })
}

/// What a text that was accepted shows as.
fn normal(property: &Property, text: &str, sent: &Properties) -> String {
    match property.mode {
        Mode::Number => whole_number(text).unwrap_or(0).to_string(),
        Mode::Address => text.replace("\r\n", "\n").trim_end_matches('\n').to_owned(),
        Mode::Text if property.field == Field::Country => {
            match property.field.shape().admit(property.field, text.into()).unwrap() {
                Some(Value::Text(code)) => code,
                _ => String::new(),
            }
        }
        Mode::Status if text.is_empty() => if sent.get("deleted") == Some("yes") { "deleted" } else { "on" }.to_owned(),
        Mode::Deleted if text.is_empty() => if sent.get("status") == Some("deleted") { "yes" } else { "no" }.to_owned(),
        _ => text.to_owned(),
    }
}

proptest! {
    /// What is shown, written back, changes nothing.
    #[test]
    fn get_put(customer in any_customer(), names in prop::sample::subsequence(PROPERTIES.iter().map(|p| p.name).collect::<Vec<_>>(), 0..=21)) {
        let sent = names.iter().map(|name| ((*name).to_owned(), shown(&customer, name)));
        let sent = Properties::of(sent);
        prop_assert_eq!(sent.edits(&customer).unwrap(), vec![]);
        prop_assert_eq!(sent.problems(&customer), vec![]);
    }

    /// What is accepted is shown; what is not named stays.
    #[test]
    fn put_get(
        customer in any_customer(),
        sent in prop::collection::vec((prop::sample::select(&PROPERTIES[1..19]), text()), 0..4),
    ) {
        let sent = Properties::of(sent.into_iter().map(|(property, text)| (property.name.to_owned(), text)));
        let mut after = customer.clone();
        let outcome = sent.edits(&customer).and_then(|edits| after.apply(edits));
        prop_assert_eq!(outcome.is_err(), !sent.problems(&customer).is_empty());
        if outcome.is_ok() {
            for property in &PROPERTIES {
                let (before, after) = (shown(&customer, property.name), shown(&after, property.name));
                match sent.get(property.name) {
                    Some(text) if text != before => prop_assert_eq!(after, normal(property, text, &sent)),
                    Some(_) => prop_assert_eq!(after, before),
                    None if property.field == Field::Status => {}
                    None => prop_assert_eq!(after, before),
                }
            }
            // The lens cannot touch what it does not show.
            for field in [Field::FirstName, Field::LastName, Field::City, Field::Note, Field::Username, Field::Locked] {
                prop_assert_eq!(customer.values.get(field), after.values.get(field));
            }
        }
    }
}
