use super::*;

fn opened(inside: &str) -> Result<String, String> {
    opened_as(inside, Style::RpcEncoded)
}

fn opened_as(inside: &str, style: Style) -> Result<String, String> {
    let body = format!(
        "<s:Envelope xmlns:s='{ENVELOPE_NAMESPACE}' xmlns:u='urn:u' xmlns:c='{ENCODING_NAMESPACE}'>{inside}</s:Envelope>"
    );
    let source = Source::decode(body.as_bytes(), None, &xml::Limits::default()).unwrap();
    let document = source.parse(&xml::Limits::default()).unwrap();
    let understood = |name: xml::Name<'_>| name.local == "Known";
    let envelope = Envelope::open(&document, style, understood).map_err(|fault| fault.to_string())?;
    Ok(format!("{} {}", envelope.call().name(), envelope.headers().count()))
}

#[test]
fn an_envelope_holds_one_call() {
    for (inside, call) in [
        ("<s:Body><u:m/></s:Body>", "{urn:u}m 0"),
        ("\n <s:Header/>\n <s:Body>\n <u:m/>\n </s:Body>\n", "{urn:u}m 0"),
        ("<s:Header><u:a/><u:b/></s:Header><s:Body><m id='x'/></s:Body>", "m 2"),
        ("<s:Body><u:m/><c:Array id='1'/><x id='2' c:root='0'/></s:Body>", "{urn:u}m 0"),
        ("<s:Body><c:Array id='1'/><u:m/></s:Body>", "{urn:u}m 0"),
        ("<s:Body><x c:root='0'/><u:m c:root='1'/></s:Body>", "{urn:u}m 0"),
    ] {
        assert_eq!(opened(inside).as_deref(), Ok(call), "{inside}");
    }
    let outside = "<s:Envelope/>".replace('s', "x");
    for inside in [
        "",
        "<s:Header/>",
        "<s:Body/>",
        "<s:Body> </s:Body>",
        "<Body><u:m/></Body>",
        "<s:Body><u:m/><u:n/></s:Body>",
        "<s:Body><u:m id='1'/><u:n id='2'/></s:Body>",
        "<s:Body><u:m/></s:Body><s:Header/>",
        "<s:Header/><s:Header/><s:Body><u:m/></s:Body>",
        "<s:Body><u:m/></s:Body><s:Body><u:m/></s:Body>",
        "<s:Body><u:m/></s:Body><u:extra/>",
        "text<s:Body><u:m/></s:Body>",
        "<s:Body>text<u:m/></s:Body>",
        "<s:Body><u:m/></s:Body><?pi?>",
    ] {
        let said = opened(inside).unwrap_err();
        assert!(said.starts_with("Client: "), "{inside}: {said}");
    }
    assert!(opened_as("<s:Body><u:m/><x id='2'/></s:Body>", Style::DocumentLiteral).is_err());
    assert!(!outside.is_empty());
}

#[test]
fn only_soap_1_1_is_spoken() {
    for (root, code) in [
        ("<Envelope xmlns='http://www.w3.org/2003/05/soap-envelope'><Body><m/></Body></Envelope>", "VersionMismatch: "),
        ("<Envelope><Body><m/></Body></Envelope>", "VersionMismatch: "),
        ("<methodCall/>", "Client: "),
    ] {
        assert!(shown(&SHOP, root).unwrap_err().starts_with(code), "{root}");
    }
}

#[test]
fn headers_that_must_be_understood_are() {
    let header = |block: &str| opened(&format!("<s:Header>{block}</s:Header><s:Body><u:m/></s:Body>"));
    for block in [
        "<u:a/>",
        "<u:a mustUnderstand='1'/>",
        "<u:a s:mustUnderstand='0'/>",
        "<u:a s:mustUnderstand='false'/>",
        "<u:Known s:mustUnderstand='1'/>",
        "<u:a s:mustUnderstand='1' s:actor='urn:somebody-else'/>",
    ] {
        assert!(header(block).is_ok(), "{block}");
    }
    for (block, code) in [
        ("<u:a s:mustUnderstand='1'/>", "MustUnderstand: the header {urn:u}a"),
        ("<u:a s:mustUnderstand=' true '/>", "MustUnderstand: "),
        ("<u:a s:mustUnderstand='1' s:actor=''/>", "MustUnderstand: "),
        ("<u:a s:mustUnderstand='1' s:actor='http://schemas.xmlsoap.org/soap/actor/next'/>", "MustUnderstand: "),
        ("<u:Known/><u:a s:mustUnderstand='1'/>", "MustUnderstand: "),
        ("<u:a s:mustUnderstand='2'/>", "Client: "),
        ("<u:a s:mustUnderstand=''/>", "Client: "),
    ] {
        assert!(header(block).unwrap_err().starts_with(code), "{block}");
    }
}

#[test]
fn an_action_names_the_operation_or_nothing() {
    static OPERATION: Operation = Operation::qualified("urn:u", "Change", "Change", &[], &[]);
    for header in [None, Some(""), Some("\"\""), Some("Change"), Some("\"Change\""), Some(" \"Change\" ")] {
        assert!(OPERATION.is_action(header), "{header:?}");
    }
    for header in ["\"Delete\"", "\"Change", "change", "\"urn:u#Change\""] {
        assert!(!OPERATION.is_action(Some(header)), "{header}");
    }
}

#[test]
fn faults_are_written() {
    let fault = Fault::client("no <b>");
    assert_eq!(
        SHOP.fault(&fault).split_once("<SOAP-ENV:Body>").unwrap().1,
        "<SOAP-ENV:Fault><faultcode>SOAP-ENV:Client</faultcode><faultstring>no &lt;b&gt;</faultstring></SOAP-ENV:Fault>\
         </SOAP-ENV:Body></SOAP-ENV:Envelope>"
    );
    assert!(SHOP.fault(&Fault::new(FaultCode::MustUnderstand, "")).contains("<faultcode>SOAP-ENV:MustUnderstand<"));
    let own = FaultCode::Other { namespace: "urn:codes", local: "Odd" };
    assert!(SHOP.fault(&Fault::new(own, "x")).contains("<faultcode xmlns:a=\"urn:codes\">a:Odd</faultcode>"));
}
