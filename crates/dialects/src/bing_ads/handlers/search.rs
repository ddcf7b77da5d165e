//! Customers, by what they are.

use super::super::errors::{Refused, Told, number};
use super::super::fields::customer;
use super::{Call, Outcome, accounts, with_user, wrong};
use ::wire::soap::{Members, Value};
use domain::filter::{Condition, Filter, Order, Selection, Test};
use domain::operation::{Deleted, ListCustomers};
use domain::{Customer, Field, Time};
use std::sync::Arc;

/// Most predicates, most values of `In`, most records of a page.
const MOST_PREDICATES: usize = 10;
const MOST_VALUES: usize = 10;
pub(super) const MOST_OF_A_PAGE: i64 = 1_000;

/// Most names of a list, as the vendor's other lists have it.
const MOST_NAMES: i64 = 5_000;

/// Shortest text to look for, in characters, where the vendor would refuse shorter ones.
const SHORTEST: usize = 3;

pub(in super::super) async fn infos(call: Call<'_>) -> Outcome {
    let most = top(&call)?;
    let start = call.arguments.text("CustomerNameFilter");
    let filter = match start {
        "" => Filter::default(),
        start => Condition::new(Field::Name, Test::StartsWith(start.to_owned())).into(),
    };
    let selection = Selection { filter, limit: most, ..Selection::default() };
    let page = call.run(ListCustomers { selection, deleted: Deleted::Hidden }).await?;
    let shape = call.output_struct("CustomersInfo")?;
    let info = |record: &domain::Record| {
        let found = Customer(Arc::new(record.clone()));
        Value::Struct(Members::nil(shape).with("Id", found.id).with("Name", customer::shown_name(&found)))
    };
    Ok(call.output().with("CustomersInfo", page.records.iter().map(info).collect::<Vec<_>>()))
}

/// How many are wanted at most.
///
/// # Errors
/// 201 for none, or more than are given.
pub(super) fn top(call: &Call<'_>) -> Result<u32, Refused> {
    let most = call.arguments.integer("TopN").unwrap_or(0);
    let fits = u32::try_from(most).ok().filter(|_| (1..=MOST_NAMES).contains(&most));
    fits.ok_or_else(|| wrong(format!("TopN must be a number from 1 to {MOST_NAMES}")))
}

pub(in super::super) async fn customers(call: Call<'_>) -> Outcome {
    let shape = call.output_struct("Customers")?;
    let predicates = predicates(&call)?;
    let mut filter = Filter::default();
    let mut of_accounts = Vec::new();
    for predicate in &predicates {
        match predicate.field {
            "AccountId" | "AccountName" | "AccountNumber" if predicate.operator != "In" => {
                of_accounts.push(accounts::test(predicate)?);
            }
            _ => filter = filter.and(predicate.test(call.state.strict)?),
        }
    }
    drop(predicates);
    for wanted in of_accounts {
        filter = filter.and(accounts::owners(&call, wanted).await?);
    }
    if let Some(range) = call.argument("DateRange").members() {
        for (name, last) in [("MinDate", false), ("MaxDate", true)] {
            let bad = || Refused::invalid(Told::Operation(number::DATE_RANGE), format!("{name} must be as 20170801"));
            match range.text(name) {
                "" => {}
                date => filter = filter.and(created(compact_date(date).ok_or_else(bad)?, last)),
            }
        }
    }
    let (offset, limit) = page(&call)?;
    let selection = Selection { filter, order: order(&call, false)?, offset, limit, ..Selection::default() };
    let page = call.run(ListCustomers { selection, deleted: Deleted::Shown }).await?;
    let mut found = Vec::with_capacity(page.records.len());
    for record in &page.records {
        let shown = customer::show(&Customer(Arc::new(record.clone())), shape);
        found.push(Value::from(with_user(&call, record, shown).await?));
    }
    Ok(call.output().with("Customers", found))
}

/// Only the first order counts.
pub(super) fn order(call: &Call<'_>, of_accounts: bool) -> Result<Vec<Order>, Refused> {
    let Value::List(all) = call.argument("Ordering") else { return Ok(Vec::new()) };
    let Some(first) = all.first().and_then(Value::members) else { return Ok(Vec::new()) };
    let field = match first.text("Field") {
        "" | "Id" | "Number" => Field::Id,
        "Name" => Field::Name,
        "LifeCycleStatus" if of_accounts => Field::AccountStatus,
        other => return Err(wrong(format!("It cannot be sorted by {other}"))),
    };
    Ok(vec![Order { field, descending: first.text("Order") == "Descending" }])
}

/// How many to leave out, and how many to show.
pub(super) fn page(call: &Call<'_>) -> Result<(u64, u32), Refused> {
    let bad = |number, text: String| Refused::invalid(Told::Operation(number), text);
    let Some(page) = call.argument("PageInfo").members() else {
        return Err(bad(number::NO_PAGE, "PageInfo must be given: Index from 0, and Size".to_owned()));
    };
    let (index, size) = (page.integer("Index").unwrap_or(0), page.integer("Size").unwrap_or(0));
    if size > MOST_OF_A_PAGE {
        return Err(bad(number::TOO_MANY, format!("A page has at most {MOST_OF_A_PAGE} records")));
    }
    let (Ok(index), Ok(size)) = (u64::try_from(index), u32::try_from(size)) else {
        return Err(bad(number::NO_PAGE, "Index and Size cannot be negative".to_owned()));
    };
    if size == 0 {
        return Err(bad(number::NO_PAGE, "Size must be at least 1".to_owned()));
    }
    Ok((index * u64::from(size), size))
}

/// What must hold for a customer or an account.
pub(super) struct Predicate<'a> {
    pub(super) field: &'a str,
    pub(super) operator: &'a str,
    pub(super) value: &'a str,
}

pub(super) fn predicates<'a>(call: &Call<'a>) -> Result<Vec<Predicate<'a>>, Refused> {
    let bad = |number, text: String| Refused::invalid(Told::Operation(number), text);
    let Value::List(all) = call.argument("Predicates") else {
        return Err(bad(number::NO_PREDICATE, "At least one predicate must be given".to_owned()));
    };
    if all.is_empty() {
        return Err(bad(number::EMPTY_LIST, "Predicates must not be empty".to_owned()));
    }
    if all.len() > MOST_PREDICATES {
        return Err(bad(number::TOO_MANY, format!("There may be at most {MOST_PREDICATES} predicates")));
    }
    let read = |item: &'a Value<'a>| {
        let item = item.members()?;
        let operator = Some(item.text("Operator")).filter(|operator| !operator.is_empty()).unwrap_or("Equals");
        Some(Predicate { field: item.text("Field"), operator, value: item.text("Value") })
    };
    let predicates: Option<Vec<_>> = all.iter().map(read).collect();
    let predicates = predicates.ok_or_else(|| bad(number::PREDICATE, "A predicate is nil".to_owned()))?;
    let given = |field: &str| predicates.iter().any(|predicate| predicate.field == field);
    for predicate in &predicates {
        let most = if predicate.field == "CreatedDate" { 2 } else { 1 };
        if predicates.iter().filter(|other| other.field == predicate.field).count() > most {
            return Err(bad(number::PREDICATE, format!("{} is asked for too often", predicate.field)));
        }
    }
    if given("MarketCountry") != given("MarketLanguage") {
        let text = "MarketCountry and MarketLanguage are asked for together or not at all";
        return Err(bad(number::PREDICATE, text.to_owned()));
    }
    Ok(predicates)
}

impl Predicate<'_> {
    pub(super) fn bad(&self, why: &str) -> Refused {
        let shown = |text: &str| text.chars().take(40).collect::<String>();
        let text = format!("The predicate {} {}: {why}", shown(self.field), shown(self.operator));
        Refused::invalid(Told::Operation(number::PREDICATE), text)
    }

    pub(super) fn id(&self, text: &str) -> Result<i64, Refused> {
        text.trim().parse().map_err(|_| self.bad("the value must be an id"))
    }

    pub(super) fn ids(&self, text: &str) -> Result<Vec<Option<domain::Value>>, Refused> {
        let ids = text.split(',').map(|text| Ok(Some(self.id(text)?.into()))).collect::<Result<Vec<_>, Refused>>()?;
        if ids.len() > MOST_VALUES { Err(self.bad("there may be at most 10 values")) } else { Ok(ids) }
    }

    fn test(&self, strict: bool) -> Result<Filter, Refused> {
        let is = |field, test| Ok(Condition::new(field, test).into());
        let value = self.value.trim();
        let texts = ["CustomerName", "CustomerNumber", "Email", "PersonName", "UserName"];
        if strict && texts.contains(&self.field) && value.chars().count() < SHORTEST {
            let text = format!("{} is looked for with at least {SHORTEST} characters", self.field);
            return Err(Refused::invalid(Told::Operation(number::SHORT_FILTER), text));
        }
        match (self.field, self.operator) {
            ("CustomerId", "Equals") => is(Field::Id, Test::Is(self.id(value)?.into())),
            ("CustomerId", "In") => is(Field::Id, Test::AnyOf(self.ids(value)?)),
            ("CustomerName", "Equals") => is(Field::Name, Test::Is(value.into())),
            ("CustomerName", "Contains") => is(Field::Name, Test::Contains(value.to_owned())),
            ("CustomerNumber", "Equals") => Ok(of_number(value, false)),
            ("CustomerNumber", "Contains") => Ok(of_number(value, true)),
            ("Email", "Equals") => is(Field::Emails, Test::Entry(Box::new(Test::Is(value.into())))),
            ("Email", "Contains") => is(Field::Emails, Test::Entry(Box::new(Test::Contains(value.to_owned())))),
            ("UserName", "Equals") => is(Field::Username, Test::Is(value.into())),
            ("UserName", "Contains") => is(Field::Username, Test::Contains(value.to_owned())),
            ("PersonName", "Equals") => Ok(of_person(value, false)),
            ("PersonName", "Contains") => Ok(of_person(value, true)),
            ("MarketCountry", "Equals") => is(Field::MarketCountry, Test::Is(value.to_ascii_uppercase().into())),
            ("MarketLanguage", "Equals") => {
                let tag = super::super::fields::language_tag(value);
                let tag = tag.ok_or_else(|| self.bad("the value must be one of LanguageType"))?;
                let start = Condition::new(Field::MarketLanguage, Test::StartsWith(format!("{tag}-")));
                Ok(Filter::Any(vec![Condition::new(Field::MarketLanguage, Test::Is(tag.into())).into(), start.into()]))
            }
            ("CreatedDate", operator @ ("GreaterThanEquals" | "LessThanEquals")) => {
                let day = value.get(..10).unwrap_or(value);
                let first = crate::moment::read(day).ok_or_else(|| self.bad("the value must be as 2017-08-01"))?;
                Ok(created(first, operator == "LessThanEquals"))
            }
            _ => Err(self.bad("this field and operator do not go together here")),
        }
    }
}

/// Created on that day or later; or on it or earlier.
fn created(first: Time, last: bool) -> Filter {
    let test = if last { Test::Less(first.plus_seconds(86_400).0.into()) } else { Test::AtLeast(first.0.into()) };
    Condition::new(Field::CreatedAt, test).into()
}

/// The first moment of a day that is written in eight digits.
fn compact_date(date: &str) -> Option<Time> {
    let [year, month, day] = [date.get(..4)?, date.get(4..6)?, date.get(6..)?];
    crate::moment::read(&format!("{year}-{month}-{day}"))
}

/// Customers of a number: as it was imported, or of an id where none was. Of the numbers that are made of ids only
/// their beginnings are found.
fn of_number(text: &str, part: bool) -> Filter {
    let imported = if part { Test::Contains(text.to_owned()) } else { Test::Is(text.into()) };
    let digits = text.strip_prefix('C').or_else(|| text.strip_prefix('c').or(part.then_some(text)));
    let id = digits.filter(|digits| !digits.starts_with(['0', '+', '-'])).and_then(|digits| digits.parse::<i64>().ok());
    let mut ids = Vec::new();
    if let Some(id) = id.filter(|id| (1..=domain::field::MAX_NUMBER).contains(id)) {
        let mut width = 1;
        while id * width <= domain::field::MAX_NUMBER {
            let range = [Test::AtLeast((id * width).into()), Test::Less(((id + 1) * width).into())];
            ids.push(range.into_iter().map(|test| Condition::new(Field::Id, test)).collect());
            if !part {
                break;
            }
            width *= 10;
        }
    }
    let derived = Filter::from(Condition::new(Field::BingNumber, Test::Unset)).and(Filter::Any(ids));
    Filter::Any(vec![Condition::new(Field::BingNumber, imported).into(), derived])
}

/// Customers of whom first and last name, joined by a blank, are this or have it in them.
fn of_person(text: &str, part: bool) -> Filter {
    let whole = |field, text: &str| {
        let test = if text.is_empty() { Test::Unset } else { Test::Is(text.into()) };
        Filter::from(Condition::new(field, test))
    };
    let mut ways: Vec<Filter> = if part {
        [Field::FirstName, Field::LastName]
            .map(|field| Condition::new(field, Test::Contains(text.to_owned())).into())
            .into()
    } else {
        vec![
            whole(Field::FirstName, text).and(whole(Field::LastName, "")),
            whole(Field::LastName, text).and(whole(Field::FirstName, "")),
        ]
    };
    // `*` stands for any text in a pattern, and in no name.
    for (at, _) in text.match_indices(' ').filter(|_| !text.contains('*')).take(8) {
        let (first, last) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
        ways.push(if part {
            let first = Condition::new(Field::FirstName, Test::Like(format!("*{first}")));
            Filter::from(first).and(Condition::new(Field::LastName, Test::StartsWith(last.to_owned())))
        } else {
            whole(Field::FirstName, first).and(whole(Field::LastName, last))
        });
    }
    Filter::Any(ways)
}
