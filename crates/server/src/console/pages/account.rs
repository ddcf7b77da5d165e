//! What everybody may see and change of themselves: where they are signed in, and their password.

use askama::Template;
use dialects::sign_in::Credential;
use domain::error::Reason;
use domain::operation::{ChangePassword, OwnSessions};
use domain::session::Subject;
use domain::{Error, Field, Record, Time};
use http::StatusCode;

use super::error;
use super::settings::{Line, line};
use crate::console::layout::Page;
use crate::console::visit::{Outcome, SESSION, Visit, see_other, set_cookie};
use crate::console::{NAME, html, refusal};

/// Fewest characters of a password that somebody chooses here. What administrators set for programs is theirs to judge.
const FEWEST: usize = 8;

#[derive(Template)]
#[template(path = "account.html")]
struct Shown {
    p: Page,
    lines: Vec<Line>,
    problem: String,
    fewest: usize,
}

pub(super) async fn show(visit: &Visit<'_>) -> Outcome {
    page(visit, StatusCode::OK, String::new()).await
}

async fn page(visit: &Visit<'_>, status: StatusCode, problem: String) -> Outcome {
    let mut sessions = visit.run("read", OwnSessions).await?;
    let now = visit.state.app.now();
    sessions.retain(|session| session.number(Field::ExpiresAt).is_some_and(|end| Time(end) > now));
    sessions.sort_by_key(|session| std::cmp::Reverse(session.number(Field::StartedAt)));
    let of = |session: &Record| line(visit, session, visit.caller().name.clone());
    let p = visit.page("account", visit.words().get("account"));
    let shown = Shown { p, lines: sessions.iter().map(of).collect(), problem, fewest: FEWEST };
    Ok(html(status, &shown).into())
}

/// Another password, for who knows the present one. Other sessions end; this one goes on as a new one.
pub(super) async fn change(visit: &Visit<'_>) -> Outcome {
    let (form, words) = (visit.form()?, visit.words());
    let (present, next) = (form.text("present"), form.text("next"));
    let problem = if next.chars().count() < FEWEST {
        words.with("password_short", FEWEST)
    } else if next != form.text("again") {
        words.get("passwords_differ").to_owned()
    } else if next == present {
        words.get("password_same").to_owned()
    } else {
        String::new()
    };
    if !problem.is_empty() {
        return page(visit, StatusCode::UNPROCESSABLE_ENTITY, problem).await;
    }
    let name = visit.caller().name.clone();
    // Counted and made to wait as every sign-in is: a session that was left open does not let anybody guess.
    let known = Credential::Password { name: &name, password: present };
    match visit.state.sign_in(visit.request(), NAME, known).await {
        Ok(caller) if caller.user == visit.caller().user => {}
        Ok(_) => return Err(Error::new(Reason::Forbidden, "That is somebody else's password")),
        Err(error) if error.reason == Reason::Unauthenticated => {
            let problem = words.get("password_wrong").to_owned();
            return page(visit, StatusCode::UNPROCESSABLE_ENTITY, problem).await;
        }
        Err(error) => return page(visit, error::status(error.reason), refusal::sentence(words, &error)).await,
    }
    let hash = visit.state.hash_password(next).await?;
    visit.run("change_password", ChangePassword { hash }).await?;
    let caller =
        visit.state.sign_in(visit.request(), NAME, Credential::Password { name: &name, password: next }).await?;
    let user = caller.user.ok_or_else(|| Error::not_found("No user calls, but a program"))?;
    let key = visit.state.open_session(visit.request(), NAME, &caller, Subject::User(user)).await?;
    let mut response = see_other(&visit.at("/account?done=password"));
    set_cookie(visit.request(), &mut response, SESSION, &key, visit.state.sessions.lifetime.whole);
    Ok(response.into())
}
