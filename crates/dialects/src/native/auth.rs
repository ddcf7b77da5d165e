//! `Authorization: Bearer <token>` for programs, `Basic` with user name and password for people.

use crate::route::Authenticating;
use crate::sign_in::Credential;
use crate::{Request, State};
use domain::Error;
use domain::error::Reason;
use http::header::AUTHORIZATION;
use wire::basic;

/// What a caller who has not signed in is told to do.
pub(super) const CHALLENGES: &str = "Bearer realm=\"samerow\", Basic realm=\"samerow\"";

pub(super) fn authenticate<'a>(state: &'a State, request: &'a Request) -> Authenticating<'a> {
    Box::pin(async move {
        let refused = |text| Error::new(Reason::Unauthenticated, text);
        let mut headers = request.headers.get_all(AUTHORIZATION).iter();
        let Some(header) = headers.next() else {
            return Err(refused("Sign in with a bearer token, or with user name and password".to_owned()));
        };
        // Two are two answers to one question: neither counts.
        if headers.next().is_some() {
            return Err(refused("The Authorization header is there twice".to_owned()));
        }
        if let Some(key) = bearer(header.as_bytes()) {
            return state.sign_in(request, super::NAME, Credential::Key { name: None, key }).await;
        }
        let basic::Credentials { user, password } = basic::basic(header.as_bytes()).map_err(|error| match error {
            basic::BasicError::Scheme => refused("The Authorization header must use Bearer or Basic".to_owned()),
            error => refused(error.to_string()),
        })?;
        state.sign_in(request, super::NAME, Credential::Password { name: &user, password: &password }).await
    })
}

/// The token of the Bearer scheme (RFC 6750).
fn bearer(header: &[u8]) -> Option<&str> {
    let (scheme, token) = std::str::from_utf8(header).ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_matches(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_follows_its_scheme() {
        for (header, token) in [
            ("Bearer demo-read-token", Some("demo-read-token")),
            ("bearer   a.b-c_d~e+f/g== ", Some("a.b-c_d~e+f/g==")),
            ("Bearer ", Some("")),
            ("Bearer", None),
            ("Bearerdemo", None),
            ("Basic YTpi", None),
            ("", None),
        ] {
            assert_eq!(bearer(header.as_bytes()), token, "{header:?}");
        }
        assert_eq!(bearer(b"Bearer \xFF"), None);
    }
}
