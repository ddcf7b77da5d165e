//! Bodies that the native API does not take: each is refused with a pointer to what is wrong in it, and nothing is stored.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use http::Method;
use serde_json::Value;
use std::sync::atomic::Ordering;
use support::{Template, World};

const ADMIN: (&str, &str) = ("authorization", "Bearer demo-admin-token");
const JSON: (&str, &str) = ("content-type", "application/json");

/// Status, code, and the pointers to what is wrong.
fn refused(world: &World, method: &Method, target: &str, body: impl Into<Vec<u8>>) -> (u16, String, Vec<String>) {
    let body: Vec<u8> = body.into();
    let answer = world.ask(method, target, &[ADMIN, JSON], body);
    let problem: Value = serde_json::from_slice(answer.response.body()).unwrap();
    assert_eq!(answer.response.headers()["content-type"], "application/problem+json", "{problem}");
    let errors = problem["errors"].as_array().unwrap().iter();
    let pointers = errors.map(|error| error["pointer"].as_str().unwrap().to_owned()).collect();
    (answer.response.status().as_u16(), problem["code"].as_str().unwrap().to_owned(), pointers)
}

#[test]
fn what_is_wrong_in_a_body_is_pointed_to_and_nothing_is_stored() {
    let world = Template::new().world();
    let commits = world.commits.load(Ordering::SeqCst);
    let deep = format!(r#"{{"note":{}1{}}}"#, "[".repeat(100), "]".repeat(100));
    let long = format!(r#"{{"note":"{}"}}"#, "x".repeat(300_000));
    let cases: &[(&[u8], &str)] = &[
        // What is not JSON, or not as we take it.
        (b"", ""),
        (b"{", ""),
        (b"{} {}", ""),
        (b"{}x", ""),
        (b"[]", ""),
        (b"null", ""),
        (b"\"text\"", ""),
        (b"\xfe\xff\0{\0}", ""),
        (b"{'note':1}", ""),
        (br#"{"note":"a",}"#, ""),
        (br#"{"note":NaN}"#, "/note"),
        (br#"{"note":-Infinity}"#, "/note"),
        (br#"{"email_quota":1e999}"#, "/email_quota"),
        (br#"{"email_quota":+1}"#, "/email_quota"),
        (br#"{"email_quota":0x1}"#, ""),
        (br#"{"email_quota":01}"#, ""),
        (br#"{"note":"a","note":"b"}"#, "/note"),
        (br#"{"note":"a","n\u006fte":"b"}"#, "/note"),
        (br#"{"address":{"city":"a","city":"b"}}"#, "/address/city"),
        (br#"{"note":"\u0000"}"#, "/note"),
        (br#"{"note":"\u001b"}"#, "/note"),
        (b"{\"note\":\"\x1b\"}", "/note"),
        (b"{\"note\":\"\xef\xbf\xbf\"}", "/note"),
        (b"{\"note\":\"\xff\"}", "/note"),
        (b"{\"note\":\"\xed\xa0\x80\"}", "/note"),
        (b"{\"note\":\"\xc0\x80\"}", "/note"),
        (br#"{"emails":["a@b","\ud800"]}"#, "/emails/1"),
        (br#"{"address":{"line1":"\udc00\ud800"}}"#, "/address/line1"),
        (deep.as_bytes(), &*format!("/note{}", "/0".repeat(63))),
        // Values that do not fit.
        (br#"{"note":1}"#, "/note"),
        (br#"{"note":{}}"#, "/note"),
        (br#"{"email_quota":"12abc"}"#, "/email_quota"),
        (br#"{"email_quota":1.5}"#, "/email_quota"),
        (br#"{"email_quota":-1}"#, "/email_quota"),
        (br#"{"email_quota":2147483648}"#, "/email_quota"),
        (br#"{"email_quota":99999999999999999999}"#, "/email_quota"),
        (br#"{"company":0}"#, "/company"),
        (br#"{"company":99}"#, "/company"),
        (br#"{"company":9223372036854775808}"#, "/company"),
        (br#"{"locked":"true"}"#, "/locked"),
        (br#"{"emails":"a@b"}"#, "/emails"),
        (br#"{"emails":["a"]}"#, "/emails"),
        (br#"{"emails":["a@b\r\nBcc: c@d"]}"#, "/emails"),
        (br#"{"emails":[null]}"#, "/emails"),
        (br#"{"emails":["a@b","A@B"]}"#, "/emails"),
        (br#"{"address":"Oslo"}"#, "/address"),
        (br#"{"address":{"country":"Atlantis"}}"#, "/address/country"),
        (br#"{"status":"Active"}"#, "/status"),
        (br#"{"language":"english please"}"#, "/language"),
        (br#"{"username":"janeroe"}"#, "/username"),
        (br#"{"extra_fields":{"x_6":"many"}}"#, "/extra_fields/x_6"),
        (long.as_bytes(), "/note"),
        // Members that there are not, or that nobody sets.
        (br#"{"__proto__":{"admin":true}}"#, "/__proto__"),
        (br#"{"is_admin":true}"#, "/is_admin"),
        (br#"{"adress":{}}"#, "/adress"),
        (br#"{"address":{"town":"Oslo"}}"#, "/address/town"),
        (br#"{"extra_fields":{"x_99":"1"}}"#, "/extra_fields/x_99"),
        (br#"{"id":11}"#, "/id"),
        (br#"{"version":7}"#, "/version"),
        (br#"{"updated_by":"me"}"#, "/updated_by"),
        (br#"{"created_at":"2026-01-01T00:00:00Z"}"#, "/created_at"),
    ];
    let mut wrong = Vec::new();
    for (body, pointer) in cases {
        let shown = body.escape_ascii().to_string().chars().take(80).collect::<String>();
        let (status, code, pointers) = refused(&world, &Method::PATCH, "/v1/customers/10", *body);
        let expected: &[&str] = if pointer.is_empty() { &[] } else { &[*pointer] };
        if !(400..500).contains(&status) || pointers != expected {
            wrong.push(format!("{shown}: {status} {code} {pointers:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(world.commits.load(Ordering::SeqCst), commits, "nothing was stored");
}

#[test]
fn an_id_is_a_whole_number_in_one_spelling() {
    let world = Template::new().world();
    let commits = world.commits.load(Ordering::SeqCst);
    for id in [
        "0",
        "-1",
        "+10",
        "010",
        "1.0",
        "1e1",
        "0xA",
        "%D9%A3",
        "10%20",
        "10%00",
        "2147483648",
        "9223372036854775808",
        "99999999999999999999",
        "ten",
        "%2e%2e",
    ] {
        for (method, body) in [(Method::GET, ""), (Method::PATCH, r#"{"note":"x"}"#), (Method::DELETE, "")] {
            let (status, code, _) = refused(&world, &method, &format!("/v1/customers/{id}"), body);
            assert_eq!((status, &*code), (404, "not_found"), "{method} {id}");
        }
    }
    assert_eq!(world.commits.load(Ordering::SeqCst), commits);
}
