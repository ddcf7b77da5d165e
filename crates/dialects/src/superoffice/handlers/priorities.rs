//! Ticket priorities, the least important first.

use super::super::wire::PRIORITY;
use super::{Call, Outcome};
use ::wire::soap::{Members, Value};
use domain::filter::{Order, Selection};
use domain::operation::{Deleted, ListRecords};
use domain::{Field, Kind};

/// Priorities that one answer shows at most.
const MAX: u32 = 10_000;

pub(in super::super) async fn list(call: Call<'_>) -> Outcome {
    let order = vec![Order { field: Field::SortOrder, descending: false }];
    let selection = Selection { order, limit: MAX, ..Selection::default() };
    let page = call.run(ListRecords { kind: Kind::Priority, selection, deleted: Deleted::Hidden }).await?;
    let shown = page.records.iter().map(|priority| {
        Members::new(&PRIORITY)
            .with("id", priority.id.to_string())
            .with("name", priority.text(Field::Name).to_owned())
            .with("sortOrder", priority.number(Field::SortOrder).unwrap_or(0).to_string())
            .into()
    });
    let shown = shown.collect();
    Ok(call.output().with("priorities", Value::List(shown)))
}
