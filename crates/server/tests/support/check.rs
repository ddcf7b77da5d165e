//! Compares what callers were told with what the history holds.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Entry, Ledger, Op, Outcome, Record, World};

/// What may have become of an update that was answered with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It must not be there.
    Absent,
    /// The disk failed beneath it: wholly there or wholly absent.
    Either,
}

/// Every way in which `after` contradicts what the callers of `ledger` know, given that all of them
/// found the records as they are in `before`. Empty: nothing was lost, doubled, halved or invented.
pub fn check(before: &World, after: &World, ledger: &Ledger, refused: Refused) -> Vec<String> {
    let mut wrong = Vec::new();
    let nothing = Record::default();
    let mut found: BTreeMap<&str, Vec<(u32, &Entry)>> = BTreeMap::new();
    for (id, record) in &after.records {
        let old = before.records.get(id).unwrap_or(&nothing);
        check_fold(*id, old, record, &mut wrong);
        for entry in record.history.iter().filter(|e| e.version > old.version) {
            found.entry(&entry.request_id).or_default().push((*id, entry));
        }
    }
    for op in &ledger.ops {
        let entries = found.remove(op.id.as_str()).unwrap_or_default();
        check_op(op, &entries, refused, &mut wrong);
    }
    for (id, entries) in found {
        wrong.push(format!("nobody sent {id:?}: {entries:?}"));
    }
    check_order(after, ledger, &mut wrong);
    wrong
}

fn check_op(op: &Op, entries: &[(u32, &Entry)], refused: Refused, wrong: &mut Vec<String>) {
    let may_be_absent = op.outcome != Outcome::Acked;
    let may_be_there = match op.outcome {
        Outcome::Acked | Outcome::Unknown(_) => true,
        Outcome::Refused(_) => refused == Refused::Either,
        Outcome::NotSent => false,
    };
    match entries {
        [] if may_be_absent => {}
        [] => wrong.push(format!("lost: {op:?}")),
        [_] if !may_be_there => wrong.push(format!("done although the caller was told otherwise: {op:?}")),
        [(record, entry)] => {
            let mut sent: Vec<_> = op.changes.iter().map(|(f, v)| (*f, Value::from(v.as_str()))).collect();
            let mut kept: Vec<_> = entry.changes.iter().map(|(f, _, to)| (f.as_str(), to.clone())).collect();
            sent.sort_by_key(|(f, _)| *f);
            kept.sort_by_key(|(f, _)| f.to_owned());
            if *record != op.record || entry.dialect != op.dialect.name() || sent != kept {
                wrong.push(format!("not as sent: {op:?} is {entry:?} of customer {record}"));
            }
        }
        _ => wrong.push(format!("done {} times: {op:?}", entries.len())),
    }
}

/// The record is what its history makes of the record before, one version a change.
fn check_fold(id: u32, old: &Record, record: &Record, wrong: &mut Vec<String>) {
    let mut version = old.version;
    let mut fields = old.fields.clone();
    for entry in record.history.iter().filter(|e| e.version > old.version) {
        version += 1;
        if entry.version != version {
            wrong.push(format!("customer {id}: version {} where {version} was due", entry.version));
            version = entry.version;
        }
        for (field, from, to) in &entry.changes {
            // Who has no name of their own is shown by another one, which the history does not have.
            let derived = field == "name" && from.is_null();
            if !derived && fields.get(field).unwrap_or(&Value::Null) != from {
                wrong.push(format!("customer {id} version {version}: {field} was {:?}, not {from}", fields.get(field)));
            }
            fields.insert(field.clone(), to.clone());
        }
    }
    fields.retain(|_, v| !v.is_null());
    if version != record.version {
        wrong.push(format!("customer {id}: is version {}, its history ends with {version}", record.version));
    }
    if fields != record.fields {
        let differs = |(f, v): &(&String, &Value)| fields.get(*f) != Some(v) || record.fields.get(*f) != Some(v);
        let fields: Vec<_> = fields.iter().chain(&record.fields).filter(differs).collect();
        wrong.push(format!("customer {id}: the record and the fold of its history differ: {fields:?}"));
    }
}

/// What was acknowledged before something else was sent comes before it.
fn check_order(after: &World, ledger: &Ledger, wrong: &mut Vec<String>) {
    let ops: BTreeMap<&str, &Op> = ledger.ops.iter().map(|op| (op.id.as_str(), op)).collect();
    for (id, record) in &after.records {
        let mut latest: Option<&Op> = None;
        for op in record.history.iter().filter_map(|e| ops.get(e.request_id.as_str())) {
            if let Some(earlier) = latest
                && op.outcome == Outcome::Acked
                && op.done < earlier.sent
            {
                wrong.push(format!(
                    "customer {id}: {} was sent after the answer to {}, yet precedes it",
                    earlier.id, op.id
                ));
            }
            latest = latest.filter(|l| l.sent >= op.sent).or(Some(op));
        }
    }
}
