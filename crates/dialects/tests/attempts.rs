//! What a change understands besides what it changes, where one conversation cannot show it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use dialects::native;
use domain::operation::{CreateSession, KEPT, Purge};
use domain::session::{Lifetime, Subject};
use domain::{Field, Kind};
use http::{Method, StatusCode};
use std::sync::atomic::Ordering;
use support::{Template, World};

const ADMIN: (&str, &str) = ("authorization", "Bearer demo-admin-token");

/// Status, whether it was kept, and the body.
fn send(world: &World, method: &Method, target: &str, headers: &[(&str, &str)], body: &str) -> (u16, bool, String) {
    let answer = world.ask(method, target, headers, body.to_owned());
    let replayed = answer.response.headers().contains_key("idempotency-replayed");
    (answer.response.status().as_u16(), replayed, String::from_utf8(answer.response.body().to_vec()).unwrap())
}

fn create(world: &World, sign_in: (&str, &str), key: &str, name: &str) -> (u16, bool, String) {
    let body = format!(r#"{{"name":"{name}","password":"very secret"}}"#);
    send(world, &Method::POST, "/v1/customers?fields=name", &[sign_in, ("idempotency-key", key)], &body)
}

#[test]
fn an_answer_is_kept_for_a_day_and_over_restarts() {
    let mut world = Template::new().world();
    let (status, replayed, first) = create(&world, ADMIN, "k", "Once");
    assert_eq!((status, replayed), (201, false));
    world = world.reopen();
    assert_eq!(create(&world, ADMIN, "k", "Once"), (201, true, first.clone()));
    assert_eq!(create(&world, ADMIN, "k", "Other").0, 422);
    world.pass(KEPT - 1);
    assert_eq!(world.run(Purge { kind: Kind::Answer, limit: 10 }).unwrap(), 0);
    assert_eq!(create(&world, ADMIN, "k", "Once"), (201, true, first.clone()));
    world.pass(1);
    let (status, replayed, second) = create(&world, ADMIN, "k", "Once");
    assert!((status, replayed) == (201, false) && second != first, "the day is over: it is a new request");
    assert_eq!(create(&world, ADMIN, "k", "Once"), (201, true, second));
    world.pass(KEPT);
    assert_eq!(world.run(Purge { kind: Kind::Answer, limit: 10 }).unwrap(), 1);
    assert_eq!(world.examine(), Vec::<String>::new());
}

#[test]
fn a_key_is_its_callers_own() {
    let world = Template::new().world();
    assert!(!create(&world, ADMIN, "k", "Once").1);
    // admin:demo
    let person = ("authorization", "Basic YWRtaW46ZGVtbw==");
    assert_eq!(create(&world, person, "k", "Other").0, 201);
    assert!(create(&world, person, "k", "Other").1 && create(&world, ADMIN, "k", "Once").1);
}

#[test]
fn a_trial_uses_nothing_up() {
    let world = Template::new().world();
    let key = ("idempotency-key", "k");
    let (status, _, told) = send(&world, &Method::POST, "/v1/customers?dry_run=true", &[ADMIN, key], r#"{"name":"x"}"#);
    assert!(status == 200 && told.contains(r#""id":193"#), "{told}");
    let (status, replayed, body) = send(&world, &Method::POST, "/v1/customers", &[ADMIN, key], r#"{"name":"x"}"#);
    assert!((status, replayed) == (201, false) && body.contains(r#""id":193"#), "neither the key nor the id: {body}");
}

#[test]
fn a_tenant_may_demand_versions() {
    let world = Template::new().world();
    world.amend(Kind::Tenant, 1, Field::DemandsVersions, Some(true.into()));
    let of = |method: &Method, path: &str, headers: &[(&str, &str)], body: &str| {
        let headers: Vec<_> = [ADMIN].into_iter().chain(headers.iter().copied()).collect();
        send(&world, method, path, &headers, body).0
    };
    let patch = r#"{"phone":"2"}"#;
    let revert = r#"{"field":"phone","before_version":1}"#;
    for (method, path, body) in [
        (Method::PATCH, "/v1/customers/10", patch),
        (Method::PUT, "/v1/customers/10", patch),
        (Method::DELETE, "/v1/customers/10", ""),
        (Method::POST, "/v1/customers/10/restore", ""),
        (Method::POST, "/v1/customers/10/revert", revert),
        (Method::PATCH, "/v1/companies/17", patch),
        (Method::PATCH, "/v1/customers/10?dry_run=true", patch),
        (Method::PATCH, "/v1/settings", r#"{"erase_deleted_after_days":9}"#),
        (Method::POST, "/v1/keys/1/rotate", ""),
    ] {
        assert_eq!(of(&method, path, &[], body), StatusCode::PRECONDITION_REQUIRED.as_u16(), "{method} {path}");
    }
    assert_eq!(of(&Method::POST, "/v1/customers", &[], r#"{"name":"x"}"#), 201, "a new record has no version");
    assert_eq!(of(&Method::PATCH, "/v1/customers/10", &[("if-match", "\"2\"")], patch), 412);
    assert_eq!(of(&Method::PATCH, "/v1/customers/10", &[("if-match", "\"1\"")], patch), 200);
    assert_eq!(of(&Method::PATCH, "/v1/customers/10", &[("if-match", "*")], patch), 200);
    assert_eq!(world.record(Kind::Customer, 10).unwrap().version, 2);
}

/// What is no plain record, as calls that succeed in this order; each changes the record that the one before left.
const OTHERS: &[(&str, &str, &str)] = &[
    ("POST", "/v1/keys", r#"{"username":"shop","role":"agent"}"#),
    ("POST", "/v1/keys/10/rotate", r#"{"overlap_seconds":60}"#),
    ("POST", "/v1/tenants", r#"{"name":"acme"}"#),
    ("PATCH", "/v1/settings", r#"{"erase_deleted_after_days":9}"#),
    ("POST", "/v1/webhooks", r#"{"url":"https://crm.example/hook"}"#),
    ("POST", "/v1/webhooks/1/rotate-secret", ""),
    ("POST", "/v1/webhooks/1/replay", r#"{"after":"now"}"#),
    ("DELETE", "/v1/sessions/1", ""),
    ("POST", "/v1/tokens", r#"{"user":1}"#),
    ("DELETE", "/v1/tokens/1", ""),
    ("POST", "/v1/tickets/500/read", ""),
    ("POST", "/v1/customers/11/erase", ""),
];

/// Without what stands in the place of a secret.
fn without_secret(body: &str) -> (String, Option<String>) {
    for member in [r#","key":"#, r#","secret":"#] {
        if let Some((rest, secret)) = body.rsplit_once(member) {
            let secret = secret.trim_end_matches('}').trim_matches('"').to_owned();
            return (rest.to_owned(), Some(secret).filter(|secret| secret != "null"));
        }
    }
    (body.to_owned(), None)
}

#[test]
fn every_change_is_tried_done_once_and_compared() {
    let world = Template::new().world();
    let lifetime = Lifetime { idle: 1_000, whole: 1_000 };
    let create = CreateSession { subject: Subject::User(2), digest: "d".to_owned(), dialect: "console", lifetime };
    world.run(create).unwrap();
    for (at, (method, path, body)) in OTHERS.iter().enumerate() {
        let method = method.parse().unwrap();
        let of = |query: &str, name: &str, value: &str| {
            send(&world, &method, &format!("{path}{query}"), &[ADMIN, (name, value)], body)
        };
        let commits = world.commits.load(Ordering::SeqCst);
        let (status, _, told) = of("?dry_run=true", "x-trial", "");
        assert!(status == 200 && told.contains(r#""dry_run":true"#), "{path}: {status} {told}");
        assert_eq!(without_secret(&told).1, None, "{path}: a trial tells no secret that nobody will have");
        let is_new = matches!(*path, "/v1/keys" | "/v1/tenants" | "/v1/tokens" | "/v1/webhooks");
        if !is_new {
            assert_eq!(of("", "if-match", "\"77\"").0, 412, "{path}");
        }
        assert_eq!(world.commits.load(Ordering::SeqCst), commits, "{path}: neither changed anything");
        let key = format!("key-{at}");
        let (status, replayed, first) = of("", "idempotency-key", &key);
        assert!(status < 300 && !replayed, "{path}: {status} {first}");
        let commits = world.commits.load(Ordering::SeqCst);
        let (again, replayed, second) = of("", "idempotency-key", &key);
        let ((first, secret), (second, no_secret)) = (without_secret(&first), without_secret(&second));
        assert_eq!((again, replayed, second, no_secret), (status, true, first, None), "{path}");
        let makes_secret = is_new || path.contains("/rotate");
        assert_eq!(secret.is_some(), makes_secret, "{path}");
        assert_eq!(world.commits.load(Ordering::SeqCst), commits, "{path}: done once");
        assert_eq!(of("", "idempotency-key", "").0, 400, "{path}");
        let other = send(&world, &Method::POST, "/v1/categories", &[ADMIN, ("idempotency-key", &key)], "{}");
        assert_eq!(other.0, 422, "{path}");
        if let Some(secret) = secret {
            assert!(!world.bytes().windows(secret.len()).any(|text| text == secret.as_bytes()), "{path}");
        }
    }
    assert_eq!(world.examine(), Vec::<String>::new());
}

#[test]
fn no_change_is_left_out() {
    let alike = |path: &str| {
        let resource = path.split('/').nth(2).unwrap();
        let named = ["keys", "tenants", "tokens", "webhooks", "sessions", "settings"].contains(&resource);
        !named && !path.contains("/erase") && !path.ends_with("/read")
    };
    for endpoint in native::DIALECT.endpoints.iter().filter(|endpoint| !endpoint.method.is_safe()) {
        let tried = OTHERS.iter().any(|(method, path, _)| {
            let shape = path.split('/').map(|part| if part.parse::<u32>().is_ok() { "{id}" } else { part });
            endpoint.method.as_str() == *method && shape.collect::<Vec<_>>().join("/") == endpoint.path
        });
        let attempts = endpoint.exchange.query.contains(&"dry_run");
        let each_time = [
            "test_webhook",
            "replay_dead_letter",
            "run_retention",
            // A second answer would be another one, and neither overwrites what somebody wrote.
            "allocate_notifications",
            "take_notifications",
            "check_password",
            "send_password",
        ]
        .contains(&endpoint.operation);
        // What all kinds of records have in common is tried by recorded conversations, and so are dead letters.
        let plain = attempts && (alike(endpoint.path) || endpoint.method != Method::POST);
        assert!(tried || each_time || plain, "{}: nobody tries to send it again", endpoint.operation);
    }
}

#[test]
fn a_thousand_items_are_one_change() {
    let world = Template::new().world();
    let item = |at: usize| format!(r#"{{"op":"create","value":{{"name":"n{at}","unique_id":"u{}"}}}}"#, at % 999);
    let body =
        |items: std::ops::Range<usize>| format!(r#"{{"items":[{}]}}"#, items.map(item).collect::<Vec<_>>().join(","));
    let bulk = |target: &str, body: &str| send(&world, &Method::POST, target, &[ADMIN], body);
    let (status, _, told) = bulk("/v1/customers/bulk", &body(0..1_000));
    assert!(status == 409 && told.contains("/items/999/value/unique_id"), "the last takes what the first has: {told}");
    assert!(world.record(Kind::Customer, 193).is_none());
    assert_eq!(bulk("/v1/customers/bulk", &body(0..1_001)).0, 400);
    let (status, _, told) = bulk("/v1/customers/bulk?atomic=false", &body(0..1_000));
    assert_eq!(
        (status, told.matches(r#""status":201"#).count(), told.matches(r#""status":409"#).count()),
        (200, 999, 1)
    );
    assert_eq!(world.record(Kind::Customer, 1_191).unwrap().text(Field::Name), "n998");
    assert!(world.record(Kind::Customer, 1_192).is_none());
    let operation = |id| world.history(id)[0].operation_id;
    assert_eq!(operation(193), operation(1_191));
    assert_eq!(world.examine(), Vec::<String>::new());
}
