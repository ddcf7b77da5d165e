//! What was submitted: pairs of a field's name and a value. They are checked in order, all before any is stored; of a
//! repeated field the last one counts, except that each `email` is added.

use super::{extra, language, moment, show, status_of, unprefixed};
use crate::suggest::nearest;
use domain::error::Reason;
use domain::operation::Submission;
use domain::{Customer, Edit, Error, Field, Kind, Record, Shape, Value};

/// Pairs for a kind of record, the password already hashed.
pub(in super::super) struct Pairs {
    pub(in super::super) kind: Kind,
    /// The names that can be set, extra fields apart.
    pub(in super::super) names: &'static [(&'static str, Field)],
    pub(in super::super) pairs: Vec<(String, String)>,
}

/// What the ticket port sets of a customer: the user name, which is its alone, before what both ports set.
pub(in super::super) const CUSTOMER_BY_AGENT: &[(&str, Field)] = &[
    ("username", Field::Username),
    ("name", Field::Name),
    ("display_name", Field::Name),
    ("firstname", Field::FirstName),
    ("lastname", Field::LastName),
    ("phone", Field::Phone),
    ("cellphone", Field::MobilePhone),
    ("note", Field::Note),
    ("password", Field::Password),
    ("email", Field::Emails),
    ("language", Field::Language),
    ("company", Field::Company),
];

/// What both ports set of a customer.
pub(in super::super) const CUSTOMER: &[(&str, Field)] = CUSTOMER_BY_AGENT.split_at(1).1;

pub(in super::super) const COMPANY: &[(&str, Field)] = &[
    ("name", Field::Name),
    ("note", Field::Note),
    ("phone", Field::Phone),
    ("fax", Field::Fax),
    ("countryId", Field::Country),
    ("ticketPriorityId", Field::PriorityId),
    ("ourContact", Field::OurContact),
    ("primContact", Field::PrimaryContact),
    ("ourSalesContact", Field::OurSalesContact),
    ("domain", Field::Domains),
    ("department", Field::Department),
    ("contactCategory", Field::ContactCategory),
    ("contactBusiness", Field::Business),
];

pub(in super::super) const TICKET: &[(&str, Field)] = &[
    ("category", Field::CategoryId),
    ("owner", Field::Owner),
    ("title", Field::Title),
    ("status", Field::TicketStatus),
    ("customerId", Field::CustomerId),
    ("filterAddress", Field::FilterAddress),
    ("createdAt", Field::OpenedAt),
    ("slevel", Field::External),
    ("dbiAgentId", Field::DbiAgentId),
    ("dbiKey", Field::DbiKey),
    ("dbiLastSynchronized", Field::DbiSynchronizedAt),
];

pub(in super::super) const MESSAGE: &[(&str, Field)] = &[
    ("ticketId", Field::TicketId),
    ("customerId", Field::CustomerId),
    ("createdAt", Field::SentAt),
    ("createdBy", Field::CreatedBy),
    ("type", Field::MessageType),
    ("author", Field::Author),
    ("slevel", Field::External),
    ("messageId", Field::MailId),
    ("timeSpent", Field::TimeSpent),
    ("timeCharge", Field::TimeCharge),
    ("emailHeader", Field::Header),
    ("body", Field::Text),
    ("bodyHtml", Field::Html),
    ("important", Field::Important),
];

/// A new ticket's pairs are extra fields only.
pub(in super::super) const NONE: &[(&str, Field)] = &[];

impl Submission<Record> for Pairs {
    fn edits(&self, present: &Record) -> Result<Vec<Edit>, Error> {
        let mut edits = Vec::with_capacity(self.pairs.len());
        let mut customers = None;
        for (at, (name, text)) in self.pairs.iter().enumerate() {
            let field = self.field(name)?;
            if self.kind == Kind::Ticket && field == Field::CustomerId {
                customer_of_ticket(customers.get_or_insert_with(|| customers_of(present)), name, text)?;
                continue;
            }
            let Some(edit) = self.edit(present, name, field, text)? else { continue };
            let later = self.pairs.get(at + 1..).unwrap_or_default();
            let repeated = later.iter().any(|(name, _)| self.field(name).is_ok_and(|later| later == field));
            match edit {
                Edit::Set(field, Some(value)) if repeated => drop(check(field, value)?),
                Edit::Set(..) if repeated => {}
                // What it shows already is no change, also where it is derived.
                Edit::Set(field, _) if field != Field::Password && *text == *show(present, field) => {}
                edit => edits.push(edit),
            }
        }
        if let Some(customers) = customers {
            let (first, further) = (customers.first().copied(), customers.into_iter().skip(1).collect());
            edits.push(Edit::Set(Field::CustomerId, first.map(Into::into)));
            edits.push(Edit::Set(Field::FurtherCustomers, Some(Value::Numbers(further))));
        }
        Ok(edits)
    }
}

impl Submission<Customer> for Pairs {
    fn edits(&self, present: &Customer) -> Result<Vec<Edit>, Error> {
        let present: &Record = present;
        Submission::<Record>::edits(self, present)
    }
}

/// Whether the field can hold the value; what an extra field can, only its definition tells.
fn check(field: Field, value: Value) -> Result<Option<Value>, Error> {
    if matches!(field, Field::Extra(_)) { Ok(Some(value)) } else { field.shape().admit(field, value) }
}

impl Pairs {
    fn field(&self, name: &str) -> Result<Field, Error> {
        let short = unprefixed(name, self.kind);
        if let Some((_, field)) = self.names.iter().find(|(known, _)| *known == short) {
            return Ok(*field);
        }
        let shown: String = name.chars().take(64).collect();
        match extra::named(short) {
            Some(field) => Ok(field),
            None if extra::looks_extra(name) => {
                Err(Error::invalid(Field::Extra(0), format!("There is no extra field {shown}. Nothing was stored.")))
            }
            None => {
                let mut text = format!("{shown} is no field that can be set here. Nothing was stored.");
                if let Some(meant) = self.meant(short) {
                    text.push_str(&format!(" Did you mean {meant}?"));
                }
                Err(Error::new(Reason::Invalid, text))
            }
        }
    }

    /// The name that was probably meant: one that is spelt alike, or that of a field which is called alike elsewhere.
    fn meant(&self, wrong: &str) -> Option<&'static str> {
        let spelt = nearest(wrong, self.names.iter().map(|(name, _)| *name));
        let known = |name: &str| self.names.iter().find(|(spelt, field)| *spelt == name || field.name() == *name);
        let elsewhere: Vec<_> = self.names.iter().map(|(_, field)| field.name()).collect();
        let meant = spelt.or_else(|| nearest(wrong, elsewhere.iter().map(|name| &**name)));
        meant.and_then(known).map(|(name, _)| *name)
    }

    /// What a pair does; nothing where it says what is there.
    fn edit(&self, present: &Record, name: &str, field: Field, text: &str) -> Result<Option<Edit>, Error> {
        let wrong = |what: &str| Error::invalid(field, format!("{name} must be {what}. Nothing was stored."));
        let number = || text.trim().parse::<i64>();
        let value = match (field, field.shape()) {
            (Field::Emails, _) => {
                return match present.texts(field).iter().any(|email| email == text) {
                    true => Ok(None),
                    // Checked here, since one that is there already in another case is never looked at.
                    false => {
                        check(field, Value::Texts(vec![text.to_owned()])).map(|_| Some(Edit::AddEmail(text.to_owned())))
                    }
                };
            }
            (Field::Password, _) if text.is_empty() => {
                return Err(Error::new(Reason::Required, "A password cannot be empty. Nothing was stored.").at(field));
            }
            (Field::Language, _) if text.is_empty() || *text == *present.text(field) => text.into(),
            (Field::Language, _) => language::tag(text).ok_or_else(|| wrong("a language that is known here"))?.into(),
            (Field::TicketStatus, _) => status_of(text).ok_or_else(|| wrong("open, close or delete"))?.into(),
            // The system's user, who owns what nobody does.
            (Field::Owner, _) if text == "1" => return Ok(Some(Edit::Set(field, None))),
            (Field::External, _) => match text {
                "1" => false.into(),
                "2" => true.into(),
                _ => return Err(wrong("1 (internal) or 2 (external)")),
            },
            (Field::Domains, _) => {
                let domains = text.split([',', ';']).map(str::trim).filter(|domain| !domain.is_empty());
                Value::Texts(domains.map(str::to_owned).collect())
            }
            (_, Shape::Reference(_)) => match number() {
                Ok(-1) => return Ok(Some(Edit::Set(field, None))),
                Ok(id) if id > 0 => id.into(),
                _ => return Err(wrong("an id, or -1 for none")),
            },
            (_, Shape::Number { .. }) if text.is_empty() => return Ok(Some(Edit::Set(field, None))),
            (_, Shape::Number { .. }) => number().map_err(|_| wrong("a whole number"))?.into(),
            (_, Shape::Time) if text.is_empty() => return Ok(Some(Edit::Set(field, None))),
            (_, Shape::Time) => moment::read(text).ok_or_else(|| wrong("a time: yyyy-mm-dd hh-mm-ss"))?.0.into(),
            (_, Shape::Flag) => match text {
                "1" | "true" => true.into(),
                "0" | "false" | "" => false.into(),
                _ => return Err(wrong("1 or 0")),
            },
            _ => text.into(),
        };
        Ok(Some(Edit::Set(field, Some(value))))
    }
}

fn customers_of(ticket: &Record) -> Vec<i64> {
    ticket
        .number(Field::CustomerId)
        .into_iter()
        .chain(ticket.numbers(Field::FurtherCustomers).iter().copied())
        .collect()
}

/// -1 takes all customers from a ticket; any other id is added.
fn customer_of_ticket(customers: &mut Vec<i64>, name: &str, text: &str) -> Result<(), Error> {
    match text.trim().parse::<i64>() {
        Ok(-1) => customers.clear(),
        Ok(id) if customers.contains(&id) => {}
        Ok(id) if id > 0 => customers.push(id),
        _ => {
            let text = format!("{name} must be the id of a customer, or -1 for none. Nothing was stored.");
            return Err(Error::invalid(Field::CustomerId, text));
        }
    }
    Ok(())
}
