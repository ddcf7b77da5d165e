use super::*;

/// An envelope with these parameters, and what stands beside the call.
fn body(operation: &str, parameters: &str, beside: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='{ENVELOPE_NAMESPACE}' xmlns:c='{ENCODING_NAMESPACE}' xmlns:xsd='{XSD_NAMESPACE}' \
         xmlns:xsi='{XSI_NAMESPACE}' xmlns:old='http://www.w3.org/1999/XMLSchema-instance' \
         xmlns:oxsd='http://www.w3.org/1999/XMLSchema' xmlns:m='http://xml.apache.org/xml-soap' xmlns:n='urn:theirs'>\
         <s:Body><n:{operation}>{parameters}</n:{operation}>{beside}</s:Body></s:Envelope>"
    )
}

fn change(parameters: &str, beside: &str) -> Result<String, String> {
    shown(&SHOP, &body("change", parameters, beside))
}

const TWO: &str = r#"{sessionKey: "k", values: [{field: "a", value: "1"}, {field: "b", value: "2"}]}"#;

#[test]
fn every_toolkits_way_is_understood() {
    for (parameters, beside) in [
        // zeep
        (
            "<sessionKey>k</sessionKey><values><item><field>a</field><value>1</value></item><item><field>b</field><value>2</value></item></values>",
            "",
        ),
        // PHP with a WSDL
        (
            "<sessionKey xsi:type='xsd:string'>k</sessionKey><values c:arrayType='n:Pair[2]' xsi:type='n:ArrayOfPair'>\
          <item xsi:type='n:Pair'><field xsi:type='xsd:string'>a</field><value xsi:type='xsd:string'>1</value></item>\
          <item xsi:type='n:Pair'><field xsi:type='xsd:string'>b</field><value xsi:type='xsd:string'>2</value></item></values>",
            "",
        ),
        // PHP without one: other names, and maps
        (
            "<param0 xsi:type='xsd:string'>k</param0><param1 c:arrayType='m:Map[2]' xsi:type='c:Array'>\
          <item xsi:type='m:Map'><item><key xsi:type='xsd:string'>field</key><value xsi:type='xsd:string'>a</value></item>\
          <item><key xsi:type='xsd:string'>value</key><value xsi:type='xsd:int'>1</value></item></item>\
          <item xsi:type='m:Map'><item><key>value</key><value>2</value></item><item><key>field</key><value>b</value></item></item></param1>",
            "",
        ),
        // SOAP::Lite: digits are int, and the array is named after its type
        (
            "<c-gensym3 xsi:type='xsd:string'>k</c-gensym3><c:Array c:arrayType='xsd:anyType[2]' xsi:type='c:Array'>\
          <item><value xsi:type='xsd:int'>1</value><field xsi:type='xsd:string'>a</field></item>\
          <item><field xsi:type='xsd:base64Binary'>Yg==</field><value xsi:type='xsd:int'>2</value></item></c:Array>",
            "",
        ),
        // .NET: everything is a reference
        (
            "<sessionKey xsi:type='xsd:string'>k</sessionKey><values href='#id1'/>",
            "<c:Array id='id1' c:arrayType='n:Pair[2]'><Item href='#id2'/><Item href='#id3'/></c:Array>\
          <n:Pair id='id2' xsi:type='n:Pair'><field xsi:type='xsd:string'>a</field><value xsi:type='xsd:string'>1</value></n:Pair>\
          <n:Pair id='id3' xsi:type='n:Pair'><field xsi:type='xsd:string'>b</field><value xsi:type='xsd:string'>2</value></n:Pair>",
        ),
        // Axis 1: even texts are
        (
            "<values href='#id0'/><sessionKey href='#id9'/>",
            "<multiRef id='id9' c:root='0' xsi:type='c:string'>k</multiRef><multiRef id='id0' c:root='0' xsi:type='c:Array' c:arrayType='n:Pair[]'>\
          <x href='#id1'/><x href='#id2'/></multiRef><multiRef id='id1'><field>a</field><value>1</value></multiRef>\
          <multiRef id='id2'><field>b</field><value>2</value></multiRef>",
        ),
        // Drafts of XML Schema, and names in other cases
        (
            "<SESSIONKEY old:type='oxsd:string'>k</SESSIONKEY><Values><i><Field>a</Field><VALUE>1</VALUE></i><i><field>b</field><value>2</value></i></Values>",
            "",
        ),
    ] {
        assert_eq!(change(parameters, beside).as_deref(), Ok(TWO), "{parameters}");
    }
}

#[test]
fn absent_nil_and_empty_are_told_apart_only_where_they_differ() {
    for (parameters, shown) in [
        ("", "{}"),
        ("<sessionKey/>", r#"{sessionKey: ""}"#),
        ("<sessionKey xsi:nil='true'/><values xsi:nil='1'/>", "{sessionKey: nil, values: nil}"),
        ("<sessionKey old:null='1'/>", "{sessionKey: nil}"),
        ("<sessionKey xsi:nil='false'/>", r#"{sessionKey: ""}"#),
        ("<values/>", "{values: []}"),
        ("<values c:arrayType='n:Pair[0]'/>", "{values: []}"),
        ("<values><item/><item xsi:nil='true'/></values>", "{values: [{}, nil]}"),
        ("<values><item><value xsi:nil='true'/></item></values>", "{values: [{value: nil}]}"),
    ] {
        assert_eq!(change(parameters, "").as_deref(), Ok(shown), "{parameters}");
    }
    let find = |parameters: &str| shown(&SHOP, &body("find", parameters, ""));
    let nils = "{ascending: nil, most: nil, data: nil, colour: nil}";
    assert_eq!(find("<ascending/><most> </most><data/><colour/>").as_deref(), Ok(nils));
}

#[test]
fn scalars_are_what_the_table_says() {
    let find = |parameters: &str| shown(&SHOP, &body("find", parameters, ""));
    for (parameters, shown) in [
        ("<ascending>true</ascending><most> -7 </most>", "{ascending: true, most: -7}"),
        (
            "<ascending xsi:type='xsd:int'>0</ascending><most xsi:type='xsd:string'>+07</most>",
            "{ascending: false, most: 7}",
        ),
        ("<sessionKey> a \n</sessionKey>", r#"{sessionKey: " a \n"}"#),
        ("<sessionKey xsi:type='xsd:base64Binary'>Wm/\nDqw==</sessionKey>", r#"{sessionKey: "Zoë"}"#),
        ("<sessionKey xsi:type='c:base64'>Wm/Dqw</sessionKey>", r#"{sessionKey: "Zoë"}"#),
        ("<data> AQID\n/w== </data>", "{data: [1, 2, 3, 255]}"),
        ("<encoded xsi:type='xsd:base64Binary'>AQID/w==</encoded>", r#"{encoded: "AQID/w=="}"#),
        ("<encoded>AQID/w==</encoded>", r#"{encoded: "AQID/w=="}"#),
        ("<names><a>x</a><b xsi:type='xsd:int'>1</b><c xsi:nil='true'/></names>", r#"{names: ["x", "1", nil]}"#),
        ("<colour xsi:type='n:Colour'>Dark green</colour>", r#"{colour: "Dark green"}"#),
    ] {
        assert_eq!(find(parameters).as_deref(), Ok(shown), "{parameters}");
    }
    for (parameters, said) in [
        ("<ascending>yes</ascending>", "ascending (line 1, column"),
        ("<most>2147483648</most>", "expected an integer from -2147483648 to 2147483647"),
        ("<most>1.0</most>", "expected an integer"),
        ("<most>0x1</most>", "expected an integer"),
        ("<data>A*==</data>", "expected base64"),
        ("<sessionKey xsi:type='xsd:base64Binary'>/w==</sessionKey>", "expected text in UTF-8 under the base64"),
        ("<sessionKey xsi:type='xsd:base64Binary'>AA==</sessionKey>", "expected text in UTF-8 under the base64"),
        ("<sessionKey xsi:type='n:Pair'>x</sessionKey>", "expected a plain value, found one of type {urn:theirs}Pair"),
        ("<sessionKey xsi:type='c:Array'/>", "expected a plain value"),
        ("<sessionKey xsi:type='no:string'>x</sessionKey>", "its prefix is not bound"),
        ("<sessionKey xsi:nil='true'>x</sessionKey>", "it is nil and must be empty"),
        ("<sessionKey xsi:nil='maybe'/>", "xsi:nil must be true or false"),
        ("<sessionKey><b>x</b></sessionKey>", "expected a plain value, found elements"),
        ("<colour>red</colour>", "expected one of Red, Dark green"),
    ] {
        let error = find(parameters).unwrap_err();
        assert!(error.contains(said), "{parameters}: {error}");
    }
}

#[test]
fn what_does_not_fit_the_table_is_refused_by_its_path() {
    for (parameters, said) in [
        ("<sessionKey>a</sessionKey><sessionkey>b</sessionkey>", "sessionkey (line 1, column"),
        ("<sessionKey>a</sessionKey><other/>", "it is not known here; there are: sessionKey, values"),
        ("<a/><b/><c/>", "c (line"),
        ("<sessionKey>k</sessionKey>text", "change (line"),
        ("<values>text</values>", "expected elements, found text"),
        ("<values xsi:type='xsd:string'/>", "expected an array"),
        ("<values xsi:type='m:Map'/>", "expected an array"),
        ("<values><item>text</item></values>", "values/item[1] (line"),
        ("<values><item xsi:type='xsd:string'/></values>", "expected Pair, found a plain value"),
        ("<values><item/><item><colour/></item></values>", "values/item[2]/colour (line"),
        ("<values><item/><item><field/><field/></item></values>", "values/item[2]/field (line"),
        (
            "<values><i xsi:type='m:Map'><item><key>field</key></item></i></values>",
            "an entry of a map must have key and value",
        ),
        ("<values><i xsi:type='m:Map'><item><key>no</key><value/></item></i></values>", "values/i[1]/key (line"),
        ("<values c:arrayType='n:Pair[1]'><item/><item/></values>", "there are more items than arrayType says"),
        ("<values c:arrayType='n:Pair[1000000000]'><item/></values>", "arrayType must name a length of at most 10000"),
        ("<values c:arrayType='n:Pair[99999999999999999999]'/>", "arrayType must name a length"),
        ("<values c:arrayType='n:Pair[-1]'/>", "arrayType must name a length"),
        ("<values c:arrayType='n:Pair[1,2]'/>", "several dimensions"),
        ("<values c:arrayType='n:Pair'/>", "arrayType must end with a length"),
        ("<values c:offset='[1]'/>", "sparse arrays"),
        ("<values><item c:position='[1]'/></values>", "sparse arrays"),
        ("<values href='#none'/>", "values (line"),
        ("<values href='http://example.org/x'/>", "nothing else is fetched"),
        ("<values href='#v'>x</values>", "found text"),
    ] {
        let error = change(parameters, "").unwrap_err();
        assert!(error.contains(said), "{parameters}: {error}");
    }
    assert!(change("<values c:arrayType='n:Pair[3]'><item/></values>", "").is_ok(), "fewer items than declared");
    assert!(
        shown(&SHOP, &body("destroy", "", ""))
            .unwrap_err()
            .contains("{urn:theirs}destroy is not an operation of shopService")
    );
}

#[test]
fn references_are_followed_but_not_for_ever() {
    let shared = change("<values><item id='ref1'><field>a</field></item><item href='#ref1'/></values>", "");
    assert_eq!(shared.as_deref(), Ok(r#"{values: [{field: "a"}, {field: "a"}]}"#));
    for (parameters, beside, said) in [
        ("<values href='#a'/>", "<x id='a' href='#b'/><x id='b' href='#a'/>", "values (line"),
        ("<values href='#a'/>", "<x id='a' href='#a'/>", "in a circle"),
        ("<values href='#a'/>", "<x id='a'/><y id='a'/>", "another element has the same id"),
        ("<values href='#a'/>", "<x id='a'><item href='#a'/></x>", "values/item[1]/item (line"),
    ] {
        let error = change(parameters, beside).unwrap_err();
        assert!(error.contains(said), "{parameters} {beside}: {error}");
    }
    let tree = |parameters: &str, beside: &str| shown(&SHOP, &body("tree", parameters, beside));
    let error = tree("<root href='#a'/>", "<x id='a'><next href='#a'/></x>").unwrap_err();
    assert!(error.contains("values are too deep inside each other") && error.starts_with("root/next/next/"), "{error}");
    // Each level refers ten times to the one below it.
    let laughs: String = (0..12)
        .map(|level| {
            format!("<x id='a{level}'><children>{}</children></x>", format!("<i href='#a{}'/>", level + 1).repeat(10))
        })
        .collect();
    let error = tree("<root href='#a0'/>", &(laughs + "<x id='a12'/>")).unwrap_err();
    assert!(error.contains("there are too many values"), "{error}");
    let long = format!("<x id='a'><children>{}</children></x>", "<i href='#b'/>".repeat(100));
    let error =
        tree("<root href='#a'/>", &format!("{long}<x id='b'><name>{}</name></x>", "x".repeat(100_000))).unwrap_err();
    assert!(error.contains("there is too much text"), "{error}");
}

#[test]
fn a_call_of_ten_thousand_items_is_taken_and_one_more_is_not() {
    let values = |count: usize| format!("<values>{}</values>", "<i><field>a</field><value>b</value></i>".repeat(count));
    assert!(
        call(&SHOP, &body("change", &values(10_000), ""), |_, _, arguments| arguments.list("values").len())
            == Ok(10_000)
    );
    assert!(change(&values(10_001), "").unwrap_err().contains("values/i[10001] (line"));
}

fn answer(operation: &str, output: impl Fn(&'static Operation) -> Members<'static>, shape: &Shape<'_>) -> String {
    call(&SHOP, &body(operation, "", ""), |operation, envelope, _| {
        SHOP.answer(operation, envelope, &output(operation), shape)
    })
    .unwrap()
}

#[test]
fn answers_echo_the_callers_namespace_and_type_everything() {
    let pair = |field: &'static str, value: &'static str| {
        Value::Struct(Members::new(&PAIR).with("field", field).with("value", value))
    };
    let full = |operation: &'static Operation| {
        Members::new(&operation.output)
            .with("errorCode", "0")
            .with("rows", vec![Value::List(vec![pair("a", "<1>"), pair("b", "é\r")]), Value::List(vec![])])
            .with("numbers", vec![Value::Integer(1), Value::Integer(-2)])
            .with("best", pair("c", ""))
            .with("more", true)
            .with("count", 7)
            .with("data", vec![1, 2, 255])
    };
    let xml = answer("find", full, &Shape::default());
    assert_eq!(
        xml,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:SOAP-ENC=\"http://schemas.xmlsoap.org/soap/encoding/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
         SOAP-ENV:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">\
         <SOAP-ENV:Body><ns1:findResponse xmlns:ns1=\"urn:theirs\">\
         <errorCode xsi:type=\"xsd:string\">0</errorCode>\
         <rows SOAP-ENC:arrayType=\"ns1:Pair[][2]\"><item SOAP-ENC:arrayType=\"ns1:Pair[2]\">\
         <item xsi:type=\"ns1:Pair\"><field xsi:type=\"xsd:string\">a</field><value xsi:type=\"xsd:string\">&lt;1&gt;</value></item>\
         <item xsi:type=\"ns1:Pair\"><field xsi:type=\"xsd:string\">b</field><value xsi:type=\"xsd:string\">é&#13;</value></item>\
         </item><item SOAP-ENC:arrayType=\"ns1:Pair[0]\"></item></rows>\
         <numbers SOAP-ENC:arrayType=\"xsd:int[2]\"><item xsi:type=\"xsd:int\">1</item><item xsi:type=\"xsd:int\">-2</item></numbers>\
         <best xsi:type=\"ns1:Pair\"><field xsi:type=\"xsd:string\">c</field><value xsi:type=\"xsd:string\"></value></best>\
         <more xsi:type=\"xsd:boolean\">true</more><count xsi:type=\"xsd:int\">7</count>\
         <data xsi:type=\"xsd:base64Binary\">AQL/</data>\
         </ns1:findResponse></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    );
    let gsoap = answer("find", full, &Shape { nested_arrays: NestedArrays::AnyType, ..Shape::default() });
    assert!(
        gsoap.contains("<rows SOAP-ENC:arrayType=\"xsd:anyType[2]\"><item SOAP-ENC:arrayType=\"ns1:Pair[2]\">"),
        "{gsoap}"
    );
}

#[test]
fn what_an_answer_does_not_say_is_sent_empty() {
    let error = |operation: &'static Operation| Members::new(&operation.output).with("errorCode", "5");
    let xml = answer("find", error, &Shape::default());
    assert!(
        xml.contains(
            "<errorCode xsi:type=\"xsd:string\">5</errorCode><rows SOAP-ENC:arrayType=\"ns1:Pair[][0]\"></rows>\
             <numbers SOAP-ENC:arrayType=\"xsd:int[0]\"></numbers><best xsi:nil=\"true\"/>\
             <more xsi:type=\"xsd:boolean\">false</more><count xsi:type=\"xsd:int\">0</count>\
             <data xsi:type=\"xsd:base64Binary\"></data>"
        ),
        "{xml}"
    );
}

#[test]
fn the_wsdl_says_what_the_table_says() {
    let wsdl = SHOP.wsdl("http://127.0.0.1:1/shop?a=b&c=d", "http://127.0.0.1:1/soap-encoding.xsd");
    let source = Source::decode(wsdl.as_bytes(), None, &xml::Limits::default()).unwrap();
    let document = source.parse(&xml::Limits::default()).unwrap();
    let named = |local: &str| -> Vec<_> {
        let all = document.elements().filter(|element| element.local_name() == local);
        all.filter_map(|element| element.attribute(None, "name").map(str::to_owned)).collect()
    };
    assert_eq!(
        named("complexType"),
        ["Pair", "ArrayOfPair", "ArrayOfstring", "ArrayOfArrayOfPair", "ArrayOfint", "ArrayOfNode", "Node"]
    );
    assert_eq!(named("simpleType"), ["Colour"]);
    assert_eq!(named("message"), ["change", "changeResponse", "find", "findResponse", "tree", "treeResponse"]);
    assert_eq!(named("service"), ["shopService"]);
    for part in [
        "<soap:address location=\"http://127.0.0.1:1/shop?a=b&amp;c=d\"/>",
        "<xsd:import namespace=\"http://schemas.xmlsoap.org/soap/encoding/\" schemaLocation=\"http://127.0.0.1:1/soap-encoding.xsd\"/>",
        "<xsd:attribute ref=\"soapenc:arrayType\" wsdl:arrayType=\"tns:ArrayOfPair[]\"/>",
        "<wsdl:part name=\"values\" type=\"tns:ArrayOfPair\"/>",
        "<soap:operation soapAction=\"\"/>",
    ] {
        assert!(wsdl.contains(part), "{part}: {wsdl}");
    }
    assert!(!wsdl.contains("parameterOrder"));
    let source = Source::decode(ENCODING_SCHEMA.as_bytes(), None, &xml::Limits::default()).unwrap();
    assert!(source.parse(&xml::Limits::default()).is_ok());
}
