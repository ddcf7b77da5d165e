//! One short function an operation: decode, run, encode.

pub(super) mod access;
pub(super) mod attachments;
pub(super) mod events;
pub(super) mod import;
pub(super) mod merge;
pub(super) mod notifications;
pub(super) mod passwords;
pub(super) mod privacy;
pub(super) mod records;
pub(super) mod tickets;
pub(super) mod webhooks;
pub(super) mod wsdls;

use super::errors::Problem;
use super::wire;
use crate::route::Call;
use domain::Error;
use domain::error::Reason;

/// The id in the path: digits without a leading zero, so that one record has one address.
///
/// # Errors
/// `NotFound` for anything else.
fn id(call: &Call<'_>) -> Result<i64, Error> {
    let text = call.params.first().copied().unwrap_or_default();
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let id = text.parse().ok().filter(|_| plain);
    id.ok_or_else(|| Error::not_found("There is nothing at this address: an id is a whole number from 1"))
}

/// The texts in a body that has these members and no others.
///
/// # Errors
/// As of [`wire::body`]; `Invalid` for any other body.
fn texts<const N: usize>(call: &Call<'_>, names: [&str; N]) -> Result<[String; N], Problem> {
    let body = wire::body(call.request)?;
    let members = body.as_object().filter(|members| members.iter().all(|(name, _)| names.contains(&name)));
    let text = |name| members.and_then(|members| members.get(name)).and_then(|value| value.as_text());
    let texts = names.map(|name| text(name).map(str::to_owned));
    if texts.iter().any(Option::is_none) {
        let wanted = names.map(|name| format!("\"{name}\": <text>")).join(", ");
        return Err(Error::new(Reason::Invalid, format!("The body must be {{{wanted}}}. Nothing was done.")).into());
    }
    Ok(texts.map(Option::unwrap_or_default))
}
