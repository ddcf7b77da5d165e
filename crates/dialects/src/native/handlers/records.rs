//! Records of any kind: what a resource of the API does. The rules are the domain's.

use super::id;
use crate::native::entity_tag::{IfMatch, is_known};
use crate::native::errors::Problem;
use crate::native::fields::put_record;
use crate::native::submission::Submitted;
use crate::native::wire::{self, Query, put_change};
use crate::route::Call;
use bytes::Bytes;
use domain::Kind;
use domain::filter::Selection;
use domain::operation::{CreateRecord, Deleted, ListRecords, ReadHistory, ReadRecord, UpdateRecord};
use http::{HeaderValue, Response, StatusCode, header};

type Answer = Result<Response<Bytes>, Problem>;

pub(in crate::native) async fn list(call: Call<'_>, query: Query<'_>, kind: Kind) -> Answer {
    let (offset, limit) = (query.cursor()?.unwrap_or(0), query.limit()?);
    let deleted = if query.flag("deleted")? { Deleted::Shown } else { Deleted::Hidden };
    let selection = Selection { offset: offset.unsigned_abs(), limit, ..Selection::default() };
    let page = call.run(ListRecords { kind, selection, deleted }).await?;
    let next = page.more.then(|| offset.saturating_add(i64::from(limit)));
    Ok(wire::page(&page.records, next, put_record))
}

pub(in crate::native) async fn create(call: Call<'_>, _: Query<'_>, kind: Kind) -> Answer {
    let mut submission = Submitted::read(kind, &wire::body(call.request)?, IfMatch::default())?;
    submission.hash_password(call.state).await?;
    let record = call.run(CreateRecord { kind, submission }).await?;
    let mut response = wire::record(StatusCode::CREATED, &record);
    let address = format!("{}{}/{}", call.request.base_url, call.request.path, record.id);
    if let Ok(address) = HeaderValue::try_from(address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    Ok(response)
}

pub(in crate::native) async fn read(call: Call<'_>, _: Query<'_>, kind: Kind) -> Answer {
    let record = call.run(ReadRecord { kind, id: id(&call)?, deleted: Deleted::Shown }).await?;
    if is_known(call.request, record.version) {
        return Ok(wire::not_modified(record.version));
    }
    Ok(wire::record(StatusCode::OK, &record))
}

pub(in crate::native) async fn update(call: Call<'_>, _: Query<'_>, kind: Kind) -> Answer {
    let id = id(&call)?;
    let if_match = IfMatch::read(call.request)?;
    let mut submission = Submitted::read(kind, &wire::body(call.request)?, if_match)?;
    submission.hash_password(call.state).await?;
    change(&call, kind, id, submission).await
}

pub(in crate::native) async fn delete(call: Call<'_>, _: Query<'_>, kind: Kind) -> Answer {
    let id = id(&call)?;
    change(&call, kind, id, Submitted::deletion(kind, IfMatch::read(call.request)?)).await
}

async fn change(call: &Call<'_>, kind: Kind, id: i64, submission: Submitted) -> Answer {
    // The submission itself compares versions: a caller may name several.
    let update = UpdateRecord { kind, id, deleted: Deleted::Shown, expected_version: None, submission };
    Ok(wire::record(StatusCode::OK, &*call.run(update).await?))
}

pub(in crate::native) async fn history(call: Call<'_>, query: Query<'_>, kind: Kind) -> Answer {
    let read = ReadHistory { kind, id: id(&call)?, from: query.cursor()?, limit: query.limit()? };
    let history = call.run(read).await?;
    Ok(wire::page(&history.changes, history.next, put_change))
}
