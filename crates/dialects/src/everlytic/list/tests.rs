use super::*;
use domain::filter::Filter;

fn listing(query: &str) -> Listing {
    parse(query).unwrap_or_else(|error| panic!("{query}: {error}"))
}

fn parse(query: &str) -> Result<Listing, Error> {
    let pairs = wire::form::parse(query.as_bytes(), &wire::form::Limits::default()).unwrap();
    Listing::of(pairs.iter().map(|(name, value)| (&**name, &**value)))
}

fn conditions(query: &str) -> Vec<(Field, Test)> {
    let Filter::All(all) = listing(query).operation.selection.filter else {
        panic!("{query}: not a list of conditions")
    };
    let plain = |filter| match filter {
        Filter::Where(condition) => (condition.field, condition.test),
        other => panic!("{query}: {other:?}"),
    };
    all.into_iter().map(plain).collect()
}

#[test]
fn pages_are_counted_from_one() {
    for (query, page, offset, limit) in [
        ("", 1, 0, 50),
        ("page=&count=", 1, 0, 50),
        ("page=3&count=10", 3, 20, 10),
        ("page=2&count=501", 2, 500, 500),
        ("page=1&page=2", 2, 50, 50),
        ("count=007", 1, 0, 7),
        ("page=99999999999999999999&count=500", i64::MAX as u64, u64::MAX, 500),
    ] {
        let Listing { page: found, operation } = listing(query);
        assert_eq!((found, operation.selection.offset, operation.selection.limit), (page, offset, limit), "{query}");
    }
    for query in ["page=0", "page=-1", "page=x", "count=0", "count=1.5", "count=%2B5"] {
        assert_eq!(parse(query).unwrap_err().reason, Reason::Invalid, "{query}");
    }
}

#[test]
fn any_property_orders() {
    for (query, order, descending) in [
        ("", Field::Id, false),
        ("order=&direction=", Field::Id, false),
        ("order=email&direction=DESC", Field::Emails, true),
        ("order=date_create&direction=desc", Field::CreatedAt, true),
        ("order=address", Field::AddressLine1, false),
        ("order=deleted", Field::Id, false),
        ("direction=ORDER_ASC", Field::Id, false),
        ("direction=ORDER_DESC", Field::Id, true),
    ] {
        let operation = listing(query).operation;
        assert_eq!(operation.selection.order, [Order { field: order, descending }], "{query}");
    }
    for query in ["order=nickname", "order=first_name", "order=id;drop", "direction=up", "direction=ORDER_"] {
        assert!(parse(query).is_err(), "{query}");
    }
}

#[test]
fn filters_are_what_properties_show() {
    let is = |field, value: &str| vec![(field, Test::Is(value.into()))];
    for (query, expected) in [
        ("filter[name]=Acme", is(Field::Name, "Acme")),
        ("filter%5Bname%5D=Acme", is(Field::Name, "Acme")),
        ("name=Acme", is(Field::Name, "Acme")),
        ("name=a&name=b", is(Field::Name, "b")),
        ("email=a%40x", is(Field::Emails, "a@x")),
        ("status=on", is(Field::Status, "active")),
        ("status=deleted", is(Field::Status, "deleted")),
        ("country=za", is(Field::Country, "ZA")),
        ("industry=E-commerce", vec![(Field::Industry, Test::AnyOf(vec![Some("e_commerce".into())]))]),
        ("postal_code=02134", is(Field::PostalCode, "02134")),
        ("id=007", vec![(Field::Id, Test::Is(7.into()))]),
        ("email_quota=0", vec![(Field::EmailQuota, Test::AnyOf(vec![Some(0.into()), None]))]),
        ("email_quota=5", vec![(Field::EmailQuota, Test::Is(5.into()))]),
        ("telephone=", vec![(Field::Phone, Test::Unset)]),
        ("name=Ac*", vec![(Field::Name, Test::Like("Ac*".to_owned()))]),
        ("name=*&id=*", vec![]),
        ("deleted=no", vec![(Field::Status, Test::IsNot("deleted".into()))]),
        ("nickname=x&page=1", vec![]),
    ] {
        assert_eq!(conditions(query), expected, "{query}");
    }
    let lines = conditions("address=One%20Way%0ASuite%205");
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[1], (Field::AddressLine2, Test::Is("Suite 5".into())));
    assert_eq!(lines[2], (Field::AddressLine3, Test::Unset));
    assert_eq!(conditions("name=a&filter[name]=b").len(), 2);
}

#[test]
fn deleted_customers_are_hidden_unless_asked_for() {
    for (query, deleted) in [
        ("", Deleted::Hidden),
        ("deleted=no", Deleted::Hidden),
        ("deleted=*", Deleted::Hidden),
        ("status=off", Deleted::Hidden),
        ("deleted=yes", Deleted::Shown),
        ("filter[status]=deleted", Deleted::Shown),
    ] {
        assert_eq!(listing(query).operation.deleted, deleted, "{query}");
    }
}

#[test]
fn an_industry_stands_for_all_its_meanings() {
    let holds = |query: &str, stored: Option<&str>| {
        conditions(query).into_iter().all(|(_, test)| match test {
            Test::AnyOf(values) => values.contains(&stored.map(Value::from)),
            other => panic!("{other:?}"),
        })
    };
    for name in INDUSTRIES.iter().map(|(name, _)| *name).chain([""]) {
        let query = wire::form::encode([("industry", name)]);
        for stored in choice::INDUSTRY.iter().copied().map(Some).chain([None]) {
            let shown = stored.map_or("", name_of);
            assert_eq!(holds(&query, stored), shown == name, "{name} of {stored:?}");
        }
    }
}

#[test]
fn refuses_what_no_customer_can_be_asked_for_by() {
    for query in [
        "filter[nickname]=x",
        "filter=x",
        "filter[name][x]=y",
        "filter[]=x",
        "name[]=x",
        "id=x",
        "id=",
        "email_quota=many",
        "date_create=1",
        "status=active",
        "status=",
        "deleted=1",
        "industry=Farming",
        "industry=Tech*",
        "country=Atlantis",
        "address=One*",
    ] {
        assert_eq!(parse(query).unwrap_err().reason, Reason::Invalid, "{query}");
    }
}
