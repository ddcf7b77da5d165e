//! Who may do what: keys, tenants, settings, sessions, and the caller.

use super::id;
use crate::native::entity_tag::{IfMatch, is_known};
use crate::native::errors::Problem;
use crate::native::fields::View;
use crate::native::submission::Submitted;
use crate::native::wire::{self, Query};
use crate::route::Call;
use crate::sign_in::digest;
use ::wire::json;
use bytes::Bytes;
use domain::error::Reason;
use domain::operation::{
    CreateRecord, CreateTenant, Deleted, EndSession, EndToken, ReadRecord, RotateKey, Submission as _, UpdateRecord,
};
use domain::{Edit, Error, Field, Kind, Record};
use http::{HeaderValue, Response, StatusCode, header};

type Answer = Result<Response<Bytes>, Problem>;

/// For how long a key that was rotated works on, in seconds, when nobody says: a day.
const OVERLAP: i64 = 86_400;

/// A key that nobody can guess, and that is recognised where it should not be.
fn new_key(call: &Call<'_>) -> String {
    format!("sr_{}", call.state.random_key())
}

pub(in crate::native) async fn create_key(call: Call<'_>, _: Query<'_>) -> Answer {
    create(call, Kind::Key).await
}

pub(in crate::native) async fn create_token(call: Call<'_>, _: Query<'_>) -> Answer {
    create(call, Kind::Token).await
}

/// Creates what is called with.
async fn create(call: Call<'_>, kind: Kind) -> Answer {
    let submitted = Submitted::read(kind, &wire::body(call.request)?, IfMatch::default())?;
    let key = new_key(&call);
    let digest = digest(&key);
    let submission = move |present: &Record| {
        let mut edits = submitted.edits(present)?;
        edits.push(Edit::Set(Field::Digest, Some(digest.as_str().into())));
        Ok(edits)
    };
    let record = call.run(CreateRecord { kind, submission }).await?;
    Ok(created(&call, &record, &key))
}

pub(in crate::native) async fn rotate_key(call: Call<'_>, _: Query<'_>) -> Answer {
    let (id, overlap) = (id(&call)?, overlap(&call)?);
    let key = new_key(&call);
    let record = call.run(RotateKey { id, digest: digest(&key), overlap }).await?;
    Ok(wire::record_with_key(StatusCode::OK, &record, &key))
}

/// `{"overlap_seconds": 3600}`, or no body.
fn overlap(call: &Call<'_>) -> Result<i64, Problem> {
    const MEMBER: &str = "overlap_seconds";
    if call.request.body.is_empty() {
        return Ok(OVERLAP);
    }
    let body = wire::body(call.request)?;
    let wrong = || Error::new(Reason::Invalid, format!("The body must be {{\"{MEMBER}\": <seconds>}}, or nothing"));
    let members = body.as_object().ok_or_else(wrong)?;
    let mut overlap = OVERLAP;
    for (name, value) in members.iter() {
        overlap = match value {
            json::Value::Number(number) if *name == *MEMBER => number.as_i64().ok_or_else(wrong)?,
            _ => return Err(wrong().into()),
        };
    }
    Ok(overlap)
}

pub(in crate::native) async fn create_tenant(call: Call<'_>, _: Query<'_>) -> Answer {
    let submission = Submitted::read(Kind::Tenant, &wire::body(call.request)?, IfMatch::default())?;
    let key = new_key(&call);
    let record = call.run(CreateTenant { submission, digest: digest(&key) }).await?;
    Ok(created(&call, &record, &key))
}

fn created(call: &Call<'_>, record: &Record, key: &str) -> Response<Bytes> {
    let mut response = wire::record_with_key(StatusCode::CREATED, record, key);
    let address = format!("{}{}/{}", call.request.base_url, call.request.path, record.id);
    if let Ok(address) = HeaderValue::try_from(address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    response
}

pub(in crate::native) async fn read_settings(call: Call<'_>, _: Query<'_>) -> Answer {
    let id = call.caller.tenant.number;
    let record = call.run(ReadRecord { kind: Kind::Tenant, id, deleted: Deleted::Shown }).await?;
    if is_known(call.request, record.version) {
        return Ok(wire::not_modified(record.version));
    }
    Ok(wire::record(StatusCode::OK, &record, &View::default()))
}

pub(in crate::native) async fn update_settings(call: Call<'_>, _: Query<'_>) -> Answer {
    let if_match = IfMatch::read(call.request)?;
    let submission = Submitted::read(Kind::Tenant, &wire::body(call.request)?, if_match)?;
    let id = call.caller.tenant.number;
    let update = UpdateRecord { kind: Kind::Tenant, id, deleted: Deleted::Shown, expected_version: None, submission };
    Ok(wire::record(StatusCode::OK, &*call.run(update).await?, &View::default()))
}

pub(in crate::native) async fn end_session(call: Call<'_>, _: Query<'_>) -> Answer {
    let id = id(&call)?;
    call.run(EndSession { id }).await?;
    Ok(ended())
}

pub(in crate::native) async fn end_token(call: Call<'_>, _: Query<'_>) -> Answer {
    let id = id(&call)?;
    call.run(EndToken { id }).await?;
    Ok(ended())
}

fn ended() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

pub(in crate::native) async fn me(call: Call<'_>, _: Query<'_>) -> Answer {
    Ok(wire::caller(&call.caller))
}
