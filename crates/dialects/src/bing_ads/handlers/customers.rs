//! Customers, by their ids.

use super::super::errors::{Told, number};
use super::super::fields::customer::{self, Submitted};
use super::super::fields::{self, account, time};
use super::{Call, Outcome, id, record, with_user};
use ::wire::soap::Value;
use domain::operation::{CreateCustomer, CustomerRef, DeleteRecord, Deleted, ReadCustomer, SignUp, UpdateCustomer};
use domain::{Customer, Edit, Error, Field, Kind};

async fn read(call: &Call<'_>) -> Result<Customer, Error> {
    let who = CustomerRef::Id(id(call, "CustomerId"));
    call.run(ReadCustomer { who, deleted: Deleted::Shown }).await
}

pub(in super::super) async fn get(call: Call<'_>) -> Outcome {
    let shape = call.output_struct("Customer")?;
    let customer = read(&call).await?;
    let shown = with_user(&call, &customer, customer::show(&customer, shape)).await?;
    Ok(call.output().with("Customer", shown))
}

/// Which bit stands for which member is on no page: all are set.
pub(in super::super) async fn get_accessible(call: Call<'_>) -> Outcome {
    let shape = call.output_struct("AccessibleCustomer")?;
    let customer = read(&call).await?;
    let shown = with_user(&call, &customer, customer::show(&customer, shape)).await?;
    let output = call.output().with("AccessibleCustomer", shown);
    Ok(output.with("ValidFields", (1 << shape.len()) - 1))
}

pub(in super::super) async fn update(call: Call<'_>) -> Outcome {
    let sent = record(&call, "Customer", Told::Operation(number::NO_CUSTOMER))?;
    let id = sent.integer("Id").ok_or_else(|| fields::required(Field::Id))?;
    let update = UpdateCustomer {
        who: vec![CustomerRef::Id(id)],
        deleted: Deleted::Shown,
        respect_lock: false,
        expected_version: Some(fields::version(sent)?),
        submission: Submitted::read(sent),
    };
    let customer = call.run(update).await?;
    Ok(call.output().with("LastModifiedTime", time(customer.updated_at)))
}

pub(in super::super) async fn sign_up(call: Call<'_>) -> Outcome {
    let sent = record(&call, "Customer", Told::Operation(number::NO_CUSTOMER))?;
    let country = sent.members("CustomerAddress").map_or("", |address| address.text("CountryCode")).to_owned();
    let account = call.argument("Account").members();
    let account = account.map(|sent| account::Submitted::of_new(sent, Some(&country))).transpose()?;
    let customer = CreateCustomer { submission: Submitted::of_new(sent)? };
    let (customer, account) = call.run(SignUp { customer, account }).await?;
    let output = call.output().with("CustomerId", customer.id).with("CustomerNumber", customer::number(&customer));
    let output = output.with("CreateTime", time(customer.created_at));
    Ok(match account {
        Some(account) => output.with("AccountId", account.id).with("AccountNumber", account::number(&account)),
        None => output,
    })
}

pub(in super::super) async fn delete(call: Call<'_>) -> Outcome {
    let (id, expected_version) = (id(&call, "CustomerId"), Some(fields::version(call.arguments)?));
    call.run(DeleteRecord { kind: Kind::Customer, id, expected_version }).await?;
    Ok(call.output())
}

pub(in super::super) async fn map_external_id(call: Call<'_>) -> Outcome {
    let external = call.arguments.text("ExternalCustomerId").to_owned();
    let update = UpdateCustomer {
        who: vec![CustomerRef::Id(id(&call, "CustomerId"))],
        deleted: Deleted::Hidden,
        respect_lock: false,
        expected_version: None,
        submission: move |_: &Customer| Ok(vec![Edit::Set(Field::ExternalCustomerId, Some(external.as_str().into()))]),
    };
    call.run(update).await?;
    Ok(call.output())
}

/// There are no pilots here, but only who is there has none.
pub(in super::super) async fn pilot_features(call: Call<'_>) -> Outcome {
    read(&call).await?;
    Ok(call.output().with("FeaturePilotFlags", Value::List(Vec::new())))
}
