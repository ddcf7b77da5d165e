//! Bing Ads: the UpdateCustomer of the recorded conversation with the vendor's own envelope, from bytes to values, and the
//! answers to it and to GetCustomer, from values to text.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wire::soap::{
    Array, Enumeration, Envelope, Field, Limits, Members, Names, Operation, Scalar, Schema, Service, Shape, Struct,
    Style, Type, Value,
};
use wire::xml::{self, Source};

const TARGET: &str = "https://bingads.microsoft.com/Customer/v11";
const ENTITIES: &str = "https://bingads.microsoft.com/Customer/v11/Entities";
const PAIRS: &str = "http://schemas.datacontract.org/2004/07/System.Collections.Generic";
const CONVERSATION: &str = include_str!("../../crates/dialects/src/bing_ads/fixtures/029-seed-envelope.http");

const fn list(name: &'static str, members: &'static [&'static str]) -> Enumeration {
    Enumeration { name, namespace: ENTITIES, members }
}

const fn long(name: &'static str) -> Field {
    Field::new(name, Type::Scalar(Scalar::Long))
}

const TIME_STAMP: Field = Field::new("TimeStamp", Type::Scalar(Scalar::Base64Binary));

static FINANCIAL: Enumeration = list("CustomerFinancialStatus", &["ProposalsOnly", "ClearFinancialStatus"]);
static INDUSTRY: Enumeration = list(
    "Industry",
    &[
        "NA",
        "AgencySalesHouse",
        "Automotive",
        "ConsumerPackagedGoods",
        "Education",
        "Entertainment",
        "FinancialServices",
        "FoodServices",
        "Gaming",
        "GovernmentNonprofitPolitical",
        "Healthcare",
        "Internal",
        "PublishingAndWebMedia",
        "RealEstate",
        "Retail",
        "Services",
        "Technology",
        "Telecommunications",
        "TravelHospitality",
        "Other",
        "Pharmaceuticals",
    ],
);
static LANGUAGE: Enumeration = list("LanguageType", &["Danish", "Dutch", "English"]);
static LEVEL: Enumeration = list("ServiceLevel", &["SelfServe", "SelfServeTrusted", "Premium"]);
static STATUS: Enumeration = list("CustomerLifeCycleStatus", &["Active", "Inactive"]);
static PAIR: Struct =
    Struct::qualified(PAIRS, "KeyValuePairOfstringstring", &[Field::text("key"), Field::text("value")]);
static MAP: Array = Array::qualified(PAIRS, Type::Struct(&PAIR));
static ADDRESS: Struct = Struct::qualified(
    ENTITIES,
    "Address",
    &[
        Field::text("City"),
        Field::text("CountryCode"),
        long("Id"),
        Field::text("Line1"),
        Field::text("Line2"),
        Field::text("Line3"),
        Field::text("Line4"),
        Field::text("PostalCode"),
        Field::text("StateOrProvince"),
        TIME_STAMP,
    ],
);
static CUSTOMER: Struct = Struct::qualified(
    ENTITIES,
    "Customer",
    &[
        Field::new("CustomerAddress", Type::Struct(&ADDRESS)),
        Field::new("CustomerFinancialStatus", Type::Enumeration(&FINANCIAL)),
        long("Id"),
        Field::new("Industry", Type::Enumeration(&INDUSTRY)),
        long("LastModifiedByUserId"),
        Field::new("LastModifiedTime", Type::Scalar(Scalar::DateTime)),
        Field::text("MarketCountry"),
        Field::new("ForwardCompatibilityMap", Type::Array(&MAP)),
        Field::new("MarketLanguage", Type::Enumeration(&LANGUAGE)),
        Field::text("Name"),
        Field::new("ServiceLevel", Type::Enumeration(&LEVEL)),
        Field::new("CustomerLifeCycleStatus", Type::Enumeration(&STATUS)),
        TIME_STAMP,
        Field::text("Number"),
    ],
);
static HEADERS: Struct = Struct::qualified(TARGET, "", &[Field::text("TrackingId")]);
static OPERATIONS: [Operation; 2] = [
    Operation::qualified(
        TARGET,
        "GetCustomer",
        "",
        &[long("CustomerId")],
        &[Field::new("Customer", Type::Struct(&CUSTOMER))],
    ),
    Operation::qualified(
        TARGET,
        "UpdateCustomer",
        "",
        &[Field::new("Customer", Type::Struct(&CUSTOMER))],
        &[Field::new("LastModifiedTime", Type::Scalar(Scalar::DateTime))],
    ),
];
static SERVICE: Service = Service {
    style: Style::DocumentLiteral,
    request_suffix: "Request",
    schemas: &[Schema { prefix: "tns", namespace: TARGET, verbatim: "" }],
    response_headers: HEADERS.fields,
    ..Service::rpc_encoded(
        Names { service: "service", port: "port", port_type: "portType", binding: "binding" },
        TARGET,
        &OPERATIONS,
    )
};

/// The body of the first request of the conversation.
fn call() -> &'static str {
    let (_, request) = CONVERSATION.split_once("\n\n").unwrap();
    request.split_once("\n---\n").unwrap().0
}

fn read_and<T>(body: &[u8], then: impl FnOnce(&Envelope<'_>, Members<'_>) -> T) -> T {
    let source = Source::decode(body, Some("utf-8"), &xml::Limits::default()).unwrap();
    let document = source.parse(&xml::Limits::default()).unwrap();
    let envelope = Envelope::open(&document, SERVICE.style, |_| false).unwrap();
    let operation = SERVICE.operation(&envelope).unwrap();
    let arguments = SERVICE.decode(operation, &envelope, &Limits::default()).unwrap();
    then(&envelope, arguments)
}

fn answer(operation: &'static Operation, envelope: &Envelope<'_>, name: &str, value: Value<'_>) -> String {
    let headers = Members::new(&HEADERS).with("TrackingId", black_box("01998f7c-4d6e-7a51-b0c2-3f1d2e4a5b6c"));
    let output = Members::nil(&operation.output).with(name, value);
    SERVICE.answer(operation, envelope, &output, &Shape { headers: Some(&headers), ..Shape::default() })
}

fn update(criterion: &mut Criterion) {
    let body = call();
    let mut group = criterion.benchmark_group("UpdateCustomer");
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function(format!("xml of {} bytes", body.len()), |bencher| {
        bencher.iter(|| {
            let source = Source::decode(black_box(body.as_bytes()), Some("utf-8"), &xml::Limits::default()).unwrap();
            source.parse(&xml::Limits::default()).map_or(0, |document| document.elements().count())
        });
    });
    group.bench_function("values", |bencher| {
        bencher.iter(|| {
            read_and(black_box(body.as_bytes()), |_, arguments| {
                arguments.members("Customer").and_then(|customer| customer.integer("Id"))
            })
        });
    });
    group.finish();
    read_and(body.as_bytes(), |envelope, arguments| {
        let customer = arguments.members("Customer").unwrap();
        let [get, update] = &OPERATIONS;
        criterion.bench_function("UpdateCustomer/answer", |bencher| {
            bencher.iter(|| answer(update, envelope, "LastModifiedTime", black_box("2026-11-22T12:00:00.603").into()));
        });
        criterion.bench_function("GetCustomer/answer", |bencher| {
            bencher.iter(|| answer(get, envelope, "Customer", black_box(customer).clone().into()));
        });
    });
}

criterion_group!(benches, update);
criterion_main!(benches);
