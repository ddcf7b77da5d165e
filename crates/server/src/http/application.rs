use std::future::Future;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};

use super::{Body, Peer, Refusal};

/// What answers the requests. Any `Fn(Request<Bytes>, Peer) -> impl Future<Output = Response<Body>>` will do.
pub trait Application: Send + Sync + 'static {
    /// Answers a request, whose body has arrived in full.
    ///
    /// The future is dropped unfinished only when a drain runs out of time. It is not dropped when the client goes
    /// away. A panic in it is answered with 500.
    fn answer(&self, request: Request<Bytes>, peer: Peer) -> impl Future<Output = Response<Body>> + Send;

    /// The longest body of this request, in bytes, if it is not the limit of the listener. Asked before the body is
    /// read.
    fn body_limit(&self, _head: &Parts) -> Option<usize> {
        None
    }

    /// The answer to a request that could not be read. Its head is known if only the body was refused. The status
    /// should stay that of the refusal; the connection is closed after it.
    fn refuse(&self, refusal: Refusal, _head: Option<&Parts>) -> Response<Body> {
        refusal.response()
    }
}

impl<F, R> Application for F
where
    F: Fn(Request<Bytes>, Peer) -> R + Send + Sync + 'static,
    R: Future<Output = Response<Body>> + Send,
{
    fn answer(&self, request: Request<Bytes>, peer: Peer) -> impl Future<Output = Response<Body>> + Send {
        self(request, peer)
    }
}
