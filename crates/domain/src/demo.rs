//! The demo data: what `serve --demo` puts into an empty store, the same on every machine.

use crate::field::Field as F;
use crate::kind::Kind;
use crate::operation::NewRecord;
use crate::value::Value;

/// The first of the generated people.
pub const FIRST_PERSON: i64 = 1_001;

/// Generated people when nobody says how many.
pub const PEOPLE: i64 = 200;

/// What the demo data needs from outside, since a record holds no secret as it is.
pub struct Secrets<'a> {
    /// The digest of a key.
    pub digest: &'a dyn Fn(&str) -> String,
    /// The slow hash of a password.
    pub hash: &'a dyn Fn(&str) -> String,
}

fn new<const N: usize>(kind: Kind, id: i64, values: [(F, Value); N]) -> NewRecord {
    NewRecord { kind, id, values: values.into() }
}

fn texts<const N: usize>(texts: [&str; N]) -> Value {
    Value::Texts(texts.map(str::to_owned).into())
}

/// Everything but the generated people, in an order in which each refers only to earlier ones.
pub fn records(secrets: &Secrets<'_>) -> Vec<NewRecord> {
    let mut all = vec![new(Kind::Tenant, 1, [(F::Name, "default".into()), (F::Buckets, 1.into())])];
    all.extend(credentials(secrets));
    all.extend(definitions());
    all.extend(customers(secrets));
    all.extend(tickets());
    all.extend(languages());
    all
}

/// A user, and the name of the keys that stand for a sign-in of theirs.
const BING: &str = "demo_bing";

fn credentials(secrets: &Secrets<'_>) -> Vec<NewRecord> {
    let (demo, banken) = ((secrets.hash)("demo"), (secrets.hash)("banken"));
    let users = [
        ("admin", &demo, "admin", texts(["native", "console"])),
        ("egon", &banken, "admin", texts(["superoffice"])),
        ("ida", &banken, "viewer", texts(["superoffice"])),
        (BING, &banken, "admin", texts(["bing_ads"])),
        ("demo_reseller", &banken, "admin", texts(["bing_ads"])),
        ("demo_manager", &banken, "agent", texts(["bing_ads"])),
    ];
    let keys = [
        ("demo-admin", "demo-admin-token", "admin", "native"),
        ("demo-read", "demo-read-token", "viewer", "native"),
        ("demo", "0123456789abcdef0123456789ABCDEF_1", "agent", "everlytic"),
        ("viewer", "fedcba9876543210fedcba9876543210_2", "viewer", "everlytic"),
        ("tf_admin", "44b5498dbcb481a0d00b404c0169af62", "admin", "trackfinity"),
        ("tf_viewer", "00000000000000000000000000000001", "viewer", "trackfinity"),
        ("developer", "BBD37VB98", "viewer", "bing_ads"),
        (BING, "demo-token", "admin", "bing_ads"),
        (BING, "demo-expired", "admin", "bing_ads"),
    ];
    let bing_roles = [("demo_reseller", "aggregator"), ("demo_manager", "account_manager")];
    let users = users.into_iter().zip(1..).map(|((name, password, role, dialects), id)| {
        let password = password.as_str().into();
        let mut record = new(
            Kind::User,
            id,
            [
                (F::Username, name.into()),
                (F::Password, password),
                (F::Role, role.into()),
                (F::Dialects, dialects),
                (F::LoopbackOnly, true.into()),
            ],
        );
        let bing_role = bing_roles.iter().find(|(known, _)| *known == name);
        record.values.extend(bing_role.map(|(_, role)| (F::BingRole, (*role).into())));
        record
    });
    let keys = keys.into_iter().zip(1..).map(|((name, key, role, dialect), id)| {
        let digest = (secrets.digest)(key).into();
        let mut record = new(
            Kind::Key,
            id,
            [
                (F::Username, name.into()),
                (F::Digest, digest),
                (F::Role, role.into()),
                (F::Dialects, texts([dialect])),
                (F::LoopbackOnly, true.into()),
            ],
        );
        if name == BING {
            record.values.push((F::UserId, 4.into()));
        }
        if key == "demo-expired" {
            record.values.push((F::ExpiresAt, 1.into()));
        }
        record
    });
    users.chain(keys).collect()
}

fn definitions() -> Vec<NewRecord> {
    let extra = [
        ("customer", 1, "custom1", "text", true),
        ("customer", 2, "custom2", "text", true),
        ("customer", 3, "custom3", "text", true),
        ("customer", 4, "custom4", "text", true),
        ("customer", 5, "custom5", "text", true),
        ("customer", 6, "Score", "integer", true),
        ("customer", 7, "Segment", "text", false),
        ("ticket", 1, "Severity", "text", true),
        ("ticket", 2, "Cost", "float", false),
        ("company", 1, "Region", "text", true),
    ];
    let extra = extra.into_iter().zip(1..).map(|((domain, number, name, shape, external), id)| {
        new(
            Kind::ExtraField,
            id,
            [
                (F::Domain, domain.into()),
                (F::Number, number.into()),
                (F::Name, name.into()),
                (F::Shape, shape.into()),
                (F::External, external.into()),
            ],
        )
    });
    let named = |kind, id, name: &str, rest: Vec<(F, Value)>| {
        let values = std::iter::once((F::Name, name.into())).chain(rest).collect();
        NewRecord { kind, id, values }
    };
    let external = |flag: bool| (F::External, Value::Flag(flag));
    let order = |number: i64| (F::SortOrder, Value::Number(number));
    let below_general = (F::Parent, Value::Number(1));
    let rest = [
        named(Kind::Company, 17, "Nordlys AS", vec![]),
        named(Kind::Company, 23, "Fjell & Fjord AS", vec![]),
        named(Kind::Category, 1, "General", vec![external(true)]),
        named(Kind::Category, 23, "Servers", vec![external(true), below_general.clone()]),
        named(Kind::Category, 24, "Security", vec![external(false), below_general]),
        named(Kind::Priority, 1, "Low", vec![external(true), order(10)]),
        named(Kind::Priority, 2, "Normal", vec![external(true), order(20)]),
        named(Kind::Priority, 3, "High", vec![external(true), order(30)]),
        named(Kind::Priority, 4, "Escalated", vec![external(false), order(40)]),
    ];
    extra.chain(rest).collect()
}

fn customers(secrets: &Secrets<'_>) -> Vec<NewRecord> {
    let pw = (secrets.hash)("pw");
    let customer = |id, values: Vec<(F, Value)>| NewRecord { kind: Kind::Customer, id, values };
    vec![
        customer(
            7,
            vec![
                (F::Name, "Acme Mailers".into()),
                (F::Emails, texts(["hello@acme.example"])),
                (F::Phone, "+27115551234".into()),
                (F::PostalCode, "02134".into()),
                (F::UniqueId, "ACME-7".into()),
                (F::Industry, "retail_and_wholesale".into()),
                (F::Country, "ZA".into()),
                (F::Status, "active".into()),
            ],
        ),
        customer(
            10,
            vec![
                (F::FirstName, "John".into()),
                (F::LastName, "Doe".into()),
                (F::Emails, texts(["john.doe@example.com", "jd@old.example"])),
                (F::Phone, "021 555".into()),
                (F::Username, "johndoe".into()),
                (F::Password, pw.as_str().into()),
                (F::Company, 17.into()),
            ],
        ),
        customer(
            11,
            vec![
                (F::FirstName, "Jane".into()),
                (F::LastName, "Roe".into()),
                (F::Emails, texts(["jane@example.com"])),
                (F::Username, "janeroe".into()),
                (F::Password, pw.as_str().into()),
                (F::Company, 17.into()),
            ],
        ),
        customer(
            100,
            vec![
                (F::Name, "Contoso Ltd".into()),
                (F::AddressLine1, "One Way".into()),
                (F::AddressLine2, "Suite 5".into()),
                (F::City, "Redmond".into()),
                (F::Region, "WA".into()),
                (F::PostalCode, "98052".into()),
                (F::Country, "US".into()),
                (F::Industry, "technology".into()),
                (F::MarketCountry, "US".into()),
                (F::MarketLanguage, "en".into()),
            ],
        ),
        customer(
            191,
            vec![
                (F::FirstName, "Ada".into()),
                (F::LastName, "Byron".into()),
                (F::Emails, texts(["ada@example.com"])),
                (F::SubscriptionIds, texts(["SUB-191"])),
                (F::OrderIds, texts(["ORD-191"])),
                (F::Extra(1), "gold".into()),
            ],
        ),
        customer(
            192,
            vec![(F::Name, "Løvås & Sønner <Bygg>".into()), (F::Note, "Ring før kl. 9 🎿\nSnakker også 客户".into())],
        ),
    ]
}

fn tickets() -> Vec<NewRecord> {
    let ticket = |id, customer: i64, title: &str, external: bool, category: i64| {
        new(
            Kind::Ticket,
            id,
            [
                (F::CustomerId, customer.into()),
                (F::Title, title.into()),
                (F::External, external.into()),
                (F::CategoryId, category.into()),
                (F::PriorityId, 2.into()),
                (F::TicketStatus, "open".into()),
            ],
        )
    };
    let message = |id, ticket: i64, author: &str, text: &str, external: bool| {
        new(
            Kind::Message,
            id,
            [
                (F::TicketId, ticket.into()),
                (F::Author, author.into()),
                (F::Text, text.into()),
                (F::External, external.into()),
            ],
        )
    };
    vec![
        ticket(500, 10, "Cannot log in", true, 23),
        ticket(501, 10, "Audit", false, 24),
        ticket(502, 11, "Invoice address", true, 1),
        message(1, 500, "John Doe", "The portal says that my password is wrong.", true),
        message(2, 500, "egon", "I have sent you a new one.", true),
        message(3, 501, "egon", "Check who changed this record.", false),
        message(4, 502, "Jane Roe", "Please send invoices to our new address.", true),
    ]
}

fn languages() -> impl Iterator<Item = NewRecord> {
    let languages = [("en", "English"), ("no", "Norwegian"), ("sv", "Swedish"), ("de", "German")];
    let language = |((code, name), id): ((&str, &str), i64)| {
        new(Kind::Language, id, [(F::Code, code.into()), (F::Name, name.into())])
    };
    languages.into_iter().zip(1..).map(language)
}

/// Generated people with ids from `first`, in order.
pub fn people(first: i64, count: i64) -> impl Iterator<Item = NewRecord> {
    (first..first.saturating_add(count)).map(person)
}

fn person(id: i64) -> NewRecord {
    const FIRST: [&str; 16] = [
        "Anna", "Bjørn", "Carla", "David", "Elin", "Farid", "Greta", "Hans", "Ines", "Jonas", "Kari", "Lars", "Mona",
        "Nils", "Olga", "Per",
    ];
    const LAST: [&str; 15] = [
        "Andersen", "Berg", "Costa", "Dahl", "Eriksen", "Fischer", "García", "Hansen", "Ivanova", "Jensen", "Krüger",
        "Lund", "Müller", "Nguyen", "Olsen",
    ];
    const PLACES: [(&str, &str, &str); 7] = [
        ("Oslo", "0150", "NO"),
        ("Bergen", "5003", "NO"),
        ("Stockholm", "11122", "SE"),
        ("Berlin", "10115", "DE"),
        ("Cape Town", "8001", "ZA"),
        ("Boston", "02134", "US"),
        ("London", "EC1A 1BB", "GB"),
    ];
    // Lengths that share no factor, so that combinations repeat late.
    let pick = |length: usize| usize::try_from(id.rem_euclid(length as i64)).unwrap_or(0);
    let (first, last) = (FIRST[pick(FIRST.len())], LAST[pick(LAST.len())]);
    let (city, code, country) = PLACES[pick(PLACES.len())];
    new(
        Kind::Customer,
        id,
        [
            (F::FirstName, first.into()),
            (F::LastName, last.into()),
            (F::Emails, Value::Texts(vec![format!("person{id}@example.com")])),
            (F::Phone, format!("+47 {:08}", id * 7_919 % 100_000_000).into()),
            (F::AddressLine1, format!("{} Main Street", id % 250 + 1).into()),
            (F::City, city.into()),
            (F::PostalCode, code.into()),
            (F::Country, country.into()),
        ],
    )
}
