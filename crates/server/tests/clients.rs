//! The vendors' sample programs (`clients/`), as processes against the real server: what each sends arrives as it was
//! meant, changes nothing else, and is in the history under its name.
//!
//! A program that is not installed is said so and skipped; with `CI=true` it is a failure.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use support::programs::{self, python, repository};
use support::{Launch, Record, Server};
use tempfile::TempDir;

type Pairs<'a> = &'a [(&'a str, &'a str)];

/// A program that changes a customer.
#[derive(Clone, Copy)]
struct Program {
    /// Its file below `clients`.
    file: &'static str,
    /// What runs it; nothing for a script that runs by itself.
    interpreter: &'static str,
    /// What must succeed where it can run, as arguments of the interpreter or of `sh -c`.
    needs: [&'static str; 2],
    /// How it names itself in `User-Agent`; PHP and node send no such header.
    agent: &'static str,
}

const PHP: Program = Program {
    file: "php/set_customer_details.php",
    interpreter: "php",
    needs: ["-r", "exit(extension_loaded('curl') ? 0 : 1);"],
    agent: "",
};
const PYTHON: Program = Program {
    file: "python/set_customer_details.py",
    interpreter: "python3",
    needs: ["-c", "import requests"],
    agent: "python-requests/",
};
const NODE: Program = Program {
    file: "node/set_customer_details.js",
    interpreter: "node",
    needs: ["-e", "require('request')"],
    agent: "",
};
const CURL: Program =
    Program { file: "curl/set_customer_details.sh", interpreter: "", needs: ["-c", "curl --version"], agent: "curl/" };
const EVERLYTIC_PHP: Program = Program { file: "php/update_customer.php", ..PHP };
const EVERLYTIC_CURL: Program = Program { file: "curl/update_customer.sh", ..CURL };

impl Program {
    fn path(&self) -> PathBuf {
        repository().join("clients").join(self.file)
    }

    fn command(&self, interpreter: &str) -> Command {
        let mut command = if interpreter == "python3" { python() } else { programs::command(interpreter) };
        // Where node looks for modules.
        command.current_dir(self.path().parent().unwrap());
        command
    }

    /// Whether it can run here.
    fn is_there(&self) -> bool {
        let interpreter = if self.interpreter.is_empty() { "sh" } else { self.interpreter };
        let what = format!("clients/{}: `{interpreter} {}`", self.file, self.needs.join(" "));
        programs::is_there(&what, self.command(interpreter).args(self.needs))
    }

    /// Runs it and answers what it printed; `sent` empty is the sample as published.
    fn run(&self, server: &Server, sent: Pairs<'_>, credentials: Pairs<'_>) -> String {
        let mut command = match self.interpreter {
            "" => self.command(self.path().to_str().unwrap()),
            interpreter => self.command(interpreter),
        };
        if !self.interpreter.is_empty() {
            command.arg(self.path());
        }
        command.arg(format!("http://{}", server.address)).envs(credentials.iter().copied());
        if self.file == EVERLYTIC_CURL.file && !sent.is_empty() {
            let mut properties: BTreeMap<_, _> = sent.iter().copied().collect();
            command.arg(properties.remove("customer_id").unwrap_or("7")).arg(json!(properties).to_string());
        } else {
            command.args(sent.iter().map(|(name, value)| format!("{name}={value}")));
        }
        let output = command.output().unwrap_or_else(|error| panic!("{}: {error}", self.file));
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{}: {}\n{out}\n{err}", self.file, output.status);
        out.trim().to_owned()
    }
}

/// A server with the demo data and what a record was before.
struct Bed {
    server: Server,
    id: u32,
    before: Record,
    _folder: TempDir,
}

impl Bed {
    /// `None` where the program cannot run.
    fn new(program: &Program, id: u32) -> Option<Self> {
        if !program.is_there() {
            return None;
        }
        let folder = TempDir::with_prefix("samerow-clients-").unwrap();
        let server = Launch::demo(folder.path()).start();
        let before = Record::read(&mut server.client(), id).unwrap();
        Some(Self { server, id, before, _folder: folder })
    }

    fn now(&self) -> Record {
        Record::read(&mut self.server.client(), self.id).unwrap()
    }

    /// The newest entry of the history.
    fn newest(&self) -> Value {
        let reply = self.server.client().get(&format!("/v1/customers/{}/history?limit=1", self.id)).unwrap();
        reply.json()["data"][0].clone()
    }

    /// That exactly these fields changed, in one version, by this program. A field with null was removed; `derived` ones
    /// follow from others and have no entry of their own.
    #[track_caller]
    fn assert_changed(&mut self, agent: &str, origin: [&str; 3], changes: &[(&str, Value)], derived: &[(&str, Value)]) {
        let now = self.now();
        let mut expected = self.before.fields.clone();
        for (field, value) in changes.iter().chain(derived) {
            expected.insert((*field).to_owned(), value.clone());
        }
        expected.retain(|_, value| !value.is_null());
        assert_eq!(now.fields, expected);
        assert_eq!(now.version, self.before.version + 1);

        let newest = self.newest();
        let [dialect, operation, credential] = origin;
        let origin = &newest["origin"];
        assert_eq!(newest["version"], now.version);
        assert_eq!((&origin["dialect"], &origin["operation"]), (&json!(dialect), &json!(operation)), "{newest}");
        assert_eq!(origin["credential"], credential, "{newest}");
        let client = origin["client"].as_str().unwrap();
        assert!(client.starts_with(agent) && client.is_empty() == agent.is_empty(), "{newest}");
        let entry = now.history.last().unwrap();
        let mut kept: Vec<_> = entry.changes.iter().map(|(f, _, to)| (f.as_str(), to.clone())).collect();
        let mut sent = changes.to_vec();
        kept.sort_by_key(|(field, _)| *field);
        sent.sort_by_key(|(field, _)| *field);
        let is_unset = |value: &Value| value.is_null() || value == &json!([]);
        for ((field, to), (sent_field, sent_to)) in kept.iter().zip(&sent) {
            assert_eq!(field, sent_field, "{newest}");
            assert!(to == sent_to || is_unset(to) && is_unset(sent_to), "{field}: {to} in the history, sent {sent_to}");
        }
        assert_eq!(kept.len(), sent.len(), "{newest}");
        self.before = now;
    }

    #[track_caller]
    fn assert_unchanged(&self) {
        assert_eq!(self.now(), self.before);
    }
}

const TRACKFINITY: [&str; 3] = ["trackfinity", "set_customer_details", "tf_admin"];
const EVERLYTIC: [&str; 3] = ["everlytic", "UpdateCustomer", "demo"];
const TRUE: [&str; 3] = ["bool(true)", "True", "true"];

/// Texts that get lost between a program and a record: what encodings, forms, JSON, XML and terminals treat specially.
const NORWEGIAN: &str = "Blåbær Ødegård";
const CHINESE: &str = "客户王小明";
const EMOJI: &str = "skis 🎿 family 👩‍👩‍👧";
const MARKUP: &str = "<b>&amp;\"quoted\" & 'single'</b>";
const LINES: &str = "first line\nsecond line";
const FORM: &str = "100% + a=b;c&d?e#f %2B %zz";

fn trackfinity_sample(program: &Program) {
    let Some(mut bed) = Bed::new(program, 191) else { return };
    let printed = program.run(&bed.server, &[], &[]);
    assert!(TRUE.contains(&&*printed), "{printed}");
    let changes = [
        ("first_name", json!("Test")),
        ("address.postal_code", json!("66666")),
        ("address.country", json!("US")),
        ("emails", json!(["test@testmail.com"])),
    ];
    bed.assert_changed(program.agent, TRACKFINITY, &changes, &[("name", json!("Test Byron"))]);
    // The same again is a success that changes nothing.
    let printed = program.run(&bed.server, &[], &[]);
    assert!(TRUE.contains(&&*printed), "{printed}");
    bed.assert_unchanged();
}

fn trackfinity_texts(program: &Program) {
    let Some(mut bed) = Bed::new(program, 191) else { return };
    let sent = [
        ("subscription_id", "SUB-191"),
        ("address1", NORWEGIAN),
        ("address2", CHINESE),
        ("city", EMOJI),
        ("custom1", MARKUP),
        ("custom2", LINES),
        ("custom3", FORM),
        ("custom4", " padded "),
        ("zip", "02134"),
    ];
    let printed = program.run(&bed.server, &sent, &[]);
    assert!(TRUE.contains(&&*printed), "{printed}");
    let fields = [
        ("address.line1", json!(NORWEGIAN)),
        ("address.line2", json!(CHINESE)),
        ("address.city", json!(EMOJI)),
        ("custom1", json!(MARKUP)),
        ("custom2", json!(LINES)),
        ("custom3", json!(FORM)),
        ("custom4", json!(" padded ")),
        ("address.postal_code", json!("02134")),
    ];
    bed.assert_changed(program.agent, TRACKFINITY, &fields, &[]);
}

fn trackfinity_remove(program: &Program) {
    let Some(mut bed) = Bed::new(program, 191) else { return };
    assert_eq!(bed.before.fields["custom1"], "gold");
    let sent = [("customer_id", "191"), ("custom1", "REMOVE"), ("email", "REMOVE"), ("city", "remove"), ("zip", "")];
    let printed = program.run(&bed.server, &sent, &[]);
    assert!(TRUE.contains(&&*printed), "{printed}");
    let changes = [("custom1", Value::Null), ("emails", json!([])), ("address.city", json!("remove"))];
    bed.assert_changed(program.agent, TRACKFINITY, &changes, &[]);
    let printed = program.run(&bed.server, &[("customer_id", "191"), ("password", "REMOVE")], &[]);
    assert!(printed.contains("404") && printed.contains("password"), "{printed}");
    bed.assert_unchanged();
}

fn trackfinity_refusals(program: &Program) {
    let Some(mut bed) = Bed::new(program, 191) else { return };
    for credentials in [[("API_KEY", "wrong")], [("API_USERNAME", "nobody")]] {
        let printed = program.run(&bed.server, &[], &credentials);
        assert!(printed.contains("401"), "{printed}");
    }
    let viewer = [("API_USERNAME", "tf_viewer"), ("API_KEY", "00000000000000000000000000000001")];
    let printed = program.run(&bed.server, &[], &viewer);
    assert!(printed.contains("403"), "{printed}");
    for sent in [
        &[("customer_id", "999999"), ("city", "Oslo")][..],
        &[("city", "Oslo")],
        &[("customer_id", "191")],
        &[("customer_id", "191"), ("city", "Oslo"), ("country", "Atlantis")],
    ] {
        let printed = program.run(&bed.server, sent, &[]);
        assert!(printed.contains("404") && printed.contains("message"), "{sent:?}: {printed}");
    }
    bed.assert_unchanged();

    lock(&mut bed, "lock", true);
    let printed = program.run(&bed.server, &[], &[]);
    assert!(printed.contains("400") && printed.contains("lock"), "{printed}");
    bed.assert_unchanged();
    lock(&mut bed, "unlock", false);
    let printed = program.run(&bed.server, &[("customer_id", "191"), ("city", "Oslo")], &[]);
    assert!(TRUE.contains(&&*printed), "{printed}");
    bed.assert_changed(program.agent, TRACKFINITY, &[("address.city", json!("Oslo"))], &[]);
}

/// Locks or unlocks with the curl program.
#[track_caller]
fn lock(bed: &mut Bed, operation: &str, locked: bool) {
    let script = repository().join("clients/curl/lock_customer.sh");
    let id = format!("customer_id={}", bed.id);
    let output = Command::new(script).args([&format!("http://{}", bed.server.address), operation, &id]).output();
    let output = output.unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "true", "{output:?}");
    bed.assert_changed("curl/", ["trackfinity", operation, "tf_admin"], &[("locked", json!(locked))], &[]);
}

fn everlytic_sample(program: &Program) {
    let Some(mut bed) = Bed::new(program, 7) else { return };
    let printed: Value = serde_json::from_str(&program.run(&bed.server, &[], &[])).unwrap();
    let item = &printed["item"];
    assert_eq!((&item["id"], &item["email"]), (&json!(7), &json!("info@acme.example")), "{printed}");
    assert_eq!((&item["name"], &item["postal_code"]), (&json!("Acme Mailers"), &json!("02134")), "{printed}");
    assert!(printed["links"].is_array(), "{printed}");
    bed.assert_changed(program.agent, EVERLYTIC, &[("emails", json!(["info@acme.example"]))], &[]);
    program.run(&bed.server, &[], &[]);
    bed.assert_unchanged();
}

fn everlytic_texts(program: &Program) {
    let Some(mut bed) = Bed::new(program, 7) else { return };
    let sent = [
        ("customer_id", "7"),
        ("name", NORWEGIAN),
        ("telephone", CHINESE),
        ("state_provinces", EMOJI),
        ("unique_id", MARKUP),
        ("address", LINES),
        ("website_url", FORM),
        ("postal_code", "REMOVE"),
    ];
    let printed: Value = serde_json::from_str(&program.run(&bed.server, &sent, &[])).unwrap();
    for (name, value) in &sent[1..] {
        assert_eq!(printed["item"][name], *value, "{printed}");
    }
    let fields = [
        ("name", json!(NORWEGIAN)),
        ("phone", json!(CHINESE)),
        ("address.region", json!(EMOJI)),
        ("unique_id", json!(MARKUP)),
        ("address.line1", json!("first line")),
        ("address.line2", json!("second line")),
        ("website_url", json!(FORM)),
        ("address.postal_code", json!("REMOVE")),
    ];
    bed.assert_changed(program.agent, EVERLYTIC, &fields, &[]);
    // Here an empty text clears.
    let sent = [("customer_id", "7"), ("telephone", ""), ("unique_id", "")];
    program.run(&bed.server, &sent, &[]);
    bed.assert_changed(program.agent, EVERLYTIC, &[("phone", Value::Null), ("unique_id", Value::Null)], &[]);
}

fn everlytic_refusals(program: &Program) {
    let Some(mut bed) = Bed::new(program, 7) else { return };
    let viewer = [("API_USERNAME", "viewer"), ("API_KEY", "fedcba9876543210fedcba9876543210_2")];
    for (sent, credentials, status) in [
        (&[][..], &[("API_KEY", "wrong")][..], "401"),
        (&[], &viewer, "403"),
        (&[("customer_id", "999999"), ("name", "x")], &[], "404"),
        (&[("customer_id", "seven"), ("name", "x")], &[], "400"),
        (&[("customer_id", "7"), ("name", "")], &[], "400"),
        (&[("customer_id", "7"), ("name", "x"), ("status", "closed")], &[], "400"),
    ] {
        let printed: Value = serde_json::from_str(&program.run(&bed.server, sent, credentials)).unwrap();
        assert_eq!(printed["error"]["code"].to_string(), status, "{sent:?}: {printed}");
        assert!(printed["error"]["message"].is_string(), "{printed}");
    }
    bed.assert_unchanged();
    // The lock keeps only Trackfinity out.
    lock(&mut bed, "lock", true);
    program.run(&bed.server, &[], &[]);
    bed.assert_changed(program.agent, EVERLYTIC, &[("emails", json!(["info@acme.example"]))], &[]);
}

macro_rules! programs {
    ($( $name:ident $program:ident: $($test:ident)+; )+) => {
        $( mod $name { $( #[test] fn $test() { super::$test(&super::$program); } )+ } )+
    };
}

programs! {
    php PHP: trackfinity_sample trackfinity_texts trackfinity_remove trackfinity_refusals;
    python PYTHON: trackfinity_sample trackfinity_texts trackfinity_remove trackfinity_refusals;
    node NODE: trackfinity_sample trackfinity_texts trackfinity_remove trackfinity_refusals;
    curl CURL: trackfinity_sample trackfinity_texts trackfinity_remove trackfinity_refusals;
    everlytic_with_php EVERLYTIC_PHP: everlytic_sample everlytic_texts everlytic_refusals;
    everlytic_with_curl EVERLYTIC_CURL: everlytic_sample everlytic_texts everlytic_refusals;
}
