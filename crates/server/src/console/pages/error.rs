//! What went wrong, what was stored, and what to do.

use askama::Template;
use bytes::Bytes;
use domain::Error;
use domain::error::Reason;
use http::{HeaderValue, Response, StatusCode, header};

use crate::console::layout::Page;
use crate::console::{html, refusal};

#[derive(Template)]
#[template(path = "error.html")]
struct Shown {
    p: Page,
    sentence: String,
    /// The same in English, where that says more.
    detail: String,
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

/// The page of a refusal, in the frame that its reader would have had.
pub(in crate::console) fn page(frame: Page, error: &Error) -> Response<Bytes> {
    let words = frame.words;
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
    let p = Page { title: words.named("error", status.as_str()).to_owned(), ..frame };
    let (sentence, detail) = (refusal::sentence(words, error), refusal::detail(words, error));
    let mut response = html(status, &Shown { p, sentence, detail, advice: words.get(advice).to_owned() });
    if let Some(wait) = error.wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    response
}
