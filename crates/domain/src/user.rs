//! Users: people who work here, and sign in with a password.

use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::key::settle_reach;
use crate::record::Record;
use crate::rule::need;
use crate::working_set::Context;

/// The fields of a user.
pub(crate) const FIELDS: &[Field] = &[
    Field::Name,
    Field::Username,
    Field::Password,
    Field::Role,
    Field::BingRole,
    Field::Emails,
    Field::JobTitle,
    Field::Phone,
    Field::MobilePhone,
    Field::Fax,
    Field::Dialects,
    Field::Scopes,
    Field::Networks,
    Field::ExpiresAt,
    Field::Disabled,
    Field::LoopbackOnly,
];

/// A user has a login name and a role. Nobody takes their own rights away: the last administrator would be locked out.
pub(crate) fn settle(record: &Record, before: Option<&Record>, cx: &Context) -> Result<(), Stop> {
    for field in [Field::Username, Field::Role] {
        need(record, field)?;
    }
    settle_reach(record, before, cx)?;
    let rights = [
        Field::Role,
        Field::BingRole,
        Field::Dialects,
        Field::Scopes,
        Field::Networks,
        Field::ExpiresAt,
        Field::Disabled,
    ];
    let changed = |field: &Field| before.is_some_and(|before| before.values.get(*field) != record.values.get(*field));
    if cx.caller.user == Some(record.id) && rights.iter().any(changed) {
        let text = "Nobody changes their own rights: let another administrator do it. Nothing was changed.";
        return Err(Error::new(Reason::Forbidden, text).into());
    }
    Ok(())
}
