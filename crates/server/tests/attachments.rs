//! Files that are larger than any other body, in and out of a server.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use support::{Launch, Reply};
use tempfile::TempDir;

const ADMIN: (&str, &str) = ("Authorization", "Bearer demo-admin-token");
const LARGEST: usize = 16 * 1024 * 1024;

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at / 3 * 7 % 256) as u8).collect()
}

#[test]
fn files_come_back_as_they_were_sent() {
    let folder = TempDir::new().unwrap();
    let server = Launch::demo(folder.path()).start();
    let mut client = server.client();
    let mut send = |name: &str, file: &[u8]| -> Reply {
        let headers = [ADMIN, ("Content-Type", "application/pdf")];
        client.call("POST", &format!("/v1/attachments?name={name}"), &headers, file).unwrap()
    };
    let files = [bytes(0), bytes(300_000), bytes(LARGEST)];
    for (file, id) in files.iter().zip(1..) {
        let reply = send("a.pdf", file);
        assert_eq!((reply.status, &reply.json()["size"], &reply.json()["id"]), (201, &file.len().into(), &id.into()));
    }
    assert_eq!(
        server.client().call("POST", "/v1/attachments?name=b", &[ADMIN], bytes(LARGEST + 1)).map_or(413, |r| r.status),
        413
    );
    // Elsewhere the limit is the server's.
    let other = server.client().call("POST", "/v1/tickets", &[ADMIN], bytes(2 << 20));
    assert_eq!(other.map_or(413, |reply| reply.status), 413);
    let mut client = server.client();
    for (file, id) in files.iter().zip(1..) {
        let reply = client.call("GET", &format!("/v1/attachments/{id}/content"), &[ADMIN], "").unwrap();
        assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/pdf")));
        assert_eq!(reply.header("content-length"), Some(file.len().to_string().as_str()));
        assert!(reply.body == *file, "{id}");
    }
    assert_eq!(client.get("/v1/customers/10").unwrap().status, 200, "the connection goes on");
}
