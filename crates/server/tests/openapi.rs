//! The description of the native API as others meet it: printed, served, linted, and used by programs that read it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use serde_json::Value;
use server::http::Refusal;
use support::{Launch, Server, command};
use tempfile::TempDir;

fn printed(arguments: &[&str]) -> String {
    let output = command(&[]).arg("openapi").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn server() -> (Server, TempDir) {
    let folder = TempDir::with_prefix("samerow-openapi-").unwrap();
    (Launch::demo(folder.path()).start(), folder)
}

#[test]
fn what_is_served_is_what_is_printed() {
    let (server, _folder) = server();
    let mut client = server.client();
    for (target, arguments) in [
        ("/openapi.json", &[][..]),
        ("/openapi.json?version=3.1", &["--version", "3.1"]),
        ("/openapi.json?version=3.0", &["--version", "3.0"]),
    ] {
        let reply = client.call("GET", target, &[], "").unwrap();
        assert_eq!((reply.status, String::from_utf8_lossy(&reply.body)), (200, printed(arguments).into()), "{target}");
    }
    assert_eq!(client.call("GET", "/openapi.json?version=2.0", &[], "").unwrap().status, 400);
    assert_eq!(client.call("POST", "/openapi.json", &[], "").unwrap().status, 405);
    let output = command(&[]).args(["openapi", "--version", "2.0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_codes_of_the_listener_are_listed() {
    let document: Value = serde_json::from_str(&printed(&[])).unwrap();
    let codes = document.pointer("/components/schemas/Problem/properties/code/enum").unwrap();
    for refusal in Refusal::ALL {
        let code = refusal.status().canonical_reason().unwrap().to_lowercase().replace(' ', "_");
        assert!(codes.as_array().unwrap().iter().any(|known| *known == code), "{code}");
    }
}
