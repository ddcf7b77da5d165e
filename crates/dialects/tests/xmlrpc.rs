//! XML-RPC from outside: who may do what, what every refusal looks like, many calls in one, and "validator1".

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use dialects::{Refusal, dialect_of};
use domain::error::Reason;
use domain::operation::{Load, NewRecord};
use domain::{Error, Field, Kind};
use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use support::lens::customer;
use support::{Template, World, rpc};

const WRITER: (&str, &str) = ("Authorization", "Basic ZGVtbzowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OUFCQ0RFRl8x");
const VIEWER: (&str, &str) = ("Authorization", "Basic dmlld2VyOmZlZGNiYTk4NzY1NDMyMTBmZWRjYmE5ODc2NTQzMjEwXzI=");
const STRANGER: (&str, &str) = ("Authorization", "Basic bm9ib2R5OmtleQ==");

#[test]
fn every_reason_has_its_fault() {
    for path in ["/api/2.0/xmlrpc", rpc::PATH, "/RPC2", "//RPC2/"] {
        let request = support::request(&Method::POST, path, &[], "");
        let dialect = dialect_of(path).unwrap();
        for reason in Reason::ALL {
            let (status, code) = match reason {
                Reason::Unauthenticated => (401, 401),
                Reason::Forbidden => (200, 403),
                Reason::NotFound => (200, 404),
                Reason::LimitExceeded => (200, 429),
                Reason::Busy => (200, 503),
                Reason::Internal => (200, 500),
                _ => (200, 400),
            };
            let error = Error::new(reason, "Say <&>\"' \u{1f3bf} it.").because("the-cause");
            let response = (dialect.refuse)(&request, &Refusal::Operation(error));
            assert_eq!(response.status().as_u16(), status, "{reason:?}");
            assert_eq!(response.headers()[header::CONTENT_TYPE], "text/xml; charset=utf-8");
            let challenge = response.headers().get(header::WWW_AUTHENTICATE).map(|value| value.to_str().unwrap());
            assert_eq!(challenge, (status == 401).then_some("Basic realm=\"Everlytic API\""));
            let told = std::str::from_utf8(response.body()).unwrap();
            assert_eq!(rpc::read(told), Err((code, "Say <&>\"' \u{1f3bf} it.".to_owned())));
            assert!(!told.contains("the-cause"));
        }
        for status in [400, 405, 408, 411, 413, 415, 431, 503] {
            let refusal = Refusal::request(StatusCode::from_u16(status).unwrap(), "No.");
            let response = (dialect.refuse)(&request, &refusal);
            assert_eq!(response.status().as_u16(), status);
            assert_eq!(
                rpc::read(std::str::from_utf8(response.body()).unwrap()),
                Err((status.into(), "No.".to_owned()))
            );
        }
    }
}

#[test]
fn methods_are_for_those_who_may() {
    let template = Template::new();
    for (method, params, writes) in [
        ("CreateCustomer", json!([{"name": "Ada", "email": "ada@new.example"}]), true),
        ("GetCustomer", json!([191]), false),
        ("GetCustomer", json!([191, {"telephone": "1"}]), true),
        ("UpdateCustomer", json!([191, {"telephone": "1"}]), true),
        ("ListCustomers", json!([]), false),
        ("DeleteCustomer", json!([191]), true),
        ("system.listMethods", json!([]), false),
    ] {
        for (credentials, may) in [(WRITER, true), (VIEWER, !writes)] {
            let (world, inner) = (template.world(), json!([[{"methodName": method, "params": params}]]));
            let before = customer(&world, 191);
            let alone = rpc::call(&world, credentials, method, params.clone());
            assert_eq!(alone.as_ref().err().map(|(code, _)| *code), (!may).then_some(403), "{method}");
            let within = rpc::call(&world, credentials, "system.multicall", inner).unwrap();
            assert_eq!(within[0]["faultCode"].as_i64(), (!may).then_some(403), "{method} in {within}");
            assert!(may || customer(&world, 191) == before, "{method}");
        }
        let world = template.world();
        let before = customer(&world, 191);
        for headers in [&[][..], &[STRANGER], &[WRITER, WRITER]] {
            let answer = world.ask(&Method::POST, rpc::PATH, headers, rpc::body(method, params.clone()));
            assert_eq!(answer.response.status(), StatusCode::UNAUTHORIZED, "{method}");
        }
        assert_eq!(customer(&world, 191), before);
    }
}

/// A world with a hundred customers more.
fn crowd() -> World {
    let world = Template::new().world();
    let record = |id| NewRecord { kind: Kind::Customer, id, values: vec![(Field::Name, "x".into())] };
    world.run(Load { records: (100_000..100_100).map(record).collect() }).unwrap();
    world
}

fn updates(ids: impl Iterator<Item = i64>) -> Value {
    let call = |(at, id): (usize, i64)| json!({"methodName": "UpdateCustomer", "params": [id, {"telephone": at.to_string(), "name": format!("n{at}")}]});
    json!([ids.enumerate().map(call).collect::<Vec<_>>()])
}

#[test]
fn a_hundred_updates_in_one_call_are_one_commit() {
    let world = crowd();
    let before = world.commits.load(Ordering::SeqCst);
    let told = rpc::call(&world, WRITER, "system.multicall", updates(100_000..100_100)).unwrap();
    assert_eq!(told, (100_000..100_100).map(|id| json!([id])).collect::<Value>());
    assert_eq!(world.commits.load(Ordering::SeqCst), before + 1);
    for (at, id) in (100_000..100_100).enumerate() {
        let customer = customer(&world, id);
        assert_eq!((customer.text(Field::Phone), customer.version), (at.to_string().as_str(), 2));
        let origin = &world.history(id)[0].origin;
        assert_eq!((&*origin.operation, &*origin.credential), ("UpdateCustomer", "demo"));
    }
    assert_eq!(world.examine(), [] as [String; 0]);
}

#[test]
fn each_update_in_one_call_has_its_own_fate() {
    let world = crowd();
    let mut calls = updates(100_000..100_100);
    calls[0][3]["params"][1] = json!({"country": "Atlantis"});
    calls[0][5]["params"][0] = json!(99_999);
    let before = world.commits.load(Ordering::SeqCst);
    let told = rpc::call(&world, WRITER, "system.multicall", calls).unwrap();
    assert_eq!(world.commits.load(Ordering::SeqCst), before + 1);
    for (at, id) in (100_000..100_100).enumerate() {
        let version = customer(&world, id).version;
        match at {
            3 => assert_eq!((&told[at]["faultCode"], version), (&json!(400), 1)),
            5 => assert_eq!((&told[at]["faultCode"], version), (&json!(404), 1)),
            _ => assert_eq!((&told[at], version), (&json!([id]), 2)),
        }
    }
}

#[test]
fn updates_of_one_customer_follow_each_other() {
    let world = crowd();
    let ids = (0..30).map(|at| 100_000 + at % 3);
    let told = rpc::call(&world, WRITER, "system.multicall", updates(ids)).unwrap();
    assert!(told.as_array().unwrap().iter().all(Value::is_array), "{told}");
    for (id, last) in [(100_000, "27"), (100_001, "28"), (100_002, "29")] {
        assert_eq!((customer(&world, id).text(Field::Phone), customer(&world, id).version), (last, 11));
    }
}

#[test]
fn many_calls_in_one_have_their_limits() {
    let mut world = crowd();
    let (code, _) = rpc::call(&world, WRITER, "system.multicall", updates((0..501).map(|_| 7))).unwrap_err();
    assert_eq!((code, customer(&world, 7).version), (-32_000, 1));
    let lists = json!([vec![json!({"methodName": "ListCustomers", "params": [1, 500]}); 60]]);
    let told = rpc::call(&world, WRITER, "system.multicall", lists).unwrap();
    assert!(told[0][0].is_array() && told[59]["faultCode"] == -32_000, "{}", told[59]);
    // Each counts as one.
    let state = Arc::get_mut(&mut world.state).unwrap();
    state.rates = dialects::Rates::new(dialects::Quotas { per_caller: 10, per_address: 0 });
    let told = rpc::call(&world, WRITER, "system.multicall", updates(100_000..100_020)).unwrap();
    let codes: Vec<_> = told.as_array().unwrap().iter().map(|told| told["faultCode"].as_i64()).collect();
    assert_eq!(codes, [[None; 10], [Some(429); 10]].concat());
}

#[test]
fn validator1_is_answered_where_it_is_wanted() {
    let mut world = Template::new().world();
    let all: Value = serde_json::from_str(include_str!("validator1.json")).unwrap();
    for test in all.as_array().unwrap() {
        let method = test["method"].as_str().unwrap();
        let refused = rpc::call(&world, WRITER, method, test["params"].clone()).unwrap_err();
        assert_eq!(refused.0, -32_601, "{method}");
    }
    Arc::get_mut(&mut world.state).unwrap().validator1 = true;
    let offered = rpc::call(&world, WRITER, "system.listMethods", json!([])).unwrap();
    for test in all.as_array().unwrap() {
        let method = test["method"].as_str().unwrap();
        assert_eq!(rpc::call(&world, WRITER, method, test["params"].clone()), Ok(test["result"].clone()), "{method}");
        assert_eq!(rpc::call(&world, WRITER, method, json!([])).unwrap_err().0, -32_602, "{method}");
        assert!(offered.as_array().unwrap().iter().any(|name| name == method), "{method}");
    }
}
