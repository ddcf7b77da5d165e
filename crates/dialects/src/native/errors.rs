//! Refusals as problem details (RFC 9457).

use super::auth::CHALLENGES;
use super::fields::pointer;
use crate::route::Refused;
use crate::{Refusal, Reply, Request};
use bytes::Bytes;
use domain::Error;
use domain::error::Reason;
use http::{HeaderValue, Method, Response, StatusCode, header};
use std::borrow::Cow;
use wire::json;

/// Most faults that one answer lists.
const MAX_FAULTS: usize = 20;

/// What is wrong with one member of the request's body.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    /// Where it is: a JSON Pointer (RFC 6901).
    pub(super) pointer: String,
    /// What is wrong there.
    pub(super) error: Error,
}

impl Fault {
    /// A refusal of the domain, at the member it is about.
    pub(super) fn of(error: &Error) -> Self {
        at_member(error)
            .map(|fault| fault.below("/value"))
            .unwrap_or_else(|| Self { pointer: String::new(), error: error.clone() })
    }

    /// The same inside a member.
    #[must_use]
    pub(super) fn below(mut self, holder: &str) -> Self {
        self.pointer.insert_str(0, holder);
        self
    }

    /// Adds it to a list of faults.
    pub(super) fn put(&self, errors: &mut json::ListWriter<'_>) {
        errors.object(|fault| {
            fault.put("pointer", &self.pointer).put("detail", &self.error.message);
        });
    }
}

/// A refusal, with everything that is wrong with the body.
#[derive(Debug)]
pub(super) struct Problem {
    refusal: Refusal,
    faults: Vec<Fault>,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let faults = match &refusal {
            Refusal::Operation(error) => at_member(error).into_iter().collect(),
            Refusal::Request(..) => Vec::new(),
        };
        Self { refusal, faults }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Refusal::from(error).into()
    }
}

impl From<Problem> for Error {
    /// What is wrong first; a refusal that is not of the domain keeps its sentence.
    fn from(problem: Problem) -> Self {
        match problem.refusal {
            Refusal::Operation(error) => match problem.faults.into_iter().next() {
                Some(fault) => Self { reason: error.reason, ..fault.error },
                None => error,
            },
            Refusal::Request(_, sentence) => Self::new(Reason::Invalid, sentence),
        }
    }
}

impl Problem {
    /// A body that cannot be read, because of what is at that place in it; `""` is nowhere in particular.
    pub(super) fn unreadable(status: StatusCode, sentence: String, pointer: String) -> Self {
        let error = Error::new(Reason::Invalid, sentence.clone());
        let faults = if pointer.is_empty() { Vec::new() } else { vec![Fault { pointer, error }] };
        Self { refusal: Refusal::request(status, sentence), faults }
    }

    /// Why, in general.
    #[cfg(test)]
    pub(super) const fn refusal(&self) -> &Refusal {
        &self.refusal
    }

    /// A body with faults; the first one gives its reason to the whole. `None` without any.
    pub(super) fn of(mut faults: Vec<Fault>) -> Option<Self> {
        let first = faults.first()?;
        let error = match faults.len() {
            1 => first.error.clone(),
            count => Error::new(first.error.reason, format!("{count} members cannot be used. Nothing was changed.")),
        };
        faults.truncate(MAX_FAULTS);
        Some(Self { refusal: error.into(), faults })
    }

    /// Everything that is wrong; at least one thing.
    pub(super) fn into_faults(self) -> Vec<Fault> {
        if self.faults.is_empty() { vec![Fault { pointer: String::new(), error: self.into() }] } else { self.faults }
    }

    fn response(&self, request: &Request) -> Response<Bytes> {
        let (status, code, title) = match &self.refusal {
            Refusal::Operation(error) => {
                let (status, code, title) = words(error.reason);
                (status, Cow::Borrowed(code), Cow::Borrowed(title))
            }
            Refusal::Request(status, _) => {
                let Code { code, title, .. } = Code::of(*status);
                (*status, code, title)
            }
        };
        let mut body = String::with_capacity(256);
        json::write_object(&mut body, |problem| {
            problem.put("type", format!("/docs/problems/{code}")).put("title", &title).put("status", status.as_u16());
            problem.put("code", &code).put("detail", self.refusal.sentence());
            problem.list("errors", |errors| {
                self.faults.iter().for_each(|fault| fault.put(errors));
            });
            problem.put("request_id", &request.id);
        });
        let mut response = Response::new(body.into());
        *response.status_mut() = status;
        let mut set = |name, value| drop(response.headers_mut().insert(name, HeaderValue::from_static(value)));
        set(header::CONTENT_TYPE, "application/problem+json");
        match status {
            StatusCode::UNAUTHORIZED => set(header::WWW_AUTHENTICATE, CHALLENGES),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                let wait = match &self.refusal {
                    Refusal::Operation(error) => error.wait,
                    Refusal::Request(..) => None,
                };
                response.headers_mut().insert(header::RETRY_AFTER, wait.unwrap_or(1).into());
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE if request.method == Method::PATCH => {
                set(header::HeaderName::from_static("accept-patch"), super::wire::PATCH_TYPES);
            }
            _ => {}
        }
        response
    }
}

/// What a program decides by.
pub(super) struct Code {
    pub(super) status: StatusCode,
    pub(super) code: Cow<'static, str>,
    pub(super) title: Cow<'static, str>,
}

impl Code {
    /// Of a request that cannot be used, whatever it asks for.
    fn of(status: StatusCode) -> Self {
        let title = status.canonical_reason().unwrap_or("Unusable Request").to_ascii_lowercase();
        let (first, rest) = title.split_at_checked(1).unwrap_or_default();
        let capital = first.to_ascii_uppercase() + rest;
        Self { status, code: title.replace(' ', "_").into(), title: capital.into() }
    }
}

/// What a request is refused with here or by the listener, whatever it asks for.
const REQUEST: &[StatusCode] = &[
    StatusCode::BAD_REQUEST,
    StatusCode::METHOD_NOT_ALLOWED,
    StatusCode::REQUEST_TIMEOUT,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::URI_TOO_LONG,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    StatusCode::EXPECTATION_FAILED,
    StatusCode::UNPROCESSABLE_ENTITY,
    StatusCode::PRECONDITION_REQUIRED,
    StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
    StatusCode::NOT_IMPLEMENTED,
    StatusCode::SERVICE_UNAVAILABLE,
    StatusCode::HTTP_VERSION_NOT_SUPPORTED,
];

/// The name of what is answered with a status, in the description of the API: `NotFound`.
pub(super) fn component(status: StatusCode) -> String {
    status.canonical_reason().unwrap_or_default().replace(' ', "")
}

/// Every code there is.
pub(super) fn codes() -> Vec<Code> {
    reasons().map(|(_, code)| code).chain(requests()).collect()
}

/// The codes of what the domain refuses.
pub(super) fn reasons() -> impl Iterator<Item = (Reason, Code)> {
    Reason::ALL.into_iter().map(|reason| {
        let (status, code, title) = words(reason);
        (reason, Code { status, code: code.into(), title: title.into() })
    })
}

/// The codes of requests that are refused whatever they ask for.
pub(super) fn requests() -> impl Iterator<Item = Code> {
    REQUEST.iter().map(|status| Code::of(*status))
}

/// The answer of a handler; of a refused one with everything that is wrong with the body.
pub(super) async fn answered<R: Into<Reply>>(
    request: &Request,
    answer: impl Future<Output = Result<R, Problem>>,
) -> Result<R, Refused> {
    answer.await.map_err(|problem| {
        let response = Some(problem.response(request));
        Refused { refusal: problem.refusal, response }
    })
}

pub(super) fn refuse(request: &Request, refusal: &Refusal) -> Response<Bytes> {
    Problem::from(refusal.clone()).response(request)
}

/// The member that a refusal of the domain is about. A field it names otherwise is a credential's.
fn at_member(error: &Error) -> Option<Fault> {
    match error.reason {
        Reason::AlreadyExists | Reason::Required | Reason::Invalid | Reason::TooLong => {
            Some(Fault { pointer: pointer(error.at?), error: error.clone() })
        }
        Reason::Unauthenticated
        | Reason::Forbidden
        | Reason::NotFound
        | Reason::Conflict
        | Reason::Locked
        | Reason::LimitExceeded
        | Reason::Unsupported
        | Reason::Busy
        | Reason::Internal => None,
    }
}

/// Status and code of a reason.
pub(super) const fn code(reason: Reason) -> (StatusCode, &'static str) {
    let (status, code, _) = words(reason);
    (status, code)
}

/// Status, code and title of every reason.
const fn words(reason: Reason) -> (StatusCode, &'static str, &'static str) {
    match reason {
        Reason::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated", "Not signed in"),
        Reason::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "Not allowed"),
        Reason::NotFound => (StatusCode::NOT_FOUND, "not_found", "Not found"),
        Reason::AlreadyExists => (StatusCode::CONFLICT, "already_exists", "Value belongs to another record"),
        Reason::Required => (StatusCode::BAD_REQUEST, "required", "Value missing"),
        Reason::Invalid => (StatusCode::BAD_REQUEST, "invalid", "Value cannot be used"),
        Reason::TooLong => (StatusCode::BAD_REQUEST, "too_long", "Value too long"),
        // What conflicts here is the version that the caller read with the one that is there.
        Reason::Conflict => (StatusCode::PRECONDITION_FAILED, "conflict", "Record has changed"),
        Reason::Locked => (StatusCode::LOCKED, "locked", "Record is locked"),
        Reason::LimitExceeded => (StatusCode::TOO_MANY_REQUESTS, "limit_exceeded", "Too much or too often"),
        Reason::Unsupported => (StatusCode::UNPROCESSABLE_ENTITY, "unsupported", "Not offered"),
        Reason::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Busy"),
        Reason::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Field;

    #[test]
    fn every_reason_has_a_code_of_its_own() {
        let mut codes: Vec<_> = Reason::ALL.into_iter().map(|reason| words(reason).1).collect();
        for (reason, code) in Reason::ALL.iter().zip(&codes) {
            let name: String = format!("{reason:?}")
                .chars()
                .flat_map(|c| c.is_uppercase().then_some('_').into_iter().chain([c.to_ascii_lowercase()]))
                .collect();
            assert_eq!(name.trim_start_matches('_'), *code);
        }
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Reason::ALL.len());
    }

    #[test]
    fn a_field_is_pointed_to_when_it_is_in_the_body() {
        for (reason, pointed) in [(Reason::TooLong, true), (Reason::Unauthenticated, false), (Reason::Internal, false)]
        {
            let problem = Problem::from(Error::new(reason, "…").at(Field::City));
            assert_eq!(problem.faults.first().map(|fault| &*fault.pointer), pointed.then_some("/address/city"));
        }
    }

    #[test]
    fn how_long_to_wait_is_said_as_it_is() {
        let request = crate::native::wire::tests::request(&[], "");
        for (wait, told) in [(Some(840), "840"), (None, "1")] {
            let error = Error { wait, ..Error::new(Reason::LimitExceeded, "…") };
            assert_eq!(Problem::from(error).response(&request).headers()[header::RETRY_AFTER], told);
        }
    }
}
