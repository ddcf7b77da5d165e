//! Headers `api-username` and `api-key`, also with underscores as the vendor's older pages had them.

use crate::route::Authenticating;
use crate::sign_in::Credential;
use crate::{Request, State};
use domain::error::Reason;
use domain::{Error, Role};

/// Every request signs in, and only full administrators may.
pub(super) fn authenticate<'a>(state: &'a State, request: &'a Request) -> Authenticating<'a> {
    Box::pin(async move {
        let header = |name: &str, older: &str| {
            let mut values = request.headers.get_all(name).iter().chain(request.headers.get_all(older));
            // Two values are two answers to one question: neither counts.
            let value = values.next().filter(|_| values.next().is_none());
            value.and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty())
        };
        let missing = || Error::new(Reason::Unauthenticated, "The headers api-username and api-key are needed");
        let name = header("api-username", "api_username").ok_or_else(missing)?;
        let key = header("api-key", "api_key").ok_or_else(missing)?;
        let caller = state.sign_in(request, super::NAME, Credential::Key { name: Some(name), key }).await?;
        if caller.role < Role::Admin {
            let text = format!("{} is no full administrator: only they may use this API", caller.name);
            return Err(Error::new(Reason::Forbidden, text));
        }
        Ok(caller)
    })
}
