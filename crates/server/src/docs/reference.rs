//! The reference: every operation and schema of the description, on one page. A script beside it adds a form to try
//! an operation out; without it the page is whole.

use super::html::{Prose, Text, whole};
use dialects::native::openapi::{Version, openapi};
use serde_json::{Map, Value};
use std::fmt::Write as _;

const SCRIPT: &str = "<script src=\"/docs/try.js\" defer></script>\n";

/// The members of an object; none of anything else.
fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn page_of(document: &Value) -> String {
    let mut body = String::new();
    // Writing to a String cannot fail.
    let _ =
        writeln!(body, "<p>{}</p>", Prose(document.pointer("/info/description").and_then(Value::as_str).unwrap_or("")));
    body.push_str(
        "<p id=\"sign-in\" class=\"bar\" hidden><label>Token <input id=\"token\" type=\"password\" autocomplete=\"off\" \
         spellcheck=\"false\"></label> <label>Find <input id=\"find\" type=\"search\"></label> \
         <output id=\"found\"></output></p>\n",
    );
    let tags: Vec<_> = items(&document["tags"]).map(|tag| text(tag, "name")).collect();
    body.push_str("<nav aria-label=\"Resources\"><ul class=\"tags\">");
    for tag in &tags {
        let _ = write!(body, "<li><a href=\"#{0}\">{0}</a></li>", Text(tag));
    }
    body.push_str("<li><a href=\"#schemas\">schemas</a></li></ul></nav>\n");
    for tag in tags {
        let _ = write!(body, "<section id=\"{0}\">\n<h2>{0}</h2>\n", Text(tag));
        for (path, at) in members(&document["paths"]) {
            for (method, operation) in members(at).filter(|(name, _)| *name != "parameters") {
                if items(&operation["tags"]).any(|of| of == tag) {
                    put_operation(&mut body, document, (path, method), at, operation);
                }
            }
        }
        body.push_str("</section>\n");
    }
    body.push_str("<section id=\"schemas\">\n<h2>schemas</h2>\n");
    for (name, schema) in members(&document["components"]["schemas"]) {
        put_schema(&mut body, name, schema);
    }
    body.push_str("</section>\n");
    whole("The native API", SCRIPT, &body)
}

pub(super) fn page() -> String {
    page_of(&serde_json::from_str(openapi(Version::V3_1)).unwrap_or_default())
}

/// What a reference stands for.
fn resolve<'v>(document: &'v Value, value: &'v Value) -> &'v Value {
    let place = text(value, "$ref").strip_prefix('#');
    place.and_then(|place| document.pointer(place)).unwrap_or(value)
}

fn put_operation(body: &mut String, document: &Value, (path, method): (&str, &str), at: &Value, operation: &Value) {
    let (id, method, path) = (Text(text(operation, "operationId")), Text(method), Text(path));
    let _ = write!(
        body,
        "<details id=\"{id}\" class=\"operation\" data-method=\"{method}\" data-path=\"{path}\">\n<summary>\
         <b class=\"{method}\">{method}</b> <code>{path}</code> <span>{}</span></summary>\n",
        Prose(text(operation, "summary"))
    );
    if let Some(more) = operation.get("description").and_then(Value::as_str) {
        let _ = writeln!(body, "<p>{}</p>", Prose(more));
    }
    let parameters: Vec<_> = items(&at["parameters"]).chain(items(&operation["parameters"])).collect();
    if !parameters.is_empty() {
        head(body, "Parameters", &["Name", "In", "Value", ""]);
        for parameter in parameters.into_iter().map(|parameter| resolve(document, parameter)) {
            let required = if parameter["required"] == true { " <i>needed</i>" } else { "" };
            let _ = writeln!(
                body,
                "<tr><td><code>{}</code>{required}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                Text(text(parameter, "name")),
                Text(text(parameter, "in")),
                shape(&parameter["schema"]),
                Prose(text(parameter, "description"))
            );
        }
        body.push_str("</tbody></table>\n");
    }
    let request = &operation["requestBody"];
    if request.is_object() {
        head(body, "Body", &["Type", "Value"]);
        put_contents(body, &request["content"]);
        body.push_str("</tbody></table>\n");
    }
    put_answers(body, document, &operation["responses"]);
    body.push_str("</details>\n");
}

/// What is answered when all goes well, and the statuses of refusals: what those mean has pages of its own.
fn put_answers(body: &mut String, document: &Value, responses: &Value) {
    head(body, "Answers", &["Status", "", "Type and value"]);
    let (refusals, others): (Vec<_>, Vec<_>) =
        members(responses).partition(|(status, _)| status.starts_with(['4', '5']));
    for (status, response) in others {
        let response = resolve(document, response);
        let kinds = members(&response["content"]);
        let kinds: Vec<_> =
            kinds.map(|(kind, of)| format!("<code>{}</code> {}", Text(kind), shape(&of["schema"]))).collect();
        let (status, told) = (Text(status), Prose(text(response, "description")));
        let _ = writeln!(body, "<tr><td>{status}</td><td>{told}</td><td>{}</td></tr>", kinds.join("<br>"));
    }
    let refusals: Vec<_> = refusals.into_iter().map(|(status, _)| status.as_str()).collect();
    let refusals = Text(&refusals.join(", ")).to_string();
    let _ = write!(
        body,
        "<tr><td>{refusals}</td><td>Refused</td><td><a href=\"/docs/problems\">why</a></td></tr>\n</tbody></table>\n"
    );
}

fn put_contents(body: &mut String, contents: &Value) {
    for (kind, content) in members(contents) {
        let _ = writeln!(body, "<tr><td><code>{}</code></td><td>{}</td></tr>", Text(kind), shape(&content["schema"]));
    }
}

fn head(body: &mut String, caption: &str, columns: &[&str]) {
    let _ = write!(body, "<table><caption>{caption}</caption><thead><tr>");
    for column in columns {
        let _ = write!(body, "<th scope=\"col\">{column}</th>");
    }
    body.push_str("</tr></thead><tbody>\n");
}

fn put_schema(body: &mut String, name: &str, schema: &Value) {
    let _ = write!(body, "<details id=\"schema-{0}\">\n<summary><code>{0}</code></summary>\n", Text(name));
    let _ = writeln!(body, "<p>{}</p>", Prose(text(schema, "description")));
    if schema["properties"].is_object() {
        put_members(body, schema, "");
        body.push_str("</tbody></table>\n");
    } else {
        let _ = writeln!(body, "<p>{}</p>", shape(schema));
    }
    body.push_str("</details>\n");
}

/// The members of an object, those inside another under dotted names.
fn put_members(body: &mut String, schema: &Value, holder: &str) {
    if holder.is_empty() {
        head(body, "Members", &["Name", "Value", ""]);
    }
    let required: Vec<_> = items(&schema["required"]).filter_map(Value::as_str).collect();
    for (name, member) in members(&schema["properties"]) {
        let needed = if required.contains(&name.as_str()) { " <i>needed</i>" } else { "" };
        let dotted = format!("{holder}{name}");
        let _ = writeln!(
            body,
            "<tr><td><code>{}</code>{needed}</td><td>{}</td><td>{}</td></tr>",
            Text(&dotted),
            shape(member),
            Prose(text(member, "description"))
        );
        for (inner, mark) in [(member, "."), (&member["items"], "[].")] {
            if inner["properties"].is_object() {
                put_members(body, inner, &format!("{dotted}{mark}"));
            }
        }
    }
}

/// What a value looks like, in a few words.
fn shape(schema: &Value) -> String {
    if let Some(name) = text(schema, "$ref").rsplit('/').next().filter(|name| !name.is_empty()) {
        return format!("<a href=\"#schema-{0}\">{0}</a>", Text(name));
    }
    if let Some(parts) = schema.get("allOf") {
        return items(parts).map(shape).collect::<Vec<_>>().join(" and ");
    }
    let mut words = match &schema["type"] {
        Value::String(one) => Text(one).to_string(),
        Value::Array(several) => {
            let several: Vec<_> = several.iter().filter_map(Value::as_str).collect();
            Text(&several.join(" or ")).to_string()
        }
        _ => String::from("any value"),
    };
    if schema["items"].is_object() {
        let _ = write!(words, " of {}", shape(&schema["items"]));
    }
    if let Some(choices) = schema.get("enum") {
        let choices: Vec<_> = items(choices).map(|choice| format!("<code>{}</code>", Text(&plain(choice)))).collect();
        let _ = write!(words, ": {}", choices.join(", "));
    }
    for (name, label) in [
        ("format", ""),
        ("minimum", "from "),
        ("maximum", "to "),
        ("minLength", "at least "),
        ("maxLength", "up to "),
        ("maxItems", "up to "),
        ("default", "else "),
    ] {
        let unit = match name {
            "minLength" | "maxLength" => " characters",
            "maxItems" => " items",
            _ => "",
        };
        if let Some(value) = schema.get(name) {
            let _ = write!(words, ", {label}{}{unit}", Text(&plain(value)));
        }
    }
    words
}

/// A value as people write it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_and_every_link_is_there() {
        let document: Value = serde_json::from_str(openapi(Version::V3_1)).unwrap();
        let page = page();
        let mut operations = 0;
        for (_, at) in members(&document["paths"]) {
            for (_, operation) in members(at).filter(|(name, _)| *name != "parameters") {
                let id = text(operation, "operationId");
                assert_eq!(page.matches(&format!("<details id=\"{id}\"")).count(), 1, "{id}");
                operations += 1;
            }
        }
        assert!(operations > 100, "{operations}");
        for link in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(page.contains(&format!("id=\"{link}\"")), "{link} leads nowhere");
        }
        assert!(page.len() < 600_000, "{}", page.len());
    }

    #[test]
    fn what_is_described_is_no_markup() {
        let hostile = "<script>alert(1)</script>\"";
        let mut document: Value = serde_json::from_str(openapi(Version::V3_1)).unwrap();
        fn put(value: &mut Value, hostile: &str) {
            match value {
                Value::String(text) if !text.starts_with('#') => text.push_str(hostile),
                Value::Array(items) => items.iter_mut().for_each(|item| put(item, hostile)),
                Value::Object(members) => members.values_mut().for_each(|member| put(member, hostile)),
                _ => {}
            }
        }
        put(&mut document, hostile);
        let page = page_of(&document);
        assert!(!page.contains(hostile) && page.contains("&lt;script&gt;alert(1)"), "it is shown as it is written");
        assert_eq!(page.matches("<script").count(), 1);
    }
}
