use super::*;
use domain::Value;
use domain::filter::{Condition, Test};
use proptest::prelude::*;

fn customers(text: &str) -> Filter {
    parse(Kind::Customer, text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn test(field: Field, test: Test) -> Filter {
    Filter::Where(Condition::new(field, test))
}

fn entry(field: Field, one: Test) -> Filter {
    test(field, Test::Entry(Box::new(one)))
}

fn not(filter: Filter) -> Filter {
    Filter::Not(Box::new(filter))
}

#[test]
fn every_test_has_a_form() {
    for (text, filter) in [
        ("", Filter::All(vec![])),
        ("  \n", Filter::All(vec![])),
        ("address.city = Oslo", test(Field::City, Test::Is("Oslo".into()))),
        ("address.city=\"Oslo\"", test(Field::City, Test::Is("Oslo".into()))),
        (r#"name = "a \"b\" \\ 'c'""#, test(Field::Name, Test::Is(r#"a "b" \ 'c'"#.into()))),
        (r"name = 'a \'b\' \\'", test(Field::Name, Test::Is(r"a 'b' \".into()))),
        ("name != null", not(test(Field::Name, Test::Unset))),
        ("name = NULL", test(Field::Name, Test::Unset)),
        ("name = ''", test(Field::Name, Test::Unset)),
        ("name = \"null\"", test(Field::Name, Test::Is("null".into()))),
        ("name != Ada", test(Field::Name, Test::IsNot("Ada".into()))),
        ("name ~ øv", test(Field::Name, Test::Contains("øv".into()))),
        ("name ^= 客户", test(Field::Name, Test::StartsWith("客户".into()))),
        ("name LIKE 'a*b'", test(Field::Name, Test::Like("a*b".into()))),
        ("email_quota < 10", test(Field::EmailQuota, Test::Less(10.into()))),
        ("email_quota<=-1", test(Field::EmailQuota, Test::AtMost((-1).into()))),
        ("id > 7", test(Field::Id, Test::Greater(7.into()))),
        ("name >= B", test(Field::Name, Test::AtLeast("B".into()))),
        ("company = 17", test(Field::Company, Test::Is(17.into()))),
        ("created_at >= 1970-01-02", test(Field::CreatedAt, Test::AtLeast(86_400_000_000.into()))),
        ("updated_at < 1970-01-01T00:00:01Z", test(Field::UpdatedAt, Test::Less(1_000_000.into()))),
        ("updated_by = admin", test(Field::UpdatedBy, Test::Is("admin".into()))),
        ("locked = true", test(Field::Locked, Test::Is(true.into()))),
        ("locked = false", test(Field::Locked, Test::Unset)),
        ("locked != true", test(Field::Locked, Test::IsNot(true.into()))),
        ("locked != false", test(Field::Locked, Test::Is(true.into()))),
        ("address.country = norway", test(Field::Country, Test::Is("NO".into()))),
        ("status in (off, null)", test(Field::Status, Test::AnyOf(vec![Some("off".into()), None]))),
        ("emails = a@b", entry(Field::Emails, Test::Is("a@b".into()))),
        ("emails != a@b", not(entry(Field::Emails, Test::Is("a@b".into())))),
        ("emails = null", test(Field::Emails, Test::Unset)),
        ("order_ids in (a)", entry(Field::OrderIds, Test::AnyOf(vec![Some("a".into())]))),
        ("custom1 = 7", test(Field::Extra(1), Test::Is("7".into()))),
        ("x_6 > 7", test(Field::Extra(6), Test::Greater("7".into()))),
        (
            "shared(emails) or shared(name, phone)",
            Filter::Any(vec![Filter::Shared(vec![Field::Emails]), Filter::Shared(vec![Field::Name, Field::Phone])]),
        ),
        ("not locked = true", not(test(Field::Locked, Test::Is(true.into())))),
    ] {
        assert_eq!(customers(text), filter, "{text}");
        assert_eq!(customers(&print(&filter)), filter, "{text}");
    }
    assert_eq!(parse(Kind::Ticket, "customer = 10").unwrap(), test(Field::CustomerId, Test::Is(10.into())));
}

#[test]
fn and_binds_more_than_or() {
    let is = |name: &str| test(Field::Name, Test::Is(name.into()));
    let (a, b, c) = (is("a"), is("b"), is("c"));
    for (text, filter) in [
        ("name = a and name = b or name = c", Filter::Any(vec![Filter::All(vec![a.clone(), b.clone()]), c.clone()])),
        ("name = a AND (name = b Or name = c)", Filter::All(vec![a.clone(), Filter::Any(vec![b.clone(), c.clone()])])),
        ("not name = a and name = b", Filter::All(vec![not(a.clone()), b.clone()])),
        ("not (name = a or name = b)", not(Filter::Any(vec![a.clone(), b.clone()]))),
        ("(((name = a)))", a.clone()),
        ("(name = a and name = b) and name = c", Filter::All(vec![Filter::All(vec![a, b]), c])),
    ] {
        assert_eq!(customers(text), filter, "{text}");
        assert_eq!(customers(&print(&filter)), filter, "{text}");
    }
}

#[test]
fn errors_point_at_their_place() {
    for (text, position, part) in [
        ("adress.city = Oslo", 1, "did you mean address.city?"),
        ("name = Løvås and city = Oslo", 18, "did you mean address.city?"),
        ("colour = red", 1, "a customer has no field \"colour\""),
        ("password = x", 1, "a customer has no field \"password\""),
        ("title = x", 1, "no field"),
        ("name", 5, "must follow name, not the end"),
        ("name Ada", 6, "not \"Ada\""),
        ("shared name", 8, "\"(\" must follow"),
        ("shared(name", 12, "\",\" must follow"),
        ("shared(nam)", 8, "did you mean name?"),
        ("shared(password)", 8, "no field"),
        ("shared(order_ids)", 8, "is a list"),
        ("shared(name, name)", 14, "there twice"),
        ("name ! Ada", 6, "not \"!\""),
        ("name = ", 8, "a value must follow"),
        ("name = and", 8, "a text that says so is quoted"),
        ("name = a name = b", 10, "\"and\", \"or\" or the end must follow"),
        ("name = 'a", 8, "not closed"),
        ("name = 'it''s'", 12, "the end must follow, not the text"),
        (r"name = 'a\n'", 10, "a backslash"),
        ("(name = a", 10, "\")\" must follow"),
        ("name = a)", 9, "the end must follow"),
        ("name in a", 9, "\"(\" must follow"),
        ("name in ()", 10, "a value must follow"),
        ("name in (a b)", 12, "\",\" must follow"),
        ("and name = a", 1, "a field must follow"),
        ("email_quota = many", 15, "a whole number"),
        ("email_quota = 99999999999999999999", 15, "a whole number"),
        ("email_quota ~ 1", 15, "for texts"),
        ("id ^= 1", 7, "for texts"),
        ("created_at > yesterday", 14, "a time such as"),
        ("created_at ~ 2026", 14, "for texts"),
        ("locked = yes", 10, "true or false"),
        ("locked > true", 10, "only = and !="),
        ("status = activ", 10, "did you mean active?"),
        ("status = x", 10, "active, off, suspended, deleted"),
        ("address.country = Atlantis", 19, "must be a country"),
        ("name < null", 8, "nothing is less"),
        ("name ~ ''", 8, "some text must follow"),
        ("emails in (a, null)", 15, "never null"),
    ] {
        let error = parse(Kind::Customer, text).expect_err(text);
        assert_eq!(error.position, position, "{text}: {error}");
        assert!(error.message.contains(part), "{text}: {error}");
    }
    assert!(parse(Kind::Tenant, "x_6 = 1").is_err());
    let refusal = parse(Kind::Customer, "name").unwrap_err().refusal("filter");
    assert!(refusal.message.starts_with("filter, at character 5: "), "{refusal}");
}

#[test]
fn there_are_limits() {
    assert!(parse(Kind::Customer, &format!("name = {}", "a".repeat(MAX_LENGTH - 7))).is_ok());
    assert!(parse(Kind::Customer, &format!("name = {}", "a".repeat(MAX_LENGTH - 6))).is_err());
    for nested in ["(", "not "] {
        let filter =
            |depth: usize| format!("{}id=1{}", nested.repeat(depth), ")".repeat(if nested == "(" { depth } else { 0 }));
        assert!(parse(Kind::Customer, &filter(MAX_DEPTH - 1)).is_ok());
        assert!(parse(Kind::Customer, &filter(MAX_DEPTH)).is_err());
        assert!(parse(Kind::Customer, &nested.repeat(MAX_LENGTH / nested.len())).is_err());
    }
    assert!(parse(Kind::Customer, &vec!["id=1"; MAX_TESTS].join(" or ")).is_ok());
    assert!(parse(Kind::Customer, &vec!["id=1"; MAX_TESTS + 1].join(" or ")).is_err());
}

#[test]
fn orders_are_read_and_written() {
    let by = |field, descending| Order { field, descending };
    for (text, order) in [
        ("", vec![]),
        ("name", vec![by(Field::Name, false)]),
        ("-updated_at,id", vec![by(Field::UpdatedAt, true), by(Field::Id, false)]),
        (
            " -address.city , x_6,emails",
            vec![by(Field::City, true), by(Field::Extra(6), false), by(Field::Emails, false)],
        ),
    ] {
        assert_eq!(parse_order(Kind::Customer, text).unwrap(), order, "{text}");
        assert_eq!(parse_order(Kind::Customer, &print_order(&order)).unwrap(), order, "{text}");
    }
    for (text, position, part) in [
        ("nme", 1, "did you mean name?"),
        ("name,,id", 6, "no field \"\""),
        ("name,name", 6, "twice"),
        ("name,-name", 6, "twice"),
        ("--name", 1, "no field"),
        ("+name", 1, "no field"),
        ("password", 1, "no field"),
        ("order_ids", 1, "a list"),
        ("name,phone,note,id,version", 20, "at most 4"),
    ] {
        let error = parse_order(Kind::Customer, text).expect_err(text);
        assert_eq!(error.position, position, "{text}: {error}");
        assert!(error.message.contains(part), "{text}: {error}");
    }
}

/// Filters as they are read.
fn filters() -> impl Strategy<Value = Filter> {
    let text = || "[^\\x00]{1,12}";
    let value = move |field: Field| match field {
        Field::EmailQuota | Field::Id => any::<i64>().prop_map(Value::from).boxed(),
        Field::CreatedAt => (-60_000_000_000_000_000_i64..250_000_000_000_000_000).prop_map(Value::from).boxed(),
        _ => text().prop_map(Value::from).boxed(),
    };
    let fields = prop::sample::select(vec![
        Field::Name,
        Field::City,
        Field::EmailQuota,
        Field::Id,
        Field::CreatedAt,
        Field::Emails,
        Field::Extra(2),
        Field::Extra(77),
    ]);
    let leaf = fields.prop_flat_map(move |field| {
        let list = parse::is_list(field);
        let texts = !matches!(field, Field::EmailQuota | Field::Id | Field::CreatedAt);
        let wrap = move |one: Test| test(field, if list { Test::Entry(Box::new(one)) } else { one });
        let member = value(field).prop_map(Some);
        let member = if list { member.boxed() } else { prop_oneof![5 => member, 1 => Just(None)].boxed() };
        let of_any = prop_oneof![
            Just(test(field, Test::Unset)),
            value(field).prop_map(Test::Is).prop_map(wrap),
            value(field).prop_map(Test::Less).prop_map(wrap),
            value(field).prop_map(Test::AtMost).prop_map(wrap),
            value(field).prop_map(Test::Greater).prop_map(wrap),
            value(field).prop_map(Test::AtLeast).prop_map(wrap),
            prop::collection::vec(member, 1..4).prop_map(Test::AnyOf).prop_map(wrap),
            value(field).prop_map(move |value| match list {
                true => not(wrap(Test::Is(value))),
                false => wrap(Test::IsNot(value)),
            }),
        ];
        let of_text = prop_oneof![
            text().prop_map(Test::Contains).prop_map(wrap),
            text().prop_map(Test::StartsWith).prop_map(wrap),
            text().prop_map(Test::Like).prop_map(wrap),
        ];
        if texts { prop_oneof![2 => of_any, 1 => of_text].boxed() } else { of_any.boxed() }
    });
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Any),
            inner.prop_map(not),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_printed_reads_the_same(filter in filters()) {
        let text = print(&filter);
        prop_assume!(text.len() <= MAX_LENGTH);
        prop_assert_eq!(parse(Kind::Customer, &text), Ok(filter), "{}", text);
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,60}") {
        for kind in Kind::ALL {
            let _ = (parse(kind, &text), parse_order(kind, &text));
        }
    }

    #[test]
    fn what_reads_prints_and_reads_the_same(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "name", "emails", "locked", "id", "=", "!=", "<", ">=", "~", "^=", "like", "in", "(", ")", ",", "and", "or",
                "not", "null", "true", "7", "'a b'", "\"\\\\\"", "ø", "!",
            ]),
            0..14,
        ),
    ) {
        let text = words.join(" ");
        match parse(Kind::Customer, &text) {
            Ok(filter) => prop_assert_eq!(parse(Kind::Customer, &print(&filter)), Ok(filter)),
            Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&error.position)),
        }
    }
}
