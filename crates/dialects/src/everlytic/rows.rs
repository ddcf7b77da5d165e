//! Rows: every property under its name, as a customer is shown and sent.

use super::fields::{Mode, PROPERTIES, Properties, Property, Shown};
use crate::rows::{Cell, Column, Rows};
use domain::{Customer, Edit, Error};

pub(super) const ROWS: Rows = Rows { columns: |_| PROPERTIES.iter().map(column).collect(), named, show, edits };

fn column(property: &Property) -> Column {
    let read_only = property.mode == Mode::Server;
    Column { read_only, ..Column::new(property.name, property.field) }
}

fn named(name: &str) -> Option<Column> {
    Property::named(name).map(column)
}

fn show(customer: &Customer, column: &Column) -> String {
    match Property::named(&column.name).map(|property| property.show(customer)) {
        Some(Shown::Text(text)) => text.into_owned(),
        Some(Shown::Number(number)) => number.to_string(),
        None => String::new(),
    }
}

fn edits(cells: &[Cell], present: &Customer) -> Result<Vec<Edit>, Error> {
    Properties::of(cells.iter().map(|(column, text)| (column.name.to_string(), text.clone()))).edits(present)
}
