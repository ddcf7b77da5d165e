//! A call as it is kept: read, set out for the eye and without its secrets.

use bytes::Bytes;
use dialects::notes::{Answered, Noted};
use dialects::{Refusal, Request};
use domain::Time;
use domain::error::Reason;
use http::{HeaderMap, Method, Response, StatusCode, header};
use std::time::Duration;

use crate::redact;

/// Longest body that is kept, in bytes.
pub(super) const MOST_BODY: usize = 256 << 10;

/// What a call costs beside its texts and bodies, in bytes.
const COST: usize = 1_024;

/// A call that was answered.
#[derive(Debug)]
pub struct Call {
    /// Its number, from 1.
    pub number: u64,
    /// When it was answered.
    pub at: Time,
    /// How long that took.
    pub took: Duration,
    /// The dialect.
    pub dialect: &'static str,
    /// The vendor's name of the operation; `""` when none was found.
    pub operation: &'static str,
    /// `ok`, `refused` or `failed`. The old APIs refuse with 200, too.
    pub outcome: &'static str,
    /// Why it was refused, in a sentence; `""` when it was not.
    pub why: String,
    /// What was taken although the vendor's documents do not have it, a sentence each.
    pub notes: Vec<String>,
    /// The id of the request; Bing Ads calls it the `TrackingId`.
    pub id: String,
    /// What was asked.
    pub asked: Asked,
    /// What was answered.
    pub status: StatusCode,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Body,
}

/// The request of a [`Call`].
#[derive(Debug)]
pub struct Asked {
    /// The method.
    pub method: Method,
    /// The path, without the tenant's prefix.
    pub path: String,
    /// The query.
    pub query: Option<String>,
    /// The name of the tenant in the path.
    pub tenant: Option<String>,
    /// Where the client sees this server, with the tenant's prefix.
    pub base_url: String,
    /// The address that it came from.
    pub address: String,
    /// What the client calls itself.
    pub client: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
}

/// A body of a [`Call`].
#[derive(Debug, PartialEq, Eq)]
pub enum Body {
    /// As it may be shown; empty for none.
    Kept(String),
    /// Of that many bytes, which cannot be read: nobody knows what is in it.
    Unreadable(usize),
    /// Of that many bytes, which are not kept.
    Left(usize),
}

/// A call as it arrived, secrets and all.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) number: u64,
    pub(super) at: Time,
    pub(super) took: Duration,
    pub(super) dialect: &'static str,
    pub(super) operation: &'static str,
    pub(super) request: Request,
    pub(super) response: Response<Bytes>,
    pub(super) refused: Option<Refusal>,
}

impl Arrived {
    /// Bytes that it holds.
    pub(super) fn bytes(&self) -> usize {
        COST + self.request.body.len() + self.response.body().len()
    }

    /// Reads it and leaves out what is secret.
    pub(super) fn settle(self, keeps_bodies: bool) -> Call {
        let Self { number, at, took, dialect, operation, request, mut response, refused } = self;
        let outcome = outcome(refused.as_ref(), response.status());
        let mut notes = response.extensions_mut().remove().map_or(Vec::new(), |Noted(notes)| notes);
        let answered =
            Answered { request: &request, status: response.status(), body: response.body(), refused: refused.as_ref() };
        let known = dialects::ALL.iter().find(|known| known.name == dialect);
        notes.extend(known.and_then(|known| (known.explain)(&answered)));
        let client = request.headers.get(header::USER_AGENT).map(|name| String::from_utf8_lossy(name.as_bytes()));
        let asked = Asked {
            client: client.unwrap_or_default().into_owned(),
            headers: redact::headers(&request.headers),
            body: Body::of(&request.headers, &request.body, keeps_bodies),
            query: request.query.as_deref().map(redact::query),
            method: request.method,
            path: request.path,
            tenant: request.tenant,
            base_url: request.base_url,
            address: request.address.to_string(),
        };
        Call {
            number,
            at,
            took,
            dialect,
            operation,
            outcome,
            why: refused.as_ref().map_or(String::new(), |refused| refused.sentence().to_owned()),
            notes,
            id: request.id,
            asked,
            status: response.status(),
            headers: redact::headers(response.headers()),
            body: Body::of(response.headers(), response.body(), keeps_bodies),
        }
    }
}

impl Call {
    /// Bytes that it holds, roughly.
    pub(super) fn bytes(&self) -> usize {
        let texts =
            |pairs: &[(String, String)]| pairs.iter().map(|(name, text)| name.len() + text.len()).sum::<usize>();
        let notes: usize = self.notes.iter().map(String::len).sum();
        let Asked { path, query, client, headers, body, .. } = &self.asked;
        let lines = path.len() + query.as_ref().map_or(0, String::len) + client.len() + self.why.len() + notes;
        COST + lines + texts(headers) + texts(&self.headers) + body.kept() + self.body.kept()
    }
}

impl Body {
    fn of(headers: &HeaderMap, body: &Bytes, keeps: bool) -> Self {
        if !body.is_empty() && (!keeps || body.len() > MOST_BODY) {
            return Self::Left(body.len());
        }
        redact::body(headers, body).map_or(Self::Unreadable(body.len()), Self::Kept)
    }

    fn kept(&self) -> usize {
        if let Self::Kept(text) = self { text.len() } else { 0 }
    }
}

/// How a call ended.
pub(super) fn outcome(refused: Option<&Refusal>, status: StatusCode) -> &'static str {
    match (refused, status.as_u16()) {
        (_, 500..) if refused.is_none_or(is_fault) => "failed",
        (Some(_), _) | (None, 400..) => "refused",
        (None, _) => "ok",
    }
}

/// Whether the server is to blame.
fn is_fault(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Operation(error) if matches!(error.reason, Reason::Internal | Reason::Busy))
}
