//! `docs/api.md`: the printed description for people, with a call of each operation from the recorded conversations.

use super::conversation::{Conversation, Exchange};
use dialects::Endpoint;
use dialects::native::DIALECT;
use dialects::route::{Found, Routes};
use http::Method;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Where the page's server listens.
const SERVER: &str = "http://127.0.0.1:7263";

/// Longest answer that is shown whole, in characters.
const SHOWN: usize = 400;

/// A recorded call, and the changes before it in its conversation.
struct Example {
    is_refused: bool,
    before: Vec<Exchange>,
    call: Exchange,
}

impl Example {
    /// Smaller is better.
    fn rank(&self) -> (bool, usize) {
        (self.is_refused, self.before.len())
    }
}

/// The page.
///
/// # Panics
/// When no recorded conversation shows an operation.
pub(crate) fn page(document: &Value) -> String {
    let mut page = String::from(
        "# The native API\n\nMade from the table that dispatches, the fields of the records and the recorded \
         conversations, by the test that\ncompares them. The rules that all operations share are told in [the page of \
         the dialect](../crates/dialects/src/native/README.md);\nthe same for programs is [openapi.json](openapi.json), \
         which a server has at `/openapi.json` and `samerow openapi` prints.\n\nEvery call works as it stands with \
         `samerow serve --ephemeral --demo`, freshly started.\n",
    );
    let examples = examples();
    let silent = DIALECT.operations.iter().filter(|operation| !examples.contains_key(*operation));
    let silent: Vec<_> = silent.collect();
    assert!(silent.is_empty(), "no recorded conversation shows {silent:?}");
    for tag in document["tags"].as_array().unwrap() {
        let tag = tag["name"].as_str().unwrap();
        let _ = write!(page, "\n## {tag}\n");
        for endpoint in DIALECT.endpoints {
            let operation = &document["paths"][endpoint.path][endpoint.method.as_str().to_ascii_lowercase()];
            if operation["tags"][0] == tag {
                put_operation(&mut page, endpoint, operation, &examples[endpoint.operation]);
            }
        }
    }
    page.push_str("\n# Schemas\n");
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        put_schema(&mut page, name, schema);
    }
    page
}

fn put_operation(page: &mut String, endpoint: &Endpoint, operation: &Value, example: &Example) {
    let Endpoint { operation: name, method, path, summary, .. } = endpoint;
    let _ = write!(page, "\n### {name}\n\n`{method} {path}`: {summary}\n");
    let query: Vec<_> = operation["parameters"].as_array().unwrap().iter().filter(|p| p["in"] == "query").collect();
    if !query.is_empty() {
        let names = query.iter().map(|parameter| format!("`{}`", parameter["name"].as_str().unwrap()));
        let _ = write!(page, "\nQuery: {}.\n", names.collect::<Vec<_>>().join(", "));
    }
    let taken = operation["requestBody"]["content"].as_object().map(|content| {
        let named = content.iter().map(|(kind, body)| format!("`{kind}`{}", link(&body["schema"])));
        named.collect::<Vec<_>>().join(", ")
    });
    let status = endpoint.exchange.status;
    let answered = &operation["responses"][status.as_str()]["content"];
    let answered =
        answered.as_object().into_iter().flatten().map(|(kind, body)| format!("`{kind}`{}", link(&body["schema"])));
    let answered: Vec<_> = answered.collect();
    let _ = write!(
        page,
        "\n{}Answer: {status}{}{}.\n",
        taken.map(|taken| format!("Body: {taken}. ")).unwrap_or_default(),
        if answered.is_empty() { "" } else { ", " },
        answered.join(", ")
    );
    page.push_str("\n```sh\n");
    let mut keys = Vec::new();
    for exchange in example.before.iter().chain([&example.call]) {
        let mut call = String::new();
        put_call(&mut call, exchange);
        for key in &keys {
            call = call.replace(key, "'\"$key\"'");
        }
        let body = String::from_utf8_lossy(&example.call.request("").unwrap().body).into_owned();
        let taken = given_key(exchange).filter(|key| body.contains(key));
        if let Some(key) = taken {
            call = format!("key=$({} |\n  sed -n 's/.*\"key\":\"\\([^\"]*\\)\".*/\\1/p')\n", call.trim_end());
            keys.push(key);
        }
        page.push_str(&call);
    }
    let answer: String = example.call.answer().replace('\r', "");
    let mut shown: String = answer.chars().take(SHOWN).collect();
    if shown.len() < answer.len() {
        shown.push('…');
    }
    let _ = write!(page, "```\n\n````http\n{}\n````\n", shown.trim_end());
}

/// The random key in an answer, which is another one each time.
fn given_key(exchange: &Exchange) -> Option<String> {
    let answer = exchange.answer();
    let (_, rest) = answer.split_once("\"key\":\"")?;
    Some(rest.split_once('"')?.0.to_owned())
}

/// The link to a schema, in words.
fn link(schema: &Value) -> String {
    let name = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str());
    let name = name.and_then(|reference| reference.strip_prefix("#/components/schemas/"));
    name.map(|name| format!(" [{name}](#{})", name.to_lowercase())).unwrap_or_default()
}

/// A call as somebody types it.
fn put_call(page: &mut String, exchange: &Exchange) {
    let request = exchange.request("").unwrap();
    let query = request.query.as_deref().map(|query| format!("?{query}")).unwrap_or_default();
    let method = if request.method == Method::GET { String::new() } else { format!(" -X {}", request.method) };
    let _ = write!(page, "curl -s{method} '{SERVER}{}{query}'", request.path);
    for (name, value) in &request.headers {
        if !["host", "x-request-id", "user-agent"].contains(&name.as_str()) {
            let value = value.to_str().expect("headers of examples are ASCII");
            let _ = write!(page, " \\\n  -H '{name}: {}'", quoted(value));
        }
    }
    if !request.body.is_empty() {
        // Nothing but strict JSON is taken as such, and curl would call it a form.
        if !request.headers.contains_key("content-type") {
            page.push_str(" \\\n  -H 'content-type: application/json'");
        }
        let body = String::from_utf8(request.body.to_vec()).expect("bodies of examples are texts");
        let _ = write!(page, " \\\n  --data-binary '{}'", quoted(&body));
    }
    page.push('\n');
}

/// In single quotes of a shell.
fn quoted(text: &str) -> String {
    text.replace('\'', "'\\''")
}

fn put_schema(page: &mut String, name: &str, schema: &Value) {
    let _ = write!(page, "\n## {name}\n\n{}\n", schema["description"].as_str().unwrap());
    let Some(members) = schema["properties"].as_object() else { return };
    page.push_str("\n| member | holds | |\n|---|---|---|\n");
    put_members(page, "", members);
}

fn put_members(page: &mut String, holder: &str, members: &serde_json::Map<String, Value>) {
    for (name, member) in members {
        let text = member["description"].as_str().unwrap_or("");
        let _ = writeln!(page, "| `{holder}{name}` | {} | {text} |", holds(member));
        if let Some(held) = member["properties"].as_object() {
            put_members(page, &format!("{name}."), held);
        }
    }
}

/// What a value can be, in a few words.
fn holds(schema: &Value) -> String {
    let types = match &schema["type"] {
        Value::String(one) => one.clone(),
        Value::Array(many) => many.iter().map(|one| one.as_str().unwrap()).collect::<Vec<_>>().join(" or "),
        _ if schema["$ref"].is_string() => return link(schema).trim().to_owned(),
        _ => String::from("anything"),
    };
    let mut words = vec![types];
    if let Some(list) = schema["enum"].as_array() {
        words.push(
            list.iter().map(|one| format!("`{}`", one.to_string().trim_matches('"'))).collect::<Vec<_>>().join(", "),
        );
    }
    for (limit, sign) in [("minLength", "from"), ("maxLength", "up to"), ("minimum", "from"), ("maximum", "up to")] {
        if let Some(number) = schema[limit].as_i64() {
            let unit = if limit.ends_with("Length") { " characters" } else { "" };
            words.push(format!("{sign} {number}{unit}"));
        }
    }
    if let Some(most) = schema["maxItems"].as_i64() {
        words.push(format!("up to {most}"));
    }
    if schema["items"].is_object() {
        words.push(format!("of {}", holds(&schema["items"])));
    }
    if schema["readOnly"] == true {
        words.push(String::from("read only"));
    }
    if schema["writeOnly"] == true {
        words.push(String::from("write only"));
    }
    words.extend(schema["format"].as_str().map(str::to_owned));
    words.join("; ")
}

/// Of each operation the call that is answered well after the fewest others, or else one that is refused.
fn examples() -> BTreeMap<&'static str, Example> {
    let routes = Routes::new(DIALECT.endpoints);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/native/fixtures");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut examples: BTreeMap<&'static str, Example> = BTreeMap::new();
    for file in files {
        let conversation = Conversation::read(&fs::read(file).unwrap()).unwrap();
        let mut before: Vec<Exchange> = Vec::new();
        for exchange in conversation.exchanges {
            let request = exchange.request("").unwrap();
            if let Found::Endpoint(endpoint, _) = routes.find(&request.method, &request.path)
                && request.method != Method::HEAD
                && std::str::from_utf8(&request.body).is_ok()
            {
                let is_refused = exchange.status() != Some(endpoint.exchange.status.as_u16());
                let example = Example { is_refused, before: before.clone(), call: exchange.clone() };
                let present = examples.get(endpoint.operation);
                if present.is_none_or(|present| example.rank() < present.rank()) {
                    examples.insert(endpoint.operation, example);
                }
            }
            if request.method != Method::GET && exchange.status().is_some_and(|status| status < 300) {
                before.push(exchange);
            }
        }
    }
    examples
}
