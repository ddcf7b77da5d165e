//! What an endpoint takes and answers, as far as the description of its API tells it.

use domain::Kind;
use http::StatusCode;

/// What an endpoint takes and answers when all goes well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The names of the query parameters.
    pub query: &'static [&'static str],
    /// The body of the request.
    pub takes: Content,
    /// The status of the answer.
    pub status: StatusCode,
    /// The body of the answer.
    pub answers: Content,
}

impl Exchange {
    /// Of an endpoint that no description of ours tells about.
    pub const UNSAID: Self =
        Self { query: &[], takes: Content::Unsaid, status: StatusCode::OK, answers: Content::Unsaid };
}

/// What a body holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nobody said it.
    Unsaid,
    /// Nothing: there is no body.
    Nothing,
    /// A record, or of a request what of it is to be set.
    Record(Kind),
    /// A record that was changed whatever version it had.
    AnyVersion(Kind),
    /// A record and, this once, its secret.
    WithSecret(Kind),
    /// A page of records.
    Page(Kind),
    /// What the schema of that name says.
    Schema(&'static str),
    /// The same, and it may be left out.
    Optional(&'static str),
    /// The bytes of a file, of any type.
    Bytes,
    /// Changes, one a line or as a stream of events.
    Events,
}
