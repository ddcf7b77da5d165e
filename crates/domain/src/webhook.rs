//! Webhooks: addresses that are told of changes. The record says where and of what; how far its receiver has been told
//! is a record of its own ([`Kind::Delivery`]) under the same id, without a history, since it changes with every event.

use crate::error::{Error, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule::need;

/// The fields of a webhook.
pub(crate) const FIELDS: &[Field] = &[
    Field::Name,
    Field::Url,
    Field::Kinds,
    Field::Dialects,
    Field::Disabled,
    Field::Deleted,
    Field::Problem,
    Field::SecretNumber,
    Field::RotatedAt,
];

/// The fields of its delivery.
pub(crate) const DELIVERY_FIELDS: &[Field] =
    &[Field::Cursor, Field::Attempts, Field::FailingSince, Field::RetryAt, Field::Problem, Field::ReplayedAt];

/// The fields of an event that was given up.
pub(crate) const DEAD_LETTER_FIELDS: &[Field] = &[Field::WebhookId, Field::Event, Field::Attempts, Field::Problem];

/// What only operations of webhooks set.
const OURS: [Field; 3] = [Field::SecretNumber, Field::RotatedAt, Field::Problem];

/// A webhook has an address that can be posted to, and names kinds that there are. Switched on again, it has no problem.
pub(crate) fn settle(record: &mut Record, before: Option<&Record>) -> Result<(), Stop> {
    need(record, Field::Url)?;
    check_url(record.text(Field::Url)).map_err(|why| Error::invalid(Field::Url, why))?;
    for name in record.texts(Field::Kinds) {
        if !Kind::named(name).is_some_and(Kind::has_history) {
            let shown: String = name.chars().take(64).collect();
            return Err(Error::invalid(Field::Kinds, format!("{shown:?} is no kind of record that has events")).into());
        }
    }
    for field in OURS {
        if record.values.get(field) != before.and_then(|before| before.values.get(field)) {
            return Err(Error::invalid(field, format!("{field} is set by the server: leave it out")).into());
        }
    }
    if before.is_none() {
        record.set(Field::SecretNumber, Some(1.into()))?;
    }
    if !record.flag(Field::Disabled) {
        record.set(Field::Problem, None)?;
    }
    Ok(())
}

/// `https://host:port/path?query`, without a user or a fragment.
fn check_url(url: &str) -> Result<(), &'static str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let rest = rest.ok_or("The address must begin with https:// or http://")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.is_empty() || authority.starts_with(':') {
        return Err("The address names no host");
    }
    if authority.contains('@') {
        return Err("The address must hold no user name or password: whoever may read webhooks would see it");
    }
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) || url.contains(['#', '\\', '"', '<', '>']) {
        return Err("The address must be a URL in ASCII without a fragment");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_can_be_posted_to() {
        for (url, usable) in [
            ("https://example.org", true),
            ("http://example.org:8080/hook?a=b&c=%20", true),
            ("https://[2001:db8::1]/", true),
            ("ftp://example.org", false),
            ("example.org", false),
            ("https://", false),
            ("https:///hook", false),
            ("https://:80/", false),
            ("https://user:secret@example.org/", false),
            ("https://example.org/#part", false),
            ("https://example.org/a b", false),
            ("https://example.org/\\@", false),
            ("https://éxample.org/", false),
        ] {
            assert_eq!(check_url(url).is_ok(), usable, "{url}");
        }
    }
}
