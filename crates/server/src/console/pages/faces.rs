//! One record, many faces: each field of a customer beside what each dialect calls it, and what it sends of it right now.

use askama::Template;
use dialects::{Dialect, View};
use domain::{Field, Kind, Shape};
use http::StatusCode;
use std::sync::Arc;
use wire::form::percent_encode;

use super::record::{self, Head};
use super::{fields, here};
use crate::console::visit::{Outcome, Visit};
use crate::console::{html, layout::Page, shown};
use crate::pretty;

/// Characters of a value that a cell shows.
const LONGEST: usize = 160;

/// A field in one dialect.
struct Face {
    /// Its names there, with what is sent under each; none where the dialect cannot express it.
    names: Vec<(String, String)>,
    /// Whether the dialect shows it and never changes it.
    is_read_only: bool,
}

struct Row {
    label: String,
    /// Which of several values it is; 0 for the only one.
    number: usize,
    value: String,
    faces: Vec<Face>,
}

#[derive(Template)]
#[template(path = "faces.html")]
struct Shown {
    p: Page,
    head: Head,
    /// Name and title.
    dialects: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
}

/// What a dialect calls its fields, which of them it changes, and what it sends.
struct Lens {
    names: Vec<(String, Field)>,
    changes: Vec<(String, Field)>,
    text: String,
}

impl Lens {
    async fn of(visit: &Visit<'_>, dialect: &'static Dialect, id: i64) -> Self {
        let text = match dialect.view {
            Some(view) => sent(&view(visit.state, visit.request(), Arc::clone(visit.caller()), id).await),
            None => String::new(),
        };
        let (names, mut changes) = ((dialect.lens)(), (dialect.changes)());
        changes.retain(|(name, _)| names.iter().all(|(known, _)| known != name));
        Self { names, changes, text }
    }

    /// The field under its names; of a list only an entry that is among what is sent.
    fn face(&self, dialect: &Dialect, field: Field, entry: &str) -> Face {
        let all = self.names.iter().chain(&self.changes).filter(|(_, known)| *known == field);
        let mut names: Vec<(String, String)> = all.map(|(name, _)| (name.clone(), raw(&self.text, name))).collect();
        names.dedup();
        let mut encoded = String::new();
        percent_encode(&mut encoded, entry);
        names.retain(|(_, raw)| raw.is_empty() || raw.contains(entry) || raw.contains(&encoded));
        let is_read_only = (dialect.changes)().iter().all(|(_, known)| *known != field);
        Face { names, is_read_only }
    }
}

/// What is sent of a customer: the answer, or the call where there is no answer.
fn sent(view: &View) -> String {
    let (headers, body) = match &view.answer {
        Some(answer) => (answer.response.headers(), answer.response.body()),
        None => (&view.request.headers, &view.request.body),
    };
    let kind =
        headers.get(http::header::CONTENT_TYPE).map(|kind| String::from_utf8_lossy(kind.as_bytes()).into_owned());
    pretty::body(&kind.unwrap_or_default(), &String::from_utf8_lossy(body))
}

/// What is sent under a name, as it is sent; `""` where nothing is.
fn raw(text: &str, name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    if text.starts_with('{') {
        return json(text, name).unwrap_or_default();
    }
    if text.starts_with('<') {
        return xml(text, last).unwrap_or_default().to_owned();
    }
    let pair = text.lines().map(|line| line.trim_start_matches('&'));
    pair.filter(|pair| pair.split_once('=').is_some_and(|(known, _)| known == name)).collect()
}

fn json(text: &str, name: &str) -> Option<String> {
    let document: serde_json::Value = serde_json::from_str(text).ok()?;
    let record = document.get("item").unwrap_or(&document);
    let value = name.split('.').try_fold(record, |value, part| value.get(part));
    let value = value.or_else(|| record.get("extra_fields")?.get(name))?;
    Some(format!("\"{}\": {value}", name.rsplit('.').next().unwrap_or(name)))
}

/// The element of that name, or the value beside a field of that name.
fn xml<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    if let Some((_, rest)) = text.split_once(&format!(">customer.{name}</field>")) {
        let start = rest.find("<value")?;
        let end = rest.find("</value>")? + "</value>".len();
        return rest.get(start..end);
    }
    for (start, _) in text.match_indices('<') {
        let tag = text.get(start + 1..)?.split(['>', '/', ' ']).next()?;
        if tag.rsplit(':').next() != Some(name) {
            continue;
        }
        let rest = text.get(start..)?;
        let open = rest.find('>')?;
        let close = format!("</{tag}>");
        let end = if rest.get(..open)?.ends_with('/') { open + 1 } else { rest.find(&close)? + close.len() };
        return rest.get(..end);
    }
    None
}

pub(super) async fn show(visit: &Visit<'_>, id: i64) -> Outcome {
    let customer = record::read(visit, Kind::Customer, id).await?;
    let (words, extra) = (visit.words(), fields::extra_fields(visit, Kind::Customer).await?);
    let mut lenses = Vec::new();
    for dialect in dialects::ALL {
        lenses.push((*dialect, Lens::of(visit, dialect, id).await));
    }
    let mut all = vec![Field::Id];
    all.extend(Kind::Customer.fields().iter().filter(|field| !matches!(field, Field::MergedInto)));
    let mut further: Vec<_> = extra.keys().copied().collect();
    further.sort_unstable();
    all.extend(further);
    all.extend([Field::Version, Field::CreatedAt, Field::UpdatedAt]);
    let mut rows = Vec::new();
    for field in all {
        let texts = match field.shape() {
            Shape::Emails { .. } if customer.texts(field).len() > 1 => customer.texts(field),
            _ => &[],
        };
        let faces = |entry: &str| lenses.iter().map(|(dialect, lens)| lens.face(dialect, field, entry)).collect();
        let row = |number, value, faces| Row { label: fields::label(words, field, &extra), number, value, faces };
        for (at, text) in texts.iter().enumerate() {
            rows.push(row(at + 1, text.clone(), faces(text)));
        }
        if texts.is_empty() {
            let value = match field {
                Field::Emails => customer.texts(field).join("\n"),
                field => shown::cell(words, &customer, field).chars().take(LONGEST).collect(),
            };
            rows.push(row(0, value, faces("")));
        }
    }
    let head = Head::of(visit, &customer, "faces");
    let shown = Shown {
        p: visit.page(here(Kind::Customer), format!("{} · {}", head.name, words.get("faces"))),
        head,
        dialects: lenses.iter().map(|(dialect, _)| (dialect.name, dialect.title)).collect(),
        rows,
    };
    Ok(html(StatusCode::OK, &shown).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_under_a_name_is_found() {
        let bing = "<r><a:Address>\n  <a:City i:nil=\"true\"/>\n</a:Address>\n<a:CityName>x</a:CityName><a:Name>J &amp; D</a:Name></r>";
        let superoffice = "<i><item>\n <field x=\"y\">customer.x_1</field>\n <value x=\"y\"></value>\n</item></i>";
        let native = "{\"name\": \"A\", \"address\": {\"city\": null}, \"extra_fields\": {\"x_6\": 7}}";
        for (text, name, expected) in [
            (bing, "CustomerAddress.City", "<a:City i:nil=\"true\"/>"),
            (bing, "Name", "<a:Name>J &amp; D</a:Name>"),
            (bing, "Phone", ""),
            (superoffice, "x_1", "<value x=\"y\"></value>"),
            (superoffice, "email", ""),
            (native, "name", "\"name\": \"A\""),
            (native, "address.city", "\"city\": null"),
            (native, "x_6", "\"x_6\": 7"),
            ("{\"item\": {\"status\": \"on\"}}", "status", "\"status\": \"on\""),
            ("customer_id=1\n&zip=0150", "zip", "zip=0150"),
            ("customer_id=1\n&zip=0150", "city", ""),
            ("<broken", "x", ""),
        ] {
            assert_eq!(raw(text, name), expected, "{name}");
        }
    }
}
