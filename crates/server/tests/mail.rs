//! Mail, through a real mail server on loopback, and through servers that refuse, hang or are not there.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use serde_json::Value;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};
use support::mailbox::Mailbox;
use support::{Launch, Server};
use tempfile::TempDir;

fn launch(folder: &Path, mail_server: &str, more: &[&str]) -> Server {
    let flags = ["--smtp-server", mail_server, "--smtp-from", "desk@samerow.example", "--smtp-timeout", "2"];
    flags.iter().chain(more).fold(Launch::demo(folder), |launch, flag| launch.argument(flag)).start()
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
    let server = launch(folder.path(), &format!("smtp://127.0.0.1:{}", mailbox.port), &[]);
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
fn fails(mail_server: &str, more: &[&str]) {
    let folder = TempDir::new().unwrap();
    let server = launch(folder.path(), mail_server, more);
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
    fails(&format!("smtp://127.0.0.1:{}", mailbox.port), &[]);
}

/// The files of `tls init`: the authority, the certificate, the key.
fn certificate(folder: &Path) -> [String; 3] {
    let made = support::command(&[]).args(["tls", "init", "--tls-folder"]).arg(folder).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    ["ca.pem", "server.pem", "server.key"].map(|file| folder.join(file).to_str().unwrap().to_owned())
}

#[test]
fn a_new_password_comes_over_tls_to_who_trusts_the_authority() {
    let folder = TempDir::new().unwrap();
    let [authority, certificate, key] = certificate(folder.path());
    let secret = folder.path().join("secret");
    fs::write(&secret, "secret\n").unwrap();
    for (mode, scheme) in [("starttls", "smtp+starttls"), ("tls", "smtps")] {
        let Some(mut mailbox) = Mailbox::start(&[mode, &certificate, &key, "login"]) else { return };
        let address = format!("{scheme}://localhost:{}", mailbox.port);
        let sign_in = ["--smtp-user", "desk", "--smtp-password-file", secret.to_str().unwrap()];
        let data = TempDir::new().unwrap();
        let server = launch(data.path(), &address, &[&sign_in[..], &["--smtp-ca", &authority]].concat());
        assert_eq!(code(&server, "sendPassword", JANE), "0", "{mode}");
        let mail: Value = serde_json::from_str(&mailbox.line()).unwrap();
        assert_eq!((&mail["tls"], &mail["user"]), (&true.into(), &"desk".into()), "{mode}");
        let password = mail["text"].as_str().unwrap().split_once("New password: ").unwrap().1;
        assert_eq!(check(&server, password.split_whitespace().next().unwrap()), "0", "{mode}");
        // The same by the native API and its command.
        let url = format!("http://{}", server.address);
        let run = |id: &str| {
            let mut command = support::command(&[]);
            command.args(["customer", "send-password", id, "--token", support::ADMIN_TOKEN, "--server", &url]);
            command.output().unwrap()
        };
        assert!(run("10").status.success(), "{mode}: {}", String::from_utf8_lossy(&run("10").stderr));
        let mail: Value = serde_json::from_str(&mailbox.line()).unwrap();
        assert_eq!(mail["to"][0], "john.doe@example.com", "{mode}");
        assert!(String::from_utf8_lossy(&run("11").stderr).contains("a moment ago"), "{mode}");
        drop(server);
        // Nobody vouches for it, or it does not know us: nothing is mailed, nothing changed.
        fails(&address, &sign_in);
        fails(&address, &["--smtp-ca", &authority]);
    }
}

#[test]
fn a_mail_server_without_the_tls_that_is_asked_for_changes_nothing() {
    let Some(mailbox) = Mailbox::start(&[]) else { return };
    fails(&format!("smtp+starttls://127.0.0.1:{}", mailbox.port), &[]);
}

#[test]
fn a_mail_server_that_says_nothing_changes_nothing() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    fails(&format!("smtp://{}", silent.local_addr().unwrap()), &[]);
}

#[test]
fn a_mail_server_that_is_not_there_changes_nothing() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    fails(&format!("smtp://127.0.0.1:{port}"), &[]);
}
