//! Lists that go out whole, while others write.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use support::visitor::Visitor;
use support::{Launch, Server};
use tempfile::TempDir;

const BEARER: (&str, &str) = ("Authorization", "Bearer demo-admin-token");

/// Demo records and 2,500 customers more, whose ids begin at 1,001.
fn server() -> (Server, TempDir) {
    let folder = TempDir::with_prefix("samerow-exports-").unwrap();
    (Launch::demo(folder.path()).argument("--demo-customers=2500").start(), folder)
}

/// Runs it while somebody changes and creates customers all the time.
fn while_others_write<T>(server: &Server, run: impl FnOnce() -> T) -> T {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let (mut client, mut writes) = (server.client(), 0_u64);
            let headers = [BEARER, ("Content-Type", "application/json")];
            while !is_over.load(Ordering::Relaxed) {
                let id = 1_001 + writes * 7 % 2_500;
                let body = format!(r#"{{"note":"written {writes}"}}"#);
                assert_eq!(client.call("PATCH", &format!("/v1/customers/{id}"), &headers, &body).unwrap().status, 200);
                assert_eq!(client.call("POST", "/v1/customers", &headers, r#"{"name":"New"}"#).unwrap().status, 201);
                writes += 1;
            }
            writes
        });
        let told = run();
        is_over.store(true, Ordering::Relaxed);
        assert!(writer.join().unwrap() > 0, "nobody wrote meanwhile");
        told
    })
}

/// The ids of who was there all the while; each is there once.
fn known(ids: impl Iterator<Item = i64>) -> BTreeSet<i64> {
    let mut known = BTreeSet::new();
    for id in ids.filter(|id| (1_001..3_501).contains(id)) {
        assert!(known.insert(id), "{id} is there twice");
    }
    known
}

#[test]
fn a_list_is_whole_while_others_write() {
    let (server, _folder) = server();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let all: BTreeSet<i64> = (1_001..3_501).collect();
    let first = |line: &str| line.split(',').next().unwrap().parse::<i64>().unwrap();
    let (csv, lines, console, sorted) = while_others_write(&server, || {
        let ask = |path: &str, accept: &str| {
            let reply = server.client().call("GET", path, &[BEARER, ("Accept", accept)], "").unwrap();
            assert_eq!(reply.status, 200);
            reply.text()
        };
        (
            ask("/v1/customers?fields=id,name", "text/csv"),
            ask("/v1/customers", "application/x-ndjson"),
            admin.get("/console/customers/csv?column=id&column=name").text(),
            ask("/v1/customers?fields=id,name&sort=-name&filter=name%20!=%20New", "text/csv"),
        )
    });
    for csv in [csv, console, sorted] {
        assert_eq!(csv.lines().next(), Some("id,name"));
        assert_eq!(known(csv.lines().skip(1).map(first)), all);
    }
    let id = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_i64().unwrap();
    assert_eq!(known(lines.lines().map(id)), all);
}

#[test]
fn a_head_and_a_client_that_goes_away_cost_nothing_lasting() {
    let (server, _folder) = server();
    let headers = [BEARER, ("Accept", "text/csv")];
    let reply = server.client().call("HEAD", "/v1/customers", &headers, "").unwrap();
    assert_eq!((reply.status, reply.body.len()), (200, 0));
    assert_eq!(reply.header("content-disposition"), Some("attachment; filename=\"customers.csv\""));
    for _ in 0..20 {
        use std::io::{Read as _, Write as _};
        let mut stream = std::net::TcpStream::connect(server.address).unwrap();
        let token = BEARER.1;
        let request = format!(
            "GET /v1/customers HTTP/1.1\r\nHost: a\r\nAuthorization: {token}\r\nAccept: application/x-ndjson\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        stream.read_exact(&mut [0; 100]).unwrap();
    }
    // It waits for answers that are on their way.
    assert!(server.stop().success());
}

#[test]
fn the_console_exports_what_it_shows() {
    let (server, _folder) = server();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let headers = [BEARER, ("Content-Type", "application/json")];
    for phone in ["+47 1", "+47 2"] {
        let body = format!(r#"{{"phone":"{phone}"}}"#);
        assert_eq!(server.client().call("PATCH", "/v1/customers/11", &headers, &body).unwrap().status, 200);
    }
    let page = admin.get("/console/customers/11/history?field=phone").text();
    assert!(page.contains("href=\"/console/customers/11/history/csv?field=phone\""), "{page}");
    let reply = admin.get("/console/customers/11/history/csv?field=phone");
    assert_eq!(reply.header("content-disposition"), Some("attachment; filename=\"customer-11-history.csv\""));
    let lines: Vec<String> = reply.text().lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "version,at,dialect,operation,credential,client,request_id,field,from,to");
    assert!(lines[1].starts_with("3,") && lines[1].ends_with(",phone,'+47 1,'+47 2"), "{}", lines[1]);
    assert!(lines[2].ends_with(",phone,,'+47 1"), "{}", lines[2]);
    assert_eq!(lines.len(), 3);
    let whole = admin.get("/console/customers/11/history/csv").text();
    assert!(whole.contains(",password,,changed") && !whole.contains("argon2"), "{whole}");
    // The tickets of one customer are not those of all.
    let page = admin.get("/console/customers/11/tickets").text();
    assert!(page.contains("href=\"/console/customers/11/tickets/csv"), "{page}");
    let tickets = admin.get("/console/customers/11/tickets/csv?column=id&column=title").text();
    assert_eq!(tickets, "id,title\r\n502,Invoice address\r\n");
    assert_eq!(admin.get("/console/customers/99999/tickets/csv").status, 404);
}
