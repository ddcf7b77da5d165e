//! Every call that `docs/api.md` shows is made as it is printed, against a server that was just started with the demo
//! data: the last one of each operation is answered with the status that is shown.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::Launch;
use tempfile::TempDir;

/// Where the page's server listens.
const URL: &str = "http://127.0.0.1:7263";

/// Servers at once.
const WORKERS: usize = 3;

/// An operation with its calls as a shell takes them, and the status that is shown.
#[derive(Debug, PartialEq)]
struct Section {
    operation: String,
    calls: String,
    status: String,
}

fn sections(page: &str) -> Vec<Section> {
    let read = |text: &str| {
        let operation = text.lines().next()?.to_owned();
        let (_, rest) = text.split_once("\n```sh\n")?;
        let (calls, rest) = rest.split_once("\n```\n")?;
        let status = rest.split_once("````http\nHTTP/1.1 ")?.1.get(..3)?.to_owned();
        Some(Section { operation, calls: calls.to_owned(), status })
    };
    page.split("\n### ").skip(1).filter_map(read).collect()
}

/// Makes the calls; what is wrong, if something is.
fn attempt(section: &Section, folder: &Path) -> Result<(), String> {
    let data = TempDir::new_in(folder).unwrap();
    let server = Launch::demo(data.path()).start();
    let calls = section.calls.replace(URL, &format!("http://{}", server.address));
    let mut shell = support::command(&["timeout", "30", "sh", "-c", &calls].map(Into::into));
    let output = shell.env("CURL_HOME", folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let answered = said.lines().last().unwrap_or_default();
    if output.status.success() && answered == section.status {
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{}: {} shown, {answered} answered\n{said}{errors}", section.operation, section.status))
}

#[test]
fn every_call_of_the_page_works_as_it_is_printed() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api.md");
    let sections = sections(&fs::read_to_string(page).unwrap());
    assert!(sections.len() > 100, "{}", sections.len());
    let folder = TempDir::with_prefix("samerow-api-page-").unwrap();
    let settings = "silent\nshow-error\nmax-time = 10\nnoproxy = \"*\"\nwrite-out = \"\\n%{http_code}\\n\"\n";
    fs::write(folder.path().join(".curlrc"), settings).unwrap();
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(section) = sections.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = attempt(section, folder.path()) {
                        wrong.lock().unwrap().push(why);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), sections.len(), wrong.join("\n"));
}

#[test]
fn sections_are_read_and_a_wrong_status_is_noticed() {
    let page = "# x\n\n### read_one\n\ntext\n\n```sh\ncurl -s 'u' \\\n  -H 'a: b'\n```\n\n````http\nHTTP/1.1 200 OK\n\n{}\n````\n\n# Schemas\n";
    let calls = String::from("curl -s 'u' \\\n  -H 'a: b'");
    let expected = Section { operation: "read_one".to_owned(), calls, status: "200".to_owned() };
    assert_eq!(sections(page), [expected]);
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(".curlrc"), "silent\nwrite-out = \"\\n%{http_code}\\n\"\n").unwrap();
    let section = |status: &str| Section {
        operation: "x".to_owned(),
        calls: format!("curl '{URL}/v1/me'"),
        status: status.to_owned(),
    };
    assert!(attempt(&section("200"), folder.path()).is_err() && attempt(&section("401"), folder.path()).is_ok());
}
