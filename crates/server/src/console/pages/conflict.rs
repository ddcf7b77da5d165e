//! Two people changed one record: what is whose, and a form that loses nothing of either.

use domain::operation::ReadHistory;
use domain::{Change, Field, Kind};
use http::StatusCode;

use super::history;
use super::record::{self, Form};
use super::{fields, many};
use crate::console::shown;
use crate::console::visit::{Outcome, Visit, see_other};

/// Changes that are looked at to tell what the record was.
const WALK: u32 = 1_000;

/// Shows the form again: what only they changed is as they stored it, what only the visitor changed as it was typed, and
/// where both did, both. Nothing is stored. What is stored already as it was typed is no conflict.
pub(super) async fn show(visit: &Visit<'_>, kind: Kind, id: i64, version: u64, typed: &[(Field, String)]) -> Outcome {
    let record = record::read(visit, kind, id).await?;
    let read = ReadHistory { kind, id, from: None, limit: WALK };
    let history = visit.run("history", read).await?;
    let since: Vec<&Change> = history.changes.iter().filter(|change| change.version > version).collect();
    let mut groups = fields::form(visit, &record).await?;
    let mut differs = typed.iter().any(|(field, _)| *field == Field::Password);
    for shown in groups.iter_mut().flat_map(|(_, fields)| fields) {
        let field = shown.field;
        let Some((_, text)) = typed.iter().find(|(known, _)| *known == field) else { continue };
        let told = |change: &&&Change| change.fields.iter().any(|told| told.field == field);
        let (first, last) = (since.iter().rev().find(told), since.iter().find(told));
        let before = first.and_then(|change| change.fields.iter().find(|told| told.field == field));
        let was = before.map_or_else(|| shown.value.clone(), |told| shown::typed(field, told.from.as_ref()));
        if *text == was || *text == shown.value || field == Field::Password {
            continue;
        }
        differs = true;
        if let Some(change) = last {
            shown.theirs = Some((std::mem::take(&mut shown.value), history::by(change)));
        }
        shown.value.clone_from(text);
    }
    if !differs {
        return Ok(see_other(&visit.at(&format!("/{}/{id}?done=saved", many(kind)))).into());
    }
    let problem = visit.words().get("conflict_explained").to_owned();
    let status = StatusCode::CONFLICT;
    record::page(visit, Form { problem, is_conflict: true, status, ..Form::new(record, groups) }).await
}
