//! HTTP Basic: the user name of an account and one of its API keys.

use crate::route::Authenticating;
use crate::sign_in::Credential;
use crate::{Request, State};
use domain::Error;
use domain::error::Reason;
use http::header;
use wire::basic::basic;

/// Every request signs in; what a caller may do there, the operations decide.
pub(super) fn authenticate<'a>(state: &'a State, request: &'a Request) -> Authenticating<'a> {
    Box::pin(async move {
        let refused = |why: String| Error::new(Reason::Unauthenticated, why);
        let mut headers = request.headers.get_all(header::AUTHORIZATION).iter();
        // Two headers are two answers to one question: neither counts.
        let (Some(header), None) = (headers.next(), headers.next()) else {
            return Err(refused("Sign in with HTTP Basic, once: user name and API key".to_owned()));
        };
        let sent = basic(header.as_bytes()).map_err(|error| refused(format!("Sign-in failed: {error}")))?;
        let credential = Credential::Key { name: Some(&sent.user), key: &sent.password };
        state.sign_in(request, super::NAME, credential).await
    })
}
