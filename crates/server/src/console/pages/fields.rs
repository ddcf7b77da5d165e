//! The fields of a record as those of a form.

use domain::filter::{Condition, Selection, Test};
use domain::operation::{Deleted, ListRecords};
use domain::{Area, Error, Field, Kind, Record, Shape};
use std::collections::HashMap;

use crate::console::NAME;
use crate::console::shown as texts;
use crate::console::visit::Visit;
use crate::console::words::Words;

/// One field of a form.
#[derive(Clone, Debug)]
pub(super) struct FormField {
    pub(super) field: Field,
    /// Its name in the form.
    pub(super) name: String,
    pub(super) label: String,
    /// `text`, `area`, `number`, `flag`, `choice`, `set` or `secret`.
    pub(super) control: &'static str,
    pub(super) value: String,
    /// What can be chosen: value and name.
    pub(super) options: Vec<(String, String)>,
    /// What it means, where its label does not say; `""` for nothing.
    pub(super) hint: String,
    /// What is wrong with it; `""` for nothing.
    pub(super) problem: String,
    /// What somebody else stored meanwhile, and who; only in a conflict.
    pub(super) theirs: Option<(String, String)>,
}

impl FormField {
    /// Whether an option is the chosen one.
    pub(super) fn is(&self, option: &str) -> bool {
        self.value == *option
    }

    /// Whether an entry is among those of a set.
    pub(super) fn has(&self, option: &str) -> bool {
        self.value.lines().any(|line| line == option)
    }

    /// The attribute that names what explains it. The name of a field is of letters, digits, points and lines.
    pub(super) fn described(&self) -> String {
        let parts = [("h", &self.hint), ("p", &self.problem)].into_iter().filter(|(_, text)| !text.is_empty());
        let ids: Vec<_> = parts.map(|(start, _)| format!("{start}-{}", self.name)).collect();
        if ids.is_empty() { String::new() } else { format!(" aria-describedby=\"{}\"", ids.join(" ")) }
    }

    /// Lines that the text needs.
    pub(super) fn lines(&self) -> usize {
        (self.value.lines().count() + 1).clamp(2, 12)
    }
}

/// Fields that belong together, under a heading of the catalogue.
pub(super) type Group<T> = (&'static str, Vec<T>);

/// The fields of a kind as its page shows them; what the server sets is not among them.
fn groups(kind: Kind) -> Vec<Group<Field>> {
    use Field as F;
    let address = [
        F::AddressLine1,
        F::AddressLine2,
        F::AddressLine3,
        F::AddressLine4,
        F::PostalCode,
        F::City,
        F::Region,
        F::Country,
    ];
    let customer: [Group<Field>; 6] = [
        (
            "person",
            vec![F::Name, F::FirstName, F::LastName, F::Emails, F::Phone, F::MobilePhone, F::WebsiteUrl, F::Language],
        ),
        ("address", address.to_vec()),
        ("work", vec![F::Company, F::Industry, F::Status, F::Locked, F::Note]),
        ("login", vec![F::Username, F::Password]),
        ("ids", vec![F::UniqueId, F::ExternalCustomerId, F::BingNumber, F::Hash, F::SubscriptionIds, F::OrderIds]),
        (
            "account",
            vec![
                F::MarketCountry,
                F::MarketLanguage,
                F::FinancialStatus,
                F::ServiceLevel,
                F::EmailPackageId,
                F::EmailQuota,
                F::SmsQuota,
                F::TransactionsPackageId,
                F::TransactionsQuota,
            ],
        ),
    ];
    match kind {
        Kind::Customer => customer.into(),
        Kind::Ticket => vec![(
            "ticket",
            vec![
                F::Title,
                F::CustomerId,
                F::FurtherCustomers,
                F::TicketStatus,
                F::PriorityId,
                F::CategoryId,
                F::Owner,
                F::External,
                F::Deadline,
            ],
        )],
        kind => {
            let shown = |field: &&Field| {
                let made = matches!(
                    field,
                    F::Deleted
                        | F::PreviousUntil
                        | F::LoopbackOnly
                        | F::MergedInto
                        | F::SecretNumber
                        | F::RotatedAt
                        | F::Problem
                );
                !made && (field.shape() != Shape::Secret || **field == F::Password)
            };
            vec![("record", kind.fields().iter().filter(shown).copied().collect())]
        }
    }
}

/// The fields that a kind's page shows, in their order.
pub(super) fn shown(kind: Kind) -> Vec<Field> {
    groups(kind).into_iter().flat_map(|(_, fields)| fields).collect()
}

/// What a field is called.
pub(super) fn label(words: &'static Words, field: Field, extra: &HashMap<Field, String>) -> String {
    match extra.get(&field) {
        Some(name) => name.clone(),
        None => words.named("field", &field.name()).to_owned(),
    }
}

/// The names of the extra fields of a kind.
pub(super) async fn extra_fields(visit: &Visit<'_>, kind: Kind) -> Result<HashMap<Field, String>, Error> {
    if !kind.has_extra_fields() {
        return Ok(HashMap::new());
    }
    let selection = Selection { limit: 1_000, ..Selection::default() };
    let list = ListRecords { kind: Kind::ExtraField, selection, deleted: Deleted::Hidden };
    let page = visit.run("read", list).await?;
    let of_kind = page.records.iter().filter(|definition| definition.text(Field::Domain) == kind.name());
    let named = |definition: &Record| {
        let number = definition.number(Field::Number).and_then(|number| u16::try_from(number).ok())?;
        Some((Field::Extra(number), definition.text(Field::Name).to_owned()))
    };
    Ok(of_kind.filter_map(named).collect())
}

/// Names of records by their ids, as far as the caller may see them.
pub(super) async fn names(visit: &Visit<'_>, kind: Kind, ids: &[i64]) -> HashMap<i64, String> {
    if ids.is_empty() {
        return HashMap::new();
    }
    let wanted = ids.iter().map(|id| Some((*id).into())).collect();
    let filter = Condition::new(Field::Id, Test::AnyOf(wanted)).into();
    let selection = Selection { filter, limit: u32::try_from(ids.len()).unwrap_or(1_000), ..Selection::default() };
    let page = visit.run("read", ListRecords { kind, selection, deleted: Deleted::Shown }).await;
    page.map(|page| page.records.iter().map(|record| (record.id, texts::name(record))).collect()).unwrap_or_default()
}

/// All records of a kind of which a tenant has a few, to choose from.
async fn choices(visit: &Visit<'_>, kind: Kind) -> Vec<(String, String)> {
    let selection = Selection { limit: 200, ..Selection::default() };
    let page = visit.run("read", ListRecords { kind, selection, deleted: Deleted::Hidden }).await;
    let name = |record: &Record| (record.id.to_string(), texts::name(record));
    page.map(|page| page.records.iter().map(name).collect()).unwrap_or_default()
}

/// The form of a record.
pub(super) async fn form(visit: &Visit<'_>, record: &Record) -> Result<Vec<Group<FormField>>, Error> {
    let (words, extra) = (visit.words(), extra_fields(visit, record.kind).await?);
    let mut groups = groups(record.kind);
    // Of a ticket that is there its state is changed, seldom what it is.
    if let [(_, fields)] = groups.as_mut_slice()
        && record.kind == Kind::Ticket
        && record.version > 0
    {
        fields.sort_by_key(|field| matches!(field, Field::Title | Field::CustomerId | Field::FurtherCustomers));
    }
    let mut further: Vec<Field> = extra.keys().copied().collect();
    further.sort_unstable();
    if !further.is_empty() {
        groups.push(("extra", further));
    }
    let mut shown = Vec::with_capacity(groups.len());
    for (heading, fields) in groups {
        let mut group = Vec::with_capacity(fields.len());
        for field in fields {
            let value = texts::typed_of(record, field);
            let (control, options) = match set(record.kind, field) {
                Some(known) => ("set", of_set(visit.words(), field, known, &value)),
                None => control(visit, field).await,
            };
            // A field of one line would lose the others.
            let control = if control == "text" && value.contains('\n') { "area" } else { control };
            let options = if control == "set" { options } else { with_present(options, &value) };
            group.push(FormField {
                field,
                name: field.name().into_owned(),
                label: label(words, field, &extra),
                control,
                value,
                options,
                hint: hint(words, record.kind, field),
                problem: String::new(),
                theirs: None,
            });
        }
        shown.push((heading, group));
    }
    Ok(shown)
}

/// What there is to choose from, where a list holds some of a few names.
fn set(kind: Kind, field: Field) -> Option<Vec<String>> {
    let dialects = || dialects::ALL.iter().map(|dialect| dialect.name.to_owned());
    match (kind, field) {
        (Kind::Key, Field::Dialects) => Some(dialects().collect()),
        (Kind::User, Field::Dialects) => Some(dialects().chain([NAME.to_owned()]).collect()),
        (Kind::Webhook, Field::Dialects) => Some(dialects().chain([NAME.to_owned(), "import".to_owned()]).collect()),
        (Kind::Key | Kind::User, Field::Scopes) => {
            let scopes = |area: Area| [area.name().to_owned(), format!("{}:read", area.name())];
            Some(Area::ALL.into_iter().flat_map(scopes).collect())
        }
        (Kind::Webhook, Field::Kinds) => {
            Some(Kind::ALL.into_iter().filter(|kind| kind.has_history()).map(|kind| kind.name().to_owned()).collect())
        }
        _ => None,
    }
}

/// What can be chosen of a set: first what is chosen, in its order, so that a form that is sent as it was changes nothing.
fn of_set(words: &'static Words, field: Field, known: Vec<String>, value: &str) -> Vec<(String, String)> {
    let present: Vec<String> = value.lines().map(str::to_owned).collect();
    let further = known.into_iter().filter(|name| !present.contains(name)).collect::<Vec<_>>();
    let named = |name: String| {
        let label = if field == Field::Kinds { words.named("many", &name).to_owned() } else { name.clone() };
        (name, label)
    };
    present.iter().cloned().chain(further).map(named).collect()
}

/// What a field means, where its label does not say.
fn hint(words: &'static Words, kind: Kind, field: Field) -> String {
    let settings = !matches!(kind, Kind::Customer | Kind::Ticket | Kind::Company);
    let name = match (kind, field) {
        (Kind::Webhook, Field::Dialects) => String::from("webhook_dialects"),
        _ => field.name().into_owned(),
    };
    let key = format!("hint.{name}");
    if settings && words.has(&key) { words.get(&key).to_owned() } else { String::new() }
}

/// A value that cannot be chosen any more stays as it is.
fn with_present(mut options: Vec<(String, String)>, value: &str) -> Vec<(String, String)> {
    if !options.is_empty() && !value.is_empty() && options.iter().all(|(known, _)| known != value) {
        options.push((value.to_owned(), format!("#{value}")));
    }
    options
}

pub(super) async fn control(visit: &Visit<'_>, field: Field) -> (&'static str, Vec<(String, String)>) {
    let words = visit.words();
    match field.shape() {
        Shape::Text { max } if max > 1_000 && !matches!(field, Field::WebsiteUrl | Field::Extra(_)) => {
            ("area", Vec::new())
        }
        Shape::Text { .. } => ("text", Vec::new()),
        Shape::Choice(choices) => {
            let known = choices.iter().filter(|choice| **choice != "deleted");
            let named = known.map(|choice| ((*choice).to_owned(), words.choice(choice)));
            ("choice", named.collect())
        }
        Shape::Flag => ("flag", Vec::new()),
        Shape::Secret => ("secret", Vec::new()),
        Shape::Emails { .. } | Shape::Codes { .. } | Shape::References { .. } => ("area", Vec::new()),
        Shape::Reference(kind @ (Kind::Company | Kind::Category | Kind::Priority | Kind::User)) => {
            let choices = choices(visit, kind).await;
            if choices.is_empty() { ("number", choices) } else { ("choice", choices) }
        }
        Shape::Number { .. } | Shape::Reference(_) => ("number", Vec::new()),
        Shape::Country | Shape::Language | Shape::Time | Shape::Envelope => ("text", Vec::new()),
    }
}
