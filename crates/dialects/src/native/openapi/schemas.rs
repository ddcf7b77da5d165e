//! The schemas of each kind of record, from its fields and what they can hold.

use super::around;
use crate::exchange::Content;
use crate::moment::is_time;
use crate::native::fields::{EXTRA_FIELDS, groups};
use crate::native::operations::ENDPOINTS;
use domain::field::CUSTOM_FIELDS;
use domain::value::EMAIL_MAX;
use domain::{Field, Kind, Shape};
use serde_json::{Map, Value, json};

/// The name of the schema of what a record shows: `ExtraField`.
pub(super) fn name(kind: Kind) -> String {
    let capital =
        |word: &str| word.get(..1).map(str::to_ascii_uppercase).unwrap_or_default() + word.get(1..).unwrap_or("");
    kind.name().split('_').map(capital).collect()
}

/// The name of the schema of what can be set of a record.
pub(super) fn input_name(kind: Kind) -> String {
    name(kind) + "Input"
}

pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The name of the schema of a page of records.
pub(super) fn page_name(kind: Kind) -> String {
    name(kind) + "Page"
}

/// A record and its secret, which is shown this once.
pub(super) fn with_secret(kind: Kind) -> Value {
    let (member, text) = match kind {
        Kind::Webhook => ("secret", "The secret that events are signed with. It is never shown again."),
        _ => ("key", "The secret to sign in with. It is never shown again."),
    };
    let key = json!({ member: { "type": ["string", "null"], "description": text } });
    json!({ "allOf": [reference(&name(kind)), { "type": "object", "properties": key, "required": [member] }] })
}

/// All of them by their names: of the kinds that some operation is about, and what stands around them.
pub(super) fn all() -> Map<String, Value> {
    let mut all = around::all();
    let next = "Where the next page begins: what goes into cursor; null on the last one.";
    all.insert("History".to_owned(), page(&reference("Change"), next));
    for exchange in ENDPOINTS.iter().map(|endpoint| endpoint.exchange) {
        for content in [exchange.takes, exchange.answers] {
            match content {
                Content::Page(kind) => {
                    all.insert(name(kind), shown(kind));
                    all.insert(page_name(kind), page(&reference(&name(kind)), next));
                }
                Content::Record(kind) | Content::AnyVersion(kind) | Content::WithSecret(kind) => {
                    all.insert(name(kind), shown(kind));
                }
                _ => {}
            }
        }
        if let Content::Record(kind) = exchange.takes {
            all.insert(input_name(kind), input(kind));
        }
    }
    all
}

/// A record as it is shown. With the parameter `fields` it has less members.
fn shown(kind: Kind) -> Value {
    let mut members = Map::new();
    for (holder, fields) in groups(kind) {
        let fields = fields.iter().filter(|(field, _)| field.shape() != Shape::Secret);
        let values: Map<_, _> = fields.map(|(field, name)| (name.to_string(), shown_field(*field))).collect();
        put(&mut members, *holder, values, &json!({ "type": "object" }));
    }
    for field in [Field::Id, Field::Version, Field::CreatedAt, Field::UpdatedAt, Field::UpdatedBy] {
        members.insert(field.name().into_owned(), shown_field(field));
    }
    if kind.has_extra_fields() {
        put_extra_fields(&mut members, json!({ "type": ["string", "integer", "boolean", "null"] }), &json!("object"));
    }
    let text =
        format!("A {}. With the parameter fields, only id, version and what that names are there.", kind.title());
    object(&text, &Value::Object(members), &["id", "version"])
}

/// What of a record can be set.
fn input(kind: Kind) -> Value {
    let settable = |field: Field| field.shape() != Shape::Secret || field == Field::Password;
    let mut members = Map::new();
    for (holder, fields) in groups(kind) {
        let fields = fields.iter().filter(|(field, _)| settable(*field));
        let values: Map<_, _> = fields.map(|(field, name)| (name.to_string(), input_field(*field))).collect();
        let frame = json!({ "type": ["object", "null"], "additionalProperties": false });
        put(&mut members, *holder, values, &frame);
    }
    if kind.has_extra_fields() {
        let value = json!({ "type": ["string", "number", "boolean", "null"], "maxLength": 4_000 });
        put_extra_fields(&mut members, value, &json!(["object", "null"]));
    }
    let text = format!(
        "What can be set of a {}: members that are there are set, null clears, members that are not there stay. What \
         the server sets, such as id and version, may stand here as it is at present.",
        kind.title()
    );
    let mut schema = object(&text, &Value::Object(members), &[]);
    schema["additionalProperties"] = json!(false);
    schema
}

/// Adds members, or a member that holds them.
fn put(members: &mut Map<String, Value>, holder: Option<&str>, values: Map<String, Value>, frame: &Value) {
    let Some(holder) = holder else { return members.extend(values) };
    let mut schema = frame.clone();
    schema["description"] =
        json!("The members of it that are set are shown together; null in a write clears them all.");
    schema["properties"] = Value::Object(values);
    members.insert(holder.to_owned(), schema);
}

fn put_extra_fields(members: &mut Map<String, Value>, mut value: Value, holder: &Value) {
    value["description"] = json!(Field::Extra(1).description());
    for number in 1..=CUSTOM_FIELDS {
        members.insert(Field::Extra(number).name().into_owned(), value.clone());
    }
    let text = "The further extra fields that are defined, by names such as x_6.";
    let further = json!({ "type": holder, "description": text, "additionalProperties": value });
    members.insert(EXTRA_FIELDS.to_owned(), further);
}

fn described(mut schema: Value, field: Field) -> Value {
    schema["description"] = json!(field.description());
    schema
}

/// What a field shows. Limits are those of writing: older or masked values need not keep them.
fn shown_field(field: Field) -> Value {
    let shape = field.shape();
    let mut schema = match shape {
        _ if is_time(field) => json!({ "type": ["string", "null"], "format": "date-time" }),
        Shape::Envelope if matches!(field, Field::Id | Field::Version) => json!({ "type": "integer", "minimum": 1 }),
        Shape::Choice(list) => json!({ "type": ["string", "null"], "enum": nullable(list) }),
        Shape::Number { .. } | Shape::Reference(_) => json!({ "type": ["integer", "null"] }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Emails { .. } | Shape::Codes { .. } => json!({ "type": "array", "items": { "type": "string" } }),
        Shape::References { .. } => json!({ "type": "array", "items": { "type": "integer" } }),
        Shape::Envelope | Shape::Text { .. } | Shape::Country | Shape::Language | Shape::Secret | Shape::Time => {
            json!({ "type": ["string", "null"] })
        }
    };
    if shape == Shape::Envelope {
        schema["readOnly"] = json!(true);
    }
    described(schema, field)
}

/// What a field can be set to.
fn input_field(field: Field) -> Value {
    let schema = match field.shape() {
        Shape::Text { max } => json!({ "type": ["string", "null"], "maxLength": max }),
        Shape::Choice(list) => json!({ "type": ["string", "null"], "enum": nullable(list) }),
        Shape::Number { min, max } => json!({ "type": ["integer", "null"], "minimum": min, "maximum": max }),
        Shape::Flag => json!({ "type": ["boolean", "null"] }),
        Shape::Emails { items } => {
            let item = json!({ "type": "string", "maxLength": EMAIL_MAX, "pattern": "^[^@\\s]+@[^@\\s]+$" });
            json!({ "type": ["array", "null"], "items": item, "maxItems": items, "uniqueItems": true })
        }
        Shape::Codes { max, items } => {
            let item = json!({ "type": "string", "minLength": 1, "maxLength": max });
            json!({ "type": ["array", "null"], "items": item, "maxItems": items, "uniqueItems": true })
        }
        // An ISO 3166-1 code, or the English name.
        Shape::Country => json!({ "type": ["string", "null"], "maxLength": 255 }),
        Shape::Language => {
            let pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$";
            json!({ "type": ["string", "null"], "maxLength": 35, "pattern": pattern })
        }
        Shape::Time => json!({ "type": ["string", "null"], "format": "date-time" }),
        Shape::Secret => json!({ "type": ["string", "null"], "minLength": 1, "maxLength": 1_024, "writeOnly": true }),
        Shape::Reference(_) => json!({ "type": ["integer", "null"], "minimum": 1 }),
        Shape::References { items, .. } => {
            let item = json!({ "type": "integer", "minimum": 1 });
            json!({ "type": ["array", "null"], "items": item, "maxItems": items, "uniqueItems": true })
        }
        Shape::Envelope => json!({}),
    };
    described(schema, field)
}

fn nullable(list: &[&str]) -> Vec<Value> {
    list.iter().map(|text| json!(text)).chain([Value::Null]).collect()
}

pub(super) fn object(description: &str, members: &Value, required: &[&str]) -> Value {
    let mut schema = json!({ "type": "object", "description": description, "properties": members });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn page(item: &Value, next: &str) -> Value {
    let next = json!({ "type": ["string", "null"], "description": next });
    let notice = json!({ "type": "string", "description": "What there is to say of the last page, if there is." });
    let members = json!({ "data": { "type": "array", "items": item }, "next_cursor": next, "notice": notice });
    object("A page of a list.", &members, &["data", "next_cursor"])
}
