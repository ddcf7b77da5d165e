//! Search by words, over an index that follows the changes.
//!
//! The index of a tenant is filled when somebody there searches for the first time. While there is more to take over than a
//! search can wait for, every record is looked at. So a search never misses what is stored, and whoever never searches pays
//! nothing.

use crate::state::State;
use domain::error::Reason;
use domain::feed::Cursor;
use domain::filter::{Condition, Filter, Page, Position, Selection, Test};
use domain::operation::{Deleted, ListRecords, ReadFeed};
use domain::port::{Found, SearchIndex};
use domain::search;
use domain::tenant::Tenant;
use domain::{Caller, Error, Field, Kind, Origin, Role};
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

/// Most customers that one search answers, the best.
pub const MOST: u32 = 200;

/// Most customers that are filtered or sorted after they were found; where there are more, every record is looked at.
const MOST_FILTERED: u32 = 5_000;

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
    /// customers come best first, if the index can tell, all on one page of at most [`MOST`].
    ///
    /// # Errors
    /// What the store refuses with.
    pub async fn search(
        &self,
        (kind, words): (Kind, &str),
        selection: Selection,
        deleted: Deleted,
        caller: &Arc<Caller>,
        origin: Origin,
    ) -> Result<Arc<Page>, Error> {
        let ranked = selection.order.is_empty() && selection.after.is_none();
        let whole = ranked && selection.filter == Filter::default();
        let found = match kind {
            Kind::Customer => self.find(caller, words, if whole { MOST } else { MOST_FILTERED }).await,
            _ => None,
        };
        // Of whom the index leaves out, some may be those who are asked for.
        let Some(Found { ids, .. }) = found.filter(|found| whole || !found.more) else {
            let filter = selection.filter.and(search::filter(kind, words, &caller.masked));
            return self
                .run(ListRecords { kind, selection: Selection { filter, ..selection }, deleted }, caller, origin)
                .await;
        };
        let any = ids.iter().map(|id| Some((*id).into())).collect();
        let filter = selection.filter.and(Filter::from(Condition::new(Field::Id, Test::AnyOf(any))));
        let limit = selection.limit;
        let selection = Selection { filter, limit: if ranked { MOST_FILTERED } else { limit }, ..selection };
        let page = self.run(ListRecords { kind, selection, deleted }, caller, origin).await?;
        if !ranked {
            return Ok(page);
        }
        let places: HashMap<i64, usize> = ids.into_iter().zip(0..).collect();
        let mut records = page.records.clone();
        records.sort_by_key(|record| places.get(&record.id).copied());
        records.truncate(limit.min(MOST) as usize);
        Ok(Arc::new(Page { records, ..Page::default() }))
    }

    /// Whom the index finds; `None` where it cannot tell now.
    async fn find(&self, caller: &Caller, words: &str, most: u32) -> Option<Found> {
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
                let find = move || index.find(tenant, &texts, searchable, most as usize);
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
            found.ids.retain(|known| *known != id);
            found.ids.insert(0, id);
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
