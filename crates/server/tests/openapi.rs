//! The description of the native API as others meet it: printed, served, linted, and used by programs that read it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use serde_json::Value;
use server::http::Refusal;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{ADMIN_TOKEN, Launch, Server, command, not_run};
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

fn clients(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clients").canonicalize().unwrap().join(folder)
}

/// The programs of the repository's Python environment; `None` where they are not installed.
fn python(program: &str) -> Option<Command> {
    let program = clients("../.venv/bin").join(program);
    let is_there = program.exists();
    if !is_there {
        not_run(program.to_str().unwrap(), "pip install -r clients/python/requirements.txt in .venv");
    }
    is_there.then(|| Command::new(program))
}

/// Node in a folder beside the modules of `clients/typescript`; `None` where they are not installed.
fn node(script: &str) -> Option<Command> {
    let is_there = clients("typescript/node_modules/openapi-typescript").exists();
    if !is_there {
        not_run("clients/typescript", "npm ci in clients/typescript");
    }
    is_there.then(|| {
        let mut command = Command::new("node");
        command.arg(script).env("REDOCLY_TELEMETRY", "off").current_dir(clients("typescript"));
        command
    })
}

/// Runs it to its end, which must be good; what it said.
fn run(command: &mut Command) -> String {
    let output = command.env("NO_PROXY", "*").env("no_proxy", "*").output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{:?} {}\n{said}", command.get_program(), output.status);
    said
}

/// A file with the description.
fn description(folder: &TempDir, version: &str) -> PathBuf {
    let path = folder.path().join(format!("openapi-{version}.json"));
    fs::write(&path, printed(&["--version", version])).unwrap();
    path
}

#[test]
fn a_linter_finds_nothing() {
    let folder = TempDir::with_prefix("samerow-openapi-").unwrap();
    for version in ["3.1", "3.0"] {
        let Some(mut lint) = node("lint.mjs") else { return };
        run(lint.arg(description(&folder, version)));
    }
    // One that finds nothing here finds nothing anywhere.
    let broken = printed(&[]).replacen("\"#/components/schemas/Problem\"", "\"#/components/schemas/Nothing\"", 1);
    let path = folder.path().join("broken.json");
    fs::write(&path, broken).unwrap();
    assert!(!node("lint.mjs").unwrap().arg(path).output().unwrap().status.success());
}

#[test]
fn a_generated_typescript_client_does_it_all() {
    let (server, folder) = server();
    let Some(mut generate) = node("node_modules/openapi-typescript/bin/cli.js") else { return };
    run(generate.arg(description(&folder, "3.1")).arg("-o").arg(folder.path().join("generated/native.d.ts")));
    for file in ["package.json", "tsconfig.json", "scenario.ts"] {
        fs::copy(clients("typescript").join(file), folder.path().join(file)).unwrap();
    }
    std::os::unix::fs::symlink(clients("typescript/node_modules"), folder.path().join("node_modules")).unwrap();
    run(node("node_modules/typescript/bin/tsc").unwrap().arg("-p").arg(folder.path()));
    let mut scenario = Command::new("node");
    let said = run(scenario.arg(folder.path().join("scenario.js")).arg(format!("http://{}", server.address)));
    assert!(said.contains("as described"), "{said}");
}

#[test]
fn a_generated_python_client_does_it_all() {
    let (server, folder) = server();
    let Some(mut generate) = python("openapi-python-client") else { return };
    let package = folder.path().join("native_client");
    run(generate
        .args(["generate", "--meta", "none", "--config"])
        .arg(clients("python/generator.yml"))
        .arg("--path")
        .arg(description(&folder, "3.1"))
        .arg("--output-path")
        .arg(package));
    let mut scenario = python("python").unwrap();
    scenario.arg(clients("python/scenario.py")).env("PYTHONPATH", folder.path());
    let said = run(scenario.arg(format!("http://{}", server.address)));
    assert!(said.contains("as described"), "{said}");
}

#[test]
fn the_page_tries_operations_in_a_browser() {
    let folder = clients("console");
    let has = |path: &str| Path::new(path).exists();
    if !(folder.join("node_modules/selenium-webdriver").exists()
        && has("/usr/bin/chromium")
        && has("/usr/bin/chromedriver"))
    {
        return not_run(
            "clients/console/docs.mjs",
            "apt-get install chromium chromium-driver; npm ci in clients/console",
        );
    }
    let (server, _folder) = server();
    let mut node = Command::new("node");
    let said = run(node.arg("docs.mjs").arg(format!("http://{}", server.address)).current_dir(folder));
    assert!(said.contains("as described"), "{said}");
}

/// What may take the right to call away from the one who calls: tried last.
const LAST: &[&str] = &["delete_key", "update_key", "rotate_key", "update_tenant", "update_settings"];

#[test]
fn every_answer_is_as_described() {
    let (server, folder) = server();
    let path = description(&folder, "3.1");
    for flag in ["--exclude-operation-id", "--include-operation-id"] {
        let Some(mut schemathesis) = python("schemathesis") else { return };
        schemathesis.arg("--config-file").arg(clients("python/schemathesis.toml")).arg("run").arg(&path);
        schemathesis.args(["--url", &format!("http://{}", server.address)]);
        schemathesis.args([
            "--header",
            &format!("Authorization: Bearer {ADMIN_TOKEN}"),
            "--phases",
            "coverage,fuzzing",
        ]);
        schemathesis.args(["--continue-on-failure", "--no-color", "--warnings", "off", "--request-timeout", "20"]);
        schemathesis.args(LAST.iter().flat_map(|operation| [flag, operation]));
        let said = run(schemathesis.args(["--max-time", "40"]).current_dir(folder.path()));
        assert!(said.contains("No issues found"), "{said}");
    }
}
