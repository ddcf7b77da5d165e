//! The files of recorded conversations: read, compared, written. The format is told in `golden.rs`.

use bytes::Bytes;
use dialects::Request;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

/// Where those of a dialect are.
pub(crate) fn folder(dialect: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(dialect).join("fixtures")
}

/// A file: what it stands for, and what is said.
pub(crate) struct Conversation {
    pub(crate) sentence: String,
    pub(crate) exchanges: Vec<Exchange>,
}

/// A request as it is written in the file, and the answer that is expected; `None` where nobody has written one yet.
#[derive(Clone)]
pub(crate) struct Exchange {
    asked: Vec<u8>,
    expected: Option<Message>,
}

/// A head and a body.
#[derive(Clone, PartialEq)]
pub(crate) struct Message {
    /// `PATCH /path HTTP/1.1` or `HTTP/1.1 200 OK`.
    start: String,
    /// Names and values; in an expected answer `None` says that the header must be absent.
    headers: Vec<(String, Option<String>)>,
    body: Vec<u8>,
}

impl Conversation {
    pub(crate) fn read(file: &[u8]) -> Result<Self, String> {
        let file = file.strip_suffix(b"\n").ok_or("does not end with a line end")?;
        let mut lines: Vec<&[u8]> = file.split(|byte| *byte == b'\n').collect();
        let comments = lines.iter().take_while(|line| line.starts_with(b"#")).count();
        let sentence: Vec<String> = lines.drain(..comments).map(|line| text(&line[1..])).collect::<Result<_, _>>()?;
        let sentence = sentence.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n").trim().to_owned();
        if sentence.is_empty() {
            return Err(String::from("does not name the vendor's sentence that it stands for: begin with # lines"));
        }
        let exchanges = lines.split(|line| *line == b"===").map(Exchange::read).collect::<Result<_, _>>()?;
        Ok(Self { sentence, exchanges })
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut file = Vec::new();
        for line in self.sentence.lines() {
            file.extend(format!("# {line}").trim_end().bytes().chain([b'\n']));
        }
        for (at, exchange) in self.exchanges.iter().enumerate() {
            if at > 0 {
                file.extend(b"===\n");
            }
            file.extend(&exchange.asked);
            if let Some(expected) = &exchange.expected {
                file.extend(b"\n---\n");
                file.extend(expected.write());
            }
            file.push(b'\n');
        }
        file
    }
}

impl Exchange {
    fn read(lines: &[&[u8]]) -> Result<Self, String> {
        let mut halves = lines.split(|line| *line == b"---");
        let asked = halves.next().unwrap_or_default();
        let expected = halves.next().map(Message::read).transpose()?;
        if halves.next().is_some() {
            return Err(String::from("has an exchange with a second line ---"));
        }
        Ok(Self { asked: asked.join(&b'\n'), expected })
    }

    /// The request. Its id is the client's, or else the given one.
    pub(crate) fn request(&self, id: &str) -> Result<Request, String> {
        let lines: Vec<&[u8]> = self.asked.split(|byte| *byte == b'\n').collect();
        let asked = Message::read(&lines)?;
        let mut words = asked.start.split(' ');
        let (Some(method), Some(target), Some("HTTP/1.1"), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(format!("has no request line: {}", asked.start));
        };
        let mut headers = HeaderMap::new();
        for (name, value) in &asked.headers {
            let name = HeaderName::try_from(name).map_err(|error| error.to_string())?;
            let value = value.as_deref().ok_or("asks for an absent header")?;
            headers.append(name, HeaderValue::try_from(value).map_err(|error| error.to_string())?);
        }
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        Ok(Request {
            method: Method::try_from(method).map_err(|error| error.to_string())?,
            path: path.to_owned(),
            query,
            base_url: format!("http://{}", header("host").unwrap_or_else(|| String::from("localhost:8080"))),
            tenant: None,
            id: header("x-request-id").unwrap_or_else(|| id.to_owned()),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            headers,
            body: Bytes::from(asked.body),
        })
    }

    /// The status that is expected.
    pub(crate) fn status(&self) -> Option<u16> {
        self.expected.as_ref()?.start.split(' ').nth(1)?.parse().ok()
    }

    /// The expected answer as it is written in the file.
    pub(crate) fn answer(&self) -> String {
        let answer = self.expected.as_ref().map(Message::write).unwrap_or_default();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// What is wrong with an answer, if anything is.
    pub(crate) fn compare(&self, method: &Method, response: &Response<Bytes>) -> Result<(), String> {
        let Some(expected) = &self.expected else { return Err(String::from("has no expected answer")) };
        let actual = expected.picture(method, response);
        if *expected == actual {
            return Ok(());
        }
        let shown = |message: &Message| String::from_utf8_lossy(&message.write()).into_owned();
        Err(format!("expected\n{}\n--- but the answer was\n{}", shown(expected), shown(&actual)))
    }

    /// Expects what was answered, of the same headers as before; of a new exchange those that say what the body is.
    pub(crate) fn bless(&mut self, method: &Method, response: &Response<Bytes>) {
        let headers = [http::header::CONTENT_TYPE, http::header::ALLOW, http::header::LOCATION, http::header::ETAG];
        let headers = headers.iter().filter(|name| response.headers().contains_key(*name));
        let headers = headers.map(|name| (title_case(name.as_str()), None)).collect();
        let expected = self.expected.take().unwrap_or(Message { start: String::new(), headers, body: Vec::new() });
        let actual = expected.picture(method, response);
        let delimits = |line: &[u8]| line == b"---" || line == b"===";
        assert!(!actual.body.split(|byte| *byte == b'\n').any(delimits), "this body cannot be written in this format");
        self.expected = Some(actual);
    }
}

impl Message {
    fn read(lines: &[&[u8]]) -> Result<Self, String> {
        let end = lines.iter().position(|line| line.is_empty()).unwrap_or(lines.len());
        let mut head = lines[..end].iter().map(|line| text(line));
        let start = head.next().ok_or("has an empty message")??;
        let header = |line: Result<String, String>| {
            let line = line?;
            match (line.strip_prefix('!'), line.split_once(':')) {
                (Some(name), _) => Ok((name.trim().to_owned(), None)),
                (None, Some((name, value))) => Ok((name.to_owned(), Some(value.trim().to_owned()))),
                (None, None) => Err(format!("has a header without a colon: {line}")),
            }
        };
        let headers = head.map(header).collect::<Result<_, String>>()?;
        let body = lines.get(end + 1..).unwrap_or_default().join(&b'\n');
        Ok(Self { start, headers, body })
    }

    fn write(&self) -> Vec<u8> {
        let mut text = self.start.clone();
        for (name, value) in &self.headers {
            match value {
                Some(value) => text.push_str(&format!("\n{name}: {value}")),
                None => text.push_str(&format!("\n!{name}")),
            }
        }
        let mut bytes = text.into_bytes();
        if !self.body.is_empty() {
            bytes.extend(b"\n\n");
            bytes.extend(&self.body);
        }
        bytes
    }

    /// A response with the headers that this message names, as a client would see it.
    fn picture(&self, method: &Method, response: &Response<Bytes>) -> Self {
        let value = |name: &String| {
            let values: Vec<_> =
                response.headers().get_all(name).iter().map(|v| String::from_utf8_lossy(v.as_bytes())).collect();
            (!values.is_empty()).then(|| values.join(", "))
        };
        let status = response.status();
        Self {
            start: format!("HTTP/1.1 {} {}", status.as_u16(), status.canonical_reason().unwrap_or("")),
            headers: self.headers.iter().map(|(name, _)| (name.clone(), value(name))).collect(),
            body: if *method == Method::HEAD { Vec::new() } else { response.body().to_vec() },
        }
    }
}

fn text(line: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(line).map_err(|error| format!("has a head that is not UTF-8: {error}"))?;
    if text.ends_with('\r') { Err(String::from("has a carriage return in a head")) } else { Ok(text.to_owned()) }
}

/// `content-type` as people write it.
fn title_case(name: &str) -> String {
    if name == "etag" {
        return String::from("ETag");
    }
    let words = name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
    words.collect::<Vec<_>>().join("-")
}
