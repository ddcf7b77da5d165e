//! What a change understands besides what it changes, where one conversation cannot show it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use domain::operation::{KEPT, Purge};
use domain::{Field, Kind};
use http::{Method, StatusCode};
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
    ] {
        assert_eq!(of(&method, path, &[], body), StatusCode::PRECONDITION_REQUIRED.as_u16(), "{method} {path}");
    }
    assert_eq!(of(&Method::POST, "/v1/customers", &[], r#"{"name":"x"}"#), 201, "a new record has no version");
    assert_eq!(of(&Method::PATCH, "/v1/customers/10", &[("if-match", "\"2\"")], patch), 412);
    assert_eq!(of(&Method::PATCH, "/v1/customers/10", &[("if-match", "\"1\"")], patch), 200);
    assert_eq!(of(&Method::PATCH, "/v1/customers/10", &[("if-match", "*")], patch), 200);
    assert_eq!(world.record(Kind::Customer, 10).unwrap().version, 2);
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
