//! What each problem means, for people: the pages that the `type` of a refusal names.

use super::errors::{Code, reasons, requests};
use domain::error::Reason;
use http::StatusCode;
use std::sync::LazyLock;

/// A problem that the API answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What a program decides by; the last part of `type`.
    pub code: String,
    /// The status of the answer.
    pub status: StatusCode,
    /// What kind of problem it is.
    pub title: String,
    /// What happened, in sentences.
    pub happened: &'static str,
    /// What to do, in sentences.
    pub remedy: &'static str,
}

/// All of them, by their codes.
pub fn all() -> &'static [Problem] {
    static ALL: LazyLock<Vec<Problem>> = LazyLock::new(|| {
        let told = |Code { status, code, title }: Code, (happened, remedy)| Problem {
            code: code.into_owned(),
            status,
            title: title.into_owned(),
            happened,
            remedy,
        };
        let reasons = reasons().map(|(reason, code)| told(code, of_reason(reason)));
        let requests = requests().map(|code| (of_request(code.status), code)).map(|(text, code)| told(code, text));
        let mut all: Vec<_> = reasons.chain(requests).collect();
        all.sort_by(|a, b| a.code.cmp(&b.code));
        all
    });
    &ALL
}

const NOTHING_READ: &str = "The request could not be read, so nothing was looked at and nothing was changed.";

/// What happened and what to do.
const fn of_reason(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::Unauthenticated => (
            "The request has no credential, or one that is not known, has ended, or may not be used from this address.",
            "Send `Authorization: Bearer <token>` with the token of a key of the native API, or the name and password of \
             a user with `Authorization: Basic`. After several wrong ones `Retry-After` says how long to wait.",
        ),
        Reason::Forbidden => (
            "The credential is known, but its role, its scopes or its tenant do not reach this. Nothing was changed.",
            "`GET /v1/me` shows what the credential may do. An administrator can give it more, or make another key.",
        ),
        Reason::NotFound => (
            "There is no such record for this credential, or nothing at this address. `detail` says so too of a record \
             that was erased or merged into another one.",
            "Check the id and the path. Records of another tenant are not found, whatever the credential.",
        ),
        Reason::AlreadyExists => (
            "A value that must be unique belongs to another record: `errors` names the member. Nothing was changed.",
            "Choose another value, or change the record that has it; a filter on that field finds it.",
        ),
        Reason::Required => (
            "A value is missing without which such a record cannot be: `errors` names the member. Nothing was changed.",
            "Send the member with a value.",
        ),
        Reason::Invalid => (
            "A member, a parameter or a header holds what it cannot hold, or is not known here. `errors` names the \
             members. Nothing was changed.",
            "Read the sentence of each error: it says what is wanted. Values are never made to fit.",
        ),
        Reason::TooLong => (
            "A text or a list is longer than the field can hold: `errors` names the member. Nothing was changed, and \
             nothing is ever cut off.",
            "Shorten it. The limits of all fields are in the description of the API.",
        ),
        Reason::Conflict => (
            "The record changed since it was read: it has another version than `If-Match` names, or a `test` of a JSON \
             Patch did not hold. Nothing was changed.",
            "Read the record again, decide again, and send its new `ETag` as `If-Match`.",
        ),
        Reason::Locked => (
            "Something holds the record: a lock, or another record that needs it as it is. Nothing was changed.",
            "The sentence in `detail` says what holds it. Release that first.",
        ),
        Reason::LimitExceeded => (
            "Too much was asked for at once, or too often. Nothing was changed.",
            "Wait for the seconds in `Retry-After` and send it again; ask for less at a time.",
        ),
        Reason::Unsupported => (
            "The operation exists, but is not offered for this record. Nothing was changed.",
            "The sentence in `detail` says what is offered instead.",
        ),
        Reason::Busy => (
            "The server cannot store anything at the moment. Nothing was changed unless `detail` says that this is not \
             known.",
            "Wait for the seconds in `Retry-After` and send it again, with an `Idempotency-Key` so that it is done once. \
             `/readyz` tells the operator why.",
        ),
        Reason::Internal => (
            "A fault of the server. Nothing was changed unless `detail` says otherwise.",
            "Tell the operator the `request_id`: the log of the server has the cause under it.",
        ),
    }
}

/// The same of a request that is refused whatever it asks for.
fn of_request(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => (
            "The address exists, but not for this method. Nothing was changed.",
            "The header `Allow` lists the methods that are offered there.",
        ),
        StatusCode::REQUEST_TIMEOUT => (
            "The request did not arrive in time. Nothing was changed.",
            "Send it again. A body must arrive at a steady rate.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("The body is longer than is taken here. Nothing was changed.", "Send less at a time: 1 MiB, or one file.")
        }
        StatusCode::URI_TOO_LONG => {
            ("The address with its query is too long.", "Shorten the query: a filter holds up to 4,096 bytes.")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "The body is of a type, charset or coding that is not read here. Nothing was changed.",
            "Send JSON in UTF-8 without a content coding. Of a `PATCH`, `Accept-Patch` says which types are taken.",
        ),
        StatusCode::EXPECTATION_FAILED => {
            ("The header `Expect` asks for what cannot be promised.", "Leave it out, or send `100-continue`.")
        }
        StatusCode::UNPROCESSABLE_ENTITY => (
            "This `Idempotency-Key` was given to another request in the last 24 hours. Nothing was changed.",
            "Choose a new key for each request, and repeat one only with the request that it was given to.",
        ),
        StatusCode::PRECONDITION_REQUIRED => (
            "The tenant demands that every change says which version it changes. Nothing was changed.",
            "Read the record and send its `ETag` as `If-Match`.",
        ),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            ("The head of the request is too long, or has too many lines.", "Send fewer and shorter headers.")
        }
        StatusCode::NOT_IMPLEMENTED => (
            "The method, or the transfer coding, is known nowhere on this server.",
            "Use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS, and no transfer coding but chunked.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "Too many long bodies were arriving at once. Nothing was changed.",
            "Wait for the seconds in `Retry-After` and send it again.",
        ),
        StatusCode::HTTP_VERSION_NOT_SUPPORTED => {
            ("The request speaks a version of HTTP that the server does not.", "Speak HTTP/1.1.")
        }
        _ => (NOTHING_READ, "The sentence in `detail` says what is wrong with its form."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_says_what_to_do() {
        let all = all();
        for Problem { code, status, title, happened, remedy } in all {
            assert!(happened.ends_with('.') && remedy.ends_with('.') && !title.is_empty(), "{code}");
            assert!(status.is_client_error() || status.is_server_error(), "{code}");
            assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{code}");
            // Only what the request as a whole is has the general sentence.
            assert_eq!(*happened == NOTHING_READ, *code == "bad_request", "{code}");
        }
        assert!(all.windows(2).all(|two| two[0].code < two[1].code), "each once");
    }
}
