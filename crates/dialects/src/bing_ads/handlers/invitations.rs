//! Invitations of users: an invited one is a user without a password, for 30 days. Who gives them one lets them in.

use super::super::errors::{Refused, Told, number};
use super::super::fields::account::given;
use super::super::fields::{required, shown, time, user};
use super::super::operations::not_offered;
use super::search::predicates;
use super::{Call, Outcome, record, wrong};
use ::wire::soap::{Members, Struct, Value};
use domain::error::Reason;
use domain::filter::{Condition, Filter, Selection, Test};
use domain::operation::{CreateRecord, CustomerRef, Deleted, ListRecords, ReadCustomer};
use domain::user::{INVITATION, is_invited};
use domain::{Edit, Error, Field, Kind, Record};

/// Longest names and address, in characters.
const NAME_MAX: usize = 40;
const EMAIL_MAX: usize = 100;

/// Invitations that are listed at most.
const MOST: u32 = 5_000;

/// The roles that somebody can be invited for: by name as version 11 has them, by number as version 13.
const ROLES: [(&str, i64); 4] =
    [("AdvertiserCampaignManager", 16), ("SuperAdmin", 41), ("ClientViewer", 100), ("StandardUser", 203)];

pub(in super::super) async fn send(call: Call<'_>) -> Outcome {
    let sent = record(&call, "UserInvitation", Told::Operation(number::NO_INVITATION))?;
    if !sent.list("AccountIds").is_empty() {
        return Err(not_offered("To confine a user to accounts"));
    }
    let text = |name: &'static str, field, max| {
        let text = sent.text(name).trim();
        let wrong = |reason, why: &str| Error::new(reason, format!("{name} {why}. Nothing was stored.")).at(field);
        match text.chars().count() {
            0 => Err(wrong(Reason::Required, "must be given")),
            count if count > max => Err(wrong(Reason::TooLong, &format!("is longer than {max} characters"))),
            _ => Ok(text.to_owned()),
        }
    };
    let [first, last] = [text("FirstName", Field::Name, NAME_MAX)?, text("LastName", Field::Name, NAME_MAX)?];
    let email = text("Email", Field::Emails, EMAIL_MAX)?;
    let customer = sent.integer("CustomerId").filter(|id| *id != 0).ok_or_else(|| required(Field::CustomerId))?;
    call.run(ReadCustomer { who: CustomerRef::Id(customer), deleted: Deleted::Hidden }).await?;
    let [named, numbered] = [given(sent, "Role"), given(sent, "RoleId")];
    let known =
        |(name, id): &&(&str, i64)| named.text() == *name || matches!(numbered, Value::Integer(sent) if sent == id);
    let role = ROLES.iter().find(known).and_then(|(_, id)| user::role_of(*id));
    let [bing, role] = role.ok_or_else(|| wrong("Nobody can be invited for this role".to_owned()))?;
    let end = call.state.app.now().plus_seconds(INVITATION);
    let set = |field, value: domain::Value| Edit::Set(field, Some(value));
    let edits = vec![
        set(Field::Name, format!("{first} {last}").into()),
        set(Field::Username, email.as_str().into()),
        set(Field::Emails, domain::Value::Texts(vec![email])),
        set(Field::Role, role.as_str().into()),
        set(Field::BingRole, bing.as_str().into()),
        set(Field::Dialects, domain::Value::Texts(vec![super::super::NAME.to_owned()])),
        set(Field::CustomerId, customer.into()),
        set(Field::ExpiresAt, end.0.into()),
    ];
    let submission = move |_: &Record| Ok(edits.clone());
    let user = call.run(CreateRecord { kind: Kind::User, submission }).await?;
    Ok(call.output().with("UserInvitationId", user.id))
}

/// Those who have not come yet, also when it is too late.
pub(in super::super) async fn search(call: Call<'_>) -> Outcome {
    let shape = call.output_struct("UserInvitations")?;
    let predicates = predicates(&call)?;
    let [predicate] = &*predicates else {
        let text = "Invitations are searched by one predicate, CustomerId Equals";
        return Err(Refused::invalid(Told::Operation(number::PREDICATE), text));
    };
    if (predicate.field, predicate.operator) != ("CustomerId", "Equals") {
        return Err(predicate.bad("invitations are searched by CustomerId Equals"));
    }
    let customer = Condition::new(Field::CustomerId, Test::Is(predicate.id(predicate.value.trim())?.into()));
    let selection = Selection { filter: Filter::from(customer), limit: MOST, ..Selection::default() };
    let page = call.run(ListRecords { kind: Kind::User, selection, deleted: Deleted::Hidden }).await?;
    let invited = page.records.iter().filter(|user| is_invited(user));
    let all: Vec<Value<'_>> = invited.map(|user| show(user, shape).into()).collect();
    Ok(call.output().with("UserInvitations", all))
}

fn show(user: &Record, is: &'static Struct) -> Members<'static> {
    let (first, last) = user::names(user);
    let number = user::role_number(user).unwrap_or(0);
    let role = ROLES.iter().find(|(_, id)| *id == number).map_or("", |(name, _)| *name);
    let email = user.texts(Field::Emails).first().map_or("", String::as_str);
    shown(is, |member| match member {
        "Id" => user.id.into(),
        "FirstName" => first.to_owned().into(),
        "LastName" => last.to_owned().into(),
        "Email" => email.to_owned().into(),
        "CustomerId" => user.number(Field::CustomerId).unwrap_or(0).into(),
        "Role" => role.into(),
        "RoleId" => number.into(),
        "AccountIds" => Value::List(Vec::new()),
        "ExpirationDate" => time(domain::Time(user.number(Field::ExpiresAt).unwrap_or(0))).into(),
        "Lcid" => "EnglishUS".into(),
        _ => Value::Nil,
    })
}
