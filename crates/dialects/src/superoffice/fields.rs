//! The lens: which of the vendor's field names shows which field, and as what.

pub(super) mod criteria;
pub(super) mod extra;
pub(super) mod language;
pub(super) mod moment;
pub(super) mod pairs;
pub(super) mod user;

use domain::customer::shown_name;
use domain::{Field, Kind, Record, Time, Value};
use extra::Definition;
use std::borrow::Cow;

/// A field that can be read or searched by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// The name, without the word for the kind of record before it.
    pub(super) name: &'static str,
    /// What it shows; nothing for what is kept for old programs only, and is always empty.
    pub(super) field: Option<Field>,
    /// The vendor's name of its type.
    pub(super) is: &'static str,
}

pub(super) const fn column(name: &'static str, field: Field, is: &'static str) -> Column {
    Column { name, field: Some(field), is }
}

const fn empty(name: &'static str) -> Column {
    Column { name, field: None, is: "TypeVarchar" }
}

const VARCHAR: &str = "TypeVarchar";
const CLOB: &str = "TypeClob";
pub(super) const INTEGER: &str = "TypeInteger";
const BOOL: &str = "TypeBool";
const DATE_TIME: &str = "TypeDateTime";
const FOREIGN_KEY: &str = "TypeForeignKey";

/// What both ports show of a customer.
pub(super) const CUSTOMER: &[Column] = &[
    column("id", Field::Id, "TypeCustomerId"),
    column("name", Field::Name, VARCHAR),
    column("firstname", Field::FirstName, VARCHAR),
    column("lastname", Field::LastName, VARCHAR),
    column("phone", Field::Phone, VARCHAR),
    column("cellphone", Field::MobilePhone, VARCHAR),
    column("note", Field::Note, CLOB),
    column("language", Field::Language, VARCHAR),
    column("username", Field::Username, VARCHAR),
    empty("extTable"),
    empty("extKey"),
];

/// What the ticket port shows besides. A password is an empty text.
pub(super) const CUSTOMER_FOR_AGENTS: &[Column] =
    &[column("company", Field::Company, "TypeCompanyId"), column("password", Field::Password, VARCHAR)];

pub(super) const COMPANY: &[Column] = &[
    column("id", Field::Id, "TypeCompanyId"),
    column("name", Field::Name, VARCHAR),
    column("address", Field::AddressLine1, CLOB),
    column("extTable", Field::ExtTable, VARCHAR),
    column("extKey", Field::ExtKey, VARCHAR),
    column("note", Field::Note, CLOB),
    column("phone", Field::Phone, VARCHAR),
    column("fax", Field::Fax, VARCHAR),
    column("primContact", Field::PrimaryContact, "TypeCustomerId"),
];

/// What findCustomers shows and compares besides.
pub(super) const CUSTOMER_FOUND: &[Column] =
    &[column("company", Field::Company, "TypeCompanyId"), column("email", Field::Emails, VARCHAR)];

pub(super) const COMPANY_FOUND: &[Column] = &[
    column("id", Field::Id, "TypeCompanyId"),
    column("name", Field::Name, VARCHAR),
    column("note", Field::Note, CLOB),
    column("phone", Field::Phone, VARCHAR),
    column("fax", Field::Fax, VARCHAR),
    column("adr", Field::AddressLine1, CLOB),
    column("our_contact", Field::OurContact, "TypeUserId"),
    column("priority_id", Field::PriorityId, FOREIGN_KEY),
    column("domain_name", Field::Domains, VARCHAR),
];

pub(super) const TICKET: &[Column] = &[
    column("id", Field::Id, "TypeRequestId"),
    column("title", Field::Title, VARCHAR),
    column("created_at", Field::OpenedAt, DATE_TIME),
    column("category", Field::CategoryId, FOREIGN_KEY),
    column("status", Field::TicketStatus, INTEGER),
    column("replied_at", Field::RepliedAt, DATE_TIME),
    column("closed_at", Field::ClosedAt, DATE_TIME),
    column("priority", Field::PriorityId, FOREIGN_KEY),
    column("read_by_customer", Field::ReadByCustomerAt, DATE_TIME),
    column("has_attachment", Field::HasAttachment, BOOL),
    column("last_changed", Field::UpdatedAt, DATE_TIME),
];

/// What only the ticket port's getTicket shows.
pub(super) const TICKET_FOR_AGENTS: &[Column] = &[column("cust_id", Field::CustomerId, "TypeCustomerId")];

/// What findTickets shows and compares besides.
pub(super) const TICKET_FOUND: &[Column] = &[
    column("author", Field::Author, VARCHAR),
    column("created_by", Field::CreatedBy, "TypeUserId"),
    column("owned_by", Field::Owner, "TypeUserId"),
];

pub(super) const MESSAGE: &[Column] = &[
    column("id", Field::Id, INTEGER),
    column("body", Field::Text, CLOB),
    column("header", Field::Header, CLOB),
    column("md_body", Field::Html, CLOB),
    column("created_at", Field::SentAt, DATE_TIME),
    column("author", Field::Author, VARCHAR),
];

pub(super) const MESSAGE_FOR_AGENTS: &[Column] = &[column("slevel", Field::External, INTEGER)];

/// What is read of a record: a column, or an extra field.
#[derive(Clone, Debug)]
pub(super) enum Wanted<'a> {
    Column(Column),
    Extra(&'a Definition),
}

impl Wanted<'_> {
    pub(super) fn is(&self) -> &'static str {
        match self {
            Self::Column(column) => column.is,
            Self::Extra(definition) => definition.is(),
        }
    }

    pub(super) fn field(&self) -> Option<Field> {
        match self {
            Self::Column(column) => column.field,
            Self::Extra(definition) => Some(definition.field),
        }
    }

    /// What a record shows of it.
    pub(super) fn show(&self, record: &Record) -> String {
        match self {
            Self::Column(column) => column.field.map_or_else(String::new, |field| show(record, field).into_owned()),
            Self::Extra(definition) => show(record, definition.field).into_owned(),
        }
    }
}

/// The name without the word for the kind of record before it, as `customer.` in `customer.name`.
pub(super) fn unprefixed(name: &str, kind: Kind) -> &str {
    name.strip_prefix(kind.name()).and_then(|rest| rest.strip_prefix('.')).unwrap_or(name)
}

/// What a name wants of records of a kind, among these columns; `None` for one that is not known.
pub(super) fn wanted<'d>(
    name: &str,
    kind: Kind,
    columns: &[&[Column]],
    definitions: &'d [Definition],
) -> Option<Wanted<'d>> {
    let name = unprefixed(name, kind);
    let column = columns.iter().copied().flatten().find(|column| column.name == name);
    // The vendor's page spells this one so once.
    let alias = || {
        let last = columns.iter().copied().flatten().find(|column| column.name == "last_changed");
        last.filter(|_| kind == Kind::Ticket && name == "ticket_last_changed")
    };
    column.or_else(alias).copied().map(Wanted::Column).or_else(|| {
        let field = extra::named(name)?;
        definitions.iter().find(|definition| definition.kind == kind && definition.field == field).map(Wanted::Extra)
    })
}

/// A field as the vendor writes values: texts; numbers in digits; `-1` for no id; `1` or `0`; UTC.
pub(super) fn show(record: &Record, field: Field) -> Cow<'_, str> {
    match (record.kind, field) {
        (_, Field::Id) => record.id.to_string().into(),
        (_, Field::Password) => "".into(),
        (Kind::Customer, Field::Name) => shown_name(record),
        (Kind::Company, Field::AddressLine1) => address(record).into(),
        (Kind::Ticket, Field::OpenedAt) => {
            moment::written(Time(record.number(field).unwrap_or(record.created_at.0))).into()
        }
        (_, Field::UpdatedAt) => moment::written(record.updated_at).into(),
        (Kind::Ticket, Field::TicketStatus) => status_number(domain::ticket::status(record)).into(),
        // The system's user owns what nobody does, and made what a customer made.
        (Kind::Ticket, Field::Owner | Field::CreatedBy) => record.number(field).unwrap_or(1).to_string().into(),
        (Kind::Ticket | Kind::Message, Field::External) => if record.flag(field) { "2" } else { "1" }.into(),
        _ => match record.values.get(field) {
            Some(Value::Text(text)) => text.into(),
            Some(Value::Number(time)) if crate::moment::is_time(field) => moment::written(Time(*time)).into(),
            Some(Value::Number(number)) => number.to_string().into(),
            Some(Value::Flag(flag)) => if *flag { "1" } else { "0" }.into(),
            Some(Value::Texts(texts)) => texts.join(",").into(),
            Some(Value::Numbers(ids)) => ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",").into(),
            None => match field.shape() {
                domain::Shape::Reference(_) => "-1",
                domain::Shape::Flag => "0",
                _ => "",
            }
            .into(),
        },
    }
}

/// A company's address in one text.
fn address(company: &Record) -> String {
    let place = [Field::PostalCode, Field::City].map(|field| company.text(field)).join(" ");
    let lines = domain::customer::ADDRESS_LINES.map(|field| company.text(field));
    let rest = [place.trim(), company.text(Field::Region), company.text(Field::Country)];
    let lines: Vec<_> = lines.into_iter().chain(rest).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

const STATUSES: [(&str, &str, &str); 4] =
    [("open", "1", "open"), ("closed", "2", "close"), ("postponed", "3", "postpone"), ("deleted", "4", "delete")];

fn status_number(status: &str) -> &'static str {
    STATUSES.iter().find(|(known, ..)| *known == status).map_or("1", |(_, number, _)| number)
}

/// The status that a word or a number means.
pub(super) fn status_of(text: &str) -> Option<&'static str> {
    let found = STATUSES.iter().find(|(name, number, word)| [name, number, word].contains(&&text));
    found.map(|(name, ..)| *name)
}
