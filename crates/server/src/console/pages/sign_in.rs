//! Signing in and out, and the two preferences that need no sign-in.

use askama::Template;
use bytes::Bytes;
use dialects::State;
use dialects::sign_in::Credential;
use domain::Error;
use domain::error::Reason;
use domain::session::Subject;
use http::{Method, Response, StatusCode};
use std::sync::Arc;

use super::{error, oidc};
use crate::console::form::query;
use crate::console::layout::Page;
use crate::console::visit::{LANGUAGE, Outcome, SESSION, Stranger, THEME, Visit, cookie, see_other, set_cookie};
use crate::console::{NAME, html, refusal};

/// A preference is kept for a year, in seconds.
const YEAR: i64 = 31_536_000;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    p: Page,
    /// Where to go then.
    next: String,
    name: String,
    problem: String,
    /// What was typed in a form whose session has ended.
    kept: Vec<(String, String)>,
    ended: bool,
    /// Who else people sign in through; `""` for nobody.
    issuer: String,
    /// Where that begins.
    lead: String,
}

#[derive(Template)]
#[template(path = "go_on.html")]
struct GoOn {
    p: Page,
    next: String,
    kept: Vec<(String, String)>,
    /// Whether files were among it, which are not kept.
    has_files: bool,
}

impl SignIn {
    fn new(state: &State, stranger: &Stranger<'_>, next: String) -> Self {
        let p = stranger.page(stranger.words.get("sign_in"));
        let lead = format!("{}/sign-in/oidc{}", p.root, query(&[("next", &next)]));
        let (name, problem, kept) = Default::default();
        Self { p, next, name, problem, kept, ended: false, issuer: oidc::name(state), lead }
    }
}

pub(in crate::console) fn show(state: &State, stranger: &Stranger<'_>) -> Response<Bytes> {
    html(StatusCode::OK, &SignIn::new(state, stranger, String::new()))
}

/// The page with what is in the way.
pub(super) fn refused(state: &State, stranger: &Stranger<'_>, next: String, error: &Error) -> Outcome {
    let problem = refusal::sentence(stranger.words, error);
    let shown = SignIn { problem, ..SignIn::new(state, stranger, next) };
    Ok(html(error::status(error.reason), &shown).into())
}

/// Asks to sign in, keeping where somebody wanted to go and what they had typed.
pub(in crate::console) fn again(state: &State, stranger: &Stranger<'_>) -> Response<Bytes> {
    let request = stranger.request;
    let ended = cookie(request, SESSION).is_some();
    let shown = SignIn::new(state, stranger, stranger.page("").address);
    if request.method != Method::POST {
        let status = if ended { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
        return html(status, &SignIn { ended, ..shown });
    }
    let form = stranger.form().unwrap_or_default();
    // What is secret is typed again.
    let kept = form.pairs().filter(|(name, _)| !matches!(*name, "csrf" | "password"));
    let mut kept: Vec<_> = kept.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    // A file is not kept, and that is said.
    let parts = crate::console::form::parts(request).ok().flatten().unwrap_or_default();
    let names: Vec<_> =
        parts.iter().filter_map(|part| part.filename.as_deref()).filter(|name| !name.is_empty()).collect();
    if !names.is_empty() {
        kept.retain(|(name, _)| name != "file");
        kept.push((String::from("files"), names.join(", ")));
    }
    html(StatusCode::UNAUTHORIZED, &SignIn { kept, ended: true, ..shown })
}

/// Signs in with name and password.
pub(in crate::console) async fn run(state: &Arc<State>, stranger: &Stranger<'_>) -> Outcome {
    let (request, form) = (stranger.request, stranger.form()?);
    let (name, password) = (form.text("name"), form.text("password"));
    let kept: Vec<_> = (form.pairs())
        .filter_map(|(name, text)| Some((name.strip_prefix("kept.")?.to_owned(), text.to_owned())))
        .collect();
    let next = inside(stranger, form.text("next"));
    let signed_in = match state.sign_in(request, NAME, Credential::Password { name, password }).await {
        Ok(caller) => match caller.user {
            Some(user) => Ok((caller, user)),
            None => Err(Error::new(Reason::Unauthenticated, "Only users sign in here")),
        },
        Err(error) => Err(error),
    };
    let (caller, user) = match signed_in {
        Ok(found) => found,
        Err(error) => {
            let words = stranger.words;
            let problem = match error.reason {
                Reason::Unauthenticated => words.get("sign_in_wrong").to_owned(),
                _ => refusal::sentence(words, &error),
            };
            let shown = SignIn { name: name.to_owned(), problem, kept, ..SignIn::new(state, stranger, next) };
            return Ok(html(error::status(error.reason), &shown).into());
        }
    };
    let key = state.open_session(request, NAME, &caller, Subject::User(user)).await?;
    let mut response = if kept.is_empty() {
        see_other(&next)
    } else {
        // Nothing that was typed before is done unseen.
        let p = stranger.page(stranger.words.get("go_on"));
        let p = Page { csrf: crate::console::visit::token(&key), user: caller.name.clone(), ..p };
        html(StatusCode::OK, &GoOn { p, next, has_files: kept.iter().any(|(name, _)| name == "files"), kept })
    };
    set_cookie(request, &mut response, SESSION, &key, state.sessions.lifetime.whole);
    Ok(response.into())
}

/// An address of the console; anything else is its first page.
pub(super) fn inside(stranger: &Stranger<'_>, next: &str) -> String {
    let root = stranger.page("").root;
    let rest = next.strip_prefix(&root);
    let fits = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if fits && plain { next.to_owned() } else { root }
}

/// Ends the session.
pub(super) async fn out(visit: &Visit<'_>) -> Outcome {
    visit.state.end_session(visit.request(), NAME, &visit.session).await?;
    let mut response = see_other(&visit.at("/sign-in"));
    set_cookie(visit.request(), &mut response, SESSION, "", 0);
    Ok(response.into())
}

/// Keeps the colours or the language that somebody chose, and leads back.
pub(in crate::console) fn preferences(stranger: &Stranger<'_>) -> Outcome {
    let form = stranger.form()?;
    let mut response = see_other(&inside(stranger, form.text("next")));
    for (cookie, name, known) in
        [(THEME, "theme", ["light", "dark", "system"]), (LANGUAGE, "language", ["en", "nb", ""])]
    {
        if let Some(value) = form.given(name).filter(|value| known.contains(value)) {
            set_cookie(stranger.request, &mut response, cookie, value, YEAR);
        }
    }
    Ok(response.into())
}
