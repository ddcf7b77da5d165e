//! One short function a method: decode, run, encode.

pub(super) mod attachments;
pub(super) mod categories;
pub(super) mod companies;
pub(super) mod customers;
pub(super) mod extra_fields;
pub(super) mod extra_tables;
mod find;
pub(super) mod languages;
pub(super) mod messages;
pub(super) mod notifications;
pub(super) mod offered;
pub(super) mod passwords;
pub(super) mod priorities;
pub(super) mod sessions;
pub(super) mod tickets;
pub(super) mod users;

use super::call::{Call, Outcome};
use super::errors::{Code, Refused};
use super::fields::{Column, criteria, extra, wanted};
use ::wire::soap::Value;
use domain::{Error, Record};

/// An id: decimal digits, from 1.
fn id(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|id| digits && *id > 0)
}

/// The id in a parameter.
///
/// # Errors
/// `unknown`, as if nothing had that id.
fn needed_id(call: &Call<'_>, name: &str, unknown: Code) -> Result<i64, Refused> {
    id(call.text(name)).ok_or_else(|| {
        let shown: String = call.text(name).chars().take(20).collect();
        Refused::new(unknown, Error::not_found(format!("{name} \"{shown}\" is no id")))
    })
}

/// What a record shows of these names, in their order.
///
/// # Errors
/// 12 for an extra field that is not defined, 17 for another unknown name: then nothing is shown.
async fn shown(
    call: &Call<'_>,
    record: &Record,
    names: &[&str],
    columns: &[&[Column]],
) -> Result<Vec<Value<'static>>, Refused> {
    let definitions = extra_fields::defined(call, criteria::needs_definitions(names.iter().copied())).await?;
    let mut results = Vec::with_capacity(names.len());
    for name in names {
        let wanted = wanted(name, record.kind, columns, &definitions).ok_or_else(|| unknown(name))?;
        call.spelt(name, record.kind, true)?;
        results.push(customers::result(name, wanted.show(record), wanted.is()).into());
    }
    Ok(results)
}

fn unknown(name: &str) -> Refused {
    let code = if extra::looks_extra(name) { Code::InvalidExtraField } else { Code::InvalidField };
    let shown: String = name.chars().take(64).collect();
    Refused::invalid(code, format!("{shown} is no field that can be read here"))
}
