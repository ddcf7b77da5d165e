//! What only the whole store can tell of a record that is put: extra fields, references, unique values.

use super::WorkingSet;
use crate::change::FieldChange;
use crate::credential::unique_keys;
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::record::Record;
use crate::tenant::Tenant;
use crate::value::{Shape, Value};

impl WorkingSet {
    /// An extra field must be defined, and its value is brought to the form its definition wants.
    pub(super) fn check_extra_fields(
        &mut self,
        record: &mut Record,
        before: Option<&Record>,
        tenant: Tenant,
    ) -> Result<(), Stop> {
        let changed = |(field, value): &(Field, &Value)| {
            matches!(field, Field::Extra(_)) && before.and_then(|b| b.values.get(*field)) != Some(*value)
        };
        let extras: Vec<_> =
            record.values.iter().filter(changed).map(|(field, value)| (field, value.clone())).collect();
        for (field, value) in extras {
            let Field::Extra(number) = field else { continue };
            let definition = self.definition(tenant, record.kind, number)?;
            if definition.is_deleted() {
                return Err(Error::invalid(field, format!("The extra field {field} is retired")).into());
            }
            let value = crate::value::admit_extra(field, definition.text(Field::Shape), value)?;
            record.values.set(field, value);
        }
        Ok(())
    }

    pub(super) fn check_references(
        &mut self,
        record: &Record,
        fields: &[FieldChange],
        tenant: Tenant,
    ) -> Result<(), Stop> {
        let mut missing = false;
        for change in fields {
            let (kind, ids) = match (change.field.shape(), &change.to) {
                (Shape::Reference(kind), Some(Value::Number(id))) => (kind, std::slice::from_ref(id)),
                (Shape::References { of, .. }, Some(Value::Numbers(ids))) => (of, ids.as_slice()),
                _ => continue,
            };
            let known: &[i64] = match &change.from {
                Some(Value::Numbers(ids)) => ids,
                _ => &[],
            };
            for id in ids.iter().filter(|id| !known.contains(id)) {
                let what = match self.record(tenant, kind, *id) {
                    Ok(None) => "does not exist",
                    Ok(Some(found)) if found.is_deleted() => "is deleted",
                    Ok(Some(_)) => continue,
                    // Go on, so that one round loads all.
                    Err(Stop::Missing) => {
                        missing = true;
                        continue;
                    }
                    Err(stop) => return Err(stop),
                };
                return Err(Error::invalid(change.field, format!("{} {id} {what}", kind.name())).into());
            }
        }
        debug_assert!(record.id > 0, "a record is put under an id");
        if missing { Err(Stop::Missing) } else { Ok(()) }
    }

    pub(super) fn move_keys(&mut self, before: Option<&Record>, after: &Record, tenant: Tenant) -> Result<(), Stop> {
        let old = before.map(|record| unique_keys(tenant, record)).unwrap_or_default();
        let new = unique_keys(tenant, after);
        let me = (after.part, after.id);
        let mut missing = false;
        for (field, key) in &new {
            match self.key(key) {
                Ok(Some(owner)) if owner != me => {
                    let shown = key.shown();
                    let text = format!("{field} \"{shown}\" belongs to another {}", after.kind.name());
                    return Err(Error::new(Reason::AlreadyExists, text).at(*field).into());
                }
                Ok(Some(_)) => {}
                Ok(None) => self.staged_keys.push((key.clone(), Some(me))),
                Err(Stop::Missing) => missing = true,
                Err(stop) => return Err(stop),
            }
        }
        if missing {
            return Err(Stop::Missing);
        }
        for (_, key) in old {
            if !new.iter().any(|(_, kept)| *kept == key) {
                self.staged_keys.push((key, None));
            }
        }
        Ok(())
    }
}
