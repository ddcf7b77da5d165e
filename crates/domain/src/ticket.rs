//! Tickets: what a customer asked, and what became of it.

use crate::error::{Error, Stop};
use crate::field::Field;
use crate::filter::{Condition, Filter, Test};
use crate::kind::Kind;
use crate::notification::{NEW_TICKET, TAKEN_OVER, notify};
use crate::record::Record;
use crate::rule::{company_of, confine};
use crate::value::Value;
use crate::working_set::{Context, WorkingSet};

/// The fields of a ticket, extra fields apart.
pub(crate) const FIELDS: &[Field] = &[
    Field::CustomerId,
    Field::FurtherCustomers,
    Field::Title,
    Field::CategoryId,
    Field::PriorityId,
    Field::TicketStatus,
    Field::Owner,
    Field::External,
    Field::Author,
    Field::CreatedBy,
    Field::OpenedAt,
    Field::Deadline,
    Field::LastMessageAt,
    Field::RepliedAt,
    Field::ClosedAt,
    Field::ReadByCustomerAt,
    Field::ReadByOwnerAt,
    Field::HasAttachment,
    Field::FilterAddress,
    Field::DbiAgentId,
    Field::DbiKey,
    Field::DbiSynchronizedAt,
];

/// What a customer says of a ticket that they open.
const OPENED_WITH: &[Field] = &[Field::Title, Field::External, Field::CategoryId, Field::PriorityId, Field::CustomerId];

/// What a customer may change of a ticket of theirs.
const CHANGED_BY_CUSTOMER: &[Field] = &[Field::TicketStatus, Field::ReadByCustomerAt];

/// The state of a ticket; one of which nobody said is open.
pub fn status(ticket: &Record) -> &str {
    match ticket.text(Field::TicketStatus) {
        "" => "open",
        status => status,
    }
}

/// Whether the owner has seen what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadStatus {
    /// All of it.
    Read,
    /// All but what came since.
    New,
    /// Nothing.
    Unread,
}

/// How far the owner of a ticket has read it.
pub fn read_status(ticket: &Record) -> ReadStatus {
    match (ticket.number(Field::ReadByOwnerAt), ticket.number(Field::LastMessageAt)) {
        (None, _) => ReadStatus::Unread,
        (Some(read), Some(last)) if read < last => ReadStatus::New,
        (Some(_), _) => ReadStatus::Read,
    }
}

/// Whether a customer sees a ticket: it is external, and they are one of its customers.
pub(crate) fn is_of(ticket: &Record, customer: i64) -> bool {
    let theirs = ticket.number(Field::CustomerId) == Some(customer)
        || ticket.numbers(Field::FurtherCustomers).contains(&customer);
    theirs && ticket.flag(Field::External)
}

/// The tickets of a customer.
pub fn with(customer: i64) -> Filter {
    let is = || Test::Is(customer.into());
    Filter::Any(vec![
        Condition::new(Field::CustomerId, is()).into(),
        Condition::new(Field::FurtherCustomers, Test::Entry(Box::new(is()))).into(),
    ])
}

/// A new ticket knows who opened it, and takes its priority from the customer's company when none is given. The first
/// customer is never also a further one, and there is one while there are others. The time of closing follows the
/// status. A customer opens tickets of their own, with external categories and priorities, and may close them.
pub(crate) fn settle(
    ticket: &mut Record,
    before: Option<&Record>,
    set: &mut WorkingSet,
    cx: &Context,
) -> Result<(), Stop> {
    order_customers(ticket)?;
    match before {
        None => open(ticket, set, cx)?,
        Some(before) => {
            confine(ticket, Some(before), CHANGED_BY_CUSTOMER, cx)?;
            if cx.caller.customer.is_some() && !matches!(status(ticket), "closed") && status(ticket) != status(before) {
                return Err(Error::invalid(Field::TicketStatus, "A customer can only close a ticket").into());
            }
        }
    }
    let closing = before.map(status) != Some("closed") && status(ticket) == "closed";
    if closing && ticket.number(Field::ClosedAt) == before.and_then(|before| before.number(Field::ClosedAt)) {
        ticket.set(Field::ClosedAt, Some(cx.now.0.into()))?;
    } else if matches!(status(ticket), "open" | "postponed") {
        ticket.set(Field::ClosedAt, None)?;
    }
    Ok(())
}

/// Tells who looks after a ticket now, and who did before.
pub(crate) fn follow(before: Option<&Record>, ticket: &Record, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
    let (was, is) = (before.and_then(|before| before.number(Field::Owner)), ticket.number(Field::Owner));
    if was == is {
        return Ok(());
    }
    let author = cx.caller.name.as_str();
    notify(is, NEW_TICKET, ticket, author, set, cx)?;
    notify(was, TAKEN_OVER, ticket, author, set, cx)
}

fn order_customers(ticket: &mut Record) -> Result<(), Error> {
    let mut customers: Vec<i64> = ticket.number(Field::CustomerId).into_iter().collect();
    for customer in ticket.numbers(Field::FurtherCustomers) {
        if !customers.contains(customer) {
            customers.push(*customer);
        }
    }
    let further = customers.get(1..).unwrap_or_default().to_vec();
    ticket.set(Field::CustomerId, customers.first().map(|first| (*first).into()))?;
    ticket.set(Field::FurtherCustomers, Some(Value::Numbers(further)))
}

fn open(ticket: &mut Record, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
    confine(ticket, None, OPENED_WITH, cx)?;
    if let Some(customer) = cx.caller.customer {
        if ticket.number(Field::CustomerId).is_some_and(|other| other != customer) {
            return Err(Error::invalid(Field::CustomerId, "A customer opens tickets of their own only").into());
        }
        ticket.set(Field::CustomerId, Some(customer.into()))?;
        for (field, kind) in [(Field::CategoryId, Kind::Category), (Field::PriorityId, Kind::Priority)] {
            let Some(id) = ticket.number(field) else { continue };
            let found = set.record(cx.caller.tenant, kind, id)?;
            if found.is_none_or(|found| !found.flag(Field::External)) {
                return Err(Error::invalid(field, format!("{} {id} does not exist", kind.name())).into());
            }
        }
    }
    if ticket.number(Field::PriorityId).is_none()
        && let Some(customer) = ticket.number(Field::CustomerId)
        && let Some(company) = company_of(customer, set, cx)?
    {
        let company = set.record(cx.caller.tenant, Kind::Company, company)?;
        let priority = company.and_then(|company| company.number(Field::PriorityId));
        if let Some(priority) = priority
            && set.record(cx.caller.tenant, Kind::Priority, priority)?.is_some_and(|found| !found.is_deleted())
        {
            ticket.set(Field::PriorityId, Some(priority.into()))?;
        }
    }
    sign(ticket, set, cx)
}

/// Notes who wrote a ticket or a message, unless somebody else is named.
pub(crate) fn sign(record: &mut Record, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
    if record.number(Field::CreatedBy).is_none()
        && let Some(user) = cx.caller.user
    {
        record.set(Field::CreatedBy, Some(user.into()))?;
    }
    if record.text(Field::Author).is_empty() {
        let customer = match cx.caller.customer {
            Some(customer) => set.record(cx.caller.tenant, Kind::Customer, customer)?,
            None => None,
        };
        let author = customer.map(|customer| crate::customer::shown_name(&customer).chars().take(255).collect());
        let author: String = author.unwrap_or_else(|| cx.caller.name.clone());
        record.set(Field::Author, Some(author.into()))?;
    }
    Ok(())
}
