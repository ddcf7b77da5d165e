//! Fields that a caller sees masked. The working set masks whatever it hands out, so that a record, a list, a history
//! and an export all show the same, through every dialect.

use crate::change::Change;
use crate::error::{Error, Reason};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::value::{Shape, Value};

/// What stands for a masked text. That a text is set can be seen, not what it says nor how long it is. A masked number,
/// choice or reference shows as unset.
pub const MASKED: &str = "***";

/// The masked fields of one caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask(Vec<Field>);

impl Mask {
    /// A mask over these fields. That of the name lies over the two names too, since they show it.
    pub fn over(fields: &[Field]) -> Self {
        let mut fields = fields.to_vec();
        if fields.contains(&Field::Name) {
            fields.extend([Field::FirstName, Field::LastName]);
        }
        Self(fields)
    }

    /// Whether it hides anything of that kind of record.
    pub fn hides(&self, kind: Kind) -> bool {
        let personal = matches!(
            kind,
            Kind::Customer
                | Kind::Account
                | Kind::Company
                | Kind::Ticket
                | Kind::Message
                | Kind::Attachment
                | Kind::ExtraRow
        );
        personal && !self.0.is_empty()
    }

    /// # Errors
    /// `Forbidden` for a masked field: to search or sort by it would tell what it holds.
    pub fn check(&self, kind: Kind, field: Field) -> Result<(), Error> {
        // The shown name may be made of the two names.
        let shows = |masked: &Field| {
            *masked == field || (field == Field::Name && matches!(masked, Field::FirstName | Field::LastName))
        };
        if !self.hides(kind) || !self.0.iter().any(shows) {
            return Ok(());
        }
        Err(Error::new(Reason::Forbidden, format!("{field} is masked: it cannot be searched or sorted by")).at(field))
    }

    /// The record as the caller sees it.
    pub fn record(&self, record: &mut Record) {
        for &field in &self.0 {
            let value = record.values.get(field).and_then(|value| masked(field, value));
            record.values.set(field, value);
        }
    }

    /// The change as the caller sees it.
    pub fn change(&self, change: &mut Change) {
        for told in change.fields.iter_mut().filter(|told| self.0.contains(&told.field)) {
            told.from = told.from.as_ref().and_then(|value| masked(told.field, value));
            told.to = told.to.as_ref().and_then(|value| masked(told.field, value));
        }
    }
}

fn masked(field: Field, value: &Value) -> Option<Value> {
    match (value, field.shape()) {
        (Value::Text(_), Shape::Text { .. }) => Some(MASKED.into()),
        (Value::Texts(texts), _) => Some(Value::Texts(vec![MASKED.to_owned(); texts.len().min(1)])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Part;

    #[test]
    fn a_mask_shows_that_something_is_there_and_no_more() {
        let mut record = Record::new(Kind::Customer, Part(1), 1);
        let emails = Value::Texts(vec!["a@b".to_owned(), "c@d".to_owned()]);
        record.values = [
            (Field::FirstName, "Ada".into()),
            (Field::Phone, "021 555".into()),
            (Field::Emails, emails),
            (Field::Note, "n".into()),
            (Field::Company, 17.into()),
            (Field::Extra(6), 3.into()),
            (Field::Country, "NO".into()),
        ]
        .into_iter()
        .collect();
        let hidden = [Field::Name, Field::Phone, Field::Emails, Field::Company, Field::Extra(6), Field::Country];
        Mask::over(&hidden).record(&mut record);
        let seen: Vec<_> = record.values.iter().map(|(field, value)| (field, value.clone())).collect();
        assert_eq!(
            seen,
            [
                (Field::FirstName, MASKED.into()),
                (Field::Emails, Value::Texts(vec![MASKED.to_owned()])),
                (Field::Phone, MASKED.into()),
                (Field::Note, "n".into()),
            ]
        );
    }

    #[test]
    fn a_masked_field_cannot_be_probed() {
        let mask = Mask::over(&[Field::Name]);
        assert!(mask.check(Kind::Customer, Field::LastName).is_err());
        assert!(mask.check(Kind::Customer, Field::Phone).is_ok());
        assert!(mask.check(Kind::User, Field::Name).is_ok(), "who works here is no customer");
        let mask = Mask::over(&[Field::FirstName]);
        assert!(mask.check(Kind::Customer, Field::Name).is_err());
        assert!(mask.check(Kind::Customer, Field::LastName).is_ok());
    }
}
