//! Rows: every field under its own name, dotted where it is nested; a list has an entry a line.

use super::fields::Shown;
use crate::rows::{Cell, Column, Rows, emails, entries};
use domain::field::CUSTOM_FIELDS;
use domain::{Customer, Edit, Error, Field, Kind, Shape, Value};

pub(super) const ROWS: Rows = Rows { columns, named, show, edits };

/// What only the server sets.
const READ_ONLY: [Field; 5] = [Field::Version, Field::MergedInto, Field::CreatedAt, Field::UpdatedAt, Field::UpdatedBy];

fn column(field: Field) -> Column {
    Column { name: field.name(), field, read_only: READ_ONLY.contains(&field) }
}

fn columns(extra_fields: &[u16]) -> Vec<Column> {
    let own = Kind::Customer.fields().iter().copied().filter(|field| field.shape() != Shape::Secret);
    let own = own.filter(|field| !READ_ONLY.contains(field)).chain((1..=CUSTOM_FIELDS).map(Field::Extra));
    let further = extra_fields.iter().filter(|number| **number > CUSTOM_FIELDS).map(|number| Field::Extra(*number));
    [Field::Id].into_iter().chain(own).chain(further).chain(READ_ONLY).map(column).collect()
}

fn named(name: &str) -> Option<Column> {
    let field = Field::named(name)?;
    let known = matches!(field, Field::Id | Field::Password | Field::Extra(_)) || READ_ONLY.contains(&field);
    let known = known || (field.shape() != Shape::Secret && Kind::Customer.fields().contains(&field));
    known.then(|| column(field))
}

fn show(customer: &Customer, column: &Column) -> String {
    Shown::field(customer, column.field).plain()
}

fn edits(cells: &[Cell], present: &Customer) -> Result<Vec<Edit>, Error> {
    let mut edits = Vec::with_capacity(cells.len());
    for (column, text) in cells {
        let field = column.field;
        if *text == show(present, column) {
            continue;
        }
        let value = if text.is_empty() { None } else { Some(value(field, text)?) };
        if Shown::in_record(field, value.as_ref()) != Shown::field(present, field) {
            edits.push(Edit::Set(field, value));
        }
    }
    Ok(edits)
}

fn value(field: Field, text: &str) -> Result<Value, Error> {
    let wrong = |what: &str| Error::invalid(field, format!("{field} must be {what}"));
    Ok(match field.shape() {
        Shape::Number { .. } => text.trim().parse::<i64>().map_err(|_| wrong("a whole number"))?.into(),
        Shape::Reference(_) => text.trim().parse::<i64>().map_err(|_| wrong("an id"))?.into(),
        Shape::Flag => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => true.into(),
            "false" | "no" | "0" => false.into(),
            _ => return Err(wrong("true or false")),
        },
        Shape::Emails { .. } => Value::Texts(emails(text)),
        Shape::Codes { .. } => Value::Texts(entries(text)),
        _ => text.into(),
    })
}
