use proptest::prelude::*;

use super::*;

fn read(document: &[u8]) -> Result<Value<'_>, JsonError> {
    parse(document, &Limits::default())
}

fn again(value: &Value<'_>) -> String {
    let mut out = String::new();
    write_value(&mut out, value);
    out
}

/// Documents that are JSON and that we take, with how we write them when that differs.
const ACCEPTED: &[(&str, &str)] = &[
    ("null", ""),
    ("true", ""),
    ("false", ""),
    ("0", ""),
    ("-0", ""),
    ("\"\"", ""),
    ("[]", ""),
    ("{}", ""),
    (" \t\r\n[ ]\n", "[]"),
    ("{ }", "{}"),
    ("\u{FEFF}[1]", "[1]"),
    ("[1,2 , 3]", "[1,2,3]"),
    ("[[],[[]],{}]", ""),
    ("[null,true,false]", ""),
    ("[0,-0,-1,10,1.0,-1.5,0.0,123456789012345678901234567890]", ""),
    ("[1e3,1E3,1e+3,1E-3,0e0,0e+1,1.5e-10,-0.0e5]", ""),
    ("[-9223372036854775808,9223372036854775807,18446744073709551615,-18446744073709551616]", ""),
    ("[1.7976931348623157e308,1e-400,0.1e-1000000000,123e-10000000]", ""),
    ("[1.000000000000000000005,0.1000000000000000055511151231257827]", ""),
    ("{\"a\":1}", ""),
    ("{\"\":0}", ""),
    ("{\"a\":{\"a\":{\"a\":null}}}", ""),
    ("{\"b\":1,\"a\":2}", ""),
    ("{\"a\":1,\"A\":2,\"a \":3,\"__proto__\":4}", ""),
    ("{ \"a\" : [ 1 ] , \"b\" : \"\" }", "{\"a\":[1],\"b\":\"\"}"),
    ("{\"$serde_json::private::Number\":\"1\"}", ""),
    (r#""\"\\\/\n\r\t""#, r#""\"\\/\n\r\t""#),
    (r#""\u0041\u00e9\u20AC\u20ac""#, "\"Aé€€\""),
    (r#""\ud83d\ude00 \uD834\uDD1E""#, "\"😀 𝄞\""),
    (r#""\uD800\uDC00\uDBFF\uDFFF""#, "\"\u{10000}\u{10FFFF}\""),
    (r#""\u007f\u0080\u2028\u2029\uFEFF""#, "\"\u{7F}\u{80}\u{2028}\u{2029}\u{FEFF}\""),
    (r#""\\u0000""#, ""),
    (r#""\uFDD0\uFFFD""#, "\"\u{FDD0}\u{FFFD}\""),
    ("\"é €😀 \u{2028}\u{7F}\u{1FFFE}\"", ""),
    ("\"/ // /* */ ' <script>\"", ""),
    ("{\"\\u0061\":1,\"b\":2}", "{\"a\":1,\"b\":2}"),
    ("\"REMOVE\"", ""),
    ("[\"\\u0009\\u000a\\u000D\"]", "[\"\\t\\n\\r\"]"),
    ("[\"\u{FEFF}\"]", ""),
    ("1 ", "1"),
    ("\r\n\"x\"", "\"x\""),
];

/// Bytes that are no JSON at all.
#[rustfmt::skip]
const MALFORMED: &[&[u8]] = &[
    b"", b" ", b"\n", b"\xEF\xBB\xBF", b"\xEF\xBB", b"\xEF\xBB\xBF\xEF\xBB\xBF{}", b"\xFF\xFE{\0}\0", b"\0{\0}",
    // Values that are almost there.
    b"nul", b"tru", b"fals", b"nulll", b"truee", b"True", b"TRUE", b"None", b"undefined", b"NaN", b"-NaN",
    b"Infinity", b"-Infinity", b"inf", b"'a'", b"a", b"$", b"*", b"<a/>", b"@", b"a=1&b=2", b"\\u0022a\"",
    b"\xC3\xA9",
    // Numbers.
    b"-", b"+1", b"01", b"-01", b"00", b"1.", b".5", b"-.5", b"1.e3", b"1e", b"1e+", b"1E-", b"1e1.5", b"1e1e1",
    b"0x10", b"1_000", b"1,000", b"--1", b"- 1", b"1 000", b"1.2.3", b"0b1", b"1a", b"1f", b"2.e3", b"0e", b"0.",
    b"0.e1", b"[-]", b"[1.]", b"[.1]", b"[+1]", b"[0.1.2]", b"[1+2]", b"[-2.]", b"[1ea]", b"[012]",
    "[\u{FF11}]".as_bytes(), "\u{0663}".as_bytes(),
    // Texts.
    b"\"", b"\"a", b"a\"", b"\"\\\"", b"\"\\", b"\"\\\\\\\"", b"\"\\a\"", b"\"\\x41\"", b"\"\\'\"", b"\"\\0\"",
    b"\"\\U0041\"", b"\"\\u\"", b"\"\\u1\"", b"\"\\u12\"", b"\"\\u123\"", b"\"\\u123g\"", b"\"\\u+123\"",
    b"\"\\u-123\"", b"\"\\u 123\"", b"\"\\u00\xC3\xA9\"", b"\"\\ud800\\u\"", b"\"\\ud800\\u1\"",
    b"\"\\uD834\\u123x\"", b"\"\t\"", b"\"\n\"", b"\"a\rb\"", b"\"\\\n\"", b"\"\\ \"", b"\"a\" \"b\"", b"\"a\"b",
    b"\"\"\"", b"\"\\\xF0\x9F\x98\x80\"", b"[\"a", b"[\"a\",", b"[\"\\u00A\"]", b"[\\n]",
    // Bytes that are not UTF-8.
    b"\"\xFF\"", b"\"\xE9\"", b"\"\xC3\"", b"\"\xC0\xAF\"", b"\"\xED\xA0\x80\"", b"\"\xF4\x90\x80\x80\"",
    b"\"\xF8\x88\x80\x80\x80\"", b"\"\xE2\x82\"", b"\"\x80\"", b"\xFF", b"[\xFF]", b"{\"\xB9\":0}", b"1\xE5",
    b"[1]\xE5", b"\"\\\xE5\"", b"\"\\u\xE5\"",
    // Lists.
    b"[", b"]", b"[[", b"[]]", b"[1", b"[1,", b"[1,]", b"[,1]", b"[,]", b"[1,,2]", b"[1 2]", b"[1;2]", b"[1:2]",
    b"[\"a\":1]", b"[1}", b"[}", b"[1],", b"[1][2]", b"[][]", b"[1]x", b"[1]]", b"[1]]]", b"[\x0Bx]", b"[\x0C]",
    b"\x0C[]", "[\u{A0}]".as_bytes(), "\u{2060}[]".as_bytes(), b"[*]", b"[\"a\"", b"[ , \"\"]", b"[3[4]]",
    b"[\n1\n,1", b"[1,\n1\n,", b"[{}", b"(1)",
    // Objects.
    b"{", b"}", b"{{", b"{}}", b"{{}}", b"{]", b"{\"a\"}", b"{\"a\":}", b"{\"a\":1", b"{\"a\":1,", b"{\"a\":1,}",
    b"{\"a\":1,,}", b"{,\"a\":1}", b"{,}", b"{a:1}", b"{'a':1}", b"{1:1}", b"{null:1}", b"{\"a\" 1}", b"{\"a\"=1}",
    b"{\"a\"::1}", b"{\"a\",1}", b"{:1}", b"{\"a\":1 \"b\":2}", b"{\"a\":1;\"b\":2}", b"{\"a\":1]", b"{\"a\":1}x",
    b"{\"a\":1}{}", b"{\"a\":1}\n{\"b\":2}", b"{\"a\":1 2}", b"{[]:1}", b"{\"a\":\"b\":1}", b"{\"a", b"{\"a\":",
    b"{\"a\":{", b"{\"x\", null}",
    // Comments.
    b"// x\n1", b"1 // x", b"/* x */ 1", b"[1 /* x */]", b"{\"a\":1}/**/", b"{\"a\":1}#", b"# x\n1",
    b"{\"a\":/*x*/1}", b"/", b"[1]//",
];

#[test]
fn accepts_json_and_keeps_it() {
    for (document, written) in ACCEPTED {
        let value = read(document.as_bytes()).unwrap_or_else(|error| panic!("{document}: {error}"));
        let expected = if written.is_empty() { document } else { written };
        assert_eq!(again(&value), *expected, "{document}");
        let stock = |document: &str| serde_json::from_str::<serde_json::Value>(document).unwrap();
        assert_eq!(stock(document.trim_start_matches('\u{FEFF}')), stock(expected.trim_start_matches('\u{FEFF}')));
    }
}

#[test]
fn refuses_what_is_not_json() {
    for document in MALFORMED {
        let shown = document.escape_ascii();
        let error = read(document).expect_err(&shown.to_string());
        // A character outside the policy is reported first, wherever it is.
        let expected = matches!(error.problem, Problem::Syntax { .. } | Problem::Encoding | Problem::Character(_));
        assert!(expected, "{shown}: {error}");
        assert!(serde_json::from_slice::<serde_json::Value>(document).is_err(), "{shown}");
    }
}

#[test]
fn refuses_json_that_cannot_be_kept() {
    use Problem::*;
    let cases: &[(&[u8], usize, usize, Problem)] = &[
        (b"{\"a\":1,\"a\":1}", 1, 8, DuplicateKey("a".to_owned())),
        (b"{\"a\":1,\n \"\\u0061\":2}", 2, 2, DuplicateKey("a".to_owned())),
        (b"[{\"\":1,\"b\":2,\"\":3}]", 1, 14, DuplicateKey(String::new())),
        (b"[1e309]", 1, 2, NumberRange),
        (b"[-1e999]", 1, 2, NumberRange),
        (b"[1, 0.4e00669999999999999999999999]", 1, 5, NumberRange),
        (b"\"a\\u0000\"", 1, 3, Character('\0')),
        (b"\"\\b\"", 1, 2, Character('\x08')),
        (b"\"\\f\"", 1, 2, Character('\x0C')),
        (b"\"\\u001F\"", 1, 2, Character('\x1F')),
        (b"\"\\uFFFE\"", 1, 2, Character('\u{FFFE}')),
        (b"\"\\uffff\"", 1, 2, Character('\u{FFFF}')),
        ("\"é\u{FFFF}\"".as_bytes(), 1, 3, Character('\u{FFFF}')),
        (b"{\"\\u0000\":1}", 1, 3, Character('\0')),
        (b"\"\0\"", 1, 2, Character('\0')),
        (b"\n\x1B", 2, 1, Character('\x1B')),
        (b"\"\\uD800\"", 1, 2, LoneSurrogate(0xD800)),
        (b"\"\\uD800x\"", 1, 2, LoneSurrogate(0xD800)),
        (b"\"\\uD800\\n\"", 1, 2, LoneSurrogate(0xD800)),
        (b"\"\\uDC00\"", 1, 2, LoneSurrogate(0xDC00)),
        (b"\"\\uDC00\\uD800\"", 1, 2, LoneSurrogate(0xDC00)),
        (b"\"\\uD800\\u0041\"", 1, 2, LoneSurrogate(0xD800)),
        (b"\"\\uD888\\uD888\"", 1, 2, LoneSurrogate(0xD888)),
        (b"{\"\\uDFAA\":0}", 1, 3, LoneSurrogate(0xDFAA)),
    ];
    for (document, line, column, problem) in cases {
        let error = read(document).unwrap_err();
        let (seen, expected) = ((error.line, error.column, &error.problem), (*line, *column, problem));
        assert_eq!(seen, expected, "{}", document.escape_ascii());
    }
}

#[test]
fn finds_repeated_keys_in_large_objects() {
    let members = |keys: &mut dyn Iterator<Item = usize>| {
        let members: Vec<String> = keys.map(|key| format!("\"k{key}\":{key}")).collect();
        format!("{{{}}}", members.join(","))
    };
    for count in [1, 15, 16, 17, 18, 1_000] {
        let document = members(&mut (0..count));
        assert_eq!(read(document.as_bytes()).unwrap().as_object().unwrap().len(), count);
        for twice in [0, count / 2, count - 1] {
            let document = members(&mut (0..count).chain([twice]));
            let error = read(document.as_bytes()).unwrap_err();
            assert_eq!(error.problem, Problem::DuplicateKey(format!("k{twice}")), "{count}");
        }
    }
}

#[test]
fn says_where_and_what() {
    for (document, said) in [
        ("", "line 1, column 1: expected a value, found the end"),
        ("{\n  \"naïve\": tru\n}", "line 2, column 12: expected a value, found `t`"),
        ("{\"a\":1,}", "line 1, column 8: expected a key in quotes, found `}`"),
        ("[1 2]", "line 1, column 4: expected `,` or `]`, found `2`"),
        ("{\"a\" 1}", "line 1, column 6: expected `:`, found `1`"),
        ("{\"a\":1", "line 1, column 7: expected `,` or `}`, found the end"),
        ("[1]\n\n x", "line 3, column 2: expected nothing more, found `x`"),
        ("01", "line 1, column 2: expected nothing more, found `1`"),
        ("-", "line 1, column 2: expected a digit, found the end"),
        ("\"a\nb\"", "line 1, column 3: expected control characters to be escaped, found `\\n`"),
        ("\"\\x41\"", "line 1, column 3: expected an escape: one of \" \\ / b f n r t u, found `x`"),
        ("\"\\u12é4\"", "line 1, column 6: expected four hexadecimal digits after `\\u`, found `é`"),
        ("\"\\uD800\"", "line 1, column 2: \\ud800 is half of a surrogate pair, and the other half is missing"),
        ("{\"a\\n\":1,\"a\\n\":2}", "line 1, column 10: the key \"a\\n\" is given twice"),
        ("\u{FEFF}[", "line 1, column 2: expected a value, found the end"),
        ("[\"\\u0000\"]", "line 1, column 3: character U+0000 cannot be carried by every API and is refused"),
    ] {
        assert_eq!(read(document.as_bytes()).unwrap_err().to_string(), said);
    }
    assert_eq!(read(b"[\n\"\xFF\"]").unwrap_err().to_string(), "line 2, column 2: the bytes are not UTF-8");
}

#[test]
fn points_to_what_is_wrong() {
    for (document, pointer) in [
        ("{\"address\":{\"city\":\"a\\u0001\"}}", "/address/city"),
        ("{\"address\":{\"city\":\"a\u{1}\"}}", "/address/city"),
        ("{\"emails\":[\"a\",\"\u{ffff}\"]}", "/emails/1"),
        ("{\"a/b~c\":\"\\ud800\"}", "/a~1b~0c"),
        ("{\"a\":{\"b\":1,\"b\":2}}", "/a/b"),
        ("[0,1e999]", "/1"),
        ("[0,{\"a\":tru}]", "/1/a"),
        ("{\"a\":\"\u{1}\",\"b\":}", "/a"),
        ("{\"a\":,\"b\":\"\u{1}\"}", "/a"),
        ("[1]\u{1}", ""),
        ("\u{1}", ""),
        ("\"\u{1}\"", ""),
    ] {
        assert_eq!(read(document.as_bytes()).unwrap_err().pointer, pointer, "{}", document.escape_debug());
    }
    assert_eq!(read(b"{\"a\":[\"\xFF\"]}").unwrap_err().pointer, "/a/0");
    let long = format!("{{\"{}\":[tru]}}", "k".repeat(2_000));
    assert_eq!(read(long.as_bytes()).unwrap_err().pointer, "");
    let deep = "{\"key\":".repeat(64) + "tru";
    assert_eq!(read(deep.as_bytes()).unwrap_err().pointer, "/key".repeat(64));
}

#[test]
fn keeps_its_limits() {
    let nested = |depth| ["[".repeat(depth), "]".repeat(depth)].concat();
    assert!(read(nested(64).as_bytes()).is_ok());
    assert_eq!(read(nested(65).as_bytes()).unwrap_err().problem, Problem::TooDeep(64));
    assert_eq!(read("[{\"a\":".repeat(100_000).as_bytes()).unwrap_err().problem, Problem::TooDeep(64));
    assert!(read("[],".repeat(100).as_bytes()).is_err());

    let flat = |values: usize| format!("[{}]", vec!["0"; values - 1].join(","));
    assert!(read(flat(50_000).as_bytes()).is_ok());
    assert_eq!(read(flat(50_001).as_bytes()).unwrap_err().problem, Problem::TooManyValues(50_000));

    let limits = Limits { bytes: 4, ..Limits::default() };
    assert!(parse(b"1234", &limits).is_ok());
    assert_eq!(parse(b"12345", &limits).unwrap_err().problem, Problem::TooLong(4));

    assert!(read("1".repeat(309).as_bytes()).is_ok());
    assert_eq!(read("9".repeat(310).as_bytes()).unwrap_err().problem, Problem::NumberRange);
    assert_eq!(read("9".repeat(1 << 20).as_bytes()).unwrap_err().problem, Problem::NumberRange);
}

#[test]
fn reads_numbers_as_what_they_were_written_as() {
    let number = |document: &'static str| match read(document.as_bytes()) {
        Ok(Value::Number(number)) => number,
        other => panic!("{document}: {other:?}"),
    };
    for (document, integer) in [
        ("0", Some(0)),
        ("-0", Some(0)),
        ("191", Some(191)),
        ("-9223372036854775808", Some(i64::MIN)),
        ("9223372036854775807", Some(i64::MAX)),
        ("9223372036854775808", None),
        ("1.0", None),
        ("1e3", None),
    ] {
        assert_eq!((number(document).as_str(), number(document).as_i64()), (document, integer));
    }
    assert_eq!(number("1.5e3").as_f64(), 1_500.0);
    assert!(number("1e-999").as_f64() == 0.0);
}

#[test]
fn borrows_what_needs_no_unescaping() {
    let value = read(br#"{"plain":"caf\u00e9"}"#).unwrap();
    let members = value.as_object().unwrap().clone().into_members();
    assert!(matches!(&members[..], [(Cow::Borrowed("plain"), Value::Text(Cow::Owned(_)))]));
    assert_eq!(value.as_object().unwrap().get("plain").and_then(Value::as_text), Some("café"));
    assert_eq!((value.kind(), value.as_text()), ("an object", None));
}

#[test]
fn writes_answers_without_a_tree() {
    let mut out = String::new();
    write_object(&mut out, |answer| {
        answer.list("links", |links| {
            links.object(|link| {
                link.put("rel", "self").put("href", "http://localhost/api/2.0/customers/5");
            });
            links.list(|_| {}).put(1).put(None::<bool>);
        });
        answer.object("item", |item| {
            item.put("id", 5_u64).put("name", Some("a\"b")).put("hash", None::<&str>).put("quota", 1.5).put("ok", true);
            item.put("min", i64::MIN).put("nan", f64::NAN).put("big", 1e300).put("one", 1.0).put("small", -1e-7);
        });
        answer.object("empty", |_| {});
    });
    let expected = r#"{"links":[{"rel":"self","href":"http://localhost/api/2.0/customers/5"},[],1,null],"#.to_owned()
        + r#""item":{"id":5,"name":"a\"b","hash":null,"quota":1.5,"ok":true,"min":-9223372036854775808,"nan":null,"#
        + r#""big":1e300,"one":1.0,"small":-1e-7},"empty":{}}"#;
    assert_eq!(out, expected);
    assert!(read(out.as_bytes()).is_ok());
}

#[test]
fn every_character_can_be_written_and_read() {
    for character in '\0'..=char::MAX {
        let text = format!("a{character}b");
        let mut out = String::new();
        write_value(&mut out, &text);
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        match read(out.as_bytes()) {
            Ok(value) => assert_eq!(value.as_text(), Some(&*text)),
            Err(error) => {
                assert!(error.problem == Problem::Character(character) && !crate::text::is_allowed(character));
            }
        }
    }
}

/// Any document that we take.
fn documents() -> impl Strategy<Value = serde_json::Value> {
    let text = any::<String>()
        .prop_map(|text| text.chars().filter(|character| crate::text::is_allowed(*character)).collect::<String>());
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        text.clone().prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
            prop::collection::hash_map(text.clone(), inner, 0..24)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn reads_what_a_stock_writer_wrote_and_writes_it_back(document in documents(), pretty: bool) {
        let sent = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) }.unwrap();
        let value = read(sent.as_bytes()).unwrap();
        prop_assert_eq!(again(&value), serde_json::to_string(&document).unwrap());
    }

    #[test]
    fn takes_any_bytes(document in prop::collection::vec(prop_oneof![
        any::<u8>(), prop::sample::select(&b"{}[]\",:\\u0d18e-+.tfn \n"[..]),
    ], 0..120)) {
        let stock = serde_json::from_slice::<serde_json::Value>(&document);
        match read(&document) {
            Ok(value) => {
                let written = again(&value);
                prop_assert_eq!(read(written.as_bytes()).unwrap(), value);
            }
            Err(JsonError { problem: Problem::Syntax { .. } | Problem::Encoding, .. }) => prop_assert!(stock.is_err()),
            Err(_) => {}
        }
    }
}
