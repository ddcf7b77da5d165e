//! Single requests beside the load: signing in, reading back.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use super::Result;
use super::lanes::BEARER;

/// Status and body of a native read.
pub(super) fn get(address: &str, path: &str) -> Result<(u16, String)> {
    send(address, &format!("GET {path} HTTP/1.1\r\n{BEARER}\r\n"), "")
}

/// The versions of these customers, a line each.
pub(super) fn versions(address: &str, first: u64, customers: u64) -> Result<String> {
    let (mut lines, mut cursor) = (vec![1; usize::try_from(customers)?], String::new());
    loop {
        let (status, body) = get(address, &format!("/v1/customers?limit=200&sort=id&fields=id,version{cursor}"))?;
        let page: Value =
            serde_json::from_str(&body).map_err(|error| format!("no page of customers: {status} {error}"))?;
        for record in page["data"].as_array().into_iter().flatten() {
            let (id, version) = (record["id"].as_u64().unwrap_or(0), record["version"].as_u64().unwrap_or(0));
            let line = id.checked_sub(first).and_then(|at| lines.get_mut(usize::try_from(at).ok()?));
            if let Some(line) = line {
                *line = version;
            }
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(lines.iter().map(|version| format!("{version}\n")).collect()),
        }
    }
}

/// The key of a new SuperOffice agent session.
pub(super) fn superoffice_session(address: &str) -> Result<String> {
    let body = concat!(
        r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><t:login xmlns:t="urn:ticket">"#,
        "<userName>egon</userName><password>banken</password></t:login></e:Body></e:Envelope>"
    );
    let head = "POST /scripts/SOAP?action=ticket HTTP/1.1\r\nContent-Type: text/xml\r\nSOAPAction: \"\"\r\n";
    let (status, answer) = send(address, head, body)?;
    let key = answer.split_once("</sessionKey>").and_then(|(before, _)| before.rsplit_once('>'));
    match key {
        Some((_, key)) if !key.is_empty() => Ok(key.to_owned()),
        _ => Err(format!("no session: {status} {answer}").into()),
    }
}

fn send(address: &str, head: &str, body: &str) -> Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let length = body.len();
    write!(stream, "{head}Host: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")?;
    let mut answer = Vec::new();
    stream.take(16 << 20).read_to_end(&mut answer)?;
    let answer = String::from_utf8(answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("the answer has no end of head")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or("the answer has no status")?;
    if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        return Err("the answer is chunked, which the bench does not read".into());
    }
    Ok((status, body.to_owned()))
}
