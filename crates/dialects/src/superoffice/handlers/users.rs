//! Users: those who work here.

use super::super::errors::{Code, Refused, missing};
use super::super::fields::user;
use super::{Call, Outcome, customers, needed_id};
use ::wire::soap::Value;
use domain::filter::{Order, Selection};
use domain::operation::{Deleted, ListRecords, ReadRecord, UpdateRecord};
use domain::{Error, Field, Kind, Record};

/// Users that are looked through at most.
const MAX: u32 = 10_000;

pub(in super::super) async fn get_own(call: Call<'_>) -> Outcome {
    let id = own(&call)?;
    let result = shown(&call, id, false).await?;
    Ok(call.output().with("userResult", Value::List(result)))
}

pub(in super::super) async fn get(call: Call<'_>) -> Outcome {
    let id = needed_id(&call, "userId", Code::UnknownUserId)?;
    let result = shown(&call, id, true).await?;
    Ok(call.output().with("userResult", Value::List(result)))
}

fn own(call: &Call<'_>) -> Result<i64, Refused> {
    Ok(call.caller.user.ok_or_else(|| Error::internal("an agent without a user"))?)
}

async fn shown(call: &Call<'_>, id: i64, status: bool) -> Result<Vec<Value<'static>>, Refused> {
    let read = ReadRecord { kind: Kind::User, id, deleted: Deleted::Shown };
    let user = call.run(read).await.map_err(missing(Code::UnknownUserId))?;
    let show = |name: &&str| {
        let known = user::show(&user, name).filter(|_| status || !name.ends_with("status"));
        let (value, is) = known.ok_or_else(|| super::unknown(name))?;
        call.spelt(name, Kind::User, true)?;
        Ok(customers::result(name, value, is).into())
    };
    call.texts("userFields").iter().map(show).collect()
}

/// Those that are not deleted, by their login names. The product's other states of a user are not known here.
pub(in super::super) async fn list(call: Call<'_>) -> Outcome {
    let users = all(&call).await?;
    let users = users.iter().map(|user| Value::from(user.id.to_string())).collect();
    Ok(call.output().with("users", Value::List(users)))
}

async fn all(call: &Call<'_>) -> Result<Vec<Record>, Error> {
    let order = vec![Order { field: Field::Username, descending: false }];
    let selection = Selection { order, limit: MAX, ..Selection::default() };
    let page = call.run(ListRecords { kind: Kind::User, selection, deleted: Deleted::Hidden }).await?;
    Ok(page.records.clone())
}

pub(in super::super) async fn find(call: Call<'_>) -> Outcome {
    let (field, value) = (call.text("field"), call.text("value").to_lowercase());
    let field = match field.strip_prefix("user.").unwrap_or(field) {
        "username" | "loginname" => Field::Username,
        "email" => Field::Emails,
        other => return Err(super::unknown(other)),
    };
    let users = all(&call).await?;
    let is = |user: &&Record| match field {
        Field::Emails => user.texts(field).iter().any(|email| email.to_lowercase() == value),
        field => user.text(field).to_lowercase() == value,
    };
    let user = users.iter().find(is);
    let user = user.ok_or_else(|| Refused::new(Code::UserNotFound, Error::not_found("No user has this value")))?;
    Ok(call.output().with("userId", user.id.to_string()))
}

/// Changes the user who calls.
pub(in super::super) async fn set(call: Call<'_>) -> Outcome {
    let id = own(&call)?;
    let submission = user::Pairs(customers::submitted(&call, Kind::User, user::SETTABLE, "userValues").await?);
    let update = UpdateRecord { kind: Kind::User, id, deleted: Deleted::Hidden, expected_version: None, submission };
    call.run(update).await.map_err(missing(Code::UnknownUserId))?;
    Ok(call.output())
}
