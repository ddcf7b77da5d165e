//! What an examination of a store found.

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What: `customer 10`, `change 812 of part 1048576`.
    pub what: String,
    /// What is wrong with it.
    pub why: String,
}

/// What was examined, and what was found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Which engine keeps the store, and its version.
    pub engine: String,
    /// What is done otherwise for this engine than for others of its kind.
    pub switches: Vec<String>,
    /// Records whose checksum was verified.
    pub records: u64,
    /// Changes whose place in the chain was verified.
    pub changes: u64,
    /// Damage, at most 1,000 findings.
    pub findings: Vec<Finding>,
}

/// More findings than anybody reads one by one.
const MAX_FINDINGS: usize = 1_000;

impl Report {
    pub(crate) fn find(&mut self, what: impl Into<String>, why: &dyn std::fmt::Display) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding { what: what.into(), why: why.to_string() });
        }
    }
}
