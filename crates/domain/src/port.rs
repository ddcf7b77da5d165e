//! What the domain needs from outside.

use crate::error::Error;
use crate::record::{Record, Time};
use crate::tenant::Tenant;
use crate::working_set::WorkingSet;

/// An operation with its context and its caller's answer, as a store sees it.
pub trait Job: Send {
    /// Whether it may change anything. A reading job never does.
    fn writes(&self) -> bool;

    /// Whether it may take longer than a few point reads.
    fn scans(&self) -> bool;

    /// Of which tenant its caller is. Jobs of one tenant may be kept in their order.
    fn tenant(&self) -> Tenant;

    /// Decides over the set. May be called again after [`Verdict::Missing`], and over another set when what it decided
    /// could not be kept because others were faster; only the last call counts.
    fn decide(&mut self, set: &mut WorkingSet) -> Verdict;

    /// Answers the caller. With `Ok`, what the job decided; with `Err`, that the store could not keep it.
    fn finish(self: Box<Self>, fate: Result<(), Error>);
}

/// How a [`Job`] decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Something must be loaded first.
    Missing,
    /// Decided, with something to save.
    Changed,
    /// Decided, or refused, with nothing to save.
    Unchanged,
}

/// How a store fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Reads and writes.
    Ready,
    /// Reads only, for now: writes are tried again when there is a chance. The sentence says why.
    ReadOnly(String),
    /// Reads only until it is restarted. The sentence says why.
    Poisoned(String),
}

/// Keeps the records. One batch is one transaction; an answer is given only when what it says is durable.
pub trait Store: Send + Sync {
    /// Runs a job, at once or later, on this thread or another, and [finishes](Job::finish) it in every case.
    fn submit(&self, job: Box<dyn Job>);

    /// As [`submit`](Self::submit) of each, in this order, with all that change something in one batch.
    fn submit_all(&self, jobs: Vec<Box<dyn Job>>);

    /// Whether it can be written to.
    fn condition(&self) -> Condition;

    /// Grows whenever a user, key, tenant, webhook or the definition of an extra field changes, or a token ends before its
    /// time, before the change is acknowledged. What was remembered of one under another number must be looked up again. Sessions come and go too
    /// often: they are looked up.
    fn credentials_epoch(&self) -> u64;

    /// Whether this node does what only one node may do at a time, such as to deliver webhooks. The epoch of
    /// credentials grows when that changes.
    fn leads(&self) -> bool {
        true
    }

    /// Tells the other nodes of the store that somebody who guesses must wait for so many seconds. Nothing where there is
    /// no other.
    fn lock_out(&self, _who: Suspect, _seconds: i64) {}

    /// For how many more seconds somebody must wait because of what the nodes told each other.
    fn locked_out(&self, _who: &Suspect) -> i64 {
        0
    }
}

/// Somebody who guesses names and secrets: a keyed hash, so that nobody learns from a store who that is.
pub type Suspect = [u8; 32];

/// Finds customers by words. What it knows is derived from the records and can be lost.
pub trait SearchIndex: Send + Sync {
    /// Forgets all customers of a tenant.
    ///
    /// # Errors
    /// `Internal` when the index fails.
    fn clear(&self, tenant: Tenant) -> Result<(), Error>;

    /// Learns what these customers are found by now: those that are not among the records are found no more, and of what
    /// they were found by before nothing is left in any file.
    ///
    /// # Errors
    /// `Internal` when the index fails.
    fn put(&self, tenant: Tenant, ids: &[i64], records: &[Record]) -> Result<(), Error>;

    /// Customers that hold every word, or else those that hold words much like them. `searchable` tells which of the
    /// [texts](crate::search::texts) are looked at.
    ///
    /// # Errors
    /// `Internal` when the index fails.
    fn find(
        &self,
        tenant: Tenant,
        words: &[String],
        searchable: [bool; crate::search::COLUMNS],
        limit: usize,
    ) -> Result<Found, Error>;
}

/// Whom a [`SearchIndex`] found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// How well each was found, less being better, and their ids; the best first, of equal ones the smallest id.
    pub ranked: Vec<(i64, i64)>,
    /// Whether there are more than were asked for.
    pub more: bool,
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, UTC.
    fn now(&self) -> Time;
}

/// Makes what nobody can guess.
pub trait Entropy: Send + Sync {
    /// Fills the bytes from a cryptographic generator.
    fn fill(&self, bytes: &mut [u8]);
}

/// Hashes passwords slowly, on the calling thread.
pub trait Passwords: Send + Sync {
    /// A PHC string of a new salt.
    ///
    /// # Errors
    /// `Internal` when the hash cannot be made.
    fn hash(&self, password: &str) -> Result<String, Error>;

    /// Whether the password is the one of the PHC string. Without one it takes as long and answers no.
    fn verify(&self, password: &str, phc: Option<&str>) -> bool;
}
