//! The definitions of extra fields.

use super::super::errors::{Code, Refused};
use super::super::fields::extra::Definition;
use super::super::wire::EXTRA_FIELD;
use super::{Call, Outcome};
use crate::state::definitions;
use ::wire::soap::{Members, Value};
use domain::{Error, Kind};

pub(in super::super) async fn list(call: Call<'_>) -> Outcome {
    let kind = match call.text("domain") {
        "customer" => Kind::Customer,
        "company" => Kind::Company,
        "ticket" => Kind::Ticket,
        _ => return Err(Refused::invalid(Code::InvalidDomain, "domain must be customer, company or ticket")),
    };
    let defined = defined(&call, true).await?;
    let fields = defined.iter().filter(|definition| definition.kind == kind).map(|definition| {
        let name = format!("{}.x_{}", kind.name(), definition.number);
        Value::from(
            Members::new(&EXTRA_FIELD)
                .with("fieldName", name)
                .with("displayField", definition.label.clone())
                .with("fieldId", definition.number.to_string())
                .with("fieldType", definition.is()),
        )
    });
    let fields = fields.collect();
    Ok(call.output().with("extraFields", Value::List(fields)))
}

/// The definitions that the caller may see, if they are wanted at all, by their numbers.
pub(super) async fn defined(call: &Call<'_>, wanted: bool) -> Result<Vec<Definition>, Error> {
    if !wanted {
        return Ok(Vec::new());
    }
    let page = call.run(definitions()).await?;
    let mut all: Vec<_> = page.records.iter().filter_map(Definition::of).collect();
    all.sort_by_key(|definition| (definition.kind, definition.number));
    Ok(all)
}
