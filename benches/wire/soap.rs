//! SOAP: a call of some 1,200 bytes as PHP writes it, from bytes to values, and its answer, from values to text; and
//! the worst that fits in one mebibyte.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use wire::soap::{Array, Envelope, Field, Limits, Members, Names, Operation, Service, Shape, Struct, Type};
use wire::xml::{self, Source};

static PAIR: Struct = Struct::new("ValuePairStruct", &[Field::text("field"), Field::text("value")]);
static PAIRS: Array = Array::of(Type::Struct(&PAIR));
static SERVICE: Service = Service::rpc_encoded(
    Names { service: "ticketService", port: "ticketService", port_type: "ticketPort", binding: "ticketBinding" },
    "urn:ticket",
    &[Operation::new(
        "setCustomer",
        &[Field::text("sessionKey"), Field::text("customerId"), Field::new("customerValues", Type::Array(&PAIRS))],
        &[Field::text("errorCode")],
    )],
);

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:ns1=\"urn:ticket\" \
    xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
    xmlns:SOAP-ENC=\"http://schemas.xmlsoap.org/soap/encoding/\" \
    SOAP-ENV:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><SOAP-ENV:Body>";

fn call(pairs: usize) -> String {
    let pair = "<item xsi:type=\"ns1:ValuePairStruct\"><field xsi:type=\"xsd:string\">email</field>\
        <value xsi:type=\"xsd:string\">ann@example.com</value></item>";
    format!(
        "{HEAD}<ns1:setCustomer><sessionKey xsi:type=\"xsd:string\">0123456789abcdef0123456789abcdef</sessionKey>\
         <customerId xsi:type=\"xsd:string\">191</customerId>\
         <customerValues SOAP-ENC:arrayType=\"ns1:ValuePairStruct[{pairs}]\" xsi:type=\"ns1:ArrayOfValuePairStruct\">{}\
         </customerValues></ns1:setCustomer></SOAP-ENV:Body></SOAP-ENV:Envelope>\n",
        pair.repeat(pairs)
    )
}

fn parse(body: &[u8]) -> usize {
    let Ok(source) = Source::decode(body, None, &xml::Limits::default()) else { return 0 };
    source.parse(&xml::Limits::default()).map_or(0, |document| document.elements().count())
}

fn read_and<T>(body: &[u8], then: impl FnOnce(&'static Operation, &Envelope<'_>, Members<'_>) -> T) -> T {
    let source = Source::decode(body, None, &xml::Limits::default()).unwrap();
    let document = source.parse(&xml::Limits::default()).unwrap();
    let envelope = Envelope::open(&document, SERVICE.style, |_| false).unwrap();
    let operation = SERVICE.operation(&envelope).unwrap();
    let arguments = SERVICE.decode(operation, &envelope, &Limits::default()).unwrap();
    then(operation, &envelope, arguments)
}

fn typical(criterion: &mut Criterion) {
    let body = call(3);
    let mut group = criterion.benchmark_group("call");
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function(BenchmarkId::new("xml", body.len()), |bencher| {
        bencher.iter(|| parse(black_box(body.as_bytes())))
    });
    group.bench_function(BenchmarkId::new("values", body.len()), |bencher| {
        bencher.iter(|| read_and(black_box(body.as_bytes()), |_, _, arguments| arguments.list("customerValues").len()));
    });
    group.finish();
    read_and(body.as_bytes(), |operation, envelope, _| {
        criterion.bench_function("answer", |bencher| {
            bencher.iter(|| {
                let output = Members::new(&operation.output).with("errorCode", black_box("0"));
                SERVICE.answer(operation, envelope, &output, &Shape::default())
            });
        });
    });
}

/// What costs most for its bytes: at most one mebibyte each. Where a limit of nodes or so ends them early, they are at
/// least what comes before it.
fn worst(criterion: &mut Criterion) {
    let fill = |unit: &str, head: &str, tail: &str| {
        let count = ((1 << 20) - head.len() - tail.len()) / unit.len();
        format!("{head}{}{tail}", unit.repeat(count))
    };
    let attributes = |first: &str| (0..60).map(|number| format!(" {first}{number}=''")).collect::<String>();
    let long = "n".repeat(240);
    let bound: String = (0..60).map(|number| format!(" xmlns:{long}{number:02}='{number}'")).collect();
    let cases = [
        ("elements", fill("<b/>", "<a>", "</a>")),
        ("attributes", fill(&format!("<b{}/>", attributes("k")), "<a>", "</a>")),
        ("long attributes", fill(&format!("<b{}/>", attributes(&long)), "<a>", "</a>")),
        ("prefixes", fill(&format!("<{long}00:b/>"), &format!("<a{bound}>"), "</a>")),
        (
            "short prefixes",
            fill("<a:b/>", &format!("<a xmlns:a='a'{}>", attributes("xmlns:b").replace("''", "'u'")), "</a>"),
        ),
        ("references", fill("&#x41;", "<a>", "</a>")),
        ("line ends", fill("\r\n", "<a>", "</a>")),
        ("sections", fill("<![CDATA[x]]>", "<a>", "</a>")),
        ("text", fill("&gt;x", "<a>", "</a>")),
        ("mixed", fill("x<b/>", "<a>", "</a>")),
        ("plain", fill("x", "<a>", "</a>")),
        ("an unclosed tag", fill(" ", "<a", "")),
        ("angle brackets", fill("<", "<a>", "")),
        ("ends", fill("]]", "<a>", "</a>")),
        ("a call", call(7_500)),
    ];
    let mut group = criterion.benchmark_group("worst");
    group.sample_size(10);
    for (name, body) in &cases {
        group.bench_function(*name, |bencher| bencher.iter(|| parse(black_box(body.as_bytes()))));
    }
    let body = call(7_500);
    group.bench_function("a call to values", |bencher| {
        bencher.iter(|| read_and(black_box(body.as_bytes()), |_, _, arguments| arguments.list("customerValues").len()));
    });
    group.finish();
}

criterion_group!(benches, typical, worst);
criterion_main!(benches);
