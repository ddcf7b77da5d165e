//! Pages of other sites may call the native API when the operator names them; without that, browsers keep them out.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};

/// What a page may send.
const REQUEST_HEADERS: &str = "authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id, \
                               prefer, traceparent, x-request-id";

/// What a page may read besides the body.
const RESPONSE_HEADERS: &str = "etag, link, location, preference-applied, ratelimit, ratelimit-policy, retry-after, \
                                x-request-id";

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";

/// The sites whose pages may call.
#[derive(Clone, Debug, Default)]
pub struct Cors {
    origins: Vec<String>,
}

impl Cors {
    /// Of a list such as `https://crm.example, http://localhost:3000`, or `*` for all.
    ///
    /// # Errors
    /// The entry that is no origin.
    pub fn parse(list: &str) -> Result<Self, String> {
        let origins = list.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        let origins: Vec<_> = origins.map(str::to_ascii_lowercase).collect();
        let is_origin = |origin: &String| {
            let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            origin == "*" || host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ', '*']))
        };
        match origins.iter().find(|origin| !is_origin(origin)) {
            Some(wrong) => Err(format!("{wrong} is no origin: write https://crm.example, without a path, or *")),
            None => Ok(Self { origins }),
        }
    }

    /// The origin of a request, if its pages may call.
    fn allowed(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let origin = request.get(header::ORIGIN)?;
        let is = |known: &String| known == "*" || origin.as_bytes().eq_ignore_ascii_case(known.as_bytes());
        self.origins.iter().any(is).then(|| origin.clone())
    }

    /// Answers a browser that asks before it calls.
    pub(crate) fn preflight(&self, method: &Method, request: &HeaderMap) -> Option<Response<Bytes>> {
        if method != Method::OPTIONS || !request.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
            return None;
        }
        self.allowed(request)?;
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        let mut put = |name: HeaderName, value| drop(headers.insert(name, HeaderValue::from_static(value)));
        put(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        put(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        put(header::ACCESS_CONTROL_MAX_AGE, "600");
        self.allow(request, headers);
        Some(response)
    }

    /// Lets the page read the answer. Nothing is said while no origin is configured.
    pub(crate) fn allow(&self, request: &HeaderMap, response: &mut HeaderMap) {
        if self.origins.is_empty() {
            return;
        }
        response.append(header::VARY, HeaderValue::from_static("origin"));
        if let Some(origin) = self.allowed(request) {
            response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            response.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(RESPONSE_HEADERS));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(origin: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        headers.insert(header::ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("PATCH"));
        headers
    }

    #[test]
    fn only_named_origins_are_let_in() {
        let cors = Cors::parse("https://crm.example, http://localhost:3000").unwrap();
        for (origin, allowed) in [
            ("https://crm.example", true),
            ("http://localhost:3000", true),
            ("http://localhost:3001", false),
            ("https://crm.example.evil.example", false),
            ("null", false),
        ] {
            let preflight = cors.preflight(&Method::OPTIONS, &from(origin));
            assert_eq!(preflight.is_some(), allowed, "{origin}");
            let mut answer = HeaderMap::new();
            cors.allow(&from(origin), &mut answer);
            let told = answer.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).map(HeaderValue::as_bytes);
            assert_eq!(told, allowed.then_some(origin.as_bytes()), "{origin}");
            assert_eq!(answer[header::VARY], "origin");
        }
        assert!(Cors::parse("*").unwrap().preflight(&Method::OPTIONS, &from("https://any.example")).is_some());
    }

    #[test]
    fn nothing_is_said_until_it_is_configured() {
        let cors = Cors::parse("").unwrap();
        let mut answer = HeaderMap::new();
        cors.allow(&from("https://crm.example"), &mut answer);
        assert!(answer.is_empty() && cors.preflight(&Method::OPTIONS, &from("https://crm.example")).is_none());
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for wrong in ["crm.example", "https://crm.example/", "https://", "https://*.example", "ftp://crm.example"] {
            assert!(Cors::parse(wrong).unwrap_err().contains(wrong), "{wrong}");
        }
    }
}
