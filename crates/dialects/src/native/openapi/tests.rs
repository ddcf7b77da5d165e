use super::*;
use crate::exchange::{Content, Exchange};
use crate::native::operations::ENDPOINTS;
use domain::{Field, Kind};
use serde_json::Value;
use std::collections::BTreeSet;

fn document(version: Version) -> Value {
    serde_json::from_str(openapi(version)).unwrap()
}

#[test]
fn every_row_says_what_it_takes_and_answers() {
    for endpoint in ENDPOINTS {
        let Exchange { takes, answers, .. } = endpoint.exchange;
        assert!(
            takes != Content::Unsaid && answers != Content::Unsaid,
            "{}: its row in operations.rs does not say what it takes and answers, such as \
             (Content::Record(Kind::Key) => CREATED Content::Record(Kind::Key))",
            endpoint.operation
        );
    }
}

#[test]
fn every_row_is_an_operation_with_a_sentence() {
    for version in [Version::V3_1, Version::V3_0] {
        let document = document(version);
        for endpoint in ENDPOINTS {
            let operation = &document["paths"][endpoint.path][endpoint.method.as_str().to_ascii_lowercase()];
            assert_eq!(operation["operationId"], endpoint.operation, "{}", endpoint.path);
            assert!(operation["summary"].as_str().unwrap().ends_with('.'), "{}", endpoint.operation);
            for parameter in operation["parameters"].as_array().unwrap() {
                let described = parameter["description"].is_string() || parameter["$ref"].is_string();
                assert!(described, "parameters.rs does not describe {}", parameter["name"]);
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    fn walk<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| walk(member, found));
            }
            _ => {}
        }
    }
    let document = document(Version::V3_1);
    let mut found = BTreeSet::new();
    walk(&document, &mut found);
    for reference in &found {
        assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(found.contains(format!("#/components/schemas/{name}").as_str()), "{name}");
    }
}

#[test]
fn schemas_follow_the_fields() {
    let schemas = &document(Version::V3_1)["components"]["schemas"];
    let customer = &schemas["Customer"]["properties"];
    assert_eq!(customer["address"]["properties"]["city"]["description"], Field::City.description());
    assert_eq!(customer["id"]["readOnly"], true);
    assert!(customer["password"].is_null() && customer["x_6"].is_null() && customer["custom5"].is_object());
    let input = &schemas["CustomerInput"];
    assert_eq!(input["properties"]["password"]["writeOnly"], true);
    assert_eq!(input["properties"]["name"]["maxLength"], 255);
    assert!(input["properties"]["id"].is_null());
    assert_eq!(input["additionalProperties"], false);
    assert!(schemas["KeyInput"]["properties"]["digest"].is_null() && schemas["Answer"].is_null());
    let codes = schemas["Problem"]["properties"]["code"]["enum"].as_array().unwrap();
    assert!(codes.iter().any(|code| code == "too_long") && codes.iter().any(|code| code == "request_timeout"));
}

#[test]
fn every_field_is_described_for_people() {
    for field in Kind::ALL.into_iter().flat_map(Kind::fields) {
        let text = field.description();
        assert!(text.ends_with('.') && !text.contains("[`"), "{field}: {text}");
    }
}

#[test]
fn the_older_version_has_no_lists_of_types() {
    fn check(value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(check),
            Value::Object(members) => {
                assert!(!members.get("type").is_some_and(Value::is_array), "{value}");
                members.values().for_each(check);
            }
            _ => {}
        }
    }
    let document = document(Version::V3_0);
    assert_eq!(document["openapi"], "3.0.3");
    check(&document);
}
