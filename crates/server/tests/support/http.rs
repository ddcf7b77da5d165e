//! A blocking HTTP/1.1 client over one kept connection.

use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::ADMIN_TOKEN;

/// An answer; header names are in lower case.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Failure {
    /// No connection: the server cannot have seen the call.
    NotSent(io::Error),
    /// The connection broke or timed out after the call began: the server may have done it.
    Lost(io::Error),
}

/// One connection, opened when first needed and again after it broke.
pub struct Client {
    address: SocketAddr,
    timeout: Duration,
    connection: Option<BufReader<TcpStream>>,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, timeout: Duration::from_secs(20), connection: None }
    }

    /// The longest wait for one answer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Calls `method path`, adding Host and Content-Length.
    ///
    /// # Errors
    /// Never for a status: any answer is `Ok`.
    pub fn call(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> Result<Reply, Failure> {
        let mut connection = match self.connection.take() {
            Some(open) => open,
            None => self.connect().map_err(Failure::NotSent)?,
        };
        let body = body.as_ref();
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n", self.address, body.len());
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut message = head.into_bytes();
        message.extend_from_slice(body);
        connection.get_mut().write_all(&message).map_err(Failure::Lost)?;
        let reply = read_reply(&mut connection, method == "HEAD").map_err(Failure::Lost)?;
        if !reply.header("connection").is_some_and(|v| v.eq_ignore_ascii_case("close")) {
            self.connection = Some(connection);
        }
        Ok(reply)
    }

    /// GET with the demo's admin token.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub fn get(&mut self, path: &str) -> Result<Reply, Failure> {
        self.call("GET", path, &[("Authorization", &format!("Bearer {ADMIN_TOKEN}"))], "")
    }

    fn connect(&self) -> io::Result<BufReader<TcpStream>> {
        let stream = TcpStream::connect_timeout(&self.address, self.timeout)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(self.timeout))?;
        stream.set_write_timeout(Some(self.timeout))?;
        Ok(BufReader::new(stream))
    }
}

fn read_reply(from: &mut BufReader<TcpStream>, no_body: bool) -> io::Result<Reply> {
    let status = loop {
        let line = read_line(from)?;
        let status = line.split(' ').nth(1).and_then(|s| s.parse::<u16>().ok()).ok_or_else(|| broken(&line))?;
        let headers = read_headers(from)?;
        if status >= 200 {
            break (status, headers);
        }
    };
    let (status, headers) = status;
    let value = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let mut body = Vec::new();
    if no_body {
        // Its headers tell of the body that a GET would be answered with.
    } else if value("transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked")) {
        loop {
            let line = read_line(from)?;
            let size = usize::from_str_radix(line.split(';').next().unwrap_or("").trim(), 16).map_err(broken)?;
            take(from, size, &mut body)?;
            read_line(from)?;
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = value("content-length") {
        take(from, length.parse().map_err(broken)?, &mut body)?;
    } else if status != 204 && status != 304 {
        from.read_to_end(&mut body)?;
    }
    Ok(Reply { status, headers, body })
}

fn read_headers(from: &mut BufReader<TcpStream>) -> io::Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let line = read_line(from)?;
        match line.split_once(':') {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
            None => return Ok(headers),
        }
    }
}

fn read_line(from: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

fn take(from: &mut BufReader<TcpStream>, size: usize, into: &mut Vec<u8>) -> io::Result<()> {
    let read = from.take(size as u64).read_to_end(into)?;
    if read == size { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn broken(what: impl Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_string())
}

/// An event of a stream: its cursor and what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub id: String,
    pub data: Value,
}

/// An open stream of events.
pub struct Events {
    from: BufReader<TcpStream>,
    text: String,
}

impl Events {
    /// Opens the stream at `path` with the demo's admin token, after what was seen last if that is not empty.
    ///
    /// # Errors
    /// When there is no connection, or the answer is no stream.
    pub fn open(address: SocketAddr, path: &str, last: &str) -> io::Result<Self> {
        Self::open_as(&format!("Bearer {ADMIN_TOKEN}"), address, path, last)
    }

    /// The same with another credential.
    ///
    /// # Errors
    /// The same.
    pub fn open_as(authorization: &str, address: SocketAddr, path: &str, last: &str) -> io::Result<Self> {
        let mut from = Client::new(address).connect()?;
        let last = if last.is_empty() { String::new() } else { format!("Last-Event-ID: {last}\r\n") };
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: {authorization}\r\n\
             Accept: text/event-stream\r\n{last}\r\n"
        );
        from.get_mut().write_all(head.as_bytes())?;
        let line = read_line(&mut from)?;
        let headers = read_headers(&mut from)?;
        let is_stream = headers.contains(&("content-type".to_owned(), "text/event-stream".to_owned()));
        if line.contains(" 200 ") && is_stream { Ok(Self { from, text: String::new() }) } else { Err(broken(line)) }
    }

    /// The next event; `None` when the stream ended in order.
    ///
    /// # Errors
    /// When it broke off, or nothing came for long.
    pub fn next(&mut self) -> io::Result<Option<Event>> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let value = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                let event = value("data").map(|data| Event {
                    id: value("id").unwrap_or_default().to_owned(),
                    data: serde_json::from_str(data).unwrap(),
                });
                self.text = rest.to_owned();
                if event.is_some() {
                    return Ok(event);
                }
            }
            let size = usize::from_str_radix(&read_line(&mut self.from)?, 16).map_err(broken)?;
            let mut piece = Vec::new();
            take(&mut self.from, size, &mut piece)?;
            read_line(&mut self.from)?;
            if size == 0 {
                return Ok(None);
            }
            self.text.push_str(std::str::from_utf8(&piece).map_err(broken)?);
        }
    }
}
