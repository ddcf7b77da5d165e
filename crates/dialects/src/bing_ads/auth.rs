//! Who calls: a developer token, which is a key of a program and belongs to no user, and beside it either a user's token
//! or a user name and password.

use super::NAME;
use super::errors::{Code, Refused, Told};
use super::wire::Contract;
use crate::sign_in::Credential;
use crate::{Request, State};
use ::wire::soap::{Envelope, XSI_NAMESPACE};
use domain::error::Reason;
use domain::{Caller, Error};
use std::sync::Arc;

/// # Errors
/// 116 when a header is missing, 105 when one is wrong, 109 for a token whose time is over, 106 for an address that the
/// caller may not call from, 117 after too many.
pub(super) async fn caller(
    state: &State,
    request: &Request,
    contract: &'static Contract,
    envelope: &Envelope<'_>,
) -> Result<Arc<Caller>, Refused> {
    let header = |name| text(envelope, contract, name);
    let Some(developer) = header("DeveloperToken") else {
        return Err(missing("DeveloperToken"));
    };
    let credential = match (header("AuthenticationToken"), header("UserName"), header("Password")) {
        (Some(key), ..) => Credential::Key { name: None, key },
        (None, Some(name), Some(password)) if contract.takes_passwords => Credential::Password { name, password },
        (None, Some(_), None) if contract.takes_passwords => return Err(missing("Password")),
        (None, None, Some(_)) if contract.takes_passwords => return Err(missing("UserName")),
        _ if contract.takes_passwords => return Err(missing("AuthenticationToken, or UserName and Password,")),
        _ => return Err(missing("AuthenticationToken")),
    };
    let program = state.sign_in(request, NAME, Credential::Key { name: None, key: developer }).await?;
    let caller = state.sign_in_beside(request, NAME, credential).await?;
    // A user's token is no program's, nor the other way round; and both are of one tenant.
    if program.user.is_some() || caller.user.is_none() || program.tenant != caller.tenant {
        return Err(Error::new(Reason::Unauthenticated, "These credentials do not belong together").into());
    }
    Ok(caller)
}

/// The text of a header; what is missing, empty or nil is absent.
fn text<'d>(envelope: &Envelope<'d>, contract: &Contract, name: &str) -> Option<&'d str> {
    let block = envelope.header(Some(contract.service.namespace), name)?;
    let nil = block.attribute(Some(XSI_NAMESPACE), "nil").is_some_and(|nil| matches!(nil.trim(), "true" | "1"));
    Some(block.text().trim()).filter(|text| !nil && !text.is_empty())
}

fn missing(name: &str) -> Refused {
    let text = format!("The header {name} is missing or empty");
    Refused::new(Told::AdApi(Code::RequestMissingHeaders), Error::new(Reason::Unauthenticated, text))
}
