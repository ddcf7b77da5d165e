//! What the operations of one batch see and change.
//!
//! An operation asks the set for what it needs. What is not there yet stops it with [`Stop::Missing`]; the store loads
//! all that the batch misses in one round, and the operation decides again from the start. What an operation puts is
//! kept aside until it has decided: a refused one leaves no trace, and the next one sees what an accepted one put.

mod checks;
mod content;
mod ends;
mod noted;

use crate::access::Caller;
use crate::change::{Change, FieldChange, Origin, difference};
use crate::credential::{Space, UniqueKey, extra_field_text, is_unique};
use crate::error::{Error, Reason, Stop};
use crate::feed::{FeedPage, FeedQuery};
use crate::field::{Field, MAX_NUMBER};
use crate::filter::{Page, Query};
use crate::kind::Kind;
use crate::mask::Mask;
pub use crate::need::{Found, Need, Place, Walk};
use crate::operation::Planned;
use crate::record::{Part, Record, Time};
use crate::subjects::Subjects;
use crate::tenant::Tenant;
use crate::value::Shape;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// For whom, when and through what an operation runs.
#[derive(Clone, Debug)]
pub struct Context {
    /// The caller, already allowed to run it.
    pub caller: Arc<Caller>,
    /// What the history will say.
    pub origin: Origin,
    /// The time of the request.
    pub now: Time,
    /// Identifies the operation.
    pub operation_id: [u8; 16],
}

const fn place(tenant: Tenant, kind: Kind, id: i64) -> Place {
    let part = if matches!(kind, Kind::Tenant) { Part::GLOBAL } else { tenant.part_of(id) };
    (kind, part, id)
}

/// Where the ids of a kind are counted.
const fn counter(tenant: Tenant, kind: Kind) -> (Part, Kind) {
    (if matches!(kind, Kind::Tenant) { Part::GLOBAL } else { tenant.first_part() }, kind)
}

#[derive(Debug, Default)]
struct Slot {
    record: Option<Arc<Record>>,
    stored_version: u64,
    changed: bool,
}

#[derive(Debug)]
struct Staged {
    record: Arc<Record>,
    fields: Vec<FieldChange>,
    end: End,
}

/// What becomes of a record that is put aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It stays.
    None,
    /// It goes without a trace.
    Removed,
    /// It stays, and the values in its history go.
    Erased,
}

/// How much an operation had put aside at some time.
#[derive(Clone, Copy, Debug)]
pub struct Mark([usize; 3]);

/// See the [module](self).
#[derive(Debug, Default)]
pub struct WorkingSet {
    records: FxHashMap<Place, Slot>,
    keys: FxHashMap<UniqueKey, Option<(Part, i64)>>,
    counters: FxHashMap<(Part, Kind), i64>,
    lists: Vec<(Query, Arc<Page>)>,
    walks: Vec<(Walk, Arc<Vec<Change>>)>,
    feeds: Vec<(FeedQuery, Arc<FeedPage>)>,
    chunks: FxHashMap<(Place, u32), Option<Arc<Vec<u8>>>>,
    missing: Vec<Need>,
    changes: Vec<Change>,
    changed_keys: Vec<UniqueKey>,
    changed_counters: Vec<(Part, Kind)>,
    staged: Vec<Staged>,
    staged_keys: Vec<(UniqueKey, Option<(Part, i64)>)>,
    staged_counters: Vec<((Part, Kind), i64)>,
    contents: Vec<(Place, Option<Arc<Vec<u8>>>)>,
    staged_contents: Vec<(Place, Option<Arc<Vec<u8>>>)>,
    erased: Vec<Place>,
    mask: Mask,
    subjects: Subjects,
}

/// What a batch changed, for the store to save in one transaction.
#[derive(Debug)]
pub struct Saving<'a> {
    /// The changes in the order in which they were accepted. `number` and `previous` are for the store to give.
    pub changes: &'a mut Vec<Change>,
    /// The records that changed, in their last state, with the version that the store held before.
    pub records: Vec<(Arc<Record>, u64)>,
    /// The records that are no more.
    pub removed: Vec<Place>,
    /// The records of whose histories the values go, with those of the changes above.
    pub erased: Vec<Place>,
    /// The unique values that changed owner.
    pub keys: Vec<(UniqueKey, Option<(Part, i64)>)>,
    /// The counters that moved.
    pub counters: Vec<((Part, Kind), i64)>,
    /// The bytes that are kept beside records from now on, in this order; `None` for those that go.
    pub contents: Vec<(Place, Option<Arc<Vec<u8>>>)>,
}

impl WorkingSet {
    /// Masks what is handed out from now on as the caller of the operation sees it, and begins to note whom it is about.
    pub fn serve(&mut self, caller: &Caller) {
        self.subjects = Subjects::default();
        if self.mask != Mask::default() || !caller.masked.is_empty() {
            self.mask = Mask::over(&caller.masked);
        }
    }

    /// A record by its id.
    ///
    /// # Errors
    /// `Missing` until it is loaded.
    pub fn record(&mut self, tenant: Tenant, kind: Kind, id: i64) -> Result<Option<Arc<Record>>, Stop> {
        if !(1..=MAX_NUMBER).contains(&id) {
            return Ok(None);
        }
        self.record_at(place(tenant, kind, id))
    }

    /// A record by its place.
    ///
    /// # Errors
    /// `Missing` until it is loaded.
    pub fn record_at(&mut self, place: Place) -> Result<Option<Arc<Record>>, Stop> {
        let record = self.whole_record(place)?;
        self.note_place(place, record.as_deref());
        if !self.mask.hides(place.0) {
            return Ok(record);
        }
        Ok(record.map(|record| {
            let mut record = Arc::unwrap_or_clone(record);
            self.mask.record(&mut record);
            Arc::new(record)
        }))
    }

    fn whole_record(&mut self, place: Place) -> Result<Option<Arc<Record>>, Stop> {
        let staged = |s: &&Staged| (s.record.kind, s.record.part, s.record.id) == place;
        if let Some(staged) = self.staged.iter().rev().find(staged) {
            return Ok(Some(Arc::clone(&staged.record)).filter(|_| staged.end != End::Removed));
        }
        match self.records.get(&place) {
            Some(slot) => Ok(slot.record.clone()),
            None => self.miss(Need::Record(place)),
        }
    }

    /// The record that owns a unique value.
    ///
    /// # Errors
    /// `Missing` until it is loaded; `Internal` when the store names one that has another value, or none: who signs in
    /// must never be somebody else.
    pub fn owner(&mut self, kind: Kind, key: &UniqueKey) -> Result<Option<Arc<Record>>, Stop> {
        self.mask.check(kind, key.space.field())?;
        let Some((part, id)) = self.key(key)? else { return Ok(None) };
        let record = self.whole_record((kind, part, id))?;
        if record.as_ref().is_some_and(|record| key.is_of(record)) {
            return self.record_at((kind, part, id));
        }
        Err(Error::internal(format!("a unique value leads to {} {id}, which does not have it", kind.name())).into())
    }

    /// What an extra field of a kind of record holds, by the name of its shape; `None` for a field that is no extra one.
    ///
    /// # Errors
    /// `Missing` until its definition is loaded; `Invalid` when there is none.
    pub fn extra_field(&mut self, tenant: Tenant, kind: Kind, field: Field) -> Result<Option<String>, Stop> {
        let Field::Extra(number) = field else { return Ok(None) };
        Ok(Some(self.definition(tenant, kind, number)?.text(Field::Shape).to_owned()))
    }

    /// The definition of an extra field.
    ///
    /// # Errors
    /// `Missing` until it is loaded; `Invalid` when there is none.
    pub(crate) fn definition(&mut self, tenant: Tenant, kind: Kind, number: u16) -> Result<Arc<Record>, Stop> {
        let text = extra_field_text(kind.name(), i64::from(number));
        let found = self.owner(Kind::ExtraField, &UniqueKey::new(tenant, Space::ExtraField, &text))?;
        found.ok_or_else(|| {
            let field = Field::Extra(number);
            Error::invalid(field, format!("There is no extra field {field} for a {}", kind.name())).into()
        })
    }

    /// One page of a listing, as it was before this batch: only reading operations list.
    ///
    /// # Errors
    /// `Missing` until it is loaded; `Forbidden` or `Invalid` for a field that is masked or secret.
    pub fn list(&mut self, query: &Query) -> Result<Arc<Page>, Stop> {
        for field in query.selection.fields() {
            self.mask.check(query.kind, field)?;
            if field.shape() == Shape::Secret {
                return Err(
                    Error::invalid(field, format!("{field} is a secret: nothing is found or sorted by it")).into()
                );
            }
        }
        let Some((_, page)) = self.lists.iter().find(|(known, _)| known == query) else {
            return self.miss(Need::List(query.clone()));
        };
        let mut page = Arc::clone(page);
        self.note_page(query, &page);
        if self.mask.hides(query.kind) {
            Arc::make_mut(&mut page).records.iter_mut().for_each(|record| self.mask.record(record));
        }
        Ok(page)
    }

    /// Changes of one record, newest first, as they were before this batch.
    ///
    /// # Errors
    /// `Missing` until they are loaded.
    pub fn history(&mut self, walk: &Walk) -> Result<Arc<Vec<Change>>, Stop> {
        let Some((_, changes)) = self.walks.iter().find(|(known, _)| known == walk) else {
            return self.miss(Need::History(walk.clone()));
        };
        let mut changes = Arc::clone(changes);
        if changes.iter().any(|change| self.mask.hides(change.kind)) {
            Arc::make_mut(&mut changes).iter_mut().for_each(|change| self.mask.change(change));
        }
        Ok(changes)
    }

    /// A page of the feed, as it was before this batch.
    ///
    /// # Errors
    /// `Missing` until it is loaded.
    pub fn feed(&mut self, query: &FeedQuery) -> Result<Arc<FeedPage>, Stop> {
        let Some((_, page)) = self.feeds.iter().find(|(known, _)| known == query) else {
            return self.miss(Need::Feed(query.clone()));
        };
        let mut page = Arc::clone(page);
        if page.changes.iter().any(|change| self.mask.hides(change.kind)) {
            Arc::make_mut(&mut page).changes.iter_mut().for_each(|change| self.mask.change(change));
        }
        Ok(page)
    }

    /// The next free id of a kind, from 1.
    ///
    /// # Errors
    /// `Missing` until the counter is loaded; `LimitExceeded` when the ids that legacy wires carry are used up.
    pub fn next_id(&mut self, tenant: Tenant, kind: Kind) -> Result<i64, Stop> {
        let id = self.counter(tenant, kind)?;
        if id > MAX_NUMBER {
            let text = format!("All {MAX_NUMBER} {} ids of this tenant are used up", kind.name());
            return Err(Error::new(Reason::LimitExceeded, text).into());
        }
        // Nothing is stored beyond the counter. To look there would cost each new record of a batch a round of its own.
        self.records.entry(place(tenant, kind, id)).or_default();
        self.staged_counters.push((counter(tenant, kind), id + 1));
        Ok(id)
    }

    /// Keeps an id that was given from outside from being given again.
    ///
    /// # Errors
    /// `Missing` until the counter is loaded; `Invalid` for a number that no record can have.
    pub fn claim_id(&mut self, tenant: Tenant, kind: Kind, id: i64) -> Result<(), Stop> {
        if !(1..=MAX_NUMBER).contains(&id) {
            return Err(Error::invalid(Field::Id, format!("An id is a whole number from 1 to {MAX_NUMBER}")).into());
        }
        if self.counter(tenant, kind)? <= id {
            self.staged_counters.push((counter(tenant, kind), id + 1));
        }
        Ok(())
    }

    /// Puts a record: checks what only the whole store can tell, gives it the next version, and keeps it and its
    /// history entry for the batch. A record that is as it was stays as it was: no version, no entry.
    ///
    /// Answers the record as it will be stored.
    ///
    /// # Errors
    /// `Missing` until what it refers to is loaded. `Invalid` when a referenced record or an extra field does not
    /// exist, `AlreadyExists` when a unique value is another record's.
    pub fn put(&mut self, mut record: Record, cx: &Context) -> Result<Arc<Record>, Stop> {
        if self.mask.hides(record.kind) {
            // What was masked would be stored as it was shown.
            return Err(Error::new(Reason::Forbidden, "Who sees fields masked cannot change records").into());
        }
        self.note(&record);
        let place = (record.kind, record.part, record.id);
        let before = match self.records.get(&place) {
            Some(slot) => slot.record.clone(),
            None => return self.miss(Need::Record(place)),
        };
        self.check_extra_fields(&mut record, before.as_deref(), cx.caller.tenant)?;
        let fields = difference(before.as_deref(), &record);
        if let Some(before) = before.as_ref().filter(|_| fields.is_empty()) {
            self.staged.retain(|staged| (staged.record.kind, staged.record.part, staged.record.id) != place);
            return Ok(Arc::clone(before));
        }
        self.check_references(&record, &fields, cx.caller.tenant)?;
        if fields.iter().any(|change| is_unique(record.kind, change.field)) {
            self.move_keys(before.as_deref(), &record, cx.caller.tenant)?;
        }
        let (version, updated_at) = before.as_ref().map_or((0, cx.now), |b| (b.version, b.updated_at));
        record.version = version + 1;
        record.updated_at = updated_at.max(cx.now);
        record.updated_by.clone_from(&cx.caller.name);
        if before.is_none() && record.created_at == Time(0) {
            record.created_at = cx.now;
        }
        let record = Arc::new(record);
        self.staged.retain(|staged| (staged.record.kind, staged.record.part, staged.record.id) != place);
        self.staged.push(Staged { record: Arc::clone(&record), fields, end: End::None });
        Ok(record)
    }

    /// The records of a kind that earlier operations of this batch changed, in no order: what a listing does not show
    /// yet.
    pub fn changed(&self, kind: Kind) -> impl Iterator<Item = &Record> {
        let slots = self.records.values().filter(|slot| slot.changed);
        slots.filter_map(|slot| slot.record.as_deref()).filter(move |record| record.kind == kind)
    }

    /// How much the operation that is deciding has put aside.
    pub fn mark(&self) -> Mark {
        Mark([self.staged.len(), self.staged_keys.len(), self.staged_counters.len()])
    }

    /// Forgets what it has put aside since, of records that it had not put before.
    pub fn back_to(&mut self, Mark([staged, keys, counters]): Mark) {
        self.staged.truncate(staged);
        self.staged_keys.truncate(keys);
        self.staged_counters.truncate(counters);
    }

    /// Forgets what the operation that just decided had put aside.
    pub fn reject(&mut self) {
        self.staged.clear();
        self.staged_keys.clear();
        self.staged_counters.clear();
        self.staged_contents.clear();
    }

    /// The changes of a record by earlier operations of this batch, oldest first.
    pub fn changes_of(&self, record: &Record) -> Vec<Change> {
        let of = |change: &&Change| (change.kind, change.part, change.id) == (record.kind, record.part, record.id);
        self.changes.iter().filter(of).cloned().collect()
    }

    /// What the operation that is deciding has put so far, of kinds with a history.
    pub fn planned(&self) -> Vec<Planned> {
        let planned = |staged: &Staged| Planned { record: Arc::clone(&staged.record), fields: staged.fields.clone() };
        self.staged.iter().filter(|staged| staged.record.kind.has_history()).map(planned).collect()
    }

    /// Takes over what the operation that just decided had put aside. Answers whether that is anything to save.
    pub fn accept(&mut self, cx: &Context) -> bool {
        let anything = !self.staged.is_empty() || !self.staged_counters.is_empty();
        for Staged { record, fields, end } in self.staged.drain(..) {
            if record.kind.has_history() {
                self.changes.push(Change {
                    part: record.part,
                    number: 0,
                    previous: 0,
                    kind: record.kind,
                    id: record.id,
                    version: record.version,
                    at: record.updated_at,
                    origin: cx.origin.clone(),
                    operation_id: cx.operation_id,
                    fields,
                });
            }
            let slot = self.records.entry((record.kind, record.part, record.id)).or_default();
            if end == End::Erased {
                self.erased.push((record.kind, record.part, record.id));
            }
            slot.record = Some(record).filter(|_| end != End::Removed);
            slot.changed = true;
        }
        for (key, owner) in self.staged_keys.drain(..) {
            self.changed_keys.push(key.clone());
            self.keys.insert(key, owner);
        }
        for (counter, next) in self.staged_counters.drain(..) {
            self.changed_counters.push(counter);
            self.counters.insert(counter, next);
        }
        self.contents.append(&mut self.staged_contents);
        anything
    }

    /// What the operations have missed since the last call, each once.
    pub fn take_missing(&mut self) -> Vec<Need> {
        let mut missing = std::mem::take(&mut self.missing);
        if missing.len() > 1 {
            let mut seen = FxHashSet::default();
            missing.retain(|need| seen.insert(need.clone()));
        }
        missing
    }

    /// Gives the set what it missed.
    pub fn supply(&mut self, need: Need, found: Found) {
        match (need, found) {
            (Need::Record(place), Found::Record(record)) => {
                let stored_version = record.as_ref().map_or(0, |record| record.version);
                self.records.insert(place, Slot { record: record.map(Arc::new), stored_version, changed: false });
            }
            (Need::Key(key), Found::Key(owner)) => drop(self.keys.insert(key, owner)),
            (Need::Counter(part, kind), Found::Counter(next)) => drop(self.counters.insert((part, kind), next)),
            (Need::List(query), Found::List(page)) => self.lists.push((query, page)),
            (Need::History(walk), Found::History(changes)) => self.walks.push((walk, Arc::new(changes))),
            (Need::Feed(query), Found::Feed(page)) => self.feeds.push((query, Arc::new(page))),
            (Need::Content(place, number), Found::Content(chunk)) => {
                self.chunks.insert((place, number), chunk.map(Arc::new));
            }
            // A store that answers another question leaves the need missing, and the operation is refused as stuck.
            _ => {}
        }
    }

    /// What all accepted operations changed.
    pub fn saving(&mut self) -> Saving<'_> {
        let mut records: Vec<_> = self
            .records
            .values()
            .filter(|slot| slot.changed)
            .filter_map(|slot| slot.record.clone().map(|record| (record, slot.stored_version)))
            .collect();
        // In the order of the table: neighbours share pages, and two nodes lock in one order.
        records.sort_by_key(|(record, _)| (record.kind, record.part, record.id));
        self.changed_keys.sort();
        self.changed_keys.dedup();
        let owner = |key: &UniqueKey| self.keys.get(key).copied().flatten();
        let keys = self.changed_keys.iter().map(|key| (key.clone(), owner(key))).collect();
        self.changed_counters.sort();
        self.changed_counters.dedup();
        let next = |counter: &(Part, Kind)| self.counters.get(counter).map(|next| (*counter, *next));
        let counters = self.changed_counters.iter().filter_map(next).collect();
        let gone = self.records.iter().filter(|(_, slot)| slot.changed && slot.record.is_none());
        let removed = gone.filter(|(_, slot)| slot.stored_version > 0).map(|(place, _)| *place).collect();
        let contents = std::mem::take(&mut self.contents);
        let erased = std::mem::take(&mut self.erased);
        Saving { changes: &mut self.changes, records, removed, erased, keys, counters, contents }
    }

    fn miss<T>(&mut self, need: Need) -> Result<T, Stop> {
        self.missing.push(need);
        Err(Stop::Missing)
    }

    fn key(&mut self, key: &UniqueKey) -> Result<Option<(Part, i64)>, Stop> {
        if let Some((_, owner)) = self.staged_keys.iter().rev().find(|(staged, _)| staged == key) {
            return Ok(*owner);
        }
        match self.keys.get(key) {
            Some(owner) => Ok(*owner),
            None => self.miss(Need::Key(key.clone())),
        }
    }

    fn counter(&mut self, tenant: Tenant, kind: Kind) -> Result<i64, Stop> {
        let counter = counter(tenant, kind);
        if let Some((_, next)) = self.staged_counters.iter().rev().find(|(staged, _)| *staged == counter) {
            return Ok(*next);
        }
        match self.counters.get(&counter) {
            Some(next) => Ok(*next),
            None => self.miss(Need::Counter(counter.0, counter.1)),
        }
    }
}
