use super::Operation;
use crate::access::{Access, Caller};
use crate::change::Change;
use crate::error::{Error, Reason, Stop};
use crate::feed::{Cursor, FeedQuery};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Part;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};

/// Reads what happened to all records of the tenant, oldest first. Changes of users, keys and the like are only for
/// those who may manage them.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadFeed {
    /// After where; `None` for the end as it is now, and no changes.
    pub after: Option<Cursor>,
    /// Of records of these kinds; empty means all that the caller may read.
    pub kinds: Vec<Kind>,
    /// Through these dialects; empty means all.
    pub dialects: Vec<String>,
    /// How many at most, from 1.
    pub limit: u32,
}

/// One page of the feed.
#[derive(Clone, Debug)]
pub struct Feed {
    /// The name of the tenant.
    pub tenant: String,
    /// The changes, oldest first.
    pub changes: Vec<Change>,
    /// Where the page starts.
    pub from: Cursor,
    /// Where the next one starts: past these changes and past all that was left out.
    pub next: Cursor,
    /// Whether there was more to look through when this was read.
    pub more: bool,
}

impl Operation for ReadFeed {
    type Output = Feed;
    const ACCESS: Access = Access::Read;
    const WRITES: bool = false;

    /// Who does not reach customers says of which kinds.
    fn area(&self) -> Area {
        self.kinds.first().map_or(Area::Customers, |kind| Area::of(*kind))
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Feed, Stop> {
        let tenant = cx.caller.tenant;
        let unusable = |text: &str| Stop::from(Error::new(Reason::Invalid, text.to_owned()));
        if self.after.as_ref().is_some_and(|after| after.numbers().len() != tenant.buckets as usize) {
            return Err(unusable("This cursor is not one of this tenant's events"));
        }
        let kinds = match &*self.kinds {
            [] => Kind::ALL.into_iter().filter(|kind| may_see(&cx.caller, *kind).is_ok()).collect(),
            kinds => {
                kinds.iter().try_for_each(|kind| may_see(&cx.caller, *kind))?;
                kinds.to_vec()
            }
        };
        let query = FeedQuery {
            tenant,
            after: self.after.clone(),
            kinds,
            dialects: self.dialects.clone(),
            limit: self.limit.max(1),
        };
        let page = set.feed(&query)?;
        if self.after.as_ref().is_some_and(|after| !page.end.covers(after)) {
            return Err(unusable(
                "This cursor is ahead of all events: was the store restored from a backup? Start again without it",
            ));
        }
        let record = set.record_at((Kind::Tenant, Part::GLOBAL, tenant.number))?;
        Ok(Feed {
            tenant: record.map(|record| record.text(Field::Name).to_owned()).unwrap_or_default(),
            changes: page.changes.clone(),
            from: self.after.clone().unwrap_or_else(|| page.next.clone()),
            next: page.next.clone(),
            more: page.next != page.end,
        })
    }
}

/// As of the history of one record: who may do what is only for those who manage it.
fn may_see(caller: &Caller, kind: Kind) -> Result<(), Error> {
    let area = Area::of(kind);
    let access = if area == Area::Administration { Access::Manage } else { Access::Read };
    caller.demand_in(access, area)
}
