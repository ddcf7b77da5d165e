//! What happened to a record, field by field, and who did it through what.

use askama::Template;
use domain::operation::ReadHistory;
use domain::{Change, Error, Field, Kind, Shape, Value};
use http::StatusCode;
use std::collections::BTreeMap;

use super::record::{self, Head};
use super::{fields, here};
use crate::console::form::query;
use crate::console::html;
use crate::console::layout::Page;
use crate::console::shown::{self, Moment};
use crate::console::visit::{Outcome, Visit};
use crate::console::words::Words;

/// Changes on one page.
const PAGE: u32 = 50;

/// Changes that are looked through at once for those of one field, and how often.
const STEP: u32 = 200;
const STEPS: usize = 10;

/// A change for people.
pub(super) struct Entry {
    pub(super) version: u64,
    pub(super) at: Moment,
    pub(super) dialect: String,
    pub(super) by: String,
    pub(super) operation: String,
    pub(super) client: String,
    pub(super) request_id: String,
    pub(super) fields: Vec<Told>,
    /// Whether the values are erased.
    pub(super) is_erased: bool,
}

/// One field of a change.
pub(super) struct Told {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) can_be_reverted: bool,
}

#[derive(Template)]
#[template(path = "history.html")]
struct Shown {
    p: Page,
    head: Head,
    entries: Vec<Entry>,
    /// The field that is looked at alone: its name; `""` for all.
    only: String,
    next: String,
    export: String,
    may_edit: bool,
}

/// Who made a change, through what.
pub(super) fn by(change: &Change) -> String {
    format!("{} · {}", change.origin.credential, change.origin.dialect)
}

/// A record in a few words, whether it is there or not.
pub(super) fn named(words: &'static Words, kind: Kind, id: i64) -> String {
    format!("{} #{id}", words.named("kind", kind.name()))
}

/// Changes of records of one kind for people.
///
/// # Errors
/// What the store refuses with.
pub(super) async fn entries(visit: &Visit<'_>, kind: Kind, changes: &[Change]) -> Result<Vec<Entry>, Error> {
    let (words, extra) = (visit.words(), fields::extra_fields(visit, kind).await?);
    let names = references(visit, changes).await;
    let value = |field: Field, value: Option<&Value>| match (field.shape(), value) {
        (Shape::Reference(kind), Some(Value::Number(id))) => match names.get(&(kind, *id)) {
            Some(name) => format!("{name} #{id}"),
            None => shown::plain(words, field, value),
        },
        _ => shown::plain(words, field, value),
    };
    let told = |told: &domain::FieldChange| Told {
        name: told.field.name().into_owned(),
        label: fields::label(words, told.field, &extra),
        from: value(told.field, told.from.as_ref()),
        to: value(told.field, told.to.as_ref()),
        can_be_reverted: told.field.shape() != Shape::Secret,
    };
    let entry = |change: &Change| Entry {
        version: change.version,
        at: Moment::of(change.at),
        dialect: change.origin.dialect.clone(),
        by: change.origin.credential.clone(),
        operation: change.origin.operation.clone(),
        client: change.origin.client.clone(),
        request_id: change.origin.request_id.clone(),
        fields: change.fields.iter().map(told).collect(),
        is_erased: change.fields.is_empty(),
    };
    Ok(changes.iter().map(entry).collect())
}

/// What the records that changes refer to are called.
async fn references(visit: &Visit<'_>, changes: &[Change]) -> BTreeMap<(Kind, i64), String> {
    let mut ids: BTreeMap<Kind, Vec<i64>> = BTreeMap::new();
    for told in changes.iter().flat_map(|change| &change.fields) {
        let Shape::Reference(kind) = told.field.shape() else { continue };
        let numbers = [&told.from, &told.to].into_iter().flatten().filter_map(|value| match value {
            Value::Number(id) => Some(*id),
            _ => None,
        });
        ids.entry(kind).or_default().extend(numbers);
    }
    let mut names = BTreeMap::new();
    for (kind, mut ids) in ids {
        ids.sort_unstable();
        ids.dedup();
        names.extend(fields::names(visit, kind, &ids).await.into_iter().map(|(id, name)| ((kind, id), name)));
    }
    names
}

pub(super) async fn show(visit: &Visit<'_>, kind: Kind, id: i64) -> Outcome {
    let record = record::read(visit, kind, id).await?;
    let (from, only) = (visit.query("cursor").parse().ok(), visit.query("field"));
    let only = Field::named(&only).map_or(String::new(), |_| only);
    let (mut from, mut shown) = (from, Vec::new());
    // Of one field few changes may tell: it is looked for until there are some.
    for _ in 0..STEPS {
        let limit = if only.is_empty() { PAGE } else { STEP };
        let history = visit.run("history", ReadHistory { kind, id, from, limit }).await?;
        let mut some = entries(visit, kind, &history.changes).await?;
        if !only.is_empty() {
            for entry in &mut some {
                entry.fields.retain(|told| told.name == only);
            }
            some.retain(|entry| !entry.fields.is_empty());
        }
        shown.extend(some);
        from = history.next;
        if only.is_empty() || from.is_none() || shown.len() >= PAGE as usize {
            break;
        }
    }
    let entries = shown;
    let head = Head::of(visit, &record, "history");
    let next = from.map(|next| {
        let next = next.to_string();
        format!("{}/history{}", head.address, query(&[("field", &only), ("cursor", &next)]))
    });
    let shown = Shown {
        p: visit.page(here(kind), format!("{} · {}", head.name, visit.words().get("history"))),
        may_edit: visit.caller().role.allows(kind.access(true)) && !record.is_erased(),
        export: format!("{}/history/csv{}", head.address, query(&[("field", &only)])),
        head,
        entries,
        only,
        next: next.unwrap_or_default(),
    };
    Ok(html(StatusCode::OK, &shown).into())
}
