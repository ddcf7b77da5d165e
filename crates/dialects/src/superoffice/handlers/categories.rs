//! Ticket categories: a tree, parents before children.

use super::super::errors::{Code, Refused};
use super::super::wire::{CATEGORY, CUSTOMER_CATEGORY};
use super::{Call, Outcome, id};
use ::wire::soap::{Members, Value};
use domain::filter::{Condition, Filter, Page, Selection, Test};
use domain::operation::{Deleted, ListRecords};
use domain::{Caller, Error, Field, Kind, Record, Role};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Categories that one answer shows at most.
const MAX: u32 = 10_000;

pub(in super::super) async fn list(call: Call<'_>) -> Outcome {
    let page = call.run(all(Filter::default())).await?;
    let shown = ordered(&page).into_iter().map(|(category, parent)| {
        Members::new(&CATEGORY)
            .with("id", category.id.to_string())
            .with("name", category.text(Field::Name).to_owned())
            .with("parentId", parent.to_string())
            .with("isInternal", !category.flag(Field::External))
            .into()
    });
    let shown = shown.collect();
    Ok(call.output().with("categoryIds", Value::List(shown)))
}

pub(in super::super) async fn list_external(call: Call<'_>) -> Outcome {
    let page = external(&call).await?;
    let shown = ordered(&page).into_iter().map(|(category, parent)| of_customers(category, parent).into()).collect();
    Ok(call.output().with("categoryIds", Value::List(shown)))
}

pub(in super::super) async fn get_external(call: Call<'_>) -> Outcome {
    let page = external(&call).await?;
    let wanted = id(call.text("categoryId"));
    let found = ordered(&page).into_iter().find(|(category, _)| Some(category.id) == wanted);
    let (category, parent) = found.ok_or_else(|| {
        Refused::new(Code::InvalidCategory, Error::not_found("categoryId must be that of an external category"))
    })?;
    Ok(call.output().with("category", of_customers(category, parent)))
}

fn of_customers(category: &Record, parent: i64) -> Members<'static> {
    Members::new(&CUSTOMER_CATEGORY)
        .with("id", category.id.to_string())
        .with("realCategoryId", category.id.to_string())
        .with("name", category.text(Field::Name).to_owned())
        .with("parentId", parent.to_string())
}

/// What everybody may see, signed in or not.
async fn external(call: &Call<'_>) -> Result<Arc<Page>, Error> {
    let reader = Arc::new(Caller { role: Role::Viewer, ..Caller::anonymous(call.caller.tenant) });
    let filter = Condition::new(Field::External, Test::Is(true.into())).into();
    call.run_as(&reader, all(filter)).await
}

fn all(filter: Filter) -> ListRecords {
    let selection = Selection { filter, limit: MAX, ..Selection::default() };
    ListRecords { kind: Kind::Category, selection, deleted: Deleted::Hidden }
}

/// Parents before children, each with the id of its parent; -1 where that is not shown.
fn ordered(page: &Page) -> Vec<(&Record, i64)> {
    let shown: BTreeSet<i64> = page.records.iter().map(|category| category.id).collect();
    let parent =
        |category: &Record| category.number(Field::Parent).filter(|parent| shown.contains(parent)).unwrap_or(-1);
    let mut left: Vec<_> = page.records.iter().map(|category| (category, parent(category))).collect();
    let mut done = BTreeSet::from([-1]);
    let mut ordered = Vec::with_capacity(left.len());
    // The domain lets none be below itself, and bounds the levels.
    while !left.is_empty() {
        let (ready, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(|(_, parent)| done.contains(parent));
        if ready.is_empty() {
            ordered.extend(rest);
            break;
        }
        done.extend(ready.iter().map(|(category, _)| category.id));
        ordered.extend(ready);
        left = rest;
    }
    ordered
}
