//! The description of the native API as others meet it: printed, served, linted, and used by programs that read it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use serde_json::{Value, json};
use server::http::Refusal;
use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
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

/// A Python program with the client that is generated from the description; `None` where it cannot be.
fn with_python_client(folder: &TempDir, program: &str) -> Option<Command> {
    let mut generate = python("openapi-python-client")?;
    let package = folder.path().join("native_client");
    run(generate
        .args(["generate", "--meta", "none", "--config"])
        .arg(clients("python/generator.yml"))
        .arg("--path")
        .arg(description(folder, "3.1"))
        .arg("--output-path")
        .arg(package));
    let mut command = python("python")?;
    command.arg(clients("python").join(program)).env("PYTHONPATH", folder.path());
    Some(command)
}

#[test]
fn a_generated_python_client_does_it_all() {
    let (server, folder) = server();
    let Some(mut scenario) = with_python_client(&folder, "scenario.py") else { return };
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

/// What the demo data holds: noun of the command line, name of one and of many in the API, and the members that refer to
/// other records, with what they refer to. Each refers to those before it.
type Referring = &'static [(&'static str, &'static str)];
const DEMO: [(&str, &str, &str, Referring); 10] = [
    ("field", "extra_field", "extra_fields", &[]),
    ("language", "language", "languages", &[]),
    ("company", "company", "companies", &[]),
    ("category", "category", "categories", &[("parent", "categories")]),
    ("priority", "priority", "priorities", &[]),
    ("user", "user", "users", &[]),
    ("key", "key", "keys", &[("user", "users")]),
    ("customer", "customer", "customers", &[("company", "companies")]),
    (
        "ticket",
        "ticket",
        "tickets",
        &[("customer", "customers"), ("category", "categories"), ("priority", "priorities")],
    ),
    ("message", "message", "messages", &[("ticket", "tickets")]),
];

/// The records of a resource in the order of their ids: of each what may be set and is.
fn export(server: &Server, token: &str, one: &str, many: &str, api: &Value) -> Vec<(i64, Value)> {
    let name: String = one.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
    let settable = &api["components"]["schemas"][format!("{name}Input")]["properties"];
    let authorization = format!("Bearer {token}");
    let headers = [("Authorization", authorization.as_str())];
    let reply = server.client().call("GET", &format!("/v1/{many}?limit=200&sort=id"), &headers, "").unwrap();
    let page = reply.json();
    assert!(reply.status == 200 && page["next_cursor"].is_null(), "{many}: {page}");
    let is_set = |value: &Value| !matches!(value, Value::Null) && *value != json!([]) && *value != json!({});
    let records = page["data"].as_array().unwrap().iter().map(|record| {
        let mut values = record.as_object().unwrap().clone();
        for value in values.values_mut().filter_map(Value::as_object_mut) {
            value.retain(|_, value| is_set(value));
        }
        values.retain(|member, value| settable.get(member).is_some() && is_set(value));
        (record["id"].as_i64().unwrap(), Value::Object(values))
    });
    records.collect()
}

/// Makes a record: the noun and the names of its resource, and its body. Answers it as it was made.
type Make<'a> = Box<dyn FnMut(&str, &str, &str, &Value) -> Value + 'a>;

/// Runs a program that reads a body and prints the record that it made.
fn made_by(command: &mut Command, body: &Value) -> Value {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(body.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{body}: {said}{errors}");
    serde_json::from_str(&said).unwrap_or_else(|_| panic!("{body}: {said}{errors}"))
}

#[test]
fn curl_commands_and_a_generated_client_make_all_of_the_demo_data() {
    let folder = TempDir::with_prefix("samerow-rebuild-").unwrap();
    let server = Launch::demo(folder.path().join("data")).argument("--demo-customers=5").start();
    let url = format!("http://{}", server.address);
    let api: Value = serde_json::from_str(&printed(&[])).unwrap();
    for means in ["curl", "commands", "python"] {
        let headers = [("Authorization", "Bearer demo-admin-token"), ("Content-Type", "application/json")];
        let tenant = json!({ "name": means }).to_string();
        let token = server.client().call("POST", "/v1/tenants", &headers, &tenant).unwrap().json()["key"].clone();
        let token = token.as_str().expect("a tenant comes with its first key").to_owned();
        let mut make: Make<'_> = match means {
            "curl" => Box::new(|_, _, many, body| {
                let mut curl = Command::new("curl");
                curl.args(["--silent", "--show-error", "--fail-with-body", "--noproxy", "*", "--data-binary", "@-"]);
                curl.args(["-H", &format!("Authorization: Bearer {token}"), "-H", "Content-Type: application/json"]);
                made_by(curl.arg(format!("{url}/v1/{many}")), body)
            }),
            "commands" => Box::new(|noun, _, _, body| {
                let mut samerow = command(&[]);
                samerow.env("SAMEROW_SERVER", &url).env("SAMEROW_TOKEN", &token);
                made_by(samerow.args([noun, "create", "--file", "-", "--json"]), body)
            }),
            _ => {
                let Some(mut rebuild) = with_python_client(&folder, "rebuild.py") else { continue };
                rebuild.args([&url, &token]).env("NO_PROXY", "*").stdin(Stdio::piped()).stdout(Stdio::piped());
                let mut child = rebuild.spawn().unwrap();
                let (mut asks, answers) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
                let mut answers = BufReader::new(answers).lines();
                Box::new(move |_, one, many, body| {
                    writeln!(asks, "{}", json!({ "one": one, "many": many, "body": body })).unwrap();
                    let line = answers.next().unwrap_or_else(|| panic!("{one} {body}: {:?}", child.wait())).unwrap();
                    serde_json::from_str(&line).unwrap()
                })
            }
        };
        // The ids that the records have there, by the resource and the id that they have here.
        let mut ids: HashMap<(&str, i64), i64> = HashMap::new();
        for (noun, one, many, refers) in DEMO {
            let before: Vec<i64> = export(&server, &token, one, many, &api).iter().map(|(id, _)| *id).collect();
            let mut expected = Vec::new();
            for (id, mut body) in export(&server, ADMIN_TOKEN, one, many, &api) {
                for (member, to) in refers {
                    if let Some(id) = body.get(*member).and_then(Value::as_i64) {
                        body[*member] = json!(ids[&(*to, id)]);
                    }
                }
                ids.insert((many, id), make(noun, one, many, &body)["id"].as_i64().unwrap());
                expected.push(body);
            }
            let mut found = export(&server, &token, one, many, &api);
            found.retain(|(id, _)| !before.contains(id));
            let mut found: Vec<_> = found.into_iter().map(|(_, body)| body).collect();
            // What is made by somebody is signed and dated, where nothing else is said.
            for (found, expected) in found.iter_mut().zip(&expected) {
                found
                    .as_object_mut()
                    .unwrap()
                    .retain(|member, _| !["author", "sent_at"].contains(&&**member) || !expected[member].is_null());
            }
            assert!(!expected.is_empty(), "{many}");
            assert_eq!(found, expected, "{many} through {means}");
        }
    }
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
