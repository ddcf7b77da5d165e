//! Requests that could be read in two ways, or in none, are refused with a readable answer, and the connection is
//! closed; all others pass unchanged.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::unwrap_used, reason = "a test may fail")]

mod http;

use http::{Client, Ended, Running, echo, start};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use server::http::{Application, Limits, Refusal};

/// What the probe leads to.
enum Wanted {
    /// The application sees this, and the connection stays open.
    Seen(&'static str),
    /// The application sees this, and the connection is closed.
    SeenLast(&'static str),
    /// The connection layer answers, and closes.
    Refused(Refusal),
}

use Wanted::{Refused, Seen, SeenLast};

/// `(name, request, what it leads to)`.
type Probe = (&'static str, Vec<u8>, Wanted);

fn get(more: &str) -> Vec<u8> {
    format!("GET / HTTP/1.1\r\nHost: a\r\n{more}\r\n").into_bytes()
}

fn post(headers: &str, body: &str) -> Vec<u8> {
    format!("POST /x HTTP/1.1\r\nHost: a\r\n{headers}\r\n{body}").into_bytes()
}

fn chunked(body: &str) -> Vec<u8> {
    post("Transfer-Encoding: chunked\r\n", body)
}

fn line(line: &str) -> Vec<u8> {
    format!("{line}\r\nHost: a\r\n\r\n").into_bytes()
}

fn raw(bytes: &(impl AsRef<[u8]> + ?Sized)) -> Vec<u8> {
    bytes.as_ref().to_vec()
}

fn good() -> Vec<Probe> {
    vec![
        ("plain", get(""), Seen("GET / ")),
        ("length", post("Content-Length: 3\r\n", "a=b"), Seen("POST /x a=b")),
        ("length zero", post("Content-Length: 0\r\n", ""), Seen("POST /x ")),
        ("length with leading zeros", post("Content-Length: 0003\r\n", "a=b"), Seen("POST /x a=b")),
        ("body of GET", raw("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"), Seen("GET / x")),
        ("chunked", chunked("1\r\na\r\n2\r\n=b\r\n0\r\n\r\n"), Seen("POST /x a=b")),
        ("chunked, upper case", post("TRANSFER-ENCODING: Chunked\r\n", "1\r\na\r\n0\r\n\r\n"), Seen("POST /x a")),
        ("chunk size with zeros and spaces", chunked("0003 \t\r\na=b\r\n00\r\n\r\n"), Seen("POST /x a=b")),
        ("chunk extension", chunked("3;name=\"v\"\r\na=b\r\n0;last\r\n\r\n"), Seen("POST /x a=b")),
        ("trailers", chunked("3\r\na=b\r\n0\r\nDigest: x\r\nHost: other\r\n\r\n"), Seen("POST /x a=b")),
        (
            "a request within a body",
            post("Content-Length: 28\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n\r"),
            Seen("POST /x GET / HTTP/1.1\r\nHost: a\r\n\r\n\r"),
        ),
        ("HTTP/1.0", raw("GET / HTTP/1.0\r\n\r\n"), SeenLast("GET / ")),
        ("HTTP/1.0 with a body", raw("POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nx"), SeenLast("POST / x")),
        ("HTTP/1.0 that would stay", raw("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), SeenLast("GET / ")),
        ("close", get("Connection: close\r\n"), SeenLast("GET / ")),
        ("close among others", get("Connection: x, Close\r\n"), SeenLast("GET / ")),
        ("absolute target", raw("GET http://a/x?y HTTP/1.1\r\nHost: A\r\n\r\n"), Seen("GET http://a/x?y ")),
        ("absolute target of HTTP/1.0", raw("GET http://a:80/ HTTP/1.0\r\n\r\n"), SeenLast("GET http://a:80/ ")),
        ("asterisk", line("OPTIONS * HTTP/1.1"), Seen("OPTIONS * ")),
        ("empty lines before", raw("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), Seen("GET / ")),
        ("host with port", raw("GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n"), Seen("GET / ")),
        ("IPv6 host", raw("GET / HTTP/1.1\r\nHost:[::1]:80\r\n\r\n"), Seen("GET / ")),
        ("spaces around a value", raw("GET / HTTP/1.1\r\nHost: \t a \t\r\n\r\n"), Seen("GET / ")),
        (
            "bytes beyond ASCII in a value",
            raw(b"GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: caf\xe9\r\n\r\n"),
            Seen("GET / "),
        ),
        (
            "upgrade to h2c",
            get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n"),
            Seen("GET / "),
        ),
        ("upgrade to a web socket", get("Connection: Upgrade\r\nUpgrade: websocket\r\n"), Seen("GET / ")),
        ("method override", post("X-HTTP-Method-Override: DELETE\r\n", ""), Seen("POST /x ")),
        ("identity", post("Content-Encoding: identity\r\nContent-Length: 1\r\n", "x"), Seen("POST /x x")),
        (
            "paths are left as they are",
            line("GET //a/../b/%2e%2e/%00?c=%zz&[d]={e|f} HTTP/1.1"),
            Seen("GET //a/../b/%2e%2e/%00?c=%zz&[d]={e|f} "),
        ),
        ("100 header lines", get(&"X: y\r\n".repeat(99)), Seen("GET / ")),
    ]
}

fn bad() -> Vec<Probe> {
    use Refusal as R;
    let both = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n";
    let long = |count: usize| "x".repeat(count);
    let mut probes = vec![
        ("length, then coding", post(both, "0\r\n\r\n"), R::LengthAndCoding),
        (
            "coding, then length",
            post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
            R::LengthAndCoding,
        ),
        (
            "two codings",
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            R::CodingRepeated,
        ),
        (
            "two codings, one of them identity",
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
            R::CodingRepeated,
        ),
        ("coding xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), R::CodingUnframed),
        ("coding identity", post("Transfer-Encoding: identity\r\n", ""), R::CodingUnframed),
        ("coding chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), R::CodingUnframed),
        ("coding gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), R::CodingUnknown),
        ("coding quoted", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), R::CodingUnframed),
        ("coding empty", post("Transfer-Encoding:\r\n", ""), R::CodingUnframed),
        ("coding after a vertical tab", post("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n"), R::Field),
        ("coding, space before the colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), R::Field),
        ("coding in HTTP/1.0", raw("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), R::CodingTooNew),
        ("two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "a=bc"), R::LengthRepeated),
        ("two equal lengths", post("Content-Length: 3\r\nContent-Length: 3\r\n", "a=b"), R::LengthRepeated),
        ("length list", post("Content-Length: 3, 3\r\n", "a=b"), R::Length),
        ("length +3", post("Content-Length: +3\r\n", "a=b"), R::Length),
        ("length -1", post("Content-Length: -1\r\n", ""), R::Length),
        ("length 0x3", post("Content-Length: 0x3\r\n", "a=b"), R::Length),
        ("length 2^64 + 3", post("Content-Length: 18446744073709551619\r\n", "a=b"), R::Length),
        ("length empty", post("Content-Length:\r\n", ""), R::Length),
        ("length with a space", post("Content-Length: 1 0\r\n", ""), R::Length),
        ("no host", raw("GET / HTTP/1.1\r\n\r\n"), R::HostMissing),
        ("two hosts", get("Host: b\r\n"), R::HostRepeated),
        ("two equal hosts", get("Host: a\r\n"), R::HostRepeated),
        ("two hosts in HTTP/1.0", raw("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"), R::HostRepeated),
        ("host empty", raw("GET / HTTP/1.1\r\nHost:\r\n\r\n"), R::HostMalformed),
        ("host list", raw("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"), R::HostMalformed),
        ("host with a path", raw("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), R::HostMalformed),
        ("host with a user", raw("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"), R::HostMalformed),
        ("host with a bad port", raw("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"), R::HostMalformed),
        ("host with a quote", raw("GET / HTTP/1.1\r\nHost: a\"b\r\n\r\n"), R::HostMalformed),
        ("foreign target", line("GET http://b/ HTTP/1.1"), R::HostMismatch),
        ("foreign port", line("GET http://a:81/ HTTP/1.1"), R::HostMismatch),
        ("absolute target without a host", raw("GET http://a/ HTTP/1.1\r\n\r\n"), R::HostMissing),
        ("target with a user", line("GET http://u@a/ HTTP/1.1"), R::Target),
        ("target of another scheme", line("GET ftp://a/ HTTP/1.1"), R::Target),
        ("target without a slash", line("GET x HTTP/1.1"), R::Target),
        ("target that is an authority", line("GET a:80 HTTP/1.1"), R::Target),
        ("asterisk for GET", line("GET * HTTP/1.1"), R::Target),
        ("fragment", line("GET /#x HTTP/1.1"), R::Target),
        ("target beyond ASCII", line("GET /é HTTP/1.1"), R::Target),
        ("target with a quote", line("GET /<\"> HTTP/1.1"), R::Target),
        ("target with a backslash", line("GET /a\\b HTTP/1.1"), R::Target),
        ("target with a space", line("GET /a b HTTP/1.1"), R::Target),
        ("target with NUL", line("GET /\0 HTTP/1.1"), R::Target),
        ("two spaces", line("GET  / HTTP/1.1"), R::Target),
        ("tabulators", line("GET\t/\tHTTP/1.1"), R::RequestLine),
        ("space at the start", line(" GET / HTTP/1.1"), R::RequestLine),
        ("space at the end", line("GET / HTTP/1.1 "), R::RequestLine),
        ("HTTP/0.9", raw("GET /\r\n"), R::RequestLine),
        ("HTTP/9.9", line("GET / HTTP/9.9"), R::Version),
        ("HTTP/1.2", line("GET / HTTP/1.2"), R::Version),
        ("http/1.1", line("GET / http/1.1"), R::RequestLine),
        ("HTTP/1.10", line("GET / HTTP/1.10"), R::RequestLine),
        ("preface of HTTP/2", raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"), R::Version),
        ("TLS", raw(b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"), R::RequestLine),
        ("unknown method", line("BREW / HTTP/1.1"), R::Method),
        ("method in lower case", line("get / HTTP/1.1"), R::Method),
        ("CONNECT", line("CONNECT a:443 HTTP/1.1"), R::Method),
        ("TRACE", line("TRACE / HTTP/1.1"), R::Method),
        ("the stand-in of a refused request", line("_ /0 HTTP/1.1"), R::Method),
        ("method of 40 bytes", line(&format!("{} / HTTP/1.1", "M".repeat(40))), R::Method),
        ("no method", line("/ HTTP/1.1"), R::RequestLine),
        ("method that is no token", line("GE(T / HTTP/1.1"), R::RequestLine),
        ("five empty lines", raw("\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), R::RequestLine),
        ("bare line feed after the request line", raw("GET / HTTP/1.1\nHost: a\r\n\r\n"), R::BareLineFeed),
        ("bare line feed after a header", raw("GET / HTTP/1.1\r\nHost: a\n\r\n"), R::BareLineFeed),
        ("bare line feed at the end", raw("GET / HTTP/1.1\r\nHost: a\r\n\n"), R::BareLineFeed),
        ("only line feeds", raw("GET / HTTP/1.1\nHost: a\n\n"), R::BareLineFeed),
        ("bare carriage return", get("X: a\rContent-Length: 3\r\n"), R::Field),
        ("carriage return before the name", get("\rX: a\r\n"), R::Field),
        ("NUL in a value", get("X: a\0b\r\n"), R::Field),
        ("NUL in a name", get("X\0: a\r\n"), R::Field),
        ("DEL in a value", get("X: \x7f\r\n"), R::Field),
        ("escape in a value", get("X: \x1b[2J\r\n"), R::Field),
        ("space in a name", get("X Y: a\r\n"), R::Field),
        ("no colon", get("X\r\n"), R::Field),
        ("no name", get(": a\r\n"), R::Field),
        ("name beyond ASCII", get("é: a\r\n"), R::Field),
        ("folded with a space", get("X: a\r\n b\r\n"), R::FoldedField),
        ("folded with a tabulator", get("X: a\r\n\tb\r\n"), R::FoldedField),
        ("space before the first header", raw("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), R::FoldedField),
        ("target of 9,000 bytes", line(&format!("GET /{} HTTP/1.1", long(9000))), R::TargetTooLong),
        ("target of 100,000 bytes", line(&format!("GET /{} HTTP/1.1", long(100_000))), R::TargetTooLong),
        ("101 header lines", get(&"X: y\r\n".repeat(100)), R::TooManyFields),
        ("1,000 header lines", get(&"X: y\r\n".repeat(1000)), R::TooManyFields),
        ("header of 33,000 bytes", get(&format!("X: {}\r\n", long(33_000))), R::HeadTooLarge),
        ("header of 1,000,000 bytes", get(&format!("X: {}\r\n", long(1_000_000))), R::HeadTooLarge),
        ("header that does not end", raw(&format!("GET / HTTP/1.1\r\nX: {}", long(40_000))), R::HeadTooLarge),
        ("target that does not end", raw(&format!("GET /{}", long(40_000))), R::TargetTooLong),
        ("another expectation", post("Expect: 200-ok\r\nContent-Length: 1\r\n", "x"), R::Expectation),
        ("gzip", post("Content-Encoding: gzip\r\nContent-Length: 1\r\n", "x"), R::ContentEncoding),
        (
            "identity and gzip",
            post("Content-Encoding: identity, gzip\r\nContent-Length: 1\r\n", "x"),
            R::ContentEncoding,
        ),
        ("chunk size that is none", chunked("x\r\na\r\n0\r\n\r\n"), R::Chunk),
        ("chunk size -1", chunked("-1\r\na\r\n0\r\n\r\n"), R::Chunk),
        ("chunk size 0x1", chunked("0x1\r\na\r\n0\r\n\r\n"), R::Chunk),
        ("chunk size 2^64 + 1", chunked("10000000000000001\r\na\r\n0\r\n\r\n"), R::Chunk),
        ("chunk size after a space", chunked(" 1\r\na\r\n0\r\n\r\n"), R::Chunk),
        ("chunk longer than its size", chunked("1\r\nab\r\n0\r\n\r\n"), R::Chunk),
        ("chunk ended by a line feed", chunked("1\r\na\n0\r\n\r\n"), R::Chunk),
        ("chunk size ended by a line feed", chunked("1\na\r\n0\r\n\r\n"), R::Chunk),
        ("line feed in an extension", chunked("1;a\nb\r\na\r\n0\r\n\r\n"), R::Chunk),
        ("extension of 300 bytes", chunked(&format!("1;{}\r\na\r\n0\r\n\r\n", long(300))), R::Chunk),
        ("trailer without a colon", chunked("0\r\nX\r\n\r\n"), R::Chunk),
        ("line feeds after the last chunk", chunked("0\r\n\n"), R::Chunk),
        ("trailers of 40,000 bytes", chunked(&format!("0\r\nX: {}\r\n\r\n", long(40_000))), R::Chunk),
        ("length of 5 MB", post("Content-Length: 5000000\r\n", ""), R::BodyTooLarge),
        ("length of 1 GB, sent in part", post("Content-Length: 1000000000\r\n", &long(100_000)), R::BodyTooLarge),
        ("chunk of 2 MB", chunked(&format!("200000\r\n{}\r\n0\r\n\r\n", long(0x20_0000))), R::BodyTooLarge),
    ];
    probes.drain(..).map(|(name, bytes, refusal)| (name, bytes, Refused(refusal))).collect()
}

fn probes() -> Vec<Probe> {
    good().into_iter().chain(bad()).collect()
}

fn check<A: Application>(server: &Running<A>, client: &mut Client, name: &str, wanted: &Wanted) {
    let answer = client.answer().unwrap_or_else(|ended| panic!("{name}: {ended:?} without an answer"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{name}: {answer:?}");
    assert!(answer.header("date").is_some() && answer.header("server").is_none(), "{name}: {answer:?}");
    let is_closed = match wanted {
        Seen(text) | SeenLast(text) => {
            assert_eq!((answer.status, answer.text().as_str()), (200, *text), "{name}");
            matches!(wanted, SeenLast(_))
        }
        Refused(refusal) => {
            assert_eq!(answer.text(), refusal.sentence(), "{name}");
            assert_eq!(answer.status, refusal.status().as_u16(), "{name}");
            assert_eq!(answer.header("connection"), Some("close"), "{name}");
            assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"), "{name}");
            assert!(server.server.counters().refused(*refusal) > 0, "{name}");
            true
        }
    };
    if is_closed {
        assert_eq!(client.answer(), Err(Ended::Closed), "{name}: more after the last answer");
    } else {
        let next = client.ask("GET /next HTTP/1.1\r\nHost: a\r\n\r\n").map(|answer| answer.text());
        assert_eq!(next.as_deref(), Ok("GET /next "), "{name}: then");
    }
}

#[test]
fn each_probe_alone() {
    let server = start(echo, Limits::default());
    for (name, request, wanted) in probes() {
        let mut client = server.connect();
        client.send(request);
        check(&server, &mut client, name, &wanted);
    }
}

#[test]
fn each_probe_byte_by_byte() {
    let server = start(echo, Limits::default());
    for (name, request, wanted) in probes().iter().filter(|(_, request, _)| request.len() < 500) {
        let mut client = server.connect();
        for byte in request {
            client.send([*byte]);
        }
        check(&server, &mut client, name, wanted);
    }
}

#[test]
fn each_probe_right_after_a_good_request() {
    let server = start(echo, Limits::default());
    for (name, request, wanted) in probes() {
        let mut client = server.connect();
        client.send([b"POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx".to_vec(), request].concat());
        let first = client.answer().map(|answer| answer.text());
        assert_eq!(first.as_deref(), Ok("POST /first x"), "{name}");
        check(&server, &mut client, name, &wanted);
    }
}

#[test]
fn each_probe_from_a_client_that_says_no_more() {
    let server = start(echo, Limits::default());
    for (name, request, wanted) in probes() {
        let mut client = server.connect();
        client.send(request);
        client.finish();
        let wanted = match wanted {
            Seen(text) | SeenLast(text) => SeenLast(text),
            Refused(refusal) => Refused(refusal),
        };
        check(&server, &mut client, name, &wanted);
    }
}

#[test]
fn a_request_that_ends_early_is_told_so() {
    let server = start(echo, Limits::default());
    for (name, request, _) in good().iter().filter(|(name, ..)| !matches!(*name, "empty lines before")) {
        for length in 1..request.len() {
            let mut client = server.connect();
            client.send(&request[..length]);
            client.finish();
            check(&server, &mut client, &format!("{name}, {length} bytes of it"), &Refused(Refusal::Truncated));
        }
    }
}

#[test]
fn nothing_is_closed_without_a_word() {
    let server = start(echo, Limits::default());
    for silent in ["", "\r\n", "\r\n\r"] {
        let mut client = server.connect();
        client.send(silent);
        client.finish();
        assert_eq!(client.answers(), (vec![], Ended::Closed));
    }
}

#[derive(Clone, Debug)]
struct Message {
    target: String,
    body: Vec<u8>,
    /// Sizes of its chunks; none for a body with a length.
    chunks: Option<Vec<usize>>,
    trailer: bool,
    blank: bool,
}

impl Message {
    fn bytes(&self) -> Vec<u8> {
        let blank = if self.blank { "\r\n" } else { "" };
        let start = format!("{blank}POST /{} HTTP/1.1\r\nHost: a\r\n", self.target);
        let Some(chunks) = &self.chunks else {
            return [format!("{start}Content-Length: {}\r\n\r\n", self.body.len()).as_bytes(), &self.body].concat();
        };
        let mut bytes = format!("{start}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
        let mut rest = &self.body[..];
        for size in chunks.iter().copied().chain([usize::MAX]) {
            let (piece, after) = rest.split_at(size.min(rest.len()));
            if !piece.is_empty() {
                bytes.extend(format!("{:x};a=b\r\n", piece.len()).bytes().chain(piece.iter().copied()).chain(*b"\r\n"));
            }
            rest = after;
        }
        bytes.extend(if self.trailer { &b"0\r\nDigest: x\r\n\r\n"[..] } else { b"0\r\n\r\n" });
        bytes
    }
}

fn messages() -> impl Strategy<Value = Vec<Message>> {
    let message = ("[a-z]{0,12}", vec(any::<u8>(), 0..3000), of(vec(1..900usize, 0..6)), any::<bool>(), any::<bool>());
    let message =
        message.prop_map(|(target, body, chunks, trailer, blank)| Message { target, body, chunks, trailer, blank });
    vec(message, 1..8)
}

/// Sends `bytes` in pieces that end at `cuts`.
fn send_cut(client: &mut Client, bytes: &[u8], cuts: &[Index]) {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    cuts.sort_unstable();
    let mut start = 0;
    for cut in cuts.into_iter().chain([bytes.len()]) {
        client.send(&bytes[start..cut]);
        start = cut;
    }
    client.finish();
}

/// However requests follow each other and are cut up on the way, each is answered as it was sent, in order.
#[test]
fn requests_in_a_row() {
    let server = start(echo, Limits::default());
    proptest!(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() }, |(messages in messages(), cuts in vec(any::<Index>(), 0..6))| {
        let mut client = server.connect();
        send_cut(&mut client, &messages.iter().flat_map(Message::bytes).collect::<Vec<_>>(), &cuts);
        let (answers, ended) = client.answers();
        prop_assert_eq!(ended, Ended::Closed);
        let wanted = messages.iter().map(|message| [format!("POST /{} ", message.target).as_bytes(), &message.body].concat());
        prop_assert_eq!(answers.into_iter().map(|answer| answer.body).collect::<Vec<_>>(), wanted.collect::<Vec<_>>());
    });
}

/// Whatever arrives, what refuses it is this layer and not the one under it, whose answers lack the header that ours
/// have; and the connection ends in order.
#[test]
fn damaged_requests() {
    let server = start(echo, Limits::default());
    let damage = vec((any::<Index>(), prop_oneof![any::<u8>(), select(&b"\r\n :,;0_\t/"[..])], 0..3u8), 1..6);
    proptest!(ProptestConfig { cases: 1500, failure_persistence: None, ..Default::default() }, |(messages in messages(), damage in damage, cuts in vec(any::<Index>(), 0..3))| {
        let mut bytes = messages.iter().flat_map(|message| Message { body: message.body[..message.body.len().min(20)].to_vec(), ..message.clone() }.bytes()).collect::<Vec<_>>();
        for (place, byte, kind) in damage {
            let at = place.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
        }
        let mut client = server.connect();
        send_cut(&mut client, &bytes, &cuts);
        let (answers, ended) = client.answers();
        prop_assert_eq!(ended, Ended::Closed, "{:?}", answers);
        for answer in answers {
            prop_assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{:?}", answer);
        }
    });
}
