//! What a well-meant client may expect, and what a broken one gets.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::unwrap_used, reason = "a test may fail")]

mod http;

use std::io::Write;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ::http::header::CONTENT_TYPE;
use ::http::{HeaderValue, Request, Response};
use bytes::Bytes;
use http::{Ended, echo, start, start_behind};
use server::http::{Aborted, Application, Body, Limits, Peer, Proxies, ProxyHeader, Refusal};
use tokio::sync::mpsc;

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn a_thousand_requests_in_one_write() {
    let server = start(echo, Limits::default());
    let requests: String =
        (0..1000).map(|n| format!("POST /{n} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n{:04}", n * 7)).collect();
    let mut client = server.connect();
    client.send(requests);
    for n in 0..1000 {
        assert_eq!(client.answer().unwrap().text(), format!("POST /{n} {:04}", n * 7));
    }
    assert_eq!(client.ask(GET).unwrap().status, 200);
}

#[test]
fn a_thousand_requests_one_after_the_other() {
    let server = start(echo, Limits::default());
    let mut client = server.connect();
    for n in 0..1000 {
        let answer = client.ask(format!("GET /{n} HTTP/1.1\r\nHost: a\r\n\r\n")).unwrap();
        assert_eq!(answer.text(), format!("GET /{n} "));
    }
    assert_eq!(server.server.counters().accepted.get(), 1);
}

#[test]
fn continue_is_said_only_if_the_body_is_wanted() {
    let server = start(echo, Limits { body_bytes: 10, ..Limits::default() });
    let mut client = server.connect();
    let head =
        |length| format!("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: {length}\r\n\r\n");
    assert_eq!(client.ask(head(3)).unwrap().status, 100);
    assert_eq!(client.ask("abc").unwrap().text(), "POST / abc");
    // The body came without being asked for.
    client.send(head(3) + "abc");
    let answer = client.answer().unwrap();
    let answer = if answer.status == 100 { client.answer().unwrap() } else { answer };
    assert_eq!(answer.text(), "POST / abc");
    assert_eq!(client.ask(head(11)).unwrap().status, 413);
    assert_eq!(client.answer(), Err(Ended::Closed));
}

#[test]
fn head_has_the_length_and_no_body() {
    let server = start(echo, Limits::default());
    let mut client = server.connect();
    client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n");
    let answer = client.answer_to_head().unwrap();
    assert_eq!((answer.status, answer.header("content-length")), (200, Some("8")));
    assert_eq!(client.ask(GET).unwrap().text(), "GET / ");
}

async fn count_to_three(request: Request<Bytes>, _: Peer) -> Response<Body> {
    let (sender, pieces) = mpsc::channel(1);
    tokio::spawn(async move {
        for piece in ["one ", "two ", "three"] {
            let _ = sender.send(Ok(Bytes::from_static(piece.as_bytes()))).await;
        }
        if request.uri().path() == "/fail" {
            let _ = sender.send(Err(Aborted)).await;
        }
    });
    Response::new(Body::Stream(pieces))
}

#[test]
fn streams_are_chunked_and_never_so_for_an_old_client() {
    let server = start(count_to_three, Limits::default());
    let mut client = server.connect();
    let answer = client.ask(GET).unwrap();
    assert_eq!((answer.header("transfer-encoding"), answer.text().as_str()), (Some("chunked"), "one two three"));
    let answer = client.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").unwrap();
    assert_eq!((answer.header("transfer-encoding"), answer.header("content-length")), (None, None));
    assert_eq!((answer.text().as_str(), client.answer()), ("one two three", Err(Ended::Closed)));
}

#[test]
fn a_stream_that_fails_does_not_look_whole() {
    let server = start(count_to_three, Limits::default());
    let mut client = server.connect();
    assert_eq!(client.ask("GET /fail HTTP/1.1\r\nHost: a\r\n\r\n"), Err(Ended::Broken));
    http::wait_for("the count", || server.server.counters().broken.get() == 1);
}

#[test]
fn a_panic_is_answered() {
    let server = start(
        async |request: Request<Bytes>, _: Peer| {
            assert!(request.uri().path() != "/panic", "as asked");
            Response::new(Body::from("well"))
        },
        Limits::default(),
    );
    let mut client = server.connect();
    let answer = client.ask("GET /panic HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    assert_eq!((answer.status, answer.header("x-content-type-options")), (500, Some("nosniff")));
    assert_eq!(client.ask(GET).unwrap().text(), "well");
    assert_eq!(server.server.counters().panics.get(), 1);
}

#[derive(Default)]
struct Requests {
    begun: AtomicUsize,
    finished: AtomicUsize,
}

/// Answers after a while, and counts.
fn slow_echo(requests: &Arc<Requests>) -> impl Application {
    let requests = Arc::clone(requests);
    move |request, peer| {
        let requests = Arc::clone(&requests);
        async move {
            requests.begun.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(100)).await;
            let answer = echo(request, peer).await;
            requests.finished.fetch_add(1, Ordering::SeqCst);
            answer
        }
    }
}

#[test]
fn a_client_that_sends_no_more_still_gets_its_answers() {
    let requests = Arc::<Requests>::default();
    let server = start(slow_echo(&requests), Limits::default());
    let mut client = server.connect();
    client.send(GET.repeat(3));
    client.finish();
    let (answers, ended) = client.answers();
    assert_eq!((answers.len(), ended), (3, Ended::Closed));
}

fn reset(client: http::Client) {
    let stream = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _guard = stream.enter();
    client.stream.set_nonblocking(true).unwrap();
    tokio::net::TcpStream::from_std(client.stream).unwrap().set_zero_linger().unwrap();
}

#[test]
fn a_client_that_goes_away_before_the_answer_does_not_undo_the_work() {
    let requests = Arc::<Requests>::default();
    let server = start(slow_echo(&requests), Limits::default());
    for (number, goes) in [reset, drop].into_iter().enumerate() {
        let mut client = server.connect();
        client.send(GET);
        http::wait_for("the request", || requests.begun.load(Ordering::SeqCst) == number + 1);
        goes(client);
        http::wait_for("the end", || server.server.counters().open.get() == 0);
    }
    assert_eq!(requests.finished.load(Ordering::SeqCst), 2);
}

#[test]
fn half_a_body_is_never_shown_to_the_application() {
    let requests = Arc::<Requests>::default();
    let server = start(slow_echo(&requests), Limits::default());
    for goes in [reset, drop] {
        for length in ["Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"] {
            let mut client = server.connect();
            // Being told to go on, it knows that the body is awaited.
            let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n";
            let (more, body) = length.split_once("\r\n\r\n").unwrap();
            assert_eq!(client.ask(format!("{head}{more}\r\n\r\n")).unwrap().status, 100);
            client.send(body);
            goes(client);
            http::wait_for("the end", || server.server.counters().open.get() == 0);
        }
    }
    assert_eq!(requests.begun.load(Ordering::SeqCst), 0);
    assert_eq!(server.server.counters().refused(Refusal::Truncated), 4);
}

/// Shapes its refusals, and takes long bodies in one place.
struct Shaped;

impl Application for Shaped {
    async fn answer(&self, request: Request<Bytes>, _: Peer) -> Response<Body> {
        Response::new(request.body().len().to_string().into())
    }

    fn body_limit(&self, head: &::http::request::Parts) -> Option<usize> {
        (head.uri.path() == "/import").then_some(1000)
    }

    fn refuse(&self, refusal: Refusal, head: Option<&::http::request::Parts>) -> Response<Body> {
        let path = head.map_or("?", |head| head.uri.path());
        let mut response = Response::new(format!("<{} at {path}>", refusal.name()).into());
        *response.status_mut() = refusal.status();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
        response
    }
}

#[test]
fn the_application_shapes_refusals_and_sets_limits() {
    let server = start(Shaped, Limits { body_bytes: 10, ..Limits::default() });
    let post = |path: &str, length: usize| {
        format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{}", "x".repeat(length))
    };
    assert_eq!(server.connect().ask(post("/import", 1000)).unwrap().text(), "1000");
    for (request, status, text) in [
        (post("/import", 1001), 413, "<body_too_large at /import>"),
        (post("/other", 11), 413, "<body_too_large at /other>"),
        ("BREW / HTTP/1.1\r\n".into(), 501, "<method at ?>"),
    ] {
        let mut client = server.connect();
        let answer = client.ask(request).unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (status, text));
        assert_eq!((answer.header("content-type"), answer.header("connection")), (Some("text/xml"), Some("close")));
        assert_eq!(client.answer(), Err(Ended::Closed));
    }
}

#[test]
fn a_refusal_reaches_a_client_that_is_busy_sending() {
    let server = start(echo, Limits::default());
    for _ in 0..20 {
        let mut client = server.connect();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n");
        client.stream.write_all(&vec![b'x'; 5_000_000]).unwrap();
        assert_eq!(client.answer().unwrap().status, 413);
        assert_eq!(client.answer(), Err(Ended::Closed));
    }
}

async fn name_peer(request: Request<Bytes>, peer: Peer) -> Response<Body> {
    Response::new(format!("{} {}", peer.address, peer.base_url(&request).unwrap_or_default()).into())
}

#[test]
fn only_a_trusted_proxy_speaks_for_others() {
    let header = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: example.org\r\n";
    let request = format!("GET / HTTP/1.1\r\nHost: a:80\r\n{header}Forwarded: for=198.51.100.1\r\n\r\n");
    let server = start(name_peer, Limits::default());
    assert_eq!(server.connect().ask(&request).unwrap().text(), "127.0.0.1 http://a:80");

    let proxies = Proxies { networks: vec!["127.0.0.2".parse().unwrap()], header: ProxyHeader::XForwarded };
    let server = start_behind(name_peer, Limits::default(), proxies);
    let from = |address: [u8; 4]| server.connect_from(IpAddr::from(address)).ask(&request).unwrap().text();
    assert_eq!(from([127, 0, 0, 1]), "127.0.0.1 http://a:80");
    assert_eq!(from([127, 0, 0, 2]), "203.0.113.9 https://example.org");
}

#[test]
fn answers_are_not_delayed() {
    // An answer in several writes must not wait for the client's delayed acknowledgement, some 40 ms.
    let server = start(count_to_three, Limits::default());
    let mut client = server.connect();
    let fastest = (0..50).map(|_| {
        let start = std::time::Instant::now();
        assert_eq!(client.ask(GET).unwrap().status, 200);
        start.elapsed()
    });
    let fastest = fastest.min().unwrap();
    assert!(fastest < Duration::from_millis(30), "{fastest:?}");
}
