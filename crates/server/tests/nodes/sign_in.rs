//! Who may sign in, and that all nodes know it.

use super::*;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

#[test]
fn a_node_forgets_what_another_revoked() {
    let database = Cluster::shared().database();
    let (data, url) = (TempDir::new().unwrap(), database.url());
    let (first, second) = (launch(&data, &url).start(), launch(&data, &url).start());
    let mut there = second.client();
    let body = r#"{"username":"leaving","role":"agent"}"#;
    let made = first.client().call("POST", "/v1/keys", &ADMIN, body).unwrap();
    assert_eq!(made.status, 201, "{}", made.text());
    let (id, secret) = (made.json()["id"].to_string(), made.json()["key"].as_str().unwrap().to_owned());
    let bearer = format!("Bearer {secret}");
    let mut call = || there.call("GET", "/v1/customers/191", &[("Authorization", &bearer)], "").unwrap().status;
    assert_eq!(call(), 200);
    let revoked = first.client().call("DELETE", &format!("/v1/keys/{id}"), &ADMIN, "").unwrap();
    assert!(revoked.status < 300, "{}", revoked.text());
    // The manual says a second: after it nothing is trusted that is older, however slow the machine is.
    sleep(Duration::from_secs(1));
    assert_eq!(call(), 401);
    // And the list of those who share the database.
    let nodes = samerow(&["nodes", "--json", "--database-url", &url]);
    let nodes: serde_json::Value = serde_json::from_slice(&nodes.stdout).unwrap();
    let address = |server: &Server| server.address.to_string();
    assert_eq!(nodes[0]["address"], address(&first));
    assert_eq!(nodes[1]["address"], address(&second));
    assert_eq!((&nodes[0]["leads"], &nodes[1]["leads"]), (&true.into(), &false.into()));
    assert!(first.stop().success());
    assert!(wait_until(Duration::from_secs(60), || {
        let nodes = samerow(&["nodes", "--database-url", &url]);
        String::from_utf8_lossy(&nodes.stdout).lines().count() == 1
    }));
}

/// Who is locked out at one node is so at the other, with the right key too, until the time is over. The other one never
/// counts so far by itself.
#[test]
fn who_guesses_at_one_node_must_wait_at_all() {
    let database = Cluster::shared().database();
    let (data, url) = (TempDir::new().unwrap(), database.url());
    let first = launch(&data, &url).argument("--failures-per-name").argument("3").start();
    let second = launch(&data, &url).start();
    let call = |server: &Server, name: &str, password: &str| {
        let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")));
        server.client().call("GET", "/v1/customers/10", &[("Authorization", &basic)], "").unwrap()
    };
    for _ in 0..3 {
        assert_eq!(call(&first, "admin", "guessed").status, 401);
    }
    let must_wait = || {
        // Each time the wait is longer, until the other node knows of one that outlasts the next call.
        call(&first, "admin", "guessed");
        let wrong = call(&second, "admin", "guessed");
        let seconds = wrong.header("retry-after").and_then(|seconds| seconds.parse::<u32>().ok());
        if wrong.status != 429 || seconds.is_none_or(|seconds| seconds < 10) {
            return false;
        }
        let right = call(&second, "admin", "demo");
        assert_eq!(right.status, 429, "{}", right.text());
        true
    };
    assert!(wait_until(Duration::from_secs(240), must_wait), "the other node does not hear of it");
    assert_eq!(call(&second, "egon", "guessed").status, 401, "another name need not wait");
    assert!(wait_until(Duration::from_secs(240), || call(&second, "admin", "demo").status == 200));
}
