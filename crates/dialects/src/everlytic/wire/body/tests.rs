use super::*;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use std::net::{IpAddr, Ipv4Addr};

fn read_as(media_type: Option<&str>, body: &[u8], query: Option<&str>) -> Result<Pairs, StatusCode> {
    let mut headers = HeaderMap::new();
    if let Some(media_type) = media_type {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(media_type).unwrap());
    }
    let request = Request {
        method: Method::PUT,
        path: String::new(),
        query: query.map(str::to_owned),
        headers,
        body: Bytes::copy_from_slice(body),
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        base_url: String::new(),
        tenant: None,
        id: String::new(),
    };
    read(&request).map_err(|refusal| match refusal {
        Refusal::Request(status, _) => status,
        Refusal::Operation(_) => StatusCode::BAD_REQUEST,
    })
}

fn pairs(texts: &[(&str, &str)]) -> Pairs {
    texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

#[test]
fn forms_and_json_are_told_apart_by_what_they_are() {
    let acme = Ok(pairs(&[("name", "A & B"), ("email", "a@x")]));
    let form = b"name=A+%26+B&email=a@x";
    let json = br#" {"name": "A \u0026 B", "email": "a@x"}"#;
    for media_type in [
        Some(FORM),
        Some(JSON),
        Some("application/json; charset=utf-8"),
        Some("application/x-www-form-urlencoded; charset=UTF-8"),
        Some("text/plain"),
        Some("application/octet-stream"),
        Some(""),
        None,
    ] {
        assert_eq!(read_as(media_type, form, None), acme, "form as {media_type:?}");
        assert_eq!(read_as(media_type, json, None), acme, "JSON as {media_type:?}");
    }
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nA & B\r\n--b\r\n\
                     Content-Disposition: form-data; name=\"email\"\r\n\r\na@x\r\n--b--\r\n";
    assert_eq!(read_as(Some("multipart/form-data; boundary=b"), multipart.as_bytes(), None), acme);
}

#[test]
fn scalars_become_texts_with_the_digits_they_have() {
    let sent = br#"{"postal_code": 2134, "email_quota": "5", "a": 1.10, "b": null, "c": true, "d": false, "e": 1e2}"#;
    let read =
        [("postal_code", "2134"), ("email_quota", "5"), ("a", "1.10"), ("b", ""), ("c", "1"), ("d", "0"), ("e", "1e2")];
    assert_eq!(read_as(Some(JSON), sent, None), Ok(pairs(&read)));
    assert_eq!(read_as(Some(JSON), b"[]", None), Ok(pairs(&[])));
    assert_eq!(read_as(Some(JSON), b"{}", Some("name=x")), Ok(pairs(&[])));
}

#[test]
fn the_query_counts_only_without_a_body() {
    assert_eq!(read_as(None, b"", Some("name=x&email=a%40x")), Ok(pairs(&[("name", "x"), ("email", "a@x")])));
    assert_eq!(read_as(Some(JSON), b" \r\n", Some("name=x")), Ok(pairs(&[("name", "x")])));
    assert_eq!(read_as(Some(FORM), b"email=a@x", Some("name=x")), Ok(pairs(&[("email", "a@x")])));
    assert_eq!(read_as(None, b"", None), Ok(pairs(&[])));
    assert_eq!(read_as(None, b"", Some("name=%zz")), Err(StatusCode::BAD_REQUEST));
}

#[test]
fn other_charsets_are_decoded() {
    assert_eq!(
        read_as(Some("application/json; charset=iso-8859-1"), b"{\"name\":\"\xF8\"}", None),
        Ok(pairs(&[("name", "ø")]))
    );
    assert_eq!(read_as(Some(JSON), b"\xEF\xBB\xBF{\"name\":\"x\"}", None), Ok(pairs(&[("name", "x")])));
    assert_eq!(read_as(Some("application/json; charset=utf-7"), b"{}", None), Err(StatusCode::UNSUPPORTED_MEDIA_TYPE));
}

#[test]
fn refuses_what_cannot_be_read() {
    for (media_type, body, status) in [
        (Some(JSON), &b"{"[..], 400),
        (Some(JSON), b"{\"name\":\"x\"} {}", 400),
        (Some(JSON), b"{\"name\":\"x\",\"name\":\"y\"}", 400),
        (Some(JSON), b"{\"name\":\"\\u0000\"}", 400),
        (Some(JSON), b"{\"name\":\"\\ud800\"}", 400),
        (Some(JSON), b"{\"a\":1e999}", 400),
        (Some(JSON), b"{\"a\":NaN}", 400),
        (Some(JSON), b"\"name=x\"", 400),
        (Some(JSON), b"[{\"name\":\"x\"}]", 400),
        (Some(JSON), b"7", 400),
        (Some(JSON), b"{\"name\":{\"first\":\"x\"}}", 400),
        (Some(JSON), b"{\"item\":{\"name\":\"x\"}}", 400),
        (Some(JSON), b"{\"name\":[]}", 400),
        (Some(JSON), b"\xFF", 400),
        (Some(FORM), b"name[]=x", 400),
        (Some(FORM), b"name[first]=x", 400),
        (Some(FORM), b"name=%zz", 400),
        (Some(FORM), b"name=%ff", 400),
        (Some(FORM), b"name=%00", 400),
        (Some(FORM), b"{name=x", 400),
        (None, b"{name", 400),
        (Some("text/plain"), b"hello", 415),
        (Some("application/xml"), b"<a b=\"c\"/>", 415),
        (Some("multipart/form-data"), b"x", 400),
        (Some("nonsense"), b"name=x", 400),
    ] {
        let refused = read_as(media_type, body, None).unwrap_err();
        assert_eq!(refused.as_u16(), status, "{media_type:?} {}", body.escape_ascii());
    }
    let deep = format!("{{\"name\":{}", "[".repeat(100_000));
    assert_eq!(read_as(Some(JSON), deep.as_bytes(), None), Err(StatusCode::BAD_REQUEST));
}
