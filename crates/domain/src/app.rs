//! The one door to the store.

use crate::access::{Access, Caller};
use crate::change::Origin;
use crate::error::{Error, Reason, Stop};
use crate::operation::{Operation, Planned};
use crate::port::{Clock, Condition, Entropy, Job, Store, Suspect, Verdict};
use crate::record::Time;
use crate::subjects::Subjects;
use crate::tenant::Tenant;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Checks that callers may run what they ask for and hands it to the store. Nothing else reaches the store.
pub struct App {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl App {
    /// An app over a store.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { store, clock, entropy }
    }

    /// Runs an operation for a caller and answers once it is durable. The answer may come on this thread before this
    /// returns, or later on another. It tells the customers that the operation looked up, also when it is refused.
    ///
    /// Errors, through `answer`: what [`Caller::demand_in`] and the operation refuse with; `Busy` when the store cannot
    /// keep it now; `Internal` when it fails.
    pub fn submit<O: Operation>(
        &self,
        operation: O,
        caller: &Arc<Caller>,
        origin: Origin,
        answer: impl FnOnce(Result<O::Output, Error>, Subjects) + Send + 'static,
    ) {
        if let Some(Prepared(job)) = self.prepare(operation, caller, origin, answer) {
            self.store.submit(job);
        }
    }

    /// Makes an operation ready, to be handed to the store together with others; `None` when the caller may not run
    /// it: that is answered then.
    pub fn prepare<O: Operation>(
        &self,
        operation: O,
        caller: &Arc<Caller>,
        origin: Origin,
        answer: impl FnOnce(Result<O::Output, Error>, Subjects) + Send + 'static,
    ) -> Option<Prepared> {
        if let Err(error) = admit(&operation, caller) {
            answer(Err(error), Subjects::default());
            return None;
        }
        let mut operation_id = [0; 16];
        if O::WRITES {
            self.entropy.fill(&mut operation_id);
        }
        let cx = Context { caller: Arc::clone(caller), origin, now: self.clock.now(), operation_id };
        let (outcome, planned, subjects) = (None, Vec::new(), Subjects::default());
        Some(Prepared(Box::new(Running { operation, cx, outcome, planned, subjects, answer: Some(answer) })))
    }

    /// Hands operations to the store at once. All that they change is stored in one transaction; each is refused or
    /// answered by itself.
    pub fn submit_all(&self, prepared: Vec<Prepared>) {
        self.store.submit_all(prepared.into_iter().map(|Prepared(job)| job).collect());
    }

    /// Whether the store can be written to.
    pub fn condition(&self) -> Condition {
        self.store.condition()
    }

    /// See [`Store::credentials_epoch`].
    pub fn credentials_epoch(&self) -> u64 {
        self.store.credentials_epoch()
    }

    /// See [`Store::leads`].
    pub fn leads(&self) -> bool {
        self.store.leads()
    }

    /// See [`Store::lock_out`].
    pub fn lock_out(&self, who: Suspect, seconds: i64) {
        self.store.lock_out(who, seconds);
    }

    /// See [`Store::locked_out`].
    pub fn locked_out(&self, who: &Suspect) -> i64 {
        self.store.locked_out(who)
    }

    /// The time.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// See [`Entropy::fill`].
    pub fn random(&self, bytes: &mut [u8]) {
        self.entropy.fill(bytes);
    }
}

/// An operation that its caller may run, with all that it needs to be run.
pub struct Prepared(Box<dyn Job>);

/// The one place that asks whether a caller may run an operation.
fn admit<O: Operation>(operation: &O, caller: &Caller) -> Result<(), Error> {
    let access = operation.access();
    caller.demand_in(access, operation.area())?;
    if caller.customer.is_some() && !O::FOR_CUSTOMERS && access != Access::SignIn {
        return Err(Error::new(Reason::Forbidden, "Customers may not do this"));
    }
    Ok(())
}

struct Running<O: Operation, F> {
    operation: O,
    cx: Context,
    outcome: Option<Result<O::Output, Error>>,
    /// What would change, where nothing is kept.
    planned: Vec<Planned>,
    subjects: Subjects,
    answer: Option<F>,
}

impl<O: Operation, F: FnOnce(Result<O::Output, Error>, Subjects) + Send> Job for Running<O, F> {
    fn writes(&self) -> bool {
        O::WRITES
    }

    fn scans(&self) -> bool {
        O::SCANS
    }

    fn tenant(&self) -> Tenant {
        self.cx.caller.tenant
    }

    fn decide(&mut self, set: &mut WorkingSet) -> Verdict {
        set.serve(&self.cx.caller);
        let decided = self.operation.decide(set, &self.cx);
        let (outcome, verdict) = match decided {
            Ok(output) if !self.operation.keeps() || self.cx.caller.rehearsal.is_some() => {
                self.planned = set.planned();
                set.reject();
                (Ok(output), Verdict::Unchanged)
            }
            Ok(output) => {
                let changed = set.accept(&self.cx);
                (Ok(output), if changed { Verdict::Changed } else { Verdict::Unchanged })
            }
            Err(Stop::Missing) => {
                set.reject();
                return Verdict::Missing;
            }
            Err(Stop::Refused(error)) => {
                set.reject();
                (Err(error), Verdict::Unchanged)
            }
        };
        self.outcome = Some(outcome);
        self.subjects = set.subjects();
        verdict
    }

    fn finish(mut self: Box<Self>, fate: Result<(), Error>) {
        let outcome = match fate {
            Ok(()) => self.outcome.take().unwrap_or_else(|| Err(Error::internal("finished before it decided"))),
            Err(error) => Err(error),
        };
        if let (Some(rehearsal), Ok(_)) = (&self.cx.caller.rehearsal, &outcome) {
            rehearsal.add(self.planned);
        }
        if let Some(answer) = self.answer.take() {
            answer(outcome, self.subjects);
        }
    }
}
