//! Search by words, over an index that follows the changes.
//!
//! The index of a tenant is filled when somebody there searches for the first time. While there is more to take over than a
//! search can wait for, every record is looked at. So a search never misses what is stored, and whoever never searches pays
//! nothing.

use crate::state::State;
use domain::error::Reason;
use domain::feed::Cursor;
use domain::filter::{Condition, Filter, Order, Page, Position, Selection, Test};
use domain::operation::{Deleted, ListRecords, ReadFeed};
use domain::port::{Found, SearchIndex};
use domain::search;
use domain::tenant::Tenant;
use domain::{Caller, Error, Field, Kind, Origin, Role, Value};
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::{Mutex, Notify};
use tokio::time::sleep;

/// Customers or changes that are taken over at once.
const STEP: u32 = 200;

/// Steps that a search itself takes to catch up, in about two seconds, before it looks at every record instead.
const STEPS: usize = 1_000;

/// Between two steps while others change things: some hundredths of a core.
const WHILE_BUSY: Duration = Duration::from_millis(50);

/// Between two steps while nobody does.
const WHILE_IDLE: Duration = Duration::from_millis(1);

/// After a change this long is waited for further ones.
const SETTLE: Duration = Duration::from_secs(1);

/// With more changes than these behind, it is quicker to begin anew.
const FAR_BEHIND: i64 = 200_000;

/// Most customers that a search ranks, filters or sorts after they were found. Where there are more, every record is looked
/// at for what is filtered or sorted; else the best of so many are shown.
pub const MOST: u32 = 5_000;

/// How well the one is found who is named by the id: better than anybody.
const NAMED: i64 = -1;

/// A page of who was found.
#[derive(Debug)]
pub struct Matches {
    /// The records.
    pub page: Arc<Page>,
    /// Where the next page starts; `None` after the last one.
    pub next: Option<Position>,
    /// Whether there are more than are ranked: of a last page, that further ones are found by further words alone.
    pub are_cut: bool,
}

/// See the [module](self).
#[derive(Default)]
pub struct Search {
    index: Option<Arc<dyn SearchIndex>>,
    tenants: Mutex<HashMap<i64, Progress>>,
    wanted: Notify,
}

/// How far the index of a tenant is.
struct Progress {
    tenant: Tenant,
    /// Past the changes that it knows.
    cursor: Cursor,
    /// While it is filled, the last customer that it knows.
    filled: Option<i64>,
}

impl Search {
    /// Over an index that is empty.
    pub fn over(index: Arc<dyn SearchIndex>) -> Self {
        Self { index: Some(index), ..Self::default() }
    }

    /// Past which changes of a tenant its index is; `None` while nobody has searched there.
    pub(crate) async fn cursor(&self, tenant: Tenant) -> Option<Cursor> {
        self.tenants.lock().await.get(&tenant.number).map(|progress| progress.cursor.clone())
    }

    /// Leaves nothing of a customer who was erased, at once.
    ///
    /// # Errors
    /// `Internal` when the index fails.
    pub async fn forget(&self, tenant: Tenant, id: i64) -> Result<(), Error> {
        let tenants = self.tenants.lock().await;
        match &self.index {
            Some(index) if tenants.contains_key(&tenant.number) => index.put(tenant, &[id], &[]),
            _ => Ok(()),
        }
    }
}

impl State {
    /// Records of a kind that hold every word of a search and pass the filter, in the order of the selection. Without one
    /// customers come best first, if the index can tell, up to [`MOST`] of them, page by page: a [`Position`] then holds how
    /// well the last one was found, or nothing in place of that where all go by id. Who is changed between two pages so that
    /// they are found better or worse may be on both or on neither, never twice on one. Without words they are those that pass the
    /// filter, by id where nothing else was asked for.
    ///
    /// # Errors
    /// What the store refuses with.
    pub async fn matches(
        &self,
        (kind, words): (Kind, &str),
        selection: Selection,
        deleted: Deleted,
        caller: &Arc<Caller>,
        origin: Origin,
    ) -> Result<Matches, Error> {
        if words.is_empty() {
            let order = selection.order.clone();
            let page = self.run(ListRecords { kind, selection, deleted }, caller, origin).await?;
            return Ok(Matches { next: page.next(&order), page, are_cut: false });
        }
        let is_ranked = selection.order.is_empty();
        let is_by_id = is_ranked && selection.after.as_ref().is_some_and(|place| rank(place).is_none());
        let is_plain = is_ranked && selection.filter == Filter::default();
        let found = if kind == Kind::Customer && !is_by_id { self.find(caller, words).await } else { None };
        let run = async |selection| self.run(ListRecords { kind, selection, deleted }, caller, origin.clone()).await;
        // Of whom the index leaves out, some may be those who are asked for.
        let Some(Found { ranked, more }) = found.filter(|found| is_plain || !found.more) else {
            let filter = selection.filter.and(search::filter(kind, words, &caller.masked));
            // A ranking that is gone is gone through by id, from the first: nobody is left out.
            let after = selection.after.filter(|_| !is_ranked || is_by_id);
            let after = after.map(|place| if is_ranked { Position { values: Vec::new(), ..place } } else { place });
            let order = selection.order.clone();
            let page = run(Selection { filter, after, ..selection }).await?;
            let next = page.next(&order);
            let next = next.map(|place| if is_ranked { Position { values: vec![None], ..place } } else { place });
            return Ok(Matches { page, next, are_cut: false });
        };
        let among = |ids: &[(i64, i64)]| {
            let any = ids.iter().map(|(_, id)| Some((*id).into())).collect();
            selection.filter.clone().and(Condition::new(Field::Id, Test::AnyOf(any)))
        };
        if !is_ranked {
            let page = run(Selection { filter: among(&ranked), ..selection.clone() }).await?;
            let next = page.next(&selection.order);
            return Ok(Matches { page, next, are_cut: false });
        }
        let after = selection.after.as_ref().and_then(|place| Some((rank(place)?, place.id)));
        let rest: Vec<_> = ranked.into_iter().filter(|place| after.is_none_or(|after| *place > after)).collect();
        let (limit, mut records, mut rest, mut size) =
            (selection.limit as usize, Vec::new(), &*rest, 2 * selection.limit as usize);
        // Few are deleted or filtered out: of those, one page is found among twice as many.
        while records.len() <= limit && !rest.is_empty() {
            let (here, further) = rest.split_at(size.min(rest.len()));
            let asked = Selection { filter: among(here), limit: here.len() as u32, ..Selection::default() };
            let places: HashMap<i64, i64> = here.iter().map(|(rank, id)| (*id, *rank)).collect();
            let page = run(asked).await?;
            let mut found: Vec<_> =
                page.records.iter().filter_map(|record| Some((*places.get(&record.id)?, record.clone()))).collect();
            found.sort_by_key(|(rank, record)| (*rank, record.id));
            records.append(&mut found);
            (rest, size) = (further, size * 4);
        }
        let is_last = records.len() <= limit;
        records.truncate(limit);
        let next = records.last().filter(|_| !is_last);
        let next = next.map(|(rank, record)| Position { values: vec![Some((*rank).into())], id: record.id });
        let page = Page { records: records.into_iter().map(|(_, record)| record).collect(), ..Page::default() };
        Ok(Matches { page: Arc::new(page), next, are_cut: more })
    }

    /// Whom the index finds; `None` where it cannot tell now.
    async fn find(&self, caller: &Caller, words: &str) -> Option<Found> {
        let index = self.search.index.as_ref()?;
        let caught_up = async {
            for _ in 0..STEPS {
                // Others have their turn between two steps.
                if !self.step(index, &mut *self.search.tenants.lock().await, caller.tenant, false).await? {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        let caught_up: Result<bool, Error> = caught_up.await;
        let found = match caught_up {
            Ok(true) => {
                let (index, tenant) = (Arc::clone(index), caller.tenant);
                let (texts, searchable) = (search::words(words), search::searchable(&caller.masked));
                let find = move || index.find(tenant, &texts, searchable, MOST as usize);
                tokio::task::spawn_blocking(find).await.unwrap_or_else(|error| Err(Error::internal(error))).map(Some)
            }
            Ok(false) => Ok(None),
            Err(error) => Err(error),
        };
        self.search.wanted.notify_one();
        let mut found = found.unwrap_or_else(|error| {
            tracing::warn!(%error, source = error.source, "the search index is of no use now");
            None
        })?;
        if let Some(id) = search::id(words) {
            found.ranked.retain(|(_, known)| *known != id);
            found.ranked.insert(0, (NAMED, id));
        }
        Some(found)
    }

    /// Takes over some customers, or some changes. Answers whether there are more.
    async fn step(
        &self,
        index: &Arc<dyn SearchIndex>,
        tenants: &mut HashMap<i64, Progress>,
        tenant: Tenant,
        may_restart: bool,
    ) -> Result<bool, Error> {
        let reader = Arc::new(Caller { role: Role::Viewer, ..Caller::anonymous(tenant) });
        let feed = |after| ReadFeed { after, kinds: vec![Kind::Customer], dialects: Vec::new(), limit: STEP };
        let list = |filter, after| {
            let selection = Selection { filter, after, limit: STEP, ..Selection::default() };
            ListRecords { kind: Kind::Customer, selection, deleted: Deleted::Shown }
        };
        let Some(progress) = tenants.get_mut(&tenant.number) else {
            let end = self.run(feed(None), &reader, Origin::default()).await?.next;
            index.clear(tenant)?;
            tenants.insert(tenant.number, Progress { tenant, cursor: end, filled: Some(0) });
            return Ok(true);
        };
        if let Some(last) = progress.filled {
            let rest = list(Filter::default(), Some(Position { values: Vec::new(), id: last }));
            let page = self.run(rest, &reader, Origin::default()).await?;
            let ids: Vec<i64> = page.records.iter().map(|record| record.id).collect();
            let last = ids.last().copied();
            put(index, tenant, ids, Arc::clone(&page)).await?;
            progress.filled = if page.more { last } else { None };
            return Ok(true);
        }
        let told = self.run(feed(Some(progress.cursor.clone())), &reader, Origin::default()).await;
        let told = match told {
            // The store is another one than it was.
            Err(error) if error.reason == Reason::Invalid => {
                tenants.remove(&tenant.number);
                return Ok(true);
            }
            told => told?,
        };
        if told.more && may_restart {
            let end = self.run(feed(None), &reader, Origin::default()).await?.next;
            let behind: i64 = end.numbers().iter().zip(told.next.numbers()).map(|(end, here)| end - here).sum();
            if behind > FAR_BEHIND {
                tenants.remove(&tenant.number);
                return Ok(true);
            }
        }
        let mut ids: Vec<i64> = told.changes.iter().map(|change| change.id).collect();
        ids.sort_unstable();
        ids.dedup();
        if !ids.is_empty() {
            let any = ids.iter().map(|id| Some((*id).into())).collect();
            let changed = Filter::from(Condition::new(Field::Id, Test::AnyOf(any)));
            let page = self.run(list(changed, None), &reader, Origin::default()).await?;
            put(index, tenant, ids, page).await?;
        }
        progress.cursor = told.next;
        Ok(told.more)
    }
}

/// How many values a [`Position`] in what some words find in some order holds.
pub const fn values(words: &str, order: &[Order]) -> usize {
    if !words.is_empty() && order.is_empty() { 1 } else { order.len() }
}

/// How well the last one of a page was found; `None` where they go by id.
fn rank(place: &Position) -> Option<i64> {
    match place.values.first() {
        Some(Some(Value::Number(rank))) => Some(*rank),
        _ => None,
    }
}

/// Teaches the index, beside the requests.
async fn put(index: &Arc<dyn SearchIndex>, tenant: Tenant, ids: Vec<i64>, page: Arc<Page>) -> Result<(), Error> {
    let index = Arc::clone(index);
    let put = move || index.put(tenant, &ids, &page.records);
    tokio::task::spawn_blocking(put).await.unwrap_or_else(|error| Err(Error::internal(error)))
}

/// Lets the indexes that somebody asked for follow the changes, until the state is gone or the server stops.
pub async fn follow(state: Weak<State>) {
    let Some((index, mut commits)) =
        state.upgrade().and_then(|state| Some((Arc::clone(state.search.index.as_ref()?), state.commits.clone())))
    else {
        return;
    };
    loop {
        let Some(held) = state.upgrade() else { return };
        commits.mark_unchanged();
        let mut more = false;
        {
            let mut tenants = held.search.tenants.lock().await;
            let known: Vec<Tenant> = tenants.values().map(|progress| progress.tenant).collect();
            for tenant in known {
                let busy = commits.has_changed().unwrap_or(true);
                more |= held.step(&index, &mut tenants, tenant, !busy).await.unwrap_or_else(|error| {
                    // It is tried again with the next change.
                    tracing::warn!(%error, source = error.source, "the search index does not follow");
                    false
                });
            }
        }
        let wait = if !more {
            let wanted = held.search.wanted.notified();
            tokio::select! {
                changed = commits.changed() => if changed.is_err() { return },
                () = wanted => {}
            }
            SETTLE
        } else if commits.has_changed().unwrap_or(true) {
            WHILE_BUSY
        } else {
            WHILE_IDLE
        };
        drop(held);
        sleep(wait).await;
        if commits.has_changed().is_err() {
            return;
        }
    }
}
