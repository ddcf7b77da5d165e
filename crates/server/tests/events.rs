//! The feed, as those who follow it meet it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use serde_json::Value;
use std::time::Duration;
use support::{Client, Event, Events, Launch, Reply, Server};
use tempfile::TempDir;

const DETAILS: &str = "/api/customer/set_customer_details";
const TF_ADMIN: [(&str, &str); 3] = [
    ("api-username", "tf_admin"),
    ("api-key", "44b5498dbcb481a0d00b404c0169af62"),
    ("Content-Type", "application/x-www-form-urlencoded"),
];

fn start() -> (TempDir, Server) {
    let folder = TempDir::new().unwrap();
    let server = Launch::demo(folder.path()).start();
    (folder, server)
}

/// Changes the postal code of customer 191 through Trackfinity.
fn change(client: &mut Client, zip: &str) {
    let reply = client.call("PATCH", DETAILS, &TF_ADMIN, format!("customer_id=191&zip={zip}")).unwrap();
    assert_eq!(reply.text(), "true");
}

fn lines(reply: &Reply) -> Vec<Value> {
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/x-ndjson")), "{}", reply.text());
    reply.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The path that the page leads on to.
fn next(reply: &Reply) -> String {
    let link = reply.header("link").and_then(|link| link.strip_prefix('<')).unwrap();
    let (url, rest) = link.split_once('>').unwrap();
    assert_eq!(rest, "; rel=\"next\"");
    url.split_once("/v1/").map(|(_, path)| format!("/v1/{path}")).unwrap()
}

#[test]
fn a_stream_tells_what_the_history_holds() {
    let (_folder, server) = start();
    let mut events = Events::open(server.address, "/v1/events?after=now&kind=customer", "").unwrap();
    let mut client = server.client();
    for zip in ["11111", "22222", "33333"] {
        change(&mut client, zip);
    }
    let told: Vec<Event> = (0..3).map(|_| events.next().unwrap().unwrap()).collect();
    let mut history = client.get("/v1/customers/191/history?limit=3").unwrap().json()["data"].take();
    history.as_array_mut().unwrap().reverse();
    for (event, item) in told.iter().zip(history.as_array().unwrap()) {
        let mut data = event.data.clone();
        let own: Vec<_> = ["cursor", "tenant", "kind", "id"].iter().map(|name| data[*name].take()).collect();
        assert_eq!(own, [event.id.clone().into(), "default".into(), "customer".into(), Value::from(191)]);
        data.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        assert_eq!(&data, item);
    }
    // Who comes back is told exactly what came after.
    let mut again = Events::open(server.address, "/v1/events?after=now&kind=customer", &told[0].id).unwrap();
    assert_eq!([again.next().unwrap().unwrap(), again.next().unwrap().unwrap()], told[1..]);
}

#[test]
fn pages_lead_on_to_the_end_and_a_poll_waits_there() {
    let (_folder, server) = start();
    let mut client = server.client();
    change(&mut client, "11111");
    let (mut seen, mut path) = (Vec::new(), "/v1/events?limit=50&kind=customer".to_owned());
    loop {
        let reply = client.get(&path).unwrap();
        let page = lines(&reply);
        let after = next(&reply);
        if after == path {
            break;
        }
        path = after;
        seen.extend(page);
    }
    // The six of the demo by name, two hundred generated people, and the change.
    assert_eq!(seen.iter().filter(|event| event["version"] == 1).count(), seen.len() - 1);
    assert_eq!(seen.last().unwrap()["changes"][0]["to"], "11111");
    let waiting = std::thread::spawn({
        let (mut client, path) = (server.client(), format!("{path}&wait=60"));
        move || client.get(&path).unwrap()
    });
    change(&mut client, "22222");
    let told = lines(&waiting.join().unwrap());
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["changes"][0]["to"], "22222");
    // Where nothing comes the answer is an empty page that leads on.
    let nothing = client.get("/v1/events?after=now&wait=1").unwrap();
    assert_eq!(lines(&nothing), Vec::<Value>::new());
    assert_eq!(lines(&client.get(&next(&nothing)).unwrap()), Vec::<Value>::new());
}

#[test]
fn a_server_that_stops_ends_streams_and_polls_in_order() {
    let (_folder, server) = start();
    let mut events = Events::open(server.address, "/v1/events?after=now", "").unwrap();
    let poll = std::thread::spawn({
        let mut client = server.client().timeout(Duration::from_secs(70));
        move || client.get("/v1/events?after=now&wait=60").unwrap()
    });
    change(&mut server.client(), "11111");
    assert!(events.next().unwrap().is_some());
    drop(lines(&poll.join().unwrap()));
    let poll = std::thread::spawn({
        let mut client = server.client().timeout(Duration::from_secs(70));
        move || client.get("/v1/events?after=now&wait=60")
    });
    assert!(server.stop().success());
    assert_eq!(events.next().unwrap(), None);
    // The poll was answered, or came after the server had stopped to listen.
    if let Ok(reply) = poll.join().unwrap() {
        assert_eq!(lines(&reply), Vec::<Value>::new());
    }
}

#[test]
fn a_stream_ends_at_once_when_its_credential_does() {
    let (_folder, server) = start();
    let admin = |method: &str, path: &str, body: &str| {
        let headers = [("Authorization", "Bearer demo-admin-token"), ("Content-Type", "application/json")];
        let reply = server.client().call(method, path, &headers, body).unwrap();
        assert!((200..300).contains(&reply.status), "{method} {path}: {}", reply.text());
        reply
    };
    let key = |path: &str, body: &str| {
        let made = admin("POST", path, body).json();
        (format!("Bearer {}", made["key"].as_str().unwrap()), format!("{path}/{}", made["id"]))
    };
    let (by_key, its_key) = key("/v1/keys", r#"{"username":"follower","role":"viewer"}"#);
    let (by_token, its_token) = key("/v1/tokens", r#"{"user":1}"#);
    let user = admin("POST", "/v1/users", r#"{"username":"eve","password":"eve","role":"viewer"}"#).json();
    for (credential, method, path, body) in [
        (&*by_key, "DELETE", &*its_key, ""),
        (&by_token, "DELETE", &its_token, ""),
        ("Basic ZXZlOmV2ZQ==", "PATCH", &format!("/v1/users/{}", user["id"]), r#"{"disabled":true}"#),
    ] {
        // Nothing of what they follow changes after the first event: only that they may follow no more.
        let path_of_events = "/v1/events?after=now&kind=customer&dialect=trackfinity";
        let mut events = Events::open_as(credential, server.address, path_of_events, "").unwrap();
        let poll = std::thread::spawn({
            let (mut client, credential) = (server.client().timeout(Duration::from_secs(70)), credential.to_owned());
            move || {
                client.call("GET", "/v1/events?after=now&wait=60&kind=ticket", &[("Authorization", &credential)], "")
            }
        });
        change(&mut server.client(), path);
        assert!(events.next().unwrap().is_some(), "{path}");
        admin(method, path, body);
        let ended = events.next().unwrap_err();
        // Not that nothing came for long.
        assert_eq!(ended.kind(), std::io::ErrorKind::UnexpectedEof, "{path}: {ended}");
        // The same whether the poll was waiting already or came too late.
        assert_eq!(poll.join().unwrap().unwrap().status, 401, "{path}");
    }
}

#[test]
fn a_stream_is_refused_before_it_begins() {
    let (_folder, server) = start();
    let headers = [("Accept", "text/event-stream"), ("Authorization", "Bearer demo-read-token")];
    for (path, status) in [("/v1/events?after=x", 400), ("/v1/events?kind=key", 403), ("/v1/events?aftr=1-0", 400)] {
        let reply = server.client().call("GET", path, &headers, "").unwrap();
        assert_eq!((reply.status, reply.header("content-type")), (status, Some("application/problem+json")), "{path}");
    }
    let reply = server.client().call("GET", "/v1/events", &headers[..1], "").unwrap();
    assert_eq!(reply.status, 401);
}
