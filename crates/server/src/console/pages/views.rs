//! A customer as each dialect shows it now: the call that reads it, and its answer, by the code that answers clients.

use askama::Template;
use dialects::View;
use domain::{Error, Field, Kind};
use http::{Method, StatusCode, header};

use super::record::{self, Head};
use super::{fields, here};
use crate::console::html;
use crate::console::layout::Page;
use crate::console::snippet;
use crate::console::visit::{Outcome, Visit};
use crate::pretty;

#[derive(Template)]
#[template(path = "view.html")]
struct Shown {
    p: Page,
    head: Head,
    title: &'static str,
    /// `GET /v1/customers/10`
    line: String,
    request: String,
    status: String,
    headers: Vec<(String, String)>,
    answer: String,
    reads: bool,
    snippets: Vec<(&'static str, String)>,
    /// What its update can change, under its names.
    changes: Vec<String>,
    /// What the customer has that it never touches.
    untouched: Vec<String>,
    /// What else of its way to write is to be known: heading and sentence.
    rules: Vec<(String, String)>,
}

/// What is told of each dialect, in the order in which it is.
const RULES: [&str; 5] = ["how", "clear", "email", "clash", "fails"];

pub(super) async fn show(visit: &Visit<'_>, id: i64, dialect: &str) -> Outcome {
    let found = dialects::dialect_named(dialect).and_then(|dialect| Some((dialect, dialect.view?)));
    let (dialect, view) = found.ok_or_else(|| Error::not_found("There is no such dialect"))?;
    let customer = record::read(visit, Kind::Customer, id).await?;
    let view = view(visit.state, visit.request(), std::sync::Arc::clone(visit.caller()), id).await;
    let head = Head::of(visit, &customer, dialect.name);
    let request = String::from_utf8_lossy(&view.request.body).into_owned();
    let kind = |headers: &http::HeaderMap| {
        headers.get(header::CONTENT_TYPE).map(|kind| String::from_utf8_lossy(kind.as_bytes()).into_owned())
    };
    let (words, extra) = (visit.words(), fields::extra_fields(visit, Kind::Customer).await?);
    let (names, changes) = ((dialect.lens)(), (dialect.changes)());
    let has = customer.values.iter().map(|(field, _)| field).filter(|field| *field != Field::MergedInto);
    let unknown = has.filter(|field| names.iter().chain(&changes).all(|(_, known)| known != field));
    let untouched = unknown.map(|field| fields::label(words, field, &extra)).collect();
    let rule = |of: &'static str| {
        let key = format!("writes.{}_{of}", dialect.name);
        words.has(&key).then(|| (words.named("writes", of).to_owned(), words.get(&key).to_owned()))
    };
    let query = view.request.query.as_deref().map_or(String::new(), |query| format!("?{query}"));
    let mut shown = Shown {
        p: visit.page(here(Kind::Customer), format!("{} · {}", head.name, dialect.title)),
        head,
        title: dialect.title,
        line: format!("{} {}{query}", view.request.method, view.request.path),
        request: pretty::body(&kind(&view.request.headers).unwrap_or_default(), &request),
        status: String::new(),
        headers: Vec::new(),
        answer: String::new(),
        reads: view.answer.is_some(),
        snippets: snippets(&view),
        changes: changes.into_iter().map(|(name, _)| name).collect(),
        untouched,
        rules: RULES.into_iter().filter_map(rule).collect(),
    };
    if let Some(answer) = &view.answer {
        let (head, body) = (answer.response.headers(), String::from_utf8_lossy(answer.response.body()));
        shown.status = answer.response.status().to_string();
        let told = head.iter().filter(|(name, _)| !name.as_str().starts_with("ratelimit"));
        shown.headers = told
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        shown.answer = pretty::body(&kind(head).unwrap_or_default(), &body);
    }
    Ok(html(StatusCode::OK, &shown).into())
}

/// The call in the languages of those who make it.
fn snippets(view: &View) -> Vec<(&'static str, String)> {
    let mut all = vec![("curl", snippet::curl(&view.request, view.credential))];
    if view.request.method == Method::POST {
        all.push(("C#", snippet::csharp(&view.request)));
    }
    all
}
