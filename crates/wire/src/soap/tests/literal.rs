use super::*;

const TARGET: &str = "https://shop.example/v1";
const THINGS: &str = "https://shop.example/v1/Things";
const ARRAYS: &str = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";
const FAULTS: &str = "https://shop.example/v1/Faults";

static COLOUR: Enumeration = Enumeration { name: "Colour", namespace: THINGS, members: &["Red", "Blue"] };
static LONGS: Array = Array::qualified(ARRAYS, Type::Scalar(Scalar::Long)).never_nil();
static THING: Struct = Struct::qualified(
    THINGS,
    "Thing",
    &[
        Field::text("Name"),
        Field::new("Id", Type::Scalar(Scalar::Long)),
        Field::scalar("Weight", Scalar::Int),
        Field::new("Colour", Type::Enumeration(&COLOUR)),
        Field::new("Numbers", Type::Array(&LONGS)),
        Field::new("Stamp", Type::Scalar(Scalar::Base64Binary)),
        Field::new("Made", Type::Scalar(Scalar::DateTime)),
        Field::new("Price", Type::Scalar(Scalar::Decimal)),
        Field::new("Age", Type::Scalar(Scalar::UnsignedByte)),
    ],
);
static BOX: Struct =
    Struct { base: Some(&THING), ..Struct::qualified(THINGS, "Box", &[Field::new("Inside", Type::Array(&OF_THINGS))]) };
static OF_THINGS: Array = Array::qualified(THINGS, Type::Struct(&THING));
static BASE_FAULT: Struct = Struct::qualified(TARGET, "BaseFault", &[Field::text("TrackingId")]);
static FAULT: Struct =
    Struct { base: Some(&BASE_FAULT), ..Struct::qualified(FAULTS, "ApiFault", &[Field::scalar("Code", Scalar::Int)]) };
static DETAIL: FaultDetail = FaultDetail { name: "ApiFault", element: "ApiFault", namespace: TARGET, is: &FAULT };
static HEADERS: Struct = Struct::qualified(TARGET, "", &[Field::text("TrackingId")]);

static STORE: Service = Service {
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
    operations: &[
        Operation::qualified(
            TARGET,
            "Put",
            "Put",
            &[Field::new("Thing", Type::Struct(&THING)), Field::scalar("Count", Scalar::Int).required()],
            &[Field::new("Thing", Type::Struct(&THING)), Field::scalar("When", Scalar::DateTime)],
        ),
        Operation::qualified(TARGET, "Clear", "Clear", &[], &[]),
    ],
    schemas: &[
        Schema { prefix: "tns", namespace: TARGET, verbatim: "" },
        Schema {
            prefix: "ser",
            namespace: "http://schemas.microsoft.com/2003/10/Serialization/",
            verbatim: "<xs:simpleType name=\"char\"><xs:restriction base=\"xs:int\"/></xs:simpleType>",
        },
        Schema { prefix: "things", namespace: THINGS, verbatim: "" },
        Schema { prefix: "faults", namespace: FAULTS, verbatim: "" },
        Schema { prefix: "arr", namespace: ARRAYS, verbatim: "" },
    ],
    types: &[Type::Struct(&BOX)],
    request_headers: &[Field::text("Token")],
    response_headers: HEADERS.fields,
    faults: &[&DETAIL],
};

fn body(operation: &str, inside: &str) -> String {
    format!(
        "<e:Envelope xmlns:e='{ENVELOPE_NAMESPACE}' xmlns:i='{XSI_NAMESPACE}' xmlns:x='{XSD_NAMESPACE}' xmlns:t='{THINGS}' \
         xmlns:r='{ARRAYS}'><e:Body><{operation} xmlns='{TARGET}'>{inside}</{operation}></e:Body></e:Envelope>"
    )
}

fn put(thing: &str) -> Result<String, String> {
    shown(&STORE, &body("PutRequest", &format!("<Count>1</Count>{thing}")))
}

#[test]
fn members_come_in_any_order_and_are_told_apart() {
    for (thing, shown) in [
        ("", "{Count: 1}"),
        ("<Thing/>", "{Thing: {}, Count: 1}"),
        ("<Thing i:nil='true'/>", "{Thing: nil, Count: 1}"),
        (
            "<Thing><t:Weight>3</t:Weight><t:Name> a </t:Name><t:Id i:nil='1'/></Thing>",
            "{Thing: {Name: \" a \", Id: nil, Weight: 3}, Count: 1}",
        ),
        (
            "<Thing><t:Name i:nil='false'/><t:Name2/></Thing>".replace("<t:Name2/>", "").leak(),
            "{Thing: {Name: \"\"}, Count: 1}",
        ),
        (
            "<Thing><t:Numbers><r:long>1</r:long><r:long>-9223372036854775808</r:long></t:Numbers></Thing>",
            "{Thing: {Numbers: [1, -9223372036854775808]}, Count: 1}",
        ),
        ("<Thing><t:Numbers/><t:Colour>Blue</t:Colour></Thing>", "{Thing: {Colour: \"Blue\", Numbers: []}, Count: 1}"),
        (
            "<Thing><t:Numbers i:type='r:ArrayOflong'/><t:Colour i:type='t:Colour'>Red</t:Colour></Thing>",
            "{Thing: {Colour: \"Red\", Numbers: []}, Count: 1}",
        ),
        ("<Thing><t:Colour i:type='x:string'>Red</t:Colour></Thing>", "{Thing: {Colour: \"Red\"}, Count: 1}"),
        ("<Thing><t:Colour/><t:Stamp>AAE=</t:Stamp></Thing>", "{Thing: {Colour: nil, Stamp: [0, 1]}, Count: 1}"),
        ("<Thing><t:Made> 2018-01-02T03:04:05 </t:Made></Thing>", "{Thing: {Made: \"2018-01-02T03:04:05\"}, Count: 1}"),
        (
            "<Thing><t:Price> -1.50 </t:Price><t:Age>255</t:Age></Thing>",
            "{Thing: {Price: \"-1.50\", Age: 255}, Count: 1}",
        ),
        ("<Thing><t:Price>+.5</t:Price></Thing>", "{Thing: {Price: \"+.5\"}, Count: 1}"),
        // Left in the target namespace, as in printed samples.
        ("<Thing><Name>a</Name></Thing>", "{Thing: {Name: \"a\"}, Count: 1}"),
        (
            "<Thing i:type='t:Box'><t:Inside><t:Thing><t:Name i:type='x:string'>in</t:Name></t:Thing><t:Thing i:nil='true'/></t:Inside></Thing>",
            "{Thing: {Inside: [{Name: \"in\"}, nil]}, Count: 1}",
        ),
    ] {
        assert_eq!(put(thing).as_deref(), Ok(shown), "{thing}");
    }
    assert_eq!(shown(&STORE, &body("ClearRequest", "")).as_deref(), Ok("{}"));
}

#[test]
fn what_does_not_fit_is_refused_by_its_path() {
    for (thing, said) in [
        ("<Thing><t:Names/></Thing>", "PutRequest/Thing/Names (line 1"),
        ("<Thing><r:Name/></Thing>", "is not known here"),
        ("<Thing><Name xmlns=''/></Thing>", "Name is not known here"),
        ("<Other/>", "PutRequest/Other"),
        ("<Thing/><Thing/>", "it is given twice"),
        ("<Thing><t:Name/><t:Name/></Thing>", "it is given twice"),
        ("<Thing><t:Weight i:nil='true'/></Thing>", "it cannot be nil"),
        ("<Thing><t:Name i:nil='true'>x</t:Name></Thing>", "it is nil and must be empty"),
        ("<Thing><t:Weight/></Thing>", "expected an integer"),
        ("<Thing><t:Colour>Green</t:Colour></Thing>", "expected one of Red, Blue"),
        ("<Thing><t:Colour><b/></t:Colour></Thing>", "found elements"),
        ("<Thing>text</Thing>", "expected elements, found text"),
        ("<Thing><t:Price>1e3</t:Price></Thing>", "expected a decimal number"),
        ("<Thing><t:Price>.</t:Price></Thing>", "expected a decimal number"),
        ("<Thing><t:Age>256</t:Age></Thing>", "expected an integer from 0 to 255"),
        ("<Thing i:type='t:Colour'/>", "expected Thing, found a"),
        ("<Thing i:type='q:Box'/>", "its prefix is not bound"),
        ("<Thing><t:Name i:type='t:Thing'/></Thing>", "expected xs:string, found another type"),
        ("<Thing><t:Colour i:type='t:Thing'>Red</t:Colour></Thing>", "expected Colour, found another type"),
        ("<Thing><t:Colour i:type='x:long'>Red</t:Colour></Thing>", "expected Colour, found another type"),
        ("<Thing><t:Colour i:type='q:Colour'>Red</t:Colour></Thing>", "its prefix is not bound"),
        ("<Thing><t:Numbers i:type='t:ArrayOflong'/></Thing>", "expected ArrayOflong, found another type"),
        ("<Thing><t:Numbers i:type='r:ArrayOfint'/></Thing>", "expected ArrayOflong, found another type"),
        ("<Thing><t:Numbers><long>1</long></t:Numbers></Thing>", "PutRequest/Thing/Numbers/long[1]"),
        ("<Thing><t:Numbers><r:long i:nil='true'/></t:Numbers></Thing>", "it cannot be nil"),
    ] {
        let error = put(thing).unwrap_err();
        assert!(error.contains(said), "{thing}: {error}");
    }
    assert!(shown(&STORE, &body("PutRequest", "")).unwrap_err().contains("Count is missing"));
    assert!(shown(&STORE, &body("Put", "")).is_err() && shown(&STORE, &body("PutResponse", "")).is_err());
    assert!(shown(&STORE, &body("ClearRequest", "").replace(TARGET, "urn:other")).unwrap_err().starts_with("Client: "));
}

#[test]
fn answers_and_faults_have_the_shape_of_wcf() {
    let thing = Members::nil(&BOX)
        .with("Name", "<a>")
        .with("Weight", 3)
        .with("Numbers", vec![Value::Integer(1)])
        .with("Inside", vec![Value::Struct(Members::new(&THING).with("Name", "b")), Value::Nil]);
    let headers = Members::new(&HEADERS).with("TrackingId", "t-1");
    let xml = call(&STORE, &body("PutRequest", "<Count>1</Count>"), |operation, envelope, _| {
        let output = Members::new(&operation.output).with("Thing", thing).with("When", "2018-01-02T03:04:05");
        STORE.answer(operation, envelope, &output, &Shape { headers: Some(&headers), ..Shape::default() })
    });
    assert_eq!(
        xml.unwrap(),
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <s:Header><h:TrackingId xmlns:h=\"https://shop.example/v1\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">t-1</h:TrackingId></s:Header>\
         <s:Body><PutResponse xmlns=\"https://shop.example/v1\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <Thing xmlns:a=\"https://shop.example/v1/Things\" i:type=\"a:Box\"><a:Name>&lt;a&gt;</a:Name><a:Id i:nil=\"true\"/>\
         <a:Weight>3</a:Weight><a:Colour i:nil=\"true\"/>\
         <a:Numbers xmlns:b=\"http://schemas.microsoft.com/2003/10/Serialization/Arrays\"><b:long>1</b:long></a:Numbers>\
         <a:Stamp i:nil=\"true\"/><a:Made i:nil=\"true\"/><a:Price i:nil=\"true\"/><a:Age i:nil=\"true\"/>\
         <a:Inside><a:Thing><a:Name>b</a:Name></a:Thing><a:Thing i:nil=\"true\"/></a:Inside></Thing>\
         <When>2018-01-02T03:04:05</When></PutResponse></s:Body></s:Envelope>"
    );
    let fault = Fault { language: Some("en-US"), ..Fault::server("Invalid client data.") };
    let fault = fault.with_detail(&DETAIL, Members::new(&FAULT).with("TrackingId", "t").with("Code", 105));
    assert_eq!(
        STORE.fault(&fault),
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring xml:lang=\"en-US\">Invalid client data.</faultstring>\
         <detail><ApiFault xmlns=\"https://shop.example/v1\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xmlns:a=\"https://shop.example/v1/Faults\"><TrackingId>t</TrackingId><a:Code>105</a:Code></ApiFault></detail>\
         </s:Fault></s:Body></s:Envelope>"
    );
}

#[test]
fn an_answer_is_read_back_by_its_own_table() {
    let sent =
        Members::new(&BOX).with("Name", " <&>\r\n ").with("Stamp", vec![0, 255]).with("Inside", vec![Value::Nil]);
    // The same struct goes in where it comes out.
    let answer = call(&STORE, &body("PutRequest", "<Count>1</Count>"), |operation, envelope, _| {
        STORE.answer(
            operation,
            envelope,
            &Members::new(&operation.output).with("Thing", sent.clone()),
            &Shape::default(),
        )
    });
    let request =
        answer.unwrap().replace("PutResponse", "PutRequest").replace("</PutRequest>", "<Count>1</Count></PutRequest>");
    assert_eq!(call(&STORE, &request, |_, _, arguments| arguments.members("Thing") == Some(&sent)), Ok(true));
}

#[test]
fn the_wsdl_has_a_schema_for_each_namespace() {
    assert_eq!(STORE.mistakes(), Vec::<String>::new());
    let wsdl = STORE.wsdl("http://127.0.0.1:1/", "");
    let source = Source::decode(wsdl.as_bytes(), None, &xml::Limits::default()).unwrap();
    let document = source.parse(&xml::Limits::default()).unwrap();
    let schemas: Vec<_> = document.elements().filter(|element| element.local_name() == "schema").collect();
    let imports: Vec<_> =
        schemas.iter().map(|schema| schema.children().filter(|child| child.local_name() == "import").count()).collect();
    assert_eq!(imports, [2, 0, 1, 1, 0]);
    for part in [
        "<xs:element name=\"PutRequest\"><xs:complexType><xs:sequence>\
         <xs:element minOccurs=\"0\" name=\"Thing\" type=\"things:Thing\" nillable=\"true\"/>\
         <xs:element name=\"Count\" type=\"xs:int\"/></xs:sequence></xs:complexType></xs:element>",
        "<xs:element name=\"ClearResponse\"><xs:complexType><xs:sequence/></xs:complexType></xs:element>",
        "<xs:extension base=\"things:Thing\">",
        "<xs:element name=\"Box\" type=\"things:Box\" nillable=\"true\"/>",
        "<xs:simpleType name=\"char\">",
        "<xs:element name=\"ApiFault\" type=\"faults:ApiFault\" nillable=\"true\"/>",
        "<wsdl:message name=\"PutRequest_Headers\"><wsdl:part name=\"Token\" element=\"tns:Token\"/></wsdl:message>",
        "<soap:header message=\"tns:PutResponse_Headers\" part=\"TrackingId\" use=\"literal\"/>",
        "<wsdl:input wsaw:Action=\"Put\" message=\"tns:PutRequest\"/>",
        "<wsdl:output wsaw:Action=\"https://shop.example/v1/IStore/PutResponse\" message=\"tns:PutResponse\"/>",
        "<wsdl:fault wsaw:Action=\"https://shop.example/v1/IStore/PutApiFault\" name=\"ApiFault\" \
         message=\"tns:IStore_Put_ApiFault_FaultMessage\"/>",
        "<soap:operation soapAction=\"Put\" style=\"document\"/>",
    ] {
        assert!(wsdl.contains(part), "{part}\n{wsdl}");
    }
}
