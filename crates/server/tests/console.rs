//! The console as people use it: a headless Chromium against the real server (`clients/console`), and what no browser
//! shows, over plain sockets.
//!
//! Where there is no Chromium that is said and skipped; with `CI=true` it is a failure.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use std::path::Path;
use std::process::Command;
use support::visitor::{FORM, Visitor, change, demo};
use support::{Launch, report};
use tempfile::TempDir;

/// Where the browser's programs are.
fn clients() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clients/console")
}

fn browser_is_there() -> bool {
    let probe = "import('selenium-webdriver').then(() => import('axe-core'))";
    let node = Command::new("node").args(["-e", probe]).current_dir(clients()).output();
    let has = |path: &str| Path::new(path).exists();
    let there =
        node.is_ok_and(|probe| probe.status.success()) && has("/usr/bin/chromium") && has("/usr/bin/chromedriver");
    if !there {
        report(
            "not run: the console in a browser: chromium, chromium-driver or clients/console/node_modules is missing",
        );
        let ci = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!ci, "with CI=true the console must be looked at: ./test.sh installs what that needs");
    }
    there
}

#[test]
fn people_use_it_in_a_browser() {
    if !browser_is_there() {
        return;
    }
    let folder = TempDir::with_prefix("samerow-console-").unwrap();
    let launch = Launch::demo(folder.path())
        .argument("--webhook-networks=127.0.0.1")
        .argument("--webhook-attempts=2")
        .argument("--webhook-retry=0.01");
    let server = launch.start();
    let mut command = Command::new("node");
    command.arg("run.mjs").arg(format!("http://{}", server.address)).current_dir(clients());
    command.env("NO_PROXY", "*").env("no_proxy", "*");
    if let Some(folder) = std::env::var_os("SAMEROW_TEST_SHOTS") {
        command.arg(folder);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.lines().last().is_some_and(|line| line.ends_with(" 0 failed")), "{said}");
}

/// A program of `clients/console` that starts servers of its own, and what its last line must be.
fn by_itself(program: &str, last: &str) {
    if !browser_is_there() {
        return;
    }
    let mut command = Command::new("node");
    command.arg(program).arg(env!("CARGO_BIN_EXE_samerow")).current_dir(clients());
    let output = command.env("NO_PROXY", "*").env("no_proxy", "*").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.lines().last().is_some_and(|line| line.ends_with(last)), "{said}");
}

#[test]
fn first_meetings_go_as_they_are_told() {
    by_itself("walks.mjs", " 0 failed");
}

#[test]
fn people_sign_in_through_an_issuer() {
    by_itself("issuer.mjs", "done");
}

#[test]
fn a_form_of_another_site_does_nothing() {
    let (server, _folder) = demo();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let (token, own) = (admin.token(), format!("http://{}", server.address));
    let lock = |headers: &[(&str, &str)], body: &str| admin.post("/console/customers/10/lock", headers, body).status;
    let body = format!("csrf={token}");
    assert_eq!(lock(&[], ""), 401, "no token");
    assert_eq!(lock(&[], "csrf=0"), 401);
    assert_eq!(lock(&[("Origin", "https://evil.example")], &body), 403);
    assert_eq!(lock(&[("Origin", "null")], &body), 403);
    assert_eq!(lock(&[("Sec-Fetch-Site", "cross-site")], &body), 403);
    assert_eq!(admin.get("/console/customers/10/lock").status, 404, "nothing is done by looking");
    assert!(!admin.get("/console/customers/10").text().contains("unlock"));
    assert_eq!(lock(&[("Origin", &own)], &body), 303);
    assert!(admin.get("/console/customers/10").text().contains("unlock"));
    let other = Visitor::sign_in(&server, "admin", "demo").unwrap();
    assert_eq!(other.post("/console/customers/10/unlock", &[], &body).status, 401, "a token of another session");
    let elsewhere = "name=admin&password=demo&next=https%3A%2F%2Fevil.example%2Fconsole";
    let reply = server.client().call("POST", "/console/sign-in", FORM, elsewhere).unwrap();
    assert_eq!((reply.status, reply.header("location")), (303, Some("/console")));
}

#[test]
fn everybody_sees_and_does_what_their_role_allows() {
    let (server, _folder) = demo();
    let admin = [("Authorization", "Bearer demo-admin-token"), ("Content-Type", "application/json")];
    for role in ["viewer", "agent"] {
        let body = format!(r#"{{"username":"{role}","password":"pw","role":"{role}","dialects":["console"]}}"#);
        assert_eq!(server.client().call("POST", "/v1/users", &admin, &body).unwrap().status, 201);
    }
    assert!(Visitor::sign_in(&server, "egon", "banken").is_none(), "a user of another dialect");
    for (role, writes) in [("viewer", false), ("agent", true)] {
        let visitor = Visitor::sign_in(&server, role, "pw").unwrap();
        let csrf = format!("csrf={}", visitor.token());
        let page = visitor.get("/console/customers/10").text();
        assert!(page.contains("john.doe@example.com"));
        assert_eq!(page.contains("name=\"phone\""), writes, "{role}");
        assert!(!page.contains("/erase"), "{role}");
        assert_eq!(visitor.get("/console/customers/10/erase").status, 403, "{role}");
        assert_eq!(visitor.post("/console/customers/10/erase", &[], &format!("{csrf}&confirm=10")).status, 403);
        let lock = visitor.post("/console/customers/10/lock", &[], &csrf).status;
        assert_eq!(lock, if writes { 303 } else { 403 }, "{role}");
        assert_eq!(visitor.get("/console/customers/new").status, if writes { 200 } else { 403 }, "{role}");
        let change = visitor.post("/console/customers/11", &[], &format!("{csrf}&version=1&phone={role}")).status;
        assert_eq!(change, if writes { 303 } else { 403 }, "{role}");
        assert_eq!(visitor.post("/console/sign-out", &[], &csrf).status, 303);
        assert_eq!(visitor.get("/console").status, 401, "the session has ended");
    }
}

#[test]
fn an_export_holds_every_record_and_no_formula() {
    let (server, _folder) = demo();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let headers = [("Authorization", "Bearer demo-admin-token"), ("Content-Type", "application/merge-patch+json")];
    let change = r#"{"name":"=HYPERLINK(\"http://evil.example\")"}"#;
    assert_eq!(server.client().call("PATCH", "/v1/customers/192", &headers, change).unwrap().status, 200);
    let reply = admin.get("/console/customers/csv?column=id&column=name&sort=-id");
    let text = reply.text();
    assert_eq!(reply.header("content-disposition"), Some("attachment; filename=\"customers.csv\""));
    let ids: Vec<u32> = text.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
    assert_eq!(text.lines().next(), Some("id,name"));
    assert_eq!(ids.len(), 206);
    assert!(ids.is_sorted_by(|a, b| a > b));
    assert!(text.contains("192,\"'=HYPERLINK(\"\"http://evil.example\"\")\""), "{text}");
    let few = admin.get("/console/customers/csv?q=byron&column=id&column=phone").text();
    assert_eq!(few.lines().collect::<Vec<_>>(), ["id,phone", "191,"]);
    assert_eq!(admin.get("/console/customers/csv?filter=nonsense").status, 422);
}

#[test]
fn the_overview_tells_of_the_last_backup_and_who_is_behind() {
    let folder = TempDir::with_prefix("samerow-console-").unwrap();
    let launch = Launch::demo(folder.path()).argument("--webhook-networks=127.0.0.1").argument("--webhook-retry=600");
    let server = launch.start();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let facts = || {
        let page = admin.get("/console").text();
        let text = page.split("<p class=\"facts quiet\">").nth(1).unwrap().split("</p>").next().unwrap().to_owned();
        (page, text.replace("<b>", "").replace("</b>", "").replace("<span>", "").replace("</span>", ""))
    };
    let (page, told) = facts();
    assert!(told.contains("Last backup none is known of") && !told.contains("Search index"), "{told}");
    assert!(!page.contains("backed up") && !page.contains("last backup"), "a new store needs none yet");
    let file = folder.path().join("backup.jsonl");
    let backup = || {
        let _ = std::fs::remove_file(&file);
        let mut command = support::command(&[]);
        command.arg("backup").arg(&file).arg("--data").arg(folder.path()).output().unwrap()
    };
    let output = backup();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let records = String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned();
    let told = facts().1;
    assert!(told.contains("Last backup ") && told.contains(&format!(" ago ({records} records)")), "{told}");
    // One of long ago is too old for a store with more than the demo's customers.
    let bearer = [("Authorization", "Bearer demo-admin-token"), ("Content-Type", "application/json")];
    let ask = |method: &str, path: &str, body: &str| server.client().call(method, path, &bearer, body).unwrap();
    std::fs::write(folder.path().join("samerow.backup"), r#"{"at":1,"records":7,"millis":1}"#).unwrap();
    assert!(!facts().0.contains("The last backup is of"));
    assert_eq!(ask("POST", "/v1/customers", r#"{"name":"One more"}"#).status, 201);
    let page = facts().0;
    assert!(
        page.contains("The last backup is of 1 Jan 1970") && page.contains("run samerow backup every night"),
        "{page}"
    );
    assert!(backup().status.success() && !facts().0.contains("The last backup is of"));
    // Who has searched has an index, which follows.
    assert_eq!(ask("GET", "/v1/customers?search=ada", "").status, 200);
    let soon = |done: &dyn Fn() -> bool| support::wait_until(std::time::Duration::from_secs(60), done);
    assert!(soon(&|| facts().1.contains("Search index up to date")), "{}", facts().1);
    // Nobody listens where this one is sent, so it stays behind; changes that are none of its own do not count.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let webhook = format!(r#"{{"name":"Billing","url":"http://{closed}/","kinds":["customer"]}}"#);
    assert_eq!(ask("POST", "/v1/webhooks", &webhook).status, 201);
    assert_eq!(ask("POST", "/v1/companies", r#"{"name":"Fjord AS"}"#).status, 201);
    assert!(facts().1.contains("Webhook Billing: up to date"), "{}", facts().1);
    let metric = |name: &str| -> f64 {
        let text = server.client().get("/metrics").unwrap().text();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("samerow_change_feed_lag_{name} ")));
        line.unwrap_or_else(|| panic!("{name}: {text}")).parse().unwrap()
    };
    let of_webhooks = "changes{follower=\"webhooks\"}";
    assert!(metric(of_webhooks).abs() < 0.5 && metric("changes{follower=\"search\"}").abs() < 0.5);
    change(&server, "behind", "customer_id=191&zip=1");
    change(&server, "further", "customer_id=191&zip=2");
    assert!(facts().1.contains("Webhook Billing: 2 changes behind, 0."), "{}", facts().1);
    assert!(metric(of_webhooks) > 1.5 && metric("seconds{follower=\"webhooks\"}") > 0.0);
    assert!(server.stop().success());
    let mut doctor = support::command(&[]);
    let output = doctor.args(["doctor", "--json", "--data"]).arg(folder.path()).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["backup"]["records"].as_i64().map(|now| now > records.parse().unwrap()), Some(true), "{report}");
}

#[test]
fn files_come_with_a_reply_where_no_script_runs() {
    let (server, _folder) = demo();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let token = admin.token();
    let form = |parts: &[(&str, &str)]| {
        let part =
            |(head, text): &(&str, &str)| format!("--X\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n");
        format!("{}--X--\r\n", parts.iter().map(part).collect::<String>())
    };
    let reply = |body: &str| {
        let headers = [("Cookie", &*admin.cookie), ("Content-Type", "multipart/form-data; boundary=X")];
        server.client().call("POST", "/console/tickets/500/messages", &headers, body).unwrap()
    };
    let file = ("name=\"file\"; filename=\"résumé.csv\"\r\nContent-Type: text/csv", "a;b\r\n");
    let whole = [
        ("name=\"csrf\"", &*token),
        ("name=\"once\"", "1"),
        ("name=\"text\"", "With a file <b>æ</b>."),
        file,
        ("name=\"file\"; filename=\"\"\r\nContent-Type: application/octet-stream", ""),
    ];
    assert_eq!(reply(&form(&[whole[1], whole[2], file])).status, 401, "no token");
    assert_eq!(reply(&form(&whole)).status, 303);
    let page = admin.get("/console/tickets/500").text();
    assert!(
        page.contains("With a file &#60;b&#62;æ&#60;/b&#62;.") || page.contains("With a file &lt;b&gt;æ&lt;/b&gt;."),
        "{page}"
    );
    assert_eq!(page.matches("résumé.csv").count(), 1);
    let link = page.split("class=\"files\"><li><a href=\"").nth(1).unwrap().split('"').next().unwrap();
    let content = admin.get(link);
    assert_eq!((content.text(), content.header("content-disposition").is_some()), ("a;b\r\n".to_owned(), true));
    assert_eq!(reply("no parts").status, 422);
}
