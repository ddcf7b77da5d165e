//! One field of many records: what it would be first, then all of them or none.

use askama::Template;
use domain::filter::{Condition, Selection, Test};
use domain::operation::{Attempt, Attempted, Bulk, Deleted, Item, ListRecords, UpdateRecord};
use domain::{Caller, Edit, Error, Field, Kind, Record, Rehearsal, Shape};
use http::StatusCode;
use std::sync::Arc;

use super::{fields, here, many, undo};
use crate::console::form::value;
use crate::console::layout::Page;
use crate::console::visit::{Outcome, Visit};
use crate::console::{NAME, html, refusal, shown};

/// Records that are changed together at most.
const MOST: usize = 200;

struct Row {
    id: i64,
    version: u64,
    name: String,
    address: String,
    from: String,
    to: String,
    problem: String,
}

#[derive(Template)]
#[template(path = "bulk.html")]
struct Shown {
    p: Page,
    address: String,
    list: String,
    /// What can be set: name, label, whether it is chosen.
    choice: Vec<(String, String, bool)>,
    value: String,
    options: Vec<(String, String)>,
    rows: Vec<Row>,
    /// Whether there is something to store, and nothing that would be refused.
    is_ready: bool,
    is_previewed: bool,
    problem: String,
}

/// What is asked for.
struct Asked {
    ids: Vec<i64>,
    field: Option<Field>,
    value: String,
}

impl Asked {
    fn read(form: &crate::console::form::Form<'_>) -> Result<Self, Error> {
        let mut ids: Vec<i64> = form.all("id").into_iter().filter_map(|id| id.parse().ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() > MOST {
            let text = format!("At most {MOST} records are changed together. Nothing was changed.");
            return Err(Error::new(domain::error::Reason::TooLong, text));
        }
        Ok(Self { ids, field: Field::named(form.text("field")), value: form.text("value").replace("\r\n", "\n") })
    }
}

/// The fields that can be set of many records at once.
async fn settable(visit: &Visit<'_>, kind: Kind) -> Result<Vec<(Field, String)>, Error> {
    let extra = fields::extra_fields(visit, kind).await?;
    let own = |field: &Field| {
        !matches!(field, Field::MergedInto | Field::Username | Field::BingNumber | Field::Deleted)
            && !matches!(field.shape(), Shape::Secret | Shape::Envelope)
    };
    let mut all: Vec<Field> = fields::shown(kind).into_iter().filter(own).collect();
    let mut further: Vec<Field> = extra.keys().copied().collect();
    further.sort_unstable();
    all.extend(further);
    Ok(all.into_iter().map(|field| (field, fields::label(visit.words(), field, &extra))).collect())
}

async fn records(visit: &Visit<'_>, kind: Kind, ids: &[i64]) -> Result<Vec<Record>, Error> {
    let any = ids.iter().map(|id| Some((*id).into())).collect();
    let selection =
        Selection { filter: Condition::new(Field::Id, Test::AnyOf(any)).into(), limit: 200, ..Selection::default() };
    Ok(visit.run("list", ListRecords { kind, selection, deleted: Deleted::Hidden }).await?.records.clone())
}

/// What each record would be.
pub(super) async fn show(visit: &Visit<'_>, kind: Kind) -> Outcome {
    visit.caller().demand_in(kind.access(true), domain::Area::of(kind))?;
    let asked = Asked::read(&visit.queries())?;
    page(visit, kind, asked, String::new()).await
}

async fn page(visit: &Visit<'_>, kind: Kind, asked: Asked, problem: String) -> Outcome {
    let words = visit.words();
    let present = records(visit, kind, &asked.ids).await?;
    let settable = settable(visit, kind).await?;
    let field = asked.field.filter(|field| settable.iter().any(|(known, _)| known == field));
    let mut rows = Vec::new();
    for record in &present {
        let mut row = Row {
            id: record.id,
            version: record.version,
            name: shown::name(record),
            address: visit.at(&format!("/{}/{}", many(kind), record.id)),
            from: field.map_or(String::new(), |field| shown::plain(words, field, record.values.get(field))),
            to: String::new(),
            problem: String::new(),
        };
        if let Some(field) = field {
            match rehearsed(visit, record, field, &asked.value).await {
                Ok(after) => row.to = shown::plain(words, field, after.values.get(field)),
                Err(error) => row.problem = refusal::sentence(visit.words(), &error),
            }
        }
        rows.push(row);
    }
    let options = match field {
        Some(field) => fields::control(visit, field).await.1,
        None => Vec::new(),
    };
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT };
    let shown = Shown {
        p: visit.page(here(kind), words.get("edit_many")),
        address: visit.at(&format!("/{}/edit", many(kind))),
        list: visit.at(&format!("/{}", many(kind))),
        choice: settable
            .into_iter()
            .map(|(known, label)| (known.name().into_owned(), label, Some(known) == field))
            .collect(),
        value: asked.value,
        options,
        is_ready: rows.iter().all(|row| row.problem.is_empty()) && rows.iter().any(|row| row.from != row.to),
        is_previewed: field.is_some(),
        rows,
        problem,
    };
    Ok(html(status, &shown).into())
}

/// The edits of one record.
fn submission(field: Field, text: String) -> impl Fn(&Record) -> Result<Vec<Edit>, Error> + Send + 'static {
    move |_: &Record| Ok(vec![Edit::Set(field, value(field, &text)?)])
}

/// The record as it would be.
async fn rehearsed(visit: &Visit<'_>, record: &Record, field: Field, text: &str) -> Result<Arc<Record>, Error> {
    let caller = Arc::new(Caller { rehearsal: Some(Rehearsal::default()), ..(**visit.caller()).clone() });
    let update = UpdateRecord {
        kind: record.kind,
        id: record.id,
        deleted: Deleted::Hidden,
        expected_version: None,
        submission: submission(field, text.to_owned()),
    };
    visit.state.run(update, &caller, visit.request().origin(NAME, "edit", &caller)).await
}

/// Changes all of them, each as it was looked at, or none.
pub(super) async fn run(visit: &Visit<'_>, kind: Kind) -> Outcome {
    let form = visit.form()?;
    let asked = Asked::read(&form)?;
    let field = asked.field.ok_or_else(|| Error::not_found("There is no such field"))?;
    if settable(visit, kind).await?.iter().all(|(known, _)| *known != field) {
        return Err(Error::invalid(field, format!("{field} is not set of many records at once")));
    }
    let item = |pair: &str| {
        let (id, version) = pair.split_once('-')?;
        let submission = submission(field, asked.value.clone());
        let expected_version = Some(version.parse().ok()?);
        Some(UpdateRecord { kind, id: id.parse().ok()?, deleted: Deleted::Hidden, expected_version, submission })
    };
    let items: Vec<_> = form.all("item").into_iter().filter_map(item).take(MOST).collect();
    let ids: Vec<i64> = items.iter().map(|item| item.id).collect();
    let (mut refused, mut changed) = (String::new(), Vec::new());
    let versions: Vec<_> = items.iter().map(|item| (item.id, item.expected_version)).collect();
    if kind == Kind::Customer {
        let bulk = Bulk { kind, items: items.into_iter().map(Item::Update).collect(), atomic: true };
        let attempt =
            Attempt { operation: bulk, conditional: true, dry_run: false, once: None, answer: |_: &Vec<_>| None };
        if let Attempted::Done { output, .. } = visit.run("edit", attempt).await? {
            for outcome in output {
                match outcome {
                    Ok(record) => changed.push(record),
                    Err(error) => refused = refusal::sentence(visit.words(), &error),
                }
            }
        }
    } else {
        // Of these a change can have consequences for others: each stands alone.
        for item in items {
            match visit.run("edit", item).await {
                Ok(record) => changed.push(record),
                Err(error) => refused = refusal::sentence(visit.words(), &error),
            }
        }
    }
    if refused.is_empty() {
        // What was so already did not change, and stays.
        changed.retain(|record| !versions.contains(&(record.id, Some(record.version))));
        return undo::done(visit, kind, field, &changed);
    }
    let problem = visit.words().with("edit_refused", refused);
    page(visit, kind, Asked { ids, ..asked }, problem).await
}
