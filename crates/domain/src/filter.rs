//! Listings.

use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::tenant::Tenant;
use crate::value::Value;

/// Which records, in which order, and how many.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// The kind of records.
    pub kind: Kind,
    /// Of which tenant.
    pub tenant: Tenant,
    /// All of these must hold.
    pub conditions: Vec<Condition>,
    /// Sorted by this field, then by id.
    pub order: Field,
    /// Largest first.
    pub descending: bool,
    /// How many to leave out first.
    pub offset: u64,
    /// How many at most.
    pub limit: u32,
}

/// A test of one field. The name of a customer is the shown one, the e-mail address the primary one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    /// The field.
    pub field: Field,
    /// What must hold for it.
    pub test: Test,
}

/// What must hold for a field.
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
    /// Matches a pattern whatever the case of ASCII letters: `*` stands for any text, all else for itself.
    Like(String),
}

/// One page of a listing.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The records.
    pub records: Vec<Record>,
    /// Whether more follow.
    pub more: bool,
}
