//! The authorization matrix behind the endpoints that take many operations: every operation of Bing Ads and every method
//! of Everlytic over XML-RPC, as every role with several kinds of scopes, in the tenant whose records are asked for and in
//! another. What a call says stands in the recorded conversations; every cell is really run. (SuperOffice's methods have
//! a matrix of their own.)

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use dialects::{Needs, sign_in};
use domain::operation::{Load, NewRecord};
use domain::tenant::Tenant;
use domain::{Access, Area, Field, Kind, Role, Scopes, Value};
use http::StatusCode;
use serde_json::json;
use std::collections::BTreeMap;
use support::conversation::{self, Conversation, Exchange};
use support::{Template, World, rpc};

const SCOPES: &[&[&str]] =
    &[&[], &["customers"], &["customers:read"], &["tickets"], &["administration"], &["customers", "administration"]];

const OTHER: Tenant = Tenant { number: 2, buckets: 3 };

/// Who calls: a user, and a token of theirs.
struct Cell {
    tenant: Tenant,
    role: Role,
    scopes: Scopes,
    key: String,
}

/// A tenant beside the demo's, and in both a program, and a user with a token for each cell.
fn cells(world: &World) -> Vec<Cell> {
    let named = vec![(Field::Name, "other".into()), (Field::Buckets, i64::from(OTHER.buckets).into())];
    world.run(Load { records: vec![NewRecord { kind: Kind::Tenant, id: OTHER.number, values: named }] }).unwrap();
    let key = |id: i64, name: &str, values: Vec<(Field, Value)>| {
        let own = [(Field::Username, name.into()), (Field::Digest, sign_in::digest(name).into())];
        NewRecord { kind: Kind::Key, id, values: own.into_iter().chain(values).collect() }
    };
    let mut cells = Vec::new();
    for tenant in [Tenant::DEFAULT, OTHER] {
        let program = format!("program-{}", tenant.number);
        let mut records = vec![key(900, &program, vec![(Field::Role, "admin".into())])];
        for role in [Role::Viewer, Role::Agent, Role::Admin] {
            for scopes in SCOPES {
                let id = 1_000 + cells.len() as i64;
                let name = format!("{}-{}-{}", tenant.number, role.name(), scopes.join("+")).replace(':', ".");
                let scopes: Vec<_> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
                let values = vec![(Field::Username, name.as_str().into()), (Field::Role, role.name().into())];
                records.push(NewRecord { kind: Kind::User, id, values });
                let rights = vec![
                    (Field::Role, role.name().into()),
                    (Field::Scopes, Value::Texts(scopes.clone())),
                    (Field::UserId, id.into()),
                ];
                records.push(key(id, &name, rights));
                cells.push(Cell { tenant, role, scopes: Scopes::read(&scopes).unwrap(), key: name });
            }
        }
        world.run_as(tenant, Role::Admin, Load { records }).unwrap();
    }
    cells
}

/// What an operation of Bing Ads needs: the least of the roles here whose role among the vendor's it is for, if any is;
/// an access, and of what.
fn needs(operation: &str) -> Option<Needs> {
    let (role, access, area) = match operation {
        // Of oneself.
        "GetUser" | "GetUserMFAStatus" | "GetCurrentUser" | "GetPilotFeaturesCountries" => return Some(Needs::ANYBODY),
        "GetUsersInfo" => (Role::Admin, Access::Read, Area::Administration),
        "UpdateUser" | "DeleteUser" | "SendUserInvitation" | "SearchUserInvitations" => {
            (Role::Admin, Access::Manage, Area::Administration)
        }
        "UpdateAccount" => (Role::Agent, Access::Write, Area::Customers),
        "UpdateCustomer"
        | "DeleteAccount"
        | "MapCustomerIdToExternalCustomerId"
        | "MapAccountIdToExternalAccountIds" => (Role::Admin, Access::Write, Area::Customers),
        // For roles that nobody has who does not have them by name.
        "AddAccount" | "SignupCustomer" | "DeleteCustomer" | "UpdateUserRoles" => return None,
        _ => (Role::Viewer, Access::Read, Area::Customers),
    };
    Some(Needs { role, ..Needs::of(access, area) })
}

/// For each operation the recorded conversation in which it is answered: what is said before, and that call.
fn recorded() -> BTreeMap<String, (Vec<Exchange>, Exchange)> {
    let mut files: Vec<_> =
        std::fs::read_dir(conversation::folder("bing_ads")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut recorded = BTreeMap::new();
    for file in files {
        let exchanges = Conversation::read(&std::fs::read(file).unwrap()).unwrap().exchanges;
        for (at, exchange) in exchanges.iter().enumerate() {
            let request = exchange.request("matrix").unwrap();
            let action = request.headers.get("soapaction").and_then(|action| action.to_str().ok());
            let whole = String::from_utf8_lossy(&request.body).contains("<s:Header");
            if let (Some(action), Some(200), true) = (action, exchange.status(), whole) {
                let operation = action.trim_matches('"').to_owned();
                recorded.entry(operation).or_insert_with(|| (exchanges[..at].to_vec(), exchange.clone()));
            }
        }
    }
    recorded
}

/// The call with other credentials.
fn ask(world: &World, exchange: &Exchange, cell: &Cell) -> (StatusCode, String) {
    let mut request = exchange.request("matrix").unwrap();
    let body = String::from_utf8(request.body.to_vec()).unwrap();
    let (before, header) = body.split_once("<s:Header").unwrap();
    let (attributes, header) = header.split_once('>').unwrap();
    let (_, after) = header.split_once("</s:Header>").unwrap();
    let credentials = format!(
        "<DeveloperToken>program-{}</DeveloperToken><AuthenticationToken>{}</AuthenticationToken>",
        cell.tenant.number, cell.key
    );
    request.body = format!("{before}<s:Header{attributes}>{credentials}</s:Header>{after}").into();
    let response = world.send(&request).unwrap().1.response;
    (response.status(), String::from_utf8(response.body().to_vec()).unwrap())
}

#[test]
fn everybody_reaches_what_an_operation_of_bing_ads_needs_and_nothing_else() {
    let template = Template::new();
    let furnished = |before: &[Exchange]| {
        let world = template.world();
        let cells = cells(&world);
        for exchange in before {
            world.send(&exchange.request("matrix").unwrap()).unwrap();
        }
        (world, cells)
    };
    let (mut run, mut wrong) = (0, Vec::new());
    let recorded = recorded();
    assert_eq!(recorded.len(), 30, "{:?}", recorded.keys());
    for (operation, (before, exchange)) in &recorded {
        // Those who may not leave everything as it is; who may finds it so.
        let (mut world, mut all) = furnished(before);
        let needs = needs(operation);
        // Nobody invites others to more than they have themselves: an invitation is to everything that its role may.
        let gives = |cell: &Cell| operation != "SendUserInvitation" || cell.scopes == Scopes::ALL;
        let may = |cell: &Cell| gives(cell) && needs.is_some_and(|needs| needs.are_met(cell.role, cell.scopes));
        all.sort_by_key(|cell| cell.tenant == Tenant::DEFAULT && may(cell));
        for cell in &all {
            let expected = may(cell);
            let (status, answer) = ask(&world, exchange, cell);
            run += 1;
            let shown = || format!("{operation} as {}: {status}", cell.key);
            let refused = ["<Code>1001<", "<Code>106<"].iter().any(|code| answer.contains(code));
            if cell.tenant == Tenant::DEFAULT && (status == StatusCode::OK) != expected || refused && expected {
                wrong.push(format!(
                    "{}, though it should be {expected}: {}",
                    shown(),
                    answer.split("<Code>").nth(1).unwrap_or(&answer)
                ));
            }
            if cell.tenant == OTHER && ["Contoso", "Byron", "demo_"].iter().any(|theirs| answer.contains(theirs)) {
                wrong.push(format!("{} shows another tenant's records: {answer}", shown()));
            }
            if status == StatusCode::OK && exchange_writes(operation) {
                (world, _) = furnished(before);
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {run} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn exchange_writes(operation: &str) -> bool {
    needs(operation).is_none_or(|needs| needs.access != Access::Read)
}

#[test]
fn everybody_reaches_what_a_method_of_everlytic_needs_and_nothing_else() {
    let world = Template::new().world();
    let cells = cells(&world);
    let mut wrong = Vec::new();
    for (method, params, access) in [
        ("GetCustomer", json!([191]), Access::Read),
        ("ListCustomers", json!([]), Access::Read),
        ("UpdateCustomer", json!([191, {"telephone": "1"}]), Access::Write),
        ("GetCustomer", json!([191, {"telephone": "1"}]), Access::Write),
        ("CreateCustomer", json!([{"name": "New", "email": "new@new.example"}]), Access::Write),
        ("DeleteCustomer", json!([191]), Access::Write),
    ] {
        for cell in &cells {
            let basic = format!("Basic {}", STANDARD.encode(format!("{0}:{0}", cell.key)));
            let expected = Needs::of(access, Area::Customers).are_met(cell.role, cell.scopes);
            let outcome = rpc::call(&world, ("Authorization", &basic), method, params.clone());
            let met = match (&outcome, cell.tenant == OTHER && !["ListCustomers", "CreateCustomer"].contains(&method)) {
                (Err((403, _)), _) => !expected,
                // There is no such customer there.
                (Err((404, _)), true) | (Ok(_), false) => expected,
                _ => false,
            };
            if !met || cell.tenant == OTHER && format!("{outcome:?}").contains("Byron") {
                wrong.push(format!("{method} as {}: {outcome:?}, though it should be {expected}", cell.key));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
