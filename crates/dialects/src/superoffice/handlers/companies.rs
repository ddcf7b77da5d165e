//! Companies.

use super::super::errors::{Code, Refused, missing};
use super::super::fields;
use super::super::fields::pairs;
use super::find::{Found, Search};
use super::{Call, Outcome, customers, needed_id};
use ::wire::soap::Value;
use domain::operation::{CreateRecord, CustomerRef, Deleted, ReadCustomer, ReadRecord, UpdateRecord};
use domain::record::Part;
use domain::{Edit, Field, Kind, Record};
use std::sync::Arc;

pub(in super::super) async fn create(call: Call<'_>) -> Outcome {
    let name = call.text("name").to_owned();
    if name.is_empty() {
        return Err(Refused::invalid(Code::InvalidField, "A company needs a name. Nothing was stored."));
    }
    let submission = move |_: &Record| Ok(vec![Edit::Set(Field::Name, Some(name.as_str().into()))]);
    let company = call.run(CreateRecord { kind: Kind::Company, submission }).await?;
    Ok(call.output().with("companyId", company.id.to_string()))
}

pub(in super::super) async fn set(call: Call<'_>) -> Outcome {
    let id = needed_id(&call, "companyId", Code::UnknownCompany)?;
    let submission = customers::submitted(&call, Kind::Company, pairs::COMPANY, "companyValues").await?;
    let update = UpdateRecord { kind: Kind::Company, id, deleted: Deleted::Hidden, expected_version: None, submission };
    call.run(update).await.map_err(missing(Code::UnknownCompany))?;
    Ok(call.output())
}

pub(in super::super) async fn get(call: Call<'_>) -> Outcome {
    let id = needed_id(&call, "companyId", Code::UnknownCompany)?;
    let read = ReadRecord { kind: Kind::Company, id, deleted: Deleted::Hidden };
    let company = call.run(read).await.map_err(missing(Code::UnknownCompany))?;
    show(&call, &company).await
}

/// The company of the customer who calls. Of one without a company all fields are empty.
pub(in super::super) async fn get_own(call: Call<'_>) -> Outcome {
    let who = CustomerRef::Id(call.caller.customer.unwrap_or(0));
    let customer = call.run(ReadCustomer { who, deleted: Deleted::Hidden }).await?;
    let company = match customer.number(Field::Company) {
        Some(id) => call.run(ReadRecord { kind: Kind::Company, id, deleted: Deleted::Hidden }).await.ok(),
        None => None,
    };
    match company {
        Some(company) => show(&call, &company).await,
        None => {
            let nobody = Arc::new(Record::new(Kind::Company, Part::GLOBAL, 0));
            let names = call.texts("companyFields");
            let results = super::shown(&call, &nobody, &names, &[fields::COMPANY]).await?;
            let empty = results.iter().filter_map(Value::members).map(|result| result.clone().with("value", "").into());
            Ok(call.output().with("companyResult", Value::List(empty.collect())))
        }
    }
}

async fn show(call: &Call<'_>, company: &Record) -> Outcome {
    let result = super::shown(call, company, &call.texts("companyFields"), &[fields::COMPANY]).await?;
    Ok(call.output().with("companyResult", Value::List(result)))
}

pub(in super::super) async fn find(call: Call<'_>) -> Outcome {
    let found = Search::read(&call, Kind::Company).await?.run(&call).await?;
    Ok(call.output().with("searchResult", Found::rows(found)))
}
