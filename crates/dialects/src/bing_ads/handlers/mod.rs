//! One short function an operation: decode, run, encode.

pub(super) mod accounts;
pub(super) mod customers;
pub(super) mod invitations;
pub(super) mod offered;
pub(super) mod search;
pub(super) mod users;

use super::call::{Call, Outcome};
use super::errors::{Code, Refused, Told};
use ::wire::soap::Members;
use domain::{Error, Record};

/// A record that is an argument.
///
/// # Errors
/// `told` when it is absent or nil.
fn record<'a>(call: &Call<'a>, name: &str, told: Told) -> Result<&'a Members<'a>, Refused> {
    let missing = || {
        let text = format!("{name} must be given: it is absent or nil. Nothing was stored.");
        Refused::new(told, Error::new(domain::error::Reason::Required, text))
    };
    call.argument(name).members().ok_or_else(missing)
}

/// An id that is an argument; one that is absent is 0, which nothing has.
fn id(call: &Call<'_>, name: &str) -> i64 {
    match call.argument(name) {
        ::wire::soap::Value::Integer(id) => *id,
        _ => 0,
    }
}

/// What a record shows, with the user who changed it last; programs and customers are none.
async fn with_user(call: &Call<'_>, record: &Record, shown: Members<'static>) -> Result<Members<'static>, Error> {
    let user = call.state.user_named(call.caller.tenant, &record.updated_by).await?;
    Ok(match user {
        Some(id) => shown.with("LastModifiedByUserId", id),
        None => shown,
    })
}

/// A wrong value that has no number of its own.
fn wrong(sentence: String) -> Refused {
    Refused::invalid(Told::AdApi(Code::ApiInputValidationError), sentence)
}
