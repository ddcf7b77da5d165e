//! Rows: the parameters under their names. Subscriptions and orders, which no call of the vendor's sets, are added, an
//! entry a line.

use super::fields::{Details, PARAMETERS, lookups, text_of};
use crate::rows::{Cell, Column, Rows, entries};
use domain::error::Reason;
use domain::operation::Submission;
use domain::{Customer, Edit, Error, Field, Shape, Value};

pub(super) const ROWS: Rows = Rows { columns: |_| columns(), named, show, edits };

fn columns() -> Vec<Column> {
    let parameters = lookups().into_iter().chain(PARAMETERS.iter().copied());
    let shown = parameters.filter(|(_, field)| field.shape() != Shape::Secret);
    shown.map(|(name, field)| Column::new(name, field)).collect()
}

fn named(name: &str) -> Option<Column> {
    // The first pages of the vendor called it so.
    let name = if name == "subscription" { "subscription_id" } else { name };
    let found = lookups().into_iter().chain(PARAMETERS.iter().copied()).find(|(known, _)| *known == name);
    found.map(|(name, field)| Column::new(name, field))
}

fn show(customer: &Customer, column: &Column) -> String {
    match column.field {
        Field::Id => customer.id.to_string(),
        field @ (Field::SubscriptionIds | Field::OrderIds) => customer.texts(field).join("\n"),
        field => text_of(customer, field).to_owned(),
    }
}

fn edits(cells: &[Cell], present: &Customer) -> Result<Vec<Edit>, Error> {
    let differs = |(column, text): &&Cell| !text.is_empty() && *text != show(present, column);
    let (mut details, mut edits) = (Vec::new(), Vec::new());
    for (column, text) in cells.iter().filter(differs) {
        match column.field {
            field @ (Field::SubscriptionIds | Field::OrderIds) => {
                let mut codes = present.texts(field).to_vec();
                codes.extend(entries(text).into_iter().filter(|code| !present.texts(field).contains(code)));
                edits.push(Edit::Set(field, Some(Value::Texts(codes))));
            }
            field => details.push((field, text.clone())),
        }
    }
    edits.extend(Details(details).edits(present)?);
    if present.flag(Field::Locked) && !edits.is_empty() {
        let text = format!("Customer {} is locked: unlock it first.", present.id);
        return Err(Error::new(Reason::Locked, text));
    }
    Ok(edits)
}
