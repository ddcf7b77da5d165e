//! Two records of one customer become one: nothing of either is lost, every dialect says where the other went, and it can
//! be taken back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use http::Method;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use support::{Template, World};

const ADMIN: (&str, &str) = ("authorization", "Bearer demo-admin-token");

fn send(world: &World, method: &Method, target: &str, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
    let headers: Vec<_> = [ADMIN].into_iter().chain(headers.iter().copied()).collect();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let answer = world.ask(method, target, &headers, body);
    let body = serde_json::from_slice(answer.response.body()).unwrap_or_default();
    (answer.response.status().as_u16(), body)
}

fn get(world: &World, target: &str) -> Value {
    let (status, body) = send(world, &Method::GET, target, &[], &Value::Null);
    assert_eq!(status, 200, "{target}: {body}");
    body
}

#[track_caller]
fn post(world: &World, target: &str, body: &Value) -> Value {
    let (status, answer) = send(world, &Method::POST, target, &[], body);
    assert_eq!(status, 200, "{target}: {answer}");
    answer
}

#[track_caller]
fn patch(world: &World, target: &str, body: &Value) {
    let (status, answer) = send(world, &Method::PATCH, target, &[], body);
    assert_eq!(status, 200, "{target}: {answer}");
}

/// What of a record is not its own bookkeeping.
fn values(mut record: Value) -> Value {
    for name in ["version", "updated_at", "updated_by"] {
        record.as_object_mut().unwrap().remove(name);
    }
    record
}

fn tickets(world: &World, id: i64) -> Vec<i64> {
    let list = get(world, &format!("/v1/customers/{id}/tickets?deleted=true"));
    list["data"].as_array().unwrap().iter().map(|ticket| ticket["id"].as_i64().unwrap()).collect()
}

/// Customer 11 has what 10 has not, and what 10 has otherwise.
fn prepare(world: &World) {
    patch(
        world,
        "/v1/customers/11",
        &json!({
            "phone": "11", "mobile_phone": "12", "unique_id": "jane", "subscription_ids": ["S1"], "order_ids": ["O1", "O2"],
            "address": { "city": "Oslo" }, "note": "n", "custom1": "gold", "extra_fields": { "x_6": 7 },
        }),
    );
    patch(world, "/v1/customers/10", &json!({ "order_ids": ["O9"], "address": { "line1": "One Way" } }));
}

#[test]
fn the_one_that_stays_takes_what_it_does_not_have() {
    let world = Template::new().world();
    prepare(&world);
    let before = get(&world, "/v1/customers/10");
    let commits = world.commits.load(Ordering::SeqCst);
    let trial = post(&world, "/v1/customers/10/merge?dry_run=true", &json!({ "customer": 11 }));
    assert_eq!(world.commits.load(Ordering::SeqCst), commits, "a preview stores nothing");
    let planned = trial["changes"].as_array().unwrap();
    let kinds: Vec<_> = planned.iter().map(|planned| planned["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ticket", "customer", "audit_entry", "customer"], "{trial}");

    let merged = post(&world, "/v1/customers/10/merge", &json!({ "customer": 11, "version": 2 }));
    let expected = json!({
        "emails": ["john.doe@example.com", "jd@old.example", "jane@example.com"], "phone": "021 555", "mobile_phone": "12",
        "unique_id": "jane", "subscription_ids": ["S1"], "order_ids": ["O9", "O1", "O2"], "note": "n", "custom1": "gold",
        "username": "johndoe", "first_name": "John", "merged_into": null,
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(merged[name], *value, "{name}");
    }
    assert_eq!((&merged["address"]["line1"], &merged["address"]["city"]), (&json!("One Way"), &Value::Null));
    assert_eq!(merged["extra_fields"]["x_6"], 7);
    assert_eq!(merged["version"].as_i64(), before["version"].as_i64().map(|version| version + 1));
    assert_eq!(planned[3]["record"], values_like(&planned[3]["record"], &merged), "the preview told it");

    let gone = get(&world, "/v1/customers/11");
    assert_eq!((&gone["merged_into"], &gone["status"]), (&json!(10), &json!("deleted")));
    assert_eq!(
        (&gone["unique_id"], &gone["order_ids"], &gone["username"]),
        (&Value::Null, &json!([]), &json!("janeroe"))
    );
    assert_eq!((tickets(&world, 10), tickets(&world, 11)), (vec![500, 501, 502], vec![]));
    let audit = get(&world, "/v1/audit_entries?filter=action+%3D+merge");
    assert_eq!((&audit["data"][0]["subject"], &audit["data"][0]["updated_by"]), (&json!(11), &json!("demo-admin")));
    assert_eq!(world.examine(), [] as [String; 0]);
}

/// The record as it is but for when and by whom.
fn values_like(planned: &Value, record: &Value) -> Value {
    let mut record = record.clone();
    for name in ["updated_at", "updated_by"] {
        record[name] = planned[name].clone();
    }
    record
}

#[test]
fn values_can_be_taken_from_the_other() {
    let world = Template::new().world();
    prepare(&world);
    let merge = json!({ "customer": 11, "take": ["phone", "address.line1", "address.city", "emails"] });
    let merged = post(&world, "/v1/customers/10/merge", &merge);
    assert_eq!((&merged["phone"], &merged["emails"]), (&json!("11"), &json!(["jane@example.com"])));
    assert_eq!((&merged["address"]["line1"], &merged["address"]["city"]), (&Value::Null, &json!("Oslo")));
}

#[test]
fn what_cannot_be_merged_is_refused() {
    let world = Template::new().world();
    let commits = world.commits.load(Ordering::SeqCst);
    for (body, expected) in [
        (json!({ "customer": 10 }), 400),
        (json!({ "customer": 9_999 }), 404),
        (json!({ "customer": "11" }), 400),
        (json!({}), 400),
        (json!([11]), 400),
        (json!({ "customer": 11, "into": 10 }), 400),
        (json!({ "customer": 11, "version": 7 }), 412),
        (json!({ "customer": 11, "version": -1 }), 400),
        (json!({ "customer": 11, "take": ["username"] }), 400),
        (json!({ "customer": 11, "take": ["password"] }), 400),
        (json!({ "customer": 11, "take": ["title"] }), 400),
        (json!({ "customer": 11, "take": "phone" }), 400),
    ] {
        let (status, answer) = send(&world, &Method::POST, "/v1/customers/10/merge", &[], &body);
        assert_eq!(status, expected, "{body}: {answer}");
    }
    let stale =
        send(&world, &Method::POST, "/v1/customers/10/merge", &[("if-match", "\"9\"")], &json!({ "customer": 11 }));
    assert_eq!(stale.0, 412);
    assert_eq!(send(&world, &Method::POST, "/v1/customers/10/undo-merge", &[], &Value::Null).0, 422);
    let by_hand = send(&world, &Method::PATCH, "/v1/customers/11", &[], &json!({ "merged_into": 10 }));
    assert_eq!((by_hand.0, &by_hand.1["errors"][0]["pointer"]), (400, &json!("/merged_into")));
    assert_eq!(world.commits.load(Ordering::SeqCst), commits);
}

#[test]
fn a_merge_is_taken_back() {
    let world = Template::new().world();
    prepare(&world);
    let paths = ["/v1/customers/10", "/v1/customers/11", "/v1/tickets/500", "/v1/tickets/502"];
    let before = paths.map(|path| values(get(&world, path)));
    post(&world, "/v1/customers/10/merge", &json!({ "customer": 11 }));
    let back = post(&world, "/v1/customers/11/undo-merge", &Value::Null);
    assert_eq!((&back["id"], &back["merged_into"]), (&json!(11), &Value::Null));
    assert_eq!(paths.map(|path| values(get(&world, path))), before);
    assert_eq!(send(&world, &Method::POST, "/v1/customers/11/undo-merge", &[], &Value::Null).0, 422, "once");
    assert_eq!(world.examine(), [] as [String; 0]);
}

#[test]
fn what_changed_since_stays() {
    let world = Template::new().world();
    prepare(&world);
    post(&world, "/v1/customers/10/merge", &json!({ "customer": 11 }));
    patch(&world, "/v1/customers/10", &json!({ "mobile_phone": "new", "order_ids": ["O1", "O9", "O2", "O77"] }));
    patch(&world, "/v1/tickets/502", &json!({ "customer": 191 }));
    post(&world, "/v1/customers/11/undo-merge", &Value::Null);
    let (keeper, other) = (get(&world, "/v1/customers/10"), get(&world, "/v1/customers/11"));
    assert_eq!((&keeper["mobile_phone"], &other["mobile_phone"]), (&json!("new"), &json!("12")));
    assert_eq!((&keeper["order_ids"], &other["order_ids"]), (&json!(["O9", "O77"]), &json!(["O1", "O2"])));
    assert_eq!((&keeper["unique_id"], &other["unique_id"]), (&Value::Null, &json!("jane")));
    assert_eq!((tickets(&world, 11), tickets(&world, 191)), (vec![], vec![502]));
}

#[test]
fn merges_form_chains_and_end_in_the_last() {
    let world = Template::new().world();
    post(&world, "/v1/customers/10/merge", &json!({ "customer": 11 }));
    post(&world, "/v1/customers/191/merge", &json!({ "customer": 10 }));
    assert_eq!(tickets(&world, 191), [500, 501, 502]);
    let (status, refused) = send(&world, &Method::POST, "/v1/customers/11/undo-merge", &[], &Value::Null);
    assert!(status == 423 && refused["detail"].as_str().unwrap().contains("191"), "{refused}");
    let export = get(&world, "/v1/customers/191/export");
    let merged: Vec<_> = export["merged"].as_array().unwrap().iter().map(|customer| &customer["id"]).collect();
    assert_eq!(merged, [10, 11]);
    // Who is forgotten is forgotten in every record.
    let (status, refused) = send(&world, &Method::POST, "/v1/customers/11/erase", &[], &Value::Null);
    assert!(status == 404 && refused["detail"] == "Customer 11 was merged into customer 10", "{refused}");
    post(&world, "/v1/customers/191/erase", &Value::Null);
    for id in [10, 11, 191] {
        let (status, gone) = send(&world, &Method::GET, &format!("/v1/customers/{id}"), &[], &Value::Null);
        assert!(status == 404 && gone["detail"].as_str().unwrap().contains("erased"), "{gone}");
    }
    assert_eq!(world.examine(), [] as [String; 0]);
}

#[test]
fn every_dialect_says_where_the_other_went() {
    const SAID: &str = "Customer 11 was merged into customer 10";
    let world = Template::new().world();
    prepare(&world);
    post(&world, "/v1/customers/10/merge", &json!({ "customer": 11 }));
    for (method, target) in [
        (Method::PATCH, "/v1/customers/11"),
        (Method::PUT, "/v1/customers/11"),
        (Method::DELETE, "/v1/customers/11"),
        (Method::POST, "/v1/customers/11/restore"),
    ] {
        let (status, refused) = send(&world, &method, target, &[], &json!({}));
        assert!(status == 404 && refused["detail"] == SAID, "{method} {target}: {status} {refused}");
    }
    let everlytic = [("authorization", "Basic ZGVtbzowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OUFCQ0RFRl8x")];
    for (method, body) in [(Method::GET, ""), (Method::PUT, r#"{"status":"on"}"#), (Method::DELETE, "")] {
        let answer = world.ask(&method, "/api/2.0/customers/11", &everlytic, body);
        let said = String::from_utf8(answer.response.body().to_vec()).unwrap();
        assert!(answer.response.status() == 404 && said.contains(SAID), "{method}: {said}");
    }
    let trackfinity = [("api-username", "tf_admin"), ("api-key", "44b5498dbcb481a0d00b404c0169af62")];
    let target = "/api/customer/set_customer_details";
    let answer = world.ask(&Method::PATCH, target, &trackfinity, "customer_id=11&firstname=Jane");
    let said = String::from_utf8(answer.response.body().to_vec()).unwrap();
    assert!(answer.response.status() == 404 && said.contains(SAID), "{said}");
    // Its subscription is the other one's now.
    let answer = world.ask(&Method::PATCH, target, &trackfinity, "subscription_id=S1&firstname=Johnny");
    assert_eq!(
        (answer.response.status().as_u16(), get(&world, "/v1/customers/10")["first_name"].clone()),
        (200, json!("Johnny"))
    );
    let listed = get(&world, "/v1/customers?limit=200");
    assert!(listed["data"].as_array().unwrap().iter().all(|customer| customer["id"] != 11));
}

#[test]
fn all_tickets_go_along_and_come_back() {
    let world = Template::new().world();
    // More than an operation has rounds to load them one by one.
    for number in 0..150 {
        let ticket = json!({ "title": format!("T{number}"), "customer": 11 });
        assert_eq!(send(&world, &Method::POST, "/v1/tickets", &[], &ticket).0, 201);
    }
    let count =
        |id: i64| get(&world, &format!("/v1/customers/{id}/tickets?limit=200"))["data"].as_array().unwrap().len();
    let before = (count(10), count(11));
    assert_eq!(before.1, 151);
    post(&world, "/v1/customers/10/merge", &json!({ "customer": 11 }));
    assert_eq!((count(10), count(11)), (before.0 + before.1, 0));
    post(&world, "/v1/customers/11/undo-merge", &Value::Null);
    assert_eq!((count(10), count(11)), before);
    assert_eq!(world.examine(), [] as [String; 0]);
}
