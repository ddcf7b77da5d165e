//! What a handler answers: a response that is there, or one whose body is still to come.

use bytes::Bytes;
use http::Response;
use std::fmt;
use tokio::sync::mpsc;

/// A body that comes piece by piece. It ends in order when its sender is dropped.
pub type Pieces = mpsc::Receiver<Result<Bytes, Aborted>>;

/// Sent in place of a piece, it ends the connection without ending the body, so that the client can tell that the
/// answer is not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aborted;

impl fmt::Display for Aborted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer was abandoned before its end")
    }
}

impl std::error::Error for Aborted {}

/// See the [module](self).
#[derive(Debug)]
pub struct Reply {
    /// The response, with its body if that is there.
    pub response: Response<Bytes>,
    /// The body otherwise.
    pub pieces: Option<Pieces>,
}

impl Reply {
    /// An answer whose body comes piece by piece. A `Content-Length` among its headers must be true.
    pub fn streamed(head: Response<()>, pieces: Pieces) -> Self {
        Self { response: head.map(|()| Bytes::new()), pieces: Some(pieces) }
    }
}

impl From<Response<Bytes>> for Reply {
    fn from(response: Response<Bytes>) -> Self {
        Self { response, pieces: None }
    }
}
