//! Searches by words, as programs and people ask: what is found, what is left of whom was erased.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;
use support::visitor::Visitor;
use support::{Launch, bytes_beside, wait_until};
use tempfile::TempDir;

#[test]
fn a_search_finds_what_is_stored_now_and_nothing_of_whom_was_erased() {
    let folder = TempDir::with_prefix("samerow-search-").unwrap();
    let server = Launch::demo(folder.path()).start();
    let bearer = [("Authorization", "Bearer demo-admin-token"), ("Content-Type", "application/json")];
    let ask = |method: &str, path: &str, body: &str| server.client().call(method, path, &bearer, body).unwrap();
    let found = |words: &str| -> Vec<i64> {
        let words = words.replace(' ', "%20");
        let page = ask("GET", &format!("/v1/customers?search={words}&fields=id"), "").json();
        page["data"].as_array().unwrap().iter().map(|record| record["id"].as_i64().unwrap()).collect()
    };
    let named = |name: &str| {
        let body = format!(r#"{{"name":"{name}","emails":["Canary.{name}@Example.com"],"phone":"+47 98 76 54"}}"#);
        ask("POST", "/v1/customers", &body).json()["id"].as_i64().unwrap()
    };
    // Whether the index is there yet or not.
    let first = named("Zebedee");
    assert_eq!(found("zebedee"), [first]);
    // Only the index forgives.
    assert!(wait_until(Duration::from_secs(120), || !found("zebedde").is_empty()), "the index does not come");
    for round in 0..20 {
        let id = named(&format!("Quokka{round}"));
        assert_eq!(found(&format!("quokka{round}")), [id]);
        assert_eq!(found(&format!("anary.quokka{round}@ex")), [id]);
        assert_eq!(found(&format!("uokka{round} 987654")), [id]);
        assert_eq!(found(&id.to_string())[0], id);
        let change = format!(r#"{{"name":"Numbat{round}","emails":[]}}"#);
        assert_eq!(ask("PATCH", &format!("/v1/customers/{id}"), &change).status, 200);
        assert_eq!(found(&format!("numbat{round}")), [id]);
        assert!(found(&format!("anary.quokka{round}@ex")).is_empty());
    }
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    assert!(admin.get("/console/find?q=zebed").text().contains("Zebedee"));
    assert!(admin.get("/console/customers?q=zebed").text().contains("Zebedee"));
    assert!(admin.get("/console/customers/csv?q=zebed&column=name").text().contains("Zebedee"));
    let holds = |word: &[u8]| bytes_beside(folder.path(), "search.db", word);
    assert!(holds(b"zebedee"));
    assert_eq!(ask("POST", &format!("/v1/customers/{first}/erase"), "").status, 200);
    assert!(found("zebedee").is_empty());
    assert!(!holds(b"zebed") && !holds(b"canary.z"), "words of an erased person are in the index");
}

#[test]
fn a_search_that_is_filtered_or_sorted_leaves_nobody_out() {
    let folder = TempDir::with_prefix("samerow-search-").unwrap();
    // More than are filtered after they were found.
    let server = Launch::demo(folder.path()).argument("--demo-customers=5600").start();
    let bearer = [("Authorization", "Bearer demo-admin-token")];
    let ask = |query: &str| server.client().call("GET", &format!("/v1/customers?{query}"), &bearer, "").unwrap().json();
    let ids = |page: &serde_json::Value| -> Vec<i64> {
        page["data"].as_array().unwrap().iter().map(|record| record["id"].as_i64().unwrap()).collect()
    };
    let index_is_there = || !ids(&ask("search=preson1001")).is_empty();
    assert!(wait_until(Duration::from_secs(120), index_is_there), "the index does not come");
    // Who is Anna, and who lives in Oslo, goes by the number of who was generated.
    let annas: Vec<i64> = (1_001..6_601).filter(|id| id % 16 == 0).collect();
    let osloers = |ids: &[i64]| -> Vec<i64> { ids.iter().copied().filter(|id| id % 7 == 0).collect() };
    let all = |query: &str| {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = ask(&format!("{query}&limit=150{cursor}"));
            found.extend(ids(&page));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
    };
    assert_eq!(all("search=anna&sort=id"), annas);
    assert_eq!(all("search=annaa&sort=id"), annas, "misspelt, from page to page");
    assert_eq!(all("search=anna&filter=address.city%20=%20Oslo"), osloers(&annas));
    let everybody: Vec<i64> = (1_001..6_601).collect();
    assert_eq!(all("search=example.com&sort=id&filter=id%20%3E%201000"), everybody, "more than are filtered");
    assert_eq!(
        all("search=example.com&sort=id&filter=id%20%3E%201000%20and%20address.city%20=%20Oslo"),
        osloers(&everybody)
    );
    // Best first, page by page, each once: up to so many that a further word is the better way.
    assert_eq!(all("search=anna"), annas, "all of them are found as well");
    let named = all("search=1008");
    assert_eq!(named[0], 1_008);
    let best = all("search=example.com");
    assert_eq!(best.len(), 5_000);
    assert_eq!(best.iter().collect::<BTreeSet<_>>().len(), 5_000);
    assert!(ask("search=anna&limit=200")["notice"].is_null());
    let (mut page, mut pages) = (ask("search=example.com&limit=200"), 1);
    while let Some(next) = page["next_cursor"].as_str() {
        assert!(page["notice"].is_null());
        page = ask(&format!("search=example.com&limit=200&cursor={next}"));
        pages += 1;
    }
    assert_eq!(pages, 25);
    assert!(page["notice"].as_str().unwrap().contains("A further word"), "{page}");
    // A cursor is one of its own search, and of its own order.
    let next = ask("search=anna&limit=10")["next_cursor"].as_str().unwrap().to_owned();
    for other in ["search=anne", "search=anna&sort=id", "search=anna&filter=id%20%3E%201", "sort=id"] {
        assert_eq!(ask(&format!("{other}&cursor={next}"))["code"], "invalid", "{other}");
    }
}

#[test]
fn what_changes_between_pages_of_a_search_shows_nobody_twice_on_one() {
    let folder = TempDir::with_prefix("samerow-search-").unwrap();
    let server = Launch::demo(folder.path()).argument("--demo-customers=1000").start();
    let headers = [("Authorization", "Bearer demo-admin-token"), ("Content-Type", "application/json")];
    let call =
        |method: &str, path: &str, body: &str| server.client().call(method, path, &headers, body).unwrap().json();
    let ids = |page: &serde_json::Value| -> Vec<i64> {
        page["data"].as_array().unwrap().iter().map(|record| record["id"].as_i64().unwrap()).collect()
    };
    assert!(
        wait_until(Duration::from_secs(120), || !ids(&call("GET", "/v1/customers?search=preson1001", "")).is_empty())
    );
    // Every sixteenth is Anna.
    let annas: BTreeSet<i64> = (1_001..2_001).filter(|id| id % 16 == 0).collect();
    let (mut seen, mut cursor, mut renamed) = (BTreeSet::new(), String::new(), BTreeSet::new());
    loop {
        let page = call("GET", &format!("/v1/customers?search=anna&limit=7{cursor}"), "");
        let here = ids(&page);
        assert_eq!(here.iter().collect::<BTreeSet<_>>().len(), here.len(), "{here:?}");
        seen.extend(here.iter().copied());
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
        // One who was shown is found worse now, one who was not is found no more, and one is new.
        call("PATCH", &format!("/v1/customers/{}", here[0]), r#"{"first_name":"Hannah","name":"Xannax"}"#);
        let gone = annas.iter().rev().find(|id| !seen.contains(*id) && !renamed.contains(*id));
        if let Some(gone) = gone.copied() {
            call("DELETE", &format!("/v1/customers/{gone}"), "");
            renamed.insert(gone);
        }
        call("POST", "/v1/customers", r#"{"name":"Joanna"}"#);
    }
    let missed: Vec<_> = annas.iter().filter(|id| !seen.contains(*id) && !renamed.contains(*id)).collect();
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn the_console_turns_the_pages_of_a_search() {
    let folder = TempDir::with_prefix("samerow-search-").unwrap();
    let server = Launch::demo(folder.path()).argument("--demo-customers=1000").start();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let (mut address, mut found) = ("/console/customers?q=anna&column=id".to_owned(), BTreeSet::new());
    let mut counts = Vec::new();
    loop {
        let page = admin.get(&address).text();
        let rows =
            page.split("name=\"id\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().parse::<i64>());
        found.extend(rows.map(Result::unwrap));
        let count = page.split("<p class=\"quiet count\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
        counts.push(count);
        let Some(next) = page.split("rel=\"next\" href=\"").nth(1) else { break };
        address = next.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    }
    let annas: BTreeSet<i64> = (1_001..2_001).filter(|id| id % 16 == 0).collect();
    assert!(annas.is_subset(&found), "{found:?}");
    assert_eq!(counts, ["Found: more than 50", &format!("Found: {}", found.len())]);
}
