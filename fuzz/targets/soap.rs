//! Calls in both styles: what is taken fits the table and the limits, and its answer is read back as it was meant; what
//! is refused is refused with a fault that can be read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::soap::{
    Array, Enumeration, Envelope, Fault, Field, Limits, Members, Names, Operation, Scalar, Schema, Service, Shape,
    Struct, Style, Type, Value,
};
use wire::xml::{self, Source};

static COLOUR: Enumeration = Enumeration { name: "Colour", namespace: "urn:t", members: &["Red", "Blue"] };
static NUMBERS: Array = Array { name: None, namespace: "urn:t", item: Type::Scalar(Scalar::Long), nillable: false };
static NODES: Array = Array { name: None, namespace: "urn:t", item: Type::Struct(&NODE), nillable: true };
static NODE: Struct = Struct::qualified(
    "urn:t",
    "Node",
    &[
        Field::text("text"),
        Field::scalar("int", Scalar::Int),
        Field::scalar("truth", Scalar::Boolean),
        Field::new("bytes", Type::Scalar(Scalar::Base64Binary)),
        Field::new("colour", Type::Enumeration(&COLOUR)),
        Field::new("numbers", Type::Array(&NUMBERS)),
        Field::new("nodes", Type::Array(&NODES)),
        Field::new("node", Type::Struct(&NODE)),
    ],
);
static MORE: Struct = Struct { base: Some(&NODE), ..Struct::qualified("urn:t", "More", &[Field::text("more")]) };
const FIELDS: &[Field] =
    &[Field::text("text"), Field::new("node", Type::Struct(&NODE)), Field::new("nodes", Type::Array(&NODES))];
static TYPES: [Type; 1] = [Type::Struct(&MORE)];
static OPERATIONS: [Operation; 1] = [Operation::qualified("urn:t", "m", "m", FIELDS, FIELDS)];

const fn service(style: Style) -> Service {
    Service {
        names: Names { service: "S", port: "P", port_type: "T", binding: "B" },
        namespace: "urn:t",
        types_namespace: None,
        style,
        request_suffix: "",
        operations: &OPERATIONS,
        schemas: &[Schema { prefix: "t", namespace: "urn:t", verbatim: "" }],
        types: &TYPES,
        request_headers: &[],
        response_headers: &[],
        faults: &[],
    }
}
static ENCODED: Service = service(Style::RpcEncoded);
static LITERAL: Service = service(Style::DocumentLiteral);
const LIMITS: Limits = Limits { values: 300, depth: 12, items: 20, bytes: 4096, empty_is_nil: true };

fuzz_target!(|input: &[u8]| {
    let Some((choice, body)) = input.split_first() else { return };
    let service = if choice & 1 == 0 { &ENCODED } else { &LITERAL };
    if let Err(fault) = read(service, body, |operation, envelope, arguments| {
        let mut left = LIMITS;
        check(&arguments, &mut left);
        // What comes in can go out, and come in again.
        let output = arguments
            .iter()
            .fold(Members::new(&operation.output), |output, (_, field, value)| output.with(field.name, value.clone()));
        let answer = service.answer(operation, envelope, &output, &Shape::default());
        let again = answer.replace("mResponse", "m");
        let generous = read(service, again.as_bytes(), |_, _, second| {
            assert!(same(&arguments, &second, service.style), "{answer}")
        });
        generous.unwrap_or_else(|fault| panic!("{fault}: {answer}"));
    }) {
        let written = service.fault(&fault);
        let source =
            Source::decode(written.as_bytes(), None, &xml::Limits::default()).expect("a fault that can be read");
        assert!(source.parse(&xml::Limits::default()).is_ok(), "{written}");
    }
});

fn read(
    service: &Service,
    body: &[u8],
    then: impl FnOnce(&'static Operation, &Envelope<'_>, Members<'_>),
) -> Result<(), Fault<'static>> {
    let malformed = |error: xml::XmlError| Fault::client(error.to_string());
    let source = Source::decode(body, None, &xml::Limits::default()).map_err(malformed)?;
    let document = source.parse(&xml::Limits::default()).map_err(malformed)?;
    let envelope = Envelope::open(&document, service.style, |name| name.local == "known")?;
    let operation = service.operation(&envelope)?;
    // Answers name every member, so what is read again has more values.
    let arguments = service.decode(operation, &envelope, &Limits { values: 40_000, ..LIMITS })?;
    then(operation, &envelope, arguments);
    Ok(())
}

fn check(members: &Members<'_>, left: &mut Limits) {
    members.iter().for_each(|(_, field, value)| check_value(&field.is, value, left));
}

fn check_value(is: &Type, value: &Value<'_>, left: &mut Limits) {
    match (is, value) {
        (_, Value::Absent | Value::Nil) => {}
        (Type::Scalar(Scalar::String), Value::Text(text)) => {
            assert!(wire::text::check(text).is_ok());
            left.bytes = left.bytes.checked_sub(text.len()).expect("more text than is allowed");
        }
        (Type::Scalar(Scalar::Int), Value::Integer(number)) => assert!(i32::try_from(*number).is_ok()),
        (Type::Scalar(Scalar::Long), Value::Integer(_)) | (Type::Scalar(Scalar::Boolean), Value::Boolean(_)) => {}
        (Type::Scalar(Scalar::Base64Binary), Value::Bytes(bytes)) => {
            left.bytes = left.bytes.checked_sub(bytes.len()).expect("more bytes than are allowed");
        }
        (Type::Enumeration(is), Value::Text(text)) => assert!(is.members.contains(&&**text)),
        (Type::Struct(_), Value::Struct(members)) => check(members, left),
        (Type::Array(is), Value::List(items)) => {
            assert!(items.len() <= LIMITS.items);
            items.iter().for_each(|item| check_value(&is.item, item, left));
        }
        (is, value) => panic!("{value:?} is no {is:?}"),
    }
}

/// Whether they say the same, absent values of rpc/encoded being written empty.
fn same(one: &Members<'_>, other: &Members<'_>, style: Style) -> bool {
    one.iter().zip(other.iter()).all(|((_, _, one), (_, _, other))| same_value(one, other, style))
}

fn same_value(one: &Value<'_>, other: &Value<'_>, style: Style) -> bool {
    match (one, other) {
        (Value::Absent | Value::Nil, other) if style == Style::RpcEncoded => match other {
            Value::List(items) => items.is_empty(),
            Value::Text(text) => text.is_empty(),
            Value::Boolean(truth) => !truth,
            Value::Integer(number) => *number == 0,
            other => matches!(other, Value::Absent | Value::Nil),
        },
        (Value::Struct(one), Value::Struct(other)) => same(one, other, style),
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_value(one, other, style))
        }
        (Value::Bytes(bytes), Value::Nil) => bytes.is_empty(),
        (one, other) => one == other,
    }
}
