//! The query parameters and headers, each told once.

use domain::Kind;
use serde_json::{Value, json};

/// What a query parameter is: its schema and a sentence. `None` for one that nobody described, which a test finds.
fn query(name: &str) -> Option<(Value, String)> {
    let text = || json!({ "type": "string" });
    let flag = || json!({ "type": "boolean", "default": false });
    let (schema, sentence) = match name {
        "filter" => (
            text(),
            "Which ones: such as `status = active and address.city in (Oslo, Bergen)`, or likely duplicates: `shared(emails) or shared(name, phone)`.",
        ),
        "search" => (
            text(),
            "Words, each of which some name, address, e-mail, phone, user name or number of the record holds, or the id. Customers come best first, the best 5,000 page by page, and the last page says when there are more; with `sort` in that order. Where nothing holds the words, those whose words are nearly spelt so. Words such as `status:off`, `city:oslo`, `changed:<7d` or `by:nightly` are filters instead; a word in quotes is none.",
        ),
        "sort" => (text(), "By up to four fields, such as `-updated_at,name`; `-` puts the largest first."),
        "limit" => (json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 }), "How many at most."),
        "cursor" => (text(), "Where to go on: the `next_cursor` of the page before, of the same list."),
        "deleted" => (flag(), "Whether deleted ones are listed too."),
        "fields" => (text(), "Show only these members, separated by commas, besides `id` and `version`."),
        "as" => {
            let names: Vec<_> = crate::ALL.iter().map(|dialect| dialect.name).collect();
            let sentence = "In CSV: under the names that this API has for the fields of a customer, as `samerow import` reads them; those of `fields` too.";
            (json!({ "type": "string", "enum": names }), sentence)
        }
        "format" => (json!({ "type": "string", "enum": ["json", "csv"], "default": "json" }), "How it is written."),
        "name" => (json!({ "type": "string", "minLength": 1, "maxLength": 255 }), "The name of the file."),
        "after" => (text(), "The `cursor` of the last event that was seen, or `now`; without it from the beginning."),
        "kind" => {
            let kinds: Vec<_> = Kind::ALL.into_iter().filter(|kind| kind.has_history()).map(Kind::name).collect();
            return Some((text(), format!("Only records of these kinds, separated by commas: {}.", kinds.join(", "))));
        }
        "dialect" => (text(), "Only what was changed through these APIs, separated by commas."),
        "atomic" => (
            json!({ "type": "boolean", "default": true }),
            "Whether all items are done or none; else each stands alone.",
        ),
        "dry_run" => (flag(), "Do everything but keep it, and answer what would come of it."),
        "wait" => {
            let schema = json!({ "type": "integer", "minimum": 0, "maximum": 60, "default": 0 });
            (schema, "How many seconds to wait for a first event.")
        }
        _ => return None,
    };
    Some((schema, sentence.to_owned()))
}

/// A query parameter.
pub(super) fn of_query(name: &str) -> Value {
    let Some((schema, sentence)) = query(name) else { return json!({ "name": name, "in": "query" }) };
    // The only one without which nothing can be done.
    let required = name == "name";
    json!({ "name": name, "in": "query", "required": required, "description": sentence, "schema": schema })
}

/// A part of the path.
pub(super) fn of_path(name: &str) -> Value {
    let (schema, sentence) = match name {
        "id" => (json!({ "type": "integer", "minimum": 1 }), "The id of the record."),
        _ => (json!({ "type": "string" }), "The name of what is meant."),
    };
    json!({ "name": name, "in": "path", "required": true, "description": sentence, "schema": schema })
}

/// The headers of requests, by the names of their components.
pub(super) fn headers() -> Value {
    let header = |name: &str, sentence: &str| json!({ "name": name, "in": "header", "description": sentence, "schema": { "type": "string" } });
    json!({
        "IfMatch": header(
            "If-Match",
            "Change it only if this is its version: the `ETag` that was answered before. Otherwise the answer is 412.",
        ),
        "IfNoneMatch": header("If-None-Match", "Answer 304 without a body if this is still its `ETag`."),
        "IdempotencyKey": header(
            "Idempotency-Key",
            "The same request with the same key is done once, and answered as it was at first, for 24 hours.",
        ),
        "Prefer": header("Prefer", "`return=minimal` spares the body of the answer."),
        "RequestId": header("X-Request-Id", "The id of the request, which the answer repeats and the history keeps."),
    })
}

/// The headers of answers, by the names of their components.
pub(super) fn answered() -> Value {
    let header = |sentence: &str, kind: &str| json!({ "description": sentence, "schema": { "type": kind } });
    json!({
        "ETag": header("The version of the record, in quotes: for `If-Match` and `If-None-Match`.", "string"),
        "Location": header("The address of what was created.", "string"),
        "Link": header("The address of the next page, as `<…>; rel=\"next\"`.", "string"),
        "RequestId": header("The id of the request.", "string"),
        "RetryAfter": header("After how many seconds to try again.", "integer"),
    })
}
