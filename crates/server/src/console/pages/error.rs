//! What went wrong, what was stored, and what to do.

use askama::Template;
use bytes::Bytes;
use domain::Error;
use domain::error::Reason;
use http::{HeaderValue, Response, StatusCode, header};

use crate::console::html;
use crate::console::layout::Page;
use crate::console::visit::Stranger;

#[derive(Template)]
#[template(path = "error.html")]
struct Shown {
    p: Page,
    sentence: String,
    advice: String,
}

/// The status of a refusal.
pub(in crate::console) const fn status(reason: Reason) -> StatusCode {
    match reason {
        Reason::Unauthenticated => StatusCode::UNAUTHORIZED,
        Reason::Forbidden => StatusCode::FORBIDDEN,
        Reason::NotFound => StatusCode::NOT_FOUND,
        Reason::AlreadyExists | Reason::Conflict => StatusCode::CONFLICT,
        Reason::Required | Reason::Invalid | Reason::TooLong => StatusCode::UNPROCESSABLE_ENTITY,
        Reason::Locked => StatusCode::LOCKED,
        Reason::LimitExceeded => StatusCode::TOO_MANY_REQUESTS,
        Reason::Unsupported => StatusCode::METHOD_NOT_ALLOWED,
        Reason::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Reason::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The page of a refusal.
pub(in crate::console) fn page(stranger: &Stranger<'_>, error: &Error) -> Response<Bytes> {
    let words = stranger.words;
    let advice = match error.reason {
        Reason::NotFound => "error.not_found",
        Reason::Forbidden => "error.forbidden",
        Reason::Conflict | Reason::AlreadyExists | Reason::Locked => "error.conflict",
        Reason::Busy | Reason::LimitExceeded => "error.busy",
        Reason::Internal => "error.internal",
        Reason::Unauthenticated | Reason::Required | Reason::Invalid | Reason::TooLong | Reason::Unsupported => {
            "error.invalid"
        }
    };
    let status = status(error.reason);
    let p = stranger.page(words.named("error", status.as_str()));
    let page = Shown { p, sentence: error.message.to_string(), advice: words.get(advice).to_owned() };
    let mut response = html(status, &page);
    if let Some(wait) = error.wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    response
}
