//! Session keys in the first parameter; names and passwords in the calls that open sessions.

use super::NAME;
use super::errors::{Code, Refused};
use super::operations::{Key, Port};
use crate::session::Session;
use crate::sign_in::Credential;
use crate::{Request, State};
use ::wire::soap::Members;
use domain::error::Reason;
use domain::{Caller, Error, Role};
use std::sync::Arc;

/// The session of a call, if it has one.
///
/// # Errors
/// 5 for a key that is not good here; a fault for an address that its user may not call from.
pub(super) async fn session(
    state: &State,
    request: &Request,
    port: &Port,
    key: Key,
    arguments: &Members<'_>,
) -> Result<Option<Session>, Refused> {
    let text = || arguments.text("sessionKey");
    match key {
        Key::Own => Ok(None),
        Key::Optional if !text().is_empty() => found(state, request, port, text()).await,
        Key::Needed => found(state, request, port, text()).await,
        Key::Optional | Key::None => {
            state.rates.take_of_address(request.address, state.app.now())?;
            Ok(None)
        }
    }
}

async fn found(state: &State, request: &Request, port: &Port, key: &str) -> Result<Option<Session>, Refused> {
    state.find_session(request, NAME, key, port.is_customers()).await.map(Some).map_err(elsewhere)
}

/// Proves an agent, who must be an administrator where that is asked for.
///
/// # Errors
/// `wrong` for a name or password that is not theirs, 4 for somebody without the right, a fault for an address that
/// they may not call from.
pub(super) async fn agent(
    state: &State,
    request: &Request,
    (name, password): (&str, &str),
    wrong: Code,
) -> Result<Arc<Caller>, Refused> {
    let caller = proven(state, request, Credential::Password { name, password }, wrong).await?;
    if caller.role != Role::Admin {
        let text = format!("{} has no administration rights, which this port needs", caller.name);
        return Err(Error::new(Reason::Forbidden, text).into());
    }
    Ok(caller)
}

/// Proves a customer.
///
/// # Errors
/// 1 for a user name or password that is not theirs.
pub(super) async fn customer(
    state: &State,
    request: &Request,
    (name, password): (&str, &str),
) -> Result<Arc<Caller>, Refused> {
    proven(state, request, Credential::Customer { name, password }, Code::IncorrectLoginCustomer).await
}

async fn proven(
    state: &State,
    request: &Request,
    credential: Credential<'_>,
    wrong: Code,
) -> Result<Arc<Caller>, Refused> {
    state.sign_in(request, NAME, credential).await.map_err(|error| match error.reason {
        Reason::Unauthenticated => Refused::new(wrong, error),
        _ => elsewhere(error),
    })
}

/// A proven caller from an address that is not theirs sees a fault, as the vendor's port answers strangers.
pub(super) fn elsewhere(error: Error) -> Refused {
    match error.reason {
        Reason::Forbidden => Refused { code: None, error },
        _ => error.into(),
    }
}
