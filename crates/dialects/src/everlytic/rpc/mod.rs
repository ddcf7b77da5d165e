//! XML-RPC: the same operations through another door. A call is found in the body; whatever becomes of it, the answer
//! is 200, since most clients do not read a fault under another status.

mod customers;
mod methods;
mod system;
mod validator;

use super::errors;
use super::plain;
use crate::Refusal;
use crate::route::{Call, Refused};
use crate::together::Running;
use bytes::Bytes;
use domain::Error;
use domain::error::Reason;
use http::{HeaderValue, Response, StatusCode, header};
use methods::Method;
pub(super) use methods::described;
use wire::media_type::{self, MediaType};
use wire::text::Charset;
use wire::xml::{Limits, Source};
use wire::xmlrpc::{self, Fault, Value};

/// Where it is. Python's client and the `xmlrpc` command ask at the second path when they are told none.
pub(super) const PATHS: [&str; 2] = ["/api/2.0/xmlrpc", "/RPC2"];

const XML: HeaderValue = HeaderValue::from_static("text/xml; charset=utf-8");

/// Whether a path is one of XML-RPC's.
pub(super) fn is_here(path: &str) -> bool {
    PATHS.contains(&&*plain(path))
}

/// What a call came to, for the log and the metrics; kept with the response.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) operation: &'static str,
    pub(super) refused: Option<Refusal>,
}

/// Why a call failed.
#[derive(Debug)]
struct Failed {
    fault: Fault,
    refusal: Refusal,
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        let refusal = Refusal::request(StatusCode::BAD_REQUEST, fault.message.clone());
        Self { fault, refusal }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { fault: errors::fault(&error, &[]), refusal: error.into() }
    }
}

/// A method under way, and its result.
type Outcome = Result<Value<'static>, Failed>;
type Underway<'a> = Running<'a, Outcome>;

/// Answers a call. The caller is known; the body is not looked at yet.
pub(super) async fn answer(call: Call<'_>) -> Result<Response<Bytes>, Refused> {
    let charset = charset(&call)?;
    let mut told = Told { operation: "", refused: None };
    let document = match run(&call, charset.as_deref(), &mut told.operation).await {
        Ok(value) => xmlrpc::response(&value),
        Err(failed) => {
            told.refused = Some(failed.refusal);
            xmlrpc::fault(&failed.fault)
        }
    };
    let mut response = respond(StatusCode::OK, document);
    response.extensions_mut().insert(told);
    Ok(response)
}

async fn run(call: &Call<'_>, charset: Option<&str>, operation: &mut &'static str) -> Outcome {
    let limits = Limits::default();
    let source = Source::decode(&call.request.body, charset, &limits).map_err(Fault::from)?;
    let document = source.parse(&limits).map_err(Fault::from)?;
    let sent = xmlrpc::Call::of(&document)?;
    let method = Method::named(sent.method, call.state)?;
    *operation = method.operation(&sent.params);
    (method.run)(method.call(call, &sent.params, None), &sent.params).await
}

/// The charset that the body came with. Types that clients are known to send for want of a better one are taken.
fn charset(call: &Call<'_>) -> Result<Option<String>, Refusal> {
    let header = call.request.header(header::CONTENT_TYPE).filter(|header| !header.trim().is_empty());
    let media = header.map(media_type::content_type).transpose();
    let media = media.map_err(|error| Refusal::request(StatusCode::BAD_REQUEST, error.to_string()))?;
    if let Some(media) = media.as_ref().filter(|media| is_something_else(media)) {
        let text = format!("A body of type {} is not read: send text/xml", media.essence);
        return Err(Refusal::request(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    // Declared by clients that send UTF-8.
    let ascii = |label: &&str| Charset::from_label(label) != Some(Charset::Ascii);
    Ok(media.as_ref().and_then(MediaType::charset).filter(ascii).map(str::to_owned))
}

fn is_something_else(media: &MediaType<'_>) -> bool {
    let kinds = ["multipart/", "image/", "audio/", "video/", "font/", "model/"];
    media.essence.ends_with("json") || kinds.iter().any(|kind| media.essence.starts_with(kind))
}

/// Says a refusal in a fault. Only what no call was looked for in has another status than 200.
pub(super) fn refuse(refusal: &Refusal) -> Response<Bytes> {
    let (status, fault, later) = match refusal {
        Refusal::Request(status, sentence) => (*status, Fault::new(status.as_u16().into(), sentence.clone()), false),
        Refusal::Operation(error) => {
            let stranger = error.reason == Reason::Unauthenticated;
            let status = if stranger { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
            (status, errors::fault(error, &[]), matches!(error.reason, Reason::Busy | Reason::LimitExceeded))
        }
    };
    let mut response = respond(status, xmlrpc::fault(&fault));
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, errors::CHALLENGE);
    }
    if later {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

fn respond(status: StatusCode, document: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(document));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, XML);
    response
}
