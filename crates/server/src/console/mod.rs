//! The console: pages for people, made on the server. A page decodes, runs operations of the domain and shows what came
//! of them; it holds no rule. Everything works without a script; the one there is only saves steps.

mod assets;
mod form;
mod layout;
mod pages;
mod shown;
mod snippet;
mod visit;
mod words;

use bytes::Bytes;
use dialects::{Answer, Refusal, Reply, Request, State};
use domain::Error;
use domain::error::Reason;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use std::sync::Arc;

use crate::encoding::compress;
use crate::inspector::Inspector;
use visit::{Outcome, Stranger, Visit};

/// The name in the history and the metrics.
pub(crate) const NAME: &str = "console";

/// Where the pages are.
const BASE: &str = "/console";

/// Nothing from outside, nothing inline, in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
                      trusted-types 'none'";

/// Whether a path is one of the console's.
pub(crate) fn claims(path: &str) -> bool {
    path == "/" || path == BASE || path.strip_prefix(BASE).is_some_and(|rest| rest.starts_with('/'))
}

/// The longest body that is taken at a path, in bytes: a whole file, where files are sent to.
pub(crate) fn largest_body(path: &str) -> Option<usize> {
    let path = path.strip_prefix(BASE)?;
    match path {
        "/attachments" => Some(domain::attachment::MAX_SIZE),
        // A reply with files, and room for its text.
        _ if path.starts_with("/tickets/") && path.ends_with("/messages") => {
            Some(domain::attachment::MAX_SIZE + (1 << 20))
        }
        _ => None,
    }
}

/// Answers with a page, whatever went wrong.
pub(crate) async fn answer(state: &Arc<State>, inspector: &Arc<Inspector>, request: &Request) -> Answer {
    let (operation, outcome) = route(state, inspector, request).await;
    let (reply, refused) = match outcome {
        Ok(reply) => (reply, None),
        Err(error) => {
            let page = pages::error::page(&Stranger::new(request), &error);
            (page.into(), Some(Refusal::Operation(error)))
        }
    };
    let Reply { mut response, pieces } = reply;
    secure(response.headers_mut());
    if pieces.is_none() {
        response = compress(&request.headers, response);
    }
    Answer { response, pieces, operation, refused }
}

async fn route(state: &Arc<State>, inspector: &Arc<Inspector>, request: &Request) -> (&'static str, Outcome) {
    let root = format!("{}{BASE}", visit::prefix(request));
    let Some(path) = request.path.strip_prefix(BASE) else { return ("", Ok(visit::see_other(&root).into())) };
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let is_read = matches!(request.method, Method::GET | Method::HEAD);
    if let ["static", file] = *segments {
        return ("", assets::answer(file).map(Into::into));
    }
    if !is_read && request.method != Method::POST {
        let text = format!("{} is not offered here", request.method);
        return ("", Err(Error::new(Reason::Unsupported, text)));
    }
    if !is_read && let Err(error) = visit::check_origin(request) {
        return ("", Err(error));
    }
    let stranger = Stranger::new(request);
    match (is_read, &*segments) {
        (true, ["sign-in"]) => return ("sign-in", Ok(pages::sign_in::show(state, &stranger).into())),
        (true, ["sign-in", "oidc"]) => return ("sign-in", pages::oidc::lead(state, &stranger).await),
        (true, ["sign-in", "done"]) => return ("sign-in", pages::oidc::done(state, &stranger).await),
        (false, ["sign-in"]) => return ("sign-in", pages::sign_in::run(state, &stranger).await),
        (false, ["preferences"]) => return ("", pages::sign_in::preferences(&stranger)),
        _ => {}
    }
    let visit = match Visit::open(state, inspector, request).await {
        Ok(visit) => visit,
        Err(error) if error.reason == Reason::Unauthenticated => {
            return ("", Ok(pages::sign_in::again(state, &stranger).into()));
        }
        Err(error) => return ("", Err(error)),
    };
    pages::answer(&visit, is_read, &segments).await
}

/// What every answer says to the browser, unless its page said otherwise.
fn secure(headers: &mut HeaderMap) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    // Without it a form would not tell where it came from.
    set(header::REFERRER_POLICY, "same-origin");
    set(header::CACHE_CONTROL, "no-store");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()");
}

/// A page of HTML.
fn html(status: StatusCode, page: &impl askama::Template) -> Response<Bytes> {
    let (status, body) = match page.render() {
        Ok(body) => (status, body),
        Err(error) => {
            tracing::error!(%error, "a page cannot be made");
            (StatusCode::INTERNAL_SERVER_ERROR, String::from("This page cannot be shown.\n"))
        }
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_its_own_paths_only() {
        for path in ["/", "/console", "/console/", "/console/customers/10"] {
            assert!(claims(path), "{path}");
        }
        for path in ["/consoles", "/Console", "//", "", "/v1", "/console.css"] {
            assert!(!claims(path), "{path}");
        }
    }
}
