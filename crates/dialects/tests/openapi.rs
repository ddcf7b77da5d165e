//! The printed description of the native API and the page made of it and of the recorded conversations.
//!
//! `SAMEROW_BLESS=native` (or `1`) renews `docs/openapi.json` and `docs/api.md`. Read the difference before you commit it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use dialects::native::{DIALECT, openapi};
use std::fs;
use std::path::{Path, PathBuf};
use support::api_page;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a page with what the program makes of it.
#[allow(clippy::disallowed_methods, reason = "a person tells the test by hand")]
fn check(file: &str, made: &str) {
    let path = repository().join(file);
    if std::env::var("SAMEROW_BLESS").is_ok_and(|wanted| wanted == "1" || wanted == DIALECT.name) {
        assert!(std::env::var("CI").is_err(), "SAMEROW_BLESS is for people, never for CI");
        fs::write(&path, made).unwrap();
    }
    let is_fresh = fs::read_to_string(path).is_ok_and(|present| present == made);
    assert!(is_fresh, "{file} is stale: SAMEROW_BLESS=native renews it");
}

#[test]
fn the_printed_description_is_fresh() {
    check("docs/openapi.json", openapi::openapi(openapi::Version::V3_1));
}

#[test]
fn the_page_of_the_api_is_fresh_and_shows_every_operation() {
    let document = serde_json::from_str(openapi::openapi(openapi::Version::V3_1)).unwrap();
    check("docs/api.md", &api_page::page(&document));
}
