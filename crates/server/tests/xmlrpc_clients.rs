//! XML-RPC with the clients that people have, as processes against the real server: what each sends arrives as it was
//! meant, changes nothing else, and is in the history under its name; what is answered, each can read.
//!
//! A client that is not installed is said so and skipped; with `CI=true` it is a failure.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{Launch, Record, Server, programs};
use tempfile::TempDir;

/// A way to call a method.
#[derive(Clone, Copy)]
struct Caller {
    /// The command, its program below `clients` first if it has one.
    words: &'static [&'static str],
    /// What must succeed where it can run.
    needs: &'static [&'static str],
    /// How it names itself in `User-Agent`; PHP sends no such header.
    agent: &'static str,
}

const PYTHON: Caller = Caller {
    words: &["python3", "python/xmlrpc_call.py"],
    needs: &["python3", "-c", "import xmlrpc.client"],
    agent: "Python-xmlrpc/",
};
const PHP: Caller = Caller {
    words: &["php", "php/xmlrpc_call.php"],
    needs: &["php", "-r", "exit(extension_loaded('xmlrpc') ? 0 : 1);"],
    agent: "",
};
const RPC_XML: Caller = Caller {
    words: &["perl", "perl/xmlrpc_call.pl", "RPC::XML"],
    needs: &["perl", "-MRPC::XML::Client", "-MJSON::PP", "-e", "1"],
    agent: "RPC::XML::Client/",
};
const FRONTIER: Caller = Caller {
    words: &["perl", "perl/xmlrpc_call.pl", "Frontier"],
    needs: &["perl", "-MFrontier::Client", "-MJSON::PP", "-e", "1"],
    agent: "libwww-perl/",
};
const XMLRPC_LITE: Caller = Caller {
    words: &["perl", "perl/xmlrpc_call.pl", "XMLRPC::Lite"],
    needs: &["perl", "-MXMLRPC::Lite", "-MJSON::PP", "-e", "1"],
    agent: "SOAP::Lite/Perl/",
};
const NODE: Caller = Caller {
    words: &["node", "node/xmlrpc_call.js"],
    needs: &["node", "-e", "require('xmlrpc')"],
    agent: "NodeJS XML-RPC Client",
};

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clients").canonicalize().unwrap()
}

fn command(words: &[&str]) -> Command {
    let mut command = programs::command(words[0]);
    // Node looks for modules there.
    command.current_dir(clients().join("node"));
    for word in &words[1..] {
        let file = clients().join(word);
        if word.contains('/') && file.is_file() {
            command.arg(file)
        } else {
            command.arg(word)
        };
    }
    command
}

fn is_there(needs: &[&str]) -> bool {
    programs::is_there(&format!("XML-RPC: `{}`", needs.join(" ")), &mut command(needs))
}

/// A server with the demo data, and what customer 7 was before.
struct Bed {
    server: Server,
    before: Record,
    _folder: TempDir,
}

impl Bed {
    fn new() -> Self {
        let folder = TempDir::with_prefix("samerow-xmlrpc-").unwrap();
        let server = Launch::demo(folder.path()).argument("--validator1").start();
        let before = Record::read(&mut server.client(), 7).unwrap();
        Self { server, before, _folder: folder }
    }

    /// Calls a method, and answers what the program printed.
    fn call(&self, caller: &Caller, credentials: &[(&str, &str)], method: &str, params: &Value) -> Value {
        let mut command = command(caller.words);
        command.arg(format!("http://{}", self.server.address)).arg(method).arg(params.to_string());
        let output = command.envs(credentials.iter().copied()).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{:?} {method}: {}\n{out}\n{err}", caller.words, output.status);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{:?} {method}: {error}\n{out}\n{err}", caller.words))
    }

    /// That exactly these fields of customer 7 changed, in one version, by that client; null removes one.
    #[track_caller]
    fn assert_changed(&mut self, agent: &str, operation: &str, changes: &[(&str, Value)]) {
        let now = Record::read(&mut self.server.client(), 7).unwrap();
        let mut expected = self.before.fields.clone();
        expected.extend(changes.iter().map(|(field, value)| ((*field).to_owned(), value.clone())));
        expected.retain(|_, value| !value.is_null());
        assert_eq!(now.fields, expected);
        assert_eq!(now.version, self.before.version + 1);
        let reply = self.server.client().get("/v1/customers/7/history?limit=1").unwrap();
        let newest = reply.json()["data"][0].clone();
        let origin = &newest["origin"];
        assert_eq!((&origin["dialect"], &origin["operation"]), (&json!("everlytic"), &json!(operation)), "{newest}");
        assert_eq!(origin["credential"], "demo", "{newest}");
        let client = origin["client"].as_str().unwrap();
        assert!(client.starts_with(agent) && client.is_empty() == agent.is_empty(), "{newest}");
        assert_eq!(now.history.last().unwrap().changes.len(), changes.len(), "{newest}");
        self.before = now;
    }

    #[track_caller]
    fn assert_unchanged(&self) {
        assert_eq!(Record::read(&mut self.server.client(), 7).unwrap(), self.before);
    }
}

/// Texts that get lost on the way: those that look like numbers, and what encodings and XML treat specially.
fn texts() -> Value {
    json!({
        "postal_code": "02135",
        "telephone": "+27115551235",
        "name": "Zo\u{eb}",
        "state_provinces": "\u{1f3bf} skis",
        "address": "<b>&amp; ]]> \"q\" 'a'</b> <&>",
        "unique_id": "",
        "website_url": "20260102T03:04:05",
    })
}

fn stored() -> Vec<(&'static str, Value)> {
    let sent = texts();
    vec![
        ("address.postal_code", sent["postal_code"].clone()),
        ("phone", sent["telephone"].clone()),
        ("name", sent["name"].clone()),
        ("address.region", sent["state_provinces"].clone()),
        ("address.line1", sent["address"].clone()),
        ("unique_id", Value::Null),
        ("website_url", sent["website_url"].clone()),
    ]
}

/// Types that a language does not keep apart: numbers and truths as texts.
fn plain(value: &Value) -> Value {
    match value {
        Value::Bool(truth) => i32::from(*truth).to_string().into(),
        Value::Number(number) => number.to_string().into(),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        other => other.clone(),
    }
}

fn carries_texts(caller: &Caller) {
    if !is_there(caller.needs) {
        return;
    }
    let mut bed = Bed::new();
    let told = bed.call(caller, &[], "UpdateCustomer", &json!([7, texts()]));
    assert_eq!(plain(&told["result"]), "7", "{told}");
    bed.assert_changed(caller.agent, "UpdateCustomer", &stored());
    // What is read and sent back whole changes nothing.
    let told = bed.call(caller, &[], "customers.GetCustomer", &json!([7]));
    for (name, sent) in texts().as_object().unwrap() {
        assert_eq!(&told["result"][name], sent, "{told}");
    }
    let told = bed.call(caller, &[], "UpdateCustomer", &json!([7, told["result"]]));
    assert_eq!(plain(&told["result"]), "7", "{told}");
    bed.assert_unchanged();
    let told = bed.call(caller, &[], "GetCustomer", &json!([7, {"telephone": "02"}]));
    assert_eq!(plain(&told["result"]), "7", "{told}");
    bed.assert_changed(caller.agent, "UpdateCustomer", &[("phone", json!("02"))]);
}

fn reads_faults(caller: &Caller) {
    if !is_there(caller.needs) {
        return;
    }
    let bed = Bed::new();
    let viewer = [("API_USERNAME", "viewer"), ("API_KEY", "fedcba9876543210fedcba9876543210_2")];
    for (credentials, method, params, fault) in [
        (&[][..], "GetCustomer", json!([999999]), "404"),
        (&[], "UpdateCustomer", json!([7, {"name": ""}]), "400"),
        (&[], "UpdateCustomer", json!([7, {"country": "Atlantis"}]), "400"),
        (&[], "UpdateCustomer", json!([7]), "-32602"),
        (&[], "NoSuchMethod", json!([]), "-32601"),
        (&viewer, "UpdateCustomer", json!([7, {"name": "x"}]), "403"),
        (&viewer, "DeleteCustomer", json!([7]), "403"),
    ] {
        let told = bed.call(caller, credentials, method, &params);
        assert_eq!(plain(&told["fault"]), fault, "{method} {params}: {told}");
        assert!(told["message"].as_str().is_some_and(|message| !message.is_empty()), "{told}");
    }
    // A stranger's answer is 401, which node's module does not look at: it reads the fault in it.
    let told = bed.call(caller, &[("API_KEY", "wrong")], "UpdateCustomer", &json!([7, {"name": "x"}]));
    assert!([&told["status"], &told["fault"]].iter().any(|said| plain(said) == "401"), "{told}");
    bed.assert_unchanged();
}

fn does_the_rest(caller: &Caller) {
    if !is_there(caller.needs) {
        return;
    }
    let mut bed = Bed::new();
    let methods = bed.call(caller, &[], "system.listMethods", &json!([]));
    assert!(methods["result"].as_array().unwrap().contains(&json!("customers.UpdateCustomer")), "{methods}");
    let created = bed.call(caller, &[], "CreateCustomer", &json!([{"name": "Nova", "email": "nova@new.example"}]));
    let id = plain(&created["result"]["id"]);
    let listed = bed.call(caller, &[], "ListCustomers", &json!([1, 5, "id", "asc", {"name": "Nova"}]));
    assert_eq!(plain(&listed["result"][0]["id"]), id, "{listed}");
    assert_eq!(listed["result"].as_array().unwrap().len(), 1, "{listed}");
    let deleted = bed.call(caller, &[], "DeleteCustomer", &json!([7]));
    assert_eq!(plain(&deleted["result"]).as_str().map(|said| said == "1" || said == "true"), Some(true), "{deleted}");
    bed.assert_changed(caller.agent, "DeleteCustomer", &[("status", json!("deleted"))]);
    let all: Value = serde_json::from_str(include_str!("../../dialects/tests/validator1.json")).unwrap();
    for test in all.as_array().unwrap() {
        let method = test["method"].as_str().unwrap();
        // PHP's extension sends no structs whose members have numbers for names.
        if caller.agent == PHP.agent && method == "validator1.nestedStructTest" {
            continue;
        }
        let told = bed.call(caller, &[], method, &test["params"]);
        assert_eq!(plain(&told["result"]), plain(&test["result"]), "{method}");
    }
}

macro_rules! callers {
    ($( $name:ident $caller:ident; )+) => { $( mod $name {
        #[test] fn carries_texts() { super::carries_texts(&super::$caller); }
        #[test] fn reads_faults() { super::reads_faults(&super::$caller); }
        #[test] fn does_the_rest() { super::does_the_rest(&super::$caller); }
    } )+ };
}

callers! {
    python PYTHON;
    php PHP;
    rpc_xml RPC_XML;
    frontier FRONTIER;
    xmlrpc_lite XMLRPC_LITE;
    node NODE;
}

#[test]
fn python_sends_many_calls_in_one() {
    if !is_there(PYTHON.needs) {
        return;
    }
    let mut bed = Bed::new();
    let calls = json!([["UpdateCustomer", 7, texts()], ["GetCustomer", 7], ["system.methodHelp", "GetCustomer"]]);
    let told = bed.call(&PYTHON, &[], "multicall", &calls);
    assert_eq!((&told["result"][0], &told["result"][1]["name"]), (&json!(7), &json!("Zo\u{eb}")), "{told}");
    bed.assert_changed(PYTHON.agent, "UpdateCustomer", &stored());
    let told = bed.call(&PYTHON, &[], "multicall", &json!([["GetCustomer", 7], ["GetCustomer", 999999]]));
    assert_eq!(told["fault"], 404, "{told}");
}

/// The command of xmlrpc-c sends no structs.
#[test]
fn xmlrpc_c_reads_and_deletes() {
    if !is_there(&["sh", "-c", "command -v xmlrpc"]) {
        return;
    }
    let mut bed = Bed::new();
    let run = |path: &str, key: &str, words: &[&str]| {
        let mut command = command(&["xmlrpc"]);
        command
            .arg(format!("http://{}{path}", bed.server.address))
            .args(["-username=demo", &format!("-password={key}")]);
        let output = command.args(words).output().unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        (output.status.success(), out + &err)
    };
    let key = "0123456789abcdef0123456789ABCDEF_1";
    for path in ["/api/2.0/xmlrpc/", "/api/2.0/xmlrpc", "/RPC2"] {
        let (done, told) = run(path, key, &["GetCustomer", "i/7"]);
        assert!(done && told.contains("Acme Mailers") && told.contains("02134"), "{told}");
    }
    let (done, told) = run("/RPC2", key, &["GetCustomer", "i/999999"]);
    assert!(!done && told.contains("404") && told.contains("There is no customer 999999"), "{told}");
    let (done, told) = run("/RPC2", "wrong", &["GetCustomer", "i/7"]);
    assert!(!done && told.contains("401"), "{told}");
    bed.assert_unchanged();
    let (done, told) = run("/RPC2", key, &["DeleteCustomer", "i/7"]);
    assert!(done, "{told}");
    bed.assert_changed("Xmlrpc-c/", "DeleteCustomer", &[("status", json!("deleted"))]);
}

const CREDENTIALS: (&str, &str) = ("Authorization", "Basic ZGVtbzowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OUFCQ0RFRl8x");

/// A second reader and writer in Rust, over this rig's own sockets.
#[test]
fn dxr_carries_texts() {
    let mut bed = Bed::new();
    let call = |method: &'static str, params: Vec<dxr::Value>| {
        let body = dxr::MethodCall { name: method.into(), params }.to_xml().unwrap();
        let headers = [CREDENTIALS, ("Content-Type", "text/xml"), ("User-Agent", "dxr")];
        bed.server.client().call("POST", "/api/2.0/xmlrpc/", &headers, body).unwrap().text()
    };
    let texts = texts();
    let members = texts.as_object().unwrap().iter().map(|(name, value)| (name.clone(), value.as_str().unwrap()));
    let sent = dxr::TryToValue::try_to_value(&members.collect::<HashMap<_, _>>()).unwrap();
    let told = dxr::MethodResponse::from_xml(&call("UpdateCustomer", vec![dxr::Value::Integer(7), sent])).unwrap();
    assert_eq!(told.value, dxr::Value::Integer(7));
    let shown = dxr::MethodResponse::from_xml(&call("GetCustomer", vec![dxr::Value::Integer(7)])).unwrap();
    let shown: HashMap<String, dxr::Value> = dxr::TryFromValue::try_from_value(&shown.value).unwrap();
    for (name, text) in texts.as_object().unwrap() {
        assert_eq!(shown[name], dxr::Value::String(text.as_str().unwrap().to_owned()), "{name}");
    }
    let fault = dxr::FaultResponse::from_xml(&call("GetCustomer", vec![dxr::Value::Integer(999_999)])).unwrap();
    assert_eq!(fault.fault.code(), 404);
    bed.assert_changed("dxr", "UpdateCustomer", &stored());
}

/// The vendor's own client speaks HTTP/1.0 and reads until the server closes.
#[test]
fn http_1_0_is_answered_and_closed() {
    let bed = Bed::new();
    let body = "<?xml version=\"1.0\"?><methodCall><methodName>GetCustomer</methodName><params><param><value><int>7</int>\
                </value></param></params></methodCall>";
    let mut socket = TcpStream::connect(bed.server.address).unwrap();
    socket.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    let (name, value) = CREDENTIALS;
    let length = body.len();
    write!(
        socket,
        "POST /api/2.0/xmlrpc/ HTTP/1.0\r\nHost: localhost\r\n{name}: {value}\r\nContent-Type: text/xml\r\n\
         Content-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut told = String::new();
    socket.read_to_string(&mut told).unwrap();
    let (head, body) = told.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.0 200 ") || head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(!head.to_ascii_lowercase().contains("transfer-encoding"), "{head}");
    assert!(body.starts_with("<?xml ") && body.ends_with("</methodResponse>") && body.contains("Acme"), "{body}");
}
