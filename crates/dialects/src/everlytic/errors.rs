//! Refusals: the HTTP status says the kind, an error object the rest.

use super::fields::Problem;
use super::{rpc, wire};
use crate::route::Refused;
use crate::{Refusal, Request};
use ::wire::xmlrpc::Fault;
use bytes::Bytes;
use domain::Error;
use domain::error::Reason;
use http::{HeaderValue, Response, StatusCode, header};

/// Never another: some clients send their password only to the realm they know.
pub(super) const CHALLENGE: HeaderValue = HeaderValue::from_static("Basic realm=\"Everlytic API\"");

pub(super) fn refuse(request: &Request, refusal: &Refusal) -> Response<Bytes> {
    match refusal {
        _ if rpc::is_here(&request.path) => rpc::refuse(refusal),
        Refusal::Request(status, sentence) => respond(request, *status, sentence, &[]),
        Refusal::Operation(error) => {
            let problem = Problem::of(error);
            let sentence = problem.as_ref().map_or(&*error.message, |problem| &problem.sentence);
            respond(request, status(error.reason), sentence, problem.as_slice())
        }
    }
}

/// A refusal as XML-RPC has it: the code is the status that REST answers with. What is wrong with properties is told,
/// all at once.
pub(super) fn fault(error: &Error, problems: &[Problem]) -> Fault {
    let own = Problem::of(error);
    let problems = if problems.is_empty() { own.as_slice() } else { problems };
    let sentence = if problems.is_empty() { error.message.clone().into_owned() } else { sentences(problems) };
    Fault::new(status(error.reason).as_u16().into(), sentence)
}

fn sentences(problems: &[Problem]) -> String {
    problems.iter().map(|problem| &*problem.sentence).collect::<Vec<_>>().join("; ")
}

/// Refuses properties, all that are wrong at once.
pub(super) fn refuse_properties(request: &Request, error: Error, problems: &[Problem]) -> Refused {
    let response =
        (!problems.is_empty()).then(|| respond(request, StatusCode::BAD_REQUEST, &sentences(problems), problems));
    Refused { refusal: error.into(), response }
}

fn respond(request: &Request, status: StatusCode, sentence: &str, problems: &[Problem]) -> Response<Bytes> {
    let mut response = wire::error(request, status, sentence, problems);
    let headers = response.headers_mut();
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, CHALLENGE);
    }
    if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// The vendor knows 400, 401, 403 and 404; it never mentions 409.
const fn status(reason: Reason) -> StatusCode {
    match reason {
        Reason::Unauthenticated => StatusCode::UNAUTHORIZED,
        Reason::Forbidden => StatusCode::FORBIDDEN,
        Reason::NotFound => StatusCode::NOT_FOUND,
        Reason::AlreadyExists
        | Reason::Required
        | Reason::Invalid
        | Reason::TooLong
        | Reason::Conflict
        | Reason::Locked
        | Reason::Unsupported => StatusCode::BAD_REQUEST,
        Reason::LimitExceeded => StatusCode::TOO_MANY_REQUESTS,
        Reason::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Reason::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Field;
    use http::{HeaderMap, Method};
    use std::net::{IpAddr, Ipv4Addr};

    fn refused(refusal: &Refusal, accept: &'static str) -> (u16, String, HeaderMap) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        let request = Request {
            method: Method::PUT,
            path: "/api/2.0/customers/7".to_owned(),
            query: None,
            headers,
            body: Bytes::new(),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            base_url: String::new(),
            tenant: None,
            id: String::new(),
        };
        let (parts, body) = refuse(&request, refusal).into_parts();
        (parts.status.as_u16(), String::from_utf8(body.to_vec()).unwrap(), parts.headers)
    }

    #[test]
    fn every_reason_has_a_status() {
        for reason in Reason::ALL {
            let (status, body, headers) = refused(&Error::new(reason, "Why").into(), "*/*");
            assert!((400..=503).contains(&status) && status != 409, "{reason:?}");
            assert_eq!(body, format!("{{\"error\":{{\"code\":{status},\"message\":\"Why\"}}}}"));
            let challenged = headers.get(header::WWW_AUTHENTICATE).is_some();
            assert_eq!(challenged, reason == Reason::Unauthenticated, "{reason:?}");
            let later = headers.contains_key(header::RETRY_AFTER);
            assert_eq!(later, matches!(reason, Reason::Busy | Reason::LimitExceeded), "{reason:?}");
        }
    }

    #[test]
    fn a_field_is_told_under_the_vendors_name_or_not_at_all() {
        let at = |field: Field| refused(&Error::invalid(field, format!("{field} is wrong")).into(), "*/*").1;
        let told = "postal_code is wrong\",\"fields\":{\"postal_code\":\"postal_code is wrong\"}}}";
        assert!(at(Field::PostalCode).ends_with(told), "{}", at(Field::PostalCode));
        assert_eq!(at(Field::ExpiresAt), "{\"error\":{\"code\":400,\"message\":\"expires_at is wrong\"}}");
    }

    #[test]
    fn what_the_listener_refused_is_answered_in_the_preferred_format() {
        for status in [StatusCode::BAD_REQUEST, StatusCode::REQUEST_TIMEOUT, StatusCode::PAYLOAD_TOO_LARGE] {
            let refusal = Refusal::request(status, "Too <much>");
            let code = status.as_u16();
            let json = format!("{{\"error\":{{\"code\":{code},\"message\":\"Too <much>\"}}}}");
            let (_, body, headers) = refused(&refusal, "application/json");
            assert_eq!(
                (&*body, headers[header::CONTENT_TYPE].as_bytes()),
                (&*json, &b"application/json; charset=utf-8"[..])
            );
            let (found, body, _) = refused(&refusal, "application/xml");
            assert_eq!(found, code);
            assert!(
                body.ends_with(&format!("<code>{code}</code><message>Too &lt;much&gt;</message></error></response>"))
            );
        }
    }
}
