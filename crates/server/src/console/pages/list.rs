//! Lists of records: searched, filtered, sorted, page by page.

use askama::Template;
use dialects::native::export::Sought;
use dialects::search::{self, Matches};
use dialects::{cursor, filter};
use domain::error::Reason;
use domain::filter::{Condition, Filter, Order, Page as Found, Selection, Test, fold};
use domain::operation::{Deleted, ListRecords};
use domain::{Error, Field, Kind, Record, Shape, ticket};
use http::StatusCode;
use std::collections::HashMap;
use std::sync::Arc;

use super::record::{self, Head};
use super::saved::{self, View};
use super::{error, fields, here, is_edited_together, many};
use crate::console::form::{Form, query};
use crate::console::layout::Page;
use crate::console::visit::{Outcome, Visit, see_other};
use crate::console::words::Words;
use crate::console::{NAME, html, refusal, shown};

/// Records on one page.
const PAGE: u32 = 50;

/// How far records are counted: to count all of very many takes long.
const COUNTED: u32 = 10_000;

/// What a list was asked for.
pub(super) struct Asked {
    pub(super) kind: Kind,
    /// Words to search for.
    pub(super) q: String,
    /// A filter in the grammar that the API and the command line share.
    pub(super) filter: String,
    pub(super) sort: String,
    pub(super) deleted: bool,
    pub(super) columns: Vec<Field>,
    cursor: String,
    /// How many records the pages before have.
    before: u64,
    /// Only these records; none for all.
    ids: Vec<i64>,
    /// Only the tickets of this customer.
    customer: Option<i64>,
}

/// A page of a list.
#[derive(Default)]
pub(super) struct Part {
    pub(super) page: Arc<Found>,
    /// Where the next one begins; `""` after the last.
    pub(super) next: String,
    /// Whether a search found more than it shows on all pages.
    pub(super) are_cut: bool,
}

struct Column {
    label: String,
    /// The address of the list sorted by it; `""` where it cannot be.
    sort: String,
    /// `ascending`, `descending` or `none`.
    sorted: &'static str,
    is_number: bool,
}

struct Cell {
    text: String,
    /// The record that it names; `""` for none.
    address: String,
    class: &'static str,
}

struct Row {
    id: i64,
    name: String,
    address: String,
    is_deleted: bool,
    /// Another record of the page that is most likely the same, and where they are merged.
    twin: Option<(i64, String)>,
    cells: Vec<Cell>,
}

#[derive(Template)]
#[template(path = "list.html")]
struct Shown {
    p: Page,
    kind: &'static str,
    address: String,
    /// The tickets of one customer stand below its head.
    head: Option<Head>,
    q: String,
    filter: String,
    sort: String,
    deleted: bool,
    columns: Vec<Column>,
    rows: Vec<Row>,
    /// Every column that can be shown: name, label, whether it is.
    choice: Vec<(String, String, bool)>,
    next: String,
    first: String,
    /// How many there are, in words, and which of them these are.
    total: String,
    range: String,
    /// Whether nothing was left out.
    is_all: bool,
    import: &'static str,
    merge: String,
    /// What was changed together last and can be taken back: where to, and of how many records.
    undo: Option<(String, usize)>,
    /// The query of this list from its start.
    here: String,
    export: String,
    problem: String,
    /// Where chosen records are edited together; `""` where that is not offered.
    edit: String,
    views: Vec<View>,
    may_create: bool,
    create: String,
}

impl Asked {
    pub(super) fn read(kind: Kind, form: &Form<'_>) -> Self {
        let named = |name: &str| filter::parse_order(kind, name).ok().and_then(|order| Some(order.first()?.field));
        let mut columns: Vec<Field> = form.all("column").into_iter().filter_map(named).collect();
        if columns.is_empty() {
            columns = default_columns(kind);
        }
        Self {
            kind,
            q: form.text("q").trim().to_owned(),
            filter: form.text("filter").trim().to_owned(),
            // Who works on tickets begins with the newest.
            sort: form.given("sort").unwrap_or(if kind == Kind::Ticket { "-id" } else { "" }).to_owned(),
            deleted: form.text("deleted") == "true",
            columns,
            cursor: form.text("cursor").to_owned(),
            before: form.text("before").parse().unwrap_or(0),
            ids: form.all("id").into_iter().filter_map(|id| id.parse().ok()).take(PAGE as usize).collect(),
            customer: None,
        }
    }

    /// The same of the tickets of a customer.
    pub(super) fn tickets_of(visit: &Visit<'_>, id: i64) -> Self {
        Self { customer: Some(id), ..Self::read(Kind::Ticket, &visit.queries()) }
    }

    /// The query of the same list, sorted so, from there on.
    fn query(&self, sort: &str, cursor: &str) -> String {
        let deleted = if self.deleted { "true" } else { "" };
        let mut pairs =
            vec![("q", &*self.q), ("filter", &*self.filter), ("sort", sort), ("deleted", deleted), ("cursor", cursor)];
        let names: Vec<_> = self.columns.iter().map(|field| field.name()).collect();
        if self.columns != default_columns(self.kind) {
            pairs.extend(names.iter().map(|name| ("column", &**name)));
        }
        query(&pairs)
    }

    /// The words that are searched for, and what else must hold.
    ///
    /// # Errors
    /// A filter or a word that cannot be read.
    fn parts(&self, visit: &Visit<'_>) -> Result<(String, Filter), Error> {
        let kind = self.kind;
        let filter = filter::parse(kind, &self.filter).map_err(|error| error.refusal("filter"))?;
        let (words, pairs) =
            filter::words(kind, &self.q, visit.state.app.now()).map_err(|error| error.refusal("search"))?;
        let mut filter = filter.and(pairs);
        if let Some(customer) = self.customer {
            filter = filter.and(ticket::with(customer));
        }
        if !self.ids.is_empty() {
            let any = self.ids.iter().map(|id| Some((*id).into())).collect();
            filter = filter.and(Condition::new(Field::Id, Test::AnyOf(any)));
        }
        Ok((words, filter))
    }

    const fn hides(&self) -> Deleted {
        if self.deleted { Deleted::Shown } else { Deleted::Hidden }
    }

    /// How many there are with and without what is asked, up to [`COUNTED`]; the first may be known.
    async fn count(&self, visit: &Visit<'_>, known: Option<u64>) -> Result<(u64, u64), Error> {
        let own = self.customer.map(ticket::with).unwrap_or_default();
        let (_, filter) = self.parts(visit)?;
        let count = async |filter| {
            let selection = Selection { filter, limit: COUNTED + 1, counted: true, ..Selection::default() };
            let page = visit.run("list", ListRecords { kind: self.kind, selection, deleted: self.hides() }).await;
            page.map(|page| page.count)
        };
        let all = count(own.clone()).await?;
        let found = match known {
            Some(known) => known,
            None if Filter::default().and(own) == filter => all,
            None => count(filter).await?,
        };
        Ok((found, all))
    }

    /// Which records it has.
    ///
    /// # Errors
    /// A filter, a word or an order that cannot be read.
    pub(super) fn sought(&self, visit: &Visit<'_>) -> Result<Sought, Error> {
        let kind = self.kind;
        let (words, filter) = self.parts(visit)?;
        let order = filter::parse_order(kind, &self.sort).map_err(|error| error.refusal("sort"))?;
        let selection = Selection { filter, order, ..Selection::default() };
        Ok(Sought { kind, words, selection, deleted: self.hides() })
    }

    /// One page.
    ///
    /// # Errors
    /// A filter or an order that cannot be read, and what the store refuses with.
    pub(super) async fn find(&self, visit: &Visit<'_>, limit: u32) -> Result<Part, Error> {
        let Sought { kind, words, selection, deleted } = self.sought(visit)?;
        let order = selection.order.clone();
        let mut listed = format!("{} {} {deleted:?} ", visit.caller().tenant.number, kind.name());
        // As it was asked: what "a week ago" means moves on from page to page.
        listed.push_str(&format!("{} {:?} {:?}", filter::print_order(&order), self.filter, self.q));
        listed.push_str(&format!(" {:?} {:?}", self.customer, self.ids));
        let after = Some(&*self.cursor).filter(|cursor| !cursor.is_empty());
        let values = search::values(&words, &order);
        let after = after.map(|cursor| cursor::read(&listed, cursor, values)).transpose()?;
        let selection = Selection { after, limit, ..selection };
        let origin = visit.request().origin(NAME, "list", visit.caller());
        let Matches { page, next, are_cut } =
            visit.state.matches((kind, &words), selection, deleted, visit.caller(), origin).await?;
        let next = next.map(|position| cursor::write(&listed, &position)).unwrap_or_default();
        Ok(Part { page, next, are_cut })
    }

    fn is_everything(&self) -> bool {
        self.q.is_empty() && self.filter.is_empty() && self.ids.is_empty()
    }
}

fn default_columns(kind: Kind) -> Vec<Field> {
    use Field as F;
    match kind {
        Kind::Customer => vec![F::Id, F::Name, F::Emails, F::Phone, F::Company, F::Status, F::UpdatedAt, F::UpdatedBy],
        Kind::Ticket => {
            vec![F::Id, F::Title, F::CustomerId, F::TicketStatus, F::PriorityId, F::CategoryId, F::Owner, F::UpdatedAt]
        }
        Kind::Company => vec![F::Id, F::Name, F::Phone, F::City, F::Country, F::UpdatedAt],
        kind => {
            let shown = kind.fields().iter().filter(|field| field.shape() != Shape::Secret).take(6).copied();
            std::iter::once(F::Id).chain(shown).chain([F::UpdatedAt]).collect()
        }
    }
}

pub(super) async fn show(visit: &Visit<'_>, kind: Kind) -> Outcome {
    page(visit, Asked::read(kind, &visit.queries()), None).await
}

pub(super) async fn tickets_of(visit: &Visit<'_>, id: i64) -> Outcome {
    let customer = record::read(visit, Kind::Customer, id).await?;
    page(visit, Asked::tickets_of(visit, id), Some(Head::of(visit, &customer, "tickets"))).await
}

async fn page(visit: &Visit<'_>, asked: Asked, head: Option<Head>) -> Outcome {
    let (kind, words) = (asked.kind, visit.words());
    let address = match &head {
        Some(head) => format!("{}/tickets", head.address),
        None => visit.at(&format!("/{}", many(kind))),
    };
    let (part, problem, status) = match asked.find(visit, PAGE).await {
        Ok(part) => (part, String::new(), StatusCode::OK),
        // What was asked for stays in its fields, to be mended.
        Err(error) if matches!(error.reason, Reason::Invalid | Reason::Forbidden) => {
            (Part::default(), refusal::sentence(visit.words(), &error), error::status(error.reason))
        }
        Err(error) => return Err(error),
    };
    let Part { page: found, next, are_cut } = part;
    // Who searched from the top of a page wants the record, not a list of one.
    if let ([record], true, true) = (&*found.records, next.is_empty(), visit.query("open") == "only") {
        return Ok(see_other(&visit.at(&format!("/{}/{}", many(kind), record.id))).into());
    }
    let extra = fields::extra_fields(visit, kind).await?;
    let order = filter::parse_order(kind, &asked.sort).unwrap_or_default();
    let columns = asked
        .columns
        .iter()
        .map(|field| column(&asked, &address, *field, &order, fields::label(words, *field, &extra)));
    let columns = columns.collect();
    let references = references(visit, &asked.columns, &found.records).await;
    let merges = kind == Kind::Customer && visit.caller().role.allows(kind.access(true));
    let merge = if merges { visit.at("/customers/merge") } else { String::new() };
    let row = |record: &Record| Row {
        id: record.id,
        name: shown::name(record),
        address: visit.at(&format!("/{}/{}", many(kind), record.id)),
        is_deleted: record.is_deleted(),
        twin: twin(record, &found.records)
            .filter(|_| !merge.is_empty())
            .map(|twin| (twin, format!("{merge}?id={}&id={twin}", record.id))),
        cells: asked.columns.iter().map(|field| cell(visit, record, *field, &references)).collect(),
    };
    let rows: Vec<Row> = found.records.iter().map(row).collect();
    let last = asked.before + rows.len() as u64;
    // What ends here is counted already.
    let known = next.is_empty().then_some(last);
    // What a search by words finds is not counted before its end; what is refused is not either.
    let searched = asked.parts(visit).map_or(true, |(words, _)| !words.is_empty());
    let found_of = if searched || !problem.is_empty() { None } else { Some(asked.count(visit, known).await?) };
    let total = match found_of {
        Some(found_of) => total(words, found_of, asked.is_everything()),
        None if !next.is_empty() => words.with("found_and_more", last),
        None if are_cut => words.with("found_too_many", last),
        None => words.with("found_ones", last),
    };
    let mut all = vec![Field::Id];
    all.extend(kind.fields().iter().filter(|field| field.shape() != Shape::Secret));
    all.extend(extra.keys());
    all.extend([Field::Version, Field::CreatedAt, Field::UpdatedAt, Field::UpdatedBy]);
    let choice = all
        .iter()
        .map(|field| (field.name().into_owned(), fields::label(words, *field, &extra), asked.columns.contains(field)));
    let customer = asked.customer.map(|id| id.to_string()).unwrap_or_default();
    let create = visit.at(&format!("/{}/new{}", many(kind), query(&[("customer", &customer)])));
    let title = match &head {
        Some(head) => format!("{} · {}", head.name, words.named("many", kind.name())),
        None => words.named("many", kind.name()).to_owned(),
    };
    let shown = Shown {
        p: visit.page(if head.is_some() { "customers" } else { here(kind) }, title),
        kind: kind.name(),
        choice: choice.collect(),
        rows,
        next: if next.is_empty() {
            next
        } else {
            format!("{address}{}&before={}", asked.query(&asked.sort, &next), last)
        },
        total,
        range: if last == asked.before { String::new() } else { format!("{}–{}", asked.before + 1, last) },
        is_all: asked.is_everything() && asked.customer.is_none() && !asked.deleted,
        import: IMPORT,
        first: if asked.cursor.is_empty() {
            String::new()
        } else {
            format!("{address}{}", asked.query(&asked.sort, ""))
        },
        here: asked.query(&asked.sort, ""),
        export: format!("{address}/csv{}", asked.query(&asked.sort, "")),
        edit: if is_edited_together(kind) && visit.caller().role.allows(kind.access(true)) {
            visit.at(&format!("/{}/edit", many(kind)))
        } else {
            String::new()
        },
        merge,
        undo: super::undo::offered(visit, kind).map(|count| (visit.at(&format!("/{}/undo", many(kind))), count)),
        views: if head.is_some() { Vec::new() } else { saved::of(visit, kind) },
        may_create: visit.caller().role.allows(kind.access(true)),
        create,
        columns,
        head,
        address,
        q: asked.q,
        filter: asked.filter,
        sort: asked.sort,
        deleted: asked.deleted,
        problem,
    };
    Ok(html(status, &shown).into())
}

/// What brings records in from elsewhere.
const IMPORT: &str = "samerow import customers.csv --as native --dry-run";

/// `206`, `206 → 7`, `more than 10 000`.
fn total(words: &'static Words, (found, all): (u64, u64), everything: bool) -> String {
    let count = |count: u64| match count {
        count if count > COUNTED.into() => words.with("more_than", COUNTED),
        count => count.to_string(),
    };
    if everything { count(all) } else { format!("{} → {}", count(all), count(found)) }
}

/// Another record that has the same address, or the same name and telephone.
fn twin(record: &Record, others: &[Record]) -> Option<i64> {
    let of = |record: &Record| {
        let email = record.texts(Field::Emails).first().map(|email| fold(email));
        let phone = Some(fold(record.text(Field::Phone))).filter(|phone| !phone.is_empty());
        (email, phone.map(|phone| (fold(&shown::name(record)), phone)))
    };
    let (email, named) = of(record);
    let same = |other: &&Record| {
        let theirs = of(other);
        other.id != record.id
            && !other.is_deleted()
            && (email.is_some() && email == theirs.0 || named.is_some() && named == theirs.1)
    };
    if record.kind != Kind::Customer || record.is_deleted() {
        return None;
    }
    others.iter().find(same).map(|other| other.id)
}

fn column(asked: &Asked, address: &str, field: Field, order: &[Order], label: String) -> Column {
    let sorted = order.first().filter(|order| order.field == field);
    let can_be = !matches!(field.shape(), Shape::Codes { .. } | Shape::References { .. });
    let (is, next) = match sorted {
        None => ("none", field.name().into_owned()),
        Some(order) if order.descending => ("descending", String::new()),
        Some(_) => ("ascending", format!("-{field}")),
    };
    let is_number = matches!(field.shape(), Shape::Number { .. }) || matches!(field, Field::Id | Field::Version);
    let sort = if can_be { format!("{address}{}", asked.query(&next, "")) } else { String::new() };
    Column { label, sort, sorted: is, is_number }
}

type Names = HashMap<(Field, i64), (String, Kind)>;

/// What the records of a page refer to.
async fn references(visit: &Visit<'_>, columns: &[Field], records: &[Record]) -> Names {
    let mut all = HashMap::new();
    for field in columns {
        let Shape::Reference(kind) = field.shape() else { continue };
        let mut ids: Vec<i64> = records.iter().filter_map(|record| record.number(*field)).collect();
        ids.sort_unstable();
        ids.dedup();
        for (id, name) in fields::names(visit, kind, &ids).await {
            all.insert((*field, id), (name, kind));
        }
    }
    all
}

fn cell(visit: &Visit<'_>, record: &Record, field: Field, references: &Names) -> Cell {
    let named = record.number(field).and_then(|id| Some((id, references.get(&(field, id))?)));
    if let Some((id, (name, kind))) = named {
        let address = if many(*kind).is_empty() { String::new() } else { visit.at(&format!("/{}/{id}", many(*kind))) };
        return Cell { text: name.clone(), address, class: "" };
    }
    let class = match field.shape() {
        _ if matches!(field, Field::Id | Field::Version) => "number",
        Shape::Number { .. } => "number",
        Shape::Choice(_) => "choice",
        Shape::Time => "time",
        _ if matches!(field, Field::CreatedAt | Field::UpdatedAt) => "time",
        _ => "",
    };
    let text: String = shown::cell(visit.words(), record, field).chars().take(120).collect();
    Cell { text, address: String::new(), class }
}
