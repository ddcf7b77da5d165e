//! Customers as rows of files, over random records and all dialects: what is written and read again changes nothing, and
//! what a new customer is made of is then shown.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use dialects::{Dialect, Row};
use domain::operation::{CustomerRef, Deleted, Load, NewRecord, Submission, UpdateCustomer};
use domain::{Customer, Field, Kind, Part, Record};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;
use std::sync::Arc;
use support::lens::customer;
use support::{Template, World, sample};

/// The numbers of the extra fields that the demo records define.
const EXTRA: &[u16] = &[1, 2, 3, 4, 5, 6, 7];

fn check<S: Strategy>(cases: u32, strategy: &S, law: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new(config).run(strategy, law).unwrap_or_else(|failure| panic!("{failure}"));
}

fn load(world: &World, id: i64, values: &[(Field, domain::Value)]) -> Customer {
    let record = NewRecord { kind: Kind::Customer, id, values: sample::with_id(values, id) };
    world.run(Load { records: vec![record] }).unwrap();
    customer(world, id)
}

/// What some dialect demands of a new customer, where the record has it not.
fn completed(mut values: Vec<(Field, domain::Value)>) -> Vec<(Field, domain::Value)> {
    let needed = [Field::Name, Field::AddressLine1, Field::City, Field::PostalCode, Field::Country];
    let needed = needed.into_iter().chain([Field::MarketCountry, Field::MarketLanguage, Field::Emails]);
    values.retain(|(field, _)| *field != Field::BingNumber);
    for field in needed {
        if !values.iter().any(|(known, _)| *known == field) {
            let value = match field {
                Field::Emails => domain::Value::Texts(vec!["a@x.example".into()]),
                _ => "no".into(),
            };
            values.push((field, value));
        }
    }
    values
}

/// The row that a dialect writes of a customer.
fn row(dialect: &Dialect, customer: &Customer, line_end: &str) -> Vec<(String, String)> {
    let columns = (dialect.rows.columns)(EXTRA);
    let shown = |column| (dialect.rows.show)(customer, column).replace('\n', line_end);
    columns.iter().map(|column| (column.name.to_string(), shown(column))).collect()
}

/// What is read of a row, as it was written.
fn read(dialect: &'static Dialect, row: &[(String, String)]) -> Row {
    let cells = row.iter().map(|(name, text)| (dialect.rows.column(name, EXTRA).unwrap(), text.clone()));
    Row::new(&dialect.rows, cells.collect())
}

#[test]
fn what_is_written_and_read_again_changes_nothing() {
    let (world, next) = (Template::new().world(), Cell::new(100_000));
    check(96, &sample::record(), |values| {
        let before = load(&world, next.replace(next.get() + 1), &values);
        for (dialect, line_end) in dialects::ALL.iter().flat_map(|dialect| [(*dialect, "\n"), (*dialect, "\r\n")]) {
            let row = row(dialect, &before, line_end);
            let update = UpdateCustomer {
                who: vec![CustomerRef::Id(before.id)],
                deleted: Deleted::Shown,
                respect_lock: false,
                expected_version: None,
                submission: read(dialect, &row),
            };
            let after = world.run(update);
            prop_assert_eq!(after.as_ref(), Ok(&before), "{} of {:?}", dialect.name, row);
        }
        Ok(())
    });
}

#[test]
fn a_customer_made_of_a_row_shows_it() {
    let (world, next) = (Template::new().world(), Cell::new(100_000));
    let made: Vec<_> = dialects::ALL.iter().map(|_| Cell::new(0)).collect();
    check(256, &sample::record(), |values| {
        let before = load(&world, next.replace(next.get() + 1), &completed(values));
        for (dialect, made) in dialects::ALL.iter().zip(&made) {
            let row = row(dialect, &before, "\n");
            let mut new = Customer(Arc::new(Record::new(Kind::Customer, Part(1), before.id)));
            // Limits that are narrower than the record's, and rules of its own.
            let Ok(()) = read(dialect, &row).edits(&new).and_then(|edits| new.apply(edits)) else { continue };
            Arc::make_mut(&mut new.0).version = 1;
            made.set(made.get() + 1);
            for (name, text) in row {
                let column = dialect.rows.column(&name, EXTRA).unwrap();
                // This word takes a value away.
                let removed = dialect.name == "trackfinity" && text == "REMOVE";
                if !column.read_only && !removed {
                    prop_assert_eq!((dialect.rows.show)(&new, &column), text, "{} {}", dialect.name, name);
                }
            }
        }
        Ok(())
    });
    for (dialect, made) in dialects::ALL.iter().zip(&made) {
        assert!(made.get() > 20, "{} makes only {} of 256", dialect.name, made.get());
    }
}

#[test]
fn every_column_that_is_written_is_read() {
    for dialect in dialects::ALL {
        for column in (dialect.rows.columns)(EXTRA) {
            assert_eq!(dialect.rows.column(&column.name, EXTRA), Ok(column.clone()), "{} {column:?}", dialect.name);
        }
    }
}
