//! One short function an operation: decode, run, encode.

pub(super) mod access;
pub(super) mod attachments;
pub(super) mod events;
pub(super) mod merge;
pub(super) mod privacy;
pub(super) mod records;
pub(super) mod tickets;
pub(super) mod webhooks;

use crate::route::Call;
use domain::Error;

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
