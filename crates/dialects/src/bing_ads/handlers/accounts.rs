//! Accounts: what customers advertise with.

use super::super::errors::{Code, Refused, Told, number};
use super::super::fields::account::{self, Submitted};
use super::super::fields::{self, customer, time};
use super::super::wire::Contract;
use super::search::{MOST_OF_A_PAGE, Predicate, order, page, predicates, top};
use super::{Call, Outcome, id, record, with_user};
use ::wire::soap::{Members, Struct, Value};
use domain::error::Reason;
use domain::filter::{Condition, Filter, Selection, Test};
use domain::operation::{
    CreateRecord, CustomerRef, DeleteRecord, Deleted, ListCustomers, ListRecords, ReadCustomer, ReadRecord,
    UpdateRecord,
};
use domain::{Customer, Edit, Error, Field, Kind, Record};
use std::sync::Arc;

/// What accounts are in the answers of a version, derived types included.
const fn shape(contract: &Contract) -> &'static Struct {
    contract.account
}

async fn read(call: &Call<'_>) -> Result<Arc<Record>, Error> {
    call.run(ReadRecord { kind: Kind::Account, id: id(call, "AccountId"), deleted: Deleted::Shown }).await
}

pub(in super::super) async fn get(call: Call<'_>) -> Outcome {
    let account = read(&call).await?;
    let shown = with_user(&call, &account, account::show(&account, shape(call.contract))).await?;
    Ok(call.output().with("Account", shown))
}

/// There are no pilots here, but only what is there has none.
pub(in super::super) async fn pilot_features(call: Call<'_>) -> Outcome {
    read(&call).await?;
    Ok(call.output().with("FeaturePilotFlags", Value::List(Vec::new())))
}

pub(in super::super) async fn add(call: Call<'_>) -> Outcome {
    let sent = record(&call, "Account", Told::AdApi(Code::NullParameter))?;
    let submission = Submitted::of_new(sent, None)?;
    let account = call.run(CreateRecord { kind: Kind::Account, submission }).await?;
    let output = call.output().with("AccountId", account.id).with("AccountNumber", account::number(&account));
    Ok(output.with("CreateTime", time(account.created_at)))
}

pub(in super::super) async fn update(call: Call<'_>) -> Outcome {
    let sent = record(&call, "Account", Told::AdApi(Code::NullParameter))?;
    let update = UpdateRecord {
        kind: Kind::Account,
        id: sent.integer("Id").ok_or_else(|| fields::required(Field::Id))?,
        deleted: Deleted::Shown,
        expected_version: Some(fields::version(sent)?),
        submission: Submitted::read(sent),
    };
    let account = call.run(update).await.map_err(|error| match error.reason {
        Reason::Locked => Refused::new(Told::Operation(number::ACCOUNT_STATE), error),
        _ => error.into(),
    })?;
    Ok(call.output().with("LastModifiedTime", time(account.updated_at)))
}

pub(in super::super) async fn delete(call: Call<'_>) -> Outcome {
    let (id, expected_version) = (id(&call, "AccountId"), Some(fields::version(call.arguments)?));
    call.run(DeleteRecord { kind: Kind::Account, id, expected_version }).await?;
    Ok(call.output())
}

pub(in super::super) async fn map_external_ids(call: Call<'_>) -> Outcome {
    let ids: Vec<_> = call.arguments.list("ExternalAccountIds").iter().map(|id| id.text().to_owned()).collect();
    let submission =
        move |_: &Record| Ok(vec![Edit::Set(Field::ExternalAccountIds, Some(domain::Value::Texts(ids.clone())))]);
    let id = id(&call, "AccountId");
    let update = UpdateRecord { kind: Kind::Account, id, deleted: Deleted::Hidden, expected_version: None, submission };
    call.run(update).await?;
    Ok(call.output())
}

/// Accounts by a filter, with those that were deleted.
async fn list(call: &Call<'_>, filter: Filter, limit: u32) -> Result<Vec<Record>, Error> {
    let selection = Selection { filter, limit, ..Selection::default() };
    let page = call.run(ListRecords { kind: Kind::Account, selection, deleted: Deleted::Hidden }).await?;
    Ok(page.records.clone())
}

/// Accounts of the customer who is asked for, or of all.
fn of_customer(call: &Call<'_>) -> Filter {
    match call.argument("CustomerId") {
        Value::Integer(id) => Condition::new(Field::CustomerId, Test::Is((*id).into())).into(),
        _ => Filter::default(),
    }
}

fn info(account: &Record, is: &'static Struct) -> Value<'static> {
    let reason = account.number(Field::PauseReason).map_or(Value::Nil, Value::from);
    let info = Members::nil(is).with("Id", account.id).with("Name", account::name(account).to_owned());
    let info = info.with("Number", account::number(account)).with("PauseReason", reason);
    info.with("AccountLifeCycleStatus", account::status(account)).into()
}

async fn infos_of(call: &Call<'_>, filter: Filter, most: u32) -> Result<Vec<Value<'static>>, Refused> {
    let shape = call.output_struct("AccountsInfo")?;
    if let Value::Integer(id) = call.argument("CustomerId") {
        call.run(ReadCustomer { who: CustomerRef::Id(*id), deleted: Deleted::Shown }).await?;
    }
    let accounts = list(call, of_customer(call).and(filter), most).await?;
    Ok(accounts.iter().map(|account| info(account, shape)).collect())
}

pub(in super::super) async fn infos(call: Call<'_>) -> Outcome {
    let infos = infos_of(&call, Filter::default(), 5_000).await?;
    Ok(call.output().with("AccountsInfo", infos))
}

/// Nobody is linked to other customers' accounts here.
pub(in super::super) async fn linked(call: Call<'_>) -> Outcome {
    let infos = infos_of(&call, Filter::default(), 5_000).await?;
    Ok(call.output().with("AccountsInfo", infos).with("CustomersInfo", Value::List(Vec::new())))
}

/// Accounts whose name starts so, or of that number.
fn starting(text: &str) -> Filter {
    match text {
        "" => Filter::default(),
        text => Filter::Any(vec![
            Condition::new(Field::Name, Test::StartsWith(text.to_owned())).into(),
            of_number(text, false),
        ]),
    }
}

pub(in super::super) async fn find(call: Call<'_>) -> Outcome {
    let most = top(&call)?;
    let infos = infos_of(&call, starting(call.arguments.text("AccountFilter")), most).await?;
    Ok(call.output().with("AccountsInfo", infos))
}

/// Accounts first, then customers until there are enough.
pub(in super::super) async fn find_with_customers(call: Call<'_>) -> Outcome {
    let shape = call.output_struct("AccountInfoWithCustomerData")?;
    let (most, start) = (top(&call)?, call.arguments.text("Filter").to_owned());
    let accounts = list(&call, starting(&start), most).await?;
    let owners = accounts.iter().filter_map(|account| account.number(Field::CustomerId)).map(|id| Some(id.into()));
    let of_accounts = Condition::new(Field::Id, Test::AnyOf(owners.collect())).into();
    let owners = customers(&call, of_accounts, Deleted::Shown, most).await?;
    let left = most.saturating_sub(u32::try_from(accounts.len()).unwrap_or(most));
    let named = Condition::new(Field::Name, Test::StartsWith(start)).into();
    let further = if left > 0 { customers(&call, named, Deleted::Hidden, left).await? } else { Vec::new() };
    let row = |owner: Option<&Record>| {
        let id = owner.map_or(Value::Nil, |owner| owner.id.into());
        let name = owner.map(|owner| customer::shown_name(&Customer(Arc::new(owner.clone()))));
        Members::nil(shape).with("CustomerId", id).with("CustomerName", name.map_or(Value::Nil, Value::from))
    };
    let of_account = |account: &Record| {
        let owner = owners.iter().find(|owner| Some(owner.id) == account.number(Field::CustomerId));
        let row = row(owner).with("AccountId", account.id).with("AccountNumber", account::number(account));
        let row = row.with("AccountName", account::name(account).to_owned());
        row.with("AccountLifeCycleStatus", account::status(account)).into()
    };
    // A customer without an account has 0 for one, and as little of it as a draft.
    let of_customer =
        |owner: &Record| row(Some(owner)).with("AccountId", 0).with("AccountLifeCycleStatus", "Draft").into();
    let rows: Vec<Value<'_>> = accounts.iter().map(of_account).chain(further.iter().map(of_customer)).collect();
    Ok(call.output().with("AccountInfoWithCustomerData", rows))
}

async fn customers(call: &Call<'_>, filter: Filter, deleted: Deleted, limit: u32) -> Result<Vec<Record>, Error> {
    let selection = Selection { filter, limit, ..Selection::default() };
    Ok(call.run(ListCustomers { selection, deleted }).await?.records.clone())
}

pub(in super::super) async fn search(call: Call<'_>) -> Outcome {
    let shape = shape(call.contract);
    let predicates = predicates(&call)?;
    let alone = predicates.iter().all(|predicate| predicate.field == "AccountLifeCycleStatus");
    if alone || predicates.len() > 2 {
        let text = "Accounts are searched by one predicate, or by AccountLifeCycleStatus and one other";
        return Err(Refused::invalid(Told::Operation(number::PREDICATE), text));
    }
    let mut filter = Filter::default();
    for predicate in &predicates {
        filter = filter.and(test(predicate)?);
    }
    let ((offset, limit), order) = (page(&call)?, order(&call, true)?);
    let selection = Selection { filter, order, offset, limit, ..Selection::default() };
    let page = call.run(ListRecords { kind: Kind::Account, selection, deleted: Deleted::Shown }).await?;
    let mut shown = Vec::with_capacity(page.records.len());
    for account in &page.records {
        shown.push(Value::from(with_user(&call, account, account::show(account, shape)).await?));
    }
    Ok(call.output().with("Accounts", shown))
}

/// What a predicate wants of an account.
pub(super) fn test(predicate: &Predicate<'_>) -> Result<Filter, Refused> {
    let is = |field, test| Ok(Condition::new(field, test).into());
    let value = predicate.value.trim();
    match (predicate.field, predicate.operator) {
        ("AccountId", "Equals") => is(Field::Id, Test::Is(predicate.id(value)?.into())),
        ("AccountId", "In") => is(Field::Id, Test::AnyOf(predicate.ids(value)?)),
        ("AccountName", "Equals") => is(Field::Name, Test::Is(value.into())),
        ("AccountName", "Contains") => is(Field::Name, Test::Contains(value.to_owned())),
        ("AccountNumber", "Equals") => Ok(of_number(value, false)),
        ("AccountNumber", "Contains") => Ok(of_number(value, true)),
        ("AccountNumber", "In") => {
            Ok(Filter::Any(value.split(',').take(10).map(|text| of_number(text.trim(), false)).collect()))
        }
        ("CustomerId", "Equals") => is(Field::CustomerId, Test::Is(predicate.id(value)?.into())),
        // Every user reaches all accounts of the tenant.
        ("UserId", "Equals") => predicate.id(value).map(|_| Filter::default()),
        ("AccountLifeCycleStatus", "Equals") => {
            let status = account::status_of(value).ok_or_else(|| predicate.bad("there is no such state"))?;
            is(Field::AccountStatus, Test::Is(status.into()))
        }
        _ => Err(predicate.bad("this field and operator do not go together here")),
    }
}

/// Accounts of a number: as it was imported, or that of an id where none was.
fn of_number(text: &str, part: bool) -> Filter {
    let imported = if part { Test::Contains(text.to_owned()) } else { Test::Is(text.into()) };
    let digits = text.strip_prefix(['X', 'x']).or(part.then_some(text)).unwrap_or_default();
    let id = digits.parse::<i64>().ok().filter(|id| *id > 0).unwrap_or(0);
    let derived = Filter::from(Condition::new(Field::AccountNumber, Test::Unset))
        .and(Condition::new(Field::Id, Test::Is(id.into())));
    Filter::Any(vec![Condition::new(Field::AccountNumber, imported).into(), derived])
}

/// The customers of the accounts that pass a filter.
pub(super) async fn owners(call: &Call<'_>, filter: Filter) -> Result<Filter, Refused> {
    let most = u32::try_from(MOST_OF_A_PAGE).unwrap_or(0);
    let accounts = list(call, filter, most).await?;
    let ids = accounts.iter().filter_map(|account| account.number(Field::CustomerId)).map(|id| Some(id.into()));
    Ok(Condition::new(Field::Id, Test::AnyOf(ids.collect())).into())
}
