//! Whole requests to every dialect over a real store: none breaks the server, and a refused one changes nothing.
//!
//! An input is four letters, then what they leave open. They choose, `a` being the first: a row of [`ROUTES`], one of
//! [`CREDENTIALS`], one of [`CONTENT_TYPES`], and the method: the row's own or one of [`METHODS`]. The lines that follow
//! are what stands for `{}` in the path, the query, and headers up to an empty line; the rest is the body, in which
//! `$agent` and `$customer` stand for the key of a SuperOffice session.

#![no_main]

mod world;

use dialects::{Answer, Refusal, Request, dialect_of};
use domain::error::Reason;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use libfuzzer_sys::fuzz_target;
use std::net::{IpAddr, Ipv4Addr};

const ROUTES: &[(Method, &str)] = &[
    (Method::GET, "{}"),
    (Method::GET, "/v1/customers"),
    (Method::POST, "/v1/customers"),
    (Method::GET, "/v1/customers/{}"),
    (Method::PATCH, "/v1/customers/{}"),
    (Method::DELETE, "/v1/customers/{}"),
    (Method::GET, "/v1/customers/{}/history"),
    (Method::GET, "/api/2.0/customers"),
    (Method::POST, "/api/2.0/customers"),
    (Method::GET, "/api/2.0/customers/{}"),
    (Method::PUT, "/api/2.0/customers/{}"),
    (Method::DELETE, "/api/2.0/customers/{}"),
    (Method::GET, "/api/2.0{}"),
    (Method::PATCH, "/api/customer/set_customer_details"),
    (Method::PATCH, "/api/customer/lock"),
    (Method::PATCH, "/api/customer/unlock"),
    (Method::GET, "/api/service/{}"),
    (Method::POST, "/api/2.0/xmlrpc/"),
    (Method::POST, "/RPC2{}"),
    (Method::POST, "/scripts/SOAP?action=ticket"),
    (Method::POST, "/scripts/SOAP?action=customer"),
    (Method::POST, "/scripts/SOAP?action=admin"),
    (Method::GET, "/scripts/SOAP"),
];

/// Those of the demo data; with none, the input may bring its own.
const CREDENTIALS: &[&[(&str, &str)]] = &[
    &[],
    &[("authorization", "Bearer demo-admin-token")],
    &[("authorization", "Bearer demo-read-token")],
    &[("authorization", "Basic YWRtaW46ZGVtbw==")],
    &[("authorization", "Basic ZGVtbzowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OUFCQ0RFRl8x")],
    &[("api-username", "tf_admin"), ("api-key", "44b5498dbcb481a0d00b404c0169af62")],
    &[("api-username", "tf_viewer"), ("api-key", "00000000000000000000000000000001")],
];

/// With none, the input may bring its own.
const CONTENT_TYPES: &[Option<&str>] = &[
    None,
    Some("application/x-www-form-urlencoded"),
    Some("application/json"),
    Some("application/merge-patch+json"),
    Some("multipart/form-data; boundary=b"),
    Some("text/xml; charset=utf-8"),
];

const METHODS: &[Method] =
    &[Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

fuzz_target!(|input: &[u8]| {
    if let Some(mut request) = request(input) {
        world::with(|world| {
            world.sign_in(&mut request);
            let Some(dialect) = dialect_of(&request.path) else { return };
            let answer = world.block_on((dialect.answer)(&world.state, &request, None));
            assert!(answer.operation.is_empty() || dialect.operations.contains(&answer.operation));
            check(&answer);
            world.check(request.method.is_safe() || answer.refused.is_some());
        });
    }
});

/// The request that an input says; `None` where no server would take it for one.
fn request(input: &[u8]) -> Option<Request> {
    fn choose<T>(list: &[T], letter: u8) -> &T {
        &list[usize::from(letter.wrapping_sub(b'a')) % list.len()]
    }
    let (&[route, credential, content_type, method], rest) = input.split_first_chunk()?;
    let (own, path) = choose(ROUTES, route);
    let other = usize::from(method.wrapping_sub(b'a')) % (METHODS.len() + 1);
    let method = other.checked_sub(1).map_or(own, |at| &METHODS[at]);

    let mut rest = rest;
    let mut line = || {
        let (line, after) = rest.iter().position(|byte| *byte == b'\n').map(|end| (&rest[..end], &rest[end + 1..]))?;
        rest = after;
        Some(line)
    };
    let (fill, query) = (std::str::from_utf8(line()?).ok()?, std::str::from_utf8(line()?).ok()?);
    let separator = if query.is_empty() {
        ""
    } else if path.contains('?') {
        "&"
    } else {
        "?"
    };
    let target = path.replace("{}", fill) + separator + query;
    let target = Uri::try_from(target).ok().filter(|target| target.path().starts_with('/'))?;

    let mut headers = HeaderMap::new();
    let chosen = choose(CREDENTIALS, credential).iter().copied();
    for (name, value) in chosen.chain(choose(CONTENT_TYPES, content_type).map(|value| ("content-type", value))) {
        headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    while let Some(line) = line().filter(|line| !line.is_empty()) {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        headers.append(name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?);
    }
    Some(Request {
        method: method.clone(),
        path: target.path().to_owned(),
        query: target.query().map(str::to_owned),
        headers,
        body: rest.to_vec().into(),
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        base_url: String::from("http://localhost:8080"),
        tenant: None,
        id: String::from("fuzz"),
    })
}

/// An answer is the caller's fault at worst, and its body is what its head says.
fn check(Answer { response, refused, .. }: &Answer) {
    let (status, body) = (response.status(), response.body());
    // SOAP 1.1 wants status 500 for the caller's faults too, and what SuperOffice refuses is a number in an answer.
    let envelope = body.windows(17).any(|part| part == b"SOAP-ENV:Envelope");
    let has = |word: &[u8]| body.windows(word.len()).any(|part| part == word);
    let client = has(b"<faultcode>SOAP-ENV:") && !has(b">SOAP-ENV:Server<");
    assert!(!status.is_server_error() || client, "{status}: {refused:?}");
    // XML-RPC says with 200 that a call failed.
    let failed = status.is_client_error() || client || body.windows(7).any(|part| part == b"<fault>");
    assert!(refused.is_some() == failed || envelope && status == StatusCode::OK, "{status}: {refused:?}");
    if let Some(Refusal::Operation(error)) = refused {
        assert!(!matches!(error.reason, Reason::Internal | Reason::Busy), "{error:?}");
    }
    if matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        assert!(body.is_empty(), "{status}");
        return;
    }
    let header = response.headers().get(header::CONTENT_TYPE).expect("a body has a type");
    let media_type = wire::media_type::content_type(header.to_str().expect("ASCII")).expect("a media type");
    match &*media_type.essence {
        "application/x-ndjson" => {
            for line in body.split_inclusive(|byte| *byte == b'\n') {
                assert!(line.ends_with(b"\n"));
                drop(serde_json::from_slice::<serde_json::Value>(line).expect("JSON"));
            }
        }
        "text/event-stream" => assert!(body.is_empty()),
        essence if essence.ends_with("json") => drop(serde_json::from_slice::<serde_json::Value>(body).expect("JSON")),
        essence if essence.ends_with("xml") => assert!(body.starts_with(b"<?xml ") && body.ends_with(b">")),
        essence => panic!("no dialect answers with {essence}"),
    }
}
