//! Customers' methods: decode, run, encode.

use super::methods::{arity, updates};
use super::{Failed, Outcome};
use crate::everlytic::errors;
use crate::everlytic::fields::{Mode, PROPERTIES, Property, Shown};
use crate::everlytic::handlers::{Unstored, create_customer, update_customer};
use crate::everlytic::list::Listing;
use crate::everlytic::wire::body::Pairs;
use crate::route::Call;
use domain::operation::{CustomerRef, DeleteCustomer, Deleted, ReadCustomer};
use domain::{Customer, Record};
use std::sync::Arc;
use wire::xmlrpc::{Fault, Value};

impl From<Unstored> for Failed {
    fn from(Unstored { error, problems }: Unstored) -> Self {
        Self { fault: errors::fault(&error, &problems), refusal: error.into() }
    }
}

pub(super) async fn create(call: Call<'_>, params: &[Value<'_>]) -> Outcome {
    arity(params, &["properties"], 1)?;
    let customer = create_customer(&call, members("properties", params.first())?).await?;
    Ok(shown(&customer))
}

pub(super) async fn get(call: Call<'_>, params: &[Value<'_>]) -> Outcome {
    if updates(params) {
        tracing::info!(id = call.request.id, "GetCustomer was called with properties, and is taken for UpdateCustomer");
        return update(call, params).await;
    }
    arity(params, &["id"], 1)?;
    let customer = call.run(ReadCustomer { who: who(params.first())?, deleted: Deleted::Shown }).await?;
    Ok(shown(&customer))
}

pub(super) async fn update(call: Call<'_>, params: &[Value<'_>]) -> Outcome {
    arity(params, &["id", "properties"], 2)?;
    let customer = update_customer(&call, who(params.first())?, members("properties", params.get(1))?).await?;
    Ok(customer.id.into())
}

pub(super) async fn delete(call: Call<'_>, params: &[Value<'_>]) -> Outcome {
    arity(params, &["id"], 1)?;
    call.run(DeleteCustomer { who: who(params.first())? }).await?;
    Ok(true.into())
}

pub(super) async fn list(call: Call<'_>, params: &[Value<'_>]) -> Outcome {
    const NAMES: [&str; 5] = ["page", "count", "order", "direction", "filter"];
    arity(params, &NAMES, 0)?;
    let mut asked: Pairs = Vec::new();
    for (name, value) in NAMES.into_iter().zip(params) {
        if name == "filter" {
            let filters = members("filter", Some(value))?.into_iter();
            asked.extend(filters.map(|(property, value)| (format!("filter[{property}]"), value)));
        } else {
            asked.push((name.to_owned(), text(name, value)?));
        }
    }
    let listing = Listing::of(asked.iter().map(|(name, value)| (name.as_str(), value.as_str())))?;
    let found = call.run(listing.operation).await?;
    let customer = |record: &Record| shown(&Customer(Arc::new(record.clone())));
    Ok(found.records.iter().map(customer).collect())
}

fn shown(customer: &Customer) -> Value<'static> {
    let member = |property: &Property| {
        let value = match property.show(customer) {
            Shown::Text(text) => text.into_owned().into(),
            Shown::Number(number) => number.into(),
        };
        (property.name, value)
    };
    PROPERTIES.iter().map(member).collect()
}

fn who(id: Option<&Value<'_>>) -> Result<CustomerRef, Fault> {
    let id = id.and_then(Value::int);
    let id = id.ok_or_else(|| Fault::new(Fault::INVALID_PARAMS, "id must be a whole number of 32 bits"))?;
    Ok(CustomerRef::Id(id.into()))
}

/// The members of a struct, as texts.
fn members(parameter: &str, value: Option<&Value<'_>>) -> Result<Pairs, Fault> {
    let wrong = || Fault::new(Fault::INVALID_PARAMS, format!("{parameter} must be a struct"));
    let members = value.and_then(Value::members).ok_or_else(wrong)?;
    members.iter().map(|(name, value)| Ok((name.clone().into_owned(), text(name, value)?))).collect()
}

/// What a property or parameter was given. For numbers it does not matter how they were written.
fn text(name: &str, value: &Value<'_>) -> Result<String, Fault> {
    let counts = Property::named(name).is_none_or(|property| property.mode == Mode::Number);
    let number = value.int().filter(|_| counts && matches!(value, Value::Int(_) | Value::Double(_)));
    if let Some(number) = number {
        return Ok(number.to_string());
    }
    let text = value.text().map(|text| text.into_owned());
    text.map_err(|fault| Fault::new(fault.code, format!("{name}: {}", fault.message)))
}
