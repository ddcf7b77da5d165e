//! Two small services, one in each style.

mod encoded;
mod envelope;
mod learned;
mod literal;

use super::*;
use crate::xml::{self, Source};

pub(super) static PAIR: Struct = Struct::new("Pair", &[Field::text("field"), Field::text("value")]);
static PAIRS: Array = Array::of(Type::Struct(&PAIR));
static ROWS: Array = Array::of(Type::Array(&PAIRS));
static STRINGS: Array = Array::of(Type::Scalar(Scalar::String));
static NUMBERS: Array = Array::of(Type::Scalar(Scalar::Int));
static NODE: Struct = Struct::new(
    "Node",
    &[Field::text("name"), Field::new("children", Type::Array(&NODES)), Field::new("next", Type::Struct(&NODE))],
);
static NODES: Array = Array::of(Type::Struct(&NODE));
static COLOUR: Enumeration = Enumeration { name: "Colour", namespace: "", members: &["Red", "Dark green"] };

const SHOP_NAMES: Names = Names {
    service: "shopService",
    port: "shopService",
    port_type: "shopServicePortType",
    binding: "shopServiceBinding",
};
pub(super) static SHOP: Service = Service::rpc_encoded(
    SHOP_NAMES,
    "urn:shop",
    &[
        Operation::new(
            "change",
            &[Field::text("sessionKey"), Field::new("values", Type::Array(&PAIRS))],
            &[Field::text("errorCode")],
        ),
        Operation::new(
            "find",
            &[
                Field::text("sessionKey"),
                Field::new("names", Type::Array(&STRINGS)),
                Field::scalar("ascending", Scalar::Boolean),
                Field::scalar("most", Scalar::Int),
                Field::scalar("data", Scalar::Base64Binary),
                Field::scalar("encoded", Scalar::Base64Text),
                Field::new("colour", Type::Enumeration(&COLOUR)),
            ],
            &[
                Field::text("errorCode"),
                Field::new("rows", Type::Array(&ROWS)),
                Field::new("numbers", Type::Array(&NUMBERS)),
                Field::new("best", Type::Struct(&PAIR)),
                Field::scalar("more", Scalar::Boolean),
                Field::scalar("count", Scalar::Int),
                Field::scalar("data", Scalar::Base64Binary),
            ],
        ),
        Operation::new("tree", &[Field::new("root", Type::Struct(&NODE))], &[]),
    ],
);

#[test]
fn mistakes_of_a_table_are_found() {
    assert_eq!(SHOP.mistakes(), Vec::<String>::new());
    static BAD: Struct = Struct::qualified("urn:lost", "Bad", &[Field::text("a"), Field::text("a")]);
    static OTHER: Struct = Struct::qualified("urn:lost", "Bad", &[]);
    const FIELDS: &[Field] = &[Field::new("bad", Type::Struct(&BAD)), Field::new("b", Type::Struct(&OTHER))];
    let service = Service {
        style: Style::DocumentLiteral,
        ..Service::rpc_encoded(
            SHOP_NAMES,
            "urn:x",
            const { &[Operation::new("m", FIELDS, &[]), Operation::new("m", &[], &[])] },
        )
    };
    assert_eq!(
        service.mistakes(),
        [
            "operation m is there twice",
            "Bad: member a is there twice",
            "{urn:lost}Bad is in a namespace without a schema"
        ]
    );
}

/// Reads a body and runs `then` over operation, envelope and arguments.
pub(super) fn call<T>(
    service: &Service,
    body: &str,
    then: impl FnOnce(&'static Operation, &Envelope<'_>, Members<'_>) -> T,
) -> Result<T, String> {
    let source = Source::decode(body.as_bytes(), None, &xml::Limits::default()).map_err(|error| error.to_string())?;
    let document = source.parse(&xml::Limits::default()).map_err(|error| error.to_string())?;
    let envelope = Envelope::open(&document, service.style, |_| false).map_err(|fault| fault.to_string())?;
    let operation = service.operation(&envelope).map_err(|fault| fault.to_string())?;
    let arguments = service.decode(operation, &envelope, &Limits::default()).map_err(|bad| bad.to_string())?;
    Ok(then(operation, &envelope, arguments))
}

/// What a body is, in short: `{key: "k", values: [{field: "a", value: nil}]}`.
pub(super) fn shown(service: &Service, body: &str) -> Result<String, String> {
    call(service, body, |_, _, arguments| members(&arguments))
}

fn members(members: &Members<'_>) -> String {
    let given: Vec<_> = members
        .iter()
        .filter(|(_, _, value)| **value != Value::Absent)
        .map(|(_, field, is)| format!("{}: {}", field.name, value(is)))
        .collect();
    format!("{{{}}}", given.join(", "))
}

fn value(is: &Value<'_>) -> String {
    match is {
        Value::Absent => "absent".to_owned(),
        Value::Nil => "nil".to_owned(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Bytes(bytes) => format!("{bytes:?}"),
        Value::Struct(is) => members(is),
        Value::List(items) => format!("[{}]", items.iter().map(value).collect::<Vec<_>>().join(", ")),
    }
}
