//! The conventions of every request that changes something: what it may demand, whether it is only a trial, whether it
//! may be sent again, and how much it wants to hear.

use super::errors::Problem;
use super::fields::View;
use super::wire::{self, Query};
use crate::Refusal;
use crate::route::Call;
use bytes::Bytes;
use domain::error::Reason;
use domain::operation::{About, Attempt, Attempted, Once, Planned};
use domain::{Error, Operation, Record};
use http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use sha2::{Digest, Sha256};
use std::sync::Arc;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const PREFER: HeaderName = HeaderName::from_static("prefer");
const APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// Longest key, in bytes.
const MAX_KEY: usize = 255;

/// Whether a change is one of a version that the caller may have read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touches {
    /// A record that is there.
    Version,
    /// A new record, or nothing that two editors could overwrite.
    NoVersion,
}

/// Runs a change under the conventions and encodes what came of it.
///
/// # Errors
/// What the change refuses with; 400 for a header that cannot be read, 422 for a key that was given to another request,
/// 428 when the tenant demands that the request says which version it changes.
pub(super) async fn run<O: Operation<Output: About>>(
    call: &Call<'_>,
    query: &Query<'_>,
    view: &View,
    touches: Touches,
    operation: O,
    encode: impl Fn(&O::Output) -> Result<Response<Bytes>, Problem> + Clone + Send + 'static,
) -> Result<Response<Bytes>, Problem> {
    let minimal = prefers_minimal(call);
    let answer = move |output: &O::Output| encode(output).map(|response| reduced(response, minimal));
    told(call, query, Some(view), touches, operation, answer.clone(), answer).await
}

/// As [`run`], for a change whose answer tells what came of each part: a trial is answered alike.
///
/// # Errors
/// As of [`run`].
pub(super) async fn run_alike<O: Operation<Output: About>>(
    call: &Call<'_>,
    query: &Query<'_>,
    touches: Touches,
    operation: O,
    encode: impl Fn(&O::Output) -> Result<Response<Bytes>, Problem> + Clone + Send + 'static,
) -> Result<Response<Bytes>, Problem> {
    let minimal = prefers_minimal(call);
    let answer = move |output: &O::Output| encode(output).map(|response| reduced(response, minimal));
    told(call, query, None, touches, operation, answer.clone(), answer).await
}

/// As [`run`], for a change that makes a secret. It is answered once: what is kept for who sends the request again has
/// none, since no secret is stored as it is. The body is answered also to who would spare it.
///
/// # Errors
/// As of [`run`].
pub(super) async fn run_with_secret<O: Operation<Output = Arc<Record>>>(
    call: &Call<'_>,
    query: &Query<'_>,
    touches: Touches,
    operation: O,
    secret: impl Fn(&Record) -> Option<String>,
    encode: impl Fn(&Record, Option<&str>) -> Response<Bytes> + Clone + Send + 'static,
) -> Result<Response<Bytes>, Problem> {
    let kept = encode.clone();
    let answer = move |record: &Arc<Record>| Ok(encode(record, secret(record).as_deref()));
    let keep = move |record: &Arc<Record>| Ok(kept(record, None));
    told(call, query, Some(&View::default()), touches, operation, answer, keep).await
}

/// Runs it; `keep` encodes what is answered to who sends it again. Without a view of what would change a trial is answered
/// as the change would be.
async fn told<O: Operation<Output: About>>(
    call: &Call<'_>,
    query: &Query<'_>,
    view: Option<&View>,
    touches: Touches,
    operation: O,
    answer: impl Fn(&O::Output) -> Result<Response<Bytes>, Problem>,
    keep: impl Fn(&O::Output) -> Result<Response<Bytes>, Problem> + Send + 'static,
) -> Result<Response<Bytes>, Problem> {
    let headers = &call.request.headers;
    let dry_run = query.flag("dry_run")?;
    if dry_run && call.caller.customer.is_some() {
        // It would show them what else follows from their change.
        return Err(Error::new(Reason::Forbidden, "Customers cannot try a change out").into());
    }
    let attempt = Attempt {
        operation,
        conditional: touches == Touches::NoVersion
            || [IF_MATCH, IF_NONE_MATCH].iter().any(|name| headers.contains_key(name)),
        dry_run,
        once: once(call)?,
        answer: move |output: &O::Output| keep(output).ok().map(|response| write(&response)),
    };
    let refused = |status, sentence: &'static str| Err(Refusal::request(status, sentence).into());
    match call.run(attempt).await? {
        Attempted::Done { output, changes } => match view.filter(|_| dry_run) {
            Some(view) => Ok(trial(&answer(&output)?, &changes, view)),
            None => answer(&output),
        },
        Attempted::Replayed(kept) => {
            let mut response = read(&kept)?;
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
            Ok(response)
        }
        Attempted::OtherRequest => {
            let text = "This Idempotency-Key was given to another request in the last 24 hours. Nothing was changed: \
                        choose a new key.";
            refused(StatusCode::UNPROCESSABLE_ENTITY, text)
        }
        Attempted::Unconditional => {
            let text = "Changes must say which version they change: send the ETag that you read as If-Match. Nothing \
                        was changed.";
            refused(StatusCode::PRECONDITION_REQUIRED, text)
        }
    }
}

/// The key of the request, with what tells it from others.
fn once(call: &Call<'_>) -> Result<Option<Once>, Refusal> {
    let request = call.request;
    let mut given = request.headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(key) = given.next() else { return Ok(None) };
    let text = key.to_str().unwrap_or_default().trim();
    let key = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    if key.is_empty() || key.len() > MAX_KEY || given.next().is_some() {
        let text = format!("Idempotency-Key must be there once, with 1 to {MAX_KEY} visible characters");
        return Err(Refusal::request(StatusCode::BAD_REQUEST, text));
    }
    let digest = |parts: &[&[u8]]| {
        let mut digest = Sha256::new();
        for part in parts {
            // The length first, so that no two lists are written alike.
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        <[u8; 32]>::from(digest.finalize())
    };
    let media = request.headers.get(CONTENT_TYPE).map_or(&[][..], HeaderValue::as_bytes);
    let query = request.query.as_deref().unwrap_or_default();
    let parts = [request.method.as_str().as_bytes(), request.path.as_bytes(), query.as_bytes(), media, &request.body];
    Ok(Some(Once {
        key: digest(&[call.caller.name.as_bytes(), key.as_bytes()]),
        request: digest(&parts).iter().map(|byte| format!("{byte:02x}")).collect(),
    }))
}

/// Whether the caller would rather not hear what they know (RFC 7240).
fn prefers_minimal(call: &Call<'_>) -> bool {
    let lines = call.request.headers.get_all(PREFER).iter().filter_map(|line| line.to_str().ok());
    let mut wishes = lines.flat_map(|line| line.split(',')).map(|wish| wish.replace([' ', '"'], ""));
    // Of two contrary wishes the first counts.
    wishes.find(|wish| wish.starts_with("return=")).is_some_and(|wish| wish == "return=minimal")
}

/// The answer without its body, if that is enough. A new record is told by its address.
fn reduced(mut response: Response<Bytes>, minimal: bool) -> Response<Bytes> {
    if minimal {
        *response.body_mut() = Bytes::new();
        response.headers_mut().remove(CONTENT_TYPE);
        response.headers_mut().insert(APPLIED, HeaderValue::from_static("return=minimal"));
        if response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::NO_CONTENT;
        }
    }
    response
}

/// What would change.
fn trial(answer: &Response<Bytes>, changes: &[Planned], view: &View) -> Response<Bytes> {
    let mut response = wire::answer(StatusCode::OK, |object| {
        object.put("dry_run", true).put("status", answer.status().as_u16());
        object.list("changes", |list| {
            for Planned { record, fields } in changes {
                list.object(|object| {
                    object.put("kind", record.kind.name()).put("id", record.id).put("version", record.version);
                    wire::put_fields(object, fields);
                    object.object("record", |object| view.put(object, record));
                });
            }
        });
    });
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(wire::TRIAL));
    response
}

/// The headers of an answer that are kept with it.
const KEPT: [HeaderName; 4] = [CONTENT_TYPE, ETAG, LOCATION, APPLIED];

/// An answer as text.
fn write(response: &Response<Bytes>) -> String {
    let mut text = response.status().as_str().to_owned();
    for (name, value) in response.headers().iter().filter(|(name, _)| KEPT.contains(name)) {
        text.push_str(&format!("\n{name}: {}", value.to_str().unwrap_or_default()));
    }
    text.push_str("\n\n");
    text.push_str(&String::from_utf8_lossy(response.body()));
    text
}

/// Reads what [`write`] wrote.
fn read(text: &str) -> Result<Response<Bytes>, Error> {
    let broken = || Error::internal("a kept answer cannot be read");
    let (head, body) = text.split_once("\n\n").ok_or_else(broken)?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|status| status.parse().ok()).ok_or_else(broken)?;
    let mut response = Response::new(Bytes::copy_from_slice(body.as_bytes()));
    *response.status_mut() = status;
    for line in lines {
        let (name, value) = line.split_once(": ").ok_or_else(broken)?;
        let name = KEPT.into_iter().find(|kept| kept.as_str() == name).ok_or_else(broken)?;
        response.headers_mut().insert(name, HeaderValue::try_from(value).map_err(Error::internal)?);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_answer_is_the_answer() {
        let mut response = Response::new(Bytes::from_static("{\"note\":\"a\\n\\nb ø\"}\n\n".as_bytes()));
        *response.status_mut() = StatusCode::CREATED;
        response.headers_mut().insert(ETAG, HeaderValue::from_static("\"3\""));
        response.headers_mut().insert(LOCATION, HeaderValue::from_static("http://[::1]:7263/v1/customers/10"));
        let again = read(&write(&response)).unwrap();
        assert_eq!((again.status(), again.headers()), (response.status(), response.headers()));
        assert_eq!(again.body(), response.body());
        assert!(read("").is_err() && read("x\n\n").is_err() && read("200\nserver: x\n\n").is_err());
    }
}
