//! What the find… methods have in common.

use super::super::errors::{Code, Refused};
use super::super::fields::criteria::{self, Operator, needs_definitions};
use super::super::fields::extra::Definition;
use super::super::fields::{self, Column, Wanted, show, unprefixed, wanted};
use super::{Call, customers, extra_fields};
use ::wire::soap::Value;
use domain::filter::{Condition, Filter, Order, Page, Selection, Test};
use domain::operation::{Deleted, ListRecords};
use domain::{Error, Field, Kind, Record};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows that one call gets at most.
const MAX_ROWS: u32 = 10_000;

/// A search, read from the parameters.
pub(super) struct Search {
    kind: Kind,
    selection: Selection,
    columns: Vec<Shown>,
}

/// A column of the result: its name as it was asked for, and where it is from.
struct Shown {
    name: String,
    from: Source,
}

/// Where a name leads: to the record itself or, by a reference of it, to another.
#[derive(Clone)]
enum Source {
    Own(Column),
    Extra(Definition),
    By(Field, Kind, Column),
}

/// What was found: rows of names, values and types.
pub(super) struct Found;

impl Found {
    pub(super) fn rows(rows: Vec<Vec<Value<'static>>>) -> Value<'static> {
        Value::List(rows.into_iter().map(Value::List).collect())
    }
}

impl Search {
    /// Reads criteria, columns, order and number of rows. On the ticket port an illegal criterion is an error and an
    /// illegal column is left out; on the customer port both are left out.
    ///
    /// # Errors
    /// 28.
    pub(super) async fn read(call: &Call<'_>, kind: Kind) -> Result<Self, Refused> {
        let criteria: Vec<_> = call.arguments.list("searchCriteria").iter().filter_map(Value::members).collect();
        let names = call.texts("searchFields");
        let asked = criteria.iter().map(|one| one.text("field")).chain(names.iter().copied());
        let defined = extra_fields::defined(call, needs_definitions(asked)).await?;
        let mut filter = Filter::default();
        for criterion in criteria {
            let (name, op, value) = (criterion.text("field"), criterion.text("op"), criterion.text("value"));
            let legal = match (source(name, kind, &defined), operator(call, kind, op).ok().flatten()) {
                (Some(source), Some(operator)) => source.filter(call, kind, operator, value).await?,
                _ => None,
            };
            match legal {
                Some(legal) => filter = filter.and(legal),
                None if call.port.is_customers() => {}
                None => return Err(illegal(name, op)),
            }
        }
        let columns = names
            .iter()
            .filter_map(|name| Some(Shown { name: (*name).to_owned(), from: source(name, kind, &defined)? }));
        let columns = columns.collect();
        let limit = match call.text("maxRows").trim().parse::<i64>() {
            Ok(most) if most > 0 => u32::try_from(most).unwrap_or(MAX_ROWS).min(MAX_ROWS),
            _ => MAX_ROWS,
        };
        let order = order(call, kind, &defined);
        Ok(Self { kind, selection: Selection { filter, order, limit, ..Selection::default() }, columns })
    }

    /// Searches.
    ///
    /// # Errors
    /// 28 for what the store cannot compare.
    pub(super) async fn run(&self, call: &Call<'_>) -> Result<Vec<Vec<Value<'static>>>, Refused> {
        let page = list(call, self.kind, self.selection.clone()).await?;
        let others = self.others(call, &page).await?;
        Ok(page.records.iter().map(|record| self.row(record, &others)).collect())
    }

    fn row(&self, record: &Record, others: &BTreeMap<(Kind, i64), Record>) -> Vec<Value<'static>> {
        let cell = |shown: &Shown| {
            let (value, is) = match &shown.from {
                Source::Own(column) => (Wanted::Column(*column).show(record), column.is),
                Source::Extra(definition) => (show(record, definition.field).into_owned(), definition.is()),
                Source::By(field, kind, column) => {
                    let other = record.number(*field).and_then(|id| others.get(&(*kind, id)));
                    (other.map_or_else(String::new, |other| Wanted::Column(*column).show(other)), column.is)
                }
            };
            customers::result(&shown.name, value, is).into()
        };
        self.columns.iter().map(cell).collect()
    }

    /// The records that columns lead to.
    async fn others(&self, call: &Call<'_>, page: &Page) -> Result<BTreeMap<(Kind, i64), Record>, Refused> {
        let mut found = BTreeMap::new();
        let mut done = Vec::new();
        for shown in &self.columns {
            let Source::By(field, kind, _) = shown.from else { continue };
            if done.contains(&(field, kind)) {
                continue;
            }
            done.push((field, kind));
            let mut ids: Vec<_> = page.records.iter().filter_map(|record| record.number(field)).collect();
            ids.sort_unstable();
            ids.dedup();
            // A filter of so many values at most.
            for some in ids.chunks(500) {
                let these = some.iter().map(|id| Some((*id).into())).collect();
                let filter = Condition::new(Field::Id, Test::AnyOf(these)).into();
                let page = list(call, kind, Selection { filter, limit: MAX_ROWS, ..Selection::default() }).await?;
                found.extend(page.records.iter().map(|record| ((kind, record.id), record.clone())));
            }
        }
        Ok(found)
    }
}

impl Source {
    /// What must hold; `None` where the field cannot be compared so.
    async fn filter(
        &self,
        call: &Call<'_>,
        kind: Kind,
        operator: Operator,
        value: &str,
    ) -> Result<Option<Filter>, Refused> {
        match self {
            Self::Own(column) => Ok(criteria::filter(kind, &Wanted::Column(*column), operator, value)),
            Self::Extra(definition) => Ok(criteria::filter(kind, &Wanted::Extra(definition), operator, value)),
            Self::By(field, other, column) => {
                let Some(filter) = criteria::filter(*other, &Wanted::Column(*column), operator, value) else {
                    return Ok(None);
                };
                let page = list(call, *other, Selection { filter, limit: MAX_ROWS, ..Selection::default() }).await?;
                let ids = page.records.iter().map(|record| Some(record.id.into())).collect();
                Ok(Some(Condition::new(*field, Test::AnyOf(ids)).into()))
            }
        }
    }
}

async fn list(call: &Call<'_>, kind: Kind, selection: Selection) -> Result<Arc<Page>, Refused> {
    let listed = call.run(ListRecords { kind, selection, deleted: Deleted::Hidden }).await;
    listed.map_err(|error: Error| match error.at {
        Some(_) => Refused::new(Code::IllegalCriterias, error),
        None => error.into(),
    })
}

/// The columns of a kind of record, by the name that follows its word.
fn own(kind: Kind) -> &'static [&'static [Column]] {
    match kind {
        Kind::Customer => &[fields::CUSTOMER, fields::CUSTOMER_FOUND],
        Kind::Company => &[fields::COMPANY_FOUND],
        _ => &[fields::TICKET, fields::TICKET_FOR_AGENTS, fields::TICKET_FOUND],
    }
}

/// Where a name leads: also in the database's words, as in `person.(Email->person_id).email_address`.
fn source(name: &str, kind: Kind, defined: &[Definition]) -> Option<Source> {
    let by = |field, other: Kind, name: &str| {
        let column = own(other).iter().copied().flatten().find(|column| column.name == name)?;
        Some(Source::By(field, other, *column))
    };
    let name = match kind {
        Kind::Customer => {
            let name = name.strip_prefix("person.").unwrap_or_else(|| unprefixed(name, kind));
            if let Some(of_company) = name.strip_prefix("contact_id.") {
                let of_company = if of_company == "contact_id" { "id" } else { of_company };
                return by(Field::Company, Kind::Company, of_company);
            }
            match name {
                "person_id" => "id",
                "contact_id" => "company",
                "(Email->person_id).email_address" => "email",
                other => other,
            }
        }
        Kind::Company => {
            let name = name.strip_prefix("contact.").unwrap_or_else(|| unprefixed(name, kind));
            if name == "contact_id" { "id" } else { name }
        }
        _ => match name.strip_prefix("customer.") {
            Some("id") => "cust_id",
            Some(of_customer) => return by(Field::CustomerId, Kind::Customer, of_customer),
            None => name,
        },
    };
    match wanted(name, kind, own(kind), defined)? {
        Wanted::Column(column) => Some(Source::Own(column)),
        Wanted::Extra(definition) => Some(Source::Extra(definition.clone())),
    }
}

/// The operator; with `--strict` only one that the method's page lists.
fn operator(call: &Call<'_>, kind: Kind, name: &str) -> Result<Option<Operator>, Refused> {
    let listed = match kind {
        Kind::Customer => criteria::OF_CUSTOMERS,
        Kind::Company => criteria::OF_COMPANIES,
        _ if call.port.is_customers() => criteria::OF_OWN_TICKETS,
        _ => criteria::OF_TICKETS,
    };
    call.operator(name, listed)
}

/// Only tickets are sorted: by a column of their own.
fn order(call: &Call<'_>, kind: Kind, defined: &[Definition]) -> Vec<Order> {
    if kind != Kind::Ticket {
        return Vec::new();
    }
    let descending = call.has("ascending") && call.arguments.boolean("ascending") == Some(false);
    let field = match source(call.text("orderBy"), kind, defined) {
        Some(Source::Own(column)) => column.field,
        Some(Source::Extra(definition)) => Some(definition.field),
        Some(Source::By(..)) | None => None,
    };
    let field = field.map(|field| if field == Field::OpenedAt { Field::CreatedAt } else { field });
    vec![Order { field: field.unwrap_or(Field::Id), descending }]
}

fn illegal(name: &str, op: &str) -> Refused {
    let shown = |text: &str| text.chars().take(64).collect::<String>();
    let text = format!("{} cannot be compared with {}, or not with this value", shown(name), shown(op));
    Refused::invalid(Code::IllegalCriterias, text)
}
