//! Mail, through a real mail server on loopback, and through servers that refuse, hang or are not there.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use support::{Launch, Server, report};
use tempfile::TempDir;

fn python() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/python");
    if own.exists() { own } else { "python3".into() }
}

/// A mail server of its own process.
struct Mailbox {
    process: Child,
    out: BufReader<ChildStdout>,
    port: String,
}

impl Mailbox {
    /// `None` where aiosmtpd is not installed; with `CI=true` that is a failure.
    fn start(arguments: &[&str]) -> Option<Self> {
        let probe = Command::new(python()).args(["-c", "import aiosmtpd"]).output();
        if !probe.is_ok_and(|output| output.status.success()) {
            report("not run: mail: aiosmtpd is not installed");
            let ci = std::env::var_os("CI").is_some_and(|value| value == "true");
            assert!(!ci, "with CI=true aiosmtpd must be there: ./test.sh installs it");
            return None;
        }
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/superoffice/smtp.py");
        let mut command = Command::new(python());
        command.arg(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut mailbox = Self { out: BufReader::new(process.stdout.take().unwrap()), process, port: String::new() };
        mailbox.port = mailbox.line();
        Some(mailbox)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn launch(folder: &Path, mail_server: &str) -> Server {
    let flags = ["--smtp-server", mail_server, "--smtp-from", "desk@samerow.example", "--smtp-timeout", "2"];
    flags.into_iter().fold(Launch::demo(folder), Launch::argument).start()
}

/// The error code of a call of the customer port.
fn code(server: &Server, method: &str, arguments: &str) -> String {
    let body = format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><t:{method} xmlns:t=\"urn:customer\">\
         {arguments}</t:{method}></e:Body></e:Envelope>"
    );
    let headers = [("Content-Type", "text/xml")];
    let reply = server.client().call("POST", "/scripts/SOAP?action=customer", &headers, body).unwrap();
    let text = String::from_utf8(reply.body).unwrap();
    text.split_once("<errorCode xsi:type=\"xsd:string\">").unwrap().1.split('<').next().unwrap().to_owned()
}

fn check(server: &Server, password: &str) -> String {
    code(server, "checkPassword", &format!("<username>janeroe</username><password>{password}</password>"))
}

const JANE: &str = "<emailCode>JANE@example.com</emailCode>";

#[test]
fn a_new_password_comes_by_mail() {
    let Some(mut mailbox) = Mailbox::start(&[]) else { return };
    let folder = TempDir::new().unwrap();
    let server = launch(folder.path(), &format!("smtp://127.0.0.1:{}", mailbox.port));
    assert_eq!(code(&server, "sendPassword", "<emailCode>nobody@example.com</emailCode>"), "3");
    // Acme has an address, but no user name.
    assert_eq!(code(&server, "sendPassword", "<emailCode>hello@acme.example</emailCode>"), "3");
    assert_eq!(code(&server, "sendPassword", "<emailCode></emailCode>"), "3");
    assert_eq!(check(&server, "pw"), "0");
    assert_eq!(code(&server, "sendPassword", JANE), "0");
    let mail: Value = serde_json::from_str(&mailbox.line()).unwrap();
    assert_eq!((&mail["from"], &mail["to"][0]), (&"desk@samerow.example".into(), &"jane@example.com".into()));
    let text = mail["text"].as_str().unwrap();
    for line in ["Subject: Your password", "User name: janeroe", "Auto-Submitted: auto-replied"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let password = text.split_once("New password: ").unwrap().1.split_whitespace().next().unwrap();
    assert_eq!(password.len(), 16);
    assert_eq!((check(&server, "pw"), check(&server, password)), ("1".to_owned(), "0".to_owned()));
    assert_eq!(code(&server, "sendPassword", JANE), "7", "one a moment is enough");
    assert_eq!(check(&server, password), "0");
}

/// The mail is not sent: that is told in bounded time, and the old password works on.
fn fails(mail_server: &str) {
    let folder = TempDir::new().unwrap();
    let server = launch(folder.path(), mail_server);
    let began = Instant::now();
    assert_eq!(code(&server, "sendPassword", JANE), "7");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(check(&server, "pw"), "0");
    // Nobody has to wait because of it.
    assert_eq!(code(&server, "sendPassword", JANE), "7");
    let history = server.client().get("/v1/customers/11/history").unwrap().json();
    assert_eq!(history["data"].as_array().unwrap().len(), 1, "{history}");
}

#[test]
fn a_mail_server_that_refuses_changes_nothing() {
    let Some(mailbox) = Mailbox::start(&["refuse"]) else { return };
    fails(&format!("smtp://127.0.0.1:{}", mailbox.port));
}

#[test]
fn a_mail_server_without_the_tls_that_is_asked_for_changes_nothing() {
    let Some(mailbox) = Mailbox::start(&[]) else { return };
    fails(&format!("smtp+starttls://127.0.0.1:{}", mailbox.port));
}

#[test]
fn a_mail_server_that_says_nothing_changes_nothing() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    fails(&format!("smtp://{}", silent.local_addr().unwrap()));
}

#[test]
fn a_mail_server_that_is_not_there_changes_nothing() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    fails(&format!("smtp://127.0.0.1:{port}"));
}
