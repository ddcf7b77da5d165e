//! The APIs that reach the record, one folder each, all alike.
//!
//! A dialect decodes a vendor's request, runs one operation of the domain and encodes the answer in the vendor's words.
//! It holds no rule about customers, names no other dialect, and sees no store. The native API is a dialect like the
//! others: same rules, no privileges.

pub mod about;
mod admission;
pub mod bing_ads;
pub mod connect;
pub mod courier;
pub mod cursor;
pub mod everlytic;
pub mod exchange;
pub mod filter;
pub mod lag;
pub mod learned;
pub mod mail;
mod memory;
pub mod moment;
pub mod native;
mod new_password;
pub mod notes;
pub mod oauth;
pub mod oidc;
mod pages;
pub mod rate;
pub mod reply;
pub mod request;
pub mod route;
pub mod rows;
pub mod search;
pub mod session;
pub mod sign_in;
mod soap;
pub mod state;
mod suggest;
pub mod superoffice;
pub mod together;
pub mod trackfinity;
pub mod uses;
pub mod view;
mod written;

use bytes::Bytes;
use domain::{Caller, Error, Field};
use http::{Response, StatusCode};
use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use rate::{Quotas, Rates};
pub use reply::{Aborted, Pieces, Reply};
pub use request::Request;
pub use route::{Endpoint, Needs};
pub use rows::{Cell, Column, Row, Rows, Seen};
pub use session::{Session, Sessions};
pub use sign_in::{SignIn, SignInLimits};
pub use state::State;
pub use view::{View, Viewer};

/// Every dialect. A new one is a folder and a line here.
pub static ALL: &[&Dialect] =
    &[&bing_ads::DIALECT, &everlytic::DIALECT, &native::DIALECT, &superoffice::DIALECT, &trackfinity::DIALECT];

/// An answer on its way, borrowed from the state and the request.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// A dialect, as the router, the metrics and the documentation see it.
pub struct Dialect {
    /// The name in the history, the metrics and the commands.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// Whether a path is one of this dialect's, also where nothing is: the dialect then says so in its own words.
    pub claims: fn(path: &str) -> bool,
    /// Answers a request. Every answer is in the dialect's own words, whatever went wrong. A caller who is known already
    /// needs no credential: whoever repeats a call from the console.
    pub answer: for<'a> fn(&'a Arc<State>, &'a Request, Option<Arc<Caller>>) -> Answering<'a>,
    /// The longest body that is taken at a path, in bytes, where it is not the server's limit.
    pub largest_body: fn(path: &str) -> Option<usize>,
    /// What an answer of it means, where that is not plain: for whoever looks at exchanges.
    pub explain: notes::Explain,
    /// Which version of a customer a request says that it has read, where it can say one: another was written since if it
    /// is refused for that.
    pub version_read: fn(&Request) -> Option<u64>,
    /// Answers what the listener refused before any dialect saw it: a body that is too large or too slow, a broken
    /// head.
    pub refuse: fn(&Request, &Refusal) -> Response<Bytes>,
    /// The endpoints that are found by method and path; none where operations are found in the body.
    pub endpoints: &'static [Endpoint],
    /// What it calls each field of a customer.
    pub lens: fn() -> Vec<(String, Field)>,
    /// What the call that updates a customer can change, under its names.
    pub changes: fn() -> Vec<(String, Field)>,
    /// How a customer is a row of a file under its names.
    pub rows: Rows,
    /// What it calls an industry, where it has a list of them; `""` for none of them.
    pub industry: Option<fn(&str) -> &'static str>,
    /// Shows how it shows a customer now, where it can.
    pub view: Option<Viewer>,
    /// The names of its operations, as the vendor spells them.
    pub operations: &'static [&'static str],
    /// How programs are pointed here.
    pub connect: &'static connect::Connect,
    /// Reads how another installation spells them, where it can speak so.
    pub learn: Option<learned::Learn>,
}

/// What a dialect answered.
#[derive(Debug)]
pub struct Answer {
    /// The response.
    pub response: Response<Bytes>,
    /// Its body, where it comes piece by piece; that of the response is empty then.
    pub pieces: Option<Pieces>,
    /// The vendor's name of the operation; `""` when none was found.
    pub operation: &'static str,
    /// Why it was refused, for the log and the metrics; `None` when it was not.
    pub refused: Option<Refusal>,
}

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The request itself cannot be used, whatever it asks for: the HTTP status that says so, and a sentence.
    Request(StatusCode, Cow<'static, str>),
    /// The operation was refused.
    Operation(Error),
}

impl Refusal {
    /// A request that cannot be used.
    pub fn request(status: StatusCode, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self::Request(status, sentence.into())
    }

    /// The sentence for the caller.
    pub fn sentence(&self) -> &str {
        match self {
            Self::Request(_, sentence) => sentence,
            Self::Operation(error) => &error.message,
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Operation(error)
    }
}

/// The dialect of that name.
pub fn dialect_named(name: &str) -> Option<&'static Dialect> {
    ALL.iter().find(|dialect| dialect.name == name).copied()
}

/// The names of all dialects, for people: `bing_ads, everlytic, …`.
pub fn dialect_names() -> String {
    ALL.iter().map(|dialect| dialect.name).collect::<Vec<_>>().join(", ")
}

/// The dialect that a path belongs to.
pub fn dialect_of(path: &str) -> Option<&'static Dialect> {
    ALL.iter().find(|dialect| (dialect.claims)(path)).copied()
}
