//! What another installation says of the same service: read, compared, and spoken.

use crate::soap::{
    Array, ENCODING_NAMESPACE, Envelope, Field, Limits, Members, Names, Operation, Scalar, Service, Shape, Struct,
    Style, Type, Value, WsdlError, XSD_NAMESPACE as XSD, differences,
};
use crate::xml;

static PAIR: Struct = Struct::new("Pair", &[Field::text("field"), Field::text("value")]);
static PAIRS: Array = Array::of(Type::Struct(&PAIR));
static ROWS: Array = Array::of(Type::Array(&PAIRS));
const NAMES: Names = Names { service: "shopService", port: "shop", port_type: "shopPort", binding: "shopBinding" };
static SERVICE: Service = Service::rpc_encoded(
    NAMES,
    "urn:shop",
    &[
        Operation::new(
            "change",
            &[
                Field::text("key"),
                Field::new("data", Type::Scalar(Scalar::Base64Binary)),
                Field::new("values", Type::Array(&PAIRS)),
            ],
            &[Field::text("errorCode"), Field::new("found", Type::Array(&ROWS)), Field::text("count")],
        ),
        Operation::new("close", &[Field::text("key")], &[Field::text("errorCode")]),
    ],
);

/// As another installation has it: other namespaces and names, a number for a text, an array without a name.
fn theirs() -> String {
    format!(
        r#"<?xml version="1.0"?>
<definitions name="Shop" targetNamespace="http://old/Shop.wsdl" xmlns="http://schemas.xmlsoap.org/wsdl/"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:tns="http://old/Shop.wsdl" xmlns:t="urn:old-types"
  xmlns:xsd="{XSD}" xmlns:SOAP-ENC="{ENCODING_NAMESPACE}" xmlns:w="http://schemas.xmlsoap.org/wsdl/">
 <types><schema targetNamespace="urn:old-types" xmlns="{XSD}">
  <complexType name="KeyValue"><annotation/><all><element name="name" type="xsd:string"/>
    <element name="content" type="xsd:string" minOccurs="0"/></all></complexType>
  <complexType name="KeyValues"><complexContent><restriction base="SOAP-ENC:Array">
    <attribute ref="SOAP-ENC:arrayType" w:arrayType="t:KeyValue[]"/></restriction></complexContent></complexType>
  <complexType name="Table"><complexContent><restriction base="SOAP-ENC:Array">
    <attribute ref="SOAP-ENC:arrayType" w:arrayType="t:KeyValue[][]"/></restriction></complexContent></complexType>
 </schema></types>
 <message name="changeRequest"><part name="key" type="xsd:string"/><part name="pairs" type="t:KeyValues"/>
   <part name="data" type="xsd:string"/></message>
 <message name="changeResponse"><part name="errorCode" type="xsd:string"/><part name="table" type="t:Table"/>
   <part name="count" type="xsd:int"/></message>
 <message name="k"><part name="key" type="xsd:string"/></message>
 <message name="e"><part name="errorCode" type="xsd:string"/></message>
 <portType name="ShopPort">
  <operation name="change"><input message="tns:changeRequest"/><output message="tns:changeResponse"/></operation>
  <operation name="close"><input message="tns:k"/><output message="tns:e"/></operation></portType>
 <binding name="Shop" type="tns:ShopPort"><soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
  <operation name="change"><soap:operation soapAction="urn:do"/>
   <input><soap:body use="encoded" namespace="urn:old" encodingStyle="{ENCODING_NAMESPACE}"/></input>
   <output><soap:body use="encoded" namespace="urn:old" encodingStyle="{ENCODING_NAMESPACE}"/></output></operation>
  <operation name="close"><soap:operation soapAction=""/>
   <input><soap:body use="encoded" namespace="urn:old"/></input>
   <output><soap:body use="encoded" namespace="urn:old"/></output></operation></binding>
 <service name="ShopService"><port name="ShopEnd" binding="tns:Shop"><soap:address location="http://gone/"/></port>
 </service></definitions>"#
    )
}

#[test]
fn a_wsdl_is_read_and_says_the_same_again() {
    let service = Service::read_wsdl(theirs().as_bytes()).unwrap();
    assert_eq!((service.style, service.namespace), (Style::RpcEncoded, "urn:old"));
    assert_eq!((service.types_namespace, service.mistakes()), (Some("urn:old-types"), vec![]));
    let names = (service.names.service, service.names.port, service.names.port_type, service.names.binding);
    assert_eq!(names, ("ShopService", "ShopEnd", "ShopPort", "Shop"));
    assert_eq!(service.operations[0].action, "urn:do");
    let printed = service.wsdl("http://here/", "http://here/xsd");
    let again = Service::read_wsdl(printed.as_bytes()).unwrap();
    assert_eq!(again.wsdl("http://here/", "http://here/xsd"), printed);
    assert_eq!(differences(&service, &again).unwrap(), crate::soap::Difference::default());
    // What is printed of our own table is read too.
    let own = Service::read_wsdl(SERVICE.wsdl("http://here/", "http://here/xsd").as_bytes()).unwrap();
    assert_eq!(differences(&SERVICE, &own).unwrap(), crate::soap::Difference::default());
}

#[test]
fn what_is_called_otherwise_is_told() {
    let service = Service::read_wsdl(theirs().as_bytes()).unwrap();
    let difference = differences(&SERVICE, &service).unwrap();
    assert_eq!((difference.lacking.len(), difference.unknown.len()), (0, 0));
    for told in [
        "change: values is called pairs",
        "ArrayOfPair is called KeyValues",
        "Pair is called KeyValue",
        "Pair: field is called name",
        "Pair: value is called content",
        "change.data is string there, base64Binary here",
        "change: found is called table",
        "change.count is int there, string here",
    ] {
        assert!(difference.told.iter().any(|line| line == told), "{told}: {:#?}", difference.told);
    }
    let lacks = theirs().replace("name=\"close\"", "name=\"shut\"");
    let difference = differences(&SERVICE, &Service::read_wsdl(lacks.as_bytes()).unwrap()).unwrap();
    assert_eq!((difference.lacking, difference.unknown), (vec!["close"], vec!["shut"]));
    let more = theirs().replace("<part name=\"data\" type=\"xsd:string\"/>", "");
    let difference =
        differences(&SERVICE, &Service::read_wsdl(more.replace("\"pairs\"", "\"values\"").as_bytes()).unwrap());
    assert!(difference.unwrap().told.contains(&"change: data is not there".to_owned()));
    for (from, to, why) in [
        (
            "<part name=\"data\" type=\"xsd:string\"/>",
            "",
            "cannot be told which of pairs there is which of data, values",
        ),
        (
            "<part name=\"table\" type=\"t:Table\"/>",
            "<part name=\"table\" type=\"xsd:string\"/>",
            "change.found is string",
        ),
        ("<part name=\"data\" type=\"xsd:string\"/>", "<part name=\"data\" type=\"xsd:int\"/>", "change.data is int"),
    ] {
        let service = Service::read_wsdl(theirs().replace(from, to).as_bytes()).unwrap();
        let error = differences(&SERVICE, &service).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn a_call_in_their_words_comes_across_and_so_does_its_answer() {
    let service: &Service = Box::leak(Box::new(Service::read_wsdl(theirs().as_bytes()).unwrap()));
    let body = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><o:change xmlns:o="urn:old">
        <key>k</key><pairs><i><name>phone</name><content>1</content></i></pairs><data>aGk=</data></o:change></s:Body></s:Envelope>"#;
    let source = xml::Source::decode(body.as_bytes(), None, &xml::Limits::default()).unwrap();
    let document = source.parse(&xml::Limits::default()).unwrap();
    let envelope = Envelope::open(&document, service.style, |_| false).unwrap();
    let operation = service.operation(&envelope).unwrap();
    let taken = service.decode(operation, &envelope, &Limits::default()).unwrap();
    let [own, _] = SERVICE.operations else { panic!("two operations") };
    let arguments = taken.fitted(&own.input).unwrap();
    assert_eq!((arguments.text("key"), arguments.bytes("data")), ("k", Some(&b"hi"[..])));
    let [Value::Struct(pair)] = arguments.list("values") else { panic!("one pair") };
    assert_eq!((pair.text("field"), pair.text("value")), ("phone", "1"));

    let row = Value::List(vec![Members::new(&PAIR).with("field", "a").with("value", "b").into()]);
    let output = Members::new(&own.output).with("errorCode", "0").with("found", vec![row]).with("count", "7");
    let told = output.fitted(&operation.output).unwrap();
    let answer = service.answer(operation, &envelope, &told, &Shape::default());
    for part in [
        r#"<ns1:changeResponse xmlns:ns1="urn:old" xmlns:ns2="urn:old-types">"#,
        r#"<table SOAP-ENC:arrayType="ns2:KeyValue[][1]"><item SOAP-ENC:arrayType="ns2:KeyValue[1]">"#,
        r#"<item xsi:type="ns2:KeyValue"><name xsi:type="xsd:string">a</name><content xsi:type="xsd:string">b</content>"#,
        r#"<count xsi:type="xsd:int">7</count>"#,
    ] {
        assert!(answer.contains(part), "{part}\n{answer}");
    }
    let broken = Members::new(&operation.input).with("data", "no base64!");
    assert_eq!(broken.fitted(&own.input).unwrap_err(), "data: expected base64");
}

#[test]
fn what_is_no_wsdl_or_not_spoken_is_refused_and_where_it_is() {
    let read = |text: &str| Service::read_wsdl(text.as_bytes()).map(|_| ()).unwrap_err().to_string();
    assert!(read("").starts_with("this is no WSDL"));
    assert!(read("<html/>").contains("it begins with html"), "{}", read("<html/>"));
    assert!(matches!(Service::read_wsdl(&b" ".repeat(300_000)), Err(WsdlError::Xml(_))));
    for (from, to, why) in [
        ("use=\"encoded\"", "use=\"literal\"", "change is rpc/literal"),
        ("style=\"rpc\"", "style=\"document\"", "document/encoded"),
        ("message=\"tns:changeRequest\"", "message=\"tns:lost\"", "there is no message tns:lost"),
        ("type=\"t:KeyValues\"", "type=\"t:Lost\"", "the type {urn:old-types}Lost is not defined"),
        ("type=\"t:KeyValues\"", "type=\"u:Lost\"", "the prefix of u:Lost is not bound"),
        ("type=\"t:KeyValues\"", "type=\"xsd:float\"", "float are not spoken"),
        ("type=\"t:KeyValues\"", "element=\"t:KeyValues\"", "change.pairs does not name its type"),
        ("name=\"content\" type=\"xsd:string\"", "name=\"content\" type=\"t:KeyValue\"", "KeyValue holds itself"),
        ("t:KeyValue[]\"", "t:KeyValue[,]\"", "arrayType must end with []"),
        ("binding=\"tns:Shop\"", "binding=\"tns:Lost\"", "there is no binding tns:Lost"),
        ("<soap:binding style=\"rpc\"", "<w:documentation x=\"\"", "this has 0"),
        (
            "namespace=\"urn:old\"/></input>\n   <output>",
            "namespace=\"urn:other\"/></input>\n   <output>",
            "close is in another namespace",
        ),
    ] {
        let text = theirs();
        assert!(text.contains(from), "{from}");
        let told = read(&text.replacen(from, to, 1));
        assert!(told.contains(why) && told.contains("line"), "{from}: {told}");
    }
}

#[test]
fn no_damage_to_a_wsdl_makes_the_reader_panic() {
    let whole = theirs();
    let mut read = 0;
    for (at, _) in whole.char_indices().step_by(11) {
        for cut in [1, 9, 200] {
            let end = (at + cut).min(whole.len());
            let without = [&whole[..at], &whole[end..]].concat();
            let twice = [&whole[..end], &whole[at..]].concat();
            for text in [without, twice] {
                if let Ok(service) = Service::read_wsdl(text.as_bytes()) {
                    let _ = differences(&SERVICE, &service);
                    read += 1;
                }
            }
        }
    }
    assert!(read > 100, "{read} are still WSDLs");
}
