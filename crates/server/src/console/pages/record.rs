//! One record: its fields as a form, what happened to it last, and what can be done with it.

use askama::Template;
use dialects::sign_in::digest;
use domain::error::Reason;
use domain::filter::{Condition, Order, Selection, Test};
use domain::operation::{
    Attempt, Attempted, CreateRecord, Deleted, ListRecords, Once, ReadHistory, ReadRecord, UpdateRecord,
};
use domain::{Edit, Error, Field, Kind, Part, Record, Shape, ticket};
use http::StatusCode;
use std::sync::Arc;

use super::fields::{self, FormField, Group};
use super::history::{self, Entry};
use super::messages::{self, Message};
use super::overview::{self, Line};
use super::{conflict, error, here, many};
use crate::console::form::value;
use crate::console::layout::Page;
use crate::console::shown::Moment;
use crate::console::visit::{Outcome, Visit, see_other};
use crate::console::{html, refusal, shown};

/// Changes that the page of a record shows.
const LATEST: u32 = 8;

/// Tickets that the page of a customer shows.
const TICKETS: u32 = 6;

/// Customers merged into one that its page shows.
const MERGED: u32 = 20;

/// What every page of one record begins with.
pub(super) struct Head {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) version: u64,
    /// The address of the record.
    pub(super) address: String,
    pub(super) is_customer: bool,
    pub(super) is_deleted: bool,
    pub(super) is_locked: bool,
    pub(super) is_erased: bool,
    /// The record that it was merged into, and where that is.
    pub(super) merged: Option<(i64, String)>,
    pub(super) can_be_deleted: bool,
    pub(super) is_webhook: bool,
    pub(super) status: String,
    /// Which of its pages this is.
    pub(super) tab: String,
    /// The dialects that have a page of it: name and title.
    pub(super) dialects: Vec<(&'static str, &'static str)>,
}

impl Head {
    pub(super) fn is_tab(&self, name: &str) -> bool {
        self.tab == name
    }

    pub(super) fn of(visit: &Visit<'_>, record: &Record, tab: &str) -> Self {
        let status = match record.kind {
            Kind::Customer => shown::cell(visit.words(), record, Field::Status),
            Kind::Ticket => shown::cell(visit.words(), record, Field::TicketStatus),
            _ => String::new(),
        };
        let is_customer = record.kind == Kind::Customer;
        Self {
            id: record.id,
            name: shown::name(record),
            version: record.version,
            address: visit.at(&format!("/{}/{}", many(record.kind), record.id)),
            is_customer,
            is_deleted: record.is_deleted(),
            is_locked: record.flag(Field::Locked),
            is_erased: record.is_erased(),
            merged: record.number(Field::MergedInto).map(|id| (id, visit.at(&format!("/customers/{id}")))),
            is_webhook: record.kind == Kind::Webhook,
            can_be_deleted: record.kind.deletion().is_some(),
            status,
            tab: tab.to_owned(),
            dialects: dialects::ALL
                .iter()
                .filter(|_| is_customer)
                .map(|dialect| (dialect.name, dialect.title))
                .collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "record.html")]
struct Shown {
    p: Page,
    head: Head,
    /// Where the form goes.
    action: String,
    /// What tells two submissions of one form from two forms; for a new record.
    once: String,
    kind: &'static str,
    groups: Vec<Group<FormField>>,
    may_edit: bool,
    problem: String,
    is_conflict: bool,
    latest: Vec<Entry>,
    is_ticket: bool,
    is_key: bool,
    messages: Vec<Message>,
    more_messages: bool,
    /// The field that a new record begins with; `""` for one that is there.
    focus: String,
    /// Whether it was just made: what comes next is typed at once.
    is_fresh: bool,
    /// The customer's tickets that changed last.
    tickets: Vec<Line>,
    merged_from: Vec<Merged>,
    of: Option<Of>,
    reply: Reply,
}

/// A page of a record.
pub(super) struct Form {
    pub(super) record: Arc<Record>,
    pub(super) groups: Vec<Group<FormField>>,
    pub(super) problem: String,
    pub(super) is_conflict: bool,
    pub(super) status: StatusCode,
    /// What was typed as a reply and not stored.
    pub(super) reply: Reply,
}

impl Form {
    pub(super) fn new(record: Arc<Record>, groups: Vec<Group<FormField>>) -> Self {
        let (problem, reply) = (String::new(), Reply::default());
        Self { record, groups, problem, is_conflict: false, status: StatusCode::OK, reply }
    }
}

/// A reply that was refused.
#[derive(Default)]
pub(super) struct Reply {
    pub(super) text: String,
    pub(super) is_internal: bool,
    pub(super) problem: String,
}

/// A customer that was merged into this one.
struct Merged {
    id: i64,
    name: String,
    address: String,
    version: u64,
    at: Moment,
}

/// Whose ticket it is, and through what it came.
struct Of {
    customer: Option<(i64, String, String)>,
    email: String,
    through: String,
}

pub(super) async fn read(visit: &Visit<'_>, kind: Kind, id: i64) -> Result<Arc<Record>, Error> {
    visit.run("read", ReadRecord { kind, id, deleted: Deleted::Shown }).await
}

pub(super) async fn show(visit: &Visit<'_>, kind: Kind, id: i64) -> Outcome {
    let record = read(visit, kind, id).await?;
    let groups = fields::form(visit, &record).await?;
    page(visit, Form::new(record, groups)).await
}

pub(super) async fn page(visit: &Visit<'_>, form: Form) -> Outcome {
    let Form { record, groups, problem, is_conflict, status, reply } = form;
    let kind = record.kind;
    let head = Head::of(visit, &record, "record");
    let latest = if record.version == 0 {
        Vec::new()
    } else {
        let read = ReadHistory { kind, id: record.id, from: None, limit: LATEST };
        history::entries(visit, kind, &visit.run("history", read).await?.changes).await?
    };
    let is_new = record.version == 0;
    let is_ticket = kind == Kind::Ticket && !is_new;
    let (messages, more_messages) = if is_ticket { messages::of(visit, record.id).await? } else { Default::default() };
    let title = match is_new {
        true => visit.words().named("new", kind.name()).to_owned(),
        false => format!("{} · {}", head.name, visit.words().named("kind", kind.name())),
    };
    let shown = Shown {
        p: visit.page(here(kind), title),
        action: if is_new { visit.at(&format!("/{}", many(kind))) } else { head.address.clone() },
        once: visit.state.random_key(),
        is_ticket,
        is_key: matches!(kind, Kind::Key | Kind::Webhook) && !is_new,
        messages,
        more_messages,
        focus: if is_new { groups.iter().flat_map(|(_, fields)| fields).map(|f| f.name.clone()).next() } else { None }
            .unwrap_or_default(),
        is_fresh: visit.query("done") == "created",
        merged_from: if kind == Kind::Customer && !is_new { merged_from(visit, record.id).await? } else { Vec::new() },
        of: if is_ticket { Some(of(visit, &record, &latest).await) } else { None },
        reply,
        tickets: if kind == Kind::Customer && !is_new { tickets_of(visit, record.id).await? } else { Vec::new() },
        may_edit: visit.caller().role.allows(kind.access(true))
            && (!problem.is_empty() || !record.is_deleted() && !record.is_erased()),
        head,
        kind: kind.name(),
        groups,
        problem,
        is_conflict,
        latest,
    };
    Ok(html(status, &shown).into())
}

/// Who was merged into a customer: their numbers lead here.
async fn merged_from(visit: &Visit<'_>, id: i64) -> Result<Vec<Merged>, Error> {
    let filter = Condition::new(Field::MergedInto, Test::Is(id.into())).into();
    let selection = Selection { filter, limit: MERGED, ..Selection::default() };
    let page = visit.run("list", ListRecords { kind: Kind::Customer, selection, deleted: Deleted::Shown }).await?;
    let merged = |record: &Record| Merged {
        id: record.id,
        name: shown::name(record),
        address: visit.at(&format!("/customers/{}", record.id)),
        version: record.version,
        at: Moment::of(record.updated_at),
    };
    Ok(page.records.iter().map(merged).collect())
}

async fn of(visit: &Visit<'_>, ticket: &Record, latest: &[Entry]) -> Of {
    let customer = match ticket.number(Field::CustomerId) {
        Some(id) => read(visit, Kind::Customer, id).await.ok(),
        None => None,
    };
    let first = latest.last().filter(|entry| entry.version == 1);
    Of {
        email: customer.iter().flat_map(|customer| customer.texts(Field::Emails)).next().cloned().unwrap_or_default(),
        through: first.map_or_else(String::new, |entry| format!("{} · {}", entry.dialect, entry.operation)),
        customer: customer.map(|c| (c.id, shown::name(&c), visit.at(&format!("/customers/{}", c.id)))),
    }
}

/// The tickets of a customer that changed last.
async fn tickets_of(visit: &Visit<'_>, customer: i64) -> Result<Vec<Line>, Error> {
    let order = vec![Order { field: Field::UpdatedAt, descending: true }];
    let selection = Selection { filter: ticket::with(customer), order, limit: TICKETS, ..Selection::default() };
    let list = ListRecords { kind: Kind::Ticket, selection, deleted: Deleted::Hidden };
    match visit.run("list", list).await {
        Ok(page) => Ok(page.records.iter().map(|ticket| overview::line(visit, ticket)).collect()),
        // Who does not reach tickets sees the rest.
        Err(error) if error.reason == Reason::Forbidden => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// An empty form.
pub(super) async fn new(visit: &Visit<'_>, kind: Kind) -> Outcome {
    visit.caller().demand_in(kind.access(true), domain::Area::of(kind))?;
    let mut record = Record::new(kind, Part::GLOBAL, 0);
    // Where the page before said something: the customer of a new ticket.
    for (name, text) in visit.queries().pairs() {
        if let Some(field) = Field::named(name).filter(|field| kind.fields().contains(field)) {
            record.set(field, value(field, text)?)?;
        }
    }
    let groups = fields::form(visit, &record).await?;
    let record = Arc::new(record);
    page(visit, Form::new(record, groups)).await
}

/// What was typed, passwords hashed: an empty one leaves it as it is.
///
/// # Errors
/// What cannot be a value, or a password that cannot be one.
async fn typed(visit: &Visit<'_>) -> Result<Vec<(Field, String)>, Error> {
    let mut typed = visit.form()?.typed();
    typed.retain(|(field, text)| !(field.shape() == Shape::Secret && text.is_empty()));
    for (field, text) in &mut typed {
        if *field == Field::Password {
            *text = visit.state.hash_password(text).await?;
        }
    }
    Ok(typed)
}

/// What is typed as the record shows it is no edit.
pub(super) fn edits(typed: &[(Field, String)], present: &Record) -> Result<Vec<Edit>, Error> {
    let changed =
        typed.iter().filter(|(field, text)| *field == Field::Password || shown::typed_of(present, *field) != *text);
    changed.map(|(field, text)| Ok(Edit::Set(*field, value(*field, text)?))).collect()
}

pub(super) async fn create(visit: &Visit<'_>, kind: Kind) -> Outcome {
    let submitted = typed(visit).await?;
    let again = submitted.clone();
    let create = CreateRecord { kind, submission: move |present: &Record| edits(&submitted, present) };
    let key = digest_of(visit)?;
    let attempt = Attempt {
        operation: create,
        conditional: true,
        dry_run: false,
        once: Some(Once { key: bytes_of(&key), request: key.clone() }),
        answer: |record: &Arc<Record>| Some(record.id.to_string()),
    };
    let id = match visit.run("create", attempt).await {
        Ok(Attempted::Done { output, .. }) => output.id.to_string(),
        Ok(Attempted::Replayed(id)) => id,
        Ok(Attempted::OtherRequest | Attempted::Unconditional) => {
            return Err(Error::internal("a form was taken for another"));
        }
        Err(error) => return refused(visit, Arc::new(Record::new(kind, Part::GLOBAL, 0)), &again, error).await,
    };
    Ok(see_other(&visit.at(&format!("/{}/{id}?done=created", many(kind)))).into())
}

pub(super) async fn update(visit: &Visit<'_>, kind: Kind, id: i64) -> Outcome {
    let submitted = typed(visit).await?;
    let again = submitted.clone();
    let version = version(visit)?;
    let submission = move |present: &Record| edits(&submitted, present);
    let update = UpdateRecord { kind, id, deleted: Deleted::Hidden, expected_version: Some(version), submission };
    match visit.run("update", update).await {
        Ok(_) => Ok(see_other(&visit.at(&format!("/{}/{id}?done=saved", many(kind)))).into()),
        Err(error) if error.reason == Reason::Conflict => conflict::show(visit, kind, id, version, &again).await,
        Err(error) => {
            let present = read(visit, kind, id).await?;
            // It went while it was edited: what was typed is still there, for when it is restored.
            let error = if present.is_deleted() || present.is_erased() {
                Error { reason: Reason::Conflict, at: None, ..error }
            } else {
                error
            };
            refused(visit, present, &again, error).await
        }
    }
}

/// The version that the form was made of.
///
/// # Errors
/// `Invalid` for none.
pub(super) fn version(visit: &Visit<'_>) -> Result<u64, Error> {
    let version = visit.form()?.text("version").parse();
    version.map_err(|_| Error::new(Reason::Invalid, "The form does not say which version it is of"))
}

/// The form as it was typed, with what is wrong. What concerns no field, or nothing that can be typed, has a page of its
/// own.
async fn refused(visit: &Visit<'_>, record: Arc<Record>, typed: &[(Field, String)], error: Error) -> Outcome {
    let mended = [Reason::Invalid, Reason::Required, Reason::TooLong, Reason::AlreadyExists, Reason::Conflict];
    if !mended.contains(&error.reason) {
        return Err(error);
    }
    let mut groups = fields::form(visit, &record).await?;
    let mut problem = refusal::sentence(visit.words(), &error);
    for field in groups.iter_mut().flat_map(|(_, fields)| fields) {
        if let Some((_, text)) = typed.iter().find(|(known, _)| *known == field.field && field.control != "secret") {
            field.value.clone_from(text);
        }
        if Some(field.field) == error.at {
            field.problem = refusal::sentence(visit.words(), &error);
            problem = visit.words().get("nothing_stored").to_owned();
        }
    }
    page(visit, Form { problem, status: error::status(error.reason), ..Form::new(record, groups) }).await
}

/// What tells this form from all others.
pub(super) fn digest_of(visit: &Visit<'_>) -> Result<String, Error> {
    Ok(digest(&format!("{} {}", visit.caller().name, visit.form()?.text("once"))))
}

/// A digest as bytes.
pub(super) fn bytes_of(digest: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = digest.get(2 * at..2 * at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or(0);
    }
    bytes
}
