//! A call as it is kept: read, set out for the eye and without its secrets.

use bytes::Bytes;
use dialects::about::About;
use dialects::notes::{Answered, Noted};
use dialects::{Refusal, Request};
use domain::Time;
use domain::error::Reason;
use domain::tenant::Tenant;
use http::{HeaderMap, Method, Response, StatusCode, header};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

use super::customer;
use crate::redact;

/// Longest body that is kept, in bytes.
pub(super) const MOST_BODY: usize = 256 << 10;

/// What a call costs beside its texts, in bytes.
pub(super) const COST: usize = 256;

/// What a list shows of a call that was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brief {
    /// Its number, from 1 and never given twice.
    pub number: u64,
    /// When it was answered.
    pub at: Time,
    /// How long that took, in microseconds.
    pub micros: u64,
    /// The dialect.
    pub dialect: String,
    /// The vendor's name of the operation; `""` when none was found.
    pub operation: String,
    /// `ok`, `refused` or `failed`. The old APIs refuse with 200, too.
    pub outcome: String,
    /// The status of the answer.
    pub status: u16,
    /// Why it was refused, in a sentence; `""` when it was not.
    pub why: String,
    /// How many [notes](Call::notes) there are.
    pub notes: usize,
    /// The id of the request; Bing Ads calls it the `TrackingId`.
    pub id: String,
    /// What the client calls itself.
    pub client: String,
    /// The path, without the tenant's prefix; `""` when what the call said was forgotten.
    pub path: String,
    /// The name of the tenant in the path or the host.
    pub tenant: Option<String>,
    /// The number of the tenant whose customers were looked up.
    pub owner: Option<i64>,
    /// The customers that the call was about: first the one whom the request names, then those who were looked up.
    pub customers: Vec<i64>,
}

/// A call that was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// What a list shows of it.
    #[serde(skip)]
    pub brief: Brief,
    /// What was taken although the vendor's documents do not have it, and what the answer means, a sentence each.
    pub notes: Vec<String>,
    /// The names of the secrets that were left out.
    pub hidden: BTreeSet<String>,
    /// The version of the customer that the request says it has read, where the call was refused.
    pub version_read: Option<u64>,
    /// What was asked.
    pub asked: Asked,
    /// The headers of the answer.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Body,
}

/// The request of a [`Call`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The query.
    pub query: Option<String>,
    /// Where the client sees this server, with the tenant's prefix.
    pub base_url: String,
    /// The address that it came from.
    pub address: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
}

/// A body of a [`Call`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    pub(super) at: Time,
    pub(super) took: Duration,
    pub(super) dialect: &'static str,
    pub(super) operation: &'static str,
    pub(super) request: Request,
    pub(super) about: About,
    pub(super) response: Response<Bytes>,
    pub(super) refused: Option<Refusal>,
}

impl Arrived {
    /// Bytes that it holds.
    pub(super) fn bytes(&self) -> usize {
        COST + self.request.body.len() + self.response.body().len()
    }

    /// Reads it and leaves out what is secret. Its number is given when it is kept.
    pub(super) fn settle(self, keeps_bodies: bool) -> Call {
        let Self { at, took, dialect, operation, request, about, mut response, refused } = self;
        let mut notes = response.extensions_mut().remove().map_or(Vec::new(), |Noted(notes)| notes);
        let answered =
            Answered { request: &request, status: response.status(), body: response.body(), refused: refused.as_ref() };
        let known = dialects::dialect_named(dialect);
        notes.extend(known.and_then(|known| (known.explain)(&answered)));
        let client = request.headers.get(header::USER_AGENT).map(|name| String::from_utf8_lossy(name.as_bytes()));
        let mut customers = Vec::from_iter(customer::named(&request));
        customers.extend(about.customers.ids().filter(|id| customers.first() != Some(id)).collect::<Vec<_>>());
        let version_read = refused.as_ref().and(known).and_then(|known| (known.version_read)(&request));
        let mut hidden = BTreeSet::new();
        let asked = Asked {
            headers: redact::headers(&request.headers, &mut hidden),
            body: Body::of(&request.headers, &request.body, keeps_bodies, &mut hidden),
            query: request.query.as_deref().map(|query| redact::query(query, &mut hidden)),
            method: request.method.to_string(),
            base_url: request.base_url,
            address: request.address.to_string(),
        };
        let brief = Brief {
            number: 0,
            at,
            micros: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            dialect: dialect.to_owned(),
            operation: operation.to_owned(),
            outcome: outcome(refused.as_ref(), response.status()).to_owned(),
            status: response.status().as_u16(),
            why: refused.as_ref().map_or(String::new(), |refused| refused.sentence().to_owned()),
            notes: notes.len(),
            id: request.id,
            client: client.unwrap_or_default().into_owned(),
            path: request.path,
            tenant: request.tenant,
            owner: about.tenant.map(|tenant| tenant.number),
            customers,
        };
        Call {
            brief,
            notes,
            version_read,
            asked,
            headers: redact::headers(response.headers(), &mut hidden),
            body: Body::of(response.headers(), response.body(), keeps_bodies, &mut hidden),
            hidden,
        }
    }
}

impl Brief {
    /// Whether what the call said was forgotten.
    pub fn is_forgotten(&self) -> bool {
        self.path.is_empty()
    }

    /// The customers that it was about, if they are those of a tenant that addresses call so.
    pub fn customers_of(&self, tenant: Tenant, name: Option<&str>) -> &[i64] {
        let is_own = self.owner.map_or(self.tenant.as_deref() == name, |owner| owner == tenant.number);
        if is_own { &self.customers } else { &[] }
    }

    /// Bytes that it takes, roughly.
    pub(super) fn bytes(&self) -> usize {
        COST + self.why.len() + self.id.len() + self.client.len() + self.path.len()
    }
}

impl Asked {
    /// The method, to send it again.
    pub fn method(&self) -> Method {
        self.method.parse().unwrap_or_default()
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::Kept(String::new())
    }
}

impl Body {
    fn of(headers: &HeaderMap, body: &Bytes, keeps: bool, hidden: &mut BTreeSet<String>) -> Self {
        if !body.is_empty() && (!keeps || body.len() > MOST_BODY) {
            return Self::Left(body.len());
        }
        redact::body(headers, body, hidden).map_or(Self::Unreadable(body.len()), Self::Kept)
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
