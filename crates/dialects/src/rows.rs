//! Customers as rows of texts under a dialect's own names: what files of them are made of.
//!
//! A dialect says which columns there are, what each shows of a customer, and what a row that says something else does.
//! What is shown and read again changes nothing, whatever is in the record.

use crate::suggest::{nearest, quoted};
use domain::credential::{Space, UniqueKey};
use domain::error::Reason;
use domain::filter::fold;
use domain::operation::Submission;
use domain::tenant::Tenant;
use domain::{Customer, Edit, Error, Field, Shape, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// How a dialect writes a customer as a row, and what it takes a row for.
pub struct Rows {
    /// The columns that a file is written with, in their order, with those of the extra fields of these numbers.
    pub columns: fn(extra_fields: &[u16]) -> Vec<Column>,
    /// The column of a name, which may be known by more names than one.
    pub named: fn(name: &str) -> Option<Column>,
    /// What a column shows of a customer; mostly `""` for what is unset.
    pub show: fn(customer: &Customer, column: &Column) -> String,
    /// The edits that bring a customer, or a new one, to what the columns of a row say; each can be written.
    ///
    /// # Errors
    /// `Invalid`, `Required` or `TooLong` at the field, and what else the dialect refuses.
    pub edits: fn(cells: &[Cell], present: &Customer) -> Result<Vec<Edit>, Error>,
}

/// A column of a file of customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The dialect's own name of it.
    pub name: Cow<'static, str>,
    /// What it shows.
    pub field: Field,
    /// Whether only the server sets it: what a row says there is not looked at.
    pub read_only: bool,
}

/// What a row says in a column.
pub type Cell = (Column, String);

impl Column {
    /// One that can be written.
    pub(crate) fn new(name: impl Into<Cow<'static, str>>, field: Field) -> Self {
        Self { name: name.into(), field, read_only: false }
    }

    /// One that only the server sets.
    pub(crate) fn read_only(name: &'static str, field: Field) -> Self {
        Self { read_only: true, ..Self::new(name, field) }
    }
}

impl Rows {
    /// The column of a name in a file, for a tenant with these extra fields.
    ///
    /// # Errors
    /// `Invalid` for a name that is none, with the one that was probably meant, and for a password.
    pub fn column(&self, name: &str, extra_fields: &[u16]) -> Result<Column, Error> {
        let wrong = |text: String| Err(Error::new(Reason::Invalid, text));
        match (self.named)(name.trim()) {
            Some(column) if column.field.shape() == Shape::Secret => {
                wrong(format!("column {} is refused: a file is no place for passwords", quoted(name)))
            }
            Some(Column { field: Field::Extra(number), .. }) if !extra_fields.contains(&number) => {
                wrong(format!("there is no extra field for column {}: define it first", quoted(name)))
            }
            Some(column) => Ok(column),
            None => {
                let columns = (self.columns)(extra_fields);
                let near = nearest(name, columns.iter().map(|column| &*column.name)).or_else(|| {
                    let own = columns.iter().find(|column| column.field.name() == name.trim())?;
                    Some(&own.name)
                });
                let hint = near.map_or_else(String::new, |near| format!(": did you mean {near}?"));
                wrong(format!("there is no column {}{hint}", quoted(name)))
            }
        }
    }
}

/// What a row says of a customer.
pub struct Row {
    rows: &'static Rows,
    cells: Vec<Cell>,
}

impl Row {
    /// The cells of a row, each column once.
    pub const fn new(rows: &'static Rows, cells: Vec<Cell>) -> Self {
        Self { rows, cells }
    }

    /// What it says of a field; `""` when nothing.
    pub fn text(&self, field: Field) -> &str {
        self.cells.iter().find(|(column, _)| column.field == field).map_or("", |(_, text)| text.trim())
    }

    /// What its customer is known by in a field: of several addresses the first, if it is one, of other lists all.
    pub fn known_by(&self, field: Field) -> Vec<String> {
        let text = self.text(field);
        match field.shape() {
            Shape::Emails { .. } => emails(text).into_iter().take(1).filter(|email| is_address(field, email)).collect(),
            Shape::Codes { .. } => entries(text),
            _ if text.is_empty() => Vec::new(),
            _ => vec![text.to_owned()],
        }
    }

    /// What is wrong with it, in the words of its columns: `email "johnny@" is not an address`.
    pub fn complaint(&self, error: &Error) -> String {
        let message = error.message.trim_end_matches(" Nothing was stored.").trim_end_matches(" Nothing was changed.");
        let cell = error.at.and_then(|field| self.cells.iter().find(|(column, _)| column.field == field));
        let Some((Column { name, field, .. }, text)) = cell else { return message.to_owned() };
        if let Some(email) = emails(text).iter().find(|email| !is_address(*field, email))
            && *field == Field::Emails
            && error.reason == Reason::Invalid
        {
            return format!("{name} {} is not an address", quoted(email));
        }
        let named = [&*field.name(), name].into_iter().find_map(|name| message.strip_prefix(name));
        let says = |rest: &str| rest.starts_with(&format!(" {text} ")) || rest.contains(&*quoted(text));
        match named.filter(|rest| rest.starts_with(' ')) {
            Some(rest) if text.is_empty() || says(rest) => format!("{name}{rest}"),
            Some(rest) => format!("{name} {}{rest}", quoted(text)),
            None => format!("{name}: {message}"),
        }
    }
}

fn is_address(field: Field, email: &str) -> bool {
    field.shape().admit(field, Value::Texts(vec![email.to_owned()])).is_ok()
}

/// What a customer may be found by, and whether they are where nobody says by what.
const KEYS: [(&str, Field, bool); 5] = [
    ("unique_id", Field::UniqueId, true),
    ("username", Field::Username, true),
    ("emails", Field::Emails, true),
    ("subscription_ids", Field::SubscriptionIds, false),
    ("order_ids", Field::OrderIds, false),
];

/// What the customers of a file are found by, the strongest first: as these names say or, without any, in the usual way:
/// where ids are kept by those, then by what is unique, then by e-mail.
///
/// # Errors
/// A sentence for a name that is none.
pub fn matched(names: &[&str], keep_ids: bool) -> Result<Vec<Field>, String> {
    if names.is_empty() {
        let usual = KEYS.iter().filter(|(_, _, usual)| *usual).map(|(_, field, _)| *field);
        return Ok([Field::Id].into_iter().filter(|_| keep_ids).chain(usual).collect());
    }
    let of = |name: &&str| match *name {
        "id" => Ok(Field::Id),
        "email" => Ok(Field::Emails),
        name => KEYS.iter().find(|(known, ..)| *known == name).map(|(_, field, _)| *field).ok_or_else(|| {
            let known: Vec<_> = KEYS.iter().map(|(known, ..)| *known).collect();
            format!("customers are matched by id, {}, not by {}", known.join(", "), quoted(name))
        }),
    };
    names.iter().map(of).collect()
}

/// What a file may say only once of all customers together.
const UNIQUE: [Field; 7] = [
    Field::Username,
    Field::UniqueId,
    Field::Hash,
    Field::SubscriptionIds,
    Field::OrderIds,
    Field::ExternalCustomerId,
    Field::BingNumber,
];

/// The rows of a file so far, by what their customers are known by: no customer is in two of them, so that the rows of a
/// file can be taken in any number at once.
#[derive(Default)]
pub struct Seen(HashMap<String, u64>);

impl Seen {
    /// Says where what a row is known by was before, by fields that no two customers share and by those that are
    /// matched; else remembers it.
    pub fn repeated(&mut self, line: u64, row: &Row, matched: &[Field]) -> Option<String> {
        let mut new = Vec::new();
        for (column, _) in &row.cells {
            let Column { name, field, read_only } = column;
            if !(UNIQUE.contains(field) || matched.contains(field)) || (*read_only && *field != Field::Id) {
                continue;
            }
            for text in row.known_by(*field) {
                let folded = match field {
                    Field::Emails => fold(&text),
                    Field::Username => UniqueKey::new(Tenant::DEFAULT, Space::CustomerUsername, &text).text,
                    _ => text.clone(),
                };
                let key = format!("{field} {folded}");
                if let Some(line) = self.0.get(&key) {
                    return Some(format!("{name} {} is on line {line} already", quoted(&text)));
                }
                new.push(key);
            }
        }
        self.0.extend(new.into_iter().map(|key| (key, line)));
        None
    }
}

impl Submission for Row {
    fn edits(&self, present: &Customer) -> Result<Vec<Edit>, Error> {
        let cells = self.cells.iter().filter(|(column, _)| !column.read_only && column.field != Field::Id);
        let cells: Vec<_> = cells
            .map(|(column, text)| {
                // Programs that write files have their own opinions on line ends.
                let shown = (self.rows.show)(present, column);
                let same = text.contains(['\r', '\n']) && lines(text) == lines(&shown);
                (column.clone(), if same { shown } else { text.clone() })
            })
            .collect();
        (self.rows.edits)(&cells, present)
    }
}

fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The addresses in a cell, between blanks, line ends, commas and semicolons; a quoted one may hold the latter two.
pub(crate) fn emails(text: &str) -> Vec<String> {
    let entries = text.split_whitespace().map(|entry| entry.trim_end_matches([',', ';']));
    let entries = entries.flat_map(|entry| match entry.matches('@').count() > 1 {
        true => entry.split([',', ';']).collect(),
        false => vec![entry],
    });
    entries.filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}

/// The list in a cell: an entry a line.
pub(crate) fn entries(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Kind, Part, Record};
    use std::sync::Arc;

    #[test]
    fn a_cell_may_hold_several_addresses() {
        for (text, expected) in [
            ("", &[][..]),
            ("a@x", &["a@x"]),
            ("a@x\nb@y", &["a@x", "b@y"]),
            ("a@x, b@y; c@z,", &["a@x", "b@y", "c@z"]),
            ("a@x,b@y;c@z", &["a@x", "b@y", "c@z"]),
            ("\"a,b\"@x", &["\"a,b\"@x"]),
            ("johnny@", &["johnny@"]),
        ] {
            assert_eq!(emails(text), expected, "{text}");
        }
    }

    #[test]
    fn a_customer_is_in_one_row() {
        let rows = rows("superoffice");
        let row = |cells: &[(&str, &str)]| {
            let cells = cells.iter().map(|(name, text)| (rows.column(name, &[]).unwrap(), (*text).to_owned()));
            Row::new(rows, cells.collect())
        };
        let mut seen = Seen::default();
        for (line, cells, expected) in [
            (2, &[("id", "1"), ("email", "a@x"), ("username", "Ada")][..], None),
            (3, &[("id", "2"), ("email", "b@x, a@x"), ("username", "")], None),
            (4, &[("id", "3"), ("email", "A@X")], Some("email \"A@X\" is on line 2 already")),
            (5, &[("id", "3"), ("username", "aDA ")], Some("username \"aDA\" is on line 2 already")),
            (6, &[("id", "1")], None),
            (7, &[("id", "3"), ("firstname", "Ada")], None),
            (8, &[("firstname", "Ada")], None),
            (9, &[("email", "johnny@")], None),
            (10, &[("email", "johnny@")], None),
        ] {
            assert_eq!(seen.repeated(line, &row(cells), &[Field::Emails]).as_deref(), expected);
        }
        let matched = [Field::Id, Field::Emails];
        assert_eq!(seen.repeated(11, &row(&[("id", "7")]), &matched), None);
        let again = seen.repeated(12, &row(&[("id", " 7")]), &matched);
        assert_eq!(again.as_deref(), Some("id \"7\" is on line 11 already"));
    }

    fn rows(dialect: &str) -> &'static Rows {
        &crate::ALL.iter().find(|known| known.name == dialect).unwrap().rows
    }

    #[test]
    fn a_column_that_is_none_is_refused_with_the_one_that_was_meant() {
        for (dialect, name, expected) in [
            ("superoffice", "fistname", "there is no column \"fistname\": did you mean firstname?"),
            ("superoffice", "first_name", "there is no column \"first_name\": did you mean firstname?"),
            ("superoffice", "colour", "there is no column \"colour\""),
            ("superoffice", "x_9", "there is no extra field for column \"x_9\": define it first"),
            ("superoffice", "password", "column \"password\" is refused: a file is no place for passwords"),
            ("bing_ads", "City", "there is no column \"City\": did you mean CustomerAddress.City?"),
            ("native", "city", "there is no column \"city\": did you mean address.city?"),
            ("trackfinity", "id", "there is no column \"id\": did you mean customer_id?"),
        ] {
            assert_eq!(rows(dialect).column(name, &[1, 6]).unwrap_err().message, expected);
        }
        for (dialect, name, field) in [
            ("superoffice", "customer.firstname", Field::FirstName),
            ("superoffice", " customerId ", Field::Id),
            ("superoffice", "x_6", Field::Extra(6)),
            ("native", "x_6", Field::Extra(6)),
            ("everlytic", "telephone", Field::Phone),
            ("trackfinity", "subscription", Field::SubscriptionIds),
        ] {
            assert_eq!(rows(dialect).column(name, &[1, 6]).unwrap().field, field, "{name}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_row_is_told_in_its_own_words() {
        let blank = Customer(Arc::new(Record::new(Kind::Customer, Part(1), 1)));
        for (dialect, name, text, expected) in [
            ("superoffice", "email", "johnny@", "email \"johnny@\" is not an address"),
            ("superoffice", "email", "a@x, b", "email \"b\" is not an address"),
            ("native", "emails", "a@x\nb", "emails \"b\" is not an address"),
            ("superoffice", "company", "none", "company \"none\" must be an id, or -1 for none."),
            ("everlytic", "email_quota", "-1", "email_quota \"-1\" must be a whole number from 0 to 2147483647"),
            (
                "trackfinity",
                "country",
                "Norge",
                "country \"Norge\" must be a country: an ISO 3166 code such as NO, or its English name",
            ),
            ("native", "locked", "maybe", "locked \"maybe\" must be true or false"),
        ] {
            let row = Row::new(rows(dialect), vec![(rows(dialect).column(name, &[]).unwrap(), text.to_owned())]);
            let refused = row.edits(&Customer(Arc::new(Record { version: 1, ..Record::clone(&blank) })));
            let refused = refused.and_then(|edits| blank.clone().apply(edits));
            assert_eq!(row.complaint(&refused.unwrap_err()), expected);
        }
    }
}
