//! What was changed together last is taken back together: each record that nobody changed since. What it was is known to the
//! browser that did it, in a cookie.

use domain::operation::RevertField;
use domain::{Error, Field, Kind, Record};
use std::sync::Arc;

use super::{changes, many};
use crate::console::visit::{Outcome, Visit, cookie, see_other, set_cookie};

/// The cookie: kind, field, and each record with the version that it got.
const UNDO: &str = "samerow_undo";

/// For how long it can be taken back, in seconds.
const KEPT: i64 = 86_400;

/// A cookie holds 4 KB.
const LONGEST: usize = 3_800;

/// Leads to the list, from where these changes can be taken back.
pub(super) fn done(visit: &Visit<'_>, kind: Kind, field: Field, changed: &[Arc<Record>]) -> Outcome {
    let mut response = see_other(&visit.at(&format!("/{}?done=edited", many(kind))));
    let items: Vec<_> = changed.iter().map(|record| format!("{}-{}", record.id, record.version)).collect();
    let text = format!("{}:{field}:{}", kind.name(), items.join("."));
    let text = if text.len() <= LONGEST { text } else { String::new() };
    set_cookie(visit.request(), &mut response, UNDO, &text, KEPT);
    Ok(response.into())
}

fn kept(visit: &Visit<'_>, kind: Kind) -> Option<(Field, Vec<(i64, u64)>)> {
    let mut parts = cookie(visit.request(), UNDO)?.split(':');
    let (of, field, items) = (parts.next()?, Field::named(parts.next()?)?, parts.next()?);
    let item =
        |item: &str| item.split_once('-').and_then(|(id, version)| Some((id.parse().ok()?, version.parse().ok()?)));
    let items: Option<Vec<_>> = items.split('.').map(item).collect();
    items.filter(|_| of == kind.name()).map(|items| (field, items))
}

/// Of how many records something can be taken back.
pub(super) fn offered(visit: &Visit<'_>, kind: Kind) -> Option<usize> {
    let may = visit.caller().role.allows(kind.access(true));
    kept(visit, kind).map(|(_, items)| items.len()).filter(|count| may && *count > 0)
}

/// Takes it back.
pub(super) async fn run(visit: &Visit<'_>, kind: Kind) -> Outcome {
    visit.caller().demand_in(kind.access(true), domain::Area::of(kind))?;
    let (field, items) = kept(visit, kind).ok_or_else(|| Error::not_found("There is nothing to take back"))?;
    let mut left = 0;
    for (id, version) in items {
        let revert = RevertField { kind, id, field, version, check: changes::unchanged(version) };
        left += usize::from(visit.run("undo", revert).await.is_err());
    }
    let what = if left == 0 { "undone" } else { "undone_some" };
    let mut response = see_other(&visit.at(&format!("/{}?done={what}", many(kind))));
    set_cookie(visit.request(), &mut response, UNDO, "", 0);
    Ok(response.into())
}
