//! Two records of one customer made one: side by side first, and taken back if it was wrong.

use askama::Template;
use domain::error::Reason;
use domain::filter::Selection;
use domain::operation::{Attempt, Attempted, Deleted, MergeCustomers, UndoMerge};
use domain::{Error, Field, Kind, Record};
use http::StatusCode;
use std::sync::Arc;

use super::record::{self, Head};
use super::{changes, fields, here};
use crate::console::form::Form;
use crate::console::layout::Page;
use crate::console::visit::{Outcome, Visit, see_other};
use crate::console::{NAME, html, refusal, shown};

/// Records that are offered.
const FEW: u32 = 8;

/// A field of both, and what it would be.
struct Side {
    name: String,
    label: String,
    ours: String,
    theirs: String,
    merged: String,
    /// Whether theirs is lost otherwise, so that it can be chosen.
    is_open: bool,
    is_taken: bool,
}

struct Other {
    id: i64,
    name: String,
    version: u64,
    address: String,
}

#[derive(Template)]
#[template(path = "merge.html")]
struct Shown {
    p: Page,
    head: Head,
    q: String,
    /// Who may be meant.
    offered: Vec<(i64, String, String)>,
    other: Option<Other>,
    sides: Vec<Side>,
    tickets: usize,
    problem: String,
}

/// The two that were chosen in a list: the one that is there longer stays.
pub(super) fn chosen(visit: &Visit<'_>) -> Outcome {
    let mut ids: Vec<i64> = visit.queries().all("id").into_iter().filter_map(|id| id.parse().ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    match *ids {
        [one, other] => Ok(see_other(&visit.at(&format!("/customers/{one}/merge?with={other}"))).into()),
        _ => Err(Error::new(Reason::Invalid, visit.words().get("merge_two"))),
    }
}

/// The two side by side, and what the merge would make of them.
pub(super) async fn show(visit: &Visit<'_>, id: i64) -> Outcome {
    preview(visit, id, &visit.queries()).await
}

async fn preview(visit: &Visit<'_>, id: i64, asked: &Form<'_>) -> Outcome {
    let present = record::read(visit, Kind::Customer, id).await?;
    let (with, q) = (asked.text("with").trim_start_matches('#').parse::<i64>().ok(), asked.text("q").to_owned());
    let take: Vec<Field> = asked.all("take").into_iter().filter_map(Field::named).collect();
    let mut shown = Shown {
        head: Head::of(visit, &present, "merge"),
        p: visit.page(here(Kind::Customer), visit.words().with("merge_of", shown::name(&present))),
        offered: Vec::new(),
        other: None,
        sides: Vec::new(),
        tickets: 0,
        problem: String::new(),
        q: if q.is_empty() { likely(&present) } else { q },
    };
    let Some(other_id) = with else {
        let searched = !asked.text("q").is_empty();
        shown.offered = offered(visit, &present, &shown.q).await?;
        if shown.offered.is_empty() && !searched {
            shown.q = shown::name(&present);
            shown.offered = offered(visit, &present, &shown.q).await?;
        }
        return Ok(html(StatusCode::OK, &shown).into());
    };
    let other = record::read(visit, Kind::Customer, other_id).await?;
    let attempt = Attempt {
        operation: merge(id, other_id, None, take.clone(), present.version),
        conditional: true,
        dry_run: true,
        once: None,
        answer: |_: &Arc<Record>| None,
    };
    match visit.run("merge", attempt).await {
        Ok(Attempted::Done { output, changes }) => {
            shown.tickets = changes.iter().filter(|planned| planned.record.kind == Kind::Ticket).count();
            shown.sides = sides(visit, [&*present, &*other, &*output], &take).await?;
        }
        Ok(_) => return Err(Error::internal("a dry run was kept")),
        Err(error) => shown.problem = refusal::sentence(visit.words(), &error),
    }
    shown.other = Some(Other {
        id: other.id,
        name: shown::name(&other),
        version: other.version,
        address: visit.at(&format!("/customers/{}", other.id)),
    });
    let status = if shown.problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(html(status, &shown).into())
}

fn merge(
    id: i64,
    other: i64,
    other_version: Option<u64>,
    take: Vec<Field>,
    version: u64,
) -> MergeCustomers<impl Fn(&Record) -> Result<(), Error> + Send + 'static> {
    MergeCustomers { id, other, other_version, take, check: changes::unchanged(version) }
}

/// What the other record of the same person most likely has, too.
fn likely(record: &Record) -> String {
    let email = record.texts(Field::Emails).first().cloned();
    email.unwrap_or_else(|| shown::name(record))
}

async fn offered(visit: &Visit<'_>, record: &Record, words: &str) -> Result<Vec<(i64, String, String)>, Error> {
    let selection = Selection { limit: FEW, ..Selection::default() };
    let origin = visit.request().origin(NAME, "list", visit.caller());
    let kind = Kind::Customer;
    let found = visit.state.matches((kind, words), selection, Deleted::Hidden, visit.caller(), origin).await?;
    let others = found.page.records.iter().filter(|other| other.id != record.id);
    let line = |other: &Record| {
        let told = [Field::Emails, Field::Phone, Field::City].map(|field| shown::cell(visit.words(), other, field));
        let told: Vec<String> = told.into_iter().filter(|text| !text.is_empty()).collect();
        (other.id, shown::name(other), told.join(" · "))
    };
    Ok(others.map(line).collect())
}

async fn sides(visit: &Visit<'_>, [ours, theirs, merged]: [&Record; 3], take: &[Field]) -> Result<Vec<Side>, Error> {
    let (words, extra) = (visit.words(), fields::extra_fields(visit, Kind::Customer).await?);
    let mut all: Vec<Field> = Kind::Customer.fields().to_vec();
    all.extend(extra.keys());
    let side = |field: Field| {
        let text = |record: &Record| shown::plain(words, field, record.values.get(field));
        let (ours, theirs, merged) = (text(ours), text(theirs), text(merged));
        let is_taken = take.contains(&field);
        Side {
            name: field.name().into_owned(),
            label: fields::label(words, field, &extra),
            // Also where theirs is left out for what goes with it: a name, an address.
            is_open: (!theirs.is_empty() && theirs != ours && theirs != merged && !is_own(field)) || is_taken,
            is_taken,
            ours,
            theirs,
            merged,
        }
    };
    Ok(all.into_iter().map(side).filter(|side| !(side.ours.is_empty() && side.theirs.is_empty())).collect())
}

/// What is never taken from another record, or taken from both.
fn is_own(field: Field) -> bool {
    use Field as F;
    matches!(field, F::Username | F::Password | F::Status | F::Locked | F::BingNumber | F::MergedInto)
        || matches!(field.shape(), domain::Shape::Emails { .. } | domain::Shape::Codes { .. })
}

pub(super) async fn run(visit: &Visit<'_>, id: i64) -> Outcome {
    let form = visit.form()?;
    // What is ticked is looked at again, or taken as it is.
    if form.given("preview").is_some() {
        return preview(visit, id, &form).await;
    }
    let other = form.text("with").parse().map_err(|_| Error::not_found("There is no such customer"))?;
    let take = form.all("take").into_iter().filter_map(Field::named).collect();
    let operation = merge(id, other, form.text("other_version").parse().ok(), take, record::version(visit)?);
    visit.run("merge", operation).await?;
    Ok(see_other(&visit.at(&format!("/customers/{id}?done=merged"))).into())
}

pub(super) async fn undo(visit: &Visit<'_>, id: i64) -> Outcome {
    let check = changes::unchanged(record::version(visit)?);
    visit.run("undo_merge", UndoMerge { id, check }).await?;
    Ok(see_other(&visit.at(&format!("/customers/{id}?done=unmerged"))).into())
}
