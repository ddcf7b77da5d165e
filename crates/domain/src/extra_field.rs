//! Definitions of extra fields: what a tenant keeps of its customers, companies and tickets beyond the fields that
//! every tenant has. A retired one is marked deleted: values stay where they are, and none can be set.

use crate::choice::EXTRA_DOMAIN;
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::filter::{Condition, Filter, Query, Selection, Test};
use crate::kind::Kind;
use crate::record::Record;
use crate::rule::need;
use crate::working_set::{Context, WorkingSet};

/// The fields of a definition.
pub(crate) const FIELDS: &[Field] = &[
    Field::Name,
    Field::Number,
    Field::Domain,
    Field::TableId,
    Field::Shape,
    Field::External,
    Field::Flags,
    Field::Deleted,
];

/// A definition has a name, a domain and a shape. Its number is its id unless another is given. Domain and number are
/// for ever; the shape can become another as long as every value that is stored remains one.
pub(crate) fn settle(
    record: &mut Record,
    before: Option<&Record>,
    set: &mut WorkingSet,
    cx: &Context,
) -> Result<(), Stop> {
    for field in [Field::Name, Field::Domain, Field::Shape] {
        need(record, field)?;
    }
    let in_table = record.text(Field::Domain) == "extra_row";
    if in_table {
        need(record, Field::TableId)?;
    } else if record.values.get(Field::TableId).is_some() {
        return Err(Error::invalid(Field::TableId, "Only a column, of the domain extra_row, has a table").into());
    }
    let Some(before) = before else {
        if record.number(Field::Number).is_none() {
            record.set(Field::Number, Some(record.id.into()))?;
        }
        return Ok(());
    };
    for field in [Field::Domain, Field::Number, Field::TableId] {
        if record.values.get(field) != before.values.get(field) {
            let text = format!("The {field} of an extra field cannot be changed: define another. Nothing was changed.");
            return Err(Error::invalid(field, text).into());
        }
    }
    let (from, to) = (before.text(Field::Shape), record.text(Field::Shape));
    if from == to || widens(from, to) || !is_used(record, set, cx)? {
        return Ok(());
    }
    let text = format!(
        "Records hold values of this extra field, which are {from} and may not read as {to}: clear them first, or \
         define another. Nothing was changed."
    );
    Err(Error::new(Reason::Invalid, text).at(Field::Shape).into())
}

/// Whether every value of one shape is one of the other.
fn widens(from: &str, to: &str) -> bool {
    to == "text" || (from == "integer" && to == "float")
}

/// Whether any record holds a value.
fn is_used(definition: &Record, set: &mut WorkingSet, cx: &Context) -> Result<bool, Stop> {
    let number = definition.number(Field::Number).and_then(|number| u16::try_from(number).ok());
    let (Some(number), Some(kind)) = (number, domain(definition.text(Field::Domain))) else { return Ok(false) };
    let field = Field::Extra(number);
    // What an earlier operation of this batch stored, no listing shows yet.
    let tenant = cx.caller.tenant;
    let here = |record: &&Record| record.part.tenant_number() == tenant.number;
    if set.changed(kind).filter(here).any(|record| record.values.get(field).is_some()) {
        return Ok(true);
    }
    let filter = Filter::Not(Box::new(Condition::new(field, Test::Unset).into()));
    let page = set.list(&Query { kind, tenant, selection: Selection { filter, limit: 1, ..Selection::default() } })?;
    Ok(!page.records.is_empty())
}

/// The kind of record that a domain means.
fn domain(name: &str) -> Option<Kind> {
    EXTRA_DOMAIN.contains(&name).then(|| Kind::named(name)).flatten()
}
