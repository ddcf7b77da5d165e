//! OAuth 2.0: a user lets a program in, and what keeps others out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use dialects::oauth;
use dialects::sign_in::Credential;
use domain::operation::Purge;
use domain::{Caller, Error, Field, Kind};
use http::{Method, header};
use serde_json::Value;
use std::sync::Arc;
use support::{Template, World, request};

const AUTHORIZE: &str = "/common/oauth2/v2.0/authorize";
const TOKEN: &str = "/oauth20_token.srf";
const LOOPBACK: &str = "http://127.0.0.1:51004/callback";
const DESKTOP: &str = "https://login.live.com/oauth20_desktop.srf";

/// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

type Pairs<'a> = &'a [(&'a str, &'a str)];

fn form(pairs: Pairs<'_>) -> String {
    let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    pairs.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

/// What a program asks for, with these parameters in place of the usual ones; an empty one is left out.
fn asking<'a>(other: Pairs<'a>) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("response_type", "code"),
        ("client_id", "demo-client"),
        ("redirect_uri", LOOPBACK),
        ("scope", "bingads.manage offline_access"),
        ("state", "a&b=\"<c>"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("username", "demo_bing"),
        ("password", "banken"),
        ("decision", "allow"),
    ];
    let named = |name: &str| other.iter().any(|(known, _)| *known == name);
    usual
        .into_iter()
        .filter(|(name, _)| !named(name))
        .chain(other.iter().copied())
        .filter(|(_, v)| !v.is_empty())
        .collect()
}

/// An answer: status, where it leads, body.
struct Told(u16, String, String);

impl World {
    fn oauth(&self, method: &Method, target: &str, body: &str) -> Told {
        let request = request(method, target, &[], body.to_owned());
        assert!(oauth::claims(&request.path));
        let response = self.runtime.block_on(oauth::answer(&self.state, &request)).response;
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        let location = response.headers().get(header::LOCATION).map_or("", |value| value.to_str().unwrap()).to_owned();
        Told(response.status().as_u16(), location, String::from_utf8(response.body().to_vec()).unwrap())
    }

    fn allow(&self, other: Pairs<'_>) -> Told {
        self.oauth(&Method::POST, AUTHORIZE, &form(&asking(other)))
    }

    /// The code that a user who allows it sends a program.
    fn code(&self, other: Pairs<'_>) -> String {
        let Told(status, location, body) = self.allow(other);
        assert_eq!(status, 302, "{body}");
        parameter(&location, "code").unwrap_or_else(|| panic!("{location}"))
    }

    fn token(&self, pairs: Pairs<'_>) -> (u16, Value) {
        let Told(status, _, body) = self.oauth(&Method::POST, TOKEN, &form(pairs));
        (status, serde_json::from_str(&body).unwrap())
    }

    fn redeem(&self, code: &str, other: Pairs<'_>) -> (u16, Value) {
        let usual = [
            ("grant_type", "authorization_code"),
            ("client_id", "demo-client"),
            ("redirect_uri", LOOPBACK),
            ("code_verifier", VERIFIER),
            ("code", code),
        ];
        let named = |name: &str| other.iter().any(|(known, _)| *known == name);
        let all: Vec<_> = usual.into_iter().filter(|(name, _)| !named(name)).chain(other.iter().copied()).collect();
        self.token(&all)
    }

    fn renew(&self, refresh: &Value) -> (u16, Value) {
        let refresh = refresh.as_str().unwrap();
        self.token(&[("grant_type", "refresh_token"), ("client_id", "demo-client"), ("refresh_token", refresh)])
    }

    /// Who calls with a token, or whether it was good once.
    fn who(&self, token: &Value) -> Result<Arc<Caller>, bool> {
        let credential = Credential::Key { name: None, key: token.as_str().unwrap() };
        let found =
            self.runtime.block_on(self.state.sign_in(&request(&Method::POST, "/", &[], ""), "bing_ads", credential));
        found.map_err(|error: Error| error.is_expired())
    }
}

fn parameter(url: &str, name: &str) -> Option<String> {
    url.split_once('?')?.1.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).map(str::to_owned)
}

fn is_invalid_grant((status, body): (u16, Value)) -> bool {
    status == 400 && body["error"] == "invalid_grant" && body.get("access_token").is_none()
}

#[test]
fn a_user_lets_a_program_in_and_it_renews_its_token() {
    let world = Template::new().world();
    let ask = form(&asking(&[("username", ""), ("password", ""), ("decision", "")]));
    let Told(status, _, page) = world.oauth(&Method::GET, &format!("/oauth20_authorize.srf?{ask}"), "");
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("demo-client") && page.contains("http://127.0.0.1:51004"), "{page}");
    assert!(page.contains("value=\"a&amp;b=&quot;&lt;c&gt;\"") && !page.contains("<c>"), "{page}");
    let Told(status, location, _) = world.allow(&[]);
    assert_eq!(status, 302);
    assert!(location.starts_with("http://127.0.0.1:51004/callback?code="), "{location}");
    assert_eq!(parameter(&location, "state").as_deref(), Some("a%26b%3D%22%3Cc%3E"), "{location}");
    assert_eq!(parameter(&location, "iss").as_deref(), Some("http%3A%2F%2Flocalhost%3A8080"), "{location}");
    let (status, given) = world.redeem(&parameter(&location, "code").unwrap(), &[]);
    assert_eq!((status, &given["token_type"], &given["expires_in"]), (200, &"bearer".into(), &3_600.into()), "{given}");
    assert_eq!(given["scope"], "bingads.manage offline_access");
    let caller = world.who(&given["access_token"]).unwrap();
    assert_eq!((caller.user, &*caller.name), (Some(4), "demo_bing"));
    world.pass(3_600);
    assert!(world.who(&given["access_token"]).unwrap_err(), "it expired");
    let (status, renewed) = world.renew(&given["refresh_token"]);
    assert_eq!(status, 200, "{renewed}");
    assert_eq!(world.who(&renewed["access_token"]).unwrap().user, Some(4));
    let (status, again) = world.renew(&renewed["refresh_token"]);
    assert_eq!(status, 200, "{again}");
    let stored = world.record(Kind::Token, 1).unwrap();
    let secrets =
        [Field::Digest, Field::CodeDigest, Field::FamilyDigest, Field::RefreshDigest].map(|field| stored.text(field));
    for shown in [&again["access_token"], &again["refresh_token"]] {
        assert!(secrets.iter().all(|secret| secret.len() == 64 && !shown.as_str().unwrap().contains(secret)));
    }
}

#[test]
fn what_comes_twice_was_stolen_and_ends_everything() {
    let world = Template::new().world();
    let (_, given) = world.redeem(&world.code(&[]), &[]);
    let (_, renewed) = world.renew(&given["refresh_token"]);
    assert!(world.who(&renewed["access_token"]).is_ok());
    assert!(is_invalid_grant(world.renew(&given["refresh_token"])));
    assert!(!world.who(&renewed["access_token"]).unwrap_err());
    assert!(is_invalid_grant(world.renew(&renewed["refresh_token"])), "who was robbed signs in anew");
    let code = world.code(&[]);
    let (_, given) = world.redeem(&code, &[]);
    assert!(world.who(&given["access_token"]).is_ok());
    assert!(is_invalid_grant(world.redeem(&code, &[])));
    assert!(!world.who(&given["access_token"]).unwrap_err());
    assert!(is_invalid_grant(world.renew(&given["refresh_token"])));
}

#[test]
fn a_code_is_for_who_asked_for_it_and_soon() {
    let world = Template::new().world();
    for other in [
        [("code_verifier", "another")],
        [("code_verifier", "")],
        [("redirect_uri", "http://127.0.0.1:51005/callback")],
        [("redirect_uri", "")],
    ] {
        let code = world.code(&[]);
        assert!(is_invalid_grant(world.redeem(&code, &other)), "{other:?}");
        assert!(is_invalid_grant(world.redeem(&code, &[])), "nobody redeems it any more");
    }
    let code = world.code(&[]);
    let (status, body) = world.redeem(&code, &[("client_id", "another")]);
    assert_eq!((status, &body["error"]), (401, &"invalid_client".into()));
    world.pass(300);
    assert!(is_invalid_grant(world.redeem(&code, &[])));
    assert!(is_invalid_grant(world.redeem("made-up", &[])) && is_invalid_grant(world.redeem(&"x".repeat(2_000), &[])));
    assert!(is_invalid_grant(world.renew(&"made-up".into())) && is_invalid_grant(world.renew(&"x".repeat(64).into())));
    let (status, body) = world.token(&[("grant_type", "password"), ("client_id", "demo-client")]);
    assert_eq!((status, &body["error"]), (400, &"unsupported_grant_type".into()));
}

#[test]
fn nobody_is_led_to_a_stranger() {
    let world = Template::new().world();
    for other in [
        [("client_id", "another")],
        [("client_id", "")],
        [("redirect_uri", "http://127.0.0.1:51004/elsewhere")],
        [("redirect_uri", "https://evil.example/callback")],
        [("redirect_uri", "")],
    ] {
        let Told(status, location, page) = world.allow(&other);
        assert_eq!((status, &*location), (400, ""), "{other:?}");
        assert!(page.contains("This does not work"), "{page}");
    }
    let twice = form(&asking(&[])) + "&redirect_uri=https%3A%2F%2Fevil.example";
    assert_eq!(world.oauth(&Method::POST, AUTHORIZE, &twice).0, 400);
    assert_eq!(world.oauth(&Method::POST, AUTHORIZE, "client_id=%zz").0, 400);
    assert_eq!(world.oauth(&Method::PUT, AUTHORIZE, "").0, 405);
    assert_eq!(world.oauth(&Method::GET, TOKEN, "").0, 405);
}

#[test]
fn what_is_asked_wrongly_is_told_the_program() {
    let world = Template::new().world();
    for (other, error) in [
        (&[("response_type", "token")][..], "unsupported_response_type"),
        (&[("scope", "everything")], "invalid_scope"),
        (&[("scope", "")], "invalid_scope"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge", "short")], "invalid_request"),
        (&[("decision", "deny")], "access_denied"),
        (&[("decision", "")], "access_denied"),
    ] {
        let Told(status, location, _) = world.allow(other);
        assert_eq!((status, parameter(&location, "error").as_deref()), (302, Some(error)), "{other:?} {location}");
        assert!(location.starts_with(LOOPBACK) && parameter(&location, "state").is_some(), "{location}");
        assert_eq!(parameter(&location, "code"), None);
    }
    // The vendor's old programs show no challenge; only the user's browser sees their code.
    let desktop = [("redirect_uri", DESKTOP), ("code_challenge", ""), ("code_challenge_method", "")];
    let code = world.code(&desktop);
    let (status, given) = world.redeem(&code, &[("redirect_uri", DESKTOP), ("code_verifier", "")]);
    assert_eq!(status, 200, "{given}");
}

#[test]
fn who_is_not_who_they_say_lets_nobody_in() {
    let world = Template::new().world();
    for other in [[("password", "wrong")], [("username", "nobody")], [("username", "egon")], [("password", "")]] {
        let Told(status, location, page) = world.allow(&other);
        assert_eq!((status, &*location), (401, ""), "{other:?}");
        assert!(page.contains("role=\"alert\"") && page.contains(CHALLENGE), "the page can be answered again: {page}");
        assert!(!page.contains("wrong\""), "the password is not shown: {page}");
    }
    let (_, given) = world.redeem(&world.code(&[]), &[]);
    let admin = [("authorization", "Bearer demo-admin-token")];
    let changed = world.ask(&Method::PATCH, "/v1/users/4", &admin, r#"{"password":"another"}"#);
    assert!(changed.response.status().is_success());
    assert!(!world.who(&given["access_token"]).unwrap_err());
    assert!(is_invalid_grant(world.renew(&given["refresh_token"])));
    world.code(&[("password", "another")]);
    world.pass(400);
    assert_eq!(world.run(Purge { kind: Kind::Token, limit: 10 }).unwrap(), 1, "a code that nobody redeemed");
}

#[test]
fn a_program_with_a_secret_shows_it_and_needs_no_challenge() {
    let world = Template::new().world();
    const BACK: &str = "https://web.example/back";
    let code = || {
        let asked =
            [("client_id", "web"), ("redirect_uri", BACK), ("code_challenge", ""), ("code_challenge_method", "")];
        world.code(&asked)
    };
    let shown = |code: &str, client: &[(&str, &str)], headers: &[(&str, &str)]| {
        let usual = [("grant_type", "authorization_code"), ("redirect_uri", BACK), ("code", code)];
        let body = form(&usual.into_iter().chain(client.iter().copied()).collect::<Vec<_>>());
        let request = request(&Method::POST, TOKEN, headers, body);
        let response = world.runtime.block_on(oauth::answer(&world.state, &request)).response;
        let challenge = response.headers().contains_key(header::WWW_AUTHENTICATE);
        let told: Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(challenge, told["error"] == "invalid_client", "{told}");
        (response.status().as_u16(), told)
    };
    let kept = code();
    // web:web-secret, web:wrong, and what is no pair.
    let [right, wrong, broken] = ["Basic d2ViOndlYi1zZWNyZXQ=", "Basic d2ViOndyb25n", "Basic d2Vi"];
    for (client, headers, error) in [
        (&[("client_id", "web")][..], &[][..], "invalid_client"),
        (&[("client_id", "web"), ("client_secret", "")], &[], "invalid_client"),
        (&[("client_id", "web"), ("client_secret", "wrong")], &[], "invalid_client"),
        (&[], &[("authorization", wrong)], "invalid_client"),
        (&[], &[("authorization", broken)], "invalid_client"),
        (&[("client_id", "demo-client")], &[("authorization", right)], "invalid_request"),
        (&[("client_id", "web"), ("client_secret", "web-secret")], &[("authorization", right)], "invalid_request"),
        (&[("client_id", "demo-client"), ("client_secret", "web-secret")], &[], "invalid_client"),
    ] {
        let (status, told) = shown(&kept, client, headers);
        assert_eq!((status >= 400, &told["error"]), (true, &error.into()), "{client:?} {headers:?}");
    }
    assert_eq!(shown(&kept, &[("client_id", "web"), ("client_secret", "web-secret")], &[]).0, 200);
    let (status, told) = shown(&code(), &[], &[("authorization", right)]);
    assert_eq!(status, 200, "{told}");
    assert_eq!(world.who(&told["access_token"]).unwrap().name, "demo_bing");
}

#[test]
fn a_program_ends_what_it_was_given_and_nothing_else() {
    let world = Template::new().world();
    let revoke = |token: &Value, client: &str| {
        let pairs = [("token", token.as_str().unwrap()), ("token_type_hint", "refresh_token"), ("client_id", client)];
        world.oauth(&Method::POST, "/common/oauth2/v2.0/revoke", &form(&pairs)).0
    };
    for half in ["access_token", "refresh_token"] {
        let (_, given) = world.redeem(&world.code(&[]), &[]);
        world.who(&given["access_token"]).unwrap();
        for nothing in [Value::from("nothing"), "x".repeat(5_000).into(), "é".repeat(40).into()] {
            assert_eq!(revoke(&nothing, "demo-client"), 200);
        }
        assert_eq!(revoke(&given[half], "stranger"), 401);
        world.who(&given["access_token"]).unwrap();
        assert_eq!(revoke(&given[half], "demo-client"), 200, "{half}");
        assert!(!world.who(&given["access_token"]).unwrap_err(), "{half}: it is unknown, not expired");
        assert!(is_invalid_grant(world.renew(&given["refresh_token"])), "{half}");
        assert_eq!(revoke(&given[half], "demo-client"), 200, "once more is no mistake");
    }
    let Told(status, _, body) = world.oauth(&Method::POST, "/common/oauth2/v2.0/revoke", "client_id=demo-client");
    assert!(status == 400 && body.contains("token is missing"), "{body}");
    assert_eq!(world.oauth(&Method::GET, "/common/oauth2/v2.0/revoke", "").0, 405);
    // What another program was given is not this one's to end.
    let (_, given) = world.redeem(&world.code(&[]), &[]);
    let pairs =
        [("token", given["access_token"].as_str().unwrap()), ("client_id", "web"), ("client_secret", "web-secret")];
    assert_eq!(world.oauth(&Method::POST, "/common/oauth2/v2.0/revoke", &form(&pairs)).0, 200);
    world.who(&given["access_token"]).unwrap();
}

#[test]
fn the_server_describes_itself_and_ends_the_way_of_the_desktop() {
    let world = Template::new().world();
    let Told(status, _, body) = world.oauth(&Method::GET, "/.well-known/oauth-authorization-server", "");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &body["code_challenge_methods_supported"]), (200, &serde_json::json!(["S256"])));
    assert_eq!(body["token_endpoint"], "http://localhost:8080/common/oauth2/v2.0/token");
    for path in ["/oauth20_desktop.srf?code=x", "/common/oauth2/nativeclient"] {
        assert_eq!(world.oauth(&Method::GET, path, "").0, 200);
    }
}
