use super::{CreateRecord, Operation, Submission, UpdateRecord};
use crate::access::Access;
use crate::error::{Error, Stop};
use crate::kind::Kind;
use crate::record::Record;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Changes many records of a kind in one transaction.
///
/// Only for kinds of which no change has consequences for other records: what is taken back of one item could be of
/// another.
#[derive(Debug)]
pub struct Bulk<S> {
    /// What they are about.
    pub kind: Kind,
    /// What to do, in order; no record may be there twice.
    pub items: Vec<Item<S>>,
    /// Whether nothing is stored when one item is refused.
    pub atomic: bool,
}

/// One thing to do.
#[derive(Debug)]
pub enum Item<S> {
    /// Create a record.
    Create(CreateRecord<S>),
    /// Change one.
    Update(UpdateRecord<S>),
}

impl<S: Submission<Record>> Operation for Bulk<S> {
    /// What came of each item. When one is refused and it is all or nothing, nothing is stored of the others either.
    type Output = Vec<Result<Arc<Record>, Error>>;
    const ACCESS: Access = Access::Write;
    const WRITES: bool = true;

    fn area(&self) -> Area {
        Area::of(self.kind)
    }

    fn access(&self) -> Access {
        self.kind.access(true)
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Self::Output, Stop> {
        let start = set.mark();
        let (mut outcomes, mut missing) = (Vec::with_capacity(self.items.len()), false);
        for item in &self.items {
            let mark = set.mark();
            let outcome = match item {
                Item::Create(create) => create.decide(set, cx),
                Item::Update(update) => update.decide(set, cx),
            };
            match outcome {
                Ok(record) => outcomes.push(Ok(record)),
                // Go on, so that one round loads what all of them need.
                Err(Stop::Missing) => {
                    set.back_to(mark);
                    missing = true;
                }
                Err(Stop::Refused(error)) => {
                    set.back_to(mark);
                    outcomes.push(Err(error));
                }
            }
        }
        if missing {
            return Err(Stop::Missing);
        }
        if self.atomic && outcomes.iter().any(Result::is_err) {
            set.back_to(start);
        }
        Ok(outcomes)
    }
}
