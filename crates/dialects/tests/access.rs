//! What a credential reaches beyond its role: scopes, networks, time, masks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use dialects::{Answer, Quotas, Rates, sign_in};
use domain::operation::{Load, NewRecord};
use domain::{Field, Kind, Value};
use http::Method;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use support::{Template, World, request};

fn texts(texts: &[&str]) -> Value {
    Value::Texts(texts.iter().map(|text| (*text).to_owned()).collect())
}

/// A native key named and spelt `key`, of that role, with these values.
fn key(world: &World, id: i64, key: &str, role: &str, values: &[(Field, Value)]) {
    let own = [(Field::Username, key.into()), (Field::Digest, sign_in::digest(key).into()), (Field::Role, role.into())];
    let values = own.into_iter().chain(values.iter().cloned()).collect();
    world.run(Load { records: vec![NewRecord { kind: Kind::Key, id, values }] }).unwrap();
}

fn ask(world: &World, key: &str, method: &Method, target: &str, body: &'static str) -> Answer {
    world.ask(method, target, &[("authorization", &format!("Bearer {key}"))], body)
}

fn status(answer: &Answer) -> u16 {
    answer.response.status().as_u16()
}

fn json(answer: &Answer) -> serde_json::Value {
    serde_json::from_slice(answer.response.body()).unwrap()
}

#[test]
fn scopes_narrow_a_role() {
    let world = Template::new().world();
    key(&world, 101, "reads", "admin", &[(Field::Scopes, texts(&["customers:read"]))]);
    key(&world, 102, "writes", "agent", &[(Field::Scopes, texts(&["customers"]))]);
    key(&world, 103, "tickets", "admin", &[(Field::Scopes, texts(&["tickets"]))]);
    key(&world, 104, "broken", "admin", &[(Field::Scopes, texts(&["everything"]))]);
    for (key, read, write) in [("reads", 200, 403), ("writes", 200, 200), ("tickets", 403, 403), ("broken", 401, 401)] {
        assert_eq!(status(&ask(&world, key, &Method::GET, "/v1/customers/10", "")), read, "{key}");
        let body = r#"{"note":"scoped"}"#;
        assert_eq!(status(&ask(&world, key, &Method::PATCH, "/v1/customers/10", body)), write, "{key}");
    }
}

#[test]
fn a_key_of_a_user_is_never_more_than_that_user() {
    let world = Template::new().world();
    key(&world, 101, "idas", "admin", &[(Field::UserId, 3.into()), (Field::Dialects, texts(&["superoffice"]))]);
    key(&world, 102, "admins", "viewer", &[(Field::UserId, 1.into())]);
    // Ida may not sign in here at all; the administrator may, but this key only reads.
    assert_eq!(status(&ask(&world, "idas", &Method::GET, "/v1/customers/10", "")), 401);
    assert_eq!(status(&ask(&world, "admins", &Method::GET, "/v1/customers/10", "")), 200);
    assert_eq!(status(&ask(&world, "admins", &Method::PATCH, "/v1/customers/10", "{}")), 403);
}

#[test]
fn a_credential_is_for_its_networks_also_when_it_is_remembered() {
    let world = Template::new().world();
    key(&world, 101, "office", "viewer", &[(Field::Networks, texts(&["192.0.2.0/24", "2001:db8::/32"]))]);
    let from = |address: &str| {
        let headers = [("authorization", "Bearer office")];
        let mut request = request(&Method::GET, "/v1/customers/10", &headers, "");
        request.address = address.parse().unwrap();
        status(&world.send(&request).unwrap().1)
    };
    for (address, expected) in [
        ("192.0.2.7", 200),
        ("192.0.3.7", 403),
        ("192.0.2.7", 200),
        ("2001:db8::1", 200),
        ("::ffff:192.0.2.9", 200),
        ("127.0.0.1", 403),
    ] {
        assert_eq!(from(address), expected, "{address}");
    }
}

#[test]
fn a_remembered_key_ends_on_time() {
    let world = Template::new().world();
    let now = world.clock.load(Ordering::Relaxed);
    key(&world, 101, "short", "viewer", &[(Field::ExpiresAt, (now + 5_000_000).into())]);
    assert_eq!(status(&ask(&world, "short", &Method::GET, "/v1/customers/10", "")), 200);
    world.clock.store(now + 4_999_999, Ordering::Relaxed);
    assert_eq!(status(&ask(&world, "short", &Method::GET, "/v1/customers/10", "")), 200);
    world.clock.store(now + 5_000_000, Ordering::Relaxed);
    assert_eq!(status(&ask(&world, "short", &Method::GET, "/v1/customers/10", "")), 401);
}

#[test]
fn viewers_see_masked_fields_nowhere() {
    let world = Template::new().world();
    let masked = texts(&["emails", "phone", "name", "x_6", "username"]);
    world.amend(Kind::Tenant, 1, Field::MaskedFields, Some(masked));
    let everlytic = [("authorization", "Basic dmlld2VyOmZlZGNiYTk4NzY1NDMyMTBmZWRjYmE5ODc2NTQzMjEwXzI=")];
    let viewer = |target: &str| {
        let headers: &[(&str, &str)] =
            if target.starts_with("/v1") { &[("authorization", "Bearer demo-read-token")] } else { &everlytic };
        let answer = world.ask(&Method::GET, target, headers, "");
        (status(&answer), String::from_utf8(answer.response.body().to_vec()).unwrap())
    };
    let patch = r#"{"phone":"+47 1","emails":["new@doe.example"],"last_name":"Dow"}"#;
    assert_eq!(status(&ask(&world, "demo-admin-token", &Method::PATCH, "/v1/customers/10", patch)), 200);
    for target in [
        "/v1/customers/10",
        "/v1/customers?limit=200",
        "/v1/customers/10/history",
        "/api/2.0/customers/10",
        "/api/2.0/customers",
    ] {
        let (status, body) = viewer(target);
        assert_eq!(status, 200, "{target}");
        assert!(body.contains("***"), "{target}: {body}");
        for secret in ["John", "Doe", "Dow", "021 555", "+47 1", "doe.example", "jd@old.example", "johndoe"] {
            assert!(!body.contains(secret), "{target} shows {secret}: {body}");
        }
    }
    // What is hidden cannot be found out by asking for it.
    let (status_found, _) = viewer("/api/2.0/customers?filter[telephone]=021*");
    let (status_absent, _) = viewer("/api/2.0/customers?filter[telephone]=999*");
    assert_eq!((status_found, status_absent), (403, 403));
    let admin = ask(&world, "demo-admin-token", &Method::GET, "/v1/customers/10", "");
    assert_eq!(json(&admin)["phone"], "+47 1");
}

const ADMIN: &str = "demo-admin-token";

/// The key that an answer shows.
fn shown(answer: &Answer) -> String {
    json(answer)["key"].as_str().unwrap().to_owned()
}

#[test]
fn a_rotated_key_overlaps_and_a_deleted_one_ends_at_once() {
    let world = Template::new().world();
    let works = |key: &str| status(&ask(&world, key, &Method::GET, "/v1/me", ""));
    let made = ask(&world, ADMIN, &Method::POST, "/v1/keys", r#"{"username":"shop","role":"viewer"}"#);
    assert_eq!(made.response.headers()["cache-control"], "no-store");
    let first = shown(&made);
    let path = format!("/v1/keys/{}", json(&made)["id"]);
    let rotate = |body| shown(&ask(&world, ADMIN, &Method::POST, &format!("{path}/rotate"), body));
    assert_eq!(works(&first), 200);
    let second = rotate(r#"{"overlap_seconds":60}"#);
    assert_eq!((works(&first), works(&second)), (200, 200));
    world.clock.fetch_add(59_999_999, Ordering::Relaxed);
    assert_eq!((works(&first), works(&second)), (200, 200));
    world.clock.fetch_add(1, Ordering::Relaxed);
    assert_eq!((works(&first), works(&second)), (401, 200), "also while it was remembered");
    let third = rotate("");
    let fourth = rotate("");
    assert_eq!((works(&second), works(&third), works(&fourth)), (401, 200, 200), "two work, never three");
    let fifth = rotate(r#"{"overlap_seconds":0}"#);
    assert_eq!((works(&fourth), works(&fifth)), (401, 200));
    assert_eq!(status(&ask(&world, ADMIN, &Method::DELETE, &path, "")), 200);
    assert_eq!(works(&fifth), 401);
}

#[test]
fn an_administrator_with_scopes_cannot_give_more() {
    let world = Template::new().world();
    key(&world, 101, "clerk", "admin", &[(Field::Scopes, texts(&["administration", "customers:read"]))]);
    for (scopes, expected) in [
        (r#"["customers:read"]"#, 201),
        (r#"["administration"]"#, 201),
        (r#"["customers"]"#, 403),
        (r#"["tickets:read"]"#, 403),
        ("[]", 403),
    ] {
        let body = format!(r#"{{"username":"x","role":"admin","scopes":{scopes}}}"#);
        let answer = world.ask(&Method::POST, "/v1/keys", &[("authorization", "Bearer clerk")], body);
        assert_eq!(status(&answer), expected, "{scopes}");
    }
    assert_eq!(status(&ask(&world, "clerk", &Method::POST, "/v1/keys/1/rotate", "")), 403, "that key has more");
}

#[test]
fn tenants_are_apart() {
    let world = Template::new().world();
    let made = ask(&world, ADMIN, &Method::POST, "/v1/tenants", r#"{"name":"acme","hosts":["crm.acme.example"]}"#);
    let acme = shown(&made);
    let acme = |method: &Method, target: &str, body| ask(&world, &acme, method, target, body);
    for (target, expected) in [
        ("/v1/customers/10", 404),
        ("/v1/users/1", 404),
        ("/v1/tenants/1", 404),
        ("/v1/tenants/2", 200),
        ("/v1/keys/2", 404),
    ] {
        assert_eq!(status(&acme(&Method::GET, target, "")), expected, "{target}");
    }
    assert_eq!(json(&acme(&Method::GET, "/v1/tenants", ""))["data"].as_array().unwrap().len(), 1);
    assert_eq!(json(&acme(&Method::GET, "/v1/customers", ""))["data"], serde_json::json!([]));
    assert_eq!(json(&acme(&Method::POST, "/v1/customers", r#"{"name":"first"}"#))["id"], 1);
    let names = json(&acme(&Method::POST, "/v1/users", r#"{"username":"egon","role":"viewer"}"#));
    assert_eq!((&names["id"], &names["username"]), (&1.into(), &"egon".into()), "names are each tenant's own");
    assert_eq!(status(&acme(&Method::PATCH, "/v1/settings", r#"{"language":"en"}"#)), 200);
    for body in [r#"{"name":"other"}"#, r#"{"hosts":["other.example"]}"#, r#"{"disabled":true}"#] {
        assert_eq!(status(&acme(&Method::PATCH, "/v1/settings", body)), 403, "{body}");
    }
    assert_eq!(status(&acme(&Method::POST, "/v1/tenants", r#"{"name":"third"}"#)), 403);
    assert_eq!(status(&ask(&world, ADMIN, &Method::PATCH, "/v1/tenants/2", r#"{"disabled":true}"#)), 200);
    assert_eq!(status(&acme(&Method::GET, "/v1/me", "")), 401, "a closed tenant lets nobody in");
    assert_eq!(world.examine(), [] as [String; 0]);
}

#[test]
fn who_calls_too_often_is_told_so_in_each_dialects_words() {
    let mut world = Template::new().world();
    Arc::get_mut(&mut world.state).unwrap().rates = Rates::new(Quotas { per_caller: 3, per_address: 7 });
    let everlytic = [("authorization", "Basic dmlld2VyOmZlZGNiYTk4NzY1NDMyMTBmZWRjYmE5ODc2NTQzMjEwXzI=")];
    let read = |world: &World| world.ask(&Method::GET, "/api/2.0/customers/10", &everlytic, "");
    assert_eq!([(); 4].map(|()| status(&read(&world))), [200, 200, 200, 429]);
    // Another caller has a quota of their own; that of the address holds for both.
    let answer = ask(&world, ADMIN, &Method::GET, "/v1/customers/10", "");
    let header = |answer: &Answer, name| answer.response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(status(&answer), 200);
    assert_eq!(header(&answer, "ratelimit-policy"), r#""caller";q=3;w=60, "address";q=7;w=60"#);
    assert_eq!(header(&answer, "ratelimit"), r#""caller";r=2;t=20, "address";r=2;t=43"#);
    for expected in [200, 200, 429] {
        let answer = ask(&world, ADMIN, &Method::PATCH, "/v1/customers/10", r#"{"note":"often"}"#);
        assert_eq!(status(&answer), expected);
        assert_eq!(answer.response.headers().contains_key("retry-after"), expected == 429);
    }
    let trackfinity = [("api-username", "tf_admin"), ("api-key", "44b5498dbcb481a0d00b404c0169af62")];
    let ping = |world: &World| status(&world.ask(&Method::GET, "/api/service/ping", &trackfinity, ""));
    assert_eq!(ping(&world), 429, "the address has none left for anybody");
    world.clock.fetch_add(20_000_000, Ordering::Relaxed);
    assert_eq!((ping(&world), status(&read(&world))), (200, 200));
}
