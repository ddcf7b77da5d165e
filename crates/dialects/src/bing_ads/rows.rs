//! Rows: the members of a customer under their names, those of its address with a dot: `CustomerAddress.City`.

use super::fields::customer::{self, Submitted};
use crate::rows::{Cell, Column, Rows};
use domain::operation::Submission;
use domain::{Customer, Edit, Error, Field};

pub(super) const ROWS: Rows = Rows { columns: |_| columns(), named, show, edits };

fn columns() -> Vec<Column> {
    let read_only = |field| matches!(field, Field::FinancialStatus | Field::ServiceLevel);
    let lens = customer::lens().into_iter().filter(|(_, field)| *field != Field::Version);
    lens.map(|(name, field)| Column { read_only: read_only(field), ..Column::new(name, field) }).collect()
}

fn named(name: &str) -> Option<Column> {
    match name {
        "TimeStamp" => Some(Column::read_only("TimeStamp", Field::Version)),
        "LastModifiedTime" => Some(Column::read_only("LastModifiedTime", Field::UpdatedAt)),
        _ => columns().into_iter().find(|column| column.name == name),
    }
}

fn show(customer: &Customer, column: &Column) -> String {
    customer::text_of(customer, column.field)
}

fn edits(cells: &[Cell], present: &Customer) -> Result<Vec<Edit>, Error> {
    let said = |field: Field| cells.iter().find(|(column, _)| column.field == field).map(|(_, text)| text.as_str());
    let changes = |(column, text): &Cell| {
        let market = matches!(column.field, Field::MarketCountry | Field::MarketLanguage);
        !market && *text != show(present, column)
    };
    // Of one that is there only what differs is sent, so that a row may be a part of it.
    let new = present.version == 0;
    if !new && !cells.iter().any(changes) {
        return Ok(Vec::new());
    }
    let mut edits = Submitted::of_row(&said, present).edits(present)?;
    if let Some(number) = said(Field::BingNumber).filter(|number| *number != customer::number(present)) {
        let digits = number.strip_prefix('C').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        if !number.is_empty() && digits.is_none_or(str::is_empty) {
            return Err(Error::invalid(Field::BingNumber, "Number must be C and digits"));
        }
        edits.push(Edit::Set(Field::BingNumber, Some(number.into())));
    }
    match said(Field::Status) {
        Some("Inactive") => edits.push(Edit::Set(Field::Status, Some("deleted".into()))),
        Some("Active" | "") | None => {}
        Some(_) => {
            return Err(Error::invalid(Field::Status, "CustomerLifeCycleStatus must be Active or Inactive"));
        }
    }
    Ok(edits)
}
