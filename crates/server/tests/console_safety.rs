//! The console as somebody attacks it who has a browser, a session with few rights, or another site.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;
use support::visitor::{FORM, Visitor, demo};
use support::{Launch, Reply, Server};
use tempfile::TempDir;

const JSON: [(&str, &str); 2] = [("Authorization", "Bearer demo-admin-token"), ("Content-Type", "application/json")];

fn native(server: &Server, method: &str, path: &str, body: &str) -> Reply {
    server.client().call(method, path, &JSON, body).unwrap()
}

fn make_user(server: &Server, name: &str, role: &str) {
    let body = format!(r#"{{"username":"{name}","password":"pw of {name}","role":"{role}","dialects":["console"]}}"#);
    assert_eq!(native(server, "POST", "/v1/users", &body).status, 201);
}

/// Every page that has an address of its own, and from which role on it is shown.
const PAGES: &[(&str, &str)] = &[
    ("/console", "viewer"),
    ("/console?span=hour", "viewer"),
    ("/console/customers", "viewer"),
    ("/console/customers/csv", "viewer"),
    ("/console/customers/10", "viewer"),
    ("/console/customers/10/history", "viewer"),
    ("/console/customers/10/history/csv", "viewer"),
    ("/console/customers/10/tickets", "viewer"),
    ("/console/customers/10/tickets/csv", "viewer"),
    ("/console/customers/10/as/native", "viewer"),
    ("/console/customers/10/merge", "viewer"),
    ("/console/customers/new", "agent"),
    ("/console/customers/10/erase", "admin"),
    ("/console/tickets", "viewer"),
    ("/console/tickets/500", "viewer"),
    ("/console/tickets/new", "agent"),
    ("/console/companies/17", "viewer"),
    ("/console/companies/new", "agent"),
    ("/console/find?q=a", "viewer"),
    ("/console/dialects", "viewer"),
    ("/console/dialects/superoffice", "viewer"),
    ("/console/dialects/programs.csv", "admin"),
    ("/console/fields", "viewer"),
    ("/console/account", "viewer"),
    ("/console/settings", "admin"),
    ("/console/access", "admin"),
    ("/console/about", "admin"),
    ("/console/sessions", "admin"),
    ("/console/inspector", "admin"),
    ("/console/users", "admin"),
    ("/console/users/1", "admin"),
    ("/console/users/new", "admin"),
    ("/console/keys", "admin"),
    ("/console/keys/1", "admin"),
    ("/console/keys/new", "admin"),
    ("/console/tenants", "admin"),
    ("/console/tenants/1", "admin"),
    ("/console/webhooks", "admin"),
    ("/console/webhooks/new", "admin"),
    ("/console/categories/new", "admin"),
    ("/console/extra-fields/new", "admin"),
];

/// What changes something, and from which role on.
const DEEDS: &[(&str, &str, &str)] = &[
    ("/console/customers", "once=1&first_name=X", "agent"),
    ("/console/customers/11", "version=1&phone=1", "agent"),
    ("/console/customers/11/lock", "", "agent"),
    ("/console/customers/11/unlock", "", "agent"),
    ("/console/customers/11/delete", "version=1", "agent"),
    ("/console/customers/11/restore", "version=1", "agent"),
    ("/console/customers/11/revert", "version=1&field=phone&before=1", "agent"),
    ("/console/customers/11/merge", "with=10&version=1", "agent"),
    ("/console/customers/11/unmerge", "version=1", "agent"),
    ("/console/customers/edit", "field=phone&value=1&item=11:1", "agent"),
    ("/console/customers/undo", "", "agent"),
    ("/console/tickets/500/messages", "once=2&text=x", "agent"),
    ("/console/attachments?name=a", "x", "agent"),
    ("/console/customers/11/erase", "confirm=11", "admin"),
    ("/console/users", "once=3&username=evil&role=admin", "admin"),
    ("/console/users/1", "version=1&role=admin", "admin"),
    ("/console/keys", "username=evil&role=admin", "admin"),
    ("/console/keys/1/rotate", "", "admin"),
    ("/console/keys/1/delete", "version=1", "admin"),
    ("/console/tenants", "name=evil", "admin"),
    ("/console/tenants/1", "version=1&masked_fields=", "admin"),
    ("/console/webhooks", "name=evil&url=https://evil.example", "admin"),
    ("/console/webhooks/1/test", "", "admin"),
    ("/console/webhooks/1/skip", "", "admin"),
    ("/console/dialects/native", "name=x&secret=y", "admin"),
    ("/console/inspector/1/replay", "target=%2Fv1%2Fcustomers%2F10", "admin"),
];

#[test]
fn each_role_reaches_what_is_its_own_and_nothing_else() {
    const ROLES: [&str; 3] = ["viewer", "agent", "admin"];
    let (server, _folder) = demo();
    let rank = |role: &str| ROLES.iter().position(|known| *known == role).unwrap();
    for role in ROLES {
        let name = format!("an-{role}");
        make_user(&server, &name, role);
        let visitor = Visitor::sign_in(&server, &name, &format!("pw+of+{name}")).unwrap();
        for (path, least) in PAGES {
            let reply = visitor.get(path);
            let expected = if rank(role) >= rank(least) { 200 } else { 403 };
            assert_eq!(reply.status, expected, "{role} {path}");
            // Whoever may not do it still sees where they are.
            assert!(reply.text().contains("aria-label=\"Pages\"") || !reply.text().contains("<html"), "{role} {path}");
        }
        let csrf = format!("csrf={}", visitor.token());
        for (path, body, least) in DEEDS.iter().filter(|(_, _, least)| rank(role) < rank(least)) {
            let token = [("X-CSRF-Token", csrf.trim_start_matches("csrf="))];
            let status = visitor.post(path, &token, &format!("{csrf}&{body}")).status;
            assert!(matches!(status, 403 | 404), "{role} {path} {least}: {status}");
        }
    }
    let customer = native(&server, "GET", "/v1/customers/11", "").json();
    assert_eq!((&customer["version"], &customer["locked"]), (&1.into(), &false.into()), "nobody changed anything");
    let users = native(&server, "GET", "/v1/users?limit=100", "").text();
    assert!(!users.contains("evil") && !native(&server, "GET", "/v1/keys?limit=100", "").text().contains("evil"));
}

#[test]
fn strangers_see_the_way_in_and_nothing_else() {
    let (server, _folder) = demo();
    for (path, _) in PAGES {
        let reply = server.client().call("GET", path, &[], "").unwrap();
        assert!(reply.text().contains("name=\"password\"") && !reply.text().contains("John"), "{path}");
        let made_up = [("Cookie", "samerow_session=0123456789abcdef0123456789abcdef")];
        let reply = server.client().call("GET", path, &made_up, "").unwrap();
        assert_eq!(reply.status, 401, "{path}");
    }
    for (path, body, _) in DEEDS {
        assert_eq!(server.client().call("POST", path, FORM, *body).unwrap().status, 401, "{path}");
    }
}

/// The forms of a page: where each is sent.
fn forms(page: &str) -> Vec<String> {
    let tags = page.split("<form ").skip(1).filter_map(|rest| rest.split('>').next());
    let posts = tags.filter(|tag| tag.contains("method=\"post\""));
    posts
        .filter_map(|tag| {
            Some(tag.split("action=\"").nth(1)?.split('"').next()?.split('#').next()?.replace("&#38;", "&"))
        })
        .collect()
}

#[test]
fn every_form_wants_the_token_of_its_own_session() {
    let (server, _folder) = demo();
    native(&server, "GET", "/v1/customers/10", "");
    native(&server, "POST", "/v1/webhooks", r#"{"name":"w","url":"https://w.example/","kinds":["company"]}"#);
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let other = Visitor::sign_in(&server, "admin", "demo").unwrap();
    assert_ne!(admin.token(), other.token());
    let further = [
        "/console/inspector/1",
        "/console/inspector/1/replay",
        "/console/webhooks/1/deliveries",
        "/console/customers/10/merge?with=11",
        "/console/customers/edit?id=10&id=11&field=phone&value=1",
        "/console/customers?q=byron",
    ];
    let pages = PAGES.iter().map(|(path, _)| *path).chain(further);
    let found: BTreeSet<String> = pages.flat_map(|path| forms(&admin.get(path).text())).collect();
    // Those of somebody who is not known yet bring no token; where they come from is looked at.
    let found: Vec<_> = found.iter().filter(|action| !action.ends_with("/preferences")).collect();
    assert!(found.len() > 30, "{} forms", found.len());
    let state = || {
        [
            "customers/10",
            "customers/11",
            "tickets/500",
            "users?limit=100",
            "keys?limit=100",
            "webhooks",
            "tenants?limit=100",
        ]
        .map(|path| native(&server, "GET", &format!("/v1/{path}"), "").text())
    };
    let before = state();
    for action in &found {
        assert_eq!(admin.post(action, &[], "version=1").status, 401, "{action} without a token");
        let foreign = format!("csrf={}&version=1", other.token());
        assert_eq!(admin.post(action, &[], &foreign).status, 401, "{action} with another session's");
        let own = format!("csrf={}&version=1", admin.token());
        let elsewhere = [("Origin", "https://evil.example")];
        assert_eq!(admin.post(action, &elsewhere, &own).status, 403, "{action} from another site");
    }
    let preferences = [("Origin", "https://evil.example")];
    assert_eq!(admin.post("/console/preferences", &preferences, "theme=dark").status, 403);
    assert_eq!(before, state(), "nothing was changed");
}

#[test]
fn every_answer_says_what_a_browser_may_do_with_it() {
    let (server, _folder) = demo();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let css = admin.get("/console").text();
    let css = css.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let paths = PAGES.iter().map(|(path, _)| *path);
    let wrong = [
        "/console/nowhere",
        "/console/customers/999999",
        "/console/static/none",
        "/console/customers?filter=x",
        "/console/sign-in",
        "/",
        &css,
    ];
    for path in paths.chain(wrong) {
        let reply = admin.get(path);
        let header = |name: &str| reply.header(name).unwrap_or_default().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"), "{path}: {policy}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        let kept = if path == css { "public, max-age=31536000, immutable" } else { "no-store" };
        assert_eq!(header("cache-control"), kept, "{path}");
        let page = reply.text();
        assert!(!page.contains(" style=\"") && !page.contains(" onclick="), "{path} has something inline");
    }
    let cookie = server.client().call("POST", "/console/sign-in", FORM, "name=admin&password=demo").unwrap();
    let cookie = cookie.header("set-cookie").unwrap();
    assert!(
        cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Strict") && cookie.contains("; Path=/console")
    );
}

#[test]
fn nobody_is_led_to_another_site() {
    let (server, _folder) = demo();
    let targets = [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/console\\@evil.example",
        "javascript:1",
        "/consoleevil",
        "/console@evil.example",
        "/other",
        "/console/\r\nX-Evil: 1",
        " /console",
        "/console/../../evil",
    ];
    for target in targets {
        let mut next = String::new();
        for byte in target.bytes() {
            next.push_str(&format!("%{byte:02X}"));
        }
        for (path, body) in [("/console/sign-in", "name=admin&password=demo&"), ("/console/preferences", "theme=dark&")]
        {
            let reply = server.client().call("POST", path, FORM, format!("{body}next={next}")).unwrap();
            let to = reply.header("location").unwrap();
            let is_own = to == "/console" || to.starts_with("/console/") || to.ends_with(&"/console");
            assert!(
                reply.status == 303 && is_own && reply.header("x-evil").is_none(),
                "{path} {target:?} leads to {to}"
            );
        }
    }
}

#[test]
fn a_session_that_was_ended_is_told_nothing_more() {
    let (server, _folder) = demo();
    make_user(&server, "looks", "viewer");
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let looks = Visitor::sign_in(&server, "looks", "pw+of+looks").unwrap();
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "GET /console/live HTTP/1.1\r\nHost: x\r\nCookie: {}\r\n\r\n", looks.cookie).unwrap();
    let mut told = String::new();
    let mut piece = [0; 4096];
    while !told.contains("retry:") {
        let read = stream.read(&mut piece).unwrap();
        assert!(read > 0, "{told}");
        told.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
    // Their own list has no session of anybody else, and an administrator ends theirs.
    let own = looks.get("/console/account").text();
    assert_eq!(own.matches("/end\"").count(), 1);
    let id = own.split("/console/sessions/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let others = format!("/console/sessions/{}/end", admin_session(&admin));
    assert_eq!(looks.post(&others, &[], &format!("csrf={}", looks.token())).status, 404, "somebody else's");
    let end = format!("/console/sessions/{id}/end");
    assert_eq!(admin.post(&end, &[], &format!("csrf={}", admin.token())).status, 303);
    assert_eq!(looks.get("/console/customers/10").status, 401);
    assert_eq!(native(&server, "PATCH", "/v1/customers/10", r#"{"phone":"1"}"#).status, 200);
    // It closes, and before that says nothing of the change.
    loop {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => told.push_str(&String::from_utf8_lossy(&piece[..read])),
            Err(error) => panic!("the stream goes on: {error}"),
        }
        if told.ends_with("\r\n0\r\n\r\n") {
            break;
        }
    }
    assert!(!told.contains("event: change"), "{told}");
}

fn admin_session(admin: &Visitor<'_>) -> String {
    let page = admin.get("/console/account").text();
    page.split("/console/sessions/").nth(1).unwrap().split('/').next().unwrap().to_owned()
}

#[test]
fn everybody_changes_their_own_password_and_other_sessions_end() {
    let (server, _folder) = demo();
    make_user(&server, "looks", "viewer");
    let here = Visitor::sign_in(&server, "looks", "pw+of+looks").unwrap();
    let there = Visitor::sign_in(&server, "looks", "pw+of+looks").unwrap();
    let csrf = here.token();
    let change = |present: &str, next: &str, again: &str| {
        here.post("/console/account", &[], &format!("csrf={csrf}&present={present}&next={next}&again={again}"))
    };
    for (present, next, again, why) in [
        ("wrong", "long+enough", "long+enough", "present password is not right"),
        ("pw+of+looks", "short", "short", "at least 8"),
        ("pw+of+looks", "long+enough", "long+enouhg", "not the same"),
        ("pw+of+looks", "pw+of+looks", "pw+of+looks", "is the present one"),
    ] {
        let reply = change(present, next, again);
        assert_eq!(reply.status, 422, "{why}");
        assert!(reply.text().contains(why) && !reply.text().contains("long enough"), "{}", reply.text());
    }
    let reply = change("pw+of+looks", "long+enough", "long+enough");
    assert_eq!((reply.status, reply.header("location").is_some_and(|to| to.ends_with("done=password"))), (303, true));
    let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let again = Visitor { server: &server, cookie };
    assert_eq!(again.get("/console/account").status, 200, "whoever changed it goes on");
    assert_eq!((here.get("/console").status, there.get("/console").status), (401, 401));
    assert!(Visitor::sign_in(&server, "looks", "pw+of+looks").is_none());
    let id = native(&server, "GET", "/v1/users?filter=username%20=%20looks", "").json()["data"][0]["id"].clone();
    let history = native(&server, "GET", &format!("/v1/users/{id}/history?limit=1"), "").json();
    assert_eq!(history["data"][0]["origin"]["operation"], "change_password");
}

#[test]
fn whoever_guesses_has_to_wait() {
    let folder = TempDir::with_prefix("samerow-safety-").unwrap();
    let server = Launch::demo(folder.path()).argument("--failures-per-name=3").start();
    let guess = |name: &str| {
        server.client().call("POST", "/console/sign-in", FORM, format!("name={name}&password=guess")).unwrap()
    };
    let (known, unknown) = (guess("admin"), guess("nobody"));
    assert_eq!(known.status, unknown.status);
    let problem =
        |reply: &Reply| reply.text().split("role=\"alert\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(problem(&known), problem(&unknown), "a name that there is looks like one that there is not");
    let guesses: Vec<Reply> = (0..5).map(|_| guess("admin")).collect();
    let last = &guesses[4];
    assert_eq!(last.status, 429);
    assert!(problem(last).contains("try again in"), "{}", last.text());
    assert!(
        last.text().contains("value=\"admin\"") && !last.text().contains("guess"),
        "the name stays, the password goes"
    );
}

#[test]
fn a_file_runs_nothing_and_names_no_header() {
    let (server, _folder) = demo();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let token = admin.token();
    for (name, kind) in [
        ("x.html", "text/html"),
        ("x.svg", "image/svg+xml"),
        ("%22%0D%0ASet-Cookie%3A%20a%3Db%0D%0A.xml", "application/xml"),
        ("..%2F..%2Fetc%2Fpasswd", "application/x-javascript"),
    ] {
        let headers = [("Cookie", &*admin.cookie), ("Content-Type", kind), ("X-CSRF-Token", &*token)];
        let script = "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>";
        let made =
            server.client().call("POST", &format!("/console/attachments?name={name}"), &headers, script).unwrap();
        if made.status != 200 && made.status != 201 {
            assert_eq!(made.status, 422, "{name}");
            continue;
        }
        let file = admin.get(&format!("/console/attachments/{}", made.json()["id"]));
        let disposition = file.header("content-disposition").unwrap();
        assert!(disposition.starts_with("attachment") && file.header("set-cookie").is_none(), "{disposition}");
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
        assert!(file.header("content-security-policy").unwrap().contains("sandbox"), "{name}");
    }
}
