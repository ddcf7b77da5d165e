//! Floods: of connections, of descriptors, of bytes.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::unwrap_used, reason = "a test may fail")]

mod http;

use std::io::{BufRead, BufReader, Read};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use http::{Client, Ended, echo, start};
use server::http::{Limits, Refusal};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

#[test]
fn the_cap_for_all() {
    let server = start(echo, Limits { connections: 10, ..Limits::default() });
    let mut open: Vec<Client> = (0..10).map(|_| server.connect()).collect();
    http::wait_for("the connections", || server.server.counters().open.get() == 10);
    for _ in 0..5 {
        // Whether a request was sent or not.
        let mut client = server.connect();
        client.send(GET);
        let answer = client.answer().unwrap();
        assert_eq!((answer.status, answer.header("connection")), (503, Some("close")));
        assert_eq!(client.answer(), Err(Ended::Closed));
        assert_eq!(server.connect().answer().unwrap().status, 503);
    }
    assert_eq!((server.server.counters().open.get(), server.server.counters().capped.get()), (10, 10));
    for client in &mut open {
        assert_eq!(client.ask(GET).unwrap().status, 200);
    }
    open.pop();
    http::wait_for("a place", || server.server.counters().open.get() == 9);
    assert_eq!(server.connect().ask(GET).unwrap().status, 200);
}

#[test]
fn the_cap_for_an_address() {
    let server = start(echo, Limits { connections_per_address: 3, cap_loopback: true, ..Limits::default() });
    let mut open: Vec<Client> = (0..3).map(|_| server.connect()).collect();
    assert_eq!(server.connect().answer().unwrap().status, 503);
    assert_eq!(server.connect_from(OTHER).ask(GET).unwrap().status, 200);
    assert_eq!(server.server.counters().capped_address.get(), 1);
    assert_eq!(open.pop().unwrap().ask(GET).unwrap().status, 200);
    http::wait_for("a place", || server.connect().ask(GET).is_ok_and(|answer| answer.status == 200));
    // Without the cap for this machine itself, it may have more.
    let server = start(echo, Limits { connections_per_address: 3, ..Limits::default() });
    let open: Vec<_> = (0..10).map(|_| (server.connect(), server.connect().ask(GET).unwrap().status)).collect();
    assert!(open.iter().all(|(_, status)| *status == 200));
}

#[test]
fn one_address_cannot_flood_out_another() {
    let server = start(echo, Limits { connections_per_address: 100, cap_loopback: true, ..Limits::default() });
    let address = server.address;
    let is_over = AtomicBool::new(false);
    let mut times = std::thread::scope(|scope| {
        scope.spawn(|| {
            // Keeps what it can get, and goes on trying for more.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut open = std::collections::VecDeque::new();
                while !is_over.load(Ordering::Relaxed) {
                    let socket = tokio::net::TcpSocket::new_v4().unwrap();
                    socket.bind((OTHER, 0).into()).unwrap();
                    if let Ok(stream) = socket.connect(address).await {
                        open.push_back(stream);
                    }
                    if open.len() > 400 {
                        open.remove(200);
                    }
                }
            });
        });
        http::wait_for("the flood", || server.server.counters().capped_address.get() > 200);
        let times: Vec<Duration> = (0..200)
            .map(|_| {
                let start = Instant::now();
                assert_eq!(server.connect().ask(GET).unwrap().status, 200);
                start.elapsed()
            })
            .collect();
        is_over.store(true, Ordering::Relaxed);
        times
    });
    times.sort_unstable();
    assert!(times[times.len() * 99 / 100] < Duration::from_millis(500), "{times:?}");
}

/// Memory of this process, in bytes.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[test]
fn an_endless_body_is_cut_off() {
    let server = start(echo, Limits::default());
    let chunk = [b"10000\r\n".to_vec(), vec![b'x'; 0x1_0000], b"\r\n".to_vec()].concat();
    let mut peak = 0;
    let before = resident();
    for _ in 0..20 {
        let mut client = server.connect();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        for _ in 0..256 {
            client.send(&chunk);
            peak = peak.max(resident());
        }
        let answer = client.answer().unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (413, Refusal::BodyTooLarge.sentence()));
        assert_eq!(client.answer(), Err(Ended::Closed));
    }
    assert!(peak - before < 32 << 20, "{} bytes more than {before}", peak - before);
}

#[test]
fn long_bodies_share_their_memory() {
    let server = start(echo, Limits { bodies_bytes: 1 << 20, ..Limits::default() });
    let half = || {
        let mut client = server.connect();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 600000\r\n\r\n");
        client.send(vec![b'x'; 500_000]);
        client
    };
    // There is room for two of three. Which one comes too late is open, and at worst two meet at the limit.
    let mut clients = [half(), half(), half()];
    http::wait_for("the limit", || server.server.counters().refused(Refusal::BodyMemory) > 0);
    assert_eq!(server.connect().ask(GET).unwrap().status, 200);
    let answers = clients.each_mut().map(|client| client.ask(vec![b'x'; 100_000]).unwrap());
    let refused = answers.iter().filter(|answer| answer.text() == Refusal::BodyMemory.sentence()).count();
    let taken = answers.iter().filter(|answer| answer.body.len() == "POST / ".len() + 600_000).count();
    assert!((1..3).contains(&refused) && refused + taken == 3, "{refused} {taken}");
    // All room is free again.
    for _ in 0..3 {
        assert_eq!(half().ask(vec![b'x'; 100_000]).unwrap().status, 200);
    }
}

/// A server in a process of its own that may open few descriptors.
struct Confined {
    process: Child,
    main: SocketAddr,
    health: SocketAddr,
}

const DESCRIPTORS: u64 = 300;

/// Serves until its input ends.
fn confined(reserved_descriptors: usize) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Nofile, Rlimit { current: Some(DESCRIPTORS), maximum: Some(DESCRIPTORS) }).unwrap();
    let main = start(echo, Limits { reserved_descriptors, ..Limits::default() });
    let health = start(echo, Limits { connections: 8, ..Limits::default() });
    println!("\nserving {} {}", main.address, health.address);
    let _ = std::io::stdin().read(&mut [0]);
}

#[test]
#[ignore = "the process that the tests of descriptors start"]
fn confined_with_a_reserve() {
    confined(64);
}

#[test]
#[ignore = "the process that the tests of descriptors start"]
fn confined_without_a_reserve() {
    confined(0);
}

impl Confined {
    fn start(name: &str) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut words = lines.skip_while(|line| !line.starts_with("serving ")).take(1);
        let words = words.next().unwrap();
        let mut addresses = words.split(' ').skip(1).map(|address| address.parse().unwrap());
        let (main, health) = (addresses.next().unwrap(), addresses.next().unwrap());
        Self { process, main, health }
    }

    /// Time on a processor so far.
    fn spent(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        Duration::from_millis(10 * (fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()))
    }
}

impl Drop for Confined {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn connect(address: SocketAddr) -> Client {
    let client = Client::new(TcpStream::connect(address).unwrap());
    // Nothing here waits for silence: a busy machine may take its time.
    client.stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    client
}

fn ask(address: SocketAddr) -> Result<u16, Ended> {
    connect(address).ask(GET).map(|answer| answer.status)
}

#[test]
fn a_flood_leaves_the_reserved_descriptors_alone() {
    let server = Confined::start("confined_with_a_reserve");
    let mut flood: Vec<Client> = (0..400).map(|_| connect(server.main)).collect();
    assert_eq!(flood[399].answer().map(|answer| answer.status), Ok(503));
    for _ in 0..50 {
        let start = Instant::now();
        assert_eq!(ask(server.health), Ok(200));
        assert!(start.elapsed() < Duration::from_secs(10));
        assert_eq!(ask(server.main), Ok(503));
    }
    // Those that got a place have it still.
    assert_eq!(flood[0].ask(GET).map(|answer| answer.status), Ok(200));
    drop(flood);
    http::wait_for("the recovery", || ask(server.main) == Ok(200));
}

#[test]
fn without_a_descriptor_left_nothing_spins_and_nothing_hangs() {
    let server = Confined::start("confined_without_a_reserve");
    let mut flood: Vec<Client> = (0..400).map(|_| connect(server.main)).collect();
    assert_eq!(flood[399].answer().map(|answer| answer.status), Ok(503));
    let before = server.spent();
    std::thread::sleep(Duration::from_secs(2));
    let spent = server.spent() - before;
    assert!(spent < Duration::from_millis(500), "{spent:?} of work for nothing");
    for _ in 0..20 {
        assert_eq!(ask(server.main), Ok(503));
    }
    assert_eq!(flood[0].ask(GET).map(|answer| answer.status), Ok(200));
    drop(flood);
    http::wait_for("the recovery", || ask(server.main) == Ok(200));
    assert_eq!(ask(server.health), Ok(200));
}

#[test]
fn the_limit_can_be_raised() {
    let raised = server::http::descriptors::raise_limit();
    assert_eq!(server::http::descriptors::limit(), raised);
}
