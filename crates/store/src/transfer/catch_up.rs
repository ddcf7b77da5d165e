//! Makes one store what another one is, while that one goes on changing: the history first, then every record, then, round
//! by round, what the history says was changed meanwhile.
//!
//! A record may be copied older or newer than others. That is no harm: whatever changed since the first look is in the
//! history behind it, and is copied again in a later round, which reads one moment. After such a round both stores are
//! what the source was at that moment.

use domain::credential::unique_keys;
use domain::record::Part;
use domain::tenant::Tenant;
use domain::{Field, Kind, Record};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::side::{At, Owned, PAGE, Side};
use super::{Counts, Progress, Result, TransferError};
use crate::seal::FIRST_LINK;
use crate::table::place;

/// The number of the last change of each part up to which all that was touched has been copied.
type Mark = BTreeMap<Part, i64>;

/// Where the first copy of the records is: which kind, and the last place of it.
type Cursor = (usize, Option<At>);

pub(super) struct CatchUp<'a> {
    pub(super) source: &'a mut dyn Side,
    pub(super) target: &'a mut dyn Side,
    mark: Mark,
    tenants: HashMap<i64, Tenant>,
    counts: Counts,
    progress: Progress<'a>,
}

/// What a round did.
pub(super) struct Round {
    /// Changes that were new.
    pub(super) changes: u64,
    touched: BTreeMap<Kind, BTreeSet<At>>,
}

impl<'a> CatchUp<'a> {
    /// Goes on from what is in the target: its history must be the beginning of the source's.
    pub(super) fn new(source: &'a mut dyn Side, target: &'a mut dyn Side, progress: Progress<'a>) -> Result<Self> {
        let mut mark = Mark::new();
        for (part, (number, link)) in target.heads()? {
            if source.link(part, number)? != Some(link) {
                let text = format!("there is another store: its change {number} of part {} is another one", part.0);
                return Err(TransferError::Place(text));
            }
            mark.insert(part, number);
        }
        let (tenants, counts) = (HashMap::new(), Counts::default());
        Ok(Self { source, target, mark, tenants, counts, progress })
    }

    /// Copies everything once, from where the note of an attempt that was broken off says.
    pub(super) fn copy(&mut self, note: Option<&str>) -> Result<()> {
        let noted = note.and_then(read_note);
        let is_new = noted.is_none();
        let (mark, (mut at, mut after)) = match noted {
            Some(noted) => noted,
            None => (self.source.heads()?.into_iter().map(|(part, (number, _))| (part, number)).collect(), (0, None)),
        };
        self.mark = mark;
        if is_new {
            let note = self.write_note((0, None));
            self.target.note(&note)?;
        }
        self.all_tenants()?;
        self.history(true)?;
        while let Some(kind) = Kind::ALL.get(at).copied() {
            loop {
                let records = self.source.page(kind, after)?;
                let Some(last) = records.last() else { break };
                after = Some((last.part, last.id));
                self.know(&records);
                self.target.begin()?;
                self.put(kind, &records)?;
                let note = self.write_note((at, after));
                self.target.note(&note)?;
                self.target.commit()?;
            }
            (at, after) = (at + 1, None);
        }
        // Without it who comes back would begin the last kind again, and find its records there.
        let note = self.write_note((at, None));
        self.target.note(&note)
    }

    /// Copies what changed since the round before, of one moment of the source, whose transaction is open: `target` is
    /// what `source` was then.
    pub(super) fn round(&mut self) -> Result<Round> {
        self.target.begin()?;
        let heads = self.source.heads()?;
        let changes = self.history(false)?;
        self.all_tenants()?;
        let mut touched: BTreeMap<Kind, BTreeSet<At>> = BTreeMap::new();
        for (part, (number, _)) in &heads {
            let after = self.mark.get(part).copied().unwrap_or(0);
            let mut blank: BTreeMap<(Kind, i64), i64> = BTreeMap::new();
            for touch in self.source.touched(*part, after, *number)? {
                let is_first = touched.entry(touch.kind).or_default().insert((*part, touch.id));
                let last = blank.entry((touch.kind, touch.id)).or_default();
                if touch.is_blank {
                    *last = touch.number;
                } else if is_first && touch.previous > 0 && self.source.is_blank(*part, touch.previous)? {
                    *last = touch.previous;
                }
            }
            for last in blank.into_values().filter(|last| *last > 0) {
                self.target.erase(*part, last)?;
            }
        }
        for kind in Kind::ALL.into_iter().filter(|kind| !kind.has_history()) {
            touched.insert(kind, self.differing(kind)?);
        }
        for (kind, places) in &touched {
            let places: Vec<_> = places.iter().copied().collect();
            for places in places.chunks(PAGE as usize) {
                self.copy_again(*kind, places)?;
            }
        }
        let there = self.target.counters()?;
        for ((part, kind), next) in self.source.counters()? {
            if there.get(&(part, kind.clone())) != Some(&next) {
                self.target.count(part, &kind, next)?;
            }
        }
        self.mark = heads.into_iter().map(|(part, (number, _))| (part, number)).collect();
        let note = self.write_note((Kind::ALL.len(), None));
        self.target.note(&note)?;
        self.target.commit()?;
        Ok(Round { changes, touched })
    }

    /// Whether both are the same, by the number and the checksums of all rows and by the ends of the history, whose links
    /// stand for all of it. Source and target are at one moment.
    pub(super) fn prove_all(&mut self) -> Result<()> {
        self.target.begin()?;
        let (here, there) = (self.source.sums()?, self.target.sums()?);
        self.target.commit()?;
        let names = Kind::ALL.map(Kind::name).into_iter().chain(["unique values", "bytes of attachments"]);
        for (name, (here, there)) in names.zip(here.iter().zip(&there)) {
            if here != there {
                let text = format!("{name}: {} rows were sent, {} arrived, or not the same ones", here.0, there.0);
                return Err(TransferError::Damaged(text));
            }
        }
        self.counts.keys = here.get(Kind::ALL.len()).map_or(0, |sum| sum.0.cast_unsigned());
        self.counts.chunks = here.get(Kind::ALL.len() + 1).map_or(0, |sum| sum.0.cast_unsigned());
        self.counts.records = here.iter().take(Kind::ALL.len()).map(|sum| sum.0.cast_unsigned()).sum();
        self.prove_ends()
    }

    /// The same for what a round touched: all else was proven before.
    pub(super) fn prove(&mut self, round: &Round) -> Result<()> {
        for (kind, places) in &round.touched {
            let places: Vec<_> = places.iter().copied().collect();
            for places in places.chunks(PAGE as usize) {
                let all = |records: Vec<Record>| {
                    records.into_iter().map(|record| ((record.part, record.id), record)).collect::<BTreeMap<_, _>>()
                };
                if all(self.source.find(*kind, places)?) != all(self.target.find(*kind, places)?) {
                    return Err(TransferError::Damaged(format!("{}: not the same ones arrived", kind.name())));
                }
            }
        }
        self.prove_ends()
    }

    fn prove_ends(&mut self) -> Result<()> {
        let (here, there) = (self.source.heads()?, self.target.heads()?);
        let same_counters = self.source.counters()? == self.target.counters()?;
        self.counts.changes = there.values().map(|(number, _)| number.cast_unsigned()).sum();
        self.tell(|_| {});
        if here == there && same_counters {
            return Ok(());
        }
        Err(TransferError::Damaged(String::from("the history or the next ids are not the same")))
    }

    pub(super) const fn counts(&self) -> Counts {
        self.counts
    }

    /// Copies the changes that the target does not have, proven one by one. Answers how many. With `by_pages` each page
    /// is kept at once.
    fn history(&mut self, by_pages: bool) -> Result<u64> {
        let (mut there, mut all) = (self.target.heads()?, 0);
        for (part, (number, _)) in self.source.heads()? {
            let head = there.entry(part).or_insert((0, FIRST_LINK));
            while head.0 < number {
                let mut changes = self.source.changes(part, head.0)?;
                // Those of one moment: what came after the head was read is for the next round.
                changes.retain(|stored| stored.change.number <= number);
                for stored in &changes {
                    if stored.change.number != head.0 + 1 || !stored.is_sealed() || !stored.follows(&head.1) {
                        let text = format!("change {} of part {} is not as it was written", head.0 + 1, part.0);
                        return Err(TransferError::Damaged(text));
                    }
                    *head = (stored.change.number, stored.link);
                }
                if changes.is_empty() {
                    return Err(TransferError::Damaged(format!("change {} of part {} is missing", head.0 + 1, part.0)));
                }
                if by_pages {
                    self.target.begin()?;
                }
                self.target.append(part, &changes)?;
                if by_pages {
                    self.target.commit()?;
                }
                all += changes.len() as u64;
                self.counts.changes += changes.len() as u64;
                (self.progress)(&self.counts);
            }
        }
        Ok(all)
    }

    /// Records without a history that are not the same on both sides.
    fn differing(&mut self, kind: Kind) -> Result<BTreeSet<At>> {
        let (here, there) = (self.source.marks(kind)?, self.target.marks(kind)?);
        let new = here.iter().filter(|(at, mark)| there.get(at) != Some(mark));
        let gone = there.keys().filter(|at| !here.contains_key(at));
        Ok(new.map(|(at, _)| *at).chain(gone.copied()).collect())
    }

    fn copy_again(&mut self, kind: Kind, places: &[At]) -> Result<()> {
        let records = self.source.find(kind, places)?;
        let here: BTreeSet<At> = records.iter().map(|record| (record.part, record.id)).collect();
        let there = self.target.find(kind, places)?;
        let gone: Vec<&Record> = there.iter().filter(|record| !here.contains(&(record.part, record.id))).collect();
        if !gone.is_empty() {
            let freed: Vec<_> = gone.iter().flat_map(|record| self.keys(record)).collect();
            self.target.free(&freed)?;
            self.target.remove(kind, &gone.iter().map(|record| (record.part, record.id)).collect::<Vec<_>>())?;
            if kind == Kind::Attachment {
                gone.iter().try_for_each(|record| self.target.put_chunks((record.part, record.id), &[]))?;
            }
        }
        self.put_over(kind, &records, &there)
    }

    /// Writes records of a page. None of them is there: how far the copy is was noted in the transaction of the page before.
    /// So nothing is looked for in a table of which the engine does not know yet how much it holds.
    fn put(&mut self, kind: Kind, records: &[Record]) -> Result<()> {
        self.tell(|counts| counts.records += records.len() as u64);
        self.put_over(kind, records, &[])
    }

    fn put_over(&mut self, kind: Kind, records: &[Record], there: &[Record]) -> Result<()> {
        if records.is_empty() {
            return Ok(());
        }
        let there: BTreeMap<At, &Record> = there.iter().map(|record| ((record.part, record.id), record)).collect();
        let stored = |record: &Record| there.get(&(record.part, record.id)).copied();
        let (mut freed, mut taken) = (Vec::new(), Vec::new());
        for record in records {
            let (old, new) = (stored(record).map(|record| self.keys(record)).unwrap_or_default(), self.keys(record));
            freed.extend(old.into_iter().filter(|key| !new.contains(key)));
            taken.extend(new);
        }
        self.target.free(&freed)?;
        let rows: Vec<_> = records.iter().map(|r| (r, stored(r).map_or(0, |record| record.version))).collect();
        self.target.save(kind, &rows)?;
        self.target.take(&taken)?;
        if kind == Kind::Attachment {
            for record in records {
                self.contents((record.part, record.id))?;
            }
        }
        Ok(())
    }

    fn contents(&mut self, at: At) -> Result<()> {
        let chunks = self.source.chunks(at)?;
        for chunk in &chunks {
            if crate::seal::chunk(place(at.0, at.1), chunk.number, &chunk.bytes) != chunk.checksum {
                let text = format!("chunk {} of attachment {} is not as it was written", chunk.number, at.1);
                return Err(TransferError::Damaged(text));
            }
        }
        if chunks != self.target.chunks(at)? {
            self.target.put_chunks(at, &chunks)?;
        }
        Ok(())
    }

    fn keys(&self, record: &Record) -> Vec<Owned> {
        let number = if record.kind == Kind::Tenant { record.id } else { record.part.tenant_number() };
        let tenant = self.tenants.get(&number).copied().unwrap_or(Tenant { number, buckets: 1 });
        let at = (record.part, record.id);
        unique_keys(tenant, record).into_iter().map(|(_, key)| (key, at)).collect()
    }

    fn know(&mut self, records: &[Record]) {
        for record in records.iter().filter(|record| record.kind == Kind::Tenant) {
            let buckets = record.number(Field::Buckets).and_then(|buckets| u32::try_from(buckets).ok()).unwrap_or(1);
            self.tenants.insert(record.id, Tenant { number: record.id, buckets: buckets.max(1) });
        }
    }

    fn all_tenants(&mut self) -> Result<()> {
        let mut after = None;
        loop {
            let records = self.source.page(Kind::Tenant, after)?;
            let Some(last) = records.last() else { return Ok(()) };
            after = Some((last.part, last.id));
            self.know(&records);
        }
    }

    fn tell(&mut self, add: impl FnOnce(&mut Counts)) {
        add(&mut self.counts);
        (self.progress)(&self.counts);
    }

    fn write_note(&self, (kind, after): Cursor) -> String {
        let mark: Vec<_> = self.mark.iter().map(|(part, number)| (part.0, number)).collect();
        json!({ "mark": mark, "kind": kind, "after": after.map(|(part, id)| (part.0, id)) }).to_string()
    }
}

fn read_note(text: &str) -> Option<(Mark, Cursor)> {
    let note: Value = serde_json::from_str(text).ok()?;
    let pair = |pair: &Value| Some((Part(pair.get(0)?.as_i64()?), pair.get(1)?.as_i64()?));
    let mark = note.get("mark")?.as_array()?.iter().map(pair).collect::<Option<_>>()?;
    Some((mark, (usize::try_from(note.get("kind")?.as_u64()?).ok()?, note.get("after").and_then(pair))))
}
