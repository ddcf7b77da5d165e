//! Whose a row of a file is, and what becomes of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use domain::{Field, Kind};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Template, World};

const ADMIN: (&str, &str) = ("Authorization", "Bearer demo-admin-token");

fn ask(world: &World, method: &Method, target: &str, body: &Value) -> (StatusCode, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let answer = world.ask(method, target, &[ADMIN], body);
    let told = serde_json::from_slice(answer.response.body()).unwrap_or_default();
    (answer.response.status(), told)
}

#[track_caller]
fn post(world: &World, target: &str, body: &Value) -> Value {
    let (status, told) = ask(world, &Method::POST, target, body);
    assert!(status.is_success(), "{target}: {status} {told}");
    told
}

/// What comes of rows: what was done with each, and why not. A trial says the same.
fn import(world: &World, mut body: Value, rows: &[Value]) -> Vec<String> {
    body["rows"] = rows.iter().map(|row| json!({ "values": row })).collect();
    let run = |target: &str| {
        let told = post(world, target, &body);
        let result = |result: &Value| {
            let what = result["what"].as_str().unwrap();
            match result["reason"].as_str() {
                Some(reason) => reason.to_owned(),
                None => format!("{what} {}", result["id"]),
            }
        };
        told["results"].as_array().unwrap().iter().map(result).collect::<Vec<_>>()
    };
    let tried = run("/v1/customers/import?dry_run=true");
    let done = run("/v1/customers/import");
    for (tried, done) in tried.iter().zip(&done) {
        assert!(tried == done || (tried == "create null" && done.starts_with("create ")), "{tried}: {done}");
    }
    done
}

#[test]
fn a_row_is_for_the_customer_that_all_its_keys_name() {
    let world = Template::new().world();
    post(&world, "/v1/customers", &json!({ "name": "A", "emails": ["one@x.example", "Same@X.example"] }));
    post(&world, "/v1/customers", &json!({ "name": "B", "emails": ["same@x.example"] }));
    for (row, expected) in [
        (json!({ "emails": "JD@old.example", "phone": "1" }), "update 10"),
        (json!({ "emails": "jd@old.example", "username": "JohnDoe", "phone": "1" }), "update 10"),
        (json!({ "username": "johndoe", "phone": "1" }), "update 10"),
        (json!({ "username": "johndoe", "phone": "1" }), "unchanged 10"),
        (
            json!({ "emails": "same@x.example" }),
            "e-mail \"same@x.example\" is that of several customers, such as 193 and 194",
        ),
        (
            json!({ "unique_id": "ACME-7", "emails": "ada@example.com" }),
            "unique_id \"ACME-7\" is customer 7, and e-mail \"ada@example.com\" is customer 191",
        ),
        (
            json!({ "unique_id": "ACME-8", "emails": "hello@acme.example" }),
            "e-mail \"hello@acme.example\" is customer 7, whose unique_id is \"ACME-7\"",
        ),
        (json!({ "unique_id": "ACME-7", "username": "acme" }), "update 7"),
        (json!({ "name": "New", "username": "new", "emails": "ada@example.com.no" }), "create 195"),
    ] {
        assert_eq!(import(&world, json!({ "as": "native" }), &[row]), [expected]);
    }
    // What is matched by nothing is new each time.
    let by_id = json!({ "as": "native", "match": ["id"] });
    assert_eq!(import(&world, by_id, &[json!({ "name": "N" }), json!({ "name": "N" })]), ["create 196", "create 197"]);
    assert_eq!(world.examine(), Vec::<String>::new());
}

#[test]
fn ids_are_kept_and_nobody_is_taken_for_another() {
    let world = Template::new().world();
    let keep = || json!({ "as": "native", "keep_ids": true });
    for (row, expected) in [
        (json!({ "id": "5000", "name": "Kept" }), "create 5000"),
        (json!({ "id": "5000", "name": "Kept" }), "unchanged 5000"),
        (json!({ "id": 5001, "emails": "ada@example.com" }), "e-mail \"ada@example.com\" is customer 191, not 5001"),
        (json!({ "name": "Nobody" }), "it has no id, and ids are to be kept"),
        (json!({ "id": "5x" }), "id \"5x\" must be a whole number"),
        (json!({ "id": "0" }), "An id is a whole number from 1 to 2147483647"),
        (json!({ "id": "2147483648" }), "An id is a whole number from 1 to 2147483647"),
    ] {
        assert_eq!(import(&world, keep(), std::slice::from_ref(&row))[0].trim_start_matches("id: "), expected, "{row}");
    }
    let next = post(&world, "/v1/customers", &json!({ "name": "Next" }));
    assert_eq!(next["id"], 5_001);
    let by_email = json!({ "as": "native", "keep_ids": true, "match": ["emails"] });
    let told = import(&world, by_email, &[json!({ "id": 10, "emails": "other@x.example" })]);
    assert_eq!(told, ["customer 10 is there already, and is another one"]);
    let by_name = json!({ "as": "native", "match": ["id", "emails"] });
    let rows = [json!({ "id": 10, "phone": "5" }), json!({ "emails": "john.doe@example.com", "phone": "6" })];
    assert_eq!(import(&world, by_name, &rows), ["update 10", "line 1 is customer 10 already"]);
    assert_eq!(world.record(Kind::Customer, 10).unwrap().text(Field::Phone), "5");
    assert_eq!(world.examine(), Vec::<String>::new());
}

#[test]
fn who_is_gone_is_left_alone() {
    let world = Template::new().world();
    post(&world, "/v1/customers/11/erase", &Value::Null);
    post(&world, "/v1/customers/7/merge", &json!({ "customer": 192 }));
    assert!(ask(&world, &Method::DELETE, "/v1/customers/191", &Value::Null).0.is_success());
    let keep = || json!({ "as": "native", "keep_ids": true });
    for (row, expected) in [
        (json!({ "id": 11, "name": "Jane" }), "Customer 11 was erased: nothing is kept of them"),
        (json!({ "id": 192, "name": "L" }), "Customer 192 was merged into customer 7"),
        (json!({ "id": 191, "first_name": "Ada" }), "unchanged 191"),
        (json!({ "id": 191, "first_name": "Eva" }), "customer 191 is deleted: restore it first"),
        (json!({ "id": 191, "status": "active" }), "customer 191 is deleted: restore it first"),
    ] {
        assert_eq!(import(&world, keep(), &[row]), [expected]);
    }
    // Her address is nobody's key any more.
    let row = json!({ "emails": "ada@example.com" });
    assert!(import(&world, json!({ "as": "native" }), &[row])[0].starts_with("create "));
    let trackfinity = || json!({ "as": "trackfinity", "match": ["id"] });
    assert!(ask(&world, &Method::PATCH, "/v1/customers/10", &json!({ "locked": true })).0.is_success());
    for (row, expected) in [
        (json!({ "customer_id": 10, "firstname": "John" }), "unchanged 10"),
        (json!({ "customer_id": 10, "firstname": "Jon" }), "Customer 10 is locked: unlock it first."),
        (json!({ "customer_id": 100, "orderid": "O-1\nO-2", "zip": "007" }), "update 100"),
        (json!({ "customer_id": 100, "orderid": "O-2", "zip": "REMOVE" }), "update 100"),
    ] {
        assert_eq!(import(&world, trackfinity(), &[row]), [expected]);
    }
    let contoso = world.record(Kind::Customer, 100).unwrap();
    assert_eq!(
        (contoso.texts(Field::OrderIds), contoso.text(Field::PostalCode)),
        (&["O-1".to_owned(), "O-2".to_owned()][..], "")
    );
    let order = json!({ "as": "trackfinity", "match": ["order_ids"], "only": "update" });
    assert_eq!(import(&world, order, &[json!({ "orderid": "O-2", "city": "Oslo" })]), ["update 100"]);
}

#[test]
fn where_versions_are_demanded_only_new_customers_are_taken_and_a_trial_says_so() {
    let world = Template::new().world();
    assert!(ask(&world, &Method::PATCH, "/v1/settings", &json!({ "demands_versions": true })).0.is_success());
    let rows = json!([{ "values": { "unique_id": "new", "name": "New" } }]);
    for target in ["/v1/customers/import?dry_run=true", "/v1/customers/import"] {
        let (status, told) = ask(&world, &Method::POST, target, &json!({ "as": "native", "rows": rows }));
        assert_eq!(status, StatusCode::PRECONDITION_REQUIRED, "{target}: {told}");
        let told = post(&world, target, &json!({ "as": "native", "only": "create", "rows": rows }));
        assert_eq!(told["create"], 1, "{told}");
    }
}

#[test]
fn a_thousand_rows_are_one_change() {
    let world = Template::new().world();
    let rows = |count: usize| {
        let row =
            |at: usize| json!({ "values": { "unique_id": format!("u{at}"), "emails": format!("u{at}@x.example") } });
        json!({ "as": "native", "rows": (0..count).map(row).collect::<Vec<_>>() })
    };
    let (status, told) = ask(&world, &Method::POST, "/v1/customers/import", &rows(1_001));
    assert!(status == 400 && told["detail"] == "One request has at most 1000 rows", "{told}");
    assert_eq!(post(&world, "/v1/customers/import", &rows(1_000))["create"], 1_000);
    let again = post(&world, "/v1/customers/import", &rows(1_000));
    assert_eq!((&again["create"], &again["unchanged"]), (&json!(0), &json!(1_000)));
    let ids = [0, 999].map(|at| again["results"][at]["id"].as_i64().unwrap());
    let [first, last] = ids.map(|id| world.history(id)[0].clone());
    assert_eq!((first.operation_id, &*first.origin.dialect), (last.operation_id, "import"));
    assert_eq!(world.examine(), Vec::<String>::new());
}
