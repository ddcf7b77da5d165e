//! The checker itself: one good history, and bad ones that it must reject.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Dialect, Entry, Ledger, Op, Outcome, Record, Refused, World, check};

/// Two acknowledged updates, one refused, one unknown and absent, of customer 1001 at version 3.
fn good() -> (World, World, Ledger) {
    let start = Instant::now();
    let at = |ms| start + Duration::from_millis(ms);
    let op = |id: &str, value: &str, sent, outcome| Op {
        id: id.into(),
        dialect: Dialect::Trackfinity,
        record: 1001,
        changes: vec![("address.city", value.into()), ("custom1", value.into())],
        sent: at(sent),
        done: at(sent + 10),
        outcome,
    };
    let ops = vec![
        op("op-a", "a", 0, Outcome::Acked),
        op("op-b", "b", 20, Outcome::Acked),
        op("op-c", "c", 40, Outcome::Refused("503".into())),
        op("op-d", "d", 60, Outcome::Unknown("reset".into())),
    ];
    let fields = |city: &str, custom1: Option<&str>| {
        let custom1 = custom1.map(|v| ("custom1".to_owned(), json!(v)));
        [("address.city".to_owned(), json!(city))].into_iter().chain(custom1).collect()
    };
    let before = Record { version: 3, fields: fields("Oslo", None), history: Vec::new() };
    let history =
        vec![entry(4, "op-a", json!("Oslo"), Value::Null, "a"), entry(5, "op-b", json!("a"), json!("a"), "b")];
    let after = Record { version: 5, fields: fields("b", Some("b")), history };
    (world(before), world(after), Ledger { ops })
}

fn entry(version: u64, id: &str, city: Value, custom1: Value, to: &str) -> Entry {
    let changes = vec![("address.city".into(), city, json!(to)), ("custom1".into(), custom1, json!(to))];
    Entry { version, request_id: id.into(), dialect: "trackfinity".into(), changes }
}

fn world(record: Record) -> World {
    World { records: [(1001, record)].into() }
}

fn judge(spoil: impl FnOnce(&mut Record, &mut Ledger)) -> Vec<String> {
    let (before, mut after, mut ledger) = good();
    spoil(after.records.get_mut(&1001).unwrap(), &mut ledger);
    check(&before, &after, &ledger, Refused::Absent)
}

#[track_caller]
fn rejects(because: &str, spoil: impl FnOnce(&mut Record, &mut Ledger)) {
    let wrong = judge(spoil);
    assert!(wrong.iter().any(|w| w.contains(because)), "{because:?} is not among {wrong:?}");
}

fn set(record: &mut Record, value: &str) {
    record.fields.insert("address.city".into(), json!(value));
    record.fields.insert("custom1".into(), json!(value));
}

#[test]
fn accepts_a_good_history() {
    assert_eq!(judge(|_, _| {}), Vec::<String>::new());
}

#[test]
fn accepts_an_unknown_update_that_is_wholly_there() {
    let wrong = judge(|record, _| {
        record.history.push(entry(6, "op-d", json!("b"), json!("b"), "d"));
        record.version = 6;
        set(record, "d");
    });
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn rejects_a_lost_acknowledgement() {
    rejects("lost: ", |record, _| {
        record.history.pop();
        record.version = 4;
        set(record, "a");
    });
}

#[test]
fn rejects_a_lost_acknowledgement_that_a_later_update_covers() {
    rejects("lost: ", |record, _| {
        record.history = vec![entry(4, "op-b", json!("Oslo"), Value::Null, "b")];
        record.version = 4;
    });
}

#[test]
fn rejects_an_update_done_twice() {
    rejects("done 2 times", |record, _| {
        record.history.push(entry(6, "op-b", json!("b"), json!("b"), "b"));
        record.version = 6;
    });
}

#[test]
fn rejects_half_an_update() {
    rejects("not as sent", |record, _| {
        record.history[1].changes.pop();
        record.fields.insert("custom1".into(), json!("a"));
    });
}

#[test]
fn rejects_half_of_an_unknown_update() {
    rejects("not as sent", |record, _| {
        let mut half = entry(6, "op-d", json!("b"), json!("b"), "d");
        half.changes.pop();
        record.history.push(half);
        record.version = 6;
        record.fields.insert("address.city".into(), json!("d"));
    });
}

#[test]
fn rejects_another_value_than_was_sent() {
    rejects("not as sent", |record, _| {
        record.history[1] = entry(5, "op-b", json!("a"), json!("a"), "x");
        set(record, "x");
    });
}

#[test]
fn rejects_a_gap_between_versions() {
    rejects("version 6 where 5 was due", |record, _| {
        record.history[1].version = 6;
        record.version = 6;
    });
}

#[test]
fn rejects_what_nobody_sent() {
    rejects("nobody sent", |record, _| {
        record.history.push(entry(6, "op-z", json!("b"), json!("b"), "z"));
        record.version = 6;
        set(record, "z");
    });
}

#[test]
fn rejects_a_refused_update_that_is_there() {
    rejects("told otherwise", |record, _| {
        record.history.push(entry(6, "op-c", json!("b"), json!("b"), "c"));
        record.version = 6;
        set(record, "c");
    });
}

#[test]
fn rejects_a_record_that_is_not_the_fold_of_its_history() {
    rejects("fold", |record, _| set(record, "a"));
}

#[test]
fn rejects_a_record_behind_its_history() {
    rejects("its history ends with 5", |record, _| record.version = 4);
}

#[test]
fn rejects_a_change_from_a_value_that_was_not_there() {
    rejects("was Some", |record, _| record.history[1].changes[0].1 = json!("Oslo"));
}

#[test]
fn rejects_an_order_that_the_callers_saw_otherwise() {
    rejects("yet precedes it", |_, ledger| {
        let (first, second) = (ledger.ops[0].clone(), ledger.ops[1].clone());
        ledger.ops[0].sent = second.sent;
        ledger.ops[0].done = second.done;
        ledger.ops[1].sent = first.sent;
        ledger.ops[1].done = first.done;
    });
}

#[test]
fn forgets_what_came_after_the_power_went() {
    let (_, _, ledger) = good();
    let cut = ledger.as_of(ledger.ops[1].sent + Duration::from_millis(5));
    assert_eq!(cut.ops.len(), 2);
    assert_eq!(cut.ops[0].outcome, Outcome::Acked);
    assert_eq!(cut.ops[1].outcome, Outcome::Unknown("the power went".into()));
}
