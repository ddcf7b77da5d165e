//! Tokens: whose they are, what they reach, and what ends them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use dialects::sign_in::Credential;
use domain::error::Reason;
use domain::operation::Purge;
use domain::{Caller, Error, Field, Kind, Role};
use http::Method;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use support::{Template, World, request};

const ADMIN: [(&str, &str); 1] = [("authorization", "Bearer demo-admin-token")];

impl World {
    fn after(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    /// The text of a new token.
    fn token(&self, body: &'static str) -> String {
        let answer = self.ask(&Method::POST, "/v1/tokens", &ADMIN, body);
        let body: serde_json::Value = serde_json::from_slice(answer.response.body()).unwrap();
        body["key"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
    }

    fn sign_in(&self, dialect: &'static str, name: Option<&str>, key: &str) -> Result<Arc<Caller>, Error> {
        let request = request(&Method::POST, "/", &[], "");
        self.runtime.block_on(self.state.sign_in(&request, dialect, Credential::Key { name, key }))
    }

    /// Why a token is not good for the Bing dialect, and whether it was.
    fn refusal(&self, key: &str) -> Option<(Reason, bool)> {
        self.sign_in("bing_ads", None, key).err().map(|error| (error.reason, error.is_expired()))
    }
}

const UNKNOWN: Option<(Reason, bool)> = Some((Reason::Unauthenticated, false));
const EXPIRED: Option<(Reason, bool)> = Some((Reason::Unauthenticated, true));

#[test]
fn a_token_is_its_user_until_it_ends() {
    let world = Template::new().world();
    let key = world.token(r#"{"user":6,"dialects":["bing_ads"]}"#);
    let caller = world.sign_in("bing_ads", None, &key).unwrap();
    assert_eq!((&*caller.name, caller.role, caller.user, caller.key), ("demo_manager", Role::Agent, Some(6), None));
    assert_eq!(caller.token, Some(1));
    for (dialect, name) in [("native", None), ("bing_ads", Some("demo_manager"))] {
        let error = world.sign_in(dialect, name, &key).unwrap_err();
        assert_eq!((error.reason, error.is_expired()), (Reason::Unauthenticated, false), "{dialect} {name:?}");
    }
    world.after(3_599);
    assert_eq!(world.refusal(&key), None);
    world.after(1);
    // Whoever asks again and again is told the same: it is no guessing.
    assert!((0..60).all(|_| world.refusal(&key) == EXPIRED));
    assert_eq!(world.run(Purge { kind: Kind::Token, limit: 10 }).unwrap(), 0);
    world.after(31 * 86_400);
    assert_eq!(world.run(Purge { kind: Kind::Token, limit: 10 }).unwrap(), 1);
    assert_eq!(world.refusal(&key), UNKNOWN);
}

#[test]
fn the_tokens_of_the_demo_data_are_a_users() {
    let world = Template::new().world();
    let caller = world.sign_in("bing_ads", None, "demo-token").unwrap();
    assert_eq!((caller.user, caller.role), (Some(4), Role::Admin));
    assert_eq!(world.refusal("demo-expired"), EXPIRED);
    assert_eq!(world.refusal("demo-unknown"), UNKNOWN);
}

#[test]
fn a_token_ends_at_once_when_it_is_ended_or_its_user_is() {
    let world = Template::new().world();
    let change = |method: &Method, path: &str, body: &'static str| {
        let answer = world.ask(method, path, &ADMIN, body);
        assert!(answer.response.status().is_success(), "{answer:?}");
    };
    let ends: [(&Method, &str, &str); 3] = [
        (&Method::DELETE, "/v1/tokens/1", ""),
        (&Method::PATCH, "/v1/users/4", r#"{"password":"another"}"#),
        (&Method::PATCH, "/v1/users/4", r#"{"disabled":true}"#),
    ];
    for (method, path, body) in ends {
        let key = world.token(r#"{"user":4}"#);
        assert_eq!(world.refusal(&key), None);
        change(method, path, body);
        assert_eq!(world.refusal(&key), UNKNOWN, "{method} {path} {body}");
    }
}

#[test]
fn a_token_reaches_no_more_than_its_scopes() {
    let world = Template::new().world();
    let key = world.token(r#"{"user":1,"scopes":["customers:read"]}"#);
    let headers = [("authorization", &*format!("Bearer {key}"))];
    let status = |method: &Method, path: &str| world.ask(method, path, &headers, "{}").response.status().as_u16();
    assert_eq!(status(&Method::GET, "/v1/customers/10"), 200);
    assert_eq!(status(&Method::PATCH, "/v1/customers/10"), 403);
    assert_eq!(status(&Method::GET, "/v1/tickets/500"), 403);
    assert_eq!(status(&Method::POST, "/v1/tokens"), 403);
    // What is stored is not what is called with.
    let token = world.record(Kind::Token, 1).unwrap();
    assert!(!token.text(Field::Digest).contains(&key) && token.text(Field::Digest).len() == 64);
}
