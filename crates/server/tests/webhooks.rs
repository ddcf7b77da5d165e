//! Webhooks, as their receivers meet them.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{ADMIN_TOKEN, Launch, Reply, Server, wait_until};
use tempfile::TempDir;

/// What a receiver got.
struct Got {
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

impl Got {
    fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The signatures that `secret` makes, as a receiver checks them.
    fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut hash = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        hash.update(format!("{}.{}.", self.headers["webhook-id"], self.headers["webhook-timestamp"]).as_bytes());
        hash.update(&self.body);
        let expected = format!("v1,{}", STANDARD.encode(hash.finalize().into_bytes()));
        self.headers["webhook-signature"].split(' ').any(|signature| signature == expected)
    }
}

/// A receiver that answers what it is told to, `204` at first.
struct Hook {
    address: SocketAddr,
    answer: Arc<Mutex<String>>,
    got: Receiver<Got>,
}

impl Hook {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answer = Arc::new(Mutex::new("204 No Content\r\n".to_owned()));
        let (sender, got) = channel();
        let answering = Arc::clone(&answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // Who is gone gets no answer.
                let Some(got) = receive(&mut BufReader::new(&stream)) else { continue };
                let answer = answering.lock().unwrap().clone();
                let _ = write!(&stream, "HTTP/1.1 {answer}Content-Length: 0\r\nConnection: close\r\n\r\n");
                // After the answer, so that the test can change the next one.
                let _ = sender.send(got);
            }
        });
        Self { address, answer, got }
    }

    fn answers(&self, answer: &str) {
        *self.answer.lock().unwrap() = format!("{answer}\r\n");
    }

    fn next(&self) -> Got {
        self.got.recv_timeout(Duration::from_secs(20)).expect("an event")
    }
}

fn receive(from: &mut impl BufRead) -> Option<Got> {
    let mut line = String::new();
    // A sender that is killed ends anywhere.
    from.read_line(&mut line).ok().filter(|_| line.ends_with('\n'))?;
    assert!(line.starts_with("POST /hook HTTP/1.1"), "{line}");
    let mut headers = HashMap::new();
    loop {
        line.clear();
        from.read_line(&mut line).ok().filter(|read| *read > 0)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => drop(headers.insert(name.to_ascii_lowercase(), value.trim().to_owned())),
            None => break,
        }
    }
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    from.read_exact(&mut body).ok()?;
    Some(Got { headers, body })
}

fn launch(folder: &TempDir, attempts: u32) -> Launch {
    Launch::demo(folder.path())
        .argument("--webhook-networks=127.0.0.1")
        .argument("--webhook-retry=0.01")
        .argument(&format!("--webhook-attempts={attempts}"))
}

fn call(server: &Server, method: &str, path: &str, body: &Value) -> Reply {
    let headers = [("Authorization", &*format!("Bearer {ADMIN_TOKEN}")), ("Content-Type", "application/json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    server.client().call(method, path, &headers, body).unwrap()
}

/// A receiver that speaks TLS with the certificate in a folder, as its own library does: a line of JSON for each request.
const PYTHON_RECEIVER: &str = "\
import http.server, json, ssl, sys
class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length'])).decode()
        self.send_response(204)
        self.end_headers()
        print(json.dumps({'host': self.headers['Host'], 'tls': self.connection.version(), 'body': json.loads(body)}), flush=True)
    def log_message(self, *args):
        pass
server = http.server.HTTPServer(('127.0.0.1', 0), Receiver)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1] + '/server.pem', sys.argv[1] + '/server.key')
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
";

/// A process that ends with the test.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_receiver_over_tls_is_told_if_its_authority_is_trusted() {
    let folder = TempDir::new().unwrap();
    let tls = folder.path().join("tls");
    let made = support::command(&[]).args(["tls", "init", "--tls-folder"]).arg(&tls).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let mut python = std::process::Command::new("python3");
    python.args(["-c", PYTHON_RECEIVER]).arg(&tls).stdout(std::process::Stdio::piped());
    let mut receiver = Running(python.spawn().expect("python3, which ./test.sh installs"));
    let mut lines = BufReader::new(receiver.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let port = lines.next().unwrap();
    for (trusts, path) in [(false, "untrusted"), (true, "trusted")] {
        let data = TempDir::with_prefix_in(path, folder.path()).unwrap();
        let mut launch = launch(&data, 3);
        if trusts {
            launch = launch.argument(&format!("--webhook-ca={}", tls.join("ca.pem").display()));
        }
        let server = launch.start();
        let body = json!({"name": "shop", "url": format!("https://localhost:{port}/hook")});
        let webhook = call(&server, "POST", "/v1/webhooks", &body).json();
        let sent = call(&server, "POST", &format!("/v1/webhooks/{}/test", webhook["id"]), &Value::Null).json();
        assert_eq!(sent["delivered"], trusts, "{sent}");
        if trusts {
            let got: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
            assert_eq!((&got["host"], &got["tls"]), (&json!(format!("localhost:{port}")), &json!("TLSv1.3")));
            assert_eq!(got["body"]["specversion"], "1.0");
        } else {
            assert!(sent["problem"].as_str().unwrap().contains("certificate"), "{sent}");
        }
    }
}

/// Creates a webhook; its path and its secret.
fn create(server: &Server, hook: &Hook, more: &Value) -> (String, String) {
    let mut body = json!({"name": "shop", "url": format!("http://{}/hook", hook.address)});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let reply = call(server, "POST", "/v1/webhooks", &body);
    assert_eq!(reply.status, 201, "{}", reply.text());
    let shown = reply.json();
    (format!("/v1/webhooks/{}", shown["id"]), shown["secret"].as_str().unwrap().to_owned())
}

fn phone(server: &Server, phone: &str) {
    assert_eq!(call(server, "PATCH", "/v1/customers/10", &json!({"phone": phone})).status, 200);
}

fn to(event: &Value) -> &str {
    event["data"]["changes"][0]["to"].as_str().unwrap()
}

#[test]
fn changes_are_told_signed_and_in_order() {
    let (folder, hook) = (TempDir::new().unwrap(), Hook::start());
    let server = launch(&folder, 3).start();
    let (path, secret) = create(&server, &hook, &json!({"kinds": ["customer"], "dialects": ["native"]}));
    assert!(call(&server, "GET", &path, &Value::Null).json().get("secret").is_none(), "a secret is shown once");
    for number in ["1", "2", "3"] {
        phone(&server, number);
    }
    let history = call(&server, "GET", "/v1/customers/10/history?limit=3", &Value::Null).json();
    for at in 0..3 {
        let got = hook.next();
        assert!(got.is_signed_with(&secret));
        assert_eq!(got.headers["content-type"], "application/cloudevents+json; charset=utf-8");
        let mut event = got.event();
        assert_eq!(event["id"], got.headers["webhook-id"].as_str());
        assert_eq!(
            (&event["specversion"], &event["type"], &event["source"], &event["subject"]),
            (&json!("1.0"), &json!("samerow.customer.changed.v1"), &json!("/t/default"), &json!("customer/10"))
        );
        let item = &history["data"][2 - at];
        assert_eq!(event["time"], item["at"]);
        let mut data = event["data"].take();
        data.as_object_mut().unwrap().retain(|name, _| !["tenant", "kind", "id"].contains(&name.as_str()));
        assert_eq!(&data, item);
    }
    // What is of another kind or came through another dialect is not told.
    let headers = [("api-username", "tf_admin"), ("api-key", "44b5498dbcb481a0d00b404c0169af62")];
    server.client().call("PATCH", "/api/customer/lock?customer_id=191", &headers, "").unwrap();
    assert_eq!(call(&server, "POST", "/v1/companies", &json!({"name": "Acme"})).status, 201);
    phone(&server, "4");
    assert_eq!(to(&hook.next().event()), "4");
    // With the next secret both sign for a while.
    let rotated = call(&server, "POST", &format!("{path}/rotate-secret"), &Value::Null).json();
    let next = rotated["secret"].as_str().unwrap();
    phone(&server, "5");
    let got = hook.next();
    assert!(next != secret && got.is_signed_with(next) && got.is_signed_with(&secret));
    assert!(!got.is_signed_with(&format!("whsec_{}", STANDARD.encode("other"))));
}

#[test]
fn what_is_not_taken_comes_again_and_then_waits_as_a_dead_letter() {
    let (folder, hook) = (TempDir::new().unwrap(), Hook::start());
    let server = launch(&folder, 3).start();
    let (path, _) = create(&server, &hook, &json!({"kinds": ["customer"]}));
    hook.answers("500 Oops");
    phone(&server, "1");
    let tries: Vec<Got> = (0..3).map(|_| hook.next()).collect();
    assert!(tries.iter().all(|got| got.headers["webhook-id"] == tries[0].headers["webhook-id"]));
    let letters = || call(&server, "GET", &format!("{path}/dead-letters"), &Value::Null).json()["data"].take();
    assert!(wait_until(Duration::from_secs(20), || letters().as_array().is_some_and(|list| list.len() == 1)));
    let letter = letters()[0].take();
    assert_eq!((&letter["attempts"], &letter["problem"]), (&json!(3), &json!("the receiver answered 500")));
    // A later event goes out, and the dead one when it is sent again.
    hook.answers("200 OK");
    phone(&server, "2");
    assert_eq!(to(&hook.next().event()), "2");
    let again = format!("{path}/dead-letters/{}/replay", letter["id"]);
    hook.answers("503 Not yet");
    let reply = call(&server, "POST", &again, &Value::Null).json();
    assert_eq!(reply, json!({"delivered": false, "status": 503, "problem": "the receiver answered 503"}));
    hook.next();
    hook.answers("200 OK");
    assert_eq!(call(&server, "POST", &again, &Value::Null).json()["delivered"], true);
    assert_eq!(hook.next().headers["webhook-id"], tries[0].headers["webhook-id"]);
    assert_eq!((letters(), call(&server, "POST", &again, &Value::Null).status), (json!([]), 404));
    // Who wants no more is switched off, and told what came meanwhile when switched on again.
    hook.answers("410 Gone");
    phone(&server, "3");
    assert_eq!(to(&hook.next().event()), "3");
    let is_off = || call(&server, "GET", &path, &Value::Null).json()["disabled"] == true;
    assert!(wait_until(Duration::from_secs(20), is_off));
    let shown = call(&server, "GET", &path, &Value::Null).json();
    assert_eq!(shown["problem"], "the receiver answered 410: the receiver wants no more");
    hook.answers("200 OK");
    phone(&server, "4");
    let shown = call(&server, "PATCH", &path, &json!({"disabled": false})).json();
    assert_eq!((&shown["disabled"], &shown["problem"]), (&json!(false), &Value::Null));
    assert_eq!([to(&hook.next().event()), to(&hook.next().event())], ["3", "4"]);
}

#[test]
fn events_are_sent_again_on_demand_and_over_a_kill() {
    let (folder, hook) = (TempDir::new().unwrap(), Hook::start());
    let server = launch(&folder, 1_000).start();
    let (path, secret) = create(&server, &hook, &json!({"kinds": ["customer"]}));
    hook.answers("500 Oops");
    phone(&server, "1");
    hook.next();
    server.kill();
    hook.answers("200 OK");
    let server = launch(&folder, 1_000).start();
    phone(&server, "2");
    // Whatever attempts went before, the events come in their order, signed with the same secret.
    let mut told = vec![];
    while told.last().is_none_or(|last| last != "2") {
        let got = hook.next();
        assert!(got.is_signed_with(&secret));
        told.push(to(&got.event()).to_owned());
    }
    told.dedup();
    assert_eq!(told, ["1", "2"]);
    let is_done = || call(&server, "GET", &format!("{path}/delivery"), &Value::Null).json()["attempts"].is_null();
    assert!(wait_until(Duration::from_secs(20), is_done));
    // From the cursor of an event on.
    let events = call(&server, "GET", "/v1/events?kind=customer&dialect=native", &Value::Null).text();
    let first: Value = serde_json::from_str(events.lines().next().unwrap()).unwrap();
    let replay = call(&server, "POST", &format!("{path}/replay"), &json!({"after": first["cursor"]}));
    assert_eq!(replay.status, 200, "{}", replay.text());
    assert_eq!(to(&hook.next().event()), "2");
    let tested = call(&server, "POST", &format!("{path}/test"), &Value::Null);
    assert_eq!(tested.json(), json!({"delivered": true, "status": 200, "problem": null}));
    let got = hook.next();
    assert_eq!((got.event()["type"].clone(), got.is_signed_with(&secret)), (json!("samerow.webhook.tested.v1"), true));
    // The secret is nowhere but with its receiver.
    assert!(server.stop().success());
    let raw = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
        let bytes = std::fs::read(file.path()).unwrap();
        let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!holds(&raw) && !holds(&secret.as_bytes()[6..]), "{:?}", file.path());
    }
}

#[test]
fn private_addresses_and_redirects_lead_nowhere() {
    let (folder, hook) = (TempDir::new().unwrap(), Hook::start());
    let server = launch(&folder, 3).start();
    let (path, _) = create(&server, &hook, &json!({"kinds": ["company"]}));
    let elsewhere = Hook::start();
    hook.answers(&format!("307 Over there\r\nLocation: http://{}/hook", elsewhere.address));
    let tested = call(&server, "POST", &format!("{path}/test"), &Value::Null).json();
    assert_eq!(tested["problem"], "the receiver answered 307; redirects are not followed");
    assert!(elsewhere.got.try_recv().is_err());
    server.kill();
    // Without the setting not even the receiver itself is reached, by whatever name.
    let server = Launch::demo(folder.path()).start();
    let port = elsewhere.address.port();
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "2130706433"] {
        let url = json!({"url": format!("http://{host}:{port}/hook")});
        assert_eq!(call(&server, "PATCH", &path, &url).status, 200, "{host}");
        let tested = call(&server, "POST", &format!("{path}/test"), &Value::Null).json();
        assert_eq!((&tested["delivered"], &tested["status"]), (&json!(false), &Value::Null), "{host}: {tested}");
    }
    assert!(elsewhere.got.try_recv().is_err());
}
