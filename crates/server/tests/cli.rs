//! The command line, as its users and their scripts meet it: flags, exit codes, sentences, signals, and no secret
//! where none belongs.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Output};
use std::time::Duration;
use support::{Client, Launch, wait_until};
use tempfile::TempDir;

const TF_ADMIN: [(&str, &str); 3] = [
    ("api-username", "tf_admin"),
    ("api-key", "44b5498dbcb481a0d00b404c0169af62"),
    ("Content-Type", "application/x-www-form-urlencoded"),
];
const DETAILS: &str = "/api/customer/set_customer_details";

/// Runs a command to its end in an empty folder.
fn run(arguments: &[&str]) -> Output {
    run_in(TempDir::new().unwrap().path(), arguments, &[])
}

/// Runs a command to its end; one that does not end within ten seconds has failed.
fn run_in(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let under = ["timeout", "10"].map(Into::into);
    let mut command = support::command(&under);
    command.args(arguments).current_dir(folder).envs(variables.iter().copied()).output().unwrap()
}

#[track_caller]
fn assert_ends(output: &Output, exit: i32, says: &[&str]) {
    let text = [&*output.stdout, &*output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert_eq!(output.status.code(), Some(exit), "{text}");
    for words in says {
        assert!(text.contains(words), "no \"{words}\" in:\n{text}");
    }
}

/// `serve` with exactly these arguments, in a folder of its own.
struct Serving {
    folder: TempDir,
    child: Child,
}

impl Serving {
    fn start(arguments: &[&str]) -> Self {
        let folder = TempDir::with_prefix("samerow-cli-").unwrap();
        fs::create_dir(folder.path().join("temp")).unwrap();
        Self { child: spawn(folder.path(), arguments), folder }.ready()
    }

    fn ready(self) -> Self {
        let ready = wait_until(Duration::from_secs(20), || self.folder.path().join("ready").exists());
        assert!(ready, "it does not serve: {}", self.printed());
        self
    }

    /// Ended by a signal, how it ended, and started anew in the same folder.
    fn restart(mut self, arguments: &[&str]) -> Self {
        self.end(Signal::SIGTERM);
        fs::remove_file(self.folder.path().join("ready")).unwrap();
        self.child = spawn(self.folder.path(), arguments);
        self.ready()
    }

    fn ready_line(&self) -> String {
        fs::read_to_string(self.folder.path().join("ready")).unwrap()
    }

    /// Through the loopback, whatever it listens on.
    fn client(&self) -> Client {
        let ready: Value = serde_json::from_str(&self.ready_line()).unwrap();
        let address: SocketAddr = ready["url"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
        Client::new(SocketAddr::from(([127, 0, 0, 1], address.port())))
    }

    fn printed(&self) -> String {
        let read = |name| fs::read_to_string(self.folder.path().join(name)).unwrap();
        read("out") + &read("log")
    }

    /// Its exit code.
    fn end(&mut self, signal: Signal) -> Option<i32> {
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(self.child.id().cast_signed()), signal).unwrap();
        let ended = wait_until(Duration::from_secs(15), || self.child.try_wait().unwrap().is_some());
        assert!(ended, "{signal} does not end it: {}", self.printed());
        self.child.try_wait().unwrap().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(folder: &Path, arguments: &[&str]) -> Child {
    let file = |name| fs::OpenOptions::new().create(true).append(true).open(folder.join(name)).unwrap();
    let mut command = support::command(&[]);
    command.arg("serve").args(arguments).args(["--ready-file", "ready"]).current_dir(folder);
    command.env("TMPDIR", folder.join("temp")).stdout(file("out")).stderr(file("log")).process_group(0);
    command.spawn().unwrap()
}

const FREE: [&str; 2] = ["--listen", "127.0.0.1:0"];

fn serve_with(more: &[&str]) -> Serving {
    Serving::start(&[&FREE, more].concat())
}

#[test]
fn the_ready_file_is_one_line_that_leads_to_the_server() {
    let serving = serve_with(&["--ephemeral", "--demo"]);
    let line = serving.ready_line();
    let ready: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line.matches('\n').count(), 1);
    assert!(line.ends_with('\n'));
    assert_eq!(ready["pid"], serving.child.id());
    assert_eq!(ready.as_object().unwrap().len(), 2, "{ready}");
    assert_eq!(serving.client().call("GET", "/readyz", &[], "").unwrap().status, 200);
    let names: Vec<_> = fs::read_dir(serving.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains("partial")), "{names:?}");
}

#[test]
fn an_ephemeral_server_leaves_nothing_behind() {
    let mut serving = serve_with(&["--ephemeral", "--demo"]);
    let temp = serving.folder.path().join("temp");
    let count = |folder: &Path| fs::read_dir(folder).unwrap().count();
    assert_eq!(count(&temp), 1);
    assert!(!serving.folder.path().join("samerow-data").exists());
    assert_eq!(serving.client().get("/v1/customers/191").unwrap().status, 200);
    assert_eq!(serving.end(Signal::SIGTERM), Some(0));
    assert_eq!(count(&temp), 0);
}

#[test]
fn signals_end_it_in_order() {
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        let mut serving = serve_with(&["--ephemeral"]);
        assert_eq!(serving.end(signal), Some(0), "{signal}");
        assert!(serving.printed().contains("stopped"), "{}", serving.printed());
    }
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(&["serve", "--ephemeral", "--listen", &address]);
    assert_ends(&output, 7, &["cannot listen on", &address, "in use"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"));
}

#[test]
fn a_folder_has_one_server() {
    let folder = TempDir::new().unwrap();
    let _server = Launch::demo(folder.path()).start();
    let data = folder.path().to_str().unwrap();
    let output = run(&["serve", "--listen", "127.0.0.1:0", "--data", data]);
    assert_ends(&output, 7, &["another server", data]);
}

#[test]
fn a_setting_that_is_none_is_said_with_the_one_that_was_meant() {
    let folder = TempDir::new().unwrap();
    assert_ends(&run(&["serve", "--lisen", "127.0.0.1:0"]), 2, &["--lisen", "--listen"]);
    let output = run_in(folder.path(), &["serve"], &[("SAMEROW_LISEN", "127.0.0.1:0")]);
    assert_ends(&output, 2, &["SAMEROW_LISEN is no setting: did you mean SAMEROW_LISTEN?"]);
    let output = run_in(folder.path(), &["serve"], &[("SAMEROW_QWERTZ", "1")]);
    assert_ends(&output, 2, &["SAMEROW_QWERTZ is no setting", "samerow config show"]);
    fs::write(folder.path().join("samerow.toml"), "bodylimit = 5").unwrap();
    assert_ends(&run_in(folder.path(), &["serve"], &[]), 2, &["bodylimit", "samerow.toml", "did you mean body-limit?"]);
    let free = "--listen=127.0.0.1:0";
    for (name, wrong) in [
        ("listen", &["--listen", "7263"][..]),
        ("body-limit", &[free, "--body-limit", "much"]),
        ("idle-timeout", &[free, "--idle-timeout", "0"]),
        ("strict", &[free, "--strict=maybe"]),
        ("proxy-header", &[free, "--proxy-header", "x-real-ip"]),
    ] {
        assert_ends(&run(&[&["serve", "--ephemeral"], wrong].concat()), 2, &[name, "must be", "(flag)"]);
    }
}

#[test]
fn settings_say_where_they_come_from() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("samerow.toml"), "body-limit = 5\nidle-timeout = 7\nlisten = \"127.0.0.1:1\"")
        .unwrap();
    let variables = [("SAMEROW_BODY_LIMIT", "6"), ("SAMEROW_LISTEN", "127.0.0.1:2")];
    let show = ["config", "show", "--origin", "--listen", "127.0.0.1:3", "--strict"];
    let output = run_in(folder.path(), &show, &variables);
    assert_ends(&output, 0, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    let line = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap().split_whitespace().collect();
    let words: Vec<Vec<&str>> = ["listen", "body-limit", "idle-timeout", "strict", "header-timeout"].map(line).into();
    assert_eq!(words[0], ["listen", "127.0.0.1:3", "flag"]);
    assert_eq!(words[1], ["body-limit", "6", "SAMEROW_BODY_LIMIT"]);
    assert_eq!(words[2], ["idle-timeout", "7", "samerow.toml"]);
    assert_eq!(words[3], ["strict", "true", "flag"]);
    assert_eq!(words[4][2], "default");
    let output = run_in(folder.path(), &["config", "show", "--json"], &variables);
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown["listen"], json!({ "value": "127.0.0.1:2", "origin": "SAMEROW_LISTEN" }));
    assert_ends(&run_in(folder.path(), &["config", "show", "--config", "no.toml"], &[]), 2, &["no.toml"]);
}

#[test]
fn demo_credentials_work_on_loopback_only() {
    let everywhere = ["--listen", "0.0.0.0:0", "--ephemeral", "--demo"];
    let change = |serving: &Serving, city| {
        let body = format!("customer_id=191&city={city}");
        serving.client().call("PATCH", DETAILS, &TF_ADMIN, body).unwrap().status
    };
    let serving = Serving::start(&everywhere);
    assert_eq!(change(&serving, "Oslo"), 401);
    assert_eq!(serving.client().get("/v1/customers/191").unwrap().status, 401);
    let basic = [("Authorization", "Basic YWRtaW46ZGVtbw==")];
    assert_eq!(serving.client().call("GET", "/v1/customers/191", &basic, "").unwrap().status, 401);
    assert!(serving.printed().contains("Demo credentials do not work on this address"), "{}", serving.printed());

    let serving = Serving::start(&[&everywhere[..], &["--demo-anywhere"]].concat());
    assert_eq!(change(&serving, "Oslo"), 200);
    assert!(!serving.printed().contains("do not work"), "{}", serving.printed());
    assert_eq!(serving.client().call("GET", "/v1/customers/191", &basic, "").unwrap().status, 200);

    // A strict server is still one that serves.
    let serving = serve_with(&["--ephemeral", "--demo", "--strict"]);
    assert_eq!(change(&serving, "Oslo"), 200);
}

#[test]
fn the_first_start_shows_a_password_once() {
    let serving = serve_with(&[]);
    let printed = serving.printed();
    let shown = printed.split("user admin, password ").nth(1).and_then(|rest| rest.split(':').next());
    let password = shown.unwrap_or_else(|| panic!("{printed}")).to_owned();
    let list = |serving: &Serving, password: &str| {
        let basic = format!("Basic {}", base64(&format!("admin:{password}")));
        serving.client().call("GET", "/v1/customers", &[("Authorization", &basic)], "").unwrap()
    };
    let reply = list(&serving, &password);
    assert_eq!((reply.status, &reply.json()["data"]), (200, &json!([])), "{}", reply.text());
    assert_eq!(list(&serving, "demo").status, 401);
    assert_eq!(serving.client().get("/v1/customers").unwrap().status, 401);
    assert_eq!(printed.matches(&password).count(), 1, "shown once, and not logged");

    let serving = serving.restart(&FREE);
    assert_eq!(serving.printed().matches("password").count(), 1, "{}", serving.printed());
    assert_eq!(list(&serving, &password).status, 200);
    let files = fs::read_dir(serving.folder.path().join("samerow-data")).unwrap();
    let holds = |bytes: Vec<u8>| bytes.windows(password.len()).any(|window| window == password.as_bytes());
    assert!(!files.into_iter().any(|file| holds(fs::read(file.unwrap().path()).unwrap())));
}

#[test]
fn a_customer_is_shown_with_a_stable_exit_code() {
    let folder = TempDir::new().unwrap();
    let server = Launch::demo(folder.path()).start();
    assert_eq!(server.client().call("PATCH", DETAILS, &TF_ADMIN, "customer_id=191&city=Oslo").unwrap().status, 200);
    let url = format!("http://{}", server.address);
    let variables = [("SAMEROW_SERVER", &*url), ("SAMEROW_TOKEN", "demo-read-token")];
    let ask = |arguments: &[&str]| run_in(folder.path(), &[&["customer"], arguments].concat(), &variables);

    assert_ends(&ask(&["get", "191"]), 0, &["Ada Byron", "address.city", "Oslo"]);
    let shown: Value = serde_json::from_slice(&ask(&["get", "191", "--json"]).stdout).unwrap();
    assert_eq!((&shown["id"], &shown["address"]["city"]), (&json!(191), &json!("Oslo")));
    let told = ["trackfinity set_customer_details by tf_admin", "address.city: — → Oslo"];
    assert_ends(&ask(&["history", "191"]), 0, &told);
    let told: Value = serde_json::from_slice(&ask(&["history", "191", "--json", "--limit", "1"]).stdout).unwrap();
    assert_eq!(told["data"].as_array().map(Vec::len), Some(1), "{told}");
    // What a record holds does nothing to a terminal.
    assert!(!ask(&["get", "192"]).stdout.windows(2).any(|pair| pair[0] != b'\n' && pair[0] < b' '));

    for verb in ["get", "history"] {
        assert_ends(&ask(&[verb, "999999"]), 3, &["999999"]);
        assert_ends(&ask(&[verb, "191", "--token", "wrong"]), 5, &["samerow: "]);
        assert_ends(&ask(&[verb, "191", "--token", ""]), 5, &["samerow: "]);
        assert_ends(&ask(&[verb, "191", "--server", "http://127.0.0.1:1"]), 7, &["http://127.0.0.1:1"]);
        assert_ends(&ask(&[verb, "ada"]), 2, &["ada"]);
    }
    let data = ["--data", folder.path().to_str().unwrap()];
    assert_ends(&ask(&[&["get", "191"], &data[..]].concat()), 7, &["open in another server"]);
    server.stop();
    assert_ends(&ask(&["get", "191"]), 7, &[&url]);

    // Without a server the store itself is asked.
    assert_ends(&ask(&[&["get", "191"], &data[..]].concat()), 0, &["Ada Byron", "Oslo"]);
    let told = ["trackfinity set_customer_details by tf_admin", "address.city: — → Oslo"];
    assert_ends(&ask(&[&["history", "191"], &data[..]].concat()), 0, &told);
    assert_ends(&ask(&[&["history", "999999"], &data[..]].concat()), 3, &["999999"]);
    assert_ends(&ask(&["get", "191", "--data", "nowhere"]), 7, &["nowhere"]);
}

#[test]
fn doctor_finds_what_was_written_past_the_server() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().to_str().unwrap();
    Launch::demo(data).start().stop();
    let doctor = || run(&["doctor", "--data", data]);
    assert_ends(&doctor(), 0, &["everything is as it was written"]);
    let db = rusqlite::Connection::open(folder.path().join("samerow.db")).unwrap();
    let changed = db.execute("UPDATE customer SET body = replace(body, 'Ada', 'Eve') WHERE id = 191", []).unwrap();
    assert_eq!(changed, 1);
    drop(db);
    assert_ends(&doctor(), 6, &["191", "restore what is named from a backup"]);
    let report: Value = serde_json::from_slice(&run(&["doctor", "--json", "--data", data]).stdout).unwrap();
    assert_eq!(
        (&report["healthy"], &report["findings"][0]["what"]),
        (&json!(false), &json!("customer 191")),
        "{report}"
    );
    assert_ends(&run(&["doctor"]), 7, &["there is no store in"]);
}

#[test]
fn it_tells_its_version_and_its_commands() {
    let version = concat!("samerow ", env!("CARGO_PKG_VERSION"));
    assert_ends(&run(&["version"]), 0, &[version, "SQLite 3."]);
    assert_ends(&run(&["--version"]), 0, &[version]);
    assert_ends(&run(&["--help"]), 0, &["serve", "customer", "doctor", "config", "version"]);
    assert_ends(&run(&["serve", "--help"]), 0, &["--listen", "[default: 127.0.0.1:7263]", "--demo"]);
    assert_ends(&run(&[]), 2, &["Usage"]);
    assert_ends(&run(&["sevre"]), 2, &["serve"]);
}

#[test]
fn no_secret_is_logged_or_kept() {
    let mut serving = serve_with(&["--demo", "--log", "trace"]);
    let mut client = serving.client();
    let secret = |number: u32| format!("canary-{number}-q8Zr5tW1xK7v");
    let mut next = 0;
    let mut secrets = Vec::new();
    let mut fresh = || {
        next += 1;
        secrets.push(secret(next));
        secret(next)
    };
    let json = ("Content-Type", "application/json");
    let xml = ("Content-Type", "text/xml; charset=utf-8");
    let admin = ("Authorization", "Bearer demo-admin-token");
    let mut call = |method, path: &str, headers: &[(&str, &str)], body: String, status| {
        let reply = client.call(method, path, headers, body).unwrap();
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.text());
        reply.text()
    };
    let mut answers = Vec::new();

    // Passwords that are set, and wrong ones.
    let details = format!("customer_id=191&password={}", fresh());
    answers.push(call("PATCH", DETAILS, &TF_ADMIN, details, 200));
    answers.push(call("PATCH", DETAILS, &TF_ADMIN, format!("customer_id=0&password={}", fresh()), 404));
    let password = json!({ "password": fresh(), "note": "kept-9fJ2" }).to_string();
    answers.push(call("PATCH", "/v1/customers/191", &[admin, json], password, 200));
    let broken = format!("{{\"password\": \"{}\", \"note\": ", fresh());
    answers.push(call("PATCH", "/v1/customers/191", &[admin, json], broken, 400));
    let user = json!({ "username": "canary", "role": "viewer", "password": fresh() }).to_string();
    answers.push(call("POST", "/v1/users", &[admin, json], user, 201));
    answers.push(call("PATCH", "/v1/users/7", &[admin, json], json!({ "password": fresh() }).to_string(), 200));
    // Keys that are made: shown once, and nowhere else.
    let key = json!({ "username": "canary", "role": "viewer" }).to_string();
    let hook = json!({ "url": "https://127.0.0.1:1/hook" }).to_string();
    let made = [
        (call("POST", "/v1/keys", &[admin, json], key, 201), "key"),
        (call("POST", "/v1/keys/10/rotate", &[admin], String::new(), 200), "key"),
        (call("POST", "/v1/tenants", &[admin, json], json!({ "name": "canary" }).to_string(), 201), "key"),
        (call("POST", "/v1/tokens", &[admin, json], json!({ "user": 1 }).to_string(), 201), "key"),
        (call("POST", "/v1/webhooks", &[admin, json], hook, 201), "secret"),
        (call("POST", "/v1/webhooks/1/rotate-secret", &[admin], String::new(), 200), "secret"),
    ];
    let made = made.map(|(answer, name)| serde_json::from_str::<Value>(&answer).unwrap()[name].clone());
    for path in [
        "/v1/users",
        "/v1/users/7/history",
        "/v1/keys",
        "/v1/keys/10/history",
        "/v1/tokens",
        "/v1/webhooks",
        "/v1/webhooks/1/history",
        "/v1/webhooks/1/delivery",
        "/v1/sessions",
        "/v1/settings",
        "/v1/customers/191/export",
        "/v1/customers/191/export?format=csv",
        "/v1/events",
    ] {
        answers.push(call("GET", path, &[admin], String::new(), 200));
    }
    for path in ["/v1/users", "/v1/users/7/history", "/v1/keys", "/v1/tokens", "/v1/webhooks", "/v1/customers"] {
        for whole in ["text/csv", "application/x-ndjson"] {
            answers.push(call("GET", path, &[admin, ("Accept", whole)], String::new(), 200));
        }
    }
    // Credentials of every sort, none of which is one.
    let key = fresh();
    answers.push(call("PATCH", DETAILS, &[("api-username", "tf_admin"), ("api-key", &key)], String::new(), 401));
    for scheme in ["Bearer", "Basic", "Digest"] {
        let secret = fresh();
        let shown = if scheme == "Basic" { base64(&format!("admin:{secret}")) } else { secret };
        let header = format!("{scheme} {shown}");
        answers.push(call("GET", "/v1/customers/191", &[("Authorization", &header)], String::new(), 401));
    }
    let header = format!("Basic {}", base64(&format!("demo:{}", fresh())));
    answers.push(call("GET", "/api/2.0/customers/7", &[("Authorization", &header)], String::new(), 401));
    for (path, body) in soap(&mut fresh) {
        answers.push(client.call("POST", path, &[xml, ("SOAPAction", "\"\"")], body).unwrap().text());
    }
    for path in ["/v1/customers/191", "/v1/customers/191/history", "/metrics"] {
        answers.push(client.get(path).unwrap().text());
    }

    let data = serving.folder.path().join("samerow-data");
    let mut seen: Vec<_> = fs::read_dir(&data).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap()).collect();
    assert_eq!(serving.end(Signal::SIGTERM), Some(0));
    seen.extend(fs::read_dir(&data).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap()));
    assert_ends(&run_in(serving.folder.path(), &["backup", "backup", "--data", "samerow-data"], &[]), 0, &[]);
    seen.push(fs::read(serving.folder.path().join("backup")).unwrap());
    seen.push(serving.printed().into_bytes());
    seen.extend(answers.into_iter().map(String::into_bytes));
    let found = |text: &str| seen.iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()));
    // What is no secret is found, so a secret would be.
    assert!(found("kept-9fJ2") && found("DEBUG") && found("set_customer_details"));
    secrets.extend(made.map(|key| key.as_str().unwrap().to_owned()));
    assert!(secrets.len() > 17, "{secrets:?}");
    for secret in secrets {
        for form in [&*secret, &base64(&format!("admin:{secret}")), &base64(&format!("demo:{secret}"))] {
            assert!(!found(form), "{secret} was seen as {form}");
        }
    }
}

/// Calls of the SOAP dialects and of XML-RPC with secrets where each has its own.
fn soap(fresh: &mut impl FnMut() -> String) -> [(&'static str, String); 4] {
    let envelope = |head: &str, body: &str| {
        format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">{head}<s:Body>{body}</s:Body></s:Envelope>"
        )
    };
    let v11 = "https://bingads.microsoft.com/Customer/v11";
    let credentials = format!(
        "<s:Header xmlns=\"{v11}\"><DeveloperToken>{}</DeveloperToken><UserName>demo_bing</UserName>\
         <Password>{}</Password><AuthenticationToken>{}</AuthenticationToken></s:Header>",
        fresh(),
        fresh(),
        fresh()
    );
    let get = format!("<GetCustomerRequest xmlns=\"{v11}\"><CustomerId>100</CustomerId></GetCustomerRequest>");
    let login =
        format!("<m:login xmlns:m=\"urn:ticket\"><userName>egon</userName><password>{}</password></m:login>", fresh());
    let session = format!(
        "<m:setCustomer xmlns:m=\"urn:ticket\"><sessionKey>{}</sessionKey><customerId>10</customerId><customerValues>\
         <item><field>password</field><value>{}</value></item></customerValues></m:setCustomer>",
        fresh(),
        fresh()
    );
    let broken = format!("<methodCall><methodName>GetCustomer</methodName><params><param>{}", fresh());
    [
        ("/Api/CustomerManagement/v11/CustomerManagementService.svc", envelope(&credentials, &get)),
        ("/scripts/SOAP?action=ticket", envelope("", &login)),
        ("/scripts/SOAP?action=ticket", envelope("", &session)),
        ("/api/2.0/xmlrpc/", broken),
    ]
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.as_bytes().chunks(3).flat_map(|chunk| {
        let bits = (0..3).fold(0_usize, |bits, at| bits << 8 | usize::from(*chunk.get(at).unwrap_or(&0)));
        let digit = move |at: usize| if at <= chunk.len() { DIGITS[bits >> (18 - 6 * at) & 63] } else { b'=' };
        (0..4).map(move |at| char::from(digit(at)))
    });
    digits.collect()
}
