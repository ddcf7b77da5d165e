//! Recorded conversations, byte for byte, and the pages made of them.
//!
//! # How to write one
//!
//! A conversation is a file `crates/dialects/src/<dialect>/fixtures/NNN-what-it-shows.http`; no two of a dialect have
//! the same number. Each starts from the demo records alone, at 2026-11-22T12:00:00Z. The file begins with lines that
//! start with `#`: the sentence of the vendor's document that it stands for, or the decision where the vendor is
//! silent. Then follow the exchanges, separated by a line `===`. An exchange is a request, a line `---`, and the
//! answer. Other dialects may be asked too, to show what came of it:
//!
//! ```text
//! # "Success returns true" (set-customer-details)
//! PATCH /api/customer/set_customer_details HTTP/1.1
//! api-username: tf_admin
//! api-key: 44b5498dbcb481a0d00b404c0169af62
//!
//! customer_id=191&firstname=Ada
//! ---
//! HTTP/1.1 200 OK
//! Content-Type: application/json; charset=utf-8
//! !WWW-Authenticate
//!
//! true
//! ```
//!
//! The line end before `---`, before `===` and at the end of the file is not part of a body; a body that ends with a
//! line end is followed by an empty line. Bytes are bytes: a body may hold carriage returns and invalid UTF-8. Of the
//! headers of an answer only those that are listed are compared; `!Name` must be absent. The id of a request is its
//! `X-Request-Id`, or else the name of the file without `.http`.
//!
//! `SAMEROW_BLESS=<dialect>` (or `1` for all) writes down what is answered, also where nothing is expected yet, and
//! renews `docs/dialects/<dialect>-conversations.md`. Read the difference before you commit it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use dialects::{ALL, Dialect};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use support::conversation::Conversation;
use support::{Template, World};

/// One file.
struct Fixture {
    path: PathBuf,
    name: String,
    bytes: Vec<u8>,
}

#[test]
fn conversations_are_as_recorded() {
    let template = Template::new();
    let mut wrong = Vec::new();
    for dialect in ALL {
        let (mut spoken, before) = (BTreeSet::new(), wrong.len());
        let fixtures = fixtures(dialect);
        for fixture in &fixtures {
            match fixture.check(dialect, &template.world(), bless(dialect)) {
                Ok(operations) => spoken.extend(operations),
                Err(why) => wrong.push(format!("{}/{} {why}", dialect.name, fixture.name)),
            }
        }
        let numbers: BTreeSet<_> = fixtures.iter().map(|fixture| fixture.name.split('-').next()).collect();
        if numbers.len() < fixtures.len() {
            wrong.push(format!("{}: two fixtures have the same number", dialect.name));
        }
        // A conversation that broke off says nothing of those.
        if wrong.len() > before {
            continue;
        }
        for silent in dialect.operations.iter().filter(|operation| !spoken.contains(*operation)) {
            wrong.push(format!("{}: no fixture reaches {silent}", dialect.name));
        }
        if let Err(why) = check_page(dialect) {
            wrong.push(why);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n\n{}\n", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_fixture_belongs_to_a_dialect() {
    for folder in fs::read_dir(source()).unwrap().map(Result::unwrap) {
        let name = folder.file_name().into_string().unwrap();
        if folder.path().join("fixtures").is_dir() {
            assert!(ALL.iter().any(|dialect| dialect.name == name), "{name} is not in ALL");
        }
    }
}

impl Fixture {
    /// Speaks the conversation. Answers the operations that were reached.
    fn check(&self, dialect: &Dialect, world: &World, bless: bool) -> Result<Vec<&'static str>, String> {
        let numbered = self.name.split_once('-').is_some_and(|(n, _)| n.len() == 3 && n.parse::<u16>().is_ok());
        if !numbered {
            return Err(String::from("has no name such as 012-what-it-shows.http"));
        }
        let mut conversation = Conversation::read(&self.bytes)?;
        let mut operations = Vec::new();
        for (at, exchange) in conversation.exchanges.iter_mut().enumerate() {
            let request = exchange.request(&self.name)?;
            let Some((speaker, answer)) = world.send(&request) else {
                return Err(format!("asks for {}, which no dialect claims", request.path));
            };
            if speaker == dialect.name {
                operations.push(answer.operation);
            }
            if bless {
                exchange.bless(&request.method, &answer.response);
            } else {
                let compared = exchange.compare(&request.method, &answer.response);
                compared.map_err(|why| format!("exchange {}: {why}", at + 1))?;
            }
        }
        if operations.is_empty() {
            return Err(String::from("says nothing to the dialect it belongs to"));
        }
        if bless {
            fs::write(&self.path, conversation.write()).map_err(|error| error.to_string())?;
        }
        Ok(operations)
    }
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The files of a dialect in their order.
fn fixtures(dialect: &Dialect) -> Vec<Fixture> {
    let Ok(folder) = fs::read_dir(source().join(dialect.name).join("fixtures")) else { return Vec::new() };
    let mut all = Vec::new();
    for path in folder.map(|entry| entry.unwrap().path()) {
        if path.extension().is_some_and(|extension| extension == "http") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            all.push(Fixture { name, bytes: fs::read(&path).unwrap(), path });
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// Whether the answers of a dialect are to be written down instead of compared.
#[allow(clippy::disallowed_methods, reason = "a person tells the test by hand")]
fn bless(dialect: &Dialect) -> bool {
    let wanted = std::env::var("SAMEROW_BLESS").is_ok_and(|wanted| wanted == "1" || wanted == dialect.name);
    assert!(!wanted || std::env::var("CI").is_err(), "SAMEROW_BLESS is for people, never for CI");
    wanted
}

/// The page of a dialect's conversations must be the one that its files make.
fn check_page(dialect: &Dialect) -> Result<(), String> {
    let file = format!("docs/dialects/{}-conversations.md", dialect.name);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(&file);
    let page = page(dialect);
    if bless(dialect) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &page).unwrap();
    }
    if fs::read_to_string(path).is_ok_and(|present| present == page) {
        return Ok(());
    }
    Err(format!("{file} is stale: SAMEROW_BLESS={} renews it", dialect.name))
}

fn page(dialect: &Dialect) -> String {
    let mut page = format!(
        "# {} conversations\n\nMade from `crates/dialects/src/{}/fixtures` by the test that speaks each of them. Every \
         conversation starts from\nthe demo records at {}; of the headers of an answer those are shown that are \
         compared.\n",
        dialect.title,
        dialect.name,
        support::NOW
    );
    for fixture in fixtures(dialect) {
        let Ok(conversation) = Conversation::read(&fixture.bytes) else { continue };
        let file = String::from_utf8_lossy(&fixture.bytes).replace('\r', "");
        let spoken: String = file.split_inclusive('\n').skip_while(|line| line.starts_with('#')).collect();
        let _ = write!(page, "\n## {}\n\n{}\n\n````http\n{spoken}````\n", fixture.name, conversation.sentence);
    }
    page
}
