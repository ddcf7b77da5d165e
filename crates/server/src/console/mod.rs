//! The console: pages for people, made on the server. A page decodes, runs operations of the domain and shows what came
//! of them; it holds no rule. Everything works without a script; the one there is only saves steps.

mod assets;
mod form;
mod layout;
mod pages;
mod program;
mod refusal;
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
use crate::process::Process;
use layout::Page;
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
pub(crate) async fn answer(state: &Arc<State>, process: &Arc<Process>, request: &Request) -> Answer {
    let Routed { operation, outcome, frame } = route(state, process, request).await;
    let (reply, refused) = match outcome {
        Ok(reply) => (reply, None),
        Err(error) => {
            let stranger = Stranger::new(request);
            let page = pages::error::page(frame.unwrap_or_else(|| stranger.page("")), &error);
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

/// What a request led to.
struct Routed {
    operation: &'static str,
    outcome: Outcome,
    /// The frame of the page that says what is in the way, for who is known.
    frame: Option<Page>,
}

impl Routed {
    const fn unknown(operation: &'static str, outcome: Outcome) -> Self {
        Self { operation, outcome, frame: None }
    }
}

async fn route(state: &Arc<State>, process: &Arc<Process>, request: &Request) -> Routed {
    let root = format!("{}{BASE}", visit::prefix(request));
    let Some(path) = request.path.strip_prefix(BASE) else {
        return Routed::unknown("", Ok(visit::see_other(&root).into()));
    };
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let is_read = matches!(request.method, Method::GET | Method::HEAD);
    if let ["static", file] = *segments {
        return Routed::unknown("", assets::answer(file).map(Into::into));
    }
    if !is_read && request.method != Method::POST {
        let text = format!("{} is not offered here", request.method);
        return Routed::unknown("", Err(Error::new(Reason::Unsupported, text)));
    }
    if !is_read && let Err(error) = visit::check_origin(request) {
        return Routed::unknown("", Err(error));
    }
    let stranger = Stranger::new(request);
    let signing_in = match (is_read, &*segments) {
        (true, ["sign-in"]) => Ok(pages::sign_in::show(state, &stranger).into()),
        (true, ["sign-in", "oidc"]) => pages::oidc::lead(state, &stranger).await,
        (true, ["sign-in", "done"]) => pages::oidc::done(state, &stranger).await,
        (false, ["sign-in"]) => pages::sign_in::run(state, &stranger).await,
        (false, ["preferences"]) => return Routed::unknown("", pages::sign_in::preferences(&stranger)),
        _ => return known(state, process, request, is_read, &segments).await,
    };
    Routed::unknown("sign-in", signing_in)
}

/// A request of somebody who must have signed in.
async fn known(
    state: &Arc<State>,
    process: &Arc<Process>,
    request: &Request,
    is_read: bool,
    segments: &[&str],
) -> Routed {
    let visit = match Visit::open(state, process, request).await {
        Ok(visit) => visit,
        Err(error) if error.reason == Reason::Unauthenticated => {
            return Routed::unknown("", Ok(pages::sign_in::again(state, &Stranger::new(request)).into()));
        }
        Err(error) => return Routed::unknown("", Err(error)),
    };
    let (operation, outcome) = pages::answer(&visit, is_read, segments).await;
    let frame = outcome.is_err().then(|| visit.page("error", ""));
    Routed { operation, outcome, frame }
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
