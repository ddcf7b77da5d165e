//! Operations that only a test would run.

use domain::error::Stop;
use domain::operation::NewRecord;
use domain::tenant::Tenant;
use domain::working_set::Context;
use domain::{Access, Error, Kind, Operation, Record, Value, WorkingSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

/// Decides nothing until it is let go.
pub(crate) struct Hold {
    started: Sender<()>,
    release: Receiver<()>,
}

impl Hold {
    pub(crate) fn new() -> (Self, Receiver<()>, Sender<()>) {
        let (started, starting) = channel();
        let (releasing, release) = channel();
        (Self { started, release }, starting, releasing)
    }
}

impl Operation for Hold {
    type Output = ();
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, _: &mut WorkingSet, _: &Context) -> Result<(), Stop> {
        let _ = self.started.send(());
        let _ = self.release.recv();
        Ok(())
    }
}

/// Reads a record of any kind.
pub(crate) struct ReadRecord {
    pub(crate) kind: Kind,
    pub(crate) id: i64,
}

impl Operation for ReadRecord {
    type Output = Option<Arc<Record>>;
    const ACCESS: Access = Access::Read;
    const WRITES: bool = false;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Self::Output, Stop> {
        set.record(cx.caller.tenant, self.kind, self.id)
    }
}

/// Puts a record of any kind, new or not, with exactly these values.
pub(crate) struct Put(pub(crate) NewRecord);

impl Operation for Put {
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Self::Output, Stop> {
        put(&self.0, set, cx)
    }
}

fn put(new: &NewRecord, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
    let tenant = cx.caller.tenant;
    let part = if new.kind == Kind::Tenant { domain::Part::GLOBAL } else { tenant.part_of(new.id) };
    // Both are asked for at once, so that operations of a batch decide in the order in which they came.
    let (present, claimed) = (set.record(tenant, new.kind, new.id), set.claim_id(tenant, new.kind, new.id));
    let (present, ()) = (present?, claimed?);
    let mut record = present.map_or_else(|| Record::new(new.kind, part, new.id), Arc::unwrap_or_clone);
    record.values = domain::record::Values::default();
    for (field, value) in &new.values {
        record.set(*field, Some(value.clone()))?;
    }
    set.put(record, cx)
}

/// Puts records one after the other, and then fails in some way.
pub(crate) struct Failing {
    pub(crate) puts: Vec<NewRecord>,
    pub(crate) how: Failure,
}

pub(crate) enum Failure {
    Refuses,
    Panics,
    /// Always asks for something more.
    NeverEnds,
}

impl Operation for Failing {
    type Output = ();
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
        let id = set.next_id(cx.caller.tenant, Kind::Customer)?;
        for new in &self.puts {
            put(new, set, cx)?;
        }
        match self.how {
            Failure::Refuses => Err(Error::not_found("refused on purpose").into()),
            Failure::Panics => panic!("on purpose"),
            Failure::NeverEnds => {
                for id in id.. {
                    set.record(Tenant { number: 9, buckets: 1 }, Kind::Customer, id)?;
                }
                Ok(())
            }
        }
    }
}

/// A read that panics.
pub(crate) struct PanickingRead;

impl Operation for PanickingRead {
    type Output = ();
    const ACCESS: Access = Access::Read;
    const WRITES: bool = false;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
        set.record(cx.caller.tenant, Kind::Customer, 1)?;
        panic!("on purpose")
    }
}

/// Adds a word to the end of a text field of a customer.
pub(crate) struct Append {
    pub(crate) id: i64,
    pub(crate) word: String,
}

impl Operation for Append {
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Write;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Self::Output, Stop> {
        let record = set.record(cx.caller.tenant, Kind::Customer, self.id)?;
        let mut record = Arc::unwrap_or_clone(record.ok_or_else(|| Error::not_found("nobody"))?);
        let text = format!("{}{} ", record.text(domain::Field::Note), self.word);
        record.set(domain::Field::Note, Some(Value::Text(text)))?;
        set.put(record, cx)
    }
}
