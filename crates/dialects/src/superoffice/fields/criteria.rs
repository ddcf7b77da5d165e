//! What find… methods compare: a field, an operator and a value.

use super::{Wanted, extra, moment, status_of};
use domain::filter::{Condition, Filter, Test};
use domain::{Field, Kind, Shape, Value};

/// The operators of the vendor's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Operator {
    Contains,
    BeginsWith,
    Equals,
    NotEquals,
    Gt,
    Lt,
    Gte,
    Lte,
    In,
    NotIn,
    Empty,
}

use Operator::{BeginsWith, Contains, Empty, Equals, Gt, Gte, In, Lt, Lte, NotEquals, NotIn};

/// What the pages of findCustomers, findCompanies and findTickets list.
pub(in super::super) const OF_CUSTOMERS: &[Operator] = &[Contains, BeginsWith, Equals, NotEquals, Lt, Gt, Lte, Gte];
pub(in super::super) const OF_COMPANIES: &[Operator] = &[Contains, BeginsWith, Equals, Lt, Gt];
pub(in super::super) const OF_TICKETS: &[Operator] =
    &[Contains, BeginsWith, Equals, Gt, Lt, Gte, Lte, NotEquals, In, NotIn];
pub(in super::super) const OF_OWN_TICKETS: &[Operator] =
    &[Contains, BeginsWith, Equals, Gt, Lt, Gte, Lte, In, NotIn, Empty];
/// What that of queryExtraTable lists.
pub(in super::super) const OF_ROWS: &[Operator] = &[Contains, BeginsWith, Equals, Gt, Lt, Gte, Lte, NotEquals, In];

/// Entries of a list such as `1,2-4,8-10`.
const MAX_LIST: usize = 1_000;

impl Operator {
    /// The operator of that name, which may be told without the word before it.
    pub(in super::super) fn named(name: &str) -> Option<Self> {
        Some(match name.strip_prefix("Operator").unwrap_or(name) {
            "Contains" => Contains,
            "BeginsWith" => BeginsWith,
            "Equals" => Equals,
            "NotEquals" => NotEquals,
            "Gt" => Gt,
            "Lt" => Lt,
            "Gte" => Gte,
            "Lte" => Lte,
            "In" => In,
            "NotIn" => NotIn,
            "Empty" => Empty,
            _ => return None,
        })
    }
}

/// What must hold; `None` where the field cannot be compared so.
pub(in super::super) fn filter(kind: Kind, wanted: &Wanted<'_>, operator: Operator, value: &str) -> Option<Filter> {
    let field = wanted.field()?;
    if field == Field::Password || (kind == Kind::Company && field == Field::AddressLine1) {
        return None;
    }
    // A ticket was opened when it was created, unless somebody said otherwise.
    if kind == Kind::Ticket && field == Field::OpenedAt {
        let said = compare(kind, wanted, Field::OpenedAt, operator, value)?;
        let created = compare(kind, wanted, Field::CreatedAt, operator, value)?;
        let unset = || Filter::from(Condition::new(Field::OpenedAt, Test::Unset));
        let not_unset = Filter::Not(Box::new(unset()));
        return Some(Filter::Any(vec![not_unset.and(said), unset().and(created)]));
    }
    compare(kind, wanted, field, operator, value)
}

fn compare(kind: Kind, wanted: &Wanted<'_>, field: Field, operator: Operator, text: &str) -> Option<Filter> {
    let condition = |test| Filter::from(Condition::new(field, test));
    let not = |filter: Filter| Filter::Not(Box::new(filter));
    let sort = Sort::of(kind, wanted, field);
    let any_entry = |test| {
        if matches!(field.shape(), Shape::Emails { .. } | Shape::Codes { .. }) {
            condition(Test::Entry(Box::new(test)))
        } else {
            condition(test)
        }
    };
    Some(match (operator, sort) {
        (Empty, _) => condition(Test::Unset),
        (Contains, Sort::Text) => any_entry(Test::Contains(text.to_owned())),
        (BeginsWith, Sort::Text) => any_entry(Test::StartsWith(text.to_owned())),
        (Contains | BeginsWith, _) => return None,
        (Equals, _) => equal(field, sort, text, any_entry)?,
        (NotEquals, _) => not(equal(field, sort, text, any_entry)?),
        (In | NotIn, Sort::Number) => {
            let list = list(field, text)?;
            if operator == In { list } else { not(list) }
        }
        (Gt | Lt | Gte | Lte, Sort::Number | Sort::Time | Sort::Date) => {
            let value = sort.value(field, text)?;
            condition(match operator {
                Gt => Test::Greater(value),
                Lt => Test::Less(value),
                Gte => Test::AtLeast(value),
                _ => Test::AtMost(value),
            })
        }
        (Gt | Lt | Gte | Lte | In | NotIn, _) => return None,
    })
}

fn equal(field: Field, sort: Sort, text: &str, any_entry: impl Fn(Test) -> Filter) -> Option<Filter> {
    let unset = || Filter::from(Condition::new(field, Test::Unset));
    let nothing = match sort {
        Sort::Number if field == Field::Owner => text == "1" || text == "-1",
        Sort::Number => text == "-1" && !matches!(field, Field::Extra(_)),
        Sort::Text | Sort::Time | Sort::Date => text.is_empty(),
        Sort::Flag | Sort::Status => false,
    };
    if nothing {
        return Some(unset());
    }
    // What is not so is not kept.
    match sort.value(field, text)? {
        Value::Flag(false) => Some(unset()),
        value => Some(any_entry(Test::Is(value))),
    }
}

/// Numbers and ranges of them.
fn list(field: Field, text: &str) -> Option<Filter> {
    let parts: Vec<_> = text.split(',').map(str::trim).collect();
    if parts.len() > MAX_LIST {
        return None;
    }
    let part = |part: &&str| {
        let number = |text: &str| text.trim().parse::<i64>().ok();
        // A number of its own may begin with a hyphen.
        let range = part.get(1..).and_then(|rest| rest.find('-')).map(|at| at + 1).and_then(|at| {
            let (from, to) = part.split_at(at);
            Some((number(from)?, number(to.get(1..)?)?))
        });
        let condition = |test| Filter::from(Condition::new(field, test));
        match (number(part), range) {
            (Some(-1), _) if !matches!(field, Field::Extra(_)) => Some(condition(Test::Unset)),
            (Some(one), _) => Some(condition(Test::Is(one.into()))),
            (None, Some((from, to))) => {
                Some(condition(Test::AtLeast(from.into())).and(condition(Test::AtMost(to.into()))))
            }
            (None, None) => None,
        }
    };
    parts.iter().map(part).collect::<Option<Vec<_>>>().map(Filter::Any)
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Text,
    Number,
    Time,
    /// `yyyy-mm-dd`, whose order as texts is theirs.
    Date,
    Flag,
    Status,
}

impl Sort {
    fn of(kind: Kind, wanted: &Wanted<'_>, field: Field) -> Self {
        match (field, field.shape()) {
            (Field::TicketStatus, _) => Self::Status,
            (Field::Id, _) | (_, Shape::Number { .. } | Shape::Reference(_) | Shape::References { .. }) => Self::Number,
            (Field::External, _) if matches!(kind, Kind::Ticket | Kind::Message) => Self::Flag,
            (_, Shape::Flag) => Self::Flag,
            _ if crate::moment::is_time(field) => Self::Time,
            (Field::Extra(_), _) => match wanted {
                Wanted::Extra(definition) if definition.is_integer() => Self::Number,
                Wanted::Extra(definition) if definition.is() == "TypeDate" => Self::Date,
                _ => Self::Text,
            },
            _ => Self::Text,
        }
    }

    fn value(self, field: Field, text: &str) -> Option<Value> {
        Some(match self {
            Self::Text => text.into(),
            Self::Number => text.trim().parse::<i64>().ok()?.into(),
            Self::Time => moment::read(text)?.0.into(),
            Self::Date => text.trim().parse::<jiff::civil::Date>().ok()?.to_string().into(),
            Self::Flag if field == Field::External => match text {
                "1" => false.into(),
                "2" => true.into(),
                _ => return None,
            },
            Self::Flag => match text {
                "1" | "true" => true.into(),
                "0" | "false" => false.into(),
                _ => return None,
            },
            Self::Status => status_of(text)?.into(),
        })
    }
}

/// Whether a name may be an extra field's, so that their definitions are needed.
pub(in super::super) fn needs_definitions<'a>(names: impl IntoIterator<Item = &'a str>) -> bool {
    names.into_iter().any(extra::looks_extra)
}
