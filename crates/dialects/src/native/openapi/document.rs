//! The document: every row of the table with what its body, its answer and its refusals are.

use super::{Version, parameters, schemas, three_zero};
use crate::exchange::Content;
use crate::native::{errors, export::Format, operations::ENDPOINTS, wire};
use crate::route::Endpoint;
use domain::Kind;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

const TEXT: &str = "One customer record with its company, tickets and history. Every list is read page by page with \
                    `next_cursor`; every record has an `ETag`, which `If-Match` demands in a change; every refusal is \
                    a problem (RFC 9457) whose `code` says what is wrong.";

/// The description of the native API, as JSON with line ends.
pub fn openapi(version: Version) -> &'static str {
    static DOCUMENTS: LazyLock<[String; 2]> = LazyLock::new(|| {
        let newest = document();
        let mut older = newest.clone();
        three_zero::downgrade(&mut older);
        [newest, older].map(|document| format!("{document:#}\n"))
    });
    let [newest, older] = &*DOCUMENTS;
    match version {
        Version::V3_1 => newest,
        Version::V3_0 => older,
    }
}

fn document() -> Value {
    let mut paths = Map::new();
    let mut tags = BTreeSet::new();
    for endpoint in ENDPOINTS {
        let at = paths.entry(endpoint.path).or_insert_with(|| json!({ "parameters": shared(endpoint.path) }));
        at[endpoint.method.as_str().to_ascii_lowercase()] = operation(endpoint);
        tags.insert(tag(endpoint));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "samerow",
            "version": env!("CARGO_PKG_VERSION"),
            "description": TEXT,
            "license": { "name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "bearer": [] }, { "basic": [] }],
        "tags": tags.into_iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "description": "The token of an API key." },
                "basic": { "type": "http", "scheme": "basic", "description": "The name and password of a user." },
            },
            "parameters": parameters::headers(),
            "headers": parameters::answered(),
            "responses": refusals(),
            "schemas": schemas::all(),
        },
    })
}

/// What stands after the version in the path.
fn tag(endpoint: &Endpoint) -> &'static str {
    endpoint.path.split('/').nth(2).unwrap_or("")
}

/// What all operations at a path take.
fn shared(path: &str) -> Value {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(parameters::of_path).chain([component("parameters", "RequestId")]).collect()
}

fn component(section: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{section}/{name}") })
}

/// What follows for an operation from what its row says.
struct Conventions {
    /// It may be tried out, and sent again.
    attempts: bool,
    /// It may be answered without a body.
    minimal: bool,
    /// It changes a record only if that has the version that the caller names.
    compares: bool,
    /// A tenant may demand that the caller names one.
    demands: bool,
    /// It answers 304 to who has the record already.
    is_cached: bool,
}

impl Conventions {
    fn of(endpoint: &Endpoint) -> Self {
        let exchange = endpoint.exchange;
        let reads = endpoint.method == Method::GET;
        let is_new = exchange.status == StatusCode::CREATED;
        let record = matches!(exchange.answers, Content::Record(_)) && !is_new;
        let secret = matches!(exchange.answers, Content::WithSecret(_));
        let bulk = matches!(exchange.takes, Content::Schema("Bulk" | "Import"));
        let attempts = exchange.query.contains(&"dry_run") && each_time(endpoint).is_none();
        Self {
            attempts,
            minimal: attempts && !secret,
            compares: attempts && !is_new && !bulk,
            demands: attempts && (record || secret && !is_new || bulk),
            is_cached: record && reads,
        }
    }

    /// The headers that a request may have.
    fn headers(&self) -> impl Iterator<Item = Value> {
        let names = [
            (self.compares, "IfMatch"),
            (self.is_cached, "IfNoneMatch"),
            (self.attempts, "IdempotencyKey"),
            (self.minimal, "Prefer"),
        ];
        names.into_iter().filter(|(is, _)| *is).map(|(_, name)| component("parameters", name))
    }
}

/// Why a change is made each time that it is asked for, whatever `Idempotency-Key` says: each does something that no
/// transaction holds.
fn each_time(endpoint: &Endpoint) -> Option<&'static str> {
    let why = match endpoint.operation {
        "test_webhook" => "It is sent each time.",
        "replay_dead_letter" => "It is sent each time; one that was taken is gone, and the next call does not find it.",
        "run_retention" => "Each run erases who is due then, one transaction each.",
        _ => return None,
    };
    Some(why)
}

/// What a sentence in its row does not say.
fn description(endpoint: &Endpoint) -> Option<String> {
    if let Some(why) = each_time(endpoint) {
        return Some(format!("{why} No `Idempotency-Key` is kept for it."));
    }
    match endpoint.exchange.answers {
        Content::WithSecret(_) => Some(String::from(
            "Sent again with its `Idempotency-Key` it is done once, and answered with null in the place of the secret: \
             that is stored nowhere. Who did not get it has another one made. The body is answered whatever `Prefer` says.",
        )),
        _ => None,
    }
}

fn operation(endpoint: &Endpoint) -> Value {
    let conventions = Conventions::of(endpoint);
    let query = endpoint.exchange.query.iter().map(|name| parameters::of_query(name));
    let mut operation = json!({
        "operationId": endpoint.operation,
        "summary": endpoint.summary,
        "tags": [tag(endpoint)],
        "parameters": query.chain(conventions.headers()).collect::<Vec<_>>(),
        "responses": responses(endpoint, &conventions),
    });
    if let Some(text) = description(endpoint) {
        operation["description"] = json!(text);
    }
    if let Some(body) = request_body(endpoint, &conventions) {
        operation["requestBody"] = body;
    }
    operation
}

fn request_body(endpoint: &Endpoint, conventions: &Conventions) -> Option<Value> {
    let schema = match endpoint.exchange.takes {
        Content::Record(kind) => schemas::reference(&schemas::input_name(kind)),
        Content::Schema(name) => schemas::reference(name),
        Content::Optional(name) => {
            let content = json!({ "application/json": { "schema": schemas::reference(name) } });
            return Some(json!({ "required": false, "content": content }));
        }
        Content::Bytes => {
            let content = json!({ "application/octet-stream": { "schema": bytes() } });
            let text = "The bytes of the file. Any Content-Type is taken and kept.";
            return Some(json!({ "required": true, "description": text, "content": content }));
        }
        _ => return None,
    };
    let mut content = json!({ "application/json": { "schema": schema } });
    if endpoint.method == Method::PATCH {
        content["application/merge-patch+json"] = content["application/json"].clone();
        if conventions.attempts {
            content[wire::JSON_PATCH] = json!({ "schema": schemas::reference("Patch") });
        }
    }
    Some(json!({ "required": true, "content": content }))
}

/// A page, and the whole list where something else than JSON is wanted.
const WHOLE: &str = "A page; as CSV, or as a JSON object a line, all that there are, without `limit` and `cursor`. In CSV \
                     `fields` says the columns and their order.";

fn or_whole(mut page: Map<String, Value>, item: &str, formats: &[Format]) -> Map<String, Value> {
    for format in formats {
        let schema = match format {
            Format::JsonLines => schemas::reference(item),
            Format::Csv | Format::Cards => json!({ "type": "string" }),
        };
        page.insert(format.essence().to_owned(), json!({ "schema": schema }));
    }
    page
}

fn bytes() -> Value {
    json!({ "type": "string", "format": "binary" })
}

fn responses(endpoint: &Endpoint, conventions: &Conventions) -> Value {
    let exchange = endpoint.exchange;
    let mut responses = Map::new();
    let mut tell = |status: StatusCode, text: &str, headers: &[&str], content: Value| {
        let names = headers.iter().chain(&["RequestId"]);
        let headers: Map<_, _> = names.map(|name| (wire_name(name), component("headers", name))).collect();
        let mut response = json!({ "description": text, "headers": headers });
        if !content.is_null() {
            response["content"] = content;
        }
        responses.insert(status.as_str().to_owned(), response);
    };
    let typed = |name: &str, schema: Value| {
        let mut content = Map::new();
        content.insert(name.to_owned(), json!({ "schema": schema }));
        content
    };
    let as_json = |schema: Value| typed("application/json", schema);
    let (text, headers, mut content): (_, &[&str], _) = match exchange.answers {
        Content::Record(kind) | Content::AnyVersion(kind) => {
            ("The record.", &["ETag"][..], as_json(schemas::reference(&schemas::name(kind))))
        }
        Content::WithSecret(kind) => ("The record, with its secret.", &["ETag"], as_json(schemas::with_secret(kind))),
        Content::Page(Kind::DeadLetter) => {
            ("A page.", &["Link"], as_json(schemas::reference(&schemas::page_name(Kind::DeadLetter))))
        }
        Content::Page(kind) => {
            let page = as_json(schemas::reference(&schemas::page_name(kind)));
            (WHOLE, &["Link"], or_whole(page, &schemas::name(kind), Format::of(kind)))
        }
        Content::Schema("History") => {
            (WHOLE, &["Link"], or_whole(as_json(schemas::reference("History")), "Change", Format::OF_HISTORIES))
        }
        Content::Schema(name) | Content::Optional(name) => {
            ("What was asked for.", &[], as_json(schemas::reference(name)))
        }
        Content::Bytes => {
            let mut content = typed("*/*", bytes());
            content.extend(typed("application/octet-stream", bytes()));
            ("The bytes.", &["ETag"], content)
        }
        Content::Events => {
            let mut content = typed("application/x-ndjson", schemas::reference("Event"));
            content.extend(typed("text/event-stream", json!({ "type": "string" })));
            ("Events: one a line, or a stream that does not end.", &["Link"], content)
        }
        Content::Nothing | Content::Unsaid => ("Done.", &[], Map::new()),
    };
    if endpoint.operation == "read_customer" {
        content.extend(typed(Format::Cards.essence(), json!({ "type": "string" })));
    }
    if exchange.query.contains(&"format") {
        content.extend(typed("text/csv", json!({ "type": "string" })));
    }
    let is_new = exchange.status == StatusCode::CREATED;
    // What an erasure would do is told by its certificate, and what an import would by its answer.
    let alike = matches!(exchange.answers, Content::Schema("Certificates" | "ImportAnswer"));
    let trial = conventions.attempts && !alike;
    if trial && exchange.status != StatusCode::OK {
        // Said in words: two statuses with contents of different types make most generated clients unusable.
        let text = format!("What would come of it, a `Trial` of type `{}`: asked for with `dry_run`.", wire::TRIAL);
        tell(StatusCode::OK, &text, &[], Value::Null);
    } else if trial {
        content.extend(typed(wire::TRIAL, schemas::reference("Trial")));
    }
    if conventions.minimal && exchange.status == StatusCode::OK {
        tell(StatusCode::NO_CONTENT, "Done: asked for with `Prefer: return=minimal`.", headers, Value::Null);
    }
    let headers = if is_new { &["ETag", "Location"] } else { headers };
    let body = if content.is_empty() { Value::Null } else { content.into() };
    tell(exchange.status, text, headers, body);
    if conventions.is_cached {
        tell(StatusCode::NOT_MODIFIED, "The caller has it already.", &["ETag"], Value::Null);
    }
    for status in refused_with(endpoint, conventions) {
        responses.insert(status.as_str().to_owned(), component("responses", &errors::component(status)));
    }
    responses.into()
}

/// The name of a header, of that of its component.
fn wire_name(component: &str) -> String {
    match component {
        "RequestId" => "X-Request-Id".to_owned(),
        "RetryAfter" => "Retry-After".to_owned(),
        other => other.to_owned(),
    }
}

/// How an operation may be refused, beyond what any request may be.
fn refused_with(endpoint: &Endpoint, conventions: &Conventions) -> impl Iterator<Item = StatusCode> + use<> {
    let changes = endpoint.method != Method::GET;
    let has_body = !matches!(endpoint.exchange.takes, Content::Nothing | Content::Unsaid);
    [
        (true, StatusCode::BAD_REQUEST),
        (true, StatusCode::UNAUTHORIZED),
        (true, StatusCode::FORBIDDEN),
        (conventions.demands || endpoint.path.contains('{'), StatusCode::NOT_FOUND),
        (changes, StatusCode::CONFLICT),
        (conventions.compares || conventions.demands, StatusCode::PRECONDITION_FAILED),
        (has_body, StatusCode::PAYLOAD_TOO_LARGE),
        (has_body, StatusCode::UNSUPPORTED_MEDIA_TYPE),
        // Not every server sends mail.
        (conventions.attempts || endpoint.operation == "send_password", StatusCode::UNPROCESSABLE_ENTITY),
        (changes, StatusCode::LOCKED),
        (conventions.demands, StatusCode::PRECONDITION_REQUIRED),
        (true, StatusCode::TOO_MANY_REQUESTS),
        (true, StatusCode::INTERNAL_SERVER_ERROR),
        (true, StatusCode::SERVICE_UNAVAILABLE),
    ]
    .into_iter()
    .filter_map(|(is, status)| is.then_some(status))
}

/// The refusals of some operation, one a status, each with its codes.
fn refusals() -> Value {
    let mut codes = errors::codes();
    let used: Vec<_> =
        ENDPOINTS.iter().flat_map(|endpoint| refused_with(endpoint, &Conventions::of(endpoint))).collect();
    codes.retain(|code| used.contains(&code.status));
    let mut refusals = Map::new();
    for status in codes.iter().map(|code| code.status) {
        let here = codes.iter().filter(|code| code.status == status);
        let told: Vec<_> = here.map(|code| format!("`{}`: {}.", code.code, code.title)).collect();
        let later = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        let names = [Some("RequestId"), later.then_some("RetryAfter")].into_iter().flatten();
        let headers: Map<_, _> = names.map(|name| (wire_name(name), component("headers", name))).collect();
        let content = json!({ "application/problem+json": { "schema": schemas::reference("Problem") } });
        let refusal = json!({ "description": told.join(" "), "headers": headers, "content": content });
        refusals.insert(errors::component(status), refusal);
    }
    refusals.into()
}
