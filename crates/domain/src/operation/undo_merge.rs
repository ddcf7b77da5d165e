use super::{Operation, past};
use crate::access::Access;
use crate::audit;
use crate::change::Change;
use crate::erasure::all;
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::{Record, Time};
use crate::rule;
use crate::ticket;
use crate::value::Value;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Takes a merge back: the customer that went is as it was, and the other and the tickets get back what the merge
/// changed of them, except where somebody changed it since.
#[derive(Debug)]
pub struct UndoMerge<C> {
    /// The customer that was merged into another one.
    pub id: i64,
    /// Refuses a record that is not the one the caller means.
    pub check: C,
}

impl<C: Fn(&Record) -> Result<(), Error> + Send + 'static> Operation for UndoMerge<C> {
    /// The customer that is there again.
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Write;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
        let tenant = cx.caller.tenant;
        cx.caller.demand_in(Access::Write, crate::scope::Area::Tickets)?;
        let gone = rule::find(set, cx, Kind::Customer, self.id, super::Deleted::Shown)?;
        (self.check)(&gone)?;
        let Some(id) = gone.number(Field::MergedInto) else {
            let text = format!("Customer {} was not merged into another one. Nothing was changed.", self.id);
            return Err(Error::new(Reason::Unsupported, text).into());
        };
        let keeper = set.record(tenant, Kind::Customer, id)?.ok_or_else(|| Error::internal("merged into nobody"))?;
        if let Some(next) = keeper.number(Field::MergedInto) {
            let text = format!("Customer {id} was merged into customer {next} since: undo that first");
            return Err(Error::new(Reason::Locked, text).into());
        }
        let merge = find(set, &gone, |change| change.fields.iter().any(|told| told.field == Field::MergedInto))?;
        let merge = merge.ok_or_else(|| Error::internal("no change tells of the merge"))?;
        // The one that stayed first: what it gives back can be the other's again.
        if let Some(change) = same(set, &keeper, &merge)? {
            set.put(taken_back(&keeper, &change)?, cx)?;
        }
        set.put(taken_back(&gone, &merge)?, cx)?;
        let tickets = all(set, cx, Kind::Ticket, ticket::with(id))?;
        Stop::in_each(tickets.iter().filter(|ticket| ticket.updated_at >= merge.at), |ticket| {
            match same(set, ticket, &merge)? {
                Some(change) => rule::put(taken_back(ticket, &change)?, Some(ticket), set, cx).map(drop),
                None => Ok(()),
            }
        })?;
        audit::note("undo_merge", self.id, set, cx)?;
        set.record(tenant, Kind::Customer, self.id)?.ok_or_else(|| Error::internal("the customer is gone").into())
    }
}

/// The change of a record that the merge made.
fn same(set: &mut WorkingSet, record: &Record, merge: &Change) -> Result<Option<Change>, Stop> {
    let (operation, at): (_, Time) = (merge.operation_id, merge.at);
    let found = find(set, record, |change| change.operation_id == operation || change.at < at)?;
    Ok(found.filter(|change| change.operation_id == operation))
}

fn find(set: &mut WorkingSet, record: &Record, is: impl Fn(&Change) -> bool) -> Result<Option<Change>, Stop> {
    let mut found = None;
    past::walk(set, record, |change| {
        if is(change) {
            found = Some(change.clone());
        }
        found.is_none()
    })?;
    Ok(found)
}

/// The record without what a change did to it.
fn taken_back(record: &Record, change: &Change) -> Result<Record, Error> {
    let mut back = record.clone();
    for told in &change.fields {
        let present = record.values.get(told.field);
        let value = match (present, &told.from, &told.to) {
            (present, from, to) if present == to.as_ref() => from.clone(),
            // Of a list that changed since goes what the merge added.
            (Some(Value::Texts(list)), from, Some(Value::Texts(added))) => {
                let kept = |text: &&String| match from {
                    Some(Value::Texts(before)) => before.contains(text) || !added.contains(text),
                    _ => !added.contains(text),
                };
                Some(Value::Texts(list.iter().filter(kept).cloned().collect()))
            }
            _ => continue,
        };
        back.set(told.field, value)?;
    }
    Ok(back)
}
