use crate::credential::{Space, UniqueKey};
use crate::customer::Customer;
use crate::error::{Error, Stop};
use crate::kind::Kind;
use crate::record::Record;
use crate::working_set::{Context, WorkingSet};
use std::fmt;
use std::sync::Arc;

/// What a caller knows a customer by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomerRef {
    /// The id.
    Id(i64),
    /// The login name.
    Username(String),
    /// The integrator's own key.
    UniqueId(String),
    /// A subscription.
    Subscription(String),
    /// An order.
    Order(String),
}

impl fmt::Display for CustomerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "customer {id}"),
            Self::Username(name) => write!(f, "customer with user name \"{name}\""),
            Self::UniqueId(id) => write!(f, "customer with unique id \"{id}\""),
            Self::Subscription(id) => write!(f, "customer with subscription \"{id}\""),
            Self::Order(id) => write!(f, "customer with order \"{id}\""),
        }
    }
}

/// Whether a dialect finds a customer that is marked deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// It is found like any other.
    Shown,
    /// It does not exist.
    Hidden,
}

/// Finds the one customer that all references name. For a customer who calls there is no other than they.
pub(super) fn find(
    set: &mut WorkingSet,
    cx: &Context,
    who: &[CustomerRef],
    deleted: Deleted,
) -> Result<Customer, Stop> {
    let mut found: Option<Customer> = None;
    for reference in who {
        let record = record(set, cx, reference)?;
        crate::rule::refuse_erased(record.as_deref())?;
        if let Some(record) = record.as_deref().filter(|_| cx.caller.customer.is_none()) {
            crate::rule::refuse_merged(record)?;
        }
        let mine = |customer: &Customer| cx.caller.customer.is_none_or(|own| own == customer.id);
        let customer = record.map(Customer).filter(|customer| deleted == Deleted::Shown || !customer.is_deleted());
        let customer = customer.filter(mine);
        let Some(customer) = customer else {
            return Err(Error::not_found(format!("There is no {reference}")).into());
        };
        if let Some(other) = found.as_ref().filter(|other| other.id != customer.id) {
            let text = format!("The {reference} is customer {}, not customer {}", customer.id, other.id);
            return Err(Error::not_found(text).into());
        }
        found = Some(customer);
    }
    found.ok_or_else(|| Error::not_found("No customer was named").into())
}

/// The record that a reference leads to, whatever became of it.
pub(super) fn record(set: &mut WorkingSet, cx: &Context, reference: &CustomerRef) -> Result<Option<Arc<Record>>, Stop> {
    let (space, text) = match reference {
        CustomerRef::Id(id) => return set.record(cx.caller.tenant, Kind::Customer, *id),
        CustomerRef::Username(text) => (Space::CustomerUsername, text),
        CustomerRef::UniqueId(text) => (Space::UniqueId, text),
        CustomerRef::Subscription(text) => (Space::Subscription, text),
        CustomerRef::Order(text) => (Space::Order, text),
    };
    set.owner(Kind::Customer, &UniqueKey::new(cx.caller.tenant, space, text))
}
