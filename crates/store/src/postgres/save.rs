//! Writes what a batch changed: one statement a table, all sent in one go.

use domain::attachment::CHUNK;
use domain::credential::UniqueKey;
use domain::record::Part;
use domain::working_set::{Place, Saving};
use domain::{Kind, Record};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::session::{Query, Session};
use super::{Failure, history, list, table};
use crate::batch::is_remembered;
use crate::ledger::{Head, append_to, last_changes};
use crate::seal::{self, Link};

/// The present owners of unique values, as they were loaded.
pub(super) type Owners = HashMap<UniqueKey, Option<(Part, i64)>>;

/// By what a batch is known when nobody heard whether it was committed.
#[derive(Clone, Debug)]
pub(super) enum Witness {
    /// Its last change: part, number, link.
    Change(Part, i64, Link),
    /// A record without a history, with its checksum; `None` for one that is removed.
    Record(Place, Option<i64>),
    /// It changed nothing that can be seen.
    None,
}

/// The statements that write a batch.
pub(super) struct Plan {
    /// Each with how many rows it must change, and what it writes.
    queries: Vec<(Query, Option<u64>, &'static str)>,
    erased: Vec<(Part, i64)>,
    pub(super) witness: Witness,
    /// Whether nodes have to forget what they remember.
    pub(super) credentials: bool,
}

impl Plan {
    /// Numbers and seals the changes and brings the heads of their parts, which must all be there, up to date.
    pub(super) fn of(
        saving: Saving<'_>,
        heads: &mut BTreeMap<Part, Head>,
        owners: &Owners,
        salts: &[[u8; 16]],
    ) -> Result<Self, Failure> {
        let mut last = last_changes(&saving);
        let credentials = saving.records.iter().any(|(record, _)| is_remembered(record.kind))
            || saving.removed.iter().any(|(kind, ..)| *kind == Kind::Token);
        let mut plan = Self { queries: Vec::new(), erased: Vec::new(), witness: Witness::None, credentials };
        plan.changes(saving.changes, heads, salts, &mut last)?;
        let records = saving.records.into_iter().map(|(record, stored)| {
            let mut record = Arc::unwrap_or_clone(record);
            if let Some(number) = last.get(&(record.kind, record.part, record.id)) {
                record.last_change = *number;
            }
            (record, stored)
        });
        plan.records(&records.collect::<Vec<_>>())?;
        plan.removed(&saving.removed);
        plan.erased = saving.erased.iter().map(|at| (at.1, last.get(at).copied().unwrap_or(0))).collect();
        plan.keys(saving.keys, owners);
        plan.contents(&saving.contents);
        plan.counters(&saving.counters);
        if credentials {
            // Last, so that who holds this row waits for nothing any more.
            let sql = "UPDATE epoch SET number = number + 1 WHERE name = 'credentials'";
            plan.push(Query::new(sql), Some(1), "the epoch");
        }
        Ok(plan)
    }

    /// Writes it in the transaction that is open.
    pub(super) async fn run(&self, session: &Session) -> Result<(), Failure> {
        let counts = session.execute(self.queries.iter().map(|(query, ..)| query)).await?;
        for ((_, expected, what), count) in self.queries.iter().zip(counts) {
            if expected.is_some_and(|expected| expected != count) {
                return Err(Failure::Outrun(what));
            }
        }
        for (part, last) in &self.erased {
            history::erase(session, *part, *last).await?;
        }
        Ok(())
    }

    fn push(&mut self, query: Query, expected: Option<u64>, what: &'static str) {
        self.queries.push((query, expected, what));
    }

    fn changes(
        &mut self,
        changes: &mut [domain::Change],
        heads: &mut BTreeMap<Part, Head>,
        salts: &[[u8; 16]],
        last: &mut HashMap<Place, i64>,
    ) -> Result<(), Failure> {
        let (mut sealed, mut moved) = (Vec::with_capacity(changes.len()), BTreeSet::new());
        for (change, salt) in changes.iter_mut().zip(salts) {
            let Some(head) = heads.get_mut(&change.part) else { return Err(Failure::Outrun("a part")) };
            let place = (change.kind, change.part, change.id);
            change.previous = last.get(&place).copied().unwrap_or(0);
            let values = append_to(head, change, salt)?;
            last.insert(place, change.number);
            sealed.push((values, head.1));
            moved.insert(change.part);
            self.witness = Witness::Change(change.part, change.number, head.1);
        }
        if sealed.is_empty() {
            return Ok(());
        }
        let count = sealed.len() as u64;
        self.push(history::append(changes, sealed, salts), Some(count), "the history");
        let (mut numbers, mut links) = (Vec::new(), Vec::new());
        for (number, link) in moved.iter().filter_map(|part| heads.get(part)) {
            numbers.push(*number);
            links.push(link.to_vec());
        }
        let parts: Vec<_> = moved.iter().map(|part| part.0).collect();
        let sql = "UPDATE head AS h SET number = x.number, link = x.link \
                   FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) AS x (part, number, link) \
                   WHERE h.part = x.part";
        self.push(Query::new(sql).with(parts).with(numbers).with(links), Some(moved.len() as u64), "a part");
        Ok(())
    }

    fn records(&mut self, records: &[(Record, u64)]) -> Result<(), Failure> {
        let mut tables: BTreeMap<(Kind, bool), Vec<(&Record, u64)>> = BTreeMap::new();
        for (record, stored) in records {
            tables.entry((record.kind, *stored == 0)).or_default().push((record, *stored));
        }
        for ((kind, new), rows) in tables {
            self.push(table::save(kind, &rows, new)?, Some(rows.len() as u64), "a record");
        }
        if let (Witness::None, Some((record, _))) = (&self.witness, records.first()) {
            let body = crate::codec::write_values(&record.values)?;
            let checksum = seal::checksum(record, &body);
            self.witness = Witness::Record((record.kind, record.part, record.id), Some(checksum));
        }
        Ok(())
    }

    fn removed(&mut self, removed: &[Place]) {
        let mut tables: BTreeMap<Kind, Vec<Place>> = BTreeMap::new();
        for place in removed {
            tables.entry(place.0).or_default().push(*place);
        }
        for (kind, mut places) in tables {
            places.sort_unstable();
            self.push(table::remove(kind, &places), Some(places.len() as u64), "a record");
        }
        if let (Witness::None, Some(place)) = (&self.witness, removed.first()) {
            self.witness = Witness::Record(*place, None);
        }
    }

    /// What belongs to no tenant is not locked: there a value is taken only from nobody, or from the owner that was
    /// seen.
    fn keys(&mut self, keys: Vec<(UniqueKey, Option<(Part, i64)>)>, owners: &Owners) {
        let (mut freed, mut taken, mut moved) = (Keys::default(), Keys::default(), Keys::default());
        for (key, owner) in keys {
            let nobody = (Part::GLOBAL, 0);
            match (owner, owners.get(&key)) {
                (None, _) => freed.push(&key, nobody, nobody),
                // Nobody had to ask whose it was: a record of this batch gave it up.
                (Some(owner), None) => {
                    freed.push(&key, nobody, nobody);
                    taken.push(&key, owner, nobody);
                }
                (Some(owner), Some(None)) => taken.push(&key, owner, nobody),
                (Some(owner), Some(Some(before))) => moved.push(&key, owner, *before),
            }
        }
        if !freed.parts.is_empty() {
            let sql = "DELETE FROM unique_key AS k \
                       USING unnest($1::bigint[], $2::bigint[], $3::text[]) AS x (part, space, value) \
                       WHERE k.part = x.part AND k.space = x.space AND k.value = x.value";
            self.push(Query::new(sql).with(freed.parts).with(freed.spaces).with(freed.texts), None, "a unique value");
        }
        if !moved.parts.is_empty() {
            let count = moved.parts.len() as u64;
            let sql = "UPDATE unique_key AS k SET owner_part = x.owner_part, owner_id = x.owner_id \
                       FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], \
                       $7::bigint[]) AS x (part, space, value, owner_part, owner_id, was_part, was_id) \
                       WHERE k.part = x.part AND k.space = x.space AND k.value = x.value \
                       AND k.owner_part = x.was_part AND k.owner_id = x.was_id";
            let query = moved.bind(sql);
            self.push(query, Some(count), "a unique value");
        }
        if !taken.parts.is_empty() {
            let sql = "INSERT INTO unique_key (part, space, value, owner_part, owner_id) \
                       SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[])";
            let Keys { parts, spaces, texts, owner_parts, owner_ids, .. } = taken;
            let query = Query::new(sql).with(parts).with(spaces).with(texts).with(owner_parts).with(owner_ids);
            self.push(query, None, "a unique value");
        }
    }

    /// In their order: what is kept and let go in one batch is gone.
    fn contents(&mut self, contents: &[(Place, Option<Arc<Vec<u8>>>)]) {
        for ((_, part, id), bytes) in contents {
            let Some(bytes) = bytes else {
                let sql = "DELETE FROM attachment_content WHERE part = $1::bigint AND id = $2::bigint";
                self.push(Query::new(sql).with(part.0).with(*id), None, "an attachment");
                continue;
            };
            let place = crate::table::place(*part, *id);
            for (chunk, number) in bytes.chunks(CHUNK).zip(0_i64..) {
                let sql = "INSERT INTO attachment_content (part, id, number, bytes, checksum) \
                           VALUES ($1::bigint, $2::bigint, $3::bigint, $4::bytea, $5::bigint)";
                let query = Query::new(sql).with(part.0).with(*id).with(number).with(chunk.to_vec());
                self.push(query.with(seal::chunk(place, number, chunk)), None, "an attachment");
            }
        }
    }

    fn counters(&mut self, counters: &[((Part, Kind), i64)]) {
        if counters.is_empty() {
            return;
        }
        let sql = "INSERT INTO counter (part, kind, next) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[]) \
                   ON CONFLICT (part, kind) DO UPDATE SET next = excluded.next";
        let query = Query::new(sql)
            .with(counters.iter().map(|((part, _), _)| part.0).collect::<Vec<_>>())
            .with(counters.iter().map(|((_, kind), _)| kind.name().to_owned()).collect::<Vec<_>>())
            .with(counters.iter().map(|(_, next)| *next).collect::<Vec<_>>());
        self.push(query, None, "a counter");
    }
}

/// Unique values as columns.
#[derive(Default)]
struct Keys {
    parts: Vec<i64>,
    spaces: Vec<i64>,
    texts: Vec<String>,
    owner_parts: Vec<i64>,
    owner_ids: Vec<i64>,
    was_parts: Vec<i64>,
    was_ids: Vec<i64>,
}

impl Keys {
    fn push(&mut self, key: &UniqueKey, owner: (Part, i64), was: (Part, i64)) {
        self.parts.push(key.part.0);
        self.spaces.push(key.space.number());
        self.texts.push(list::storable(&key.text));
        self.owner_parts.push(owner.0.0);
        self.owner_ids.push(owner.1);
        self.was_parts.push(was.0.0);
        self.was_ids.push(was.1);
    }

    fn bind(self, sql: &str) -> Query {
        let query = Query::new(sql).with(self.parts).with(self.spaces).with(self.texts);
        query.with(self.owner_parts).with(self.owner_ids).with(self.was_parts).with(self.was_ids)
    }
}
