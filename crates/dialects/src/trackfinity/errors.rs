//! Refusals in the vendor's words: 404 for an invalid parameter, 400 for a request that cannot be used.

use crate::{Refusal, Request};
use bytes::Bytes;
use domain::error::Reason;
use http::{HeaderValue, Response, StatusCode, header};
use wire::json;

pub(super) fn refuse(_: &Request, refusal: &Refusal) -> Response<Bytes> {
    let status = match refusal {
        Refusal::Request(status, _) => *status,
        Refusal::Operation(error) => status(error.reason),
    };
    let mut body = String::with_capacity(128);
    json::write_object(&mut body, |answer| {
        answer.object("error", |error| {
            error.put("code", i64::from(status.as_u16())).put("message", refusal.sentence());
        });
    });
    let mut response = super::wire::json(body);
    *response.status_mut() = status;
    if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

const fn status(reason: Reason) -> StatusCode {
    match reason {
        Reason::Unauthenticated => StatusCode::UNAUTHORIZED,
        Reason::Forbidden => StatusCode::FORBIDDEN,
        // The vendor's page: 404 is an invalid parameter.
        Reason::NotFound | Reason::AlreadyExists | Reason::Required | Reason::Invalid | Reason::TooLong => {
            StatusCode::NOT_FOUND
        }
        // 400 is a request that is not supported now.
        Reason::Conflict | Reason::Locked | Reason::Unsupported => StatusCode::BAD_REQUEST,
        Reason::LimitExceeded => StatusCode::TOO_MANY_REQUESTS,
        Reason::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Reason::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
