//! What the server says about itself, and how its own addresses answer the methods of HTTP.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use dialects::native::problems;
use serde_json::Value;
use server::http::Refusal;
use std::process::Command;
use support::{ADMIN_TOKEN, Launch, Server, not_run};
use tempfile::TempDir;

fn server() -> (Server, TempDir) {
    let folder = TempDir::with_prefix("samerow-documentation-").unwrap();
    (Launch::demo(folder.path()).start(), folder)
}

/// The values of an attribute in a page.
fn attributes<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    page.split(&format!(" {name}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn pages_are_whole_and_need_nothing_from_elsewhere() {
    let (server, _folder) = server();
    let mut client = server.client();
    let mut size = 0;
    let mut seen = vec![String::from("/docs")];
    let mut at = 0;
    while let Some(target) = seen.get(at).cloned() {
        at += 1;
        let reply = client.call("GET", &target, &[], "").unwrap();
        assert_eq!((reply.status, reply.header("x-content-type-options")), (200, Some("nosniff")), "{target}");
        if !reply.header("content-type").unwrap().starts_with("text/html") {
            size += if target.ends_with(".json") { 0 } else { reply.body.len() };
            continue;
        }
        size += reply.body.len();
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let page = reply.text();
        assert!(page.starts_with("<!doctype html>") && page.contains("<html lang=\"en\">"), "{target}");
        assert_eq!(attributes(&page, "style").len() + attributes(&page, "onclick").len(), 0, "{target}");
        for link in attributes(&page, "href").into_iter().chain(attributes(&page, "src")) {
            assert!(link.starts_with('#') || link.starts_with('/'), "{target} leads to {link}");
            if link.starts_with('/') && !seen.iter().any(|known| known == link) {
                seen.push(link.to_owned());
            }
        }
    }
    assert!(seen.len() > 20 && size < 600_000, "{} pages of {size} bytes", seen.len());
    for target in ["/docs/", "/docs/problems/"] {
        assert_eq!(client.call("GET", target, &[], "").unwrap().status, 200, "{target}");
    }
    for target in ["/docs/problems/nothing", "/docs/x", "/docsx", "/docs/problems/conflict/", "/docs/style.css/"] {
        assert_eq!(client.call("GET", target, &[], "").unwrap().status, 404, "{target}");
    }
}

#[test]
fn every_problem_has_a_page() {
    let (server, _folder) = server();
    let mut client = server.client();
    for problem in problems::all() {
        let reply = client.call("GET", &format!("/docs/problems/{}", problem.code), &[], "").unwrap();
        assert!(reply.status == 200 && reply.text().contains("What to do"), "{}", problem.code);
    }
    for refusal in Refusal::ALL {
        let code = refusal.status().canonical_reason().unwrap().to_lowercase().replace(' ', "_");
        assert!(problems::all().iter().any(|problem| problem.code == code), "{code}");
    }
    let admin = ("Authorization", format!("Bearer {ADMIN_TOKEN}"));
    let admin = (admin.0, admin.1.as_str());
    // As they are met, each by its own way.
    for (method, target, headers, body) in [
        ("GET", "/v1/customers", vec![], ""),
        ("GET", "/v1/customers/9999", vec![admin], ""),
        ("POST", "/v1/customers/10", vec![admin], ""),
        ("PATCH", "/v1/customers/10", vec![admin, ("If-Match", "\"9\"")], "{\"phone\":\"1\"}"),
        ("PATCH", "/v1/customers/10", vec![admin, ("Content-Type", "text/plain")], "phone"),
        ("PATCH", "/v1/customers/10", vec![admin], "{\"username\":\"janeroe\"}"),
        ("PATCH", "/v1/customers/10", vec![admin], "{"),
    ] {
        let reply = client.call(method, target, &headers, body).unwrap();
        let kind = reply.json()["type"].as_str().unwrap_or_default().to_owned();
        assert!(kind.starts_with("/docs/problems/"), "{method} {target}: {}", reply.text());
        assert_eq!(client.call("GET", &kind, &[], "").unwrap().status, 200, "{kind}");
    }
}

#[test]
fn methods_are_answered_alike() {
    let (server, _folder) = server();
    let mut client = server.client();
    for target in ["/livez", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/problems", "/docs/style.css"] {
        let mut call = |method: &str| client.call(method, target, &[], "").unwrap();
        let (get, head, options) = (call("GET"), call("HEAD"), call("OPTIONS"));
        assert_eq!((get.status, head.status, options.status), (200, 200, 204), "{target}");
        assert!(!get.body.is_empty() && head.body.is_empty() && options.body.is_empty(), "{target}");
        if target != "/metrics" {
            assert_eq!(get.header("content-length"), head.header("content-length"), "{target}");
        }
        assert_eq!(options.header("allow"), Some("GET, HEAD, OPTIONS"), "{target}");
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let refused = call(method);
            assert_eq!(
                (refused.status, refused.header("allow")),
                (405, Some("GET, HEAD, OPTIONS")),
                "{method} {target}"
            );
        }
    }
    let document: Value = client.call("GET", "/openapi.json", &[], "").unwrap().json();
    for (path, at) in document["paths"].as_object().unwrap() {
        let target = path.replace("{id}", "1").replace("{letter}", "1");
        let mut offered: Vec<_> = at.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        offered.retain(|method| method != "PARAMETERS");
        if offered.iter().any(|method| method == "GET") {
            offered.push(String::from("HEAD"));
        }
        offered.push(String::from("OPTIONS"));
        offered.sort();
        let options = client.call("OPTIONS", &target, &[], "").unwrap();
        let mut allowed: Vec<_> = options.header("allow").unwrap().split(", ").map(str::to_owned).collect();
        allowed.sort();
        assert_eq!((options.status, allowed), (204, offered.clone()), "{path}");
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] {
            // Without a credential nothing happens.
            let status = client.call(method, &target, &[], "").unwrap().status;
            let expected = if offered.iter().any(|offered| offered == method) { 401 } else { 405 };
            assert_eq!(status, expected, "{method} {path}");
        }
    }
    for target in ["/livez", "/docs", "/v1/customers/10", "/api/2.0/customers"] {
        for method in ["TRACE", "CONNECT", "BREW", "get"] {
            // The listener closes the connection of whom it does not understand.
            let refused = server.client().call(method, target, &[], "").unwrap();
            assert_eq!(refused.status, 501, "{method} {target}");
        }
    }
}

#[test]
fn the_script_is_one() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/try.js");
    match Command::new("node").args(["--check", script]).output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => not_run("node --check try.js", "apt-get install nodejs"),
    }
}
