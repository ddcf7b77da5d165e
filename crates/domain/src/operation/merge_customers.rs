use super::{Deleted, Operation};
use crate::access::Access;
use crate::audit;
use crate::customer::{ADDRESS_LINES, shown_name};
use crate::erasure::{MOST, all};
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::ticket;
use crate::value::{Shape, Value};
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Makes two records of one customer one.
///
/// One record stays. It takes what it does not have from the other: values that are unset, addresses of e-mail,
/// subscriptions, orders, keys of integrators, and all tickets, which may be [`MOST`] at most. What both have stays as it is, unless the caller takes
/// that of the other. The other is marked deleted and names the one that stays; every later question for it is answered
/// so. Login names and passwords stay where they are: nobody gets a new way to sign in by it.
#[derive(Debug)]
pub struct MergeCustomers<C> {
    /// The one that stays.
    pub id: i64,
    /// The one that goes.
    pub other: i64,
    /// The version that the other must have.
    pub other_version: Option<u64>,
    /// The fields whose values are taken from the other though both have some.
    pub take: Vec<Field>,
    /// Refuses a record that is not the one the caller means.
    pub check: C,
}

/// What belongs to a record as such, and is never taken from another one.
const OWN: &[Field] =
    &[Field::Username, Field::Password, Field::Status, Field::Locked, Field::BingNumber, Field::MergedInto];

/// Values that make sense only together: taken all, and only where none is set.
const NAMES: &[Field] = &[Field::Name, Field::FirstName, Field::LastName];

impl<C: Fn(&Record) -> Result<(), Error> + Send + 'static> Operation for MergeCustomers<C> {
    /// The record that stays.
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Write;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
        cx.caller.demand_in(Access::Write, crate::scope::Area::Tickets)?;
        if self.id == self.other {
            let text = "A customer cannot be merged into itself. Nothing was changed.";
            return Err(Error::new(Reason::Invalid, text).into());
        }
        let before = rule::find_unmerged(set, cx, Kind::Customer, self.id, Deleted::Hidden);
        let other_before = rule::find_unmerged(set, cx, Kind::Customer, self.other, Deleted::Hidden);
        let (before, other_before) = both(before, other_before)?;
        (self.check)(&before)?;
        rule::check_version(&other_before, self.other_version)?;
        let (mut keeper, mut other) = (Record::clone(&before), Record::clone(&other_before));
        for field in &self.take {
            if OWN.contains(field) || !(Kind::Customer.fields().contains(field) || matches!(field, Field::Extra(_))) {
                return Err(Error::new(Reason::Invalid, format!("{field} cannot be taken from another record")).into());
            }
            keeper.set(*field, other.values.get(*field).cloned())?;
        }
        complete(&mut keeper, &other_before)?;
        for field in released() {
            let taken = other.values.get(field) == keeper.values.get(field) || is_list(field);
            if taken {
                other.set(field, None)?;
            }
        }
        let tickets = all(set, cx, Kind::Ticket, ticket::with(self.other)).map_err(|stop| match stop {
            Stop::Refused(error) if error.reason == Reason::LimitExceeded => {
                let text = format!(
                    "Customer {} has more than {MOST} tickets, which are not moved at once: merge the other way round. \
                     Nothing was changed.",
                    self.other
                );
                Error::new(Reason::LimitExceeded, text).into()
            }
            stop => stop,
        })?;
        // Before it is deleted, so that nothing refers to it when it is.
        Stop::in_each(tickets, |ticket| {
            let mut moved = Record::clone(&ticket);
            let replaced = |id: i64| if id == self.other { self.id } else { id };
            moved.set(Field::CustomerId, moved.number(Field::CustomerId).map(|id| replaced(id).into()))?;
            let further = moved.numbers(Field::FurtherCustomers).iter().map(|id| replaced(*id)).collect();
            moved.set(Field::FurtherCustomers, Some(Value::Numbers(further)))?;
            rule::put(moved, Some(&ticket), set, cx).map(drop)
        })?;
        other.set(Field::MergedInto, Some(self.id.into()))?;
        other.set(Field::Status, Some("deleted".into()))?;
        set.put(other, cx)?;
        audit::note("merge", self.other, set, cx)?;
        set.put(keeper, cx)
    }
}

/// Both, so that one round loads them.
fn both<T>(a: Result<T, Stop>, b: Result<T, Stop>) -> Result<(T, T), Stop> {
    match (a, b) {
        (Err(Stop::Missing), _) | (_, Err(Stop::Missing)) => Err(Stop::Missing),
        (a, b) => Ok((a?, b?)),
    }
}

const fn is_list(field: Field) -> bool {
    matches!(field.shape(), Shape::Codes { .. } | Shape::Emails { .. })
}

/// The unique values that the record that goes gives away.
fn released() -> impl Iterator<Item = Field> {
    [Field::UniqueId, Field::Hash, Field::ExternalCustomerId, Field::SubscriptionIds, Field::OrderIds].into_iter()
}

/// Gives a record what it does not have of another one.
fn complete(keeper: &mut Record, other: &Record) -> Result<(), Error> {
    let named = !shown_name(keeper).is_empty();
    let place = || ADDRESS_LINES.into_iter().chain([Field::City, Field::Region, Field::PostalCode, Field::Country]);
    let has_address = place().any(|field| keeper.values.get(field).is_some());
    for (field, value) in other.values.iter() {
        let value = match (keeper.values.get(field), value) {
            _ if OWN.contains(&field) => continue,
            (_, Value::Texts(more)) if is_list(field) => {
                let mut list = keeper.texts(field).to_vec();
                for text in more {
                    if !list.iter().any(|present| present.to_lowercase() == text.to_lowercase()) {
                        list.push(text.clone());
                    }
                }
                Value::Texts(list)
            }
            (Some(_), _) => continue,
            (None, _) if NAMES.contains(&field) && named => continue,
            (None, _) if has_address && place().any(|part| part == field) => continue,
            (None, value) => value.clone(),
        };
        keeper.set(field, Some(value))?;
    }
    Ok(())
}
