//! Erasure: what is left of a person's records when the person has asked to be forgotten.
//!
//! The values go, in the records and in their histories, and so do the bytes of their files. What stays is that there
//! was a record: its id, its versions and their times, who changed it through what, and what a record refers to. The id
//! is never given to anybody else.

use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::filter::{Condition, Filter, Query, Selection, Test};
use crate::kind::Kind;
use crate::record::Record;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Most accounts, tickets, messages or files of one person that are looked at together.
pub const MOST: u32 = 10_000;

/// Everything that is kept of a person.
#[derive(Clone, Debug)]
pub struct Person {
    /// The customer.
    pub customer: Arc<Record>,
    /// Those that were merged into it, and into these.
    pub merged: Vec<Arc<Record>>,
    /// Their accounts.
    pub accounts: Vec<Arc<Record>>,
    /// Their tickets.
    pub tickets: Vec<Arc<Record>>,
    /// The messages of these, and what they wrote elsewhere.
    pub messages: Vec<Arc<Record>>,
    /// The files of these, and what they sent beside.
    pub attachments: Vec<Arc<Record>>,
}

impl Person {
    /// Finds it.
    ///
    /// # Errors
    /// `Missing` until it is loaded; `NotFound` when there is no such customer or it was erased; `LimitExceeded` for more
    /// than [`MOST`] records of one kind.
    pub(crate) fn find(set: &mut WorkingSet, cx: &Context, id: i64) -> Result<Self, Stop> {
        let customer = crate::rule::find_unmerged(set, cx, Kind::Customer, id, crate::operation::Deleted::Shown)?;
        let of = |field, ids: &[i64]| {
            let ids = ids.iter().map(|id| Some((*id).into())).collect();
            Filter::from(Condition::new(field, Test::AnyOf(ids)))
        };
        let ids = |records: &[Arc<Record>]| records.iter().map(|record| record.id).collect::<Vec<_>>();
        let (mut merged, mut latest) = (Vec::new(), vec![id]);
        while !latest.is_empty() {
            let found = all(set, cx, Kind::Customer, of(Field::MergedInto, &latest))?;
            latest = ids(&found);
            merged.extend(found);
        }
        let customers: Vec<_> = std::iter::once(id).chain(ids(&merged)).collect();
        let accounts = all(set, cx, Kind::Account, of(Field::CustomerId, &customers))?;
        let tickets = all(set, cx, Kind::Ticket, of(Field::CustomerId, &customers))?;
        let wrote = of(Field::CustomerId, &customers);
        let messages =
            all(set, cx, Kind::Message, Filter::Any(vec![of(Field::TicketId, &ids(&tickets)), wrote.clone()]))?;
        let attachments =
            all(set, cx, Kind::Attachment, Filter::Any(vec![of(Field::MessageId, &ids(&messages)), wrote]))?;
        Ok(Self { customer, merged, accounts, tickets, messages, attachments })
    }

    /// All records.
    pub fn records(&self) -> impl Iterator<Item = &Arc<Record>> {
        let rest = self
            .merged
            .iter()
            .chain(&self.accounts)
            .chain(&self.tickets)
            .chain(&self.messages)
            .chain(&self.attachments);
        std::iter::once(&self.customer).chain(rest)
    }
}

/// The records that a filter finds, as they are now.
pub(crate) fn all(set: &mut WorkingSet, cx: &Context, kind: Kind, filter: Filter) -> Result<Vec<Arc<Record>>, Stop> {
    let tenant = cx.caller.tenant;
    let selection = Selection { filter, limit: MOST, ..Selection::default() };
    let page = set.list(&Query { kind, tenant, selection })?;
    if page.more {
        let text = format!("There are more than {MOST} records of this kind: this cannot be done at once");
        return Err(Error::new(Reason::LimitExceeded, text).into());
    }
    let (mut records, mut missing) = (Vec::with_capacity(page.records.len()), false);
    for listed in &page.records {
        match set.record(tenant, kind, listed.id) {
            Ok(record) => records.extend(record),
            Err(Stop::Missing) => missing = true,
            Err(stop) => return Err(stop),
        }
    }
    if missing { Err(Stop::Missing) } else { Ok(records) }
}

/// What was answered to requests about these records, and is kept for who sends one again.
pub(crate) fn answers<'r>(
    set: &mut WorkingSet,
    cx: &Context,
    records: impl Iterator<Item = &'r Arc<Record>>,
) -> Result<Vec<Arc<Record>>, Stop> {
    let texts: Vec<_> = records.map(|record| Some(about(record).into())).collect();
    let mut answers = Vec::new();
    for some in texts.chunks(CHUNK) {
        answers.extend(all(set, cx, Kind::Answer, Condition::new(Field::About, Test::AnyOf(some.to_vec())).into())?);
    }
    Ok(answers)
}

/// Records that are asked for at once.
const CHUNK: usize = 1_000;

/// What a record is, as an answer says what it is about.
pub(crate) fn about(record: &Record) -> String {
    format!("{}/{}", record.kind.name(), record.id)
}

/// What stays of a record of that kind.
pub(crate) const fn stays(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Ticket => &[
            Field::CustomerId,
            Field::CategoryId,
            Field::PriorityId,
            Field::TicketStatus,
            Field::Owner,
            Field::External,
            Field::OpenedAt,
            Field::ClosedAt,
        ],
        Kind::Account => &[Field::CustomerId],
        Kind::Message => &[Field::TicketId, Field::External, Field::SentAt],
        Kind::Attachment => &[Field::MessageId],
        Kind::Tenant
        | Kind::User
        | Kind::Key
        | Kind::Session
        | Kind::Token
        | Kind::ExtraField
        | Kind::Company
        | Kind::Customer
        | Kind::Category
        | Kind::Priority
        | Kind::Answer
        | Kind::Notification
        | Kind::NotificationReader
        | Kind::Language
        | Kind::ExtraTable
        | Kind::ExtraRow
        | Kind::Webhook
        | Kind::Delivery
        | Kind::DeadLetter
        | Kind::AuditEntry
        | Kind::Wsdl => &[],
    }
}
