//! Signing in through an OpenID Connect issuer: there with what tells this attempt from others, and back with a code.

use askama::Template;
use bytes::Bytes;
use dialects::State;
use dialects::oidc::{Attempt, Issuer};
use dialects::sign_in::digest;
use domain::Error;
use domain::error::Reason;
use domain::session::Subject;
use http::{Response, StatusCode};
use std::sync::Arc;

use super::sign_in::{inside, refused};
use crate::console::form::{Form, query};
use crate::console::layout::Page;
use crate::console::visit::{Outcome, SESSION, Stranger, cookie, see_other, set_cookie, set_cookie_for_return};
use crate::console::{NAME, html};

/// The cookie of an attempt, and how long it may take, in seconds.
const ATTEMPT: &str = "samerow_attempt";
const TAKES: i64 = 600;

#[derive(Template)]
#[template(path = "signed_in.html")]
struct SignedIn {
    p: Page,
    next: String,
}

/// The issuer that people sign in through, if there is one.
pub(super) fn issuer(state: &State) -> Option<&Issuer> {
    state.issuer.as_ref().filter(|issuer| issuer.takes_people())
}

/// What an issuer is called on the page: its host.
pub(super) fn name(state: &State) -> String {
    let host = |issuer: &Issuer| issuer.name().split('/').nth(2).unwrap_or_default().to_owned();
    issuer(state).map_or(String::new(), host)
}

fn needed(state: &State) -> Result<&Issuer, Error> {
    issuer(state).ok_or_else(|| Error::not_found("There is nothing at this address"))
}

/// Where the issuer sends people back to: it must be registered there.
fn back(stranger: &Stranger<'_>) -> String {
    format!("{}{}/sign-in/done", stranger.request.base_url, super::super::BASE)
}

/// Leads to the issuer. What comes back is known by a cookie that only this browser has.
pub(in crate::console) async fn lead(state: &Arc<State>, stranger: &Stranger<'_>) -> Outcome {
    let text = || format!("{}{}", state.random_key(), state.random_key());
    let attempt = Attempt { state: text(), nonce: text(), verifier: text() };
    let asked = needed(state)?.authorization_url(&back(stranger), &attempt, state.app.now()).await;
    let mut response = match asked {
        Ok(address) => see_other(&address),
        Err(error) => return refused(state, stranger, String::new(), &error),
    };
    let asked = Form::read(stranger.request.query.as_deref().unwrap_or_default().as_bytes()).unwrap_or_default();
    let next = inside(stranger, asked.text("next"));
    let Attempt { state: known_by, nonce, verifier } = &attempt;
    let kept = query(&[("state", known_by), ("nonce", nonce), ("verifier", verifier), ("next", &next)]);
    set_cookie_for_return(stranger.request, &mut response, ATTEMPT, kept.trim_start_matches('?'), TAKES);
    Ok(response.into())
}

/// Signs in whom the issuer sent back.
pub(in crate::console) async fn done(state: &Arc<State>, stranger: &Stranger<'_>) -> Outcome {
    let kept = Form::read(cookie(stranger.request, ATTEMPT).unwrap_or_default().as_bytes()).unwrap_or_default();
    let text = |name| kept.text(name).to_owned();
    let attempt = Attempt { state: text("state"), nonce: text("nonce"), verifier: text("verifier") };
    let next = inside(stranger, kept.text("next"));
    match signed_in(state, stranger, &attempt).await {
        Ok(key) => {
            // A redirect would still be a step of the issuer's page, to which no strict cookie is sent.
            let p = stranger.page(stranger.words.get("sign_in"));
            let mut response = html(StatusCode::OK, &SignedIn { p, next });
            set_cookie(stranger.request, &mut response, SESSION, &key, state.sessions.lifetime.whole);
            end(stranger, &mut response);
            Ok(response.into())
        }
        Err(error) => {
            let mut reply = refused(state, stranger, next, &error)?;
            end(stranger, &mut reply.response);
            Ok(reply)
        }
    }
}

/// An attempt counts once.
fn end(stranger: &Stranger<'_>, response: &mut Response<Bytes>) {
    set_cookie_for_return(stranger.request, response, ATTEMPT, "", 0);
}

/// The key of a new session.
///
/// # Errors
/// `Unauthenticated` where the issuer confirms nobody who may come in, `Busy` while it cannot be reached.
async fn signed_in(state: &Arc<State>, stranger: &Stranger<'_>, attempt: &Attempt) -> Result<String, Error> {
    let (request, words) = (stranger.request, stranger.words);
    let told = Form::read(request.query.as_deref().unwrap_or_default().as_bytes())?;
    let wrong = |text: String| Error::new(Reason::Unauthenticated, text);
    // Of digests, how far two are alike tells nothing.
    if attempt.verifier.is_empty() || digest(told.text("state")) != digest(&attempt.state) {
        return Err(wrong(words.get("issuer_other_attempt").to_owned()));
    }
    let issuer = needed(state)?;
    if let Some(error) = told.given("error") {
        let plain: String = error.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
        return Err(wrong(words.with("issuer_refused", plain)));
    }
    let identity = issuer.redeem(told.text("code"), &back(stranger), attempt, state.app.now()).await?;
    let known_as: String = identity.username.chars().filter(|c| !c.is_control()).take(80).collect();
    let caller = state.sign_in_as(request, NAME, identity).await.map_err(|error| match error.reason {
        Reason::Unauthenticated => wrong(words.with("issuer_unknown_user", known_as)),
        _ => error,
    })?;
    let user = caller.user.ok_or_else(|| wrong(words.get("sign_in_wrong").to_owned()))?;
    state.open_session(request, NAME, &caller, Subject::User(user)).await
}
