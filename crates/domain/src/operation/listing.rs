//! What every operation that lists does.

use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::filter::{Condition, Filter, Page, Query, Selection, Test};
use crate::kind::Kind;
use crate::rule;
use crate::tenant::Tenant;
use crate::value::{Value, admit_extra};
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// One page, without what a customer does not see. What extra fields are compared with is brought to the form that
/// their definitions want first.
///
/// # Errors
/// `Missing` until the page is loaded. `Invalid` for an extra field that is not defined, a value it cannot hold, and a
/// test that it cannot be put to.
pub(super) fn page(
    set: &mut WorkingSet,
    cx: &Context,
    kind: Kind,
    mut selection: Selection,
) -> Result<Arc<Page>, Stop> {
    for field in selection.fields() {
        // To search by what a customer does not see would tell it.
        if cx.caller.customer.is_some() && !rule::is_external(field, kind, set, cx)? {
            let text = format!("There is no extra field {field} for a {}", kind.name());
            return Err(Error::invalid(field, text).into());
        }
    }
    let mut define = |field: Field| set.extra_field(cx.caller.tenant, kind, field);
    resolve(&mut selection.filter, &mut define)?;
    for order in &selection.order {
        define(order.field)?;
    }
    let tenant = if kind == Kind::Tenant { Tenant::NONE } else { cx.caller.tenant };
    let mut page = set.list(&Query { kind, tenant, selection })?;
    if cx.caller.customer.is_some() {
        for record in &mut Arc::make_mut(&mut page).records {
            rule::conceal(record, set, cx)?;
        }
    }
    Ok(page)
}

/// Tells what an extra field holds; `None` for another field.
type Define<'a> = &'a mut dyn FnMut(Field) -> Result<Option<String>, Stop>;

fn resolve(filter: &mut Filter, define: Define<'_>) -> Result<(), Stop> {
    match filter {
        Filter::All(filters) | Filter::Any(filters) => filters.iter_mut().try_for_each(|one| resolve(one, define)),
        Filter::Not(filter) => resolve(filter, define),
        Filter::Shared(fields) => fields.iter().try_for_each(|field| define(*field).map(drop)),
        Filter::Where(Condition { field, test }) => match define(*field)? {
            Some(shape) => Ok(admit(*field, &shape, test)?),
            None => Ok(()),
        },
    }
}

fn admit(field: Field, shape: &str, test: &mut Test) -> Result<(), Error> {
    let value = |value: &mut Value| {
        if let Some(admitted) = admit_extra(field, shape, value.clone())? {
            *value = admitted;
        }
        Ok(())
    };
    match test {
        Test::Is(one) | Test::IsNot(one) => value(one),
        Test::AnyOf(list) => list.iter_mut().flatten().try_for_each(value),
        Test::Less(one) | Test::AtMost(one) | Test::Greater(one) | Test::AtLeast(one) => match shape {
            // They are kept as the text they were written as.
            "float" => Err(Error::new(Reason::Invalid, format!("{field} can be compared for being equal only"))),
            _ => value(one),
        },
        Test::Unset | Test::Like(_) | Test::Contains(_) | Test::StartsWith(_) | Test::Among(_) | Test::Entry(_) => {
            Ok(())
        }
    }
}
