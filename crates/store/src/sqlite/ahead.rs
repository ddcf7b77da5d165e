//! Reading ahead: what an operation asks for first is looked up by the thread that submits it, while the writer is busy
//! with the batch before. The writer takes what still holds, and looks up the rest itself.

use domain::credential::UniqueKey;
use domain::port::Job;
use domain::record::Part;
use domain::working_set::{Found, Need, Saving};
use domain::{Kind, WorkingSet};
use rusqlite::Connection;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use super::find::find;
use super::table::Tables;

/// Changes that are remembered; when there are more, what was read before them is read again.
const MAX_RECENT: usize = 16_384;

/// What was read ahead of its batch.
#[derive(Default)]
pub(super) struct Ahead {
    found: Vec<(Need, Found)>,
    /// How many commits the reader saw at least.
    seen: u64,
}

impl Ahead {
    /// Reads what the job asks for first. What fails is left to the writer.
    pub(super) fn read(job: &mut dyn Job, commits: &AtomicU64, db: &Connection, tables: &Tables) -> Self {
        let seen = commits.load(Ordering::Acquire);
        let mut set = WorkingSet::default();
        // The writer will meet the panic too, and answer for it.
        let _ = catch_unwind(AssertUnwindSafe(|| job.decide(&mut set)));
        let needs = set.take_missing().into_iter().filter(|need| Place::of(need).is_some());
        let found = needs.filter_map(|need| find(db, tables, &need).ok().map(|found| (need, found)));
        // What is not there may be made by an operation that comes before it in its batch.
        let found = found.filter(|(_, found)| matches!(found, Found::Record(Some(_)) | Found::Key(Some(_))));
        Self { found: found.collect(), seen }
    }
}

/// What a commit can change of what is read ahead.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Place {
    Record(Kind, Part, i64),
    Key(UniqueKey),
}

impl Place {
    /// Counters move with every new record; listings, histories and the feed are not for those who write.
    fn of(need: &Need) -> Option<Self> {
        match need {
            Need::Record((kind, part, id)) => Some(Self::Record(*kind, *part, *id)),
            Need::Key(key) => Some(Self::Key(key.clone())),
            Need::Counter(..) | Need::List(_) | Need::History(_) | Need::Feed(_) => None,
        }
    }
}

/// What the last commits changed, each with the number of the commit.
#[derive(Default)]
pub(super) struct Recent {
    changed: HashMap<Place, u64>,
    /// Of the commits up to this one it is not known what they changed.
    forgotten: u64,
}

impl Recent {
    /// Notes what the commit of this number is about to change.
    pub(super) fn note(&mut self, saving: &Saving<'_>, commit: u64) {
        if self.changed.len() > MAX_RECENT {
            self.changed.clear();
            self.forgotten = commit - 1;
        }
        let records = saving.records.iter().map(|(record, _)| Place::Record(record.kind, record.part, record.id));
        let removed = saving.removed.iter().map(|(kind, part, id)| Place::Record(*kind, *part, *id));
        let keys = saving.keys.iter().map(|(key, _)| Place::Key(key.clone()));
        self.changed.extend(records.chain(removed).chain(keys).map(|place| (place, commit)));
    }

    /// Gives the set what was read ahead and has not changed since.
    pub(super) fn supply(&self, set: &mut WorkingSet, ahead: Ahead) {
        if ahead.seen < self.forgotten {
            return;
        }
        for (need, found) in ahead.found {
            let changed = Place::of(&need).and_then(|place| self.changed.get(&place));
            if changed.is_none_or(|commit| *commit <= ahead.seen) {
                set.supply(need, found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Record;
    use domain::tenant::Tenant;

    const PLACE: (Kind, Part, i64) = (Kind::Customer, Tenant::DEFAULT.first_part(), 7);

    fn supplied(recent: &Recent, seen: u64) -> bool {
        let mut set = WorkingSet::default();
        let record = Record::new(PLACE.0, PLACE.1, PLACE.2);
        let found = vec![(Need::Record(PLACE), Found::Record(Some(record)))];
        recent.supply(&mut set, Ahead { found, seen });
        set.record_at(PLACE).is_ok()
    }

    #[test]
    fn what_has_changed_since_is_read_again() {
        let mut recent = Recent::default();
        assert!(supplied(&recent, 0));
        recent.changed.insert(Place::Record(PLACE.0, PLACE.1, PLACE.2), 5);
        assert_eq!([4, 5, 6].map(|seen| supplied(&recent, seen)), [false, true, true]);
    }

    #[test]
    fn what_is_older_than_the_memory_is_read_again() {
        let recent = Recent { forgotten: 9, ..Recent::default() };
        assert_eq!([8, 9, 10].map(|seen| supplied(&recent, seen)), [false, true, true]);
    }

    #[test]
    fn a_commit_is_remembered_until_there_are_too_many() {
        let mut recent = Recent::default();
        let changed = |place: (Kind, Part, i64)| Saving {
            changes: Box::leak(Box::default()),
            records: Vec::new(),
            removed: vec![place],
            keys: Vec::new(),
            counters: Vec::new(),
        };
        recent.note(&changed(PLACE), 3);
        assert_eq!([2, 3].map(|seen| supplied(&recent, seen)), [false, true]);
        let others = (1_000..).take(MAX_RECENT).map(|id| Place::Record(PLACE.0, PLACE.1, id));
        recent.changed.extend(others.map(|place| (place, 4)));
        recent.note(&changed((PLACE.0, PLACE.1, 8)), 5);
        assert_eq!([2, 3, 4].map(|seen| supplied(&recent, seen)), [false, false, true]);
    }
}
