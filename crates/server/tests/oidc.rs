//! Tokens of an OpenID Connect issuer, which a program beside the server is: made, wrong, expired, with keys that change.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::Stdio;
use support::Launch;
use support::programs::{is_there, python};
use tempfile::TempDir;

#[test]
fn tokens_of_an_issuer_are_taken_when_they_are_good() {
    if !is_there("PyJWT and cryptography", python().args(["-c", "import jwt, cryptography"])) {
        return;
    }
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc/issuer.py");
    let mut command = python();
    command.arg(program).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut issuer = command.spawn().unwrap();
    let mut told = BufReader::new(issuer.stdout.take().unwrap());
    let mut name = String::new();
    told.read_line(&mut name).unwrap();
    let folder = TempDir::new().unwrap();
    let launch = Launch::demo(folder.path()).argument(&format!("--oidc-issuer={}", name.trim()));
    let server = launch.argument("--oidc-audience=crm-2 samerow").start();
    writeln!(issuer.stdin.take().unwrap(), "http://{}", server.address).unwrap();
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    let mut problems = String::new();
    issuer.stderr.take().unwrap().read_to_string(&mut problems).unwrap();
    assert!(issuer.wait().unwrap().success() && rest == "done\n", "{rest}\n{problems}");
    let log = server.log();
    assert!(!log.contains("eyJ"), "tokens are in the log: {log}");
}

#[test]
fn an_issuer_that_cannot_be_believed_is_refused_at_the_start() {
    for (arguments, why) in [
        (&["--oidc-issuer=http://id.example", "--oidc-audience=x"][..], "http://id.example must begin with https://"),
        (&["--oidc-issuer=https://id.example"], "for whom tokens of https://id.example are made"),
        (&["--oidc-issuer=https://id.example", "--oidc-audience=x", "--oidc-ca=/nowhere.pem"], "/nowhere.pem"),
    ] {
        let folder = TempDir::new().unwrap();
        let launch = arguments.iter().fold(Launch::demo(folder.path()), |launch, argument| launch.argument(argument));
        let refusal = launch.try_start().map(drop).unwrap_err();
        assert!(refusal.status.is_some_and(|status| status.code() == Some(2)), "{refusal:?}");
        assert!(refusal.log.contains(why), "{}", refusal.log);
    }
}
