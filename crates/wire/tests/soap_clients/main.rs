//! Real toolkits against the printed WSDL: each generates its proxy from it, calls, and finds in the answer what the
//! server sent; and the server finds in the call what the program meant.
//!
//! A toolkit that is not installed is said so and skipped; with `CI=true` it is a failure.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod server;
mod services;
#[path = "../support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use server::Server;
use support::python;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/soap_clients")
}

/// No proxy stands between a program and the loopback.
fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env("NO_PROXY", "*").env("no_proxy", "*").env_remove("http_proxy").env_remove("HTTP_PROXY");
    command
}

fn is_there(what: &str, probe: &mut Command) -> bool {
    support::is_there(what, probe.output().is_ok_and(|output| output.status.success()))
}

fn succeeded(what: &str, output: &Output) -> String {
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {}\n{out}\n{err}", output.status);
    out.into_owned()
}

/// Runs a program that is given the server's address, and holds what arrived to what every program sends.
fn shop(what: &str, command: &mut Command, server: &Server) {
    succeeded(what, &command.arg(format!("http://{}/shop", server.address)).output().unwrap());
    let calls = server.calls();
    assert_eq!(
        calls,
        [
            r#"change {key: "k", values: [{field: "name", value: "Zoë <&> \"x\""}, {field: "zip", value: "02134"}]}"#,
            r#"find {key: "k", names: ["a", "b"], ascending: true, most: 7, data: [0, 1, 255]}"#,
            r#"change {key: "bad", values: []}"#,
        ],
        "{what}"
    );
}

#[test]
fn zeep() {
    if is_there("zeep", command(python()).args(["-c", "import zeep"])) {
        shop("zeep", command(python()).arg(folder().join("shop.py")), &Server::start());
    }
}

#[test]
fn php() {
    if is_there("PHP SoapClient", command("php").args(["-r", "exit(extension_loaded('soap') ? 0 : 1);"])) {
        shop("php", command("php").arg(folder().join("shop.php")), &Server::start());
    }
}

#[test]
fn soap_lite() {
    if is_there("SOAP::Lite", command("perl").args(["-MSOAP::Lite", "-e", "1"])) {
        shop("SOAP::Lite", command("perl").arg(folder().join("shop.pl")), &Server::start());
    }
}

#[test]
fn dot_net() {
    if !is_there("Mono", command("sh").args(["-c", "command -v wsdl mcs mono"])) {
        return;
    }
    let server = Server::start();
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dot_net");
    std::fs::create_dir_all(&work).unwrap();
    let wsdl = format!("http://{}/shop?wsdl", server.address);
    let generate = command("wsdl").current_dir(&work).args(["/out:Proxy.cs", &wsdl]).output().unwrap();
    succeeded("wsdl", &generate);
    let sources = [work.join("Proxy.cs"), folder().join("Shop.cs")];
    let compile = command("mcs")
        .current_dir(&work)
        .args(["-r:System.Web.Services", "-out:shop.exe"])
        .args(sources)
        .output()
        .unwrap();
    succeeded("mcs", &compile);
    shop("mono", command("mono").arg(work.join("shop.exe")), &server);
}

#[test]
fn gsoap() {
    if !is_there(
        "gSOAP",
        command("sh").args(["-c", "command -v wsdl2h soapcpp2 cc && test -e /usr/include/stdsoap2.h"]),
    ) {
        return;
    }
    let server = Server::start();
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gsoap");
    std::fs::create_dir_all(&work).unwrap();
    let wsdl = format!("http://{}/shop?wsdl", server.address);
    let run = |program: &str, arguments: &[&str]| {
        succeeded(program, &command(program).current_dir(&work).args(arguments).output().unwrap());
    };
    run("wsdl2h", &["-c", "-o", "shop.h", &wsdl]);
    run("soapcpp2", &["-c", "-C", "-L", "-x", "shop.h"]);
    let client = folder().join("shop.c");
    run("cc", &["-w", "-I.", "-o", "shop", client.to_str().unwrap(), "soapC.c", "soapClient.c", "-lgsoap"]);
    shop("gSOAP", &mut command(work.join("shop")), &server);
}

#[test]
fn zeep_on_document_literal() {
    if is_there("zeep", command(python()).args(["-c", "import zeep"])) {
        store("zeep", command(python()).arg(folder().join("store.py")));
    }
}

#[test]
fn php_on_document_literal() {
    if is_there("PHP SoapClient", command("php").args(["-r", "exit(extension_loaded('soap') ? 0 : 1);"])) {
        store("php", command("php").arg(folder().join("store.php")));
    }
}

#[test]
fn suds_on_document_literal() {
    if is_there("suds", command(python()).args(["-c", "import suds"])) {
        store("suds", command(python()).arg(folder().join("store_suds.py")));
    }
}

fn store(what: &str, command: &mut Command) {
    let server = Server::start();
    succeeded(what, &command.arg(format!("http://{}/store", server.address)).output().unwrap());
    assert_eq!(
        server.calls(),
        [
            "token t",
            r#"Put {Thing: {Name: "Zoë <&>", Id: 7, Colour: "Blue", Numbers: [1, 2]}, Count: 3}"#,
            "token t",
            r#"Put {Thing: {Name: "refused"}, Count: -1}"#,
        ],
        "{what}"
    );
}
