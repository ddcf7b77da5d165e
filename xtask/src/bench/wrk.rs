//! The load generator: Debian's wrk, driven by `benches/load.lua`.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

use super::check::Answer;
use super::lanes::{Kind, Lane};
use super::server::{FIRST, Server};
use super::{Result, http, tools};

/// Bytes of a text that are handed over in one variable of the environment: it takes at most 128 KiB.
const ENVIRONMENT_MAX: usize = 100_000;

/// Numbers every call of wrk: part of each value written, so none is written twice.
static CALLS: AtomicU32 = AtomicU32::new(1);

/// What one call of wrk counted. Latencies in milliseconds.
pub(super) struct Outcome {
    pub(super) requests: f64,
    pub(super) seconds: f64,
    pub(super) p50: f64,
    pub(super) p99: f64,
    pub(super) p999: f64,
    pub(super) max: f64,
    /// Answers with a status of 400 or more, broken connections and timeouts.
    pub(super) bad: f64,
}

/// A lane made ready for one server: signed in, with its request written out.
pub(super) struct Load<'a> {
    server: &'a Server,
    head: String,
    body: Option<String>,
}

impl<'a> Load<'a> {
    pub(super) fn new(lane: &Lane, server: &'a Server) -> Result<Self> {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: {}\r\n", lane.method, lane.path, server.address);
        for header in lane.headers {
            head.extend([header, "\r\n"]);
        }
        let session = match (lane.body.is_some_and(|body| body.contains("$session")), lane.on) {
            (true, Kind::Samerow) => http::superoffice_session(&server.address)?,
            _ => "0123456789abcdef0123456789abcdef".to_owned(),
        };
        Ok(Self { server, head, body: lane.body.map(|body| body.replace("$session", &session)) })
    }

    /// Keeps the server busy for so many seconds.
    pub(super) fn run(&self, conns: u32, seconds: u32) -> Result<Outcome> {
        let text = output(self.command(conns, seconds)?)?;
        let line = text.lines().find_map(|line| line.strip_prefix("result ")).unwrap_or_default();
        let result: Value = serde_json::from_str(line)?;
        let number = |name: &str| result.get(name).and_then(Value::as_f64).ok_or_else(|| format!("wrk told no {name}"));
        let milliseconds = |name: &str| number(name).map(|us| us / 1e3);
        Ok(Outcome {
            requests: number("requests")?,
            seconds: number("us")? / 1e6,
            p50: milliseconds("p50")?,
            p99: milliseconds("p99")?,
            p999: milliseconds("p999")?,
            max: milliseconds("max")?,
            bad: number("bad")?,
        })
    }

    /// The first answers to the request, at most `count`.
    pub(super) fn answers(&self, count: u32) -> Result<Vec<Answer>> {
        let mut wrk = self.command(1, 1)?;
        wrk.env("BENCH_ANSWERS", count.to_string());
        output(wrk)?.lines().filter_map(|line| line.strip_prefix("answer ")).map(parse).collect()
    }

    fn command(&self, conns: u32, seconds: u32) -> Result<Command> {
        let mut wrk = Command::new("wrk");
        wrk.args(["-t1", &format!("-c{conns}"), &format!("-d{seconds}s"), "--timeout", "20s", "-s"])
            .arg(tools::root().join("benches/load.lua"))
            .arg(format!("http://{}", self.server.address))
            .env("BENCH_HEAD", &self.head)
            .env("BENCH_FIRST", FIRST.to_string())
            .env("BENCH_CUSTOMERS", self.server.customers.to_string())
            .env("BENCH_RUN", CALLS.fetch_add(1, Ordering::Relaxed).to_string())
            .stdin(Stdio::null());
        if let Some(body) = &self.body {
            let (first, rest) = body.split_at_checked(ENVIRONMENT_MAX).unwrap_or((body, ""));
            wrk.env("BENCH_BODY", first).env("BENCH_BODY_REST", rest);
            if body.contains("$stamp") {
                let path = tools::root().join("target/bench-versions");
                let read = || http::versions(&self.server.address, FIRST, self.server.customers);
                let mut versions = read()?;
                // What the load before this one left under way may still arrive.
                loop {
                    let again = read()?;
                    if again == versions {
                        break;
                    }
                    versions = again;
                }
                fs::write(&path, versions)?;
                wrk.env("BENCH_VERSIONS", path);
            }
        }
        Ok(wrk)
    }
}

fn output(mut wrk: Command) -> Result<String> {
    let output = wrk.output().map_err(|error| format!("wrk: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() && text.contains("\nresult ") {
        Ok(text)
    } else {
        Err(format!("wrk failed: {text}{}", String::from_utf8_lossy(&output.stderr)).into())
    }
}

fn parse(line: &str) -> Result<Answer> {
    let mut words = line.split(' ');
    let mut word = || words.next().ok_or("the load told less of an answer than it should");
    let (id, unique, status) = (word()?.parse()?, word()?.to_owned(), word()?.parse()?);
    let hex = word()?.as_bytes().chunks(2);
    let bytes = hex.map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?)).collect::<Result<_>>()?;
    Ok(Answer { id, unique, status, body: String::from_utf8(bytes)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_line_is_read() {
        let answer = parse("1001 r1t1n2 200 74727565").expect("a well-formed line");
        assert_eq!(
            (answer.id, answer.unique.as_str(), answer.status, answer.body.as_str()),
            (1001, "r1t1n2", 200, "true")
        );
        assert_eq!(parse("1001 r1t1n2 204 ").expect("an empty body").body, "");
        assert!(parse("1001 r1t1n2").is_err());
    }
}
