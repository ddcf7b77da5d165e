//! What a person may ask for: everything that is kept of them, and that nothing is.

use super::id;
use crate::moment::rfc3339;
use crate::native::attempt::{self, Touches};
use crate::native::entity_tag::IfMatch;
use crate::native::errors::Problem;
use crate::native::fields::{Shown, View, pointer};
use crate::native::wire::{self, Query};
use crate::route::Call;
use ::wire::{csv, json};
use bytes::Bytes;
use domain::change::{FieldChange, Origin};
use domain::error::Reason;
use domain::operation::{Certificate, DueForErasure, EraseCustomer, Export, ExportCustomer, NoteExport, OnVersion};
use domain::{Error, Field, Kind, Record, Shape};
use http::{HeaderValue, Response, header};

type Answer = Result<Response<Bytes>, Problem>;

/// Customers that one run of the retention erases at most.
const RUN: u32 = 100;

pub(in crate::native) async fn export(call: Call<'_>, query: Query<'_>) -> Answer {
    let id = id(&call)?;
    let table = match query.given("format") {
        None | Some("json") => false,
        Some("csv") => true,
        Some(_) => return Err(Error::new(Reason::Invalid, "format must be json or csv").into()),
    };
    call.run(NoteExport { id }).await?;
    let export = call.run(ExportCustomer { id }).await?;
    let mut response = if table { csv(&export) } else { document(&call, &export).await? };
    let extension = if table { "csv" } else { "json" };
    if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"customer-{id}.{extension}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn document(call: &Call<'_>, export: &Export) -> Result<Response<Bytes>, Error> {
    let mut views = Vec::new();
    for kind in [Kind::Customer, Kind::Account, Kind::Ticket, Kind::Message, Kind::Attachment] {
        views.push((kind, View::of(call.state.extra_fields(call.caller.tenant, kind).await?)));
    }
    Ok(wire::export(export, |object, record: &Record| {
        if let Some((_, view)) = views.iter().find(|(kind, _)| *kind == record.kind) {
            view.put(object, record);
        }
    }))
}

/// One line a value: what kind of record, its id, the field, the value. Then one line a changed value of the history, a
/// `change` of the customer: also what it was, and how it came to be what it is.
fn csv(export: &Export) -> Response<Bytes> {
    let mut body = String::new();
    let names = ["record", "id", "field", "value", "was", "version", "at", "dialect", "operation", "credential"];
    csv::write_line(&mut body, names);
    let name = |field: Field| pointer(field).trim_start_matches('/').to_owned();
    for record in export.person.records() {
        for (field, value) in record.values.iter().filter(|(field, _)| field.shape() != Shape::Secret) {
            let (id, shown) = (record.id.to_string(), Shown::of(field, Some(value)).plain());
            csv::write_line(&mut body, [record.kind.name(), &id, &name(field), &shown, "", "", "", "", "", ""]);
        }
    }
    for change in export.history.iter() {
        let (id, version, at) = (change.id.to_string(), change.version.to_string(), rfc3339(change.at));
        let Origin { dialect, operation, credential, .. } = &change.origin;
        for FieldChange { field, from, to } in &change.fields {
            let [was, is] = [from, to].map(|value| Shown::of(*field, value.as_ref()).plain());
            let cells = ["change", &id, &name(*field), &is, &was, &version, &at, dialect, operation, credential];
            csv::write_line(&mut body, cells);
        }
    }
    let mut response = Response::new(body.into());
    let kind = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

pub(in crate::native) async fn erase(call: Call<'_>, query: Query<'_>) -> Answer {
    let (kind, id, if_match) = (Kind::Customer, id(&call)?, IfMatch::read(call.request)?);
    let check = move |present: &Record| if_match.check(present);
    let (dry_run, reason) = (query.flag("dry_run")?, reason(&call)?);
    let erase = OnVersion { kind, id, check, operation: EraseCustomer { id, reason, dry_run } };
    if dry_run {
        // What would go is told by the certificate itself.
        return Ok(wire::certificates(&[call.run(erase).await?]));
    }
    let encode = |certificate: &Certificate| Ok(wire::certificates(std::slice::from_ref(certificate)));
    let answer = attempt::run(&call, &query, &View::default(), Touches::NoVersion, erase, encode).await?;
    call.state.forget(call.caller.tenant, id).await?;
    Ok(answer)
}

/// `{"reason": "asked on 22 November"}`, or no body.
fn reason(call: &Call<'_>) -> Result<Option<String>, Problem> {
    if call.request.body.is_empty() {
        return Ok(None);
    }
    let body = wire::body(call.request)?;
    let reason = body.as_object().and_then(|members| match members.iter().collect::<Vec<_>>().as_slice() {
        [] => Some(None),
        [("reason", json::Value::Null)] => Some(None),
        [("reason", reason)] => reason.as_text().map(|text| Some(text.trim().to_owned())),
        _ => None,
    });
    let reason = reason.ok_or_else(|| {
        let text = "The body may be {\"reason\": <a text>} or left out. Nothing was erased.";
        Error::new(Reason::Invalid, text)
    })?;
    Ok(reason.filter(|text| !text.is_empty()))
}

pub(in crate::native) async fn run_retention(call: Call<'_>, query: Query<'_>) -> Answer {
    let dry_run = query.flag("dry_run")?;
    let mut certificates = Vec::new();
    for id in call.run(DueForErasure { limit: RUN }).await? {
        match call.run(EraseCustomer { id, reason: None, dry_run }).await {
            Ok(certificate) => {
                if !dry_run {
                    call.state.forget(call.caller.tenant, id).await?;
                }
                certificates.push(certificate);
            }
            // Somebody else was faster.
            Err(error) if error.reason == Reason::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(wire::certificates(&certificates))
}
