//! The rules of each kind, as the operations over records of any kind keep them: what a record needs, what follows from
//! a change, and what of it a customer sees who signed in as such.

use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::filter::{Condition, Filter, Test};
use crate::kind::Kind;
use crate::operation::Deleted;
use crate::record::{Part, Record};
use crate::tenant::Tenant;
use crate::working_set::{Context, WorkingSet};
use crate::{
    account, attachment, category, company, customer, extra_field, extra_table, key, language, message, priority,
    session, tenant, ticket, token, user, webhook, wsdl,
};
use std::sync::Arc;

/// Checks a record that is about to be put, and sets what follows from the change.
pub(crate) fn settle(
    record: &mut Record,
    before: Option<&Record>,
    set: &mut WorkingSet,
    cx: &Context,
) -> Result<(), Stop> {
    if cx.caller.customer.is_some() {
        if !matches!(record.kind, Kind::Ticket | Kind::Message | Kind::Attachment) {
            return Err(Error::new(Reason::Forbidden, "Customers may not change this").into());
        }
        check_extra_fields(record, before, set, cx)?;
    }
    match record.kind {
        Kind::Account => account::settle(record, before),
        Kind::Company => company::settle(record),
        Kind::Category => category::settle(record, set, cx),
        Kind::Priority => priority::settle(record),
        Kind::ExtraField => extra_field::settle(record, before, set, cx),
        Kind::Ticket => ticket::settle(record, before, set, cx),
        Kind::Message => message::settle(record, before, set, cx),
        Kind::Attachment => attachment::settle(record, before, cx),
        Kind::Tenant => tenant::settle(record, before, cx),
        Kind::User => user::settle(record, before, set, cx),
        Kind::Key => key::settle(record, before, cx),
        Kind::Session => session::settle(),
        Kind::Token => token::settle(record, before, set, cx),
        Kind::Language => language::settle(record),
        Kind::ExtraTable => extra_table::settle_table(record),
        Kind::ExtraRow => extra_table::settle_row(record, before, set, cx),
        Kind::Notification | Kind::NotificationReader | Kind::AuditEntry => {
            let text = format!("A {} is made by operations of its own", record.kind.title());
            Err(Error::new(Reason::Unsupported, text).into())
        }
        Kind::Webhook => webhook::settle(record, before),
        Kind::Wsdl => wsdl::settle(record),
        Kind::Customer => customer::settle(record, before).map_err(Stop::from),
        Kind::Answer | Kind::Delivery | Kind::DeadLetter => Ok(()),
    }
}

/// Changes the other records that a change has consequences for, once the record is put.
pub(crate) fn follow(before: Option<&Record>, after: &Record, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
    match after.kind {
        Kind::Message if before.is_none_or(|before| before.version != after.version) => {
            message::follow(before, after, set, cx)
        }
        Kind::Ticket => ticket::follow(before, after, set, cx),
        Kind::Attachment if after.is_deleted() => {
            set.remove_content((after.kind, after.part, after.id));
            Ok(())
        }
        Kind::Message
        | Kind::Tenant
        | Kind::User
        | Kind::Key
        | Kind::Session
        | Kind::Token
        | Kind::ExtraField
        | Kind::Company
        | Kind::Customer
        | Kind::Account
        | Kind::Category
        | Kind::Priority
        | Kind::Attachment
        | Kind::Answer
        | Kind::Language
        | Kind::ExtraTable
        | Kind::ExtraRow
        | Kind::Notification
        | Kind::NotificationReader
        | Kind::Webhook
        | Kind::Delivery
        | Kind::DeadLetter
        | Kind::AuditEntry
        | Kind::Wsdl => Ok(()),
    }
}

/// Settles, puts and follows: what every operation does with a record that it changed.
pub(crate) fn put(
    mut record: Record,
    before: Option<&Record>,
    set: &mut WorkingSet,
    cx: &Context,
) -> Result<Arc<Record>, Stop> {
    settle(&mut record, before, set, cx)?;
    let after = set.put(record, cx)?;
    follow(before, &after, set, cx)?;
    Ok(after)
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
    refuse_erased(record.as_deref())?;
    if let Some(record) = record
        && (deleted == Deleted::Shown || !record.is_deleted())
        && is_for_caller(&record, set, cx)?
    {
        return Ok(record);
    }
    Err(Error::not_found(format!("There is no {} {id}", kind.title())).into())
}

/// As [`find`], for who changes or takes away: a customer that was merged into another one is not there for that.
pub(crate) fn find_unmerged(
    set: &mut WorkingSet,
    cx: &Context,
    kind: Kind,
    id: i64,
    deleted: Deleted,
) -> Result<Arc<Record>, Stop> {
    let record = find(set, cx, kind, id, Deleted::Shown)?;
    refuse_merged(&record)?;
    if deleted == Deleted::Hidden && record.is_deleted() {
        return Err(Error::not_found(format!("There is no {} {id}", kind.title())).into());
    }
    Ok(record)
}

/// Whether a record is for the caller: everything for those who work here, and for a customer what is external and
/// theirs.
fn is_for_caller(record: &Record, set: &mut WorkingSet, cx: &Context) -> Result<bool, Stop> {
    let Some(customer) = cx.caller.customer else { return Ok(true) };
    if record.is_deleted() {
        return Ok(false);
    }
    match record.kind {
        Kind::Customer => Ok(record.id == customer),
        Kind::Company => Ok(company_of(customer, set, cx)? == Some(record.id)),
        Kind::Category | Kind::Priority | Kind::ExtraField => Ok(record.flag(Field::External)),
        Kind::Ticket => Ok(ticket::is_of(record, customer)),
        Kind::Message => message::is_of(record, customer, set, cx),
        Kind::Attachment => attachment::is_of(record, customer, set, cx),
        Kind::Language => Ok(true),
        Kind::Tenant
        | Kind::Account
        | Kind::User
        | Kind::Key
        | Kind::Session
        | Kind::Token
        | Kind::Answer
        | Kind::ExtraTable
        | Kind::ExtraRow
        | Kind::Notification
        | Kind::NotificationReader
        | Kind::Webhook
        | Kind::Delivery
        | Kind::DeadLetter
        | Kind::AuditEntry
        | Kind::Wsdl => Ok(false),
    }
}

/// What a listing is confined to for the caller; `None` for those who see everything.
pub(crate) fn only_for(kind: Kind, set: &mut WorkingSet, cx: &Context) -> Result<Option<Filter>, Stop> {
    let only = |id: i64| Filter::from(Condition::new(Field::Id, Test::Is(id.into())));
    let tenant = cx.caller.tenant;
    let Some(customer) = cx.caller.customer else {
        return Ok((kind == Kind::Tenant && tenant != Tenant::DEFAULT).then(|| only(tenant.number)));
    };
    let external = Condition::new(Field::External, Test::Is(true.into()));
    Ok(Some(match kind {
        Kind::Customer => only(customer),
        Kind::Company => company_of(customer, set, cx)?.map_or(Filter::Any(Vec::new()), only),
        Kind::Category | Kind::Priority | Kind::ExtraField => external.into(),
        Kind::Ticket => ticket::with(customer).and(external),
        // Those of a ticket are listed by an operation of their own.
        Kind::Message | Kind::Attachment => Filter::Any(Vec::new()),
        Kind::Language => Filter::default(),
        Kind::Tenant
        | Kind::Account
        | Kind::User
        | Kind::Key
        | Kind::Session
        | Kind::Token
        | Kind::Answer
        | Kind::ExtraTable
        | Kind::ExtraRow
        | Kind::Notification
        | Kind::NotificationReader
        | Kind::Webhook
        | Kind::Delivery
        | Kind::DeadLetter
        | Kind::AuditEntry
        | Kind::Wsdl => Filter::Any(Vec::new()),
    }))
}

/// Takes away what a customer does not see of a record that is for them: internal extra fields.
pub(crate) fn conceal(record: &mut Record, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
    if cx.caller.customer.is_none() {
        return Ok(());
    }
    let extras: Vec<_> = record.values.iter().map(|(field, _)| field).collect();
    for field in extras {
        if !is_external(field, record.kind, set, cx)? {
            record.values.set(field, None);
        }
    }
    Ok(())
}

/// A customer sets external extra fields only; of others they do not learn that they exist.
pub(crate) fn check_extra_fields(
    record: &Record,
    before: Option<&Record>,
    set: &mut WorkingSet,
    cx: &Context,
) -> Result<(), Stop> {
    for change in crate::change::difference(before, record) {
        if !is_external(change.field, record.kind, set, cx)? {
            let text = format!("There is no extra field {} for a {}", change.field, record.kind.name());
            return Err(Error::invalid(change.field, text).into());
        }
    }
    Ok(())
}

/// What a customer may change of their own record.
pub(crate) fn check_own(after: &Record, before: &Record, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
    if cx.caller.customer.is_none() {
        return Ok(());
    }
    confine(after, Some(before), customer::SET_BY_CUSTOMER, cx)?;
    check_extra_fields(after, Some(before), set, cx)
}

/// Whether a customer may know of a field: of an extra one only if it is external.
pub(crate) fn is_external(field: Field, kind: Kind, set: &mut WorkingSet, cx: &Context) -> Result<bool, Stop> {
    let Field::Extra(number) = field else { return Ok(true) };
    Ok(set.definition(cx.caller.tenant, kind, number)?.flag(Field::External))
}

/// The company of a customer.
pub(crate) fn company_of(customer: i64, set: &mut WorkingSet, cx: &Context) -> Result<Option<i64>, Stop> {
    let customer = set.record(cx.caller.tenant, Kind::Customer, customer)?;
    Ok(customer.and_then(|customer| customer.number(Field::Company)))
}

/// Refuses what was erased.
pub(crate) fn refuse_erased(record: Option<&Record>) -> Result<(), Error> {
    match record.filter(|record| record.is_erased()) {
        Some(record) => Err(Error::not_found(format!("Customer {} was erased: nothing is kept of them", record.id))),
        None => Ok(()),
    }
}

/// Refuses a customer that was merged into another one, and names that.
pub(crate) fn refuse_merged(record: &Record) -> Result<(), Error> {
    match record.number(Field::MergedInto).filter(|_| record.kind == Kind::Customer) {
        Some(id) => Err(Error::not_found(format!("Customer {} was merged into customer {id}", record.id))),
        None => Ok(()),
    }
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

/// Refuses a customer who sets more than what is theirs to set.
pub(crate) fn confine(record: &Record, before: Option<&Record>, fields: &[Field], cx: &Context) -> Result<(), Error> {
    if cx.caller.customer.is_none() {
        return Ok(());
    }
    let mut changes = crate::change::difference(before, record).into_iter().map(|change| change.field);
    match changes.find(|field| !matches!(field, Field::Extra(_)) && !fields.contains(field)) {
        Some(field) => Err(Error::new(Reason::Forbidden, format!("Customers may not set {field}")).at(field)),
        None => Ok(()),
    }
}
