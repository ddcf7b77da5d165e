//! A person is forgotten: nothing of them is left, in no dialect, no history and no file.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use domain::operation::EraseCustomer;
use domain::{Field, Kind, Value};
use http::Method;
use support::place::Place;
use support::{Template, World};

const ADMIN: &[(&str, &str)] = &[("authorization", "Bearer demo-admin-token")];

fn native(world: &World, method: &Method, target: &str, body: &'static str) -> (u16, String) {
    let answer = world.ask(method, target, ADMIN, body);
    (answer.response.status().as_u16(), String::from_utf8(answer.response.body().to_vec()).unwrap())
}

/// A marker that is nowhere else.
const MARK: &str = "Zwq7Xmarker";

/// Puts the marker wherever something of customer 10 can be kept.
fn mark(world: &World) {
    for body in [
        r#"{"first_name":"Zwq7Xmarker1","note":"Zwq7Xmarker2","emails":["a@zwq7xmarker.example"],"username":"Zwq7Xmarker3"}"#,
        r#"{"note":"Zwq7Xmarker4","unique_id":"Zwq7Xmarker5","custom1":"Zwq7Xmarker6","address":{"line1":"Zwq7Xmarker7"}}"#,
    ] {
        assert_eq!(native(world, &Method::PATCH, "/v1/customers/10", body).0, 200);
    }
    let (status, _) =
        native(world, &Method::PATCH, "/v1/tickets/500", r#"{"title":"Zwq7Xmarker8","custom1":"Zwq7Xmarker9"}"#);
    assert_eq!(status, 200);
    let (status, body) = native(
        world,
        &Method::POST,
        "/v1/accounts",
        r#"{"customer":10,"name":"Zwq7Xmarker16","external_account_ids":["Zwq7Xmarker17"],"tracking_url_template":"https://zwq7xmarker18.example/"}"#,
    );
    assert_eq!(status, 201, "{body}");
    let (status, body) = native(world, &Method::PATCH, "/v1/accounts/1", r#"{"address":{"city":"Zwq7Xmarker19"}}"#);
    assert_eq!(status, 200, "{body}");
    let (status, body) = native(world, &Method::POST, "/v1/attachments?name=Zwq7Xmarker10.txt", "Zwq7Xmarker11");
    assert_eq!(status, 201, "{body}");
    let (status, body) = native(
        world,
        &Method::POST,
        "/v1/tickets/500/messages",
        r#"{"text":"Zwq7Xmarker12","author":"Zwq7Xmarker13","attachments":[1]}"#,
    );
    assert_eq!(status, 201, "{body}");
}

/// An answer that shows them is kept for who sends the request again.
fn keep_an_answer(world: &World) {
    for (method, target, body) in [
        (Method::PATCH, "/v1/customers/10", r#"{"mobile_phone":"Zwq7Xmarker14"}"#),
        (Method::PATCH, "/v1/customers/10", r#"{"mobile_phone":"Zwq7Xmarker14"}"#),
        (Method::PATCH, "/v1/tickets/500", r#"{"title":"Zwq7Xmarker15"}"#),
    ] {
        let key = format!("{target}{}", world.commits.load(std::sync::atomic::Ordering::SeqCst));
        let headers = [ADMIN[0], ("idempotency-key", key.as_str())];
        let answer = world.ask(&method, target, &headers, body);
        assert_eq!(answer.response.status().as_u16(), 200);
    }
}

fn seen(place: &Place) -> bool {
    place.bytes().to_ascii_lowercase().windows(MARK.len()).any(|window| window == MARK.to_ascii_lowercase().as_bytes())
}

#[test]
fn nothing_of_an_erased_person_is_left_in_any_file() {
    let template = Template::new();
    // The marker is found where nobody is erased.
    let world = template.world();
    mark(&world);
    assert!(seen(&world.close()));

    let world = template.world();
    mark(&world);
    keep_an_answer(&world);
    let (status, body) = native(&world, &Method::POST, "/v1/customers/10/erase", "");
    assert_eq!(status, 200, "{body}");
    assert!(body.contains(r#""accounts":1,"tickets":2,"messages":4,"attachments":1"#), "{body}");
    assert_eq!(world.examine(), [] as [String; 0], "every chain and every checksum holds");
    for target in [
        "/v1/customers?deleted=true&limit=200",
        "/v1/accounts?deleted=true",
        "/v1/tickets?deleted=true",
        "/v1/messages?deleted=true",
        "/v1/attachments?deleted=true",
    ] {
        let (status, body) = native(&world, &Method::GET, target, "");
        assert!(
            status == 200 && !body.to_lowercase().contains("zwq7x") && !body.contains("johndoe"),
            "{target}: {body}"
        );
    }
    for kind in ["accounts/1", "tickets/500", "tickets/501", "messages/1", "attachments/1"] {
        let (status, body) = native(&world, &Method::GET, &format!("/v1/{kind}/history"), "");
        assert!(status == 200 && body.contains(r#""changes":[]"#) && !body.contains(r#""from""#), "{kind}: {body}");
    }
    // What was theirs alone, somebody else may have.
    let (status, _) = native(&world, &Method::PATCH, "/v1/customers/11", r#"{"username":"Zwq7Xmarker3"}"#);
    assert_eq!(status, 200);
    let (status, _) = native(&world, &Method::PATCH, "/v1/customers/11", r#"{"username":"janeroe"}"#);
    assert_eq!(status, 200);
    let (status, _) = native(&world, &Method::POST, "/v1/customers/11/erase", "");
    assert_eq!(status, 200);
    let place = world.close();
    assert!(!seen(&place), "something of an erased person is in the files");
    assert_eq!(place.examine().findings, [], "the closed store is sound");
}

#[test]
fn a_dry_run_changes_nothing_and_an_id_is_nobody_elses() {
    let world = Template::new().world();
    let before = native(&world, &Method::GET, "/v1/customers/10", "");
    assert!(world.run(EraseCustomer { id: 10, reason: None, dry_run: true }).unwrap().dry_run);
    assert_eq!(native(&world, &Method::GET, "/v1/customers/10", ""), before);
    world.run(EraseCustomer { id: 10, reason: None, dry_run: false }).unwrap();
    assert!(world.run(EraseCustomer { id: 10, reason: None, dry_run: false }).is_err());
    let (_, made) = native(&world, &Method::POST, "/v1/customers", r#"{"name":"new"}"#);
    assert!(!made.contains(r#""id":10,"#), "{made}");
    // Nobody begins to refer to them.
    assert_eq!(native(&world, &Method::PATCH, "/v1/tickets/502", r#"{"customer":10}"#).0, 400);
    assert_eq!(native(&world, &Method::PATCH, "/v1/companies/17", r#"{"primary_contact":10}"#).0, 400);
}

#[test]
fn an_export_is_what_the_caller_may_see() {
    let world = Template::new().world();
    let phone = Value::Texts(vec!["phone".to_owned(), "text".to_owned()]);
    world.amend(Kind::Tenant, 1, Field::MaskedFields, Some(phone));
    let viewer = [("authorization", "Bearer demo-read-token")];
    for format in ["json", "csv"] {
        let target = format!("/v1/customers/10/export?format={format}");
        let masked = world.ask(&Method::GET, &target, &viewer, "");
        let masked = String::from_utf8(masked.response.body().to_vec()).unwrap();
        assert!(
            masked.contains("***") && !masked.contains("021 555") && !masked.contains("password is wrong"),
            "{masked}"
        );
        let whole = native(&world, &Method::GET, &target, "").1;
        assert!(
            whole.contains("021 555") && whole.contains("password is wrong") && !whole.contains("$quick$"),
            "{whole}"
        );
    }
}
