use proptest::prelude::*;

use super::*;

fn read(body: &[u8]) -> Result<Pairs<'_>, MultipartError> {
    parse(body, "AaB03x", &Limits::default())
}

/// A body of one part with these headers and value.
fn part(headers: &str, value: &[u8]) -> Vec<u8> {
    [b"--AaB03x\r\n", headers.as_bytes(), b"\r\n\r\n", value, b"\r\n--AaB03x--\r\n"].concat()
}

#[test]
fn reads_fields_in_order() {
    let curl = b"--AaB03x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
        --AaB03x\r\ncontent-disposition: FORM-DATA; name=b\r\nContent-Length: 2\r\n\r\n\r\nx\r\n\
        --AaB03x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition:form-data;name=\"a[]\"\r\n\r\n\r\n--AaB03x--\r\n";
    let expected = [("a", "1"), ("b", "\r\nx"), ("a[]", "")];
    let pairs = read(curl).unwrap();
    assert!(pairs.iter().all(|(name, value)| matches!((name, value), (Cow::Borrowed(_), Cow::Borrowed(_)))));
    assert!(pairs.iter().map(|(name, value)| (&**name, &**value)).eq(expected));
    assert_eq!(read(&[b"\r\n", &curl[..]].concat()).unwrap().len(), 3);
    assert_eq!(read(curl.strip_suffix(b"\r\n").unwrap()).unwrap().len(), 3);
    assert_eq!(read(b"--AaB03x--"), Ok(vec![]));
}

#[test]
fn reads_names_and_values_as_they_are() {
    for (headers, value, name, text) in [
        ("Content-Disposition: form-data; name=\"\"", &b"x"[..], "", "x"),
        ("Content-Disposition: form-data; name=\"a\\\"b\\\\c\"", b"x", "a\"b\\c", "x"),
        ("Content-Disposition: form-data; name=\"a%22b\"", b"%20+", "a%22b", "%20+"),
        ("Content-Disposition: form-data; name=\"a;b\"", b"x", "a;b", "x"),
        ("Content-Disposition: form-data; name=\"\u{e9}\"", "é€".as_bytes(), "é", "é€"),
        ("Content-Disposition: form-data; name=\"a\"; x=y;", b"--AaB03", "a", "--AaB03"),
        ("Content-Disposition: form-data; name=\"a\"", b"l1\nl2\r\n--AaB0\r\n", "a", "l1\nl2\r\n--AaB0\r\n"),
        ("Content-Disposition: form-data; name=\"a\"", b"x--AaB03x", "a", "x--AaB03x"),
        (
            "Content-Disposition: form-data; name=\"a\"\r\nContent-Type: text/plain; charset=iso-8859-1",
            b"\xE9",
            "a",
            "é",
        ),
        ("Content-Transfer-Encoding: 8BIT\r\nContent-Disposition: form-data; name=\"a\"", b"x", "a", "x"),
    ] {
        let body = part(headers, value);
        assert_eq!(read(&body), Ok(vec![(name.into(), text.into())]), "{headers}");
    }
}

#[test]
fn refuses_bad_parts() {
    use PartProblem::*;
    let named = "Content-Disposition: form-data; name=\"a\"";
    let with = |more: &str| format!("{named}\r\n{more}");
    for (headers, value, problem) in [
        ("Content-Disposition: form-data; name=\"a\"; filename=\"x.txt\"", &b"x"[..], File),
        ("Content-Disposition: form-data; filename=\"\"; name=\"a\"", b"x", File),
        ("Content-Disposition: form-data; name=\"a\"; FileName*=utf-8''x", b"x", File),
        ("Content-Disposition: form-data; name*=utf-8''a", b"x", Header("its name must be written plainly")),
        ("Content-Disposition: form-data", b"x", Header("it has no name")),
        ("Content-Disposition: form-data; name=\"a\"; name=\"b\"", b"x", Header("it has two names")),
        ("Content-Disposition: form-data; name=\"a", b"x", Header("its Content-Disposition is malformed")),
        ("Content-Disposition: form-data; name", b"x", Header("its Content-Disposition is malformed")),
        ("Content-Disposition: attachment; name=\"a\"", b"x", Header("its Content-Disposition is not form-data")),
        ("Content-Type: text/plain", b"x", Header("it has no Content-Disposition")),
        (&with(named), b"x", Header("a header is repeated")),
        (&with("Content-Type: text/plain\r\nContent-Type: text/plain"), b"x", Header("a header is repeated")),
        (&with("Content-Type: application/json"), b"{}", NotText),
        (&with("Content-Type: text"), b"x", Header("its Content-Type is malformed")),
        (&with("Content-Transfer-Encoding: base64"), b"eA==", NotText),
        (&with("Content-Transfer-Encoding: quoted-printable"), b"x", NotText),
        (&with("nonsense"), b"x", Header("a header has no colon")),
        (&with("X Y: z"), b"x", Header("a header is malformed")),
        (&with(" folded: z"), b"x", Header("a header is malformed")),
        (&with("X: a\nY: b"), b"x", Header("a header is malformed")),
        (&with(&format!("X: {}", "x".repeat(HEADER_BYTES))), b"x", Header("its headers do not end")),
        (&with("X: \u{1}"), b"x", Character(BadCharacter { character: '\u{1}', offset: 45 })),
        (named, b"a\0", Character(BadCharacter { character: '\0', offset: 1 })),
        (named, b"a\xFF", Charset(DecodeError::Invalid { charset: text::Charset::Utf8, offset: 1 })),
        (&with("Content-Type: text/plain; charset=utf-7"), b"x", Charset(DecodeError::Unknown("utf-7".to_owned()))),
    ] {
        let body = part(headers, value);
        assert_eq!(read(&body), Err(MultipartError::Part { number: 1, problem }), "{headers}");
    }
}

#[test]
fn refuses_bad_framing() {
    let good = part("Content-Disposition: form-data; name=\"a\"", b"x");
    for cut in 0..good.len() - "\r\n".len() {
        assert!(read(&good[..cut]).is_err(), "cut at {cut}");
    }
    let good = String::from_utf8(good).unwrap();
    for bad in [
        format!("preamble\r\n{good}"),
        format!("\r\n\r\n{good}"),
        format!("{good}epilogue"),
        good.replace("\r\n", "\n"),
        good.replacen("--AaB03x\r\n", "--AaB03xyz\r\n", 1),
        good.replacen("--AaB03x\r\n", "--AaB03x \r\n", 1),
        good.replace("x\r\n--AaB03x--", "x\r\n--AaB03xyz\r\n--AaB03x--"),
        good.replace("--AaB03x--", "--AaB03x-"),
        good.replace("AaB03x", "aab03x"),
    ] {
        assert!(matches!(read(bad.as_bytes()), Err(MultipartError::Framing(_))), "{bad:?}");
    }
}

#[test]
fn keeps_its_limits() {
    let one = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n";
    let body = format!("{}--b--", one.repeat(3));
    let exact = Limits { bytes: body.len(), pairs: 3 };
    assert_eq!(parse(body.as_bytes(), "b", &exact).unwrap().len(), 3);
    assert_eq!(parse(body.as_bytes(), "b", &Limits { pairs: 2, ..exact }), Err(MultipartError::TooMany { limit: 2 }));
    let shorter = Limits { bytes: body.len() - 1, ..exact };
    assert!(matches!(parse(body.as_bytes(), "b", &shorter), Err(MultipartError::TooLong { .. })));
}

#[test]
fn finds_the_boundary() {
    let seventy = "b".repeat(70);
    for (header, expected) in [
        (
            "multipart/form-data; boundary=------------------------d74496d66958873e",
            "------------------------d74496d66958873e",
        ),
        ("Multipart/Form-Data; charset=utf-8; BOUNDARY=\"a b:c\"", "a b:c"),
        (&format!("multipart/form-data; boundary={seventy}"), &seventy),
    ] {
        assert_eq!(boundary(&content_type(header).unwrap()), Ok(expected), "{header}");
    }
    for header in [
        "multipart/form-data",
        "multipart/mixed; boundary=a",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=\"a;b\"",
        "multipart/form-data; boundary=\"\u{e9}\"",
        &format!("multipart/form-data; boundary=b{seventy}"),
    ] {
        assert_eq!(boundary(&content_type(header).unwrap()), Err(MultipartError::Boundary), "{header}");
    }
}

/// The fields as a body with the boundary `b+`.
fn body_of<'f>(fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> String {
    let parts = fields.into_iter().map(|(name, value)| {
        let name = name.replace('\\', "\\\\").replace('"', "\\\"");
        format!("--b+\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    });
    parts.collect::<String>() + "--b+--\r\n"
}

proptest! {
    #[test]
    fn gives_back_what_was_sent(fields in prop::collection::vec(("[ -~é]{0,9}", "[ -~é€\r\n\t]{0,40}"), 0..8)) {
        prop_assume!(!fields.iter().any(|(_, value)| value.contains("--b+")));
        let body = body_of(fields.iter().map(|(name, value)| (&**name, &**value)));
        let read = parse(body.as_bytes(), "b+", &Limits::default()).unwrap();
        let read: Vec<(String, String)> = read.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        prop_assert_eq!(read, fields);
    }

    #[test]
    fn takes_any_bytes(pieces in prop::collection::vec(prop::sample::select(vec![
        &b"--b+"[..], b"--b+\r\nContent-Disposition: form-data; name=a\r\n\r\n", b"--b+--", b"\r\n", b"--", b"; name=\"",
        b"Content-Disposition: form-data; name=a", b"x", b"\xFF", b"\0", b"\"", b"; filename=", b":",
    ]), 0..30)) {
        let body = pieces.concat();
        if let Ok(pairs) = parse(&body, "b+", &Limits::default()) {
            let again = body_of(pairs.iter().map(|(name, value)| (&**name, &**value)));
            prop_assert_eq!(parse(again.as_bytes(), "b+", &Limits::default()).unwrap(), pairs);
        }
    }
}
