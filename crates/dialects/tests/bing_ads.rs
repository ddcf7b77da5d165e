//! Bing Ads beyond its recorded conversations: versions that other dialects move, two who update at once, roles,
//! strictness, another company.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use domain::access::Role;
use domain::operation::{Load, NewRecord};
use domain::tenant::Tenant;
use domain::{Field, Kind, Value};
use http::{Method, StatusCode};
use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use support::bing::{V11, base64, call_as, envelope, text, user};
use support::conversation;
use support::lens::{self, Shown, customer};
use support::{Template, request};

/// What updates customer 191 at a version.
fn update(name: &str, version: u64) -> String {
    let stamp = base64(&version.to_be_bytes());
    format!(
        "<t:Customer><n:Id>191</n:Id><n:Industry>Retail</n:Industry><n:Name>{name}</n:Name>\
         <n:TimeStamp>{stamp}</n:TimeStamp></t:Customer>"
    )
}

/// The code of a fault; `""` for an answer that is none.
fn code((status, answer): &(StatusCode, String)) -> String {
    let code = if status.is_success() { String::new() } else { text(answer, "Code") };
    assert_eq!(code.is_empty(), status.is_success(), "{answer}");
    code
}

#[test]
fn a_change_through_any_dialect_makes_a_time_stamp_stale() {
    let template = Template::new();
    for lens in lens::ALL {
        let world = template.world();
        let read = customer(&world, 191).version;
        let (property, ..) = lens
            .properties()
            .iter()
            .find(|(_, fields, _)| {
                [Field::City, Field::Phone, Field::PostalCode].iter().any(|field| *fields == [*field])
            })
            .unwrap();
        assert!(lens.write(&world, 191, &Shown::from([((*property).to_owned(), "1234".into())])), "{}", lens.name());
        assert_eq!(
            code(&call_as(&world, "demo_bing", "UpdateCustomer", &update("Stale", read))),
            "209",
            "{}",
            lens.name()
        );
        assert_eq!(code(&call_as(&world, "demo_bing", "UpdateCustomer", &update("Fresh", read + 1))), "");
        assert_eq!(customer(&world, 191).shown_name(), "Fresh");
    }
}

#[test]
fn of_two_who_update_at_once_one_wins() {
    let world = Template::new().world();
    for round in 0..20 {
        let version = customer(&world, 191).version;
        let send = |name: String| {
            let body = envelope(&user("demo_bing"), "UpdateCustomer", &update(&name, version));
            let request = request(&Method::POST, V11, &[("Content-Type", "text/xml")], body);
            let state = Arc::clone(&world.state);
            async move { (dialects::bing_ads::DIALECT.answer)(&state, &request, None).await.response.status() }
        };
        let (one, other) = (send(format!("One {round}")), send(format!("Other {round}")));
        let both = world.runtime.block_on(async { tokio::join!(one, other) });
        let won = [both.0, both.1].iter().filter(|status| status.is_success()).count();
        assert_eq!((won, customer(&world, 191).version), (1, version + 1), "round {round}");
    }
}

/// Who may do what, as the page says it: a role, what it is called, and the operations beyond reading that it has.
const ROLES: &[(&str, Role, &[&str])] = &[
    ("super_admin", Role::Admin, &["UpdateCustomer", "UpdateAccount", "UpdateUser", "DeleteAccount"]),
    (
        "aggregator",
        Role::Admin,
        &["UpdateCustomer", "UpdateAccount", "UpdateUser", "DeleteAccount", "SignupCustomer", "UpdateUserRoles"],
    ),
    (
        "account_manager",
        Role::Agent,
        &["UpdateCustomer", "UpdateAccount", "DeleteAccount", "DeleteCustomer", "AddAccount"],
    ),
    ("standard", Role::Agent, &["UpdateAccount"]),
    ("campaign_manager", Role::Viewer, &[]),
    ("client_viewer", Role::Viewer, &[]),
    // The role here says what is not said of the other.
    ("", Role::Admin, &["UpdateCustomer", "UpdateAccount", "UpdateUser", "DeleteAccount"]),
    ("", Role::Agent, &["UpdateAccount"]),
    ("", Role::Viewer, &[]),
    // And what it does not allow, no other role gives.
    ("account_manager", Role::Viewer, &[]),
];

const CHANGES: &[&str] = &[
    "UpdateCustomer",
    "UpdateAccount",
    "UpdateUser",
    "DeleteAccount",
    "SignupCustomer",
    "UpdateUserRoles",
    "DeleteCustomer",
    "AddAccount",
];

#[test]
fn a_role_does_what_is_its_and_nothing_else() {
    let template = Template::new();
    for (bing, role, allowed) in ROLES {
        let world = template.world();
        world.amend(Kind::User, 4, Field::BingRole, (!bing.is_empty()).then(|| (*bing).into()));
        world.amend(Kind::User, 4, Field::Role, Some(role.name().into()));
        let ask = |operation: &str, members: &str| code(&call_as(&world, "demo_bing", operation, members));
        for (operation, members) in
            [("GetCustomer", "<t:CustomerId>191</t:CustomerId>"), ("GetUser", ""), ("GetAccountsInfo", "")]
        {
            assert_eq!(ask(operation, members), "", "{bing} {role:?} {operation}");
        }
        for operation in CHANGES {
            let refused = match *operation {
                // The one that can be done right away.
                "UpdateCustomer" => ask(operation, &update("Ny", customer(&world, 191).version)),
                operation => ask(operation, ""),
            };
            let by_role = refused == "1001" || refused == "106";
            assert_eq!(!by_role, allowed.contains(operation), "{bing} {role:?} {operation}: {refused}");
        }
    }
}

#[test]
fn strictly_refused_is_what_the_vendor_would_refuse() {
    let world = Template::new().world();
    let mut strict = Template::new().world();
    Arc::get_mut(&mut strict.state).unwrap().strict = true;
    let empty = update("Ny", 1).replace("</n:Industry>", "</n:Industry><n:MarketLanguage/>");
    assert_eq!(code(&call_as(&world, "demo_bing", "UpdateCustomer", &empty)), "");
    for members in [empty.as_str(), "<t:Customer><n:Industry>Shoes</n:Industry></t:Customer>", "<t:Shoes/>"] {
        let (status, answer) = call_as(&strict, "demo_bing", "UpdateCustomer", members);
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(answer.contains("dispatcher\">a:DeserializationFailed</faultcode>"), "{answer}");
        assert!(answer.contains("<ExceptionDetail xmlns="), "{answer}");
    }
    let body = envelope(&user("demo_bing"), "GetCustomer", "<t:CustomerId>191</t:CustomerId>");
    let headers = [("Content-Type", "text/xml"), ("SOAPAction", "\"UpdateCustomer\"")];
    assert_eq!(world.ask(&Method::POST, V11, &headers, body.clone()).response.status(), StatusCode::OK);
    let answer = strict.ask(&Method::POST, V11, &headers, body).response;
    assert!(String::from_utf8_lossy(answer.body()).contains("a:ActionNotSupported"));
    assert_eq!(customer(&strict, 191).version, 1);
}

#[test]
fn another_company_does_not_exist() {
    let world = Template::new().world();
    let tenant = Tenant { number: 2, buckets: 8 };
    let values = vec![(Field::Name, "other".into()), (Field::Buckets, 8.into())];
    world.run(Load { records: vec![NewRecord { kind: Kind::Tenant, id: 2, values }] }).unwrap();
    let digest = |key| (Field::Digest, dialects::sign_in::digest(key).into());
    let here = || (Field::Dialects, Value::Texts(vec!["bing_ads".to_owned()]));
    let role = || (Field::Role, "admin".into());
    let named = |name: &str| (Field::Username, name.into());
    let records = vec![
        NewRecord { kind: Kind::User, id: 1, values: vec![named("theirs"), role(), here()] },
        NewRecord { kind: Kind::Key, id: 1, values: vec![named("theirs"), digest("their-program"), role(), here()] },
        NewRecord {
            kind: Kind::Key,
            id: 2,
            values: vec![named("theirs"), digest("their-token"), role(), here(), (Field::UserId, 1.into())],
        },
    ];
    world.run_as(tenant, Role::Admin, Load { records }).unwrap();
    let ask = |developer: &str, token: &str| {
        let headers = [("DeveloperToken", developer), ("AuthenticationToken", token)];
        let body = envelope(&headers, "GetCustomer", "<t:CustomerId>191</t:CustomerId>");
        let answer = world.ask(&Method::POST, V11, &[("Content-Type", "text/xml")], body).response;
        let told = String::from_utf8(answer.body().to_vec()).unwrap();
        assert_eq!(told.contains("Byron"), answer.status().is_success(), "{told}");
        code(&(answer.status(), told))
    };
    assert_eq!(ask("their-program", "their-token"), "210");
    assert_eq!(ask("BBD37VB98", "their-token"), "105");
    assert_eq!(ask("their-program", "demo-token"), "105");
    assert_eq!(ask("BBD37VB98", "demo-token"), "");
}

#[test]
fn every_member_of_a_wrong_form_is_refused_and_nothing_is_stored() {
    let world = Template::new().world();
    let member = |name: &str, value: &str| format!("<n:{name}>{value}</n:{name}>");
    let long = "9".repeat(40);
    for (name, wrong) in [
        ("Id", "x"),
        ("Id", "1.5"),
        ("Id", &long),
        ("Id", ""),
        ("Industry", "retail"),
        ("CustomerFinancialStatus", "Good"),
        ("MarketLanguage", "no"),
        ("ServiceLevel", "Best"),
        ("CustomerLifeCycleStatus", "Gone"),
        ("LastModifiedTime", "2017-08-01"),
        ("LastModifiedTime", "2017-13-01T00:00:00"),
        ("LastModifiedTime", ""),
        ("LastModifiedByUserId", "me"),
        ("TimeStamp", "%%%%"),
        ("TimeStamp", "AAAAAAAAAAAAAAAA"),
        ("CustomerAddress", "Oslo"),
        ("ForwardCompatibilityMap", "<n:key/>"),
        ("Name", "<n:b/>"),
    ] {
        let sent = update("Ny", 1);
        let right = sent.find(&format!("<n:{name}>")).map(|at| {
            let end = sent[at..].find(&format!("</n:{name}>")).unwrap() + at + name.len() + 5;
            sent[at..end].to_owned()
        });
        let sent = match right {
            Some(right) => sent.replace(&right, &member(name, wrong)),
            None => sent.replace("</t:Customer>", &(member(name, wrong) + "</t:Customer>")),
        };
        let refused = code(&call_as(&world, "demo_bing", "UpdateCustomer", &sent));
        assert!(["201", "209", "203"].contains(&refused.as_str()), "{name} {wrong}: {refused}");
        assert_eq!(customer(&world, 191).version, 1, "{name} {wrong}");
    }
    let typed = update("Ny", 1).replacen("<t:Customer>", "<t:Customer i:type=\"n:Account\">", 1);
    assert_eq!(code(&call_as(&world, "demo_bing", "UpdateCustomer", &typed)), "201");
    let huge = update(&"x".repeat(900_000), 1);
    assert_eq!(code(&call_as(&world, "demo_bing", "UpdateCustomer", &huge)), "211");
}

/// What is answered with a fault whatever is asked.
const NOT_OFFERED: [&str; 7] = [
    "AddClientLinks",
    "AddPrepayAccount",
    "SearchClientLinks",
    "UpdateClientLinks",
    "UpdatePrepayAccount",
    "UpgradeCustomerToAgency",
    "ValidateAddress",
];

/// What cannot be refused for what it is asked: it is asked nothing.
const ASKED_NOTHING: [&str; 3] = ["GetCurrentUser", "GetPilotFeaturesCountries", "GetUserMFAStatus"];

#[test]
fn every_operation_of_both_versions_is_recorded_as_answered_and_as_refused() {
    let folder = conversation::folder("bing_ads");
    let mut recorded = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let text = String::from_utf8(fs::read(file.unwrap().path()).unwrap()).unwrap();
        for exchange in text.split("\n===\n") {
            let Some((asked, answered)) = exchange.split_once("\n---\n") else { panic!("not answered: {exchange}") };
            let after = |start: &str| Some(asked.split_once(start)?.1.split(['"', '/']).next().unwrap().to_owned());
            if let (Some(version), Some(operation)) = (after("/Api/CustomerManagement/"), after("SOAPAction: \"")) {
                recorded.insert((version, operation, answered.starts_with("HTTP/1.1 200")));
            }
        }
    }
    let world = Template::new().world();
    let mut count = 0;
    for version in ["v11", "v13"] {
        let wsdl = world.ask(&Method::GET, &format!("{}?wsdl", V11.replace("v11", version)), &[], "");
        let wsdl = String::from_utf8(wsdl.response.body().to_vec()).unwrap();
        let (_, port_type) = wsdl.split_once("portType").unwrap();
        for operation in port_type.split("<wsdl:operation name=\"").skip(1).map(|rest| rest.split('"').next().unwrap())
        {
            let has = |good| recorded.contains(&(version.to_owned(), operation.to_owned(), good));
            let offered = !NOT_OFFERED.contains(&operation);
            assert_eq!(has(true), offered, "{version} {operation} as it is answered");
            assert!(has(false) || ASKED_NOTHING.contains(&operation), "{version} {operation} as it is refused");
            count += 1;
        }
    }
    // Each operation is in the port type and in the binding.
    assert_eq!(count, 2 * (33 + 37));
}

#[test]
fn a_call_with_two_credentials_counts_once_for_its_address() {
    let mut world = Template::new().world();
    let quotas = dialects::Quotas { per_caller: 0, per_address: 3 };
    Arc::get_mut(&mut world.state).unwrap().rates = dialects::Rates::new(quotas);
    let get = || code(&call_as(&world, "demo_bing", "GetCustomer", "<t:CustomerId>100</t:CustomerId>"));
    assert_eq!([(); 4].map(|()| get()), ["", "", "", "117"]);
}
