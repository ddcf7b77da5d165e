//! The management commands: what the API can do, from a shell, against a server or a store that no server has open.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod access;
mod coverage;
mod customers;
mod events;
mod exports;
mod import;
mod records;
#[path = "../support/mod.rs"]
mod support;

use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};
use support::Launch;
use tempfile::TempDir;

/// Who answers: a server at this address, or the store of a folder.
enum Target<'a> {
    Server(&'a str),
    Store(&'a Path),
}

impl Target<'_> {
    /// Runs a command to its end; one that does not end within twenty seconds has failed.
    fn run(&self, line: &str) -> Output {
        self.run_with(&line.split(' ').collect::<Vec<_>>(), "")
    }

    fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = support::command(&["timeout", "20"].map(Into::into));
        command.args(arguments);
        match self {
            Target::Server(url) => command.env("SAMEROW_SERVER", url).env("SAMEROW_TOKEN", support::ADMIN_TOKEN),
            Target::Store(folder) => command.arg("--data").arg(folder),
        };
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    #[track_caller]
    fn says(&self, line: &str, exit: i32) -> String {
        told(&self.run(line), exit)
    }

    #[track_caller]
    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.says(line, 0)).unwrap()
    }
}

#[track_caller]
fn told(output: &Output, exit: i32) -> String {
    let text = String::from_utf8([&*output.stdout, &*output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(exit), "{text}");
    text
}

/// Against a running server, then against the store that it leaves behind.
fn on_both(test: impl Fn(&Target<'_>)) {
    let folder = TempDir::new().unwrap();
    let server = Launch::demo(folder.path()).start();
    test(&Target::Server(&format!("http://{}", server.address)));
    server.stop();
    let folder = TempDir::new().unwrap();
    Launch::demo(folder.path()).start().stop();
    test(&Target::Store(folder.path()));
}

#[test]
fn shells_and_manuals_know_the_commands() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| support::command(&[]).args(arguments).output().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        assert!(told(&run(&["completions", shell]), 0).contains("customer"), "{shell}");
    }
    let pages = folder.path().join("man");
    told(&run(&["man", pages.to_str().unwrap()]), 0);
    let page = std::fs::read_to_string(pages.join("samerow-customer-update.1")).unwrap();
    assert!(page.contains("Change some members of one"), "{page}");
}
