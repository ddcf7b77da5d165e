//! Users: people who work here, and sign in with a password.

use crate::erasure::all;
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::filter::{Condition, Test};
use crate::key::settle_reach;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule::need;
use crate::working_set::{Context, WorkingSet};

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
    Field::CustomerId,
];

/// How long an invitation is good, in seconds: 30 days.
pub const INVITATION: i64 = 30 * 86_400;

/// Whether a user is invited, for a customer, and has no password yet. When the invitation ends, so does the user.
pub fn is_invited(user: &Record) -> bool {
    let [customer, end] = [Field::CustomerId, Field::ExpiresAt].map(|field| user.number(field));
    customer.is_some() && end.is_some() && user.text(Field::Password).is_empty()
}

/// A user has a login name and a role. Nobody takes their own rights away: the last administrator would be locked out.
/// Who is given a password has come, and their invitation ends no more.
pub(crate) fn settle(
    record: &mut Record,
    before: Option<&Record>,
    set: &mut WorkingSet,
    cx: &Context,
) -> Result<(), Stop> {
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
    let same_end = before.is_some_and(|before| before.number(Field::ExpiresAt) == record.number(Field::ExpiresAt));
    if same_end && before.is_some_and(is_invited) && !is_invited(record) {
        record.set(Field::ExpiresAt, None)?;
    }
    if record.is_deleted() && before.is_some_and(|before| !before.is_deleted()) {
        refuse_primary(record.id, set, cx)?;
    }
    Ok(())
}

/// # Errors
/// `Locked` for the primary user of an account.
fn refuse_primary(id: i64, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
    let theirs = Condition::new(Field::PrimaryUser, Test::Is(id.into()));
    let accounts = all(set, cx, Kind::Account, theirs.into())?;
    match accounts.iter().find(|account| !account.is_deleted() && account.number(Field::PrimaryUser) == Some(id)) {
        Some(account) => {
            let text = format!(
                "User {id} is the primary user of account {}: let it have another first. Nothing was deleted.",
                account.id
            );
            Err(Error::new(Reason::Locked, text).into())
        }
        None => Ok(()),
    }
}
