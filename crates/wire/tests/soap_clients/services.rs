//! Two services, and what they answer.

use wire::soap::{
    Array, Enumeration, Envelope, Fault, FaultDetail, Field, Limits, Members, Names, NestedArrays, Operation, Scalar,
    Schema, Service, Shape, Struct, Style, Type, Value,
};

static PAIR: Struct = Struct::new("ValuePair", &[Field::text("field"), Field::text("value")]);
static PAIRS: Array = Array::of(Type::Struct(&PAIR));
static ROWS: Array = Array::of(Type::Array(&PAIRS));
static STRINGS: Array = Array::of(Type::Scalar(Scalar::String));
static NUMBERS: Array = Array::of(Type::Scalar(Scalar::Int));

const SHOP_NAMES: Names = Names {
    service: "shopService",
    port: "shopService",
    port_type: "shopServicePortType",
    binding: "shopServiceBinding",
};
pub(crate) static SHOP: Service = Service::rpc_encoded(SHOP_NAMES, "urn:shop", &OPERATIONS);
/// Clients were once generated from this; today it is [`SHOP`] that answers them.
pub(crate) static OLD_SHOP: Service = Service::rpc_encoded(SHOP_NAMES, "http://old.example/shop.xsd", &OPERATIONS);
static OPERATIONS: [Operation; 2] = [
    Operation::new(
        "change",
        &[Field::text("key"), Field::new("values", Type::Array(&PAIRS))],
        &[Field::text("errorCode")],
    ),
    Operation::new(
        "find",
        &[
            Field::text("key"),
            Field::new("names", Type::Array(&STRINGS)),
            Field::scalar("ascending", Scalar::Boolean),
            Field::scalar("most", Scalar::Int),
            Field::scalar("data", Scalar::Base64Binary),
        ],
        &[
            Field::text("errorCode"),
            Field::new("rows", Type::Array(&ROWS)),
            Field::new("numbers", Type::Array(&NUMBERS)),
            Field::new("best", Type::Struct(&PAIR)),
            Field::scalar("more", Scalar::Boolean),
            Field::scalar("count", Scalar::Int),
            Field::scalar("data", Scalar::Base64Binary),
            Field::new("none", Type::Array(&STRINGS)),
        ],
    ),
];

const TARGET: &str = "https://store.example/v1";
const THINGS: &str = "https://store.example/v1/Things";
const FAULTS: &str = "https://store.example/v1/Faults";
const ARRAYS: &str = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";

static COLOUR: Enumeration = Enumeration { name: "Colour", namespace: THINGS, members: &["Red", "Blue"] };
static LONGS: Array = Array::qualified(ARRAYS, Type::Scalar(Scalar::Long)).never_nil();
static THING: Struct = Struct::qualified(
    THINGS,
    "Thing",
    &[
        Field::text("Name"),
        Field::new("Id", Type::Scalar(Scalar::Long)),
        Field::new("Colour", Type::Enumeration(&COLOUR)),
        Field::new("Numbers", Type::Array(&LONGS)),
        Field::new("Stamp", Type::Scalar(Scalar::Base64Binary)),
    ],
);
static BOX: Struct = Struct { base: Some(&THING), ..Struct::qualified(THINGS, "Box", &[Field::text("Lid")]) };
static FAULT: Struct =
    Struct::qualified(FAULTS, "ApiFault", &[Field::text("TrackingId"), Field::scalar("Code", Scalar::Int)]);
static DETAIL: FaultDetail = FaultDetail { name: "ApiFault", element: "ApiFault", namespace: TARGET, is: &FAULT };
static HEADERS: Struct = Struct::qualified(TARGET, "", &[Field::text("TrackingId")]);

pub(crate) static STORE: Service = Service {
    names: Names {
        service: "Store",
        port: "BasicHttpBinding_IStore",
        port_type: "IStore",
        binding: "BasicHttpBinding_IStore",
    },
    namespace: TARGET,
    types_namespace: None,
    style: Style::DocumentLiteral,
    request_suffix: "Request",
    operations: &[Operation::qualified(
        TARGET,
        "Put",
        "Put",
        &[Field::new("Thing", Type::Struct(&THING)), Field::scalar("Count", Scalar::Int)],
        &[Field::new("Thing", Type::Struct(&THING)), Field::scalar("When", Scalar::DateTime)],
    )],
    schemas: &[
        Schema { prefix: "tns", namespace: TARGET, verbatim: "" },
        Schema { prefix: "things", namespace: THINGS, verbatim: "" },
        Schema { prefix: "faults", namespace: FAULTS, verbatim: "" },
        Schema { prefix: "arr", namespace: ARRAYS, verbatim: "" },
    ],
    types: &[Type::Struct(&BOX)],
    request_headers: &[Field::text("Token")],
    response_headers: HEADERS.fields,
    faults: &[&DETAIL],
};

/// Answers a call and notes it.
pub(crate) fn answer(
    service: &Service,
    nested_arrays: NestedArrays,
    body: &[u8],
    note: impl FnMut(String),
) -> Result<String, String> {
    call(service, nested_arrays, body, note).map_err(|fault| service.fault(&fault))
}

fn call(
    service: &Service,
    nested_arrays: NestedArrays,
    body: &[u8],
    mut note: impl FnMut(String),
) -> Result<String, Fault<'static>> {
    let malformed = |error: wire::xml::XmlError| Fault::client(error.to_string());
    let limits = wire::xml::Limits::default();
    let source = wire::xml::Source::decode(body, None, &limits).map_err(malformed)?;
    let document = source.parse(&limits).map_err(malformed)?;
    let envelope = Envelope::open(&document, service.style, |_| false)?;
    let operation = service.operation(&envelope)?;
    let arguments = service.decode(operation, &envelope, &Limits::default())?;
    if let Some(token) = envelope.header(Some(TARGET), "Token") {
        note(format!("token {}", token.text()));
    }
    note(format!("{} {}", operation.name, members(&arguments)));
    let output = Members::new(&operation.output);
    let mut headers = None;
    let output = match operation.name {
        "change" if arguments.text("key") == "bad" => return Err(Fault::client("the key is bad")),
        "change" => output.with("errorCode", "0"),
        "find" => output
            .with("errorCode", "0")
            .with("rows", vec![Value::List(vec![pair("a", "1"), pair("b", "é<")]), Value::List(vec![pair("c", "3")])])
            .with("numbers", vec![Value::Integer(1), Value::Integer(-2)])
            .with("best", pair("best", ""))
            .with("more", true)
            .with("count", 7)
            .with("data", vec![0, 1, 255]),
        _ if arguments.integer("Count") == Some(-1) => {
            let detail = Members::new(&FAULT).with("TrackingId", "t-2").with("Code", 105);
            return Err(
                Fault { language: Some("en-US"), ..Fault::server("Invalid data.") }.with_detail(&DETAIL, detail)
            );
        }
        _ => {
            headers = Some(Members::new(&HEADERS).with("TrackingId", "t-1"));
            let thing = Members::nil(&BOX).with("Name", "Zoë <&>").with("Stamp", vec![0, 255]).with("Lid", "red");
            output.with("Thing", thing.with("Numbers", vec![Value::Integer(1)])).with("When", "2018-01-02T03:04:05.67")
        }
    };
    Ok(service.answer(operation, &envelope, &output, &Shape { headers: headers.as_ref(), nested_arrays }))
}

fn pair(field: &'static str, value: &'static str) -> Value<'static> {
    Value::Struct(Members::new(&PAIR).with("field", field).with("value", value))
}

/// What was given, absent and nil left out: toolkits differ in what they write for that.
fn members(members: &Members<'_>) -> String {
    let given = members.iter().filter(|(_, _, value)| !matches!(value, Value::Absent | Value::Nil));
    let given: Vec<_> = given.map(|(_, field, is)| format!("{}: {}", field.name, value(is))).collect();
    format!("{{{}}}", given.join(", "))
}

fn value(is: &Value<'_>) -> String {
    match is {
        Value::Absent | Value::Nil => "nil".to_owned(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Bytes(bytes) => format!("{bytes:?}"),
        Value::Struct(is) => members(is),
        Value::List(items) => format!("[{}]", items.iter().map(value).collect::<Vec<_>>().join(", ")),
    }
}
