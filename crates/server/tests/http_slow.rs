//! Clients that are slow on purpose are closed in time, and nobody else notices them.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::unwrap_used, reason = "a test may fail")]

mod http;

use std::io::Read;
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use http::{Client, Ended, Running, echo, start};
use server::http::{Application, Body, Limits, Refusal};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Limits that a test can wait for.
fn short() -> Limits {
    Limits {
        header_deadline: Duration::from_millis(300),
        body_deadline: Duration::from_millis(900),
        body_rate_grace: Duration::from_millis(300),
        body_min_rate: 1000,
        idle: Duration::from_millis(600),
        write_stall: Duration::from_millis(500),
        linger: Duration::from_millis(500),
        ..Limits::default()
    }
}

/// How long after now the connection ends, and with which answers.
fn ending(client: &mut Client) -> (Duration, Vec<String>, Ended) {
    let start = Instant::now();
    let (answers, ended) = client.answers();
    (start.elapsed(), answers.iter().map(http::Answer::text).collect(), ended)
}

/// Generous: other work shares the machine.
fn about(elapsed: Duration, wanted: u64) -> bool {
    (wanted * 9 / 10..wanted + 15_000).contains(&(elapsed.as_millis() as u64))
}

#[test]
fn a_silent_connection_is_closed_when_idle_for_long() {
    let server = start(echo, short());
    let (elapsed, answers, ended) = ending(&mut server.connect());
    assert!(about(elapsed, 600), "{elapsed:?}");
    assert_eq!((answers, ended), (vec![], Ended::Closed));
    assert_eq!(server.server.counters().idle_timeouts.get(), 1);
}

#[test]
fn a_kept_connection_is_idle_from_its_last_answer_on() {
    let server = start(echo, short());
    let mut client = server.connect();
    for _ in 0..4 {
        assert_eq!(client.ask(GET).unwrap().status, 200);
        std::thread::sleep(Duration::from_millis(300));
    }
    assert_eq!(client.ask(GET).unwrap().status, 200);
    let (elapsed, answers, ended) = ending(&mut client);
    assert!(about(elapsed, 600), "{elapsed:?}");
    assert_eq!((answers, ended), (vec![], Ended::Closed));
}

#[test]
fn empty_lines_do_not_keep_a_connection_open() {
    let server = start(echo, short());
    let mut client = server.connect();
    let start = Instant::now();
    for _ in 0..3 {
        std::thread::sleep(Duration::from_millis(150));
        client.send("\r\n");
    }
    assert_eq!(client.answer(), Err(Ended::Closed));
    assert!(about(start.elapsed(), 600), "{:?}", start.elapsed());
}

#[test]
fn a_slow_head_is_answered_with_408() {
    let server = start(echo, Limits { idle: Duration::from_secs(60), ..short() });
    for first in ["", GET] {
        let mut client = server.connect();
        client.send(first);
        if !first.is_empty() {
            assert_eq!(client.answer().unwrap().status, 200);
        }
        let start = Instant::now();
        // A byte now and then does not help.
        let mut sender = client.stream.try_clone().unwrap();
        let sending = std::thread::spawn(move || {
            use std::io::Write;
            for byte in GET[..GET.len() - 1].bytes() {
                let _ = sender.write_all(&[byte]);
                std::thread::sleep(Duration::from_millis(30));
            }
        });
        let answer = client.answer().unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (408, Refusal::HeadTimeout.sentence()));
        assert!(about(start.elapsed(), 300), "{:?}", start.elapsed());
        assert_eq!(client.answer(), Err(Ended::Closed));
        sending.join().unwrap();
    }
    // Nor does silence.
    let mut client = server.connect();
    client.send("GET / HT");
    let (elapsed, answers, ended) = ending(&mut client);
    assert!(about(elapsed, 300), "{elapsed:?}");
    assert_eq!((answers, ended), (vec![Refusal::HeadTimeout.sentence().to_owned()], Ended::Closed));
    assert_eq!(server.server.counters().head_timeouts.get(), 3);
}

/// Sends a body of 4,000 bytes, `step` bytes each 50 ms, and says when the answer came, and which.
fn post_slowly<A: Application>(server: &Running<A>, step: usize) -> (Duration, u16) {
    let mut client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n");
    client.stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let start = Instant::now();
    let mut sent = 0;
    while start.elapsed() < http::PATIENCE {
        client.send(vec![b'x'; step.min(4000 - sent)]);
        sent = (sent + step).min(4000);
        match client.answer() {
            Ok(answer) => return (start.elapsed(), answer.status),
            Err(ended) => assert_eq!(ended, Ended::Silent),
        }
    }
    panic!("no answer to a slow body");
}

#[test]
fn a_slow_body_is_answered_with_408() {
    let server = start(echo, Limits { body_deadline: Duration::from_secs(60), ..short() });
    // Below the rate: closed when the grace is over.
    let (elapsed, status) = post_slowly(&server, 1);
    assert!(about(elapsed, 300) && status == 408, "{elapsed:?} {status}");
    assert_eq!(server.server.counters().body_timeouts.get(), 1);
    // Above it, with time enough.
    let (_, status) = post_slowly(&server, 200);
    assert_eq!(status, 200);
    assert_eq!(server.server.counters().body_timeouts.get(), 1);
    // Above it, but not done at the deadline.
    let limits = Limits { body_min_rate: 100, ..short() };
    let server = start(echo, limits);
    let (elapsed, status) = post_slowly(&server, 100);
    assert!(about(elapsed, 900) && status == 408, "{elapsed:?} {status}");
    assert_eq!(server.server.counters().refused(Refusal::BodyTimeout), 1);
}

#[test]
fn a_client_that_does_not_read_is_closed() {
    const SIZE: usize = 64 << 20;
    let body = [vec![b'x'; SIZE - 1], b"y".to_vec()].concat();
    let body = bytes::Bytes::from(body);
    let server = start(
        move |_, _| {
            let answer = ::http::Response::new(Body::from(body.clone()));
            async { answer }
        },
        short(),
    );
    let mut client = server.connect();
    client.send(GET);
    http::wait_for("the time-out", || server.server.counters().write_timeouts.get() == 1);
    http::wait_for("the close", || server.server.counters().open.get() == 0);
    assert_eq!(server.server.counters().broken.get(), 1);
    // A client that reads slowly, but reads, gets all of it, even if that takes longer than the idle time; and it
    // was not idle.
    let mut client = server.connect();
    client.send(GET);
    let (start, mut answer, mut buffer) = (Instant::now(), Vec::new(), vec![0; 4 << 20]);
    while !answer.ends_with(b"xy") {
        let count = client.stream.read(&mut buffer).unwrap();
        answer.extend_from_slice(&buffer[..count]);
        if start.elapsed() < Duration::from_millis(1200) {
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    assert!(answer.len() > SIZE);
    client.send(GET);
    assert!(client.stream.read(&mut buffer).unwrap() > 0);
    assert_eq!(server.server.counters().write_timeouts.get(), 1);
    assert_eq!(server.server.counters().idle_timeouts.get(), 0);
}

/// Many slow clients of each kind at once, all of them still within their time: a good client is served as if they
/// were not there.
#[test]
fn a_good_client_among_400_slow_ones() {
    let long = Duration::from_secs(60);
    let limits = Limits { header_deadline: long, body_rate_grace: long, write_stall: long, ..Limits::default() };
    let server = start(async |_, _| ::http::Response::new(Body::from(vec![b'x'; 1 << 20])), limits);
    let slow: Vec<TcpStream> = (0..400)
        .map(|number| {
            let mut client = server.connect_from(Ipv4Addr::new(127, 0, 0, 2).into());
            client.send(match number % 4 {
                0 => "",
                1 => "GET / HTTP/1.1\r\nHo",
                2 => "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc",
                _ => GET,
            });
            client.stream
        })
        .collect();
    http::wait_for("the slow clients", || server.server.counters().open.get() == 400);
    let mut client = server.connect();
    let mut times: Vec<Duration> = (0..100)
        .map(|_| {
            let start = Instant::now();
            assert_eq!(client.ask(GET).unwrap().body.len(), 1 << 20);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    assert!(times[times.len() * 99 / 100] < Duration::from_millis(500), "{times:?}");
    assert_eq!(server.server.counters().open.get(), 401);
    drop(slow);
}
