//! The shapes of an import.

use super::schemas::object;
use crate::ALL;
use serde_json::{Value, json};

pub(super) fn import() -> Value {
    let flag = |what: &str| json!({ "type": "boolean", "description": what });
    let dialects: Vec<_> = ALL.iter().map(|dialect| dialect.name).collect();
    let keys = ["id", "unique_id", "username", "subscription_ids", "order_ids", "emails", "email"];
    let row = json!({
        "line": { "type": "integer", "minimum": 0, "description": "Where it is in the file; else its place in the list." },
        "values": { "type": "object", "additionalProperties": true, "description": "The columns with what the row says there: a text, a number, a \
            boolean, null, or a list of these, which a cell holds an entry a line. What is nested is a column with a dot." },
    });
    let mut row = object("A row of the file.", &row, &["values"]);
    row["additionalProperties"] = json!(false);
    let members = json!({
        "as": { "type": "string", "enum": dialects, "description": "Under whose names the columns are." },
        "match": {
            "type": "array",
            "items": { "type": "string", "enum": keys },
            "description": "What customers are found by, the strongest first: unique_id, username and emails where \
                nobody says which, and id before them with keep_ids.",
        },
        "keep_ids": flag("Whether a new customer gets the id of its row."),
        "only": { "type": "string", "enum": ["create", "update"], "description": "To do only one of both." },
        "ignore_unknown": flag("Whether columns that are unknown are left out, and do not refuse the request."),
        "clear_empty": flag("Whether an empty cell takes away what is there, as far as the dialect can."),
        "rows": { "type": "array", "items": row, "maxItems": 1_000 },
    });
    let mut schema = object("Rows of a file of customers.", &members, &["as", "rows"]);
    schema["additionalProperties"] = json!(false);
    schema
}

pub(super) fn import_answer() -> Value {
    let number = |what: &str| json!({ "type": "integer", "minimum": 0, "description": what });
    let text = |what: &str| json!({ "type": "string", "description": what });
    let what = ["create", "update", "unchanged", "skip"];
    let result = json!({
        "line": number("Where the row is."),
        "what": { "type": "string", "enum": what, "description": "What was done, or would be." },
        "id": { "type": "integer", "minimum": 1, "description": "The id of the customer, where it is known." },
        "version": { "type": "integer", "minimum": 1, "description": "Their version now; not of a trial." },
        "fields": { "type": "array", "items": { "type": "string" }, "description": "The fields that changed." },
        "reason": text("Why nothing was stored of it."),
    });
    let result = object("What came of a row.", &result, &["line", "what"]);
    let members = json!({
        "create": number("Customers that were made."),
        "update": number("Customers that changed."),
        "unchanged": number("Customers that are there and say the same."),
        "skip": number("Rows of which nothing was stored."),
        "results": { "type": "array", "items": result },
    });
    let names = ["create", "update", "unchanged", "skip", "results"];
    object("What came of each row, in their order; a trial is answered alike.", &members, &names)
}
