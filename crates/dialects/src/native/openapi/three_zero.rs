//! From 3.1 to 3.0, whose schemas are no JSON Schema yet.

use serde_json::{Value, json};

/// Says in the words of 3.0 what a document says in those of 3.1.
pub(super) fn downgrade(document: &mut Value) {
    document["openapi"] = json!("3.0.3");
    walk(document);
}

/// As deep as our own document is.
fn walk(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(walk),
        Value::Object(members) => {
            if let Some(Value::Array(types)) = members.get("type") {
                let mut types = types.clone();
                let before = types.len();
                types.retain(|name| name != "null");
                if types.len() < before {
                    members.insert("nullable".to_owned(), json!(true));
                }
                match types.as_slice() {
                    [one] => drop(members.insert("type".to_owned(), one.clone())),
                    // Any type is the nearest that can be said; `nullable` needs one.
                    _ => ["type", "nullable", "maxLength"].iter().for_each(|name| drop(members.remove(*name))),
                }
            }
            members.values_mut().for_each(walk);
        }
        _ => {}
    }
}

#[test]
fn null_is_no_type_there() {
    let mut document = json!({
        "a": { "type": ["string", "null"], "enum": ["x", null] },
        "b": [{ "type": ["string", "integer", "null"], "description": "any" }, { "type": "object" }],
        "properties": { "type": { "type": "string" } },
    });
    downgrade(&mut document);
    let expected = json!({
        "openapi": "3.0.3",
        "a": { "type": "string", "nullable": true, "enum": ["x", null] },
        "b": [{ "description": "any" }, { "type": "object" }],
        "properties": { "type": { "type": "string" } },
    });
    assert_eq!(document, expected);
}
