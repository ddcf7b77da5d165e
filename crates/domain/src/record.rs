//! The envelope every record has.

use crate::field::Field;
use crate::kind::Kind;
use crate::value::Value;
use std::sync::Arc;

/// Where a record lives: the tenant and one of the tenant's buckets. Every key of every table starts with it, so that
/// a store can spread a company over many machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part(pub i64);

impl Part {
    /// What belongs to no tenant: the tenants themselves, and values that are unique over all of them.
    pub const GLOBAL: Self = Self(0);

    /// The number of the tenant it belongs to; 0 for [`GLOBAL`](Self::GLOBAL).
    pub const fn tenant_number(self) -> i64 {
        self.0 >> crate::tenant::BUCKET_BITS
    }

    /// Which of the parts of its tenant it is, from 0.
    pub const fn bucket(self) -> usize {
        (self.0 & ((1 << crate::tenant::BUCKET_BITS) - 1)) as usize
    }
}

/// A moment: microseconds since 1970-01-01T00:00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

impl Time {
    /// Whole seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// That many seconds later.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
}

/// The values of a record, in the order of the fields; an unset field is absent. A copy shares them until it is changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(Arc<Vec<(Field, Value)>>);

impl Values {
    /// The value of a field, if it is set.
    pub fn get(&self, field: Field) -> Option<&Value> {
        self.position(field).ok().and_then(|at| self.0.get(at)).map(|(_, value)| value)
    }

    /// Sets or, with `None`, unsets a field.
    pub fn set(&mut self, field: Field, value: Option<Value>) {
        match (self.position(field), value) {
            (Ok(at), Some(value)) => {
                if let Some(slot) = Arc::make_mut(&mut self.0).get_mut(at) {
                    slot.1 = value;
                }
            }
            (Ok(at), None) => drop(Arc::make_mut(&mut self.0).remove(at)),
            (Err(at), Some(value)) => Arc::make_mut(&mut self.0).insert(at, (field, value)),
            (Err(_), None) => {}
        }
    }

    /// All that is set, in the order of the fields.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Value)> {
        self.0.iter().map(|(field, value)| (*field, value))
    }

    fn position(&self, field: Field) -> Result<usize, usize> {
        self.0.binary_search_by_key(&field, |(field, _)| *field)
    }
}

impl FromIterator<(Field, Value)> for Values {
    fn from_iter<I: IntoIterator<Item = (Field, Value)>>(items: I) -> Self {
        let mut values: Vec<_> = items.into_iter().collect();
        if !values.is_sorted_by_key(|(field, _)| *field) {
            values.sort_by_key(|(field, _)| *field);
        }
        values.dedup_by_key(|(field, _)| *field);
        Self(Arc::new(values))
    }
}

impl AsRef<Self> for Record {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// A record: who it is, how often it changed, and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What it is about.
    pub kind: Kind,
    /// Where it lives.
    pub part: Part,
    /// Its number, unique per tenant and kind.
    pub id: i64,
    /// Grows by one with each accepted change; 0 while it is not stored yet.
    pub version: u64,
    /// The number of its last change in the history of its part; 0 for none.
    pub last_change: i64,
    /// When it was created.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// The credential that last changed it.
    pub updated_by: String,
    /// Its values.
    pub values: Values,
}

impl Record {
    /// A record that is not stored yet.
    pub fn new(kind: Kind, part: Part, id: i64) -> Self {
        Self {
            kind,
            part,
            id,
            version: 0,
            last_change: 0,
            created_at: Time(0),
            updated_at: Time(0),
            updated_by: String::new(),
            values: Values::default(),
        }
    }

    /// The text of a field; `""` when it is unset or holds no text.
    pub fn text(&self, field: Field) -> &str {
        match self.values.get(field) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// The whole number of a field.
    pub fn number(&self, field: Field) -> Option<i64> {
        match self.values.get(field) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// Whether a flag is set.
    pub fn flag(&self, field: Field) -> bool {
        matches!(self.values.get(field), Some(Value::Flag(true)))
    }

    /// The texts of a list.
    pub fn texts(&self, field: Field) -> &[String] {
        match self.values.get(field) {
            Some(Value::Texts(texts)) => texts,
            _ => &[],
        }
    }

    /// Whether it is what was left of an erased customer.
    pub fn is_erased(&self) -> bool {
        self.kind == Kind::Customer && self.values.get(Field::ErasedAt).is_some()
    }

    /// Whether it is marked deleted: see [`Kind::deletion`].
    pub fn is_deleted(&self) -> bool {
        self.kind.deletion().is_some_and(|(field, value)| self.values.get(field) == Some(&value))
    }

    /// The ids of a list.
    pub fn numbers(&self, field: Field) -> &[i64] {
        match self.values.get(field) {
            Some(Value::Numbers(ids)) => ids,
            _ => &[],
        }
    }

    /// Checks a value against what the field can hold, brings it to its one stored form and sets it; `None`, an empty
    /// text and an empty list unset the field.
    ///
    /// # Errors
    /// `Invalid` or `TooLong` at the field; the record is as it was.
    pub fn set(&mut self, field: Field, value: Option<Value>) -> Result<(), crate::Error> {
        let value = match value {
            // What an extra field holds, its definition says: the working set asks it.
            Some(value @ (Value::Number(_) | Value::Flag(_))) if matches!(field, Field::Extra(_)) => Some(value),
            Some(value) => field.shape().admit(field, value)?,
            None => None,
        };
        self.values.set(field, value);
        Ok(())
    }
}
