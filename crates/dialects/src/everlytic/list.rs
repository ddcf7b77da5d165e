//! What a list is asked for: which page of which customers, in which order.

use super::fields::{Mode, Property, STATES, one_of, whole_number};
use super::industry::{INDUSTRIES, name_of};
use domain::customer::ADDRESS_LINES;
use domain::error::Reason;
use domain::filter::{Condition, Order, Selection, Test};
use domain::operation::{Deleted, ListCustomers};
use domain::{Error, Field, Value, choice};
use wire::form::brackets;

/// Customers on a page when nobody says how many.
const COUNT: i64 = 50;

/// Customers on a page at most, whatever is asked for.
const MAX_COUNT: i64 = 500;

/// A page to show.
#[derive(Debug)]
pub(super) struct Listing {
    /// Its number, from 1.
    pub(super) page: u64,
    /// Finds its customers.
    pub(super) operation: ListCustomers,
}

impl Listing {
    /// Reads the parameters. Of a repeated one the last counts; unknown ones are ignored.
    ///
    /// # Errors
    /// `Invalid` for a page or count that is no number from 1, an unknown order, direction or filter, and a value
    /// that no customer can be asked for by.
    pub(super) fn of<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Error> {
        let (mut page, mut count, mut order, mut descending) = (1, COUNT, Field::Id, false);
        let mut filters: Vec<(&str, &'static Property, &str)> = Vec::new();
        for (name, value) in parameters {
            let property = match (name, brackets(name)) {
                (_, Some(("filter", keys))) => Some(match keys.as_slice() {
                    [key] => Property::named(key).ok_or_else(|| wrong(format!("There is no property \"{key}\"")))?,
                    _ => return Err(wrong(format!("{name}: a filter is written filter[property]=value"))),
                }),
                ("filter", None) => return Err(wrong("A filter is written filter[property]=value")),
                (_, Some((base, _))) if Property::named(base).is_some() => {
                    return Err(wrong(format!("{name}: a property is compared with one value")));
                }
                (_, _) => Property::named(name),
            };
            match (name, property) {
                (name, Some(property)) => {
                    filters.retain(|(known, _, _)| *known != name);
                    filters.push((name, property, value));
                }
                (_, None) if value.is_empty() => {}
                ("page", None) => page = from_one(name, value)?,
                ("count", None) => count = from_one(name, value)?.min(MAX_COUNT),
                ("order", None) => order = column(value)?,
                ("direction", None) => descending = is_descending(value)?,
                (_, None) => {}
            }
        }
        let mut conditions = Vec::new();
        let mut deleted = Deleted::Hidden;
        for (_, property, value) in filters {
            if matches!((property.mode, value), (Mode::Status, "deleted") | (Mode::Deleted, "yes")) {
                deleted = Deleted::Shown;
            }
            condition(property, value, &mut conditions)?;
        }
        let limit = u32::try_from(count).unwrap_or(u32::MAX);
        let page = u64::try_from(page).unwrap_or(1);
        let offset = (page - 1).saturating_mul(u64::from(limit));
        let filter = conditions.into_iter().collect();
        let order = vec![Order { field: order, descending }];
        let selection = Selection { filter, order, after: None, offset, limit, counted: false };
        Ok(Self { page, operation: ListCustomers { selection, deleted } })
    }
}

fn wrong(why: impl Into<String>) -> Error {
    Error::new(Reason::Invalid, why.into())
}

fn from_one(name: &str, value: &str) -> Result<i64, Error> {
    let number = whole_number(value).filter(|number| *number > 0);
    number.ok_or_else(|| wrong(format!("{name} must be a whole number from 1")))
}

fn column(name: &str) -> Result<Field, Error> {
    let property =
        Property::named(name).ok_or_else(|| wrong(format!("There is no property \"{name}\" to order by")))?;
    // No list holds both deleted customers and others: this order is that of the ids.
    Ok(if property.mode == Mode::Deleted { Field::Id } else { property.field })
}

/// An undefined constant of PHP arrives as its own name: `ORDER_ASC`.
fn is_descending(direction: &str) -> Result<bool, Error> {
    let direction = direction.to_ascii_lowercase();
    match direction.strip_prefix("order_").unwrap_or(&direction) {
        "asc" => Ok(false),
        "desc" => Ok(true),
        _ => Err(wrong("direction must be asc or desc")),
    }
}

/// What must hold of a customer for a property to show a value.
fn condition(property: &Property, value: &str, conditions: &mut Vec<Condition>) -> Result<(), Error> {
    let Property { name, field, mode } = *property;
    let vocabulary = |names: &mut dyn Iterator<Item = &'static str>| wrong(format!("{name} {}", one_of(names)));
    let pattern = value.contains('*');
    let mut demand = |field, test| conditions.push(Condition { field, test });
    match mode {
        Mode::Server if field != Field::Id => return Err(wrong(format!("Customers cannot be asked for by {name}"))),
        Mode::Address if pattern => return Err(wrong(format!("{name} cannot be compared with a pattern"))),
        _ if pattern && value.bytes().all(|byte| byte == b'*') => {}
        Mode::Server | Mode::Number => {
            let number = whole_number(value).ok_or_else(|| wrong(format!("{name} must be a whole number")))?;
            // Unset is shown as 0.
            let unset = (number == 0 && mode == Mode::Number).then_some(None);
            demand(field, unset.map_or(Test::Is(number.into()), |unset| Test::AnyOf(vec![Some(number.into()), unset])));
        }
        Mode::Text | Mode::Name | Mode::Email => demand(field, text_test(field, value)?),
        Mode::Address => {
            let mut lines = value.splitn(ADDRESS_LINES.len(), '\n');
            for line in ADDRESS_LINES {
                demand(line, text_test(line, lines.next().unwrap_or_default())?);
            }
        }
        Mode::Status => {
            let state = STATES.iter().find(|(known, _)| *known == value);
            let (_, meaning) = state.ok_or_else(|| vocabulary(&mut STATES.iter().map(|(known, _)| *known)))?;
            demand(field, Test::Is((*meaning).into()));
        }
        Mode::Deleted => match value {
            "yes" => demand(field, Test::Is("deleted".into())),
            "no" => demand(field, Test::IsNot("deleted".into())),
            _ => return Err(vocabulary(&mut ["yes", "no"].into_iter())),
        },
        Mode::Industry => {
            let wanted = INDUSTRIES.iter().find(|(known, _)| *known == value).map(|(_, meanings)| *meanings);
            if wanted.is_none() && !value.is_empty() {
                return Err(vocabulary(&mut INDUSTRIES.iter().map(|(known, _)| *known)));
            }
            let any = match wanted {
                Some(meanings) => meanings.iter().map(|meaning| Some((*meaning).into())).collect(),
                // Unset is shown as an empty text, and so is what has no name here.
                None => {
                    let unnamed = choice::INDUSTRY.iter().filter(|meaning| name_of(meaning).is_empty());
                    std::iter::once(None).chain(unnamed.map(|meaning| Some((*meaning).into()))).collect()
                }
            };
            demand(field, Test::AnyOf(any));
        }
    }
    Ok(())
}

fn text_test(field: Field, value: &str) -> Result<Test, Error> {
    if value.is_empty() {
        return Ok(Test::Unset);
    }
    if value.contains('*') {
        return Ok(Test::Like(value.to_owned()));
    }
    // A country is compared as it is stored, however it is written. An address is not checked: none may be like it.
    let stored = if field == Field::Country { field.shape().admit(field, value.into())? } else { None };
    Ok(Test::Is(stored.unwrap_or_else(|| Value::from(value))))
}

#[cfg(test)]
mod tests;
