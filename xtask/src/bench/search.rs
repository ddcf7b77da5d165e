//! Searches by words among many customers, as a person types them.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::lanes::Kind;
use super::server::{FIRST, Server};
use super::{Result, http, machine, stats};

/// Searches of each sort.
const EACH: u64 = 40;

/// Longest that the index may take to know everybody.
const PATIENCE: Duration = Duration::from_secs(300);

/// What searches among so many customers take.
pub(super) struct Searched {
    pub(super) customers: u64,
    /// Seconds from the first search until the index is used.
    pub(super) ready: f64,
    /// What the server's memory grew by meanwhile.
    pub(super) grown_mb: f64,
    pub(super) sorts: Vec<Sort>,
}

/// Searches of one sort.
pub(super) struct Sort {
    pub(super) name: &'static str,
    /// Milliseconds until the answer was read: the median, and what 95 of 100 stay below.
    pub(super) median: f64,
    pub(super) p95: f64,
    /// Customers that were found, at least.
    pub(super) found: usize,
}

/// How to search for a customer.
type Words = fn(&Value) -> String;

/// Sorts of searches; the last finds nobody.
const SORTS: [(&str, Words); 8] = [
    ("part of a name", |who| text(&who["last_name"]).chars().skip(1).take(3).collect()),
    ("digits of a telephone", |who| text(&who["phone"]).chars().skip(4).take(5).collect()),
    ("an e-mail", |who| text(&who["emails"][0])),
    ("the domain of all e-mails", |_| "example.com".to_owned()),
    ("two names and a number", |who| format!("{} {} {}", text(&who["first_name"]), text(&who["last_name"]), who["id"])),
    ("a misspelt e-mail", |who| text(&who["emails"][0]).replacen("person", "preson", 1)),
    ("two misspelt names", |who| format!("{}e {}e", text(&who["first_name"]), text(&who["last_name"]))),
    ("what nobody has", |who| format!("qqq{}", who["id"])),
];

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(super) fn measure(program: &Path, customers: u64, dir: &Path) -> Result<Searched> {
    let server = Server::start(Kind::Samerow, program, customers, dir)?;
    let before = machine::memory_mb(server.pid());
    let begun = Instant::now();
    // Without the index nothing misspelt is found.
    while find(&server, "preson1001@example.com")?.is_empty() {
        if begun.elapsed() > PATIENCE {
            return Err(format!("the index is not ready after {PATIENCE:?}").into());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let ready = begun.elapsed().as_secs_f64();
    let mut people = Vec::new();
    for number in 0..EACH {
        let id = FIRST + number * (customers.saturating_sub(1) / EACH);
        people.push(serde_json::from_str::<Value>(&http::get(&server.address, &format!("/v1/customers/{id}"))?.1)?);
    }
    let mut sorts = Vec::new();
    for (name, words) in SORTS {
        let (mut times, mut least) = (Vec::new(), usize::MAX);
        for who in &people {
            let words = words(who);
            let begun = Instant::now();
            let found = find(&server, &words)?;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
            least = least.min(found.len());
        }
        times.sort_by(f64::total_cmp);
        let p95 = times.get(times.len() * 95 / 100).copied().unwrap_or(f64::NAN);
        let median = stats::median(times).unwrap_or(f64::NAN);
        sorts.push(Sort { name, median, p95, found: least });
    }
    match sorts.split_last() {
        Some((nobody, all)) if nobody.found == 0 && all.iter().all(|sort| sort.found > 0) => {}
        _ => return Err("a search did not find what is there".into()),
    }
    Ok(Searched { customers, ready, grown_mb: machine::memory_mb(server.pid()) - before, sorts })
}

/// The first page of whom the words find.
fn find(server: &Server, words: &str) -> Result<Vec<Value>> {
    let mut path = String::from("/v1/customers?search=");
    for byte in words.bytes() {
        write!(path, "%{byte:02x}")?;
    }
    match http::get(&server.address, &path)? {
        (200, body) => match serde_json::from_str::<Value>(&body)?.get_mut("data").map(Value::take) {
            Some(Value::Array(found)) => Ok(found),
            _ => Err(format!("no list: {body}").into()),
        },
        (status, body) => Err(format!("a search for {words} answers {status}: {body}").into()),
    }
}
