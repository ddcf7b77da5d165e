//! What is done to a record with one button.

use askama::Template;
use domain::error::Reason;
use domain::operation::{
    Certificate, CustomerRef, DeleteRecord, EraseCustomer, LockCustomer, RestoreRecord, RevertField,
};
use domain::{Error, Field, Kind, Record};
use http::StatusCode;

use super::record::{self, Head};
use super::{fields, here, many};
use crate::console::html;
use crate::console::layout::Page;
use crate::console::visit::{Outcome, Visit, see_other};

/// Back to the record.
fn done(visit: &Visit<'_>, kind: Kind, id: i64, what: &str) -> Outcome {
    Ok(see_other(&visit.at(&format!("/{}/{id}?done={what}", many(kind)))).into())
}

/// Refuses a record that is not the one that was looked at.
pub(super) fn unchanged(version: u64) -> impl Fn(&Record) -> Result<(), Error> + Send + 'static {
    move |present: &Record| {
        let text = "It changed since it was read. Nothing was changed: look at it again.";
        if present.version == version { Ok(()) } else { Err(Error::new(Reason::Conflict, text)) }
    }
}

pub(super) async fn revert(visit: &Visit<'_>, kind: Kind, id: i64) -> Outcome {
    let form = visit.form()?;
    let field = Field::named(form.text("field")).ok_or_else(|| Error::not_found("There is no such field"))?;
    let before = form.text("before").parse().map_err(|_| Error::new(Reason::Invalid, "Say before which version"))?;
    let check = unchanged(record::version(visit)?);
    visit.run("revert", RevertField { kind, id, field, version: before, check }).await?;
    done(visit, kind, id, "reverted")
}

pub(super) async fn delete(visit: &Visit<'_>, kind: Kind, id: i64) -> Outcome {
    let expected_version = Some(record::version(visit)?);
    visit.run("delete", DeleteRecord { kind, id, expected_version }).await?;
    done(visit, kind, id, "deleted")
}

pub(super) async fn restore(visit: &Visit<'_>, kind: Kind, id: i64) -> Outcome {
    let check = unchanged(record::version(visit)?);
    visit.run("restore", RestoreRecord { kind, id, check }).await?;
    done(visit, kind, id, "restored")
}

pub(super) async fn lock(visit: &Visit<'_>, id: i64, locked: bool) -> Outcome {
    let lock = LockCustomer { who: vec![CustomerRef::Id(id)], locked };
    visit.run(if locked { "lock" } else { "unlock" }, lock).await?;
    done(visit, Kind::Customer, id, if locked { "locked" } else { "unlocked" })
}

#[derive(Template)]
#[template(path = "erase.html")]
struct Erasure {
    p: Page,
    head: Head,
    fields: Vec<String>,
    certificate: Certificate,
    reason: String,
    problem: String,
}

/// What an erasure would take away.
pub(super) async fn preview_erasure(visit: &Visit<'_>, id: i64) -> Outcome {
    again(visit, id, String::new(), String::new()).await
}

/// The same page with what was typed and what is wrong with it.
async fn again(visit: &Visit<'_>, id: i64, reason: String, problem: String) -> Outcome {
    let certificate = visit.run("erase", EraseCustomer { id, reason: None, dry_run: true }).await?;
    erasure(visit, certificate, reason, problem).await
}

async fn erasure(visit: &Visit<'_>, certificate: Certificate, reason: String, problem: String) -> Outcome {
    let extra = fields::extra_fields(visit, Kind::Customer).await?;
    let named = certificate.fields.iter().map(|field| fields::label(visit.words(), *field, &extra)).collect();
    let head = if certificate.dry_run {
        Head::of(visit, &*record::read(visit, Kind::Customer, certificate.customer).await?, "erase")
    } else {
        let left = Record::new(Kind::Customer, domain::Part::GLOBAL, certificate.customer);
        Head { is_erased: true, ..Head::of(visit, &left, "erase") }
    };
    let p = visit.page(here(Kind::Customer), visit.words().with("erase_of", &head.name));
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(html(status, &Erasure { p, head, fields: named, certificate, reason, problem }).into())
}

/// Forgets a person, once their number was typed.
pub(super) async fn erase(visit: &Visit<'_>, id: i64) -> Outcome {
    let form = visit.form()?;
    let typed = form.text("reason").trim().to_owned();
    if form.text("confirm").trim().trim_start_matches('#') != id.to_string() {
        return again(visit, id, typed, visit.words().get("erase_unconfirmed").to_owned()).await;
    }
    let reason = Some(typed.clone()).filter(|reason| !reason.is_empty());
    let certificate = match visit.run("erase", EraseCustomer { id, reason, dry_run: false }).await {
        Err(error) if error.at == Some(Field::Reason) => {
            return again(visit, id, typed, error.message.to_string()).await;
        }
        outcome => outcome?,
    };
    visit.state.forget(visit.caller().tenant, id).await?;
    erasure(visit, certificate, typed, String::new()).await
}
