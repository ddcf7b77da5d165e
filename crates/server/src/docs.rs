//! The description of the native API, as a document for programs.

use crate::http::Body;
use bytes::Bytes;
use dialects::native::openapi::{Version, openapi};
use http::{HeaderValue, Method, Response, StatusCode, header};

/// What is at such a path; `None` where nothing of this is. Nobody needs to sign in for it: it holds no data.
pub(crate) fn answer(method: &Method, path: &str, query: Option<&str>) -> Option<Response<Body>> {
    if path != "/openapi.json" {
        return None;
    }
    if !matches!(*method, Method::GET | Method::HEAD) {
        let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD are offered here.\n");
        refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return Some(refused);
    }
    let version = match query.unwrap_or_default() {
        "" => Some(Version::V3_1),
        query => query.strip_prefix("version=").and_then(Version::named),
    };
    let Some(version) = version else {
        return Some(text(StatusCode::BAD_REQUEST, "The versions are ?version=3.1 and ?version=3.0.\n"));
    };
    Some(content("application/json", openapi(version)))
}

fn content(kind: &'static str, body: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(Bytes::from_static(body.as_bytes())));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn text(status: StatusCode, body: &'static str) -> Response<Body> {
    let mut response = content("text/plain; charset=utf-8", body);
    *response.status_mut() = status;
    response
}
