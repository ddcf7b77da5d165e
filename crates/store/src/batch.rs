//! The loop that every engine runs: decide, load what is missing, decide again.

use domain::port::{Job, Verdict};
use domain::working_set::{Found, Need};
use domain::{Error, Kind, WorkingSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// More rounds than any operation needs: each asks for what the round before led to.
const MAX_ROUNDS: usize = 64;

/// A job in a batch, and why it failed if it did.
pub(crate) struct Entry {
    pub(crate) job: Box<dyn Job>,
    pub(crate) failure: Option<Error>,
}

impl Entry {
    pub(crate) fn new(job: Box<dyn Job>) -> Self {
        Self { job, failure: None }
    }

    /// Answers the caller: with what was decided, or with why it was not kept.
    pub(crate) fn finish(self, fate: Result<(), Error>) {
        self.job.finish(match self.failure {
            Some(failure) => Err(failure),
            None => fate,
        });
    }
}

/// What is remembered outside until [`credentials_epoch`](domain::port::Store::credentials_epoch) changes.
pub(crate) const fn is_remembered(kind: Kind) -> bool {
    matches!(kind, Kind::Tenant | Kind::User | Kind::Key | Kind::Webhook | Kind::ExtraField | Kind::Wsdl)
}

/// How far the jobs of a batch have come.
pub(crate) struct Rounds {
    waiting: Vec<usize>,
    left: usize,
    changed: bool,
}

/// What a round led to.
pub(crate) enum Step {
    /// This has to be loaded first.
    Missing(Vec<Need>),
    /// All have decided. Tells whether there is anything to save.
    Decided(bool),
}

impl Rounds {
    pub(crate) fn of(entries: &[Entry]) -> Self {
        Self { waiting: (0..entries.len()).collect(), left: MAX_ROUNDS, changed: false }
    }

    /// Lets every job decide that has not.
    pub(crate) fn step(&mut self, entries: &mut [Entry], set: &mut WorkingSet) -> Step {
        if self.left == 0 {
            for at in self.waiting.drain(..) {
                if let Some(entry) = entries.get_mut(at) {
                    entry.failure = Some(Error::internal("an operation never had all that it asked for"));
                }
            }
            return Step::Decided(self.changed);
        }
        self.left -= 1;
        let Self { waiting, changed, .. } = self;
        waiting.retain(|&at| {
            let Some(entry) = entries.get_mut(at) else { return false };
            // A job that panics is a fault of ours. It must not take its neighbours along.
            match catch_unwind(AssertUnwindSafe(|| entry.job.decide(set))) {
                Ok(Verdict::Missing) => return true,
                Ok(Verdict::Changed) => *changed = true,
                Ok(Verdict::Unchanged) => {}
                Err(_) => {
                    set.reject();
                    entry.failure = Some(Error::internal("an operation panicked"));
                }
            }
            false
        });
        if waiting.is_empty() { Step::Decided(*changed) } else { Step::Missing(set.take_missing()) }
    }
}

/// Lets every job decide, loading what they miss round by round. Answers whether there is anything to save.
///
/// # Errors
/// What `load` fails with; nothing of the batch may be saved then.
pub(crate) fn decide<E>(
    entries: &mut [Entry],
    set: &mut WorkingSet,
    mut load: impl FnMut(&Need) -> Result<Found, E>,
) -> Result<bool, E> {
    let mut rounds = Rounds::of(entries);
    loop {
        match rounds.step(entries, set) {
            Step::Decided(changed) => return Ok(changed),
            Step::Missing(needs) => {
                for need in needs {
                    let found = load(&need)?;
                    set.supply(need, found);
                }
            }
        }
    }
}
