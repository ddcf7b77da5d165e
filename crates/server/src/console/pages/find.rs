//! What the palette finds.

use bytes::Bytes;
use domain::{Kind, Record};
use http::{HeaderValue, Response, header};
use serde_json::json;

use super::inspector::admit;
use super::list::{Asked, Part};
use super::many;
use crate::console::shown;
use crate::console::visit::{Outcome, Visit};

/// How many of each kind.
const FEW: u32 = 6;

/// Customers and tickets that hold the words, as far as the caller may see them.
pub(super) async fn run(visit: &Visit<'_>) -> Outcome {
    let mut found = Vec::new();
    let words = visit.query("q");
    if admit(visit).is_ok()
        && let Some(number) = visit.inspector.of_request(words.trim()).await
        && let Some(call) = visit.inspector.call(number).await
    {
        let name = format!("{} · {} #{number}", call.brief.operation, call.brief.dialect);
        found.push(json!({ "name": name, "address": visit.at(&format!("/inspector/{number}")) }));
    }
    for kind in [Kind::Customer, Kind::Ticket] {
        let Ok(Part { page, .. }) = Asked::read(kind, &visit.queries()).find(visit, FEW).await else { continue };
        found.extend(page.records.iter().map(|record: &Record| {
            let kind_name = visit.words().named("kind", kind.name());
            let name = format!("{} · {kind_name} #{}", shown::name(record), record.id);
            json!({ "name": name, "address": visit.at(&format!("/{}/{}", many(kind), record.id)) })
        }));
    }
    let mut response = Response::new(Bytes::from(serde_json::Value::from(found).to_string()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response.into())
}
