//! One record, many faces: each field with what each dialect calls it.

use askama::Template;
use domain::{Field, Kind, choice};
use http::StatusCode;

use super::fields;
use crate::console::layout::Page;
use crate::console::visit::{Outcome, Visit};
use crate::console::{html, refusal};

struct Row {
    name: String,
    label: String,
    holds: String,
    /// What each dialect calls it.
    wires: Vec<String>,
}

#[derive(Template)]
#[template(path = "map.html")]
struct Shown {
    p: Page,
    dialects: Vec<&'static str>,
    rows: Vec<Row>,
    /// The dialects that have a list of industries.
    listing: Vec<&'static str>,
    /// Each industry, and what each of those calls it.
    industries: Vec<(String, Vec<&'static str>)>,
}

pub(super) async fn show(visit: &Visit<'_>) -> Outcome {
    let extra = fields::extra_fields(visit, Kind::Customer).await?;
    let lenses: Vec<_> = dialects::ALL.iter().map(|dialect| (dialect.title, (dialect.lens)())).collect();
    let mut all = vec![Field::Id];
    all.extend(Kind::Customer.fields().iter().filter(|field| !matches!(field, Field::MergedInto)));
    let mut further: Vec<_> = extra.keys().copied().collect();
    further.sort_unstable();
    all.extend(further);
    let row = |field: &Field| Row {
        name: field.name().into_owned(),
        label: fields::label(visit.words(), *field, &extra),
        // What the domain says of a field is English; in another language it is said what it can hold.
        holds: match visit.words().is_english() {
            true => field.description().to_owned(),
            false => refusal::holds(visit.words(), *field),
        },
        wires: lenses.iter().map(|(_, lens)| wires(lens, *field)).collect(),
    };
    let lists = || dialects::ALL.iter().filter_map(|dialect| Some((dialect.title, dialect.industry?)));
    let industry = |meaning: &&'static str| {
        (visit.words().choice(meaning), lists().map(|(_, name_of)| name_of(meaning)).collect())
    };
    let shown = Shown {
        listing: lists().map(|(title, _)| title).collect(),
        industries: choice::INDUSTRY.iter().map(industry).collect(),
        p: visit.page("fields", visit.words().get("nav.fields")),
        dialects: lenses.iter().map(|(title, _)| *title).collect(),
        rows: all.iter().map(row).collect(),
    };
    Ok(html(StatusCode::OK, &shown).into())
}

fn wires(lens: &[(String, Field)], field: Field) -> String {
    let mut names: Vec<&str> = lens.iter().filter(|(_, known)| *known == field).map(|(name, _)| &**name).collect();
    names.dedup();
    names.join(", ")
}
