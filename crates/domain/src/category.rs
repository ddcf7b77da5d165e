//! Ticket categories: a tree that each tenant defines. An internal one is for agents only.

use crate::error::{Error, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule::need;
use crate::working_set::{Context, WorkingSet};

/// The fields of a category.
pub(crate) const FIELDS: &[Field] = &[Field::Name, Field::Parent, Field::External, Field::Deleted];

/// Levels of the tree.
pub const MAX_DEPTH: usize = 32;

/// A category has a name, and is not below itself.
pub(crate) fn settle(record: &Record, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
    need(record, Field::Name)?;
    let mut above = record.number(Field::Parent);
    for _ in 1..MAX_DEPTH {
        let Some(id) = above else { return Ok(()) };
        if id == record.id {
            let text = format!("Category {id} cannot be below itself. Nothing was changed.");
            return Err(Error::invalid(Field::Parent, text).into());
        }
        let parent = set.record(cx.caller.tenant, Kind::Category, id)?;
        above = parent.and_then(|parent| parent.number(Field::Parent));
    }
    let text = format!("Categories have at most {MAX_DEPTH} levels. Nothing was changed.");
    Err(Error::invalid(Field::Parent, text).into())
}
