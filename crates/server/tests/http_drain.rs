//! A drain answers what is under way, closes the rest, and ends in time.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::unwrap_used, reason = "a test may fail")]

mod http;

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Client, Ended, echo, start};
use server::http::{Application, Body, Drained, Limits, Peer, Phase};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

#[derive(Default)]
struct Requests {
    begun: AtomicU64,
    done: AtomicU64,
}

/// Works for a while on each request, and counts.
fn worker(time: Duration, requests: &Arc<Requests>) -> impl Application {
    let requests = Arc::clone(requests);
    move |_: ::http::Request<Bytes>, _: Peer| {
        let requests = Arc::clone(&requests);
        async move {
            requests.begun.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(time).await;
            requests.done.fetch_add(1, Ordering::SeqCst);
            ::http::Response::new(Body::from("done"))
        }
    }
}

#[test]
fn whatever_was_done_was_answered() {
    let requests = Arc::<Requests>::default();
    let mut server = start(worker(Duration::from_millis(3), &requests), Limits::default());
    let address = server.address;
    let clients: Vec<_> = (0..32)
        .map(|number| {
            std::thread::spawn(move || {
                let mut client = Client::new(TcpStream::connect(address).unwrap());
                let mut answered = 0;
                loop {
                    // Some send several requests at once.
                    let requests = if number % 4 == 0 { 3 } else { 1 };
                    client.send(GET.repeat(requests));
                    for _ in 0..requests {
                        match client.answer() {
                            Ok(answer) => {
                                assert_eq!(answer.text(), "done");
                                answered += 1;
                                if answer.header("connection") == Some("close") {
                                    return (answered, true);
                                }
                            }
                            Err(_) => return (answered, false),
                        }
                    }
                }
            })
        })
        .collect();
    http::wait_for("the load", || requests.done.load(Ordering::SeqCst) > 500);
    let start = Instant::now();
    server.phase.send_replace(Phase::Draining);
    let drained = server.drained();
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    let clients: Vec<(u64, bool)> = clients.into_iter().map(|client| client.join().unwrap()).collect();
    assert_eq!(drained, Drained { closed: 32, aborted: 0 });
    assert_eq!(clients.iter().map(|client| client.0).sum::<u64>(), requests.done.load(Ordering::SeqCst));
    assert!(clients.iter().any(|client| client.1), "no client was told that it was the last answer");
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn idle_connections_are_closed_at_once() {
    let mut server = start(echo, Limits::default());
    let mut clients: Vec<Client> = (0..50).map(|_| server.connect()).collect();
    for client in &mut clients[10..] {
        assert_eq!(client.ask(GET).unwrap().status, 200);
    }
    http::wait_for("the connections", || server.server.counters().open.get() == 50);
    let start = Instant::now();
    // So does the end of whoever could ask for it.
    drop(std::mem::replace(&mut server.phase, tokio::sync::watch::channel(Phase::Running).0));
    assert_eq!(server.drained(), Drained { closed: 50, aborted: 0 });
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    for client in &mut clients {
        assert_eq!(client.answer(), Err(Ended::Closed));
    }
}

#[test]
fn a_request_that_takes_too_long_is_cut_off() {
    let requests = Arc::<Requests>::default();
    let limits = Limits { drain: Duration::from_millis(400), ..Limits::default() };
    let mut server = start(worker(Duration::from_secs(60), &requests), limits);
    let mut client = server.connect();
    client.send(GET);
    http::wait_for("the request", || requests.begun.load(Ordering::SeqCst) == 1);
    let start = Instant::now();
    server.phase.send_replace(Phase::Draining);
    assert_eq!(server.drained(), Drained { closed: 0, aborted: 1 });
    assert!((350..20_000).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    assert!(client.answer().is_err());
}

#[test]
fn a_second_signal_ends_the_drain() {
    let requests = Arc::<Requests>::default();
    let mut server = start(worker(Duration::from_secs(60), &requests), Limits::default());
    let mut client = server.connect();
    client.send(GET);
    http::wait_for("the request", || requests.begun.load(Ordering::SeqCst) == 1);
    let start = Instant::now();
    server.phase.send_replace(Phase::Draining);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(server.server.counters().open.get(), 1);
    server.phase.send_replace(Phase::Aborting);
    assert_eq!(server.drained(), Drained { closed: 0, aborted: 1 });
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_stream_goes_on_until_its_end() {
    let (sender, receiver) = tokio::sync::mpsc::channel(4);
    let receiver = std::sync::Mutex::new(Some(receiver));
    let mut server = start(
        move |_: ::http::Request<Bytes>, _: Peer| {
            let body = receiver.lock().unwrap().take().map_or_else(Body::empty, Body::Stream);
            async move { ::http::Response::new(body) }
        },
        Limits::default(),
    );
    let mut client = server.connect();
    client.send(GET);
    sender.blocking_send(Ok(Bytes::from_static(b"one "))).unwrap();
    http::wait_for("the connection", || server.server.counters().open.get() == 1);
    std::thread::sleep(Duration::from_millis(100));
    server.phase.send_replace(Phase::Draining);
    std::thread::sleep(Duration::from_millis(100));
    sender.blocking_send(Ok(Bytes::from_static(b"two"))).unwrap();
    drop(sender);
    assert_eq!(client.answer().unwrap().text(), "one two");
    assert_eq!(server.drained(), Drained { closed: 1, aborted: 0 });
}
