//! A program gets its token for a code, and another one for what renews it.

use super::{NAME, Outcome, Pairs, code, one, pairs, scope, told};
use crate::session::KEY_LENGTH;
use crate::sign_in::{MAX_CREDENTIAL, digest};
use crate::{Refusal, Request, State};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use domain::error::Reason;
use domain::operation::{Granted, Grants, RedeemCode, RenewToken, RevokeToken};
use domain::tenant::Tenant;
use domain::{Caller, Error};
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use wire::{basic, json};

/// Why a program gets no token: the name of the error, and a sentence.
struct Wrong(&'static str, Error);

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        Self(code(error.reason), error)
    }
}

fn wrong(name: &'static str, text: &'static str) -> Wrong {
    Wrong(name, Error::new(Reason::Invalid, text))
}

pub(super) async fn give(state: &Arc<State>, request: &Request) -> Outcome {
    given(state, request).await.map_err(refused)
}

fn refused(Wrong(name, error): Wrong) -> (Response<Bytes>, Refusal) {
    let mut body = String::with_capacity(128);
    json::write_object(&mut body, |object| {
        object.put("error", name).put("error_description", &error.message);
    });
    let status = match error.reason {
        Reason::LimitExceeded => StatusCode::TOO_MANY_REQUESTS,
        Reason::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Reason::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ if name == "invalid_client" => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    let mut response = told(status, body, "application/json");
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic realm=\"samerow\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    (response, Refusal::from(error))
}

async fn given(state: &Arc<State>, request: &Request) -> Result<Response<Bytes>, Wrong> {
    let now = state.app.now();
    state.rates.take_of_address(request.address, now)?;
    let pairs = pairs(&request.body)?;
    let one = |name| one(&pairs, name);
    let client = client(state, request, &pairs)?;
    let id = &*client;
    let (access, family, refresh) = (format!("sr_{}", state.random_key()), state.random_key(), state.random_key());
    let grants = Grants { access: digest(&access), family: Some(digest(&family)), refresh: digest(&refresh) };
    let caller = Arc::new(Caller::anonymous(Tenant::DEFAULT));
    let origin = request.origin(NAME, "token", &caller);
    let (granted, family) = match one("grant_type")? {
        Some("authorization_code") => {
            let shown = one("code")?.ok_or_else(|| wrong("invalid_request", "code is missing"))?;
            let verifier = one("code_verifier")?;
            let challenge = verifier.map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
            let redirect_uri = one("redirect_uri")?.unwrap_or_default().to_owned();
            check_length(shown)?;
            let client = client.clone();
            let redeem = RedeemCode { digest: digest(shown), client, redirect_uri, challenge, grants };
            (state.run(redeem, &caller, origin).await?, family)
        }
        Some("refresh_token") => {
            let shown = one("refresh_token")?.ok_or_else(|| wrong("invalid_request", "refresh_token is missing"))?;
            check_length(shown)?;
            let (family, part) = shown.split_at_checked(KEY_LENGTH).unwrap_or_default();
            let grants = Grants { family: None, ..grants };
            let renew = RenewToken { family: digest(family), refresh: digest(part), client: client.clone(), grants };
            (state.run(renew, &caller, origin).await?, family.to_owned())
        }
        _ => {
            let text = "grant_type must be authorization_code or refresh_token";
            return Err(wrong("unsupported_grant_type", text));
        }
    };
    match granted {
        Granted::Given { until, dialects, user } => {
            let mut body = String::with_capacity(256);
            json::write_object(&mut body, |object| {
                object.put("token_type", "bearer").put("expires_in", until.seconds() - now.seconds());
                object.put("scope", scope(&dialects)).put("access_token", &access);
                object.put("refresh_token", format!("{family}{refresh}")).put("user_id", user.to_string());
            });
            Ok(told(StatusCode::OK, body, "application/json"))
        }
        Granted::Refused => Err(wrong("invalid_grant", "This is not good for a token, or no longer")),
        Granted::Stolen => {
            tracing::warn!(
                client = id,
                request = request.id,
                "a code or refresh token came twice: its token has ended"
            );
            Err(wrong("invalid_grant", "This was used before, so that all that came of it has ended"))
        }
    }
}

/// The program that asks, proven as far as it can be: by `client_id` and, if it keeps one, its secret, in the form or in the
/// `Authorization` header (RFC 6749, 2.3.1).
fn client(state: &State, request: &Request, pairs: &Pairs<'_>) -> Result<String, Wrong> {
    let header = request.headers.get(AUTHORIZATION).map(|header| basic::basic(header.as_bytes()));
    let basic = header.transpose().map_err(|_| wrong("invalid_client", "The Authorization header cannot be read"))?;
    let decoded = |text: &str| {
        let pair = format!("x={text}");
        let decoded = super::pairs(pair.as_bytes())?;
        Ok::<_, Error>(one(&decoded, "x")?.unwrap_or_default().to_owned())
    };
    let basic = basic.map(|basic| Ok::<_, Error>((decoded(&basic.user)?, decoded(&basic.password)?))).transpose()?;
    let (named, shown) = (one(pairs, "client_id")?, one(pairs, "client_secret")?);
    let (id, secret) = match &basic {
        Some((id, _)) if shown.is_some() || named.is_some_and(|named| named != id) => {
            return Err(wrong("invalid_request", "A program shows its secret in one way"));
        }
        Some((id, secret)) => (&**id, Some(&**secret)),
        None => (named.unwrap_or_default(), shown),
    };
    let Some(client) = state.clients.iter().find(|client| client.id == id) else {
        return Err(wrong("invalid_client", "No program is registered under this client_id"));
    };
    if client.is_proven(secret) { Ok(id.to_owned()) } else { Err(wrong("invalid_client", "This is not its secret")) }
}

/// Ends a token at the wish of its program (RFC 7009): what is not its own, or nothing, is no mistake.
pub(super) async fn revoke(state: &Arc<State>, request: &Request) -> Outcome {
    revoked(state, request).await.map_err(refused)
}

async fn revoked(state: &Arc<State>, request: &Request) -> Result<Response<Bytes>, Wrong> {
    state.rates.take_of_address(request.address, state.app.now())?;
    let pairs = pairs(&request.body)?;
    let client = client(state, request, &pairs)?;
    let shown = one(&pairs, "token")?.ok_or_else(|| wrong("invalid_request", "token is missing"))?;
    let caller = Arc::new(Caller::anonymous(Tenant::DEFAULT));
    let family = shown.get(..KEY_LENGTH).unwrap_or_default();
    if shown.len() <= MAX_CREDENTIAL {
        let revoke = RevokeToken { access: digest(shown), family: digest(family), client };
        state.run(revoke, &caller, request.origin(NAME, "revoke", &caller)).await?;
    }
    Ok(told(StatusCode::OK, String::new(), "application/json"))
}

fn check_length(secret: &str) -> Result<(), Wrong> {
    if secret.len() > MAX_CREDENTIAL { Err(wrong("invalid_grant", "This is longer than any of ours")) } else { Ok(()) }
}
