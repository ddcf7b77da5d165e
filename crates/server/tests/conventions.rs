//! What the native API does by the conventions of the web, and the vendors' APIs do not.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use serde_json::Value;
use std::io::Read as _;
use support::Launch;
use tempfile::TempDir;

const ADMIN: (&str, &str) = ("Authorization", "Bearer demo-admin-token");
const ORIGIN: (&str, &str) = ("Origin", "https://crm.example");

#[test]
fn lists_are_compressed_for_those_who_ask() {
    let folder = TempDir::new().unwrap();
    let server = Launch::demo(folder.path()).start();
    let mut client = server.client();
    let mut list = |path: &str, accept: &str, sign_in: (&str, &str)| {
        client.call("GET", path, &[sign_in, ("Accept-Encoding", accept)], "").unwrap()
    };
    let plain = list("/v1/customers?limit=50", "identity", ADMIN);
    assert_eq!(plain.header("content-encoding"), None);
    let zipped = list("/v1/customers?limit=50", "gzip, deflate", ADMIN);
    assert_eq!((zipped.header("content-encoding"), zipped.header("vary")), (Some("gzip"), Some("accept-encoding")));
    assert!(zipped.body.len() * 4 < plain.body.len(), "{} of {}", zipped.body.len(), plain.body.len());
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&zipped.body[..]).read_to_end(&mut text).unwrap();
    assert_eq!(text, plain.body);
    let packed = list("/v1/customers?limit=50", "gzip, zstd", ADMIN);
    assert_eq!(packed.header("content-encoding"), Some("zstd"));
    assert_eq!(zstd::bulk::decompress(&packed.body, plain.body.len()).unwrap(), plain.body);
    // The entity tag stands for the bytes as they are.
    let one = list("/v1/customers/191", "gzip", ADMIN);
    assert_eq!((one.header("content-encoding"), one.header("etag")), (None, Some("\"1\"")));
    // A vendor's client gets what its vendor sent, whatever its library asks for.
    let basic = ("Authorization", "Basic ZGVtbzowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OUFCQ0RFRl8x");
    let vendors = list("/api/2.0/customers", "gzip", basic);
    assert_eq!((vendors.status, vendors.header("content-encoding")), (200, None));
    assert!(vendors.body.len() > 1_024);
}

#[test]
fn pages_of_named_sites_may_call() {
    let folder = TempDir::new().unwrap();
    let server = Launch::demo(folder.path()).argument("--cors-origins").argument("https://crm.example").start();
    let mut client = server.client();
    let asks = [ORIGIN, ("Access-Control-Request-Method", "PATCH")];
    let preflight = client.call("OPTIONS", "/v1/customers/191", &asks, "").unwrap();
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, Some("https://crm.example")));
    assert!(preflight.header("access-control-allow-headers").unwrap().contains("if-match"));
    let read = client.call("GET", "/v1/customers/191", &[ADMIN, ORIGIN], "").unwrap();
    assert_eq!(read.header("access-control-allow-origin"), Some("https://crm.example"));
    assert!(read.header("access-control-expose-headers").unwrap().contains("etag"));
    let refused = client.call("GET", "/v1/customers/191", &[ORIGIN], "").unwrap();
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (401, Some("https://crm.example")));
    let other = client.call("GET", "/v1/customers/191", &[ADMIN, ("Origin", "https://evil.example")], "").unwrap();
    assert_eq!((other.status, other.header("access-control-allow-origin")), (200, None));
    assert!(serde_json::from_slice::<Value>(&other.body).is_ok());
}
