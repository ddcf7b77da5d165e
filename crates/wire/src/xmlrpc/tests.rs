use super::*;
use crate::xml::{Limits, Source};
use proptest::prelude::*;

/// What a body is read as, seen from outside of it.
fn with<T>(body: &[u8], charset: Option<&str>, then: impl FnOnce(Call<'_>) -> T) -> Result<T, Fault> {
    let limits = Limits::default();
    let source = Source::decode(body, charset, &limits)?;
    let document = source.parse(&limits)?;
    Ok(then(Call::of(&document)?))
}

fn call(params: &str) -> String {
    format!("<?xml version=\"1.0\"?><methodCall><methodName>a.B_c:/9</methodName>{params}</methodCall>")
}

fn of(value: &str) -> String {
    call(&format!("<params><param>{value}</param></params>"))
}

fn code(body: &str) -> i32 {
    with(body.as_bytes(), None, |call| format!("{call:?}")).expect_err(body).code
}

/// The text and the number that one value is read as.
fn read(value: &str) -> (&'static str, String, Option<i32>) {
    with(of(value).as_bytes(), None, |call| {
        let [value] = &call.params[..] else { panic!("{value}") };
        (value.kind(), value.text().unwrap().into_owned(), value.int())
    })
    .unwrap_or_else(|fault| panic!("{value}: {fault}"))
}

#[test]
fn scalars_keep_the_text_they_were_sent_with() {
    for (value, kind, text, int) in [
        ("<value><int>02134</int></value>", "int", "02134", Some(2134)),
        ("<value><i4> -7\n</i4></value>", "int", "-7", Some(-7)),
        ("<value><i8>+27115551234</i8></value>", "int", "+27115551234", None),
        ("<value><i4>2147483648</i4></value>", "int", "2147483648", None),
        ("<value><int>+5</int></value>", "int", "+5", Some(5)),
        (
            "<value><e:i8 xmlns:e='http://ws.apache.org/xmlrpc/namespaces/extensions'>8</e:i8></value>",
            "int",
            "8",
            Some(8),
        ),
        ("<value><e:nil xmlns:e='http://ws.apache.org/xmlrpc/namespaces/extensions'/></value>", "nil", "", None),
        ("<value><nil/></value>", "nil", "", None),
        ("<value><boolean>1</boolean></value>", "boolean", "1", None),
        ("<value><boolean> 0 </boolean></value>", "boolean", "0", None),
        ("<value><double>1.10</double></value>", "double", "1.10", None),
        ("<value><double>5.000000</double></value>", "double", "5.000000", Some(5)),
        ("<value><double>-.5e-3</double></value>", "double", "-.5e-3", None),
        ("<value><double>1e400</double></value>", "double", "1e400", None),
        ("<value><double>1e5</double></value>", "double", "1e5", Some(100_000)),
        (
            "<value><dateTime.iso8601>20200102T03:04:05</dateTime.iso8601></value>",
            "dateTime.iso8601",
            "20200102T03:04:05",
            None,
        ),
        (
            "<value><dateTime.iso8601>2020-99-02T03:04:05.5+02:00</dateTime.iso8601></value>",
            "dateTime.iso8601",
            "2020-99-02T03:04:05.5+02:00",
            None,
        ),
        ("<value><string> 12 </string></value>", "string", " 12 ", None),
        ("<value><string>12</string></value>", "string", "12", Some(12)),
        ("<value><string/></value>", "string", "", None),
        ("<value/>", "string", "", None),
        ("<value> a </value>", "string", " a ", None),
        ("<value>\n<string>Zo&#235; <![CDATA[<&>]]> \u{1f3bf}</string>\n</value>", "string", "Zoë <&> \u{1f3bf}", None),
        ("<value><string>a<!-- b -->c</string></value>", "string", "ac", None),
        ("<value><base64>Wm/D\nqw==\n</base64></value>", "base64", "Zoë", None),
        ("<value><base64>Wm/r</base64></value>", "base64", "Zoë", None),
        ("<value><base64/></value>", "base64", "", None),
    ] {
        assert_eq!(read(value), (kind, text.to_owned(), int), "{value}");
    }
}

#[test]
fn arrays_and_structs_nest() {
    let body = of("<value><struct><member><name>a</name><value>1</value></member>\n\
         <member><value><array><data><value><int>2</int></value><value>x</value></data></array></value><name>b</name>\
         </member><member><name>a</name><value>3</value></member></struct></value>");
    with(body.as_bytes(), None, |call| {
        let value = &call.params[0];
        assert_eq!(value.members().unwrap().len(), 3);
        assert_eq!(value.member("a").unwrap().text().unwrap(), "3", "the last counts");
        assert_eq!(value.member("b").unwrap().items().unwrap(), [Value::Int("2".into()), "x".into()]);
        assert_eq!((value.member("c"), value.items(), value.int()), (None, None, None));
        assert_eq!(value.text().unwrap_err().code, Fault::INVALID_PARAMS);
    })
    .unwrap();
    // PHP's empty array.
    with(of("<value><array><data/></array></value>").as_bytes(), None, |call| {
        assert_eq!(call.params[0].members(), Some(&[][..]));
    })
    .unwrap();
}

#[test]
fn params_may_be_absent() {
    for params in ["", "<params/>", "<params>\n</params>"] {
        with(call(params).as_bytes(), None, |call| assert_eq!((call.method, call.params.len()), ("a.B_c:/9", 0)))
            .unwrap();
    }
}

#[test]
fn encodings_may_be_declared_wrongly_in_the_known_ways() {
    let body =
        |encoding: &str| format!("<?xml version='1.0' encoding='{encoding}'?>{}", &of("<value>Zoë</value>")[21..]);
    let read = |bytes: &[u8], charset| with(bytes, charset, |call| call.params[0].text().unwrap().into_owned());
    assert_eq!(read(body("us-ascii").as_bytes(), None).unwrap(), "Zoë");
    let latin: Vec<u8> = body("iso-8859-1").chars().map(|c| u8::try_from(c).unwrap()).collect();
    assert_eq!(read(&latin, None).unwrap(), "Zoë");
    let utf_16: Vec<u8> =
        "\u{FEFF}".chars().chain(body("utf-16").chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
    assert_eq!(read(&utf_16, None).unwrap(), "Zoë");
    assert_eq!(read(&latin, Some("utf-8")).unwrap_err().code, Fault::INVALID_CHARACTER);
    assert_eq!(read(body("utf-7").as_bytes(), None).unwrap_err().code, Fault::UNSUPPORTED_ENCODING);
    assert_eq!(read(body("utf-8").as_bytes(), Some("klingon")).unwrap_err().code, Fault::UNSUPPORTED_ENCODING);
}

#[test]
fn what_is_no_call_is_refused_with_its_code() {
    for body in ["", "x", "<methodCall>", "<methodCall><methodName>a</methodCall>", "{\"a\":1}"] {
        assert_eq!(code(body), Fault::NOT_WELL_FORMED, "{body}");
    }
    let long = format!("<methodCall><methodName>{}</methodName></methodCall>", "a".repeat(256));
    for body in [
        "<methodResponse/>",
        "<methodCall/>",
        "<methodCall><params/></methodCall>",
        "<methodCall><methodName/></methodCall>",
        "<methodCall><methodName>a b</methodName></methodCall>",
        "<methodCall><methodName>a<b/></methodName></methodCall>",
        "<methodCall>x<methodName>a</methodName></methodCall>",
        "<methodCall><methodName>a</methodName><params/><params/></methodCall>",
        "<methodCall><methodName>a</methodName><fault/></methodCall>",
        "<!DOCTYPE methodCall><methodCall><methodName>a</methodName></methodCall>",
        &long,
        &call("<params><value/></params>"),
        &call("<params><param/></params>"),
        &call("<params>x</params>"),
        &call("<params><param><value/><value/></param></params>"),
    ] {
        assert_eq!(code(body), Fault::INVALID_CALL, "{body}");
    }
    for value in [
        "<value><int/></value>",
        "<value><int>1 2</int></value>",
        "<value><int>1.0</int></value>",
        "<value><int>--1</int></value>",
        "<value><int><b/></int></value>",
        "<value><boolean>2</boolean></value>",
        "<value><boolean>true</boolean></value>",
        "<value><double>.</double></value>",
        "<value><double>NaN</double></value>",
        "<value><double>1e</double></value>",
        "<value><double>inf</double></value>",
        "<value><dateTime.iso8601>2020</dateTime.iso8601></value>",
        "<value><dateTime.iso8601>20200102T03:04:05 tomorrow</dateTime.iso8601></value>",
        "<value><base64>%</base64></value>",
        "<value><base64>A</base64></value>",
        "<value><nil>x</nil></value>",
        "<value><i16>1</i16></value>",
        "<value><x:int xmlns:x='urn:x'>1</x:int></value>",
        "<value>x<int>1</int></value>",
        "<value><int>1</int><int>2</int></value>",
        "<value><array/></value>",
        "<value><array><data/><data/></array></value>",
        "<value><array><data><int>1</int></data></array></value>",
        "<value><array><data>x</data></array></value>",
        "<value><struct><member><name>a</name></member></struct></value>",
        "<value><struct><member><value/></member></struct></value>",
        "<value><struct><member><name>a</name><name>b</name><value/></member></struct></value>",
        "<value><struct><value/></struct></value>",
        "<value><struct>x</struct></value>",
    ] {
        assert_eq!(code(&of(value)), Fault::INVALID_CALL, "{value}");
    }
    assert_eq!(code(&of("<value>&#1;</value>")), Fault::INVALID_CHARACTER);
    assert_eq!(code(&of("<value>\u{1}</value>")), Fault::INVALID_CHARACTER);
    assert_eq!(code(&of("<value>&lol;</value>")), Fault::NOT_WELL_FORMED);
    let deep = "<value><array><data>".repeat(100) + &"</data></array></value>".repeat(100);
    assert_eq!(code(&of(&deep)), Fault::LIMIT);
    assert_eq!(code(&of(&"<value/>".repeat(60_000))), Fault::LIMIT);
    assert_eq!(code(&of(&format!("<value>{}</value>", "a".repeat(1 << 20)))), Fault::LIMIT);
    let control =
        with(of("<value><base64>AQ==</base64></value>").as_bytes(), None, |call| call.params[0].text().map(drop));
    assert_eq!(control.unwrap().unwrap_err().code, Fault::INVALID_PARAMS);
}

#[test]
fn answers_hold_only_what_every_client_reads() {
    let value: Value<'_> = [
        ("nil", Value::Nil),
        ("text", "<&>\" \r\u{1f3bf}".into()),
        ("number", Value::Int("+007".into())),
        ("large", (1_i64 << 31).into()),
        ("double", Value::Double("1e2".into())),
        ("far", Value::Double("1e999".into())),
        ("yes", true.into()),
        ("bytes", Value::Base64(vec![0, 255])),
        ("list", [Value::from(1), "".into()].into_iter().collect()),
    ]
    .into_iter()
    .collect();
    let member = |name: &str, value: &str| format!("<member><name>{name}</name><value>{value}</value></member>");
    let expected = [
        member("nil", "<string></string>"),
        member("text", "<string>&lt;&amp;&gt;&quot; &#13;\u{1f3bf}</string>"),
        member("number", "<int>7</int>"),
        member("large", "<string>2147483648</string>"),
        member("double", "<double>100</double>"),
        member("far", "<string>1e999</string>"),
        member("yes", "<boolean>1</boolean>"),
        member("bytes", "<base64>AP8=</base64>"),
        member("list", "<array><data><value><int>1</int></value><value><string></string></value></data></array>"),
    ]
    .concat();
    assert_eq!(
        response(&value),
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><methodResponse><params><param><value><struct>{expected}</struct>\
             </value></param></params></methodResponse>"
        )
    );
    assert_eq!(
        fault(&Fault::new(404, "There is no <customer> 9")),
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><methodResponse><fault><value><struct><member><name>faultCode</name>\
         <value><int>404</int></value></member><member><name>faultString</name><value><string>There is no \
         &lt;customer&gt; 9</string></value></member></struct></value></fault></methodResponse>"
    );
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<char>().prop_filter("allowed", |c| crate::text::is_allowed(*c)), 0..12)
        .prop_map(String::from_iter)
}

fn value() -> impl Strategy<Value = Value<'static>> {
    let scalar = prop_oneof![
        any::<i32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        any::<i16>().prop_map(|number| Value::Double(format!("{number}.25").into())),
        text().prop_map(Value::from),
        any::<Vec<u8>>().prop_map(Value::Base64),
        Just(Value::DateTime("20261122T12:00:00".into())),
    ];
    scalar.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            proptest::collection::vec((text().prop_map(Cow::from), inner), 0..6).prop_map(Value::Struct),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_it_was(value in value()) {
        let body = response(&value).replace("methodResponse>", "methodCall>");
        let body = body.replacen("<params>", "<methodName>m</methodName><params>", 1);
        let same = with(body.as_bytes(), None, |call| call.params == [value.clone()]);
        prop_assert_eq!(same, Ok(true), "{}", body);
    }
}
