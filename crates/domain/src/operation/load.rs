use super::Operation;
use crate::access::Access;
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::{Part, Record};
use crate::value::Value;
use crate::working_set::{Context, WorkingSet};

/// Stores records under given ids: the first data of a store, an import that keeps its ids. Refuses all when one
/// exists already.
#[derive(Debug)]
pub struct Load {
    /// In an order in which each refers only to earlier ones.
    pub records: Vec<NewRecord>,
}

/// A record to store.
#[derive(Clone, Debug)]
pub struct NewRecord {
    /// What it is about.
    pub kind: Kind,
    /// Its id.
    pub id: i64,
    /// Its values.
    pub values: Vec<(Field, Value)>,
}

impl Operation for Load {
    type Output = usize;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<usize, Stop> {
        // Go on after a miss, so that one round loads what all of them need.
        let mut missing = false;
        for new in &self.records {
            match put(new, set, cx) {
                Err(Stop::Missing) => missing = true,
                // What it refers to may be among those that wait for the round.
                Err(Stop::Refused(_)) if missing => {}
                other => other?,
            }
        }
        if missing { Err(Stop::Missing) } else { Ok(self.records.len()) }
    }
}

fn put(new: &NewRecord, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
    let NewRecord { kind, id, values } = new;
    let tenant = cx.caller.tenant;
    if set.record(tenant, *kind, *id)?.is_some() {
        return Err(Error::new(Reason::AlreadyExists, format!("{} {id} exists already", kind.name())).into());
    }
    let part = if *kind == Kind::Tenant { Part::GLOBAL } else { tenant.part_of(*id) };
    let mut record = Record::new(*kind, part, *id);
    for (field, value) in values {
        record.set(*field, Some(value.clone()))?;
    }
    set.claim_id(tenant, *kind, *id)?;
    set.put(record, cx)?;
    Ok(())
}
