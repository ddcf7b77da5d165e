//! The documentation of the native API: its description for programs, the same as pages for people, and a page about
//! each problem. Nobody needs to sign in for them, they hold no data, and they need nothing from elsewhere.

mod html;
mod problem;
mod reference;

use crate::http::Body;
use bytes::Bytes;
use dialects::native::openapi::{Version, openapi};
use http::{HeaderValue, Method, Response, StatusCode, header};
use std::sync::LazyLock;

const HTML: &str = "text/html; charset=utf-8";

/// What a page may load: its own style and script, and answers of this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// What is at such a path; `None` where nothing of this is.
pub(crate) fn answer(method: &Method, path: &str, query: Option<&str>) -> Option<Response<Body>> {
    static REFERENCE: LazyLock<String> = LazyLock::new(reference::page);
    static PROBLEMS: LazyLock<String> = LazyLock::new(problem::list);
    static PAGES: LazyLock<Vec<(&str, String)>> = LazyLock::new(problem::pages);
    let response = match path {
        "/openapi.json" => description(query),
        "/docs" | "/docs/" => content(HTML, &REFERENCE),
        "/docs/style.css" => content("text/css; charset=utf-8", include_str!("style.css")),
        "/docs/try.js" => content("text/javascript; charset=utf-8", include_str!("try.js")),
        "/docs/problems" | "/docs/problems/" => content(HTML, &PROBLEMS),
        _ => {
            let code = path.strip_prefix("/docs/problems/")?;
            content(HTML, &PAGES.iter().find(|(known, _)| *known == code)?.1)
        }
    };
    Some(only_read(method, response))
}

fn description(query: Option<&str>) -> Response<Body> {
    let version = match query.unwrap_or_default() {
        "" => Some(Version::V3_1),
        query => query.strip_prefix("version=").and_then(Version::named),
    };
    match version {
        Some(version) => content("application/json", openapi(version)),
        None => text(StatusCode::BAD_REQUEST, "The versions are ?version=3.1 and ?version=3.0.\n"),
    }
}

/// The answer at an address that is only read; anything else is refused (RFC 9110 §15.5.6).
pub(crate) fn only_read(method: &Method, response: Response<Body>) -> Response<Body> {
    let mut response = match *method {
        Method::GET | Method::HEAD => return response,
        Method::OPTIONS => Response::new(Body::from(Bytes::new())),
        _ => text(StatusCode::METHOD_NOT_ALLOWED, "Only GET, HEAD and OPTIONS are offered here.\n"),
    };
    if *method == Method::OPTIONS {
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
    response
}

fn content(kind: &'static str, body: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(Bytes::from_static(body.as_bytes())));
    let mut set = |name, value| drop(response.headers_mut().insert(name, HeaderValue::from_static(value)));
    set(header::CONTENT_TYPE, kind);
    set(header::CACHE_CONTROL, "no-cache");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if kind == HTML {
        set(header::CONTENT_SECURITY_POLICY, POLICY);
        set(header::REFERRER_POLICY, "no-referrer");
    }
    response
}

fn text(status: StatusCode, body: &'static str) -> Response<Body> {
    let mut response = content("text/plain; charset=utf-8", body);
    *response.status_mut() = status;
    response
}
