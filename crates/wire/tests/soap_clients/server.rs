//! Just enough HTTP on the loopback for a toolkit.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use wire::soap::{ENCODING_SCHEMA, NestedArrays, Service};

use crate::services::{OLD_SHOP, SHOP, STORE, answer};

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    calls: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves until the test's process ends.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&calls);
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let noted = Arc::clone(&noted);
                std::thread::spawn(move || serve(&connection, address, &noted));
            }
        });
        Self { address, calls }
    }

    /// What was called, in order.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }
}

/// One request; then the connection is closed.
fn serve(connection: &TcpStream, address: SocketAddr, calls: &Mutex<Vec<String>>) -> Option<()> {
    connection.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let mut reader = BufReader::new(connection);
    let mut writer = connection;
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let target = head.split(' ').nth(1)?.to_owned();
    let head = head.to_ascii_lowercase();
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    if header("expect").is_some() {
        writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
    }
    let mut body = Vec::new();
    let length = header("content-length").map_or(Some(0), |length| length.trim().parse().ok())?;
    reader.take(length).read_to_end(&mut body).ok()?;
    let service: &Service = if target.starts_with("/shop") { &SHOP } else { &STORE };
    let path = if target.starts_with("/shop") { "shop" } else { "store" };
    let (status, text) = if target == "/soap-encoding.xsd" {
        ("200 OK", ENCODING_SCHEMA.to_owned())
    } else if head.starts_with("get ") {
        let described = if target.starts_with("/shop/old") { &OLD_SHOP } else { service };
        let wsdl = described.wsdl(&format!("http://{address}/{path}"), &format!("http://{address}/soap-encoding.xsd"));
        ("200 OK", wsdl)
    } else {
        // Arrays of arrays have no form that all toolkits take.
        let is_gsoap = header("user-agent").is_some_and(|agent| agent.starts_with("gsoap"));
        let nested_arrays = if is_gsoap { NestedArrays::AnyType } else { NestedArrays::Dimensions };
        match answer(service, nested_arrays, &body, |call| calls.lock().unwrap().push(call)) {
            Ok(text) => ("200 OK", text),
            Err(text) => ("500 Internal Server Error", text),
        }
    };
    let length = text.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    writer.write_all((head + &text).as_bytes()).ok()
}
