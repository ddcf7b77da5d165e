//! A signed token (RFC 7515, 7519) and what must hold for it.

use super::{Error, LEEWAY, MAX_TOKEN, Object, Reason, Time, Value, object};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Field;

/// How tokens may be signed; none other is looked at, whatever a token says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

impl Algorithm {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

/// A token as it came: nothing in it is proven yet.
pub(super) struct Token<'a> {
    pub(super) algorithm: Algorithm,
    /// The name of the key.
    pub(super) key: Option<String>,
    /// What is signed.
    pub(super) signed: &'a str,
    pub(super) signature: Vec<u8>,
    claims: Vec<u8>,
}

impl<'a> Token<'a> {
    /// # Errors
    /// `Unauthenticated` for what is no token, is signed in another way, or wants something of us that we do not know.
    pub(super) fn read(text: &'a str) -> Result<Self, Error> {
        let read = || {
            let (signed, signature) = text.rsplit_once('.').filter(|_| text.len() <= MAX_TOKEN)?;
            let (header, claims) = signed.split_once('.')?;
            let [header, claims, signature] = [header, claims, signature].map(|part| URL_SAFE_NO_PAD.decode(part).ok());
            let header = header?;
            let header = object(&header).ok().filter(|header| header.get("crit").is_none())?;
            let name = |name: &str| header.get(name).and_then(Value::as_text);
            let (algorithm, key) = (Algorithm::named(name("alg")?)?, name("kid").map(str::to_owned));
            Some(Self { algorithm, key, signed, signature: signature?, claims: claims? })
        };
        read().ok_or_else(|| wrong("it is none that is signed with RS256 or ES256"))
    }

    /// What it says. The signature must have been verified before.
    ///
    /// # Errors
    /// `Unauthenticated` for what is no JSON object.
    pub(super) fn claims(&self) -> Result<Object<'_>, Error> {
        object(&self.claims).map_err(|_| wrong("its claims cannot be read"))
    }
}

/// Checks who made a token, for whom, and when; answers until when it is good.
///
/// # Errors
/// `Unauthenticated`, and [`Error::is_expired`] for one that was good.
pub(super) fn check(claims: &Object<'_>, issuer: &str, audiences: &[String], now: Time) -> Result<Time, Error> {
    if text(claims, "iss")? != issuer {
        return Err(wrong("it is of another issuer"));
    }
    let is_ours = |name: Option<&str>| name.is_some_and(|name| audiences.iter().any(|ours| ours == name));
    let for_us = match claims.get("aud") {
        Some(Value::List(names)) => names.iter().any(|name| is_ours(name.as_text())),
        Some(name) => is_ours(name.as_text()),
        None => false,
    };
    if !for_us {
        return Err(wrong("it was made for another audience"));
    }
    let end = seconds(claims, "exp")?.ok_or_else(|| wrong("it does not say when it ends"))?;
    if seconds(claims, "nbf")?.is_some_and(|begin| begin > now.plus_seconds(LEEWAY)) {
        return Err(wrong("it is not good yet"));
    }
    let end = end.plus_seconds(LEEWAY);
    if end <= now {
        return Err(Error::new(Reason::Unauthenticated, "This token has expired").at(Field::ExpiresAt));
    }
    Ok(end)
}

/// A claim that must be a text.
pub(super) fn text<'c>(claims: &'c Object<'_>, name: &str) -> Result<&'c str, Error> {
    let text = claims.get(name).and_then(Value::as_text).filter(|text| !text.is_empty());
    text.ok_or_else(|| wrong(&format!("its claim {name} is missing or no text")))
}

/// A claim that is a time, in seconds since 1970 (RFC 7519, 2); one that is no number is no time that is unset.
fn seconds(claims: &Object<'_>, name: &str) -> Result<Option<Time>, Error> {
    let number = match claims.get(name) {
        None => return Ok(None),
        Some(Value::Number(number)) => number.as_f64(),
        Some(_) => return Err(wrong(&format!("its claim {name} is no time"))),
    };
    // The year 9999, in which nothing overflows.
    #[allow(clippy::cast_possible_truncation, reason = "it is within the range of whole seconds")]
    let seconds = number.clamp(0.0, 253_402_300_799.0) as i64;
    Ok(Some(Time(seconds * 1_000_000)))
}

pub(super) fn wrong(why: &str) -> Error {
    Error::new(Reason::Unauthenticated, format!("This token is not taken: {why}"))
}
