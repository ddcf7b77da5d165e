//! Customers: the ticket port's by their ids, the customer port's own.

use super::super::auth;
use super::super::errors::{Code, Refused, missing};
use super::super::fields::pairs::{self, Pairs};
use super::super::fields::{self, Column};
use super::super::wire::RESULT;
use super::find::{Found, Search};
use super::{Call, Outcome, needed_id};
use ::wire::soap::{Members, Value};
use domain::filter::{Condition, Filter, Selection, Test};
use domain::operation::{CreateCustomer, CustomerRef, Deleted, ListCustomers, ReadCustomer, UpdateCustomer};
use domain::{Access, Caller, Customer, Error, Field, Kind, Record, Role};
use std::sync::Arc;

pub(in super::super) async fn set(call: Call<'_>) -> Outcome {
    let who = vec![CustomerRef::Id(id_of(&call)?)];
    let names = if call.port.is_customers() { pairs::CUSTOMER } else { pairs::CUSTOMER_BY_AGENT };
    let submission = submitted(&call, Kind::Customer, names, "customerValues").await?;
    let update =
        UpdateCustomer { who, deleted: Deleted::Hidden, respect_lock: false, expected_version: None, submission };
    call.run(update).await.map_err(missing(Code::UnknownCustomerId))?;
    Ok(call.output())
}

pub(in super::super) async fn get(call: Call<'_>) -> Outcome {
    let read = ReadCustomer { who: CustomerRef::Id(id_of(&call)?), deleted: Deleted::Hidden };
    let customer = call.run(read).await.map_err(missing(Code::UnknownCustomerId))?;
    let names = call.texts("customerFields");
    let agents: &[Column] = if call.port.is_customers() { &[] } else { fields::CUSTOMER_FOR_AGENTS };
    let result = super::shown(&call, &customer, &names, &[fields::CUSTOMER, agents]).await?;
    let emails = customer.texts(Field::Emails).iter().map(|email| Value::from(email.clone())).collect();
    Ok(call.output().with("customerResult", Value::List(result)).with("customerEmail", Value::List(emails)))
}

pub(in super::super) async fn create(call: Call<'_>) -> Outcome {
    let customer = call.run(CreateCustomer { submission: |_: &Customer| Ok(Vec::new()) }).await?;
    Ok(call.output().with("customerId", customer.id.to_string()))
}

/// Whoever wants to be a customer is one: no session is needed.
pub(in super::super) async fn register(call: Call<'_>) -> Outcome {
    let (name, password) = (call.text("userName").to_owned(), call.text("password"));
    if name.is_empty() {
        return Err(Refused::invalid(Code::InvalidField, "A customer needs a user name. Nothing was stored."));
    }
    if password.is_empty() {
        return Err(Refused::invalid(Code::EmptyPassword, "A password cannot be empty. Nothing was stored."));
    }
    let hash = call.state.hash_password(password).await?;
    let pairs = vec![("username".to_owned(), name), ("password".to_owned(), hash)];
    let submission = Pairs { kind: Kind::Customer, names: pairs::CUSTOMER_BY_AGENT, pairs };
    call.run_as(&portal(&call), CreateCustomer { submission }).await?;
    Ok(call.output())
}

/// Who acts where the customer port asks for no session.
pub(super) fn portal(call: &Call<'_>) -> Arc<Caller> {
    let name = "customer port".to_owned();
    Arc::new(Caller { name, role: Role::Agent, ..Caller::anonymous(call.caller.tenant) })
}

/// Signs in anew with every call, and is deprecated for it.
pub(in super::super) async fn find_from_email(call: Call<'_>) -> Outcome {
    let credentials = (call.text("username"), call.text("password"));
    let agent = auth::agent(call.state, call.request, credentials, Code::IncorrectLoginUser).await?;
    agent.demand(Access::Read)?;
    let found = with_email(&call, &agent, call.text("custEmail")).await?;
    let (found, _) = found
        .first()
        .ok_or_else(|| Refused::new(Code::UnknownCustomer, Error::not_found("No customer has this e-mail address")))?;
    Ok(call.output().with("custUsername", found.text(Field::Username).to_owned()))
}

/// The customers who have an e-mail address in any case, and how it is written there, by their ids.
pub(super) async fn with_email(
    call: &Call<'_>,
    caller: &Arc<Caller>,
    email: &str,
) -> Result<Vec<(Record, String)>, Error> {
    let is = Test::Entry(Box::new(Test::StartsWith(email.to_owned())));
    let selection =
        Selection { filter: Filter::from(Condition::new(Field::Emails, is)), limit: 100, ..Selection::default() };
    let page = call.run_as(caller, ListCustomers { selection, deleted: Deleted::Hidden }).await?;
    let written = |customer: &Record| {
        let same = |known: &&String| known.to_lowercase() == email.to_lowercase();
        customer.texts(Field::Emails).iter().find(same).cloned()
    };
    Ok(page.records.iter().filter_map(|customer| Some((customer.clone(), written(customer)?))).collect())
}

pub(in super::super) async fn find(call: Call<'_>) -> Outcome {
    let found = Search::read(&call, Kind::Customer).await?.run(&call).await?;
    Ok(call.output().with("searchResult", Found::rows(found)))
}

/// The customer of a call: the one it names or, on the customer port, the one who calls.
fn id_of(call: &Call<'_>) -> Result<i64, Refused> {
    match call.caller.customer {
        Some(own) if call.port.is_customers() => Ok(own),
        _ => needed_id(call, "customerId", Code::UnknownCustomerId),
    }
}

/// The pairs in a parameter, passwords hashed.
pub(super) async fn submitted(
    call: &Call<'_>,
    kind: Kind,
    names: &'static [(&'static str, Field)],
    parameter: &str,
) -> Result<Pairs, Refused> {
    for pair in call.arguments.list(parameter).iter().filter_map(Value::members) {
        call.pair(pair.text("field"), pair.text("value"), kind)?;
    }
    let mut pairs: Vec<_> = (call.arguments.list(parameter).iter().filter_map(Value::members))
        .map(|pair| (pair.text("field").to_owned(), pair.text("value").to_owned()))
        .collect();
    let has_password = names.iter().any(|(name, _)| *name == "password");
    let is_password = |(name, _): &&mut (String, String)| fields::unprefixed(name, kind) == "password";
    // Only the last one counts, and hashing is slow.
    if let Some((_, password)) =
        pairs.iter_mut().rev().find(is_password).filter(|(_, text)| has_password && !text.is_empty())
    {
        *password = call.state.hash_password(password).await?;
    }
    Ok(Pairs { kind, names, pairs })
}

/// A name, a value and a type, as the vendor's results are made of.
pub(super) fn result(name: &str, value: String, is: &str) -> Members<'static> {
    Members::new(&RESULT).with("field", name.to_owned()).with("value", value).with("type", is.to_owned())
}
