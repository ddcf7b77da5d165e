//! Users whom another server vouches for: OpenID Connect Core 1.0 and Discovery 1.0, with JWTs of RFC 7519 checked as
//! RFC 8725 asks. This is no dialect: it only says who somebody is.
//!
//! Two ways lead here, and both end in an [`Identity`]:
//!
//! - A program calls with an access token of the issuer in place of one of ours: [`Issuer::identity`]. The sign-in of
//!   every dialect that takes tokens without a name does so ([`Credential::Key`](crate::sign_in::Credential::Key)).
//! - A person signs in with a browser (authorization code with PKCE, RFC 7636): keep an [`Attempt`] of three random texts
//!   with the browser, lead it to [`Issuer::authorization_url`], and when it comes back with the attempt's `state` and a
//!   `code`, give that to [`Issuer::redeem`].
//!
//! [`State::sign_in_as`](crate::State::sign_in_as) makes a caller of an identity. Users are made here as all others: the
//! issuer proves who somebody is, their record says what they may do.

mod code;
mod keys;
mod token;

use crate::memory::lock;
use bytes::Bytes;
use domain::error::Reason;
use domain::{Error, Time};
use keys::Keys;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use token::Token;
use wire::json::{self, Object, Value};

pub use code::Attempt;

/// Longest token that is looked at, in bytes.
pub const MAX_TOKEN: usize = 8 * 1024;

/// Longest document of an issuer, in bytes.
pub const MAX_DOCUMENT: usize = 256 * 1024;

/// Seconds by which clocks may differ.
const LEEWAY: i64 = 60;

/// Seconds after which the keys are looked up again.
const FRESH: i64 = 600;

/// Seconds for which keys are good when the issuer cannot be reached.
const STALE: i64 = 86_400;

/// Seconds between two look-ups: a stranger's key name must not make one each time.
const PAUSE: i64 = 5;

/// What an issuer is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Where: `https`, or `http` on this machine.
    pub url: String,
    /// What is posted, `application/x-www-form-urlencoded`; `None` for a GET.
    pub form: Option<String>,
    /// The `Authorization` header.
    pub authorization: Option<String>,
}

/// The body of an answer with status 200 on its way. `Err` says for the log why there is none.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Result<Bytes, String>> + Send + 'a>>;

/// Asks issuers, in bounded time, following nobody elsewhere, for at most [`MAX_DOCUMENT`] bytes.
pub trait Asker: Send + Sync {
    /// Asks once.
    fn ask(&self, question: Question) -> Asking<'_>;
}

/// Whom the operator believes, and in what.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The issuer, to the letter as it calls itself: an `https` address, or an `http` one on this machine.
    pub issuer: String,
    /// For whom access tokens must be made.
    pub audiences: Vec<String>,
    /// The claim that says the user's login name. `email` counts only with a true `email_verified`.
    pub claim: String,
    /// The name of the only tenant in which the issuer is believed.
    pub tenant: String,
    /// What we are called there, and our secret if we have one: for people who sign in with a browser.
    pub client: Option<(String, Option<String>)>,
}

/// Who somebody is, as the issuer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The login name.
    pub username: String,
    /// The name of the tenant in which it counts.
    pub tenant: String,
    /// How long that is said.
    pub until: Time,
}

/// An issuer of tokens that is believed.
pub struct Issuer {
    trust: Trust,
    asker: Arc<dyn Asker>,
    known: Mutex<Option<Arc<Known>>>,
    /// When the issuer was asked last. Who waits for it lets another one ask.
    asking: tokio::sync::Mutex<Option<Time>>,
}

/// What an issuer tells of itself.
struct Known {
    keys: Keys,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    at: Time,
}

impl Issuer {
    /// # Errors
    /// `Invalid` for an address that a stranger on the way could answer for, and where nothing is said of audiences.
    pub fn new(trust: Trust, asker: Arc<dyn Asker>) -> Result<Self, Error> {
        let invalid = |text: String| Err(Error::new(Reason::Invalid, text));
        if !is_safe(&trust.issuer) {
            return invalid(format!("{} must begin with https://, or with http:// on this machine", trust.issuer));
        }
        if trust.audiences.is_empty() && trust.client.is_none() {
            return invalid(format!("It must be said for whom tokens of {} are made", trust.issuer));
        }
        Ok(Self { trust, asker, known: Mutex::default(), asking: tokio::sync::Mutex::default() })
    }

    /// The issuer's name.
    pub fn name(&self) -> &str {
        &self.trust.issuer
    }

    /// Whether people can sign in through it with a browser.
    pub fn takes_people(&self) -> bool {
        self.trust.client.is_some()
    }

    /// Whether a text has the form of a token of an issuer; ours never do.
    pub fn is_token(text: &str) -> bool {
        text.starts_with("eyJ") && text.bytes().filter(|byte| *byte == b'.').count() == 2
    }

    /// Whom an access token was made for.
    ///
    /// # Errors
    /// `Unauthenticated` for one that is not good, which [`Error::is_expired`] when its time is over; `Busy` while the
    /// issuer's keys are not known.
    pub async fn identity(&self, token: &str, now: Time) -> Result<Identity, Error> {
        self.proven(token, &self.trust.audiences, now, |_| Ok(())).await
    }

    /// Whom a token was made for, whose claims pass a further check.
    async fn proven(
        &self,
        token: &str,
        audiences: &[String],
        now: Time,
        check: impl Fn(&Object<'_>) -> Result<(), Error>,
    ) -> Result<Identity, Error> {
        let token = Token::read(token)?;
        let known = self.known(now, |known| known.keys.has(&token)).await?;
        known.keys.verify(&token)?;
        let claims = token.claims()?;
        let until = token::check(&claims, &self.trust.issuer, audiences, now)?;
        check(&claims)?;
        let username = token::text(&claims, &self.trust.claim)?.to_owned();
        if self.trust.claim == "email" && claims.get("email_verified") != Some(&Value::Bool(true)) {
            return Err(token::wrong("the issuer has not verified the e-mail address"));
        }
        Ok(Identity { username, tenant: self.trust.tenant.clone(), until })
    }

    /// What the issuer tells of itself; asked again when it is old, or is not what is needed.
    async fn known(&self, now: Time, is_enough: impl Fn(&Known) -> bool) -> Result<Arc<Known>, Error> {
        let good = || {
            let known = lock(&self.known).clone();
            known.filter(|known| known.at.plus_seconds(FRESH) > now && is_enough(known))
        };
        if let Some(known) = good() {
            return Ok(known);
        }
        let mut asked = self.asking.lock().await;
        if let Some(known) = good() {
            return Ok(known);
        }
        if asked.is_none_or(|then| then.plus_seconds(PAUSE) <= now) {
            *asked = Some(now);
            match self.ask(now).await {
                Ok(known) => *lock(&self.known) = Some(Arc::new(known)),
                Err(why) => tracing::warn!(issuer = self.trust.issuer, why, "the issuer of tokens does not answer"),
            }
        }
        let known = lock(&self.known).clone().filter(|known| known.at.plus_seconds(STALE) > now);
        known.ok_or_else(|| Error::new(Reason::Busy, "The issuer of this token cannot be reached: try again later"))
    }

    async fn ask(&self, now: Time) -> Result<Known, String> {
        let base = self.trust.issuer.trim_end_matches('/');
        let about = self.get(format!("{base}/.well-known/openid-configuration")).await?;
        let about = object(&about)?;
        let text = |name: &str| about.get(name).and_then(Value::as_text);
        if text("issuer") != Some(&*self.trust.issuer) {
            return Err("it calls itself otherwise".to_owned());
        }
        let endpoint = |name| text(name).filter(|url| is_safe(url)).map(str::to_owned);
        let keys = endpoint("jwks_uri").ok_or("it has no safe jwks_uri")?;
        let keys = self.get(keys).await?;
        Ok(Known {
            keys: Keys::read(&object(&keys)?),
            authorization_endpoint: endpoint("authorization_endpoint"),
            token_endpoint: endpoint("token_endpoint"),
            at: now,
        })
    }

    async fn get(&self, url: String) -> Result<Bytes, String> {
        self.asker.ask(Question { url, form: None, authorization: None }).await
    }
}

/// Whether nobody between here and there can answer for an address.
fn is_safe(url: &str) -> bool {
    let host = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    let is_port =
        |port: &str| port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    let here = url.strip_prefix("http://").is_some_and(|rest| {
        let names = ["127.0.0.1", "[::1]", "localhost"];
        names.into_iter().any(|name| host(rest).strip_prefix(name).is_some_and(is_port))
    });
    let there = url.strip_prefix("https://").is_some_and(|rest| !host(rest).is_empty() && !host(rest).contains('@'));
    (here || there) && url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.contains('#')
}

/// A JSON object, with no member twice.
fn object(bytes: &[u8]) -> Result<Object<'_>, String> {
    match json::parse(bytes, &json::Limits::default()).map_err(|error| error.to_string())? {
        Value::Object(object) => Ok(object),
        other => Err(format!("{} where an object should be", other.kind())),
    }
}

#[cfg(test)]
mod tests;
