//! Real SOAP toolkits against the real server: each makes its proxies from the WSDLs that are served, goes the same way
//! through the three ports, and must tell the same transcript. zeep reads every answer by the WSDL and is strict, PHP and
//! Mono turn answers into the types of theirs: an answer that the WSDL does not describe fails there.
//!
//! A toolkit that is not installed is said so and skipped; with `CI=true` it is a failure.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use serde_json::json;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{Launch, Record, Server, report};
use tempfile::TempDir;

const TRANSCRIPT: &str = include_str!("superoffice/tour.txt");

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// No proxy stands between a program and the loopback, and all of them write UTF-8.
fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env("NO_PROXY", "*").env("no_proxy", "*").env_remove("http_proxy").env_remove("HTTP_PROXY");
    command.env("LC_ALL", "C.UTF-8");
    command
}

fn python() -> PathBuf {
    let own = repository().join(".venv/bin/python");
    if own.exists() { own } else { "python3".into() }
}

/// Whether what a test needs is there. If not, that is said; with `CI=true` it is a failure.
fn is_there(what: &str, probe: &mut Command) -> bool {
    let there = probe.output().is_ok_and(|output| output.status.success());
    if !there {
        report(format!("not run: SuperOffice with {what}: not installed"));
        let ci = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!ci, "with CI=true {what} must be there: ./test.sh installs it");
    }
    there
}

#[track_caller]
fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}\n{err}", output.status);
    out.into_owned()
}

/// A server with the demo data, and a folder for it and for what is made from its WSDLs.
struct Bed {
    folder: TempDir,
    server: Server,
}

impl Bed {
    fn new() -> Self {
        let folder = TempDir::with_prefix("samerow-superoffice-").unwrap();
        let server = Launch::demo(folder.path().join("data")).start();
        Self { folder, server }
    }

    fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Customer 10 without what changed by whom.
    fn john(&self) -> Record {
        Record::read(&mut self.server.client(), 10).unwrap()
    }

    /// Holds what a program tells to the transcript, and what came of it to the record.
    #[track_caller]
    fn tour(&self, command: &mut Command) {
        let told = succeed(command);
        for (told, expected) in told.lines().zip(TRANSCRIPT.lines()) {
            assert_eq!(told, expected);
        }
        assert_eq!(told, TRANSCRIPT);
        let john = self.john();
        assert_eq!(john.fields["name"], "Blåbær Ødegård 客户 🎿");
        assert_eq!(john.fields["note"], "<b>&amp;\"quoted\" & 'single'</b>\nsecond line");
        assert_eq!(john.fields["emails"], json!(["john.doe@example.com", "jd@old.example", "new@doe.example"]));
        assert_eq!((john.version, &john.fields["company"]), (2, &json!(23)), "one change, by one call");
    }

    /// Makes the proxies of these ports with Mono's wsdl and compiles them with these sources.
    fn compile(&self, program: &str, ports: &[&str], sources: &[PathBuf]) -> Command {
        let mut mcs = command("mcs");
        mcs.current_dir(self.folder.path()).args(["-codepage:utf8", "-r:System.Web.Services", "-r:System.Core"]);
        mcs.arg(format!("-out:{program}"));
        for port in ports {
            let (namespace, out) = (format!("/namespace:{port}"), format!("/out:{port}.cs"));
            let url = format!("{}/scripts/SOAP?action={port}", self.url());
            succeed(command("wsdl").current_dir(self.folder.path()).args([&namespace, &out, &url]));
            mcs.arg(format!("{port}.cs"));
        }
        succeed(mcs.args(sources));
        let mut mono = command("mono");
        mono.arg(self.folder.path().join(program));
        mono
    }
}

fn own(file: &str) -> PathBuf {
    repository().join("crates/server/tests/superoffice").join(file)
}

fn sample(file: &str) -> PathBuf {
    repository().join("clients/csharp").join(file)
}

#[test]
fn php() {
    for style in ["wsdl", "none"] {
        if is_there("PHP SoapClient", command("php").args(["-r", "exit(extension_loaded('soap') ? 0 : 1);"])) {
            let bed = Bed::new();
            bed.tour(command("php").arg(own("tour.php")).arg(bed.url()).arg(style));
        }
    }
}

#[test]
fn soap_lite() {
    if is_there("SOAP::Lite", command("perl").args(["-MSOAP::Lite", "-e", "1"])) {
        let bed = Bed::new();
        bed.tour(command("perl").arg(own("tour.pl")).arg(bed.url()));
    }
}

#[test]
fn zeep() {
    for style in ["encoded", "literal"] {
        if is_there("zeep", command(python()).args(["-c", "import zeep"])) {
            let bed = Bed::new();
            bed.tour(command(python()).arg(own("tour.py")).arg(bed.url()).arg(style));
        }
    }
}

fn is_mono_there() -> bool {
    is_there("Mono", command("sh").args(["-c", "command -v wsdl && command -v mcs && command -v mono"]))
}

#[test]
fn dot_net() {
    if is_mono_there() {
        let bed = Bed::new();
        let mut program = bed.compile("Tour.exe", &["ticket", "customer", "admin"], &[own("Tour.cs")]);
        bed.tour(program.arg(bed.url()));
    }
}

#[test]
fn the_examples_of_the_vendors_pages() {
    if !is_mono_there() {
        return;
    }
    let bed = Bed::new();
    let before = bed.john();
    let sources = [sample("SetCustomer.cs"), sample("Conversion.cs")];
    let mut program = bed.compile("SetCustomer.exe", &["ticket", "customer"], &sources);
    assert_eq!(succeed(&mut program), "setCustomer: 0\n");
    let after = bed.john();
    let mut expected = before.fields;
    expected.insert("name".to_owned(), json!("Johnny X"));
    expected.insert("company".to_owned(), json!(23));
    assert_eq!((after.version, after.fields), (before.version + 1, expected), "nothing else changed");
    let history = bed.server.client().get("/v1/customers/10/history?limit=1").unwrap().json();
    let origin = &history["data"][0]["origin"];
    assert_eq!((&origin["dialect"], &origin["operation"]), (&json!("superoffice"), &json!("setCustomer")), "{history}");
    assert_eq!(origin["credential"], "egon", "{history}");
    // Once more is no change.
    assert_eq!(succeed(&mut program), "setCustomer: 0\n");
    assert_eq!(bed.john().version, before.version + 1);
    let mut program = bed.compile("NewTicket.exe", &["customer"], &[sample("NewTicket.cs")]);
    assert_eq!(succeed(&mut program), "newTicket: 503\n");
}
