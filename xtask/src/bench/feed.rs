//! Followers of the feed: how long after a change they hear of it, and what they cost while nothing happens.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::{sleep, timeout};

use super::lanes::{BEARER, Kind};
use super::server::{FIRST, Server};
use super::{Result, machine, stats};

/// How many follow at once.
const FOLLOWERS: [usize; 3] = [1, 100, 1_000];

/// Changes that each of them hears of.
const CHANGES: u32 = 50;

/// Longest that anybody waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// What begins each event.
const EVENT: &[u8] = b"event: change\n";

/// What so many followers meet.
pub(super) struct Followed {
    pub(super) followers: usize,
    /// Milliseconds from the sending of a change until a follower has it; over all changes and followers.
    pub(super) p50: f64,
    pub(super) p99: f64,
    /// The same until the last follower has it: the median and the worst of all changes.
    pub(super) last: f64,
    pub(super) worst: f64,
    /// What they take of the server's memory while nothing happens.
    pub(super) idle_mb: f64,
}

pub(super) fn measure(program: &Path, customers: u64, dir: &Path) -> Result<Vec<Followed>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let each = |followers: usize| {
        // A server of its own: memory that was once used is not given back.
        let server = Server::start(Kind::Samerow, program, customers, &dir.join(followers.to_string()))?;
        runtime.block_on(follow(&server, followers))
    };
    FOLLOWERS.into_iter().map(each).collect()
}

async fn follow(server: &Server, followers: usize) -> Result<Followed> {
    let request = |method: &str, path: &str, more: &str| {
        format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n{BEARER}\r\n{more}\r\n", server.address)
    };
    let writer = TcpStream::connect(&server.address).await?;
    change(&writer, &request, "first").await?;
    sleep(Duration::from_secs(1)).await;
    let before = machine::memory_mb(server.pid());
    let (heard, mut all) = unbounded_channel();
    for _ in 0..followers {
        let stream = TcpStream::connect(&server.address).await?;
        let ask = request("GET", "/v1/events?after=now", "Accept: text/event-stream\r\n");
        send(&stream, &ask).await?;
        let mut head = [0; 4096];
        let read = timeout(PATIENCE, receive(&stream, &mut head)).await??;
        if !head.get(..read).is_some_and(|head| head.starts_with(b"HTTP/1.1 200")) {
            return Err(format!("no stream: {}", String::from_utf8_lossy(head.get(..read).unwrap_or_default())).into());
        }
        tokio::spawn(listen(stream, heard.clone()));
    }
    sleep(Duration::from_secs(3)).await;
    let idle_mb = machine::memory_mb(server.pid()) - before;
    let (mut trails, mut lasts) = (Vec::new(), Vec::new());
    for number in 0..CHANGES {
        let sent = Instant::now();
        change(&writer, &request, &format!("{number} of {CHANGES} for {followers}")).await?;
        let mut last = 0.0_f64;
        for _ in 0..followers {
            let at = timeout(PATIENCE, all.recv()).await?.ok_or("a stream ended")?;
            let trail = at.duration_since(sent).as_secs_f64() * 1e3;
            last = last.max(trail);
            trails.push(trail);
        }
        lasts.push(last);
        sleep(Duration::from_millis(30)).await;
    }
    trails.sort_by(f64::total_cmp);
    let at = |share: usize| trails.get((trails.len() * share / 100).min(trails.len() - 1)).copied().unwrap_or(f64::NAN);
    let (_, worst) = stats::range(lasts.iter().copied());
    let last = stats::median(lasts).unwrap_or(f64::NAN);
    Ok(Followed { followers, p50: at(50), p99: at(99), last, worst, idle_mb })
}

async fn change(writer: &TcpStream, request: &impl Fn(&str, &str, &str) -> String, note: &str) -> Result<()> {
    let body = format!(r#"{{"note":"{note}"}}"#);
    let more = format!("Content-Type: application/merge-patch+json\r\nContent-Length: {}\r\n", body.len());
    let text = request("PATCH", &format!("/v1/customers/{FIRST}"), &more) + &body;
    send(writer, &text).await?;
    // One read takes an answer of this size; what is left of it is no concern of the next.
    let mut answer = [0; 16_384];
    let read = timeout(PATIENCE, receive(writer, &mut answer)).await??;
    let answer = answer.get(..read).unwrap_or_default();
    if answer.starts_with(b"HTTP/1.1 200") { Ok(()) } else { Err(String::from_utf8_lossy(answer).into()) }
}

async fn receive(stream: &TcpStream, into: &mut [u8]) -> io::Result<usize> {
    loop {
        stream.readable().await?;
        match stream.try_read(into) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            read => return read,
        }
    }
}

/// A request is short: a connection that waits for it takes it whole.
async fn send(stream: &TcpStream, text: &str) -> io::Result<()> {
    stream.writable().await?;
    if stream.try_write(text.as_bytes())? == text.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}

/// Tells when each event came.
async fn listen(stream: TcpStream, heard: UnboundedSender<Instant>) {
    let mut seen: Vec<u8> = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(read @ 1..) = receive(&stream, &mut piece).await {
        let at = Instant::now();
        seen.extend_from_slice(piece.get(..read).unwrap_or_default());
        while let Some(found) = seen.windows(EVENT.len()).position(|window| window == EVENT) {
            seen.drain(..found + EVENT.len());
            if heard.send(at).is_err() {
                return;
            }
        }
        // The rest of an event is no part of the next one's beginning.
        let keep = seen.len().saturating_sub(EVENT.len());
        seen.drain(..keep);
    }
}
