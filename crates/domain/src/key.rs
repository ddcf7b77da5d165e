//! Keys: secrets that programs sign in with. Only their digests are kept.

use crate::access::Role;
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::network::{InvalidNetwork, Network};
use crate::record::Record;
use crate::rule::need;
use crate::scope::Scopes;
use crate::working_set::Context;

/// The fields of a key.
pub(crate) const FIELDS: &[Field] = &[
    Field::Username,
    Field::Digest,
    Field::PreviousDigest,
    Field::PreviousUntil,
    Field::Role,
    Field::UserId,
    Field::Dialects,
    Field::Scopes,
    Field::Networks,
    Field::ExpiresAt,
    Field::Disabled,
    Field::LoopbackOnly,
];

/// A key has a name, a digest and a role. The name need not be unique: some programs send it beside the key, and several
/// keys may stand for one program.
pub(crate) fn settle(record: &Record, before: Option<&Record>, cx: &Context) -> Result<(), Stop> {
    for field in [Field::Username, Field::Digest, Field::Role] {
        need(record, field)?;
    }
    Ok(settle_reach(record, before, cx)?)
}

/// What users and keys have in common: scopes and networks that can be read, and nobody gives more than they have, nor
/// makes a secret for somebody who has more. To take away is always allowed.
pub(crate) fn settle_reach(record: &Record, before: Option<&Record>, cx: &Context) -> Result<(), Error> {
    let scopes = Scopes::read(record.texts(Field::Scopes))?;
    let network = |text: &String| text.parse::<Network>();
    let read: Result<Vec<_>, InvalidNetwork> = record.texts(Field::Networks).iter().map(network).collect();
    read.map_err(|error| Error::invalid(Field::Networks, error.to_string()))?;
    let given = [Field::Role, Field::Scopes, Field::Digest, Field::Password];
    let same = |field: &Field| before.is_some_and(|before| before.values.get(*field) == record.values.get(*field));
    if given.iter().all(same) {
        return Ok(());
    }
    let caller = &cx.caller;
    let more = Role::named(record.text(Field::Role)).is_some_and(|role| role > caller.role);
    if more || scopes.and(caller.scopes) != scopes {
        let text = format!("{} cannot give more than they have themselves", caller.name);
        return Err(Error::new(Reason::Forbidden, text));
    }
    Ok(())
}
