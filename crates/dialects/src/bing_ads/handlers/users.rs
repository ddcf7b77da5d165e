//! Users: those who work here.

use super::super::errors::{Code, Refused, Told};
use super::super::fields::user::{self, Submitted};
use super::super::fields::{self, time};
use super::super::operations::not_offered;
use super::{Call, Outcome, id, record, with_user, wrong};
use ::wire::soap::{Members, Value};
use domain::filter::{Order, Selection};
use domain::operation::{DeleteRecord, Deleted, ListRecords, ReadRecord, ReadSelf, UpdateRecord};
use domain::{Edit, Error, Field, Kind, Record};
use std::sync::Arc;

/// Users that are listed at most.
const MOST: u32 = 5_000;

/// The user of a call: the one it names, or the one who calls.
async fn read(call: &Call<'_>) -> Result<Arc<Record>, Error> {
    match call.argument("UserId") {
        Value::Integer(id) if Some(*id) != call.caller.user => {
            call.run(ReadRecord { kind: Kind::User, id: *id, deleted: Deleted::Shown }).await
        }
        _ => call.run(ReadSelf).await,
    }
}

/// Everybody reaches all accounts and customers of the tenant: both lists are empty, which says so.
pub(in super::super) async fn get(call: Call<'_>) -> Outcome {
    let user = read(&call).await?;
    let shown = with_user(&call, &user, user::show(&user, call.output_struct("User")?)).await?;
    let output = call.output().with("User", shown);
    let roles = user::role_number(&user);
    if call.output_type("CustomerRoles").is_some() {
        let shape = call.output_struct("CustomerRoles")?;
        let role = |number: i64| Value::Struct(Members::nil(shape).with("RoleId", number).with("CustomerId", 0));
        return Ok(output.with("CustomerRoles", Value::List(roles.map(role).into_iter().collect())));
    }
    let output = output.with("Roles", Value::List(roles.map(Value::from).into_iter().collect()));
    Ok(output.with("Accounts", Value::List(Vec::new())).with("Customers", Value::List(Vec::new())))
}

pub(in super::super) async fn get_current(call: Call<'_>) -> Outcome {
    let user = call.run(ReadSelf).await?;
    let shown = with_user(&call, &user, user::show(&user, call.output_struct("User")?)).await?;
    Ok(call.output().with("User", shown))
}

/// A second factor is asked of nobody.
pub(in super::super) async fn second_factor(call: Call<'_>) -> Outcome {
    Ok(call.output().with("MFAStatus", false))
}

pub(in super::super) async fn infos(call: Call<'_>) -> Outcome {
    let shape = call.output_struct("UsersInfo")?;
    let status = call.argument("StatusFilter").text();
    let order = vec![Order { field: Field::Username, descending: false }];
    let selection = Selection { order, limit: MOST, ..Selection::default() };
    let page = call.run(ListRecords { kind: Kind::User, selection, deleted: Deleted::Shown }).await?;
    let here = |user: &&Record| {
        let dialects = user.texts(Field::Dialects);
        let here = dialects.is_empty() || dialects.iter().any(|name| name == super::super::NAME);
        here && (status.is_empty() || status == user::status(user))
    };
    let info = |user: &Record| {
        let info = Members::nil(shape).with("Id", user.id);
        Value::Struct(info.with("UserName", user.text(Field::Username).to_owned()))
    };
    Ok(call.output().with("UsersInfo", page.records.iter().filter(here).map(info).collect::<Vec<_>>()))
}

pub(in super::super) async fn update(call: Call<'_>) -> Outcome {
    let sent = record(&call, "User", Told::AdApi(Code::NullParameter))?;
    let update = UpdateRecord {
        kind: Kind::User,
        id: sent.integer("Id").ok_or_else(|| fields::required(Field::Id))?,
        deleted: Deleted::Hidden,
        expected_version: Some(fields::version(sent)?),
        submission: Submitted::read(sent),
    };
    let user = call.run(update).await?;
    Ok(call.output().with("LastModifiedTime", time(user.updated_at)))
}

/// One role a user: the new one takes the place of the one that is deleted. Nobody is confined to some accounts here.
pub(in super::super) async fn update_roles(call: Call<'_>) -> Outcome {
    let lists = ["NewAccountIds", "NewCustomerIds", "DeleteAccountIds", "DeleteCustomerIds"];
    if lists.iter().any(|name| !call.arguments.list(name).is_empty()) {
        return Err(not_offered("To confine a user to accounts or customers"));
    }
    let number = call.arguments.integer("NewRoleId");
    let new = number.ok_or_else(|| wrong("NewRoleId must be given: a user has one role, and not none".to_owned()))?;
    let [bing, role] = user::role_of(new).ok_or_else(|| wrong(format!("There is no role {new} here")))?;
    let old = call.arguments.integer("DeleteRoleId");
    let submission = move |present: &Record| {
        if old.is_some_and(|old| user::role_number(present) != Some(old)) {
            let text = "The user does not have the role that is to be deleted. Nothing was changed.";
            return Err(Error::invalid(Field::BingRole, text));
        }
        Ok(vec![
            Edit::Set(Field::BingRole, Some(bing.as_str().into())),
            Edit::Set(Field::Role, Some(role.as_str().into())),
        ])
    };
    let id = id(&call, "UserId");
    let update = UpdateRecord { kind: Kind::User, id, deleted: Deleted::Hidden, expected_version: None, submission };
    let user = call.run(update).await?;
    Ok(call.output().with("LastModifiedTime", time(user.updated_at)))
}

pub(in super::super) async fn delete(call: Call<'_>) -> Outcome {
    let (id, expected_version) = (id(&call, "UserId"), Some(fields::version(call.arguments)?));
    call.run(DeleteRecord { kind: Kind::User, id, expected_version }).await.map_err(Refused::from)?;
    Ok(call.output())
}
