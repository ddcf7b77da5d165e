//! The history: what changed, by whom, through what.

use crate::field::Field;
use crate::kind::Kind;
use crate::record::{Part, Record, Time};
use crate::value::{Shape, Value};

/// How a change reached us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The dialect: `superoffice`, `bing_ads`, `everlytic`, `trackfinity`, `native`, `console`, `import`.
    pub dialect: String,
    /// The vendor's own word for the operation.
    pub operation: String,
    /// The login or key name; never a secret.
    pub credential: String,
    /// The client program, as it calls itself.
    pub client: String,
    /// The id of the request.
    pub request_id: String,
}

/// One field of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The field.
    pub field: Field,
    /// What it held, `None` for unset.
    pub from: Option<Value>,
    /// What it holds now, `None` for unset.
    pub to: Option<Value>,
}

/// One accepted change of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The part whose history it is in.
    pub part: Part,
    /// Its number in that history, from 1 without gaps; given when it is stored.
    pub number: i64,
    /// The number of the change of the same record before it; 0 for none.
    pub previous: i64,
    /// The kind of the record.
    pub kind: Kind,
    /// The id of the record.
    pub id: i64,
    /// The version the record has since.
    pub version: u64,
    /// When.
    pub at: Time,
    /// How.
    pub origin: Origin,
    /// Identifies the operation: the same for all changes it made, and for no other.
    pub operation_id: [u8; 16],
    /// What, in the order of the fields; empty when the person was erased.
    pub fields: Vec<FieldChange>,
}

/// What stands for a secret in the history.
pub const CHANGED: &str = "changed";

/// The fields in which two states of a record differ. A secret is never told, only that it changed.
pub fn difference(before: Option<&Record>, after: &Record) -> Vec<FieldChange> {
    let mut old = before.into_iter().flat_map(|record| record.values.iter()).peekable();
    let mut new = after.values.iter().peekable();
    let mut changes = Vec::new();
    // Both are in the order of the fields: walk them side by side.
    loop {
        let (from, to) = match (old.peek(), new.peek()) {
            (None, None) => return changes,
            (Some((a, _)), Some((b, _))) if a == b => (old.next(), new.next()),
            (Some((a, _)), Some((b, _))) if a < b => (old.next(), None),
            (Some(_), None) => (old.next(), None),
            (_, Some(_)) => (None, new.next()),
        };
        let Some(field) = from.or(to).map(|(field, _)| field) else { return changes };
        let (from, to) = (from.map(|(_, value)| value), to.map(|(_, value)| value));
        if from == to {
            continue;
        }
        let told = |value: Option<&Value>| match field.shape() {
            Shape::Secret => value.map(|_| CHANGED.into()),
            _ => value.cloned(),
        };
        let from = if field.shape() == Shape::Secret { None } else { told(from) };
        changes.push(FieldChange { field, from, to: told(to) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(values: &[(Field, &str)]) -> Record {
        let mut record = Record::new(Kind::Customer, Part(1), 1);
        record.values = values.iter().map(|(field, text)| (*field, Value::from(*text))).collect();
        record
    }

    #[test]
    fn differences_are_told_in_the_order_of_fields() {
        let before = record(&[(Field::Name, "a"), (Field::Phone, "1"), (Field::Note, "n")]);
        let after = record(&[(Field::Phone, "2"), (Field::Note, "n"), (Field::City, "c")]);
        let told: Vec<_> = difference(Some(&before), &after)
            .into_iter()
            .map(|change| (change.field, change.from, change.to))
            .collect();
        assert_eq!(
            told,
            [
                (Field::Name, Some("a".into()), None),
                (Field::Phone, Some("1".into()), Some("2".into())),
                (Field::City, None, Some("c".into())),
            ]
        );
        assert_eq!(difference(Some(&after), &after), []);
    }

    #[test]
    fn a_secret_is_never_told() {
        let before = record(&[(Field::Password, "old-hash")]);
        let after = record(&[(Field::Password, "new-hash")]);
        let expected = FieldChange { field: Field::Password, from: None, to: Some(CHANGED.into()) };
        for from in [Some(&before), None] {
            assert_eq!(difference(from, &after), std::slice::from_ref(&expected));
        }
        let cleared = difference(Some(&before), &record(&[]));
        assert_eq!(cleared, [FieldChange { field: Field::Password, from: None, to: None }]);
    }
}
