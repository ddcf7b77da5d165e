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

/// Runs the program that is made for an address, once with a WSDL of today and once with one of another namespace, as
/// programs carry that were built long ago; and holds what arrived to what every program sends.
fn shop(what: &str, program: impl Fn(&str) -> Command) {
    for place in ["shop", "shop/old"] {
        let server = Server::start();
        let url = format!("http://{}/{place}", server.address);
        succeeded(what, &program(&url).arg(&url).output().unwrap());
        assert_eq!(
            server.calls(),
            [
                r#"change {key: "k", values: [{field: "name", value: "Zoë <&> \"x\""}, {field: "zip", value: "02134"}]}"#,
                r#"find {key: "k", names: ["a", "b"], ascending: true, most: 7, data: [0, 1, 255]}"#,
                r#"change {key: "bad", values: []}"#,
            ],
            "{what} at {place}"
        );
    }
}

/// A script of this folder.
fn script(interpreter: impl AsRef<std::ffi::OsStr>, file: &str) -> Command {
    let mut command = command(interpreter);
    command.arg(folder().join(file));
    command
}

/// A folder for what is generated from the WSDL at this address.
fn workshop(name: &str) -> PathBuf {
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&work).unwrap();
    work
}

fn run_in(work: &Path, program: &str, arguments: &[&str]) {
    succeeded(program, &command(program).current_dir(work).args(arguments).output().unwrap());
}

#[test]
fn zeep() {
    if is_there("zeep", command(python()).args(["-c", "import zeep"])) {
        shop("zeep", |_| script(python(), "shop.py"));
    }
}

#[test]
fn php() {
    if is_there("PHP SoapClient", command("php").args(["-r", "exit(extension_loaded('soap') ? 0 : 1);"])) {
        shop("php", |_| script("php", "shop.php"));
    }
}

#[test]
fn php_without_a_wsdl() {
    if is_there("PHP SoapClient", command("php").args(["-r", "exit(extension_loaded('soap') ? 0 : 1);"])) {
        shop("php", |_| script("php", "shop_without_wsdl.php"));
    }
}

#[test]
fn soap_lite() {
    if is_there("SOAP::Lite", command("perl").args(["-MSOAP::Lite", "-e", "1"])) {
        shop("SOAP::Lite", |_| script("perl", "shop.pl"));
    }
}

#[test]
fn dot_net() {
    if !is_there("Mono", command("sh").args(["-c", "command -v wsdl mcs mono"])) {
        return;
    }
    shop("mono", |url| {
        let work = workshop("dot_net");
        run_in(&work, "wsdl", &["/out:Proxy.cs", &format!("{url}?wsdl")]);
        let source = folder().join("Shop.cs");
        run_in(&work, "mcs", &["-r:System.Web.Services", "-out:shop.exe", "Proxy.cs", source.to_str().unwrap()]);
        let mut mono = command("mono");
        mono.arg(work.join("shop.exe"));
        mono
    });
}

#[test]
fn gsoap() {
    let probe = "command -v wsdl2h soapcpp2 cc && test -e /usr/include/stdsoap2.h";
    if !is_there("gSOAP", command("sh").args(["-c", probe])) {
        return;
    }
    shop("gSOAP", |url| {
        let work = workshop("gsoap");
        run_in(&work, "wsdl2h", &["-c", "-o", "shop.h", &format!("{url}?wsdl")]);
        run_in(&work, "soapcpp2", &["-c", "-C", "-L", "-x", "shop.h"]);
        let client = folder().join("shop.c");
        let sources = [client.to_str().unwrap(), "soapC.c", "soapClient.c", "-lgsoap"];
        run_in(&work, "cc", &[["-w", "-I.", "-o", "shop"], sources].concat());
        command(work.join("shop"))
    });
}

#[test]
fn zeep_on_document_literal() {
    if is_there("zeep", command(python()).args(["-c", "import zeep"])) {
        store("zeep", &mut script(python(), "store.py"));
    }
}

#[test]
fn php_on_document_literal() {
    if is_there("PHP SoapClient", command("php").args(["-r", "exit(extension_loaded('soap') ? 0 : 1);"])) {
        store("php", &mut script("php", "store.php"));
    }
}

#[test]
fn suds_on_document_literal() {
    if is_there("suds", command(python()).args(["-c", "import suds"])) {
        store("suds", &mut script(python(), "store_suds.py"));
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
