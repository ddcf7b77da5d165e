//! A program gets its token for a code, and another one for what renews it.

use super::{NAME, Outcome, code, one, pairs, scope, told};
use crate::session::KEY_LENGTH;
use crate::sign_in::{MAX_CREDENTIAL, digest};
use crate::{Refusal, Request, State};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use domain::error::Reason;
use domain::operation::{Granted, Grants, RedeemCode, RenewToken};
use domain::tenant::Tenant;
use domain::{Caller, Error};
use http::{Response, StatusCode};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use wire::json;

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
    given(state, request).await.map_err(|Wrong(name, error)| {
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
        (told(status, body, "application/json"), Refusal::from(error))
    })
}

async fn given(state: &Arc<State>, request: &Request) -> Result<Response<Bytes>, Wrong> {
    let now = state.app.now();
    state.rates.take_of_address(request.address, now)?;
    let pairs = pairs(&request.body)?;
    let one = |name| one(&pairs, name);
    let id = one("client_id")?.unwrap_or_default();
    if !state.clients.iter().any(|client| client.id == id) {
        return Err(wrong("invalid_client", "No program is registered under this client_id"));
    }
    let client = id.to_owned();
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
            let redeem = RedeemCode { digest: digest(shown), client, redirect_uri, challenge, grants };
            (state.run(redeem, &caller, origin).await?, family)
        }
        Some("refresh_token") => {
            let shown = one("refresh_token")?.ok_or_else(|| wrong("invalid_request", "refresh_token is missing"))?;
            check_length(shown)?;
            let (family, part) = shown.split_at_checked(KEY_LENGTH).unwrap_or_default();
            let grants = Grants { family: None, ..grants };
            let renew = RenewToken { family: digest(family), refresh: digest(part), client, grants };
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

fn check_length(secret: &str) -> Result<(), Wrong> {
    if secret.len() > MAX_CREDENTIAL { Err(wrong("invalid_grant", "This is longer than any of ours")) } else { Ok(()) }
}
