use super::Operation;
use crate::access::Access;
use crate::audit;
use crate::erasure::{Person, answers, stays};
use crate::error::Stop;
use crate::field::Field;
use crate::kind::Kind;
use crate::record::{Record, Time, Values};
use crate::working_set::{Context, WorkingSet};

/// Erases a person: see [`erasure`](crate::erasure).
#[derive(Clone, Debug)]
pub struct EraseCustomer {
    /// The customer.
    pub id: i64,
    /// Why, for the audit, where it outlives the person: up to 500 characters, without anything that is to be forgotten.
    pub reason: Option<String>,
    /// Only tell what would go.
    pub dry_run: bool,
}

/// What an erasure took away, or would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The customer.
    pub customer: i64,
    /// When.
    pub at: Time,
    /// By whom.
    pub by: String,
    /// The fields of the customer that held something.
    pub fields: Vec<Field>,
    /// How many accounts.
    pub accounts: usize,
    /// How many tickets.
    pub tickets: usize,
    /// How many messages.
    pub messages: usize,
    /// How many files.
    pub attachments: usize,
    /// How many changes lost their values.
    pub changes: u64,
    /// Whether nothing was done.
    pub dry_run: bool,
}

impl Operation for EraseCustomer {
    type Output = Certificate;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Certificate, Stop> {
        let person = Person::find(set, cx, self.id)?;
        let certificate = Certificate {
            customer: self.id,
            at: cx.now,
            by: cx.caller.name.clone(),
            fields: person.customer.values.iter().map(|(field, _)| field).collect(),
            accounts: person.accounts.len(),
            tickets: person.tickets.len(),
            messages: person.messages.len(),
            attachments: person.attachments.len(),
            changes: person.records().map(|record| record.version).sum(),
            dry_run: self.dry_run,
        };
        if !self.dry_run {
            let erased = Stop::in_each(person.records(), |record| set.erase(emptied(record, cx.now)?, cx));
            let answers = answers(set, cx, person.records());
            erased?;
            answers?.into_iter().try_for_each(|answer| set.remove(answer, cx.caller.tenant))?;
            audit::note_why("erase", self.id, self.reason.as_deref(), set, cx)?;
        }
        Ok(certificate)
    }
}

/// What is left of a record.
fn emptied(record: &Record, now: Time) -> Result<Record, Stop> {
    let mut empty = record.clone();
    empty.values = Values::default();
    for field in stays(record.kind) {
        empty.values.set(*field, record.values.get(*field).cloned());
    }
    if record.kind == Kind::Customer {
        empty.set(Field::ErasedAt, Some(now.0.into()))?;
    }
    if let Some((field, value)) = record.kind.deletion().filter(|_| record.kind != Kind::Ticket) {
        empty.set(field, Some(value))?;
    }
    Ok(empty)
}
