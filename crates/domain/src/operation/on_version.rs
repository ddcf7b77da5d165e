use super::{Deleted, Operation};
use crate::access::Access;
use crate::error::{Error, Stop};
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};

/// Runs a change of one record only if that is as the caller read it. For changes that do not compare by themselves.
#[derive(Debug)]
pub struct OnVersion<O, C> {
    /// What the record is about.
    pub kind: Kind,
    /// Its id.
    pub id: i64,
    /// Refuses a record that is not the one the caller means.
    pub check: C,
    /// The change.
    pub operation: O,
}

impl<O, C> Operation for OnVersion<O, C>
where
    O: Operation,
    C: Fn(&Record) -> Result<(), Error> + Send + 'static,
{
    type Output = O::Output;
    const ACCESS: Access = O::ACCESS;
    const WRITES: bool = O::WRITES;
    const SCANS: bool = O::SCANS;
    const FOR_CUSTOMERS: bool = O::FOR_CUSTOMERS;

    fn area(&self) -> Area {
        self.operation.area()
    }

    fn access(&self) -> Access {
        self.operation.access()
    }

    fn keeps(&self) -> bool {
        self.operation.keeps()
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<O::Output, Stop> {
        let before = rule::find(set, cx, self.kind, self.id, Deleted::Shown);
        if let Err(Stop::Missing) = before {
            return Err(Stop::Missing);
        }
        // The change first: who may not make it does not learn of which version the record is, and where there is none
        // it knows better what to say.
        let output = self.operation.decide(set, cx)?;
        (self.check)(&*before?)?;
        Ok(output)
    }
}
