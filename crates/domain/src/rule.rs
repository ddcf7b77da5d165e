//! The rules of each kind, as the operations over records of any kind keep them: what a record needs, what follows from
//! a change, and who may see it.

use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::filter::{Condition, Filter, Test};
use crate::kind::Kind;
use crate::operation::Deleted;
use crate::record::{Part, Record};
use crate::tenant::Tenant;
use crate::working_set::{Context, WorkingSet};
use crate::{category, company, extra_field, key, message, priority, session, tenant, ticket, user};
use std::sync::Arc;

/// Checks a record that is about to be put, and sets what follows from the change. May put other records.
pub(crate) fn settle(
    record: &mut Record,
    before: Option<&Record>,
    set: &mut WorkingSet,
    cx: &Context,
) -> Result<(), Stop> {
    match record.kind {
        Kind::Company => company::settle(record),
        Kind::Category => category::settle(record, set, cx),
        Kind::Priority => priority::settle(record),
        Kind::ExtraField => extra_field::settle(record, before, set, cx),
        Kind::Ticket => ticket::settle(record),
        Kind::Message => message::settle(record),
        Kind::Tenant => tenant::settle(record, before, cx),
        Kind::User => user::settle(record, before, cx),
        Kind::Key => key::settle(record, cx),
        Kind::Session => session::settle(),
        Kind::Customer => Ok(()),
    }
}

/// Finds a record that is for the caller.
pub(crate) fn find(
    set: &mut WorkingSet,
    cx: &Context,
    kind: Kind,
    id: i64,
    deleted: Deleted,
) -> Result<Arc<Record>, Stop> {
    let tenant = cx.caller.tenant;
    let record = match kind {
        Kind::Tenant if !tenant::may_see(tenant, id) => None,
        Kind::Tenant if (1..=crate::field::MAX_NUMBER).contains(&id) => set.record_at((kind, Part::GLOBAL, id))?,
        _ => set.record(tenant, kind, id)?,
    };
    match record {
        Some(record) if deleted == Deleted::Shown || !record.is_deleted() => Ok(record),
        _ => Err(Error::not_found(format!("There is no {} {id}", kind.title())).into()),
    }
}

/// What a listing is confined to for the caller.
pub(crate) fn only_for(kind: Kind, _: &mut WorkingSet, cx: &Context) -> Result<Option<Filter>, Stop> {
    let tenant = cx.caller.tenant;
    let own = Condition::new(Field::Id, Test::Is(tenant.number.into()));
    Ok((kind == Kind::Tenant && tenant != Tenant::DEFAULT).then(|| own.into()))
}

/// Refuses a change of a version that the caller did not read.
pub(crate) fn check_version(record: &Record, expected: Option<u64>) -> Result<(), Error> {
    if expected.is_none_or(|version| version == record.version) {
        return Ok(());
    }
    let text = format!("This {} changed since it was read. Nothing was changed.", record.kind.title());
    Err(Error::new(Reason::Conflict, text))
}

/// Refuses a record without a value that its kind needs.
pub(crate) fn need(record: &Record, field: Field) -> Result<(), Error> {
    if record.values.get(field).is_some() {
        return Ok(());
    }
    let text = format!("The {} needs a {field}. Nothing was stored.", record.kind.title());
    Err(Error::new(Reason::Required, text).at(field))
}
