use proptest::prelude::*;

use super::*;

fn read(body: &[u8]) -> Result<Pairs<'_>, FormError> {
    parse(body, &Limits::default())
}

#[test]
fn reads_pairs_in_order() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("", &[]),
        ("&", &[]),
        ("&&a=1&&&b=2&", &[("a", "1"), ("b", "2")]),
        ("a", &[("a", "")]),
        ("a=", &[("a", "")]),
        ("=", &[("", "")]),
        ("=v", &[("", "v")]),
        ("a=b=c", &[("a", "b=c")]),
        ("a=1&a=2", &[("a", "1"), ("a", "2")]),
        ("a=1;b=2", &[("a", "1;b=2")]),
        ("a=1%3Bb%3D2%26c", &[("a", "1;b=2&c")]),
        ("a=x+y%20z%2B", &[("a", "x y z+")]),
        ("a+b=c", &[("a b", "c")]),
        ("%61%5B%5D=%C3%a9", &[("a[]", "é")]),
        ("email=ann@example.com", &[("email", "ann@example.com")]),
        ("a=é", &[("a", "é")]),
        ("a=100%25", &[("a", "100%")]),
        ("a=%2500", &[("a", "%00")]),
        ("a=l1\r\nl2\t%0D%0A%09%7F%C2%80", &[("a", "l1\r\nl2\t\r\n\t\u{7F}\u{80}")]),
        ("city=REMOVE%20", &[("city", "REMOVE ")]),
        ("filter[name]=x&t[]=1", &[("filter[name]", "x"), ("t[]", "1")]),
        ("__proto__=1&a.b=2", &[("__proto__", "1"), ("a.b", "2")]),
        ("a=%F0%9F%98%80", &[("a", "😀")]),
    ];
    for (body, expected) in cases {
        let pairs = read(body.as_bytes()).unwrap();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(pairs, *expected, "{body:?}");
    }
}

#[test]
fn borrows_what_needs_no_decoding() {
    let pairs = read(b"plain=value&caf\xC3\xA9=a+b").unwrap();
    let borrowed = |text: &Cow<'_, str>| matches!(text, Cow::Borrowed(_));
    assert!(borrowed(&pairs[0].0) && borrowed(&pairs[0].1) && borrowed(&pairs[1].0) && !borrowed(&pairs[1].1));
}

#[test]
fn refuses_what_is_malformed_and_names_the_parameter() {
    let at = |character, offset| Problem::Character(BadCharacter { character, offset });
    let cases: &[(&[u8], &str, Problem)] = &[
        (b"a=%", r#""a""#, Problem::Escape),
        (b"a=%4", r#""a""#, Problem::Escape),
        (b"a=%4&b=1", r#""a""#, Problem::Escape),
        (b"a=%zz", r#""a""#, Problem::Escape),
        (b"a=%u0041", r#""a""#, Problem::Escape),
        (b"a=%+1", r#""a""#, Problem::Escape),
        (b"a=%-1", r#""a""#, Problem::Escape),
        (b"a=100%", r#""a""#, Problem::Escape),
        (b"a=% 41", r#""a""#, Problem::Escape),
        (b"a=%\xC3\xA9", r#""a""#, Problem::Escape),
        (b"ok=1&%zz=1", "number 2", Problem::Escape),
        (b"&&%zz=1", "number 1", Problem::Escape),
        (b"a=%ff", r#""a""#, Problem::Encoding),
        (b"a=%C3", r#""a""#, Problem::Encoding),
        (b"a=%C3&b=%A9", r#""a""#, Problem::Encoding),
        (b"a=%C0%AF", r#""a""#, Problem::Encoding),
        (b"a=%ED%A0%80", r#""a""#, Problem::Encoding),
        (b"a=\xFF", r#""a""#, Problem::Encoding),
        (b"a=1&\xE9=1", "number 2", Problem::Encoding),
        (b"city=a%00b", r#""city""#, at('\0', 1)),
        (b"city=\x01", r#""city""#, at('\x01', 0)),
        (b"city=%1B[0m", r#""city""#, at('\x1B', 0)),
        (b"city=%EF%BF%BE", r#""city""#, at('\u{FFFE}', 0)),
        (b"a%00=1", "number 1", at('\0', 1)),
        (b"a%0A%22=%0", r#""a\n\"""#, Problem::Escape),
    ];
    for (body, parameter, problem) in cases {
        let expected = FormError::Parameter { parameter: (*parameter).to_owned(), problem: *problem };
        assert_eq!(read(body), Err(expected), "{}", body.escape_ascii());
    }
    let said = read(b"city=100%&zip=1").unwrap_err().to_string();
    assert_eq!(said, r#"parameter "city": `%` must be followed by two hexadecimal digits"#);
    let long = format!("{}=%", "n".repeat(10_000));
    assert!(read(long.as_bytes()).unwrap_err().to_string().len() < 200);
}

#[test]
fn keeps_its_limits() {
    let limits = Limits { bytes: 11, pairs: 3 };
    assert_eq!(parse(b"a=1&b=2&c=3", &limits).unwrap().len(), 3);
    assert_eq!(parse(b"a=1&b=2&c=33", &limits), Err(FormError::TooLong { bytes: 12, limit: 11 }));
    assert_eq!(parse(b"a&b&c&&d", &limits), Err(FormError::TooMany { limit: 3 }));
    assert_eq!(parse(b"a&b&c&&&&&", &limits).unwrap().len(), 3);
    let thousand = "a=1&".repeat(1_000);
    assert_eq!(read(thousand.as_bytes()).unwrap().len(), 1_000);
    assert_eq!(read((thousand + "b").as_bytes()), Err(FormError::TooMany { limit: 1_000 }));
}

#[test]
fn finds_brackets() {
    for (name, base, keys) in [
        ("filter[name]", "filter", &["name"][..]),
        ("tag[]", "tag", &[""]),
        ("a[0]", "a", &["0"]),
        ("a[b][c]", "a", &["b", "c"]),
        ("a[][]", "a", &["", ""]),
        ("é[ü]", "é", &["ü"]),
    ] {
        assert_eq!(brackets(name), Some((base, keys.to_vec())), "{name:?}");
    }
    for name in ["", "name", "[a]", "a[b", "a]", "a[b]c", "a[b]c[d]", "a]b[c]", "a[[b]]", "a[b]]"] {
        assert_eq!(brackets(name), None, "{name:?}");
    }
}

#[test]
fn encodes_for_queries_and_paths() {
    assert_eq!(encode([("a b", "é&=+%"), ("page", "2"), ("", "")]), "a%20b=%C3%A9%26%3D%2B%25&page=2&=");
    let mut out = String::from("/x/");
    percent_encode(&mut out, "a/b?c#~-._");
    assert_eq!(out, "/x/a%2Fb%3Fc%23~-._");
}

/// Any text that the policy allows.
fn allowed() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| text.chars().filter(|character| text::is_allowed(*character)).collect())
}

proptest! {
    #[test]
    fn gives_back_what_was_encoded(pairs in prop::collection::vec((allowed(), allowed()), 0..20)) {
        let body = encode(pairs.iter().map(|(name, value)| (&**name, &**value)));
        let read = read(body.as_bytes()).unwrap();
        let read: Vec<(String, String)> = read.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        prop_assert_eq!(read, pairs);
    }

    #[test]
    fn takes_any_bytes(body in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'%'), Just(b'&'), Just(b'='), Just(b'0')], 0..200)) {
        if let Ok(pairs) = read(&body) {
            let again = encode(pairs.iter().map(|(name, value)| (&**name, &**value)));
            prop_assert_eq!(read(again.as_bytes()).unwrap(), pairs);
        }
    }
}
