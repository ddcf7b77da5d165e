//! Who may do what: keys, tenants, settings, sessions, and the caller.

use super::{id, records};
use crate::native::attempt::{self, Touches};
use crate::native::entity_tag::IfMatch;
use crate::native::errors::Problem;
use crate::native::fields::View;
use crate::native::submission::Submitted;
use crate::native::wire::{self, Query};
use crate::route::Call;
use crate::sign_in::digest;
use ::wire::json;
use bytes::Bytes;
use domain::error::Reason;
use domain::operation::{CreateRecord, CreateTenant, EndSession, EndToken, OnVersion, RotateKey, Submission as _};
use domain::{Edit, Error, Field, Kind, Operation, Record};
use http::{Response, StatusCode};
use std::sync::Arc;

type Answer = Result<Response<Bytes>, Problem>;

/// For how long a key that was rotated works on, in seconds, when nobody says: a day.
const OVERLAP: i64 = 86_400;

/// A key that nobody can guess, and that is recognised where it should not be.
fn new_key(call: &Call<'_>) -> String {
    format!("sr_{}", call.state.random_key())
}

pub(in crate::native) async fn create_key(call: Call<'_>, query: Query<'_>) -> Answer {
    create(call, query, Kind::Key).await
}

pub(in crate::native) async fn create_token(call: Call<'_>, query: Query<'_>) -> Answer {
    create(call, query, Kind::Token).await
}

/// Creates what is called with.
async fn create(call: Call<'_>, query: Query<'_>, kind: Kind) -> Answer {
    let submitted = Submitted::read(kind, &wire::body(call.request)?, IfMatch::default())?;
    let key = new_key(&call);
    let digest = digest(&key);
    let submission = move |present: &Record| {
        let mut edits = submitted.edits(present)?;
        edits.push(Edit::Set(Field::Digest, Some(digest.as_str().into())));
        Ok(edits)
    };
    created(&call, &query, CreateRecord { kind, submission }, key).await
}

pub(in crate::native) async fn rotate_key(call: Call<'_>, query: Query<'_>) -> Answer {
    let (kind, id, overlap, if_match) = (Kind::Key, id(&call)?, overlap(&call)?, IfMatch::read(call.request)?);
    let key = new_key(&call);
    let check = move |present: &Record| if_match.check(present);
    let rotate = OnVersion { kind, id, check, operation: RotateKey { id, digest: digest(&key), overlap } };
    let encode = |record: &Record, key: Option<&str>| wire::record_with_secret(StatusCode::OK, record, ("key", key));
    attempt::run_with_secret(&call, &query, Touches::Version, rotate, |_| Some(key.clone()), encode).await
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

pub(in crate::native) async fn create_tenant(call: Call<'_>, query: Query<'_>) -> Answer {
    let submission = Submitted::read(Kind::Tenant, &wire::body(call.request)?, IfMatch::default())?;
    let key = new_key(&call);
    created(&call, &query, CreateTenant { submission, digest: digest(&key) }, key).await
}

async fn created(
    call: &Call<'_>,
    query: &Query<'_>,
    operation: impl Operation<Output = Arc<Record>>,
    key: String,
) -> Answer {
    let address = records::address(call, &call.request.path);
    let encode = move |record: &Record, key: Option<&str>| {
        records::at(&address, record, wire::record_with_secret(StatusCode::CREATED, record, ("key", key)))
    };
    attempt::run_with_secret(call, query, Touches::NoVersion, operation, |_| Some(key.clone()), encode).await
}

pub(in crate::native) async fn read_settings(call: Call<'_>, query: Query<'_>) -> Answer {
    let id = call.caller.tenant.number;
    records::read_one(&call, &query, Kind::Tenant, id).await
}

pub(in crate::native) async fn update_settings(call: Call<'_>, query: Query<'_>) -> Answer {
    let id = call.caller.tenant.number;
    records::update_one(&call, &query, Kind::Tenant, id).await
}

pub(in crate::native) async fn end_session(call: Call<'_>, query: Query<'_>) -> Answer {
    let id = id(&call)?;
    end(call, query, (Kind::Session, id), EndSession { id }).await
}

pub(in crate::native) async fn end_token(call: Call<'_>, query: Query<'_>) -> Answer {
    let id = id(&call)?;
    end(call, query, (Kind::Token, id), EndToken { id }).await
}

async fn end(
    call: Call<'_>,
    query: Query<'_>,
    (kind, id): (Kind, i64),
    operation: impl Operation<Output = ()>,
) -> Answer {
    let if_match = IfMatch::read(call.request)?;
    let end = OnVersion { kind, id, check: move |present: &Record| if_match.check(present), operation };
    attempt::run(&call, &query, &View::default(), Touches::NoVersion, end, |()| Ok(wire::done())).await
}

pub(in crate::native) async fn me(call: Call<'_>, _: Query<'_>) -> Answer {
    Ok(wire::caller(&call.caller))
}
