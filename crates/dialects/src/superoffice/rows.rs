//! Rows: what setCustomer sets, under its names. Addresses are added, never taken away, as setCustomer does.

use super::fields::pairs::{CUSTOMER_BY_AGENT, Pairs};
use super::fields::{extra, language, show as show_field, unprefixed};
use crate::rows::{Cell, Column, Rows, emails};
use domain::operation::Submission;
use domain::{Customer, Edit, Error, Field, Kind};

pub(super) const ROWS: Rows = Rows { columns, named, show, edits };

fn columns(extra_fields: &[u16]) -> Vec<Column> {
    // Of two names of the name one is enough.
    let written = CUSTOMER_BY_AGENT.iter().filter(|(name, field)| *field != Field::Password && *name != "display_name");
    let extra = extra_fields.iter().map(|number| Column::new(format!("x_{number}"), Field::Extra(*number)));
    let id = [Column::new("id", Field::Id)].into_iter();
    id.chain(written.map(|(name, field)| Column::new(*name, *field))).chain(extra).collect()
}

fn named(name: &str) -> Option<Column> {
    let name = unprefixed(name, Kind::Customer);
    match name {
        "id" | "customerId" => return Some(Column::new("id", Field::Id)),
        // Always empty there.
        "extTable" => return Some(Column::read_only("extTable", Field::ExtTable)),
        "extKey" => return Some(Column::read_only("extKey", Field::ExtKey)),
        _ => {}
    }
    let own = CUSTOMER_BY_AGENT.iter().find(|(known, _)| *known == name);
    let own = own.map(|(name, field)| Column::new(*name, *field));
    own.or_else(|| Some(Column::new(name.to_owned(), extra::named(name)?)))
}

fn show(customer: &Customer, column: &Column) -> String {
    match column.field {
        Field::Emails => customer.texts(Field::Emails).join("\n"),
        field => show_field(customer, field).into_owned(),
    }
}

fn edits(cells: &[Cell], present: &Customer) -> Result<Vec<Edit>, Error> {
    let (mut pairs, mut edits) = (Vec::with_capacity(cells.len()), Vec::new());
    for (column, text) in cells.iter().filter(|(column, text)| *text != show(present, column)) {
        match column.field {
            Field::Emails => pairs.extend(emails(text).into_iter().map(|email| (column.name.to_string(), email))),
            Field::Company if text.is_empty() => edits.push(Edit::Set(Field::Company, None)),
            // Files hold more languages than the vendor's list.
            Field::Language if text.contains('-') || text.len() == 2 => {
                let tag = language::tag(text).unwrap_or(text);
                edits.push(Edit::Set(Field::Language, Some(tag.into())));
            }
            _ => pairs.push((column.name.to_string(), text.clone())),
        }
    }
    edits.extend(Pairs { kind: Kind::Customer, names: CUSTOMER_BY_AGENT, pairs }.edits(present)?);
    Ok(edits)
}
