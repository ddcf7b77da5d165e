//! OAuth 2.0 (RFC 6749, with RFC 7009, 7636, 8252 and 9700): users let programs act for them. The paths are those that the
//! programs of Bing Ads have compiled in. This is no dialect: it reaches no record but tokens.

mod authorize;
mod client;
mod page;
mod token;

use crate::{Answer, Refusal, Reply, Request, State};
use bytes::Bytes;
use domain::Error;
use domain::error::Reason;
use http::{HeaderValue, Method, Response, StatusCode, header};
use std::borrow::Cow;
use std::sync::Arc;
use wire::form;
use wire::json;

pub use client::{BadClient, Client, DEMO, clients};

/// The name of its calls in the log and the metrics.
pub const NAME: &str = "oauth";

/// What programs ask for, and the dialect that it is for.
const SCOPES: &[(&str, &str)] = &[
    ("bingads.manage", "bing_ads"),
    ("https://ads.microsoft.com/msads.manage", "bing_ads"),
    ("https://ads.microsoft.com/ads.manage", "bing_ads"),
    ("native", "native"),
];

/// What every program gets, asked for or not: a way to renew the token.
const OFFLINE: &str = "offline_access";

/// Most bytes and parameters of a request.
const LIMITS: form::Limits = form::Limits { bytes: 16 * 1024, pairs: 50 };

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Authorize,
    Token,
    Revoke,
    /// Where a program without an address of its own has the code sent: it reads it from the browser's.
    Desktop,
    Metadata,
}

impl Place {
    fn of(path: &str) -> Option<Self> {
        Some(match path {
            "/oauth20_authorize.srf" | "/common/oauth2/v2.0/authorize" => Self::Authorize,
            "/oauth20_token.srf" | "/common/oauth2/v2.0/token" => Self::Token,
            "/common/oauth2/v2.0/revoke" => Self::Revoke,
            "/oauth20_desktop.srf" | "/common/oauth2/nativeclient" => Self::Desktop,
            "/.well-known/oauth-authorization-server" => Self::Metadata,
            _ => return None,
        })
    }
}

/// Whether a path is one of these.
pub fn claims(path: &str) -> bool {
    Place::of(path).is_some()
}

/// Answers a request at one of the paths.
pub async fn answer(state: &Arc<State>, request: &Request) -> Answer {
    let (operation, allowed) = match Place::of(&request.path) {
        Some(Place::Authorize) => ("authorize", "GET, POST"),
        Some(Place::Token) => ("token", "POST"),
        Some(Place::Revoke) => ("revoke", "POST"),
        Some(Place::Desktop) => ("desktop", "GET"),
        Some(Place::Metadata) | None => ("metadata", "GET"),
    };
    let outcome = match (Place::of(&request.path), &request.method) {
        (Some(Place::Authorize), &Method::GET) => authorize::show(state, request).await,
        (Some(Place::Authorize), &Method::POST) => authorize::decide(state, request).await,
        (Some(Place::Token), &Method::POST) => token::give(state, request).await,
        (Some(Place::Revoke), &Method::POST) => token::revoke(state, request).await,
        (Some(Place::Desktop), &Method::GET) => Ok(page::done()),
        (Some(Place::Metadata), &Method::GET) => Ok(metadata(request)),
        _ => {
            let text = format!("Only {allowed} is offered here");
            let mut refused = page::refused(StatusCode::METHOD_NOT_ALLOWED, &text);
            refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
            Err((refused, Refusal::request(StatusCode::METHOD_NOT_ALLOWED, text)))
        }
    };
    let (mut response, refused) = match outcome {
        Ok(response) => (response, None),
        Err((response, refusal)) => (response, Some(refusal)),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let Reply { response, pieces } = response.into();
    Answer { response, pieces, operation, refused }
}

/// What is answered, and why, if it is a refusal.
type Outcome = Result<Response<Bytes>, (Response<Bytes>, Refusal)>;

type Pairs<'a> = form::Pairs<'a>;

/// One value of a parameter. Two are two answers to one question: nobody is to choose between them.
fn one<'a>(pairs: &'a Pairs<'_>, name: &str) -> Result<Option<&'a str>, Error> {
    let mut values = pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| &**value);
    let value = values.next();
    if values.next().is_some() {
        return Err(Error::new(Reason::Invalid, format!("{name} is there twice")));
    }
    Ok(value.filter(|value| !value.is_empty()))
}

fn pairs(bytes: &[u8]) -> Result<Pairs<'_>, Error> {
    form::parse(bytes, &LIMITS).map_err(|error| Error::new(Reason::Invalid, error.to_string()))
}

/// The dialects that a program asks for.
fn dialects(scope: &str) -> Option<Vec<String>> {
    let mut dialects = Vec::new();
    for word in scope.split(' ').filter(|word| !word.is_empty() && *word != OFFLINE) {
        let (_, dialect) = SCOPES.iter().find(|(known, _)| *known == word)?;
        if !dialects.iter().any(|known| known == dialect) {
            dialects.push((*dialect).to_owned());
        }
    }
    Some(dialects).filter(|dialects| !dialects.is_empty())
}

/// What is said of the dialects of a token.
fn scope(dialects: &[String]) -> String {
    let of = |dialect: &String| SCOPES.iter().find(|(_, known)| known == dialect).map(|(scope, _)| *scope);
    dialects.iter().filter_map(of).chain([OFFLINE]).collect::<Vec<_>>().join(" ")
}

/// RFC 8414.
fn metadata(request: &Request) -> Response<Bytes> {
    let base = &request.base_url;
    let mut body = String::with_capacity(512);
    json::write_object(&mut body, |object| {
        let mut list = |name: &str, values: &[&str]| {
            object.list(name, |list| {
                for value in values {
                    list.put(*value);
                }
            });
        };
        list("response_types_supported", &["code"]);
        list("grant_types_supported", &["authorization_code", "refresh_token"]);
        list("code_challenge_methods_supported", &["S256"]);
        let methods = ["none", "client_secret_basic", "client_secret_post"];
        list("token_endpoint_auth_methods_supported", &methods);
        list("revocation_endpoint_auth_methods_supported", &methods);
        list("scopes_supported", &SCOPES.iter().map(|(scope, _)| *scope).chain([OFFLINE]).collect::<Vec<_>>());
        object.put("issuer", base);
        object.put("authorization_endpoint", format!("{base}/common/oauth2/v2.0/authorize"));
        object.put("token_endpoint", format!("{base}/common/oauth2/v2.0/token"));
        object.put("revocation_endpoint", format!("{base}/common/oauth2/v2.0/revoke"));
        object.put("authorization_response_iss_parameter_supported", true);
    });
    told(StatusCode::OK, body, "application/json")
}

fn told(status: StatusCode, body: String, kind: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// What an error of ours is called (RFC 6749, 4.1.2.1 and 5.2).
fn code(reason: Reason) -> &'static str {
    match reason {
        Reason::Required | Reason::Invalid | Reason::TooLong | Reason::NotFound => "invalid_request",
        Reason::Unauthenticated | Reason::Forbidden | Reason::Locked => "access_denied",
        Reason::LimitExceeded | Reason::Busy => "temporarily_unavailable",
        Reason::AlreadyExists | Reason::Conflict | Reason::Unsupported | Reason::Internal => "server_error",
    }
}

/// Adds parameters to an address.
pub(crate) fn with(address: &str, parameters: &[(&str, &str)]) -> String {
    let mut whole = address.to_owned();
    for (name, value) in parameters {
        whole.push(if whole.contains('?') { '&' } else { '?' });
        whole.push_str(name);
        whole.push('=');
        whole.push_str(&encoded(value));
    }
    whole
}

/// A text as it stands in an address.
pub(crate) fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut whole, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => whole.push(char::from(byte)),
            _ => whole.push_str(&format!("%{byte:02X}")),
        }
        whole
    })
}

/// Text that stands in a page.
fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let escape = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&#39;".to_owned(),
        c => c.to_string(),
    };
    Cow::Owned(text.chars().map(escape).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_dialects() {
        assert_eq!(dialects("bingads.manage"), Some(vec!["bing_ads".to_owned()]));
        let both = dialects("https://ads.microsoft.com/msads.manage offline_access bingads.manage native");
        assert_eq!(both, Some(vec!["bing_ads".to_owned(), "native".to_owned()]));
        for nothing in ["", "offline_access", "everything", "bingads.manage everything"] {
            assert_eq!(dialects(nothing), None, "{nothing}");
        }
        assert_eq!(scope(&["bing_ads".to_owned()]), "bingads.manage offline_access");
    }

    #[test]
    fn what_is_added_to_an_address_is_only_a_parameter() {
        assert_eq!(with("https://a.example/x", &[("state", "a b&c=#")]), "https://a.example/x?state=a%20b%26c%3D%23");
        assert_eq!(with("https://a.example/?y=1", &[("code", "z")]), "https://a.example/?y=1&code=z");
        assert_eq!(escaped("<b a='\"&"), "&lt;b a=&#39;&quot;&amp;");
    }
}
