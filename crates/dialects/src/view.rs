//! How a dialect shows a customer now: the call that reads it as a client would make it, and its answer.

use crate::{Answer, Request, State};
use bytes::Bytes;
use domain::Caller;
use http::{HeaderMap, HeaderValue, Method, header};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// See the [module](self).
#[derive(Debug)]
pub struct View {
    /// The call, without a credential.
    pub request: Request,
    /// What stands for the credential, to be shown: headers with their values, or nothing where it is in the body.
    pub credential: &'static [(&'static str, &'static str)],
    /// What is answered now; `None` where the vendor has no call that reads. Then the call is the one that would change
    /// nothing.
    pub answer: Option<Answer>,
}

/// A view on its way.
pub type Viewing<'a> = Pin<Box<dyn Future<Output = View> + Send + 'a>>;

/// Shows a customer of that id as the dialect shows it to that caller, who needs no credential of the dialect's. The
/// request says where the server is and whose customer is meant.
pub type Viewer = for<'a> fn(&'a Arc<State>, &'a Request, Arc<Caller>, i64) -> Viewing<'a>;

/// A call to the same server.
pub(crate) fn call(
    from: &Request,
    method: Method,
    path: String,
    query: Option<&str>,
    body: &str,
    kind: &'static str,
) -> Request {
    let mut headers = HeaderMap::new();
    if !kind.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    Request {
        method,
        path,
        query: query.map(str::to_owned),
        headers,
        body: Bytes::copy_from_slice(body.as_bytes()),
        ..from.clone()
    }
}
