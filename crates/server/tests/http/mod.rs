//! A server on a port of this machine, and a client that sends and reads bytes.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use server::http::{Application, Body, Drained, Lanes, Limits, Peer, Phase, Proxies, Server, listen};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long a test waits for what should come at once.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A server that stops when it is dropped.
pub struct Running<A> {
    pub address: SocketAddr,
    pub server: Arc<Server<A>>,
    pub phase: watch::Sender<Phase>,
    serving: Option<JoinHandle<Drained>>,
    runtime: Runtime,
}

pub fn start<A: Application>(application: A, limits: Limits) -> Running<A> {
    start_behind(application, limits, Proxies::default())
}

pub fn start_behind<A: Application>(application: A, limits: Limits, proxies: Proxies) -> Running<A> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let listener = runtime.block_on(async { listen((Ipv4Addr::LOCALHOST, 0).into()).unwrap() });
    let address = listener.local_addr().unwrap();
    let server = Arc::new(Server::new(application, limits, proxies, Lanes::start().unwrap()));
    let (phase, phases) = watch::channel(Phase::Running);
    let ours = Arc::clone(&server);
    let serving = Some(runtime.spawn(async move { ours.serve(listener, phases).await }));
    Running { address, server, phase, serving, runtime }
}

impl<A> Running<A> {
    pub fn connect(&self) -> Client {
        Client::new(TcpStream::connect(self.address).unwrap())
    }

    /// Connects from an address of its own, as another machine would.
    pub fn connect_from(&self, source: IpAddr) -> Client {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let stream = runtime.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind((source, 0).into()).unwrap();
            socket.connect(self.address).await.unwrap().into_std().unwrap()
        });
        stream.set_nonblocking(false).unwrap();
        Client::new(stream)
    }

    /// Waits for the end of the drain that `phase` asked for.
    pub fn drained(&mut self) -> Drained {
        let serving = self.serving.take().unwrap();
        let drained = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, serving).await });
        drained.expect("the drain takes too long").unwrap()
    }
}

/// Answers with the method, the target and the body that arrived.
pub async fn echo(request: Request<Bytes>, _: Peer) -> Response<Body> {
    let mut answer = format!("{} {} ", request.method(), request.uri()).into_bytes();
    answer.extend_from_slice(request.body());
    Response::new(answer.into())
}

/// One answer of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .find_map(|(header, value)| header.eq_ignore_ascii_case(name).then_some(value))
    }
}

/// How a connection ended while an answer was awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The server closed it between two answers.
    Closed,
    /// It broke: reset, or closed in the middle of an answer.
    Broken,
    /// Nothing came.
    Silent,
}

pub struct Client {
    pub stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub fn new(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self { stream, buffer: Vec::new() }
    }

    /// Sends what the server is ready to take; it may close before it has all.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(bytes.as_ref());
    }

    pub fn finish(&self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    fn fill(&mut self) -> Result<(), Ended> {
        let mut piece = [0; 16 * 1024];
        match self.stream.read(&mut piece) {
            Ok(0) if self.buffer.is_empty() => Err(Ended::Closed),
            Ok(0) => Err(Ended::Broken),
            Ok(count) => {
                self.buffer.extend_from_slice(&piece[..count]);
                Ok(())
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Err(Ended::Silent),
            Err(_) => Err(Ended::Broken),
        }
    }

    /// The next answer; `to_head` for one to a HEAD request, which has no body whatever its length says.
    fn answer_to(&mut self, to_head: bool) -> Result<Answer, Ended> {
        let end = loop {
            match self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                Some(end) => break end + 4,
                None => self.fill()?,
            }
        };
        let head = String::from_utf8(self.buffer.drain(..end).collect()).unwrap();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status line");
        let mut answer = Answer { status, head, body: Vec::new() };
        if to_head || status == 100 {
            return Ok(answer);
        }
        match answer.header("content-length").map(|length| length.parse::<usize>().unwrap()) {
            Some(length) => {
                while self.buffer.len() < length {
                    self.fill().map_err(|_| Ended::Broken)?;
                }
                answer.body = self.buffer.drain(..length).collect();
            }
            None if answer.header("transfer-encoding") == Some("chunked") => loop {
                let line = self.line()?;
                let size = usize::from_str_radix(&line, 16).unwrap();
                while self.buffer.len() < size + 2 {
                    self.fill().map_err(|_| Ended::Broken)?;
                }
                answer.body.extend(self.buffer.drain(..size));
                assert_eq!(self.buffer.drain(..2).collect::<Vec<_>>(), b"\r\n");
                if size == 0 {
                    break;
                }
            },
            None => {
                while self.fill().is_ok() {}
                answer.body = std::mem::take(&mut self.buffer);
            }
        }
        Ok(answer)
    }

    fn line(&mut self) -> Result<String, Ended> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|window| window == b"\r\n") {
                let line = self.buffer.drain(..end + 2).take(end).collect();
                return Ok(String::from_utf8(line).unwrap());
            }
            self.fill().map_err(|_| Ended::Broken)?;
        }
    }

    pub fn answer(&mut self) -> Result<Answer, Ended> {
        self.answer_to(false)
    }

    pub fn answer_to_head(&mut self) -> Result<Answer, Ended> {
        self.answer_to(true)
    }

    /// All answers up to the end of the connection, and how that came.
    pub fn answers(&mut self) -> (Vec<Answer>, Ended) {
        let mut answers = Vec::new();
        loop {
            match self.answer() {
                Ok(answer) => answers.push(answer),
                Err(ended) => return (answers, ended),
            }
        }
    }

    pub fn ask(&mut self, request: impl AsRef<[u8]>) -> Result<Answer, Ended> {
        self.send(request);
        self.answer()
    }
}

/// Waits until something holds.
pub fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what} does not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}
