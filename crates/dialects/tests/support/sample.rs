//! Random records, and random values to write.

use domain::{Field, Kind, Shape, Value as Stored};
use proptest::collection::{hash_set, vec};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// What a property holds on its wire. Some of what is made is refused.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Holds {
    Text,
    Address,
    Email,
    Emails,
    Country,
    Number,
    Company,
    Flag,
    /// One of a few values that must be unique, so that they collide.
    Unique,
    Codes,
    OneOf(&'static [&'static str]),
    NullOr(&'static Self),
}

impl Holds {
    pub(crate) fn value(self) -> BoxedStrategy<Value> {
        match self {
            Self::Text => text().prop_map(Value::from).boxed(),
            Self::Address => address().prop_map(Value::from).boxed(),
            Self::Email => email().prop_map(Value::from).boxed(),
            Self::Emails => vec(email(), 0..4).prop_map(Value::from).boxed(),
            Self::Country => select(&["NO", "no", "NOR", "Norway", "DE", "ZA", "XX"][..]).prop_map(Value::from).boxed(),
            Self::Number => {
                select(vec![json!(0), json!(1), json!(2_147_483_647), json!(2_147_483_648_i64), json!(-1), json!("7x")])
                    .boxed()
            }
            Self::Company => select(vec![json!(17), json!(23), json!(99), json!(null), json!("17")]).boxed(),
            Self::Flag => any::<bool>().prop_map(Value::from).boxed(),
            Self::Unique => select(&["johndoe", "one", "Two", "three"][..]).prop_map(Value::from).boxed(),
            Self::Codes => hash_set(select(&["SUB-191", "a", "b", "客"][..]), 0..3)
                .prop_map(|codes| codes.into_iter().collect::<Value>())
                .boxed(),
            Self::OneOf(list) => select(list).prop_map(Value::from).boxed(),
            Self::NullOr(holds) => prop_oneof![1 => Just(Value::Null), 4 => holds.value()].boxed(),
        }
    }
}

/// Texts that have gone wrong somewhere, once.
const NAUGHTY: &[&str] = &[
    "",
    " ",
    "Ada",
    "Ola Nordmann",
    "REMOVE",
    " REMOVE",
    "remove",
    "null",
    "NULL",
    "true",
    "0",
    "007",
    "1e3",
    "2026-11-22",
    "<&>\"'",
    "]]>",
    "&#13;",
    "%41",
    "a+b=c&d;e",
    "\\u0041\\",
    "two\nlines",
    "two\r\nlines",
    "\ttab\t",
    "blank at the end ",
    "Løvås & Sønner",
    "客户",
    "🎿👩\u{200d}👩\u{200d}👧",
    "e\u{301}\u{e9}",
    "\u{202e}ltr",
    "\u{feff}bom",
    "\u{85}\u{a0}\u{2028}",
    "'); DROP TABLE customer; --",
    "=1+1",
    "\u{1}",
    "\u{ffff}",
];

pub(crate) fn text() -> BoxedStrategy<String> {
    prop_oneof![
        6 => select(NAUGHTY).prop_map(str::to_owned),
        3 => "[a-zA-Zæøå客🎿 .-]{1,20}",
        1 => (250..258_usize).prop_map(|length| "ø".repeat(length)),
    ]
    .boxed()
}

fn address() -> BoxedStrategy<String> {
    let line = select(&["", "One Way", "Suite 5", "REMOVE", " ", "客户"][..]);
    (vec(line, 0..7), select(&["\n", "\r\n", "\n\n"][..])).prop_map(|(lines, end)| lines.join(end)).boxed()
}

fn email() -> BoxedStrategy<String> {
    let good = select(&["a@x.example", "A@X.example", "b@x.example", "ö@ü.example", "c+d@x.example"][..]);
    prop_oneof![8 => good, 1 => select(&["REMOVE", "", "nobody", "a@b@c"][..])].prop_map(str::to_owned).boxed()
}

fn stored(field: Field) -> BoxedStrategy<Option<Stored>> {
    let plain = "[a-zA-Zæøå客🎿<&>\"'\n.-]{1,12}";
    let value = match field.shape() {
        Shape::Text { max } => {
            prop_oneof![6 => plain.prop_map(Stored::from), 2 => Just("REMOVE".into()), 1 => Just("x".repeat(max).into())].boxed()
        }
        Shape::Choice(list) => select(list).prop_map(Stored::from).boxed(),
        Shape::Number { .. } => select(vec![0, 1, 500, 2_147_483_647]).prop_map(Stored::Number).boxed(),
        Shape::Flag => Just(Stored::Flag(true)).boxed(),
        Shape::Emails { .. } => select(vec![vec!["a@x.example"], vec!["b@x.example", "A@X.example"], vec!["ö@ü.example", "c+d@x.example", "b@y"]])
            .prop_map(|list| Stored::Texts(list.into_iter().map(str::to_owned).collect()))
            .boxed(),
        Shape::Country => select(&["NO", "DE", "ZA", "US"][..]).prop_map(Stored::from).boxed(),
        Shape::Language => select(&["en", "nb-NO", "zh-Hant-TW"][..]).prop_map(Stored::from).boxed(),
        Shape::Secret => Just("$quick$hash".into()).boxed(),
        Shape::Reference(_) => select(vec![17, 23]).prop_map(Stored::Number).boxed(),
        Shape::Codes { .. } | Shape::References { .. } | Shape::Time | Shape::Envelope => return Just(None).boxed(),
    };
    weighted(0.5, value).boxed()
}

/// The values of a customer, whatever dialect might have written them; unique ones are made from the id when it is
/// known.
pub(crate) fn record() -> BoxedStrategy<Vec<(Field, Stored)>> {
    let fields = Kind::Customer.fields().iter().copied().filter(|field| *field != Field::MergedInto);
    let mut values: Vec<_> = fields.map(|field| (Just(field), stored(field)).boxed()).collect();
    for number in 1..=7 {
        let value = match number {
            6 => weighted(0.5, any::<i64>().prop_map(Stored::Number)).boxed(),
            _ => stored(Field::Extra(number)),
        };
        values.push((Just(Field::Extra(number)), value).boxed());
    }
    values.prop_map(|values| values.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()).boxed()
}

/// Gives the unique values of a record of their own.
pub(crate) fn with_id(values: &[(Field, Stored)], id: i64) -> Vec<(Field, Stored)> {
    let unique = [Field::Username, Field::UniqueId, Field::Hash, Field::ExternalCustomerId, Field::BingNumber];
    let own = |(field, value): &(Field, Stored)| {
        (*field, if unique.contains(field) { format!("{field}-{id}").into() } else { value.clone() })
    };
    values.iter().map(own).collect()
}
