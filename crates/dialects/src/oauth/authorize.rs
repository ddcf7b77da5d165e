//! A user signs in and lets a program in, or does not.

use super::client::Client;
use super::{NAME, Outcome, Pairs, code, dialects, one, page, pairs, with};
use crate::sign_in::{Credential, digest};
use crate::{Refusal, Request, State};
use bytes::Bytes;
use domain::Error;
use domain::error::Reason;
use domain::operation::IssueCode;
use http::{HeaderValue, Response, StatusCode, header};
use std::sync::Arc;

/// The parameters that go through the page and back.
const KEPT: &[&str] =
    &["response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"];

/// Longest `state`, in bytes.
const STATE_MAX: usize = 4_096;

/// What a program asks for, once it is known where to send it an answer.
struct Asked<'a> {
    client: &'a Client,
    redirect_uri: &'a str,
    state: Option<&'a str>,
}

/// What is wrong with what it asks for: the name of the error, and a sentence.
struct Wrong(&'static str, String);

impl<'a> Asked<'a> {
    /// # Errors
    /// What only the user can be told: that a stranger asks, or that the answer would go to one.
    fn read(state: &'a State, pairs: &'a Pairs<'_>) -> Result<Self, Error> {
        let invalid = |text: String| Error::new(Reason::Invalid, text);
        let id = one(pairs, "client_id")?.unwrap_or_default();
        let client = state.clients.iter().find(|client| client.id == id);
        let client = client.ok_or_else(|| invalid("No program is registered under this client_id".to_owned()))?;
        let redirect_uri = match one(pairs, "redirect_uri")? {
            Some(uri) => uri,
            None => match &*client.redirect_uris {
                [only] => only,
                _ => return Err(invalid("redirect_uri is missing".to_owned())),
            },
        };
        if !client.may_send_to(redirect_uri) {
            return Err(invalid("This redirect_uri is not registered for this program".to_owned()));
        }
        let state = one(pairs, "state")?;
        if state.is_some_and(|state| state.len() > STATE_MAX) {
            return Err(invalid(format!("state has more than {STATE_MAX} bytes")));
        }
        Ok(Self { client, redirect_uri, state })
    }

    /// The dialects that are asked for, and the challenge.
    fn check<'p>(&self, pairs: &'p Pairs<'_>) -> Result<(Vec<String>, Option<&'p str>), Wrong> {
        let one = |name| one(pairs, name).map_err(|error| Wrong("invalid_request", error.to_string()));
        match one("response_type")? {
            Some("code") => {}
            _ => return Err(Wrong("unsupported_response_type", "response_type must be code".to_owned())),
        }
        let dialects = dialects(one("scope")?.unwrap_or_default());
        let dialects = dialects.ok_or_else(|| Wrong("invalid_scope", "This scope is not offered".to_owned()))?;
        let challenge = one("code_challenge")?;
        if challenge.is_none() && self.client.needs_challenge(self.redirect_uri) {
            return Err(Wrong("invalid_request", "code_challenge is missing (RFC 7636)".to_owned()));
        }
        let is_digest = |text: &str| {
            text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let is_known = one("code_challenge_method")? == Some("S256");
        if challenge.is_some_and(|challenge| !is_known || !is_digest(challenge)) {
            return Err(Wrong("invalid_request", "code_challenge must be one of the method S256".to_owned()));
        }
        Ok((dialects, challenge))
    }

    /// Leads the user back to the program.
    fn send(&self, request: &Request, parameters: &[(&str, &str)]) -> Response<Bytes> {
        let state = self.state.map(|state| ("state", state));
        // Which server it was: a program that knows several is not misled (RFC 9207).
        let all: Vec<_> = parameters.iter().copied().chain(state).chain([("iss", &*request.base_url)]).collect();
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::FOUND;
        if let Ok(address) = HeaderValue::try_from(with(self.redirect_uri, &all)) {
            response.headers_mut().insert(header::LOCATION, address);
        }
        response
    }

    fn send_error(&self, request: &Request, Wrong(name, text): Wrong) -> (Response<Bytes>, Refusal) {
        let response = self.send(request, &[("error", name), ("error_description", &text)]);
        (response, Refusal::request(StatusCode::FOUND, text))
    }

    /// The page that asks the user.
    fn ask(&self, status: StatusCode, pairs: &Pairs<'_>, problem: &str) -> Response<Bytes> {
        let kept: Vec<_> = KEPT.iter().filter_map(|name| Some((*name, one(pairs, name).ok()??))).collect();
        let goes_to = self.redirect_uri.split('/').take(3).collect::<Vec<_>>().join("/");
        page::ask(status, &self.client.id, &goes_to, &kept, problem)
    }
}

/// What nobody can be sent back with.
fn refused(error: Error) -> (Response<Bytes>, Refusal) {
    (page::refused(StatusCode::BAD_REQUEST, &error.message), error.into())
}

pub(super) async fn show(state: &Arc<State>, request: &Request) -> Outcome {
    state.rates.take_of_address(request.address, state.app.now()).map_err(refused)?;
    let pairs = pairs(request.query.as_deref().unwrap_or_default().as_bytes()).map_err(refused)?;
    let asked = Asked::read(state, &pairs).map_err(refused)?;
    asked.check(&pairs).map_err(|wrong| asked.send_error(request, wrong))?;
    Ok(asked.ask(StatusCode::OK, &pairs, ""))
}

pub(super) async fn decide(state: &Arc<State>, request: &Request) -> Outcome {
    let pairs = pairs(&request.body).map_err(refused)?;
    let asked = Asked::read(state, &pairs).map_err(refused)?;
    let (dialects, challenge) = asked.check(&pairs).map_err(|wrong| asked.send_error(request, wrong))?;
    let one = |name| one(&pairs, name);
    if one("decision").map_err(refused)? != Some("allow") {
        return Err(asked.send_error(request, Wrong("access_denied", "The user did not allow it".to_owned())));
    }
    let (name, password) =
        (one("username").map_err(refused)?.unwrap_or_default(), one("password").map_err(refused)?.unwrap_or_default());
    match let_in(state, request, &asked, (name, password), dialects, challenge).await {
        Ok(code) => Ok(asked.send(request, &[("code", &code)])),
        Err(error) if matches!(error.reason, Reason::Unauthenticated | Reason::LimitExceeded) => {
            let status = if error.reason == Reason::Unauthenticated {
                StatusCode::UNAUTHORIZED
            } else {
                StatusCode::TOO_MANY_REQUESTS
            };
            Err((asked.ask(status, &pairs, &error.message), error.into()))
        }
        Err(error) => Err(asked.send_error(request, Wrong(code(error.reason), error.message.into_owned()))),
    }
}

/// Proves the user for each dialect that is asked for, and makes the code.
async fn let_in(
    state: &Arc<State>,
    request: &Request,
    asked: &Asked<'_>,
    (name, password): (&str, &str),
    dialects: Vec<String>,
    challenge: Option<&str>,
) -> Result<String, Error> {
    let mut caller = None;
    for dialect in crate::oauth::SCOPES.iter().map(|(_, dialect)| *dialect) {
        if dialects.iter().any(|asked| asked == dialect) {
            caller = Some(state.sign_in(request, dialect, Credential::Password { name, password }).await?);
        }
    }
    let caller = caller.ok_or_else(|| Error::internal("a scope without a dialect"))?;
    let code = state.random_key();
    let issue = IssueCode {
        digest: digest(&code),
        client: asked.client.id.clone(),
        redirect_uri: asked.redirect_uri.to_owned(),
        challenge: challenge.map(str::to_owned),
        dialects,
    };
    state.run(issue, &caller, request.origin(NAME, "authorize", &caller)).await?;
    Ok(code)
}
