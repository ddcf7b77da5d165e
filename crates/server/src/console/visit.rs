//! A visit: a request, with who sent it and in which language and colours they read.

use bytes::Bytes;
use dialects::sign_in::digest;
use dialects::{Reply, Request, Session, State};
use domain::error::Reason;
use domain::tenant::Tenant;
use domain::{Access, Caller, Error, Operation};
use http::{HeaderValue, Response, StatusCode, header};
use std::borrow::Cow;
use std::sync::Arc;

use super::form::{self, Form};
use super::layout::Page;
use super::words::{self, Words};
use super::{BASE, NAME};
use crate::inspector::Inspector;
use crate::process::Process;

/// What a page answers.
pub(super) type Outcome = Result<Reply, Error>;

/// The cookie that holds the session key.
pub(super) const SESSION: &str = "samerow_session";

/// The cookies of the two preferences.
pub(super) const THEME: &str = "samerow_theme";
pub(super) const LANGUAGE: &str = "samerow_language";

/// A request of which it is not known yet who sent it.
pub(super) struct Stranger<'a> {
    pub(super) request: &'a Request,
    pub(super) words: &'static Words,
}

impl<'a> Stranger<'a> {
    pub(super) fn new(request: &'a Request) -> Self {
        let accepted = request.header(header::ACCEPT_LANGUAGE).unwrap_or_default();
        Self { request, words: words::chosen(cookie(request, LANGUAGE).unwrap_or_default(), accepted) }
    }

    /// The frame of a page.
    pub(super) fn page(&self, title: impl Into<String>) -> Page {
        let request = self.request;
        let query = request.query.as_deref().map_or(String::new(), |query| format!("?{query}"));
        let theme = cookie(request, THEME).filter(|theme| matches!(*theme, "light" | "dark")).unwrap_or("system");
        Page {
            words: self.words,
            root: format!("{}{BASE}", prefix(request)),
            address: format!("{}{}{query}", prefix(request), request.path),
            here: "",
            title: title.into(),
            user: String::new(),
            role: "",
            may_write: false,
            may_manage: false,
            is_operator: false,
            csrf: String::new(),
            theme: theme.to_owned(),
            request_id: request.id.clone(),
            notice: String::new(),
        }
    }

    /// The fields of the body.
    ///
    /// # Errors
    /// `Invalid` for a body that is no form.
    pub(super) fn form(&self) -> Result<Form<'a>, Error> {
        match form::parts(self.request)? {
            Some(parts) => Ok(Form::of_parts(parts)),
            None => Form::read(&self.request.body),
        }
    }
}

/// A request of somebody who signed in.
pub(super) struct Visit<'a> {
    pub(super) state: &'a Arc<State>,
    pub(super) process: &'a Arc<Process>,
    pub(super) inspector: &'a Arc<Inspector>,
    pub(super) stranger: Stranger<'a>,
    pub(super) session: Session,
    /// What a form of this session must bring along.
    pub(super) csrf: String,
}

impl<'a> Visit<'a> {
    /// Finds who sent it, and for a change that it came from a page of theirs.
    ///
    /// # Errors
    /// `Unauthenticated` without a session that is good; `Forbidden` for a form of another session.
    pub(super) async fn open(
        state: &'a Arc<State>,
        process: &'a Arc<Process>,
        request: &'a Request,
    ) -> Result<Self, Error> {
        let key = cookie(request, SESSION).unwrap_or_default();
        let session = state.find_session(request, NAME, key, false).await?;
        let inspector = &process.inspector;
        let visit = Self { state, process, inspector, stranger: Stranger::new(request), session, csrf: token(key) };
        if request.method == http::Method::POST {
            let given = match request.header("x-csrf-token") {
                Some(token) => token.to_owned(),
                None => visit.form()?.text("csrf").to_owned(),
            };
            // Of digests, how far two are alike tells nothing.
            if digest(&given) != digest(&visit.csrf) {
                // Most likely they signed in again in another window: the form is of the session before.
                return Err(Error::new(Reason::Unauthenticated, "This form is of another session"));
            }
        }
        Ok(visit)
    }

    pub(super) fn request(&self) -> &'a Request {
        self.stranger.request
    }

    pub(super) fn caller(&self) -> &Arc<Caller> {
        &self.session.caller
    }

    pub(super) fn words(&self) -> &'static Words {
        self.stranger.words
    }

    pub(super) fn form(&self) -> Result<Form<'a>, Error> {
        self.stranger.form()
    }

    /// A parameter of the query; `""` when it is not there.
    pub(super) fn query(&self, name: &str) -> String {
        self.queries().text(name).to_owned()
    }

    /// All parameters of the query.
    pub(super) fn queries(&self) -> Form<'a> {
        Form::read(self.request().query.as_deref().unwrap_or_default().as_bytes()).unwrap_or_default()
    }

    /// The address of a page of the console: `/customers/10`.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{BASE}{path}", prefix(self.request()))
    }

    /// The frame of a page below an entry of the navigation.
    pub(super) fn page(&self, here: &'static str, title: impl Into<String>) -> Page {
        let caller = self.caller();
        Page {
            here,
            user: caller.name.clone(),
            role: caller.role.name(),
            may_write: caller.role.allows(Access::Write),
            may_manage: caller.role.allows(Access::Manage),
            is_operator: caller.role.allows(Access::Manage) && caller.tenant == Tenant::DEFAULT,
            csrf: self.csrf.clone(),
            notice: self.notice(),
            ..self.stranger.page(title)
        }
    }

    /// What the page before did, as its redirect says.
    fn notice(&self) -> String {
        let done = self.query("done");
        let known = done.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let key = format!("done.{done}");
        if known && self.words().has(&key) { self.words().get(&key).to_owned() } else { String::new() }
    }

    /// Runs an operation of the domain.
    ///
    /// # Errors
    /// What [`State::run`] refuses with.
    pub(super) async fn run<O: Operation>(&self, name: &str, operation: O) -> Result<O::Output, Error> {
        let origin = self.request().origin(NAME, name, self.caller());
        self.state.run(operation, self.caller(), origin).await
    }
}

/// The token of a session's forms: whoever has it had a page of that session.
pub(super) fn token(key: &str) -> String {
    digest(&format!("form of {key}"))
}

/// `/t/acme` for a tenant in the path, else nothing.
pub(super) fn prefix(request: &Request) -> Cow<'_, str> {
    request.tenant.as_ref().map_or(Cow::Borrowed(""), |tenant| Cow::Owned(format!("/t/{tenant}")))
}

/// The value of a cookie.
pub(super) fn cookie<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    let lines = request.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// Sets a cookie that only our own pages send and no script reads; an empty value ends it.
pub(super) fn set_cookie(request: &Request, response: &mut Response<Bytes>, name: &str, value: &str, seconds: i64) {
    put_cookie(request, response, (name, value), ("", "Strict"), seconds);
}

/// The same for the one page that others lead back to.
pub(super) fn set_cookie_for_return(
    request: &Request,
    response: &mut Response<Bytes>,
    name: &str,
    value: &str,
    seconds: i64,
) {
    put_cookie(request, response, (name, value), ("/sign-in", "Lax"), seconds);
}

fn put_cookie(
    request: &Request,
    response: &mut Response<Bytes>,
    (name, value): (&str, &str),
    (path, sites): (&str, &str),
    seconds: i64,
) {
    let secure = if request.base_url.starts_with("https:") { "; Secure" } else { "" };
    let age = if value.is_empty() { 0 } else { seconds };
    let root = format!("{}{BASE}{path}", prefix(request));
    let cookie = format!("{name}={value}; Path={root}; Max-Age={age}; HttpOnly; SameSite={sites}{secure}");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// Leads to another page.
pub(super) fn see_other(address: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(address) = HeaderValue::try_from(address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    response
}

/// Refuses a form that a page of somebody else sent.
///
/// # Errors
/// `Forbidden` for that.
pub(super) fn check_origin(request: &Request) -> Result<(), Error> {
    let site = request.header("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let own = request.base_url.strip_suffix(&*prefix(request)).unwrap_or(&request.base_url);
    let origin = request.header(header::ORIGIN).is_none_or(|origin| origin.eq_ignore_ascii_case(own));
    if site && origin {
        return Ok(());
    }
    let text = "This was sent from a page of another site. Nothing was done.";
    Err(Error::new(Reason::Forbidden, text))
}
