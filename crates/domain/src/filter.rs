//! Listings: which records, in which order, and where a page goes on.

use crate::customer::shown_name;
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::tenant::Tenant;
use crate::value::Value;

/// A page that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// The kind of records.
    pub kind: Kind,
    /// Of which tenant.
    pub tenant: Tenant,
    /// Which of them.
    pub selection: Selection,
}

/// Which records, in which order, and how many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Selection {
    /// What must hold.
    pub filter: Filter,
    /// Sorted by these fields in turn; equal ones by id, in the direction of the last of them. None sorts by id.
    pub order: Vec<Order>,
    /// Only what comes after this place in the order.
    pub after: Option<Position>,
    /// How many of those to leave out first. It costs as much as to show them: prefer `after`.
    pub offset: u64,
    /// How many at most.
    pub limit: u32,
    /// Only tell how many there are, up to the limit, and show none.
    pub counted: bool,
}

impl Selection {
    /// Every field that decides what is on the page.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields: Vec<_> = self.order.iter().map(|order| order.field).collect();
        self.filter.each(&mut |condition| fields.push(condition.field));
        fields
    }
}

/// A field to sort by. Unset comes first, numbers by size, texts by their first [`SORTED`] characters as code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// The field; one that holds a list cannot be sorted by, except `emails`: by the primary address.
    pub field: Field,
    /// Largest first, unset last.
    pub descending: bool,
}

/// How many characters of a text decide its place in an order, so that a [`Position`] stays short.
pub const SORTED: usize = 200;

/// What must hold for a record. It holds or it does not: nothing is unknown about an unset field, it is unset.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Filter {
    /// All of these hold; with none, everything does.
    All(Vec<Self>),
    /// One of these holds; with none, nothing does.
    Any(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
    /// A field passes a test.
    Where(Condition),
    /// Another record of the kind, not deleted, has the same in all of these fields, whatever the case of any letter. What
    /// is unset is like nothing.
    Shared(Vec<Field>),
}

impl Default for Filter {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl From<Condition> for Filter {
    fn from(condition: Condition) -> Self {
        Self::Where(condition)
    }
}

impl FromIterator<Condition> for Filter {
    /// All of the conditions.
    fn from_iter<I: IntoIterator<Item = Condition>>(conditions: I) -> Self {
        Self::All(conditions.into_iter().map(Self::Where).collect())
    }
}

impl Filter {
    /// What holds when both do.
    #[must_use]
    pub fn and(self, other: impl Into<Self>) -> Self {
        let other = other.into();
        match self {
            // What always holds adds nothing, so that it can be told that nothing was asked.
            first if other == Self::default() => first,
            Self::All(mut all) => {
                all.push(other);
                Self::All(all)
            }
            first => Self::All(vec![first, other]),
        }
    }

    /// Whether it asks for a field.
    pub fn tests(&self, field: Field) -> bool {
        let mut tests = false;
        self.each(&mut |condition| tests |= condition.field == field);
        tests
    }

    /// Shows every condition.
    pub fn each(&self, see: &mut dyn FnMut(&Condition)) {
        match self {
            Self::All(filters) | Self::Any(filters) => filters.iter().for_each(|filter| filter.each(see)),
            Self::Not(filter) => filter.each(see),
            Self::Where(condition) => see(condition),
            Self::Shared(fields) => fields.iter().for_each(|field| see(&Condition::new(*field, Test::Unset))),
        }
    }
}

/// A test of one field. The name of a customer is the shown one, the e-mail address the primary one, and a customer's
/// status is active while nobody said otherwise; a ticket is open as long.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    /// The field.
    pub field: Field,
    /// What must hold for it.
    pub test: Test,
}

impl Condition {
    /// A field passes a test.
    pub const fn new(field: Field, test: Test) -> Self {
        Self { field, test }
    }
}

/// What must hold for a field. What is unset passes `IsNot`, `Unset`, an `AnyOf` that says so, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// Holds exactly this.
    Is(Value),
    /// Holds something else, or nothing.
    IsNot(Value),
    /// Holds nothing.
    Unset,
    /// Holds one of these, where `None` stands for nothing.
    AnyOf(Vec<Option<Value>>),
    /// Holds less than this: a smaller number, an earlier time, a text before it as code points. What is of another
    /// type never passes.
    Less(Value),
    /// Holds this or less.
    AtMost(Value),
    /// Holds more than this.
    Greater(Value),
    /// Holds this or more.
    AtLeast(Value),
    /// Matches a pattern whatever the case of ASCII letters: `*` stands for any text, all else for itself.
    Like(String),
    /// Holds a text with this in it, whatever the case of any letter.
    Contains(String),
    /// Holds a text that starts with this, whatever the case of any letter.
    StartsWith(String),
    /// Holds one of these texts, whatever the case of any letter.
    Among(Vec<String>),
    /// Holds a list of which some entry passes this test.
    Entry(Box<Self>),
}

/// Brings a text to the form in which [`Test::Contains`], [`Test::StartsWith`] and [`Test::Among`] compare: each letter for itself, so
/// that a part of a text folds to a part of the folded text.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // By way of the capital, so that the two small sigmas are one letter.
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// A place in an order: behind the record that has these values and this id. It stays where it is while records change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    /// What the record has to sort by, one for each [`Order`]; `None` is unset.
    pub values: Vec<Option<Value>>,
    /// Its id.
    pub id: i64,
}

impl Position {
    /// The place of a record.
    pub fn of(record: &Record, order: &[Order]) -> Self {
        let cut = |value| match value {
            Value::Text(text) => Value::Text(text.chars().take(SORTED).collect()),
            value => value,
        };
        let values = order.iter().map(|order| tested(record, order.field).map(cut)).collect();
        Self { values, id: record.id }
    }
}

/// What tests and orders see of a record's field.
pub fn tested(record: &Record, field: Field) -> Option<Value> {
    let text = |text: &str| Some(text).filter(|text| !text.is_empty()).map(Value::from);
    match (record.kind, field) {
        (_, Field::Id) => Some(record.id.into()),
        (_, Field::Version) => Some(record.version.cast_signed().into()),
        (_, Field::CreatedAt) => Some(record.created_at.0.into()),
        (_, Field::UpdatedAt) => Some(record.updated_at.0.into()),
        (_, Field::UpdatedBy) => Some(record.updated_by.as_str().into()),
        (Kind::Customer, Field::Name) => text(&shown_name(record)),
        (Kind::Customer, Field::Status) => text(record.text(Field::Status)).or_else(|| text("active")),
        (Kind::Account, Field::AccountStatus) => text(record.text(Field::AccountStatus)).or_else(|| text("active")),
        (Kind::Ticket, Field::TicketStatus) => text(crate::ticket::status(record)),
        (_, Field::Emails) => record.texts(Field::Emails).first().map(|email| email.as_str().into()),
        _ => record.values.get(field).cloned(),
    }
}

/// One page of a listing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The records.
    pub records: Vec<Record>,
    /// Whether more follow.
    pub more: bool,
    /// How many there are up to the limit, where only that was asked.
    pub count: u64,
}

impl Page {
    /// Where the next page starts; `None` after the last one.
    pub fn next(&self, order: &[Order]) -> Option<Position> {
        self.records.last().filter(|_| self.more).map(|last| Position::of(last, order))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_always_holds_adds_nothing() {
        let one = Filter::from(Condition::new(Field::Id, Test::Is(1.into())));
        assert_eq!(Filter::default().and(Filter::default()), Filter::default());
        assert_eq!(one.clone().and(Filter::default()), one);
        assert_eq!(Filter::default().and(one.clone()), Filter::All(vec![one]));
    }

    #[test]
    fn letters_fold_one_by_one() {
        for (text, folded) in
            [("LØVÅS", "løvås"), ("ΣΟΦΟΣ", "σοφοσ"), ("σοφος", "σοφοσ"), ("Straße", "strasse"), ("客 A", "客 a")]
        {
            assert_eq!(fold(text), folded);
            for (at, _) in text.char_indices() {
                assert!(folded.contains(&fold(&text[at..])), "{text} from {at}");
            }
        }
    }
}
