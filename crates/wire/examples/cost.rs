//! Prints what reading a typical form and JSON body costs: `cargo run --release -p wire --example cost`.

use std::hint::black_box;
use std::time::Instant;

use wire::{form, json, text, write};

fn main() {
    let form = b"customer_id=191&firstname=Ann+Marie&email=ann@example.com&city=K%C3%B6ln&zip=1";
    let json = br#"{"name":"Ann","lastname":"M\u00fcller","email":"ann@example.com","company_position":"Head of Sales","mobile":"0821234567","country":"ZA","custom":[1,2,3],"status":"on","quota":5}"#;
    let large = format!("[{}]", vec![String::from_utf8_lossy(json); 5_000].join(","));

    measure("form", form, |body| form::parse(body, &form::Limits::default()).map_or(0, |pairs| pairs.len()));
    measure("JSON", json, |body| json::parse(body, &json::Limits::default()).map_or(0, |_| 1));
    measure("JSON, as serde_json's Value", json, |body| {
        serde_json::from_slice::<serde_json::Value>(body).map_or(0, |_| 1)
    });
    let limits = json::Limits { values: usize::MAX, ..json::Limits::default() };
    measure("JSON, large", large.as_bytes(), |body| json::parse(body, &limits).map_or(0, |_| 1));
    measure("character policy, large", large.as_bytes(), |body| {
        std::str::from_utf8(body).map_or(0, |body| usize::from(text::check(body).is_ok()))
    });
    measure("JSON answer, written", b"ann@example.com", |value| {
        let mut out = String::with_capacity(128);
        let value = std::str::from_utf8(value).unwrap_or_default();
        json::write_object(&mut out, |answer| {
            answer.object("item", |item| {
                item.put("id", 191)
                    .put("email", value)
                    .put("name", "Ann \"M\" Müller")
                    .put("date_modified", 1_700_000_000);
            });
        });
        out.len()
    });
    measure("XML answer, written", b"ann@example.com", |value| {
        let mut xml = write::XmlWriter::document();
        let value = std::str::from_utf8(value).unwrap_or_default();
        xml.start("response");
        xml.start("item");
        xml.element("id", "191").element("email", value).element("name", "Ann \"M\" Müller");
        xml.element("date_modified", "1700000000");
        xml.finish().len()
    });
}

/// The fastest of five rounds, so that a busy machine counts less.
#[expect(clippy::print_stdout, reason = "it is what this program is for")]
fn measure(what: &str, body: &[u8], run: impl Fn(&[u8]) -> usize) {
    assert_ne!(run(body), 0, "{what} must succeed to be worth measuring");
    let rounds = u32::try_from(20_000_000 / body.len().max(77)).unwrap_or(1);
    let best = (0..5).map(|_| {
        let start = Instant::now();
        for _ in 0..rounds {
            black_box(run(black_box(body)));
        }
        start.elapsed() / rounds
    });
    println!("{what}, {} bytes: {:?}", body.len(), best.min().unwrap_or_default());
}
