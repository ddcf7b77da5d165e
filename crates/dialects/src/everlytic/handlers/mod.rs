//! One short function an operation: decode, run, encode.

use super::errors::refuse_properties;
use super::fields::{Problem, Properties, whole_number};
use super::list::Listing;
use super::wire::body::{self, Pairs};
use super::wire::{self, Content, answer};
use crate::route::{Call, Refused};
use crate::{Refusal, Request};
use ::wire::form;
use bytes::Bytes;
use domain::error::Reason;
use domain::field::MAX_NUMBER;
use domain::operation::{CreateCustomer, CustomerRef, DeleteCustomer, Deleted, ReadCustomer, UpdateCustomer};
use domain::record::Part;
use domain::{Customer, Error, Field, Kind, Record};
use http::{HeaderValue, Response, StatusCode, header};
use std::fmt::Write as _;
use std::sync::Arc;

type Outcome = Result<Response<Bytes>, Refused>;

/// Why properties were not stored, and all that is wrong with them as far as the record alone can tell.
pub(super) struct Unstored {
    pub(super) error: Error,
    pub(super) problems: Vec<Problem>,
}

impl From<Error> for Unstored {
    fn from(error: Error) -> Self {
        Self { error, problems: Vec::new() }
    }
}

impl Unstored {
    fn refused(self, request: &Request) -> Refused {
        refuse_properties(request, self.error, &self.problems)
    }
}

/// Creates a customer of what was sent.
pub(super) async fn create_customer(call: &Call<'_>, sent: Pairs) -> Result<Customer, Unstored> {
    let mut properties = Properties::of(sent);
    properties.supply("hash", || random_hash(call));
    let properties = Arc::new(properties);
    let submitted = Arc::clone(&properties);
    let create = CreateCustomer { submission: move |present: &Customer| submitted.edits(present) };
    call.run(create).await.map_err(|error| {
        let blank = || Customer(Arc::new(Record::new(Kind::Customer, Part::GLOBAL, 0)));
        let problems = error.at.map(|_| properties.problems(&blank())).unwrap_or_default();
        Unstored { error, problems }
    })
}

/// Changes a customer to what was sent.
pub(super) async fn update_customer(call: &Call<'_>, who: CustomerRef, sent: Pairs) -> Result<Customer, Unstored> {
    if sent.is_empty() {
        let text = "There are no properties in this request: nothing was changed";
        return Err(Error::new(Reason::Required, text).into());
    }
    let properties = Arc::new(Properties::of(sent));
    let submitted = Arc::clone(&properties);
    let update = UpdateCustomer {
        who: vec![who.clone()],
        // This is how a customer is undeleted.
        deleted: Deleted::Shown,
        respect_lock: false,
        expected_version: None,
        submission: move |present: &Customer| submitted.edits(present),
    };
    match call.run(update).await {
        Ok(customer) => Ok(customer),
        Err(error) if error.at.is_some() => {
            let present = call.run(ReadCustomer { who, deleted: Deleted::Shown }).await?;
            Err(Unstored { error, problems: properties.problems(&present) })
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn create(call: Call<'_>) -> Outcome {
    let sent = body::read(call.request)?;
    let customer = create_customer(&call, sent).await.map_err(|why| why.refused(call.request))?;
    let mut response = show(&call, StatusCode::CREATED, &customer);
    if let Ok(location) = HeaderValue::try_from(wire::href(call.request, customer.id)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

pub(super) async fn get(call: Call<'_>) -> Outcome {
    let customer = call.run(ReadCustomer { who: who(&call)?, deleted: Deleted::Shown }).await?;
    Ok(show(&call, StatusCode::OK, &customer))
}

pub(super) async fn update(call: Call<'_>) -> Outcome {
    let who = who(&call)?;
    let sent = body::read(call.request)?;
    let customer = update_customer(&call, who, sent).await.map_err(|why| why.refused(call.request))?;
    Ok(show(&call, StatusCode::OK, &customer))
}

pub(super) async fn delete(call: Call<'_>) -> Outcome {
    let customer = call.run(DeleteCustomer { who: who(&call)? }).await?;
    let links = wire::customer_links(call.request, customer.id);
    Ok(answer(call.request, StatusCode::OK, &links, &Content::Done))
}

pub(super) async fn list(call: Call<'_>) -> Outcome {
    let query = call.request.query.as_deref().unwrap_or_default();
    let parameters = form::parse(query.as_bytes(), &form::Limits::default())
        .map_err(|error| Refusal::request(StatusCode::BAD_REQUEST, error.to_string()))?;
    let Listing { page, operation } = Listing::of(parameters.iter().map(|(name, value)| (&**name, &**value)))?;
    let found = call.run(operation).await?;
    let customers: Vec<_> = found.records.iter().map(|record| Customer(Arc::new(record.clone()))).collect();
    let links = wire::page_links(call.request, &parameters, page, found.more);
    Ok(answer(call.request, StatusCode::OK, &links, &Content::Collection(&customers)))
}

pub(super) async fn home(call: Call<'_>) -> Outcome {
    Ok(answer(call.request, StatusCode::OK, &wire::root_links(call.request), &Content::Nothing))
}

fn show(call: &Call<'_>, status: StatusCode, customer: &Customer) -> Response<Bytes> {
    let links = wire::customer_links(call.request, customer.id);
    answer(call.request, status, &links, &Content::Item(customer))
}

/// The customer that the path names.
///
/// # Errors
/// `Invalid` for what are no decimal digits, `NotFound` for a number that no customer can have.
fn who(call: &Call<'_>) -> Result<CustomerRef, Error> {
    let text = call.params.first().copied().unwrap_or_default();
    let shown = || text.chars().take(20).collect::<String>();
    let id = whole_number(text)
        .ok_or_else(|| Error::invalid(Field::Id, format!("id must be a whole number, not \"{}\"", shown())))?;
    if id > MAX_NUMBER {
        return Err(Error::not_found(format!("There is no customer {}", shown())));
    }
    Ok(CustomerRef::Id(id))
}

/// 32 hexadecimal digits, as the vendor's look.
fn random_hash(call: &Call<'_>) -> String {
    let mut bytes = [0; 16];
    call.state.app.random(&mut bytes);
    bytes.iter().fold(String::with_capacity(32), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}
