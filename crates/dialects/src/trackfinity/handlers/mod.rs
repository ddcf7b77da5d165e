//! One short function an operation: decode, run, encode.

use super::fields::{Details, lookup};
use super::wire::{Parameters, success};
use crate::route::{Call, Refused};
use bytes::Bytes;
use domain::Field;
use domain::operation::{Deleted, LockCustomer, UpdateCustomer};
use http::Response;

pub(super) async fn set_customer_details(call: Call<'_>) -> Result<Response<Bytes>, Refused> {
    let parameters = Parameters::read(call.request)?;
    let who = lookup(&parameters, false)?;
    let mut submission = Details::of(&parameters)?;
    if let Some((_, password)) = submission.0.iter_mut().find(|(field, _)| *field == Field::Password) {
        *password = call.state.hash_password(password).await?;
    }
    let update =
        UpdateCustomer { who, deleted: Deleted::Hidden, respect_lock: true, expected_version: None, submission };
    call.run(update).await?;
    Ok(success())
}

pub(super) async fn lock(call: Call<'_>) -> Result<Response<Bytes>, Refused> {
    set_locked(call, true).await
}

pub(super) async fn unlock(call: Call<'_>) -> Result<Response<Bytes>, Refused> {
    set_locked(call, false).await
}

async fn set_locked(call: Call<'_>, locked: bool) -> Result<Response<Bytes>, Refused> {
    let who = lookup(&Parameters::read(call.request)?, true)?;
    call.run(LockCustomer { who, locked }).await?;
    Ok(success())
}

pub(super) async fn ping(_: Call<'_>) -> Result<Response<Bytes>, Refused> {
    Ok(success())
}
