//! What clients asked for and what they were told.

use std::time::Instant;

use super::Dialect;

/// What a caller knows of its update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server said yes.
    Acked,
    /// The server said no, in these words.
    Refused(String),
    /// The call began and no answer came: it may or may not have been done.
    Unknown(String),
    /// The server cannot have seen it.
    NotSent,
}

/// One update of one record.
#[derive(Clone, Debug)]
pub struct Op {
    /// Its `X-Request-Id`.
    pub id: String,
    pub dialect: Dialect,
    pub record: u32,
    /// The history's field names and their new values; together or not at all.
    pub changes: Vec<(&'static str, String)>,
    pub sent: Instant,
    pub done: Instant,
    pub outcome: Outcome,
}

/// Every update sent to one data folder.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub ops: Vec<Op>,
}

impl Ledger {
    pub fn acked(&self) -> usize {
        self.count(|o| *o == Outcome::Acked)
    }

    pub fn count(&self, of: impl Fn(&Outcome) -> bool) -> usize {
        self.ops.iter().filter(|op| of(&op.outcome)).count()
    }

    /// An answer that came when the power was off already is no promise: nobody could have seen it.
    pub fn doubt(&mut self, off: Instant) {
        for op in self.ops.iter_mut().filter(|op| op.done >= off && op.outcome == Outcome::Acked) {
            op.outcome = Outcome::Unknown("the power was off".into());
        }
    }

    /// Those that were refused otherwise than a caller is told to come back later.
    pub fn not_told_to_come_back(&self) -> Vec<&Op> {
        self.ops.iter().filter(|op| matches!(&op.outcome, Outcome::Refused(why) if !op.dialect.is_busy(why))).collect()
    }

    /// How many updates each dialect had acknowledged.
    pub fn by_dialect(&self) -> String {
        let each = Dialect::ALL.into_iter().filter_map(|d| {
            let acked = self.ops.iter().filter(|op| op.dialect == d && op.outcome == Outcome::Acked).count();
            (acked > 0).then(|| format!("{d:?} {acked}"))
        });
        each.collect::<Vec<_>>().join(", ")
    }

    /// What the callers knew at `cut`, had the power gone then.
    pub fn as_of(&self, cut: Instant) -> Self {
        let sent = self.ops.iter().filter(|op| op.sent < cut).cloned();
        let ops = sent.map(|mut op| {
            if op.done >= cut && op.outcome != Outcome::NotSent {
                op.outcome = Outcome::Unknown("the power went".into());
            }
            op
        });
        Self { ops: ops.collect() }
    }
}
