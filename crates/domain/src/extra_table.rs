//! Tables that a tenant defines. A column is an extra field of the domain `extra_row` that names its table; its number is
//! unique over all tables. A row holds values of its table's columns.

use crate::error::{Error, Stop};
use crate::field::Field;
use crate::record::Record;
use crate::rule::need;
use crate::working_set::{Context, WorkingSet};

/// The fields of a table.
pub(crate) const TABLE_FIELDS: &[Field] = &[Field::Name, Field::Flags, Field::Deleted];

/// The fields of a row, its columns apart.
pub(crate) const ROW_FIELDS: &[Field] = &[Field::TableId, Field::Deleted];

/// A table has a name.
pub(crate) fn settle_table(table: &Record) -> Result<(), Stop> {
    Ok(need(table, Field::Name)?)
}

/// A row belongs to one table for ever, and holds values of that table's columns only.
pub(crate) fn settle_row(
    row: &Record,
    before: Option<&Record>,
    set: &mut WorkingSet,
    cx: &Context,
) -> Result<(), Stop> {
    need(row, Field::TableId)?;
    let table = row.number(Field::TableId);
    if before.is_some_and(|before| before.number(Field::TableId) != table) {
        return Err(Error::invalid(Field::TableId, "A row stays in its table: add another to the other one").into());
    }
    for change in crate::change::difference(before, row) {
        let Field::Extra(number) = change.field else { continue };
        let column = set.definition(cx.caller.tenant, row.kind, number)?;
        if column.number(Field::TableId) != table {
            let text = format!("{} is no column of this table. Nothing was stored.", change.field);
            return Err(Error::invalid(change.field, text).into());
        }
    }
    Ok(())
}
