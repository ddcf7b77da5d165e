use super::id;
use crate::native::entity_tag::{IfMatch, is_known};
use crate::native::errors::Problem;
use crate::native::fields::put_record;
use crate::native::submission::Submitted;
use crate::native::wire::{self, Query};
use crate::route::Call;
use bytes::Bytes;
use domain::Kind;
use domain::filter::Selection;
use domain::operation::{CreateCustomer, CustomerRef, Deleted, ListCustomers, ReadCustomer, UpdateCustomer};
use http::{HeaderValue, Response, StatusCode, header};

type Answer = Result<Response<Bytes>, Problem>;

pub(in crate::native) async fn list(call: Call<'_>, query: Query<'_>) -> Answer {
    let (offset, limit) = (query.cursor()?.unwrap_or(0), query.limit()?);
    // No record ever leaves this list, so that counting from its start finds the same place again.
    let selection = Selection { offset: offset.unsigned_abs(), limit, ..Selection::default() };
    let list = ListCustomers { selection, deleted: Deleted::Shown };
    let page = call.run(list).await?;
    let next = page.more.then(|| offset.saturating_add(i64::from(limit)));
    Ok(wire::page(&page.records, next, put_record))
}

pub(in crate::native) async fn create(call: Call<'_>, _: Query<'_>) -> Answer {
    let mut submission = Submitted::read(Kind::Customer, &wire::body(call.request)?, IfMatch::default())?;
    submission.hash_password(call.state).await?;
    let customer = call.run(CreateCustomer { submission }).await?;
    let mut response = wire::record(StatusCode::CREATED, &customer);
    let address = format!("{}/v1/customers/{}", call.request.base_url, customer.id);
    if let Ok(address) = HeaderValue::try_from(address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    Ok(response)
}

pub(in crate::native) async fn read(call: Call<'_>, _: Query<'_>) -> Answer {
    let customer = call.run(ReadCustomer { who: CustomerRef::Id(id(&call)?), deleted: Deleted::Shown }).await?;
    if is_known(call.request, customer.version) {
        return Ok(wire::not_modified(customer.version));
    }
    Ok(wire::record(StatusCode::OK, &customer))
}

pub(in crate::native) async fn update(call: Call<'_>, _: Query<'_>) -> Answer {
    let id = id(&call)?;
    let if_match = IfMatch::read(call.request)?;
    let mut submission = Submitted::read(Kind::Customer, &wire::body(call.request)?, if_match)?;
    submission.hash_password(call.state).await?;
    change(&call, id, submission).await
}

pub(in crate::native) async fn delete(call: Call<'_>, _: Query<'_>) -> Answer {
    let id = id(&call)?;
    change(&call, id, Submitted::deletion(Kind::Customer, IfMatch::read(call.request)?)).await
}

async fn change(call: &Call<'_>, id: i64, submission: Submitted) -> Answer {
    let who = vec![CustomerRef::Id(id)];
    // The submission itself compares versions: a caller may name several.
    let update =
        UpdateCustomer { who, deleted: Deleted::Shown, respect_lock: false, expected_version: None, submission };
    Ok(wire::record(StatusCode::OK, &*call.run(update).await?))
}
