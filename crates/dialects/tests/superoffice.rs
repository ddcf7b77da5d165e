//! Who may call which method of the SuperOffice ports: every method of the WSDLs, as everybody.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use dialects::notes::Noted;
use domain::operation::Purge;
use domain::{Field, Kind, Value};
use http::{Method, StatusCode};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use support::conversation::Conversation;
use support::soap::{EGON, JOHN, PORTS, between, call, envelope, login, methods, other_company};
use support::{Template, World, request};

/// The recorded conversations: of each method one that is answered as documented and one that is refused.
#[test]
fn every_method_has_a_good_and_a_refused_conversation() {
    let world = Template::new().world();
    let (mut good, mut refused, mut unlicensed) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/superoffice/fixtures");
    for file in fs::read_dir(folder).unwrap() {
        let conversation = Conversation::read(&fs::read(file.unwrap().path()).unwrap()).unwrap();
        for exchange in &conversation.exchanges {
            let (request, answer) = (exchange.request("").unwrap(), exchange.answer());
            let body = String::from_utf8_lossy(&request.body).into_owned();
            let query = request.query.as_deref().unwrap_or_default().to_owned();
            let Some((port, _)) = PORTS.into_iter().find(|(port, _)| query == format!("action={port}")) else {
                continue;
            };
            let called = between(&body, "<t:", " xmlns:t=\"urn:").first().map(|method| (*method).to_owned());
            let Some(method) = called else { continue };
            let code =
                between(&answer, "<errorCode xsi:type=\"xsd:string\">", "<").first().map(|code| (*code).to_owned());
            let (port_and_method, code) = ((port, method), code.as_deref());
            match code {
                Some("0") => &mut good,
                Some("19") => &mut unlicensed,
                Some("27") if port_and_method.1 == "getAgent" => &mut good,
                None if answer.contains("<errorMessage") => &mut good,
                _ => &mut refused,
            }
            .insert(port_and_method);
        }
    }
    for method in unlicensed {
        // The documented answer of a method that is not offered; of another one what it refuses.
        let is_offered = good.contains(&method);
        if is_offered { &mut refused } else { &mut good }.insert(method);
    }
    // That a password is mailed takes a mail server: the tests of the server have one.
    good.insert(("customer", "sendPassword".to_owned()));
    for (port, count) in PORTS {
        let methods = methods(&world, port);
        assert_eq!(methods.len(), count, "{port}");
        for (method, _) in methods {
            let method = (port, method);
            assert!(good.contains(&method), "no conversation shows how {method:?} is answered");
            assert!(refused.contains(&method), "no conversation shows how {method:?} is refused");
        }
    }
}

#[test]
fn every_method_wants_a_key_of_its_own_port() {
    let world = Template::new().world();
    let (agents, customers) = (login(&world, "ticket", EGON), login(&world, "customer", JOHN));
    for (port, count) in PORTS {
        let methods = methods(&world, port);
        assert_eq!(methods.len(), count, "{port}");
        let wrong = if port == "customer" { &agents } else { &customers };
        for (method, parts) in methods.iter().filter(|(method, _)| method != "getErrorMessage") {
            if parts.first().is_none_or(|first| first != "sessionKey") {
                continue;
            }
            for key in [wrong.as_str(), "gone", "x".repeat(5_000).as_str()] {
                let code = call(&world, port, method, &format!("<sessionKey>{key}</sessionKey>"));
                assert_eq!(code, "5", "{port}.{method}");
            }
            let open = ["getAttachment", "addAttachment", "getCategories", "getCategory", "getCustLangCategories"];
            let without = call(&world, port, method, "<sessionKey/>");
            let documented = port == "customer" && (open.contains(&&**method) || method.starts_with("faq_"));
            assert_eq!(without != "5", documented || method == "getAttachment", "{port}.{method}: {without}");
        }
    }
}

#[test]
fn who_only_reads_changes_nothing() {
    let world = Template::new().world();
    let as_ida = "<userId>3</userId><username>egon</username><password>banken</password>";
    let key = login(&world, "ticket", as_ida);
    let pair =
        |name: &str, field: &str| format!("<{name}><item><field>{field}</field><value>1</value></item></{name}>");
    for (port, method, arguments) in [
        ("ticket", "setCustomer", format!("<customerId>10</customerId>{}", pair("customerValues", "phone"))),
        ("ticket", "newCustomer", String::new()),
        ("ticket", "newCompany", "<name>x</name>".to_owned()),
        ("ticket", "setCompany", format!("<companyId>17</companyId>{}", pair("companyValues", "phone"))),
        (
            "ticket",
            "newTicket",
            "<sLevel>2</sLevel><categoryId>1</categoryId><priorityId>-1</priorityId><owner>-1</owner>".to_owned(),
        ),
        ("ticket", "setTicket", format!("<ticketId>500</ticketId>{}", pair("ticketValues", "title"))),
        ("ticket", "addMessage", "<ticketId>500</ticketId><sLevel>2</sLevel>".to_owned()),
        ("ticket", "editMessage", format!("<messageId>1</messageId>{}", pair("values", "body"))),
        ("ticket", "addAttachment", "<attachmentName>a</attachmentName>".to_owned()),
        ("ticket", "findUser", "<field>email</field>".to_owned()),
        ("admin", "getUsers", String::new()),
        ("admin", "getUserById", "<userId>2</userId>".to_owned()),
        ("admin", "setUser", pair("userValues", "email")),
    ] {
        let code = call(&world, port, method, &format!("<sessionKey>{key}</sessionKey>{arguments}"));
        assert_eq!(code, "4", "{port}.{method}");
    }
    for (method, arguments) in [
        ("getCustomer", "<customerId>10</customerId>"),
        ("getTicket", "<ticketId>501</ticketId>"),
        ("getMessage", "<messageId>3</messageId>"),
        ("getCategories", ""),
    ] {
        let code = call(&world, "ticket", method, &format!("<sessionKey>{key}</sessionKey>{arguments}"));
        assert_eq!(code, "0", "{method}");
    }
}

#[test]
fn another_company_does_not_exist() {
    let world = Template::new().world();
    other_company(&world);
    let ask = |tenant: Option<&str>, method: &str, arguments: &str| {
        let body = envelope("ticket", method, arguments);
        let mut request = request(&Method::POST, "/scripts/SOAP?action=ticket", &[], body);
        request.tenant = tenant.map(str::to_owned);
        let answer = world.send(&request).unwrap().1;
        String::from_utf8(answer.response.body().to_vec()).unwrap()
    };
    let theirs = ask(Some("other"), "login", "<userName>egon</userName><password>theirs</password>");
    let theirs = between(&theirs, "<sessionKey xsi:type=\"xsd:string\">", "<")[0].to_owned();
    assert_eq!(theirs.len(), 32);
    let read = |id: u32| format!("<sessionKey>{theirs}</sessionKey><customerId>{id}</customerId>");
    let (ours, nobodys) = (ask(Some("other"), "getCustomer", &read(10)), ask(Some("other"), "getCustomer", &read(98)));
    assert!(ours.contains(">31<"), "{ours}");
    assert_eq!(ours, nobodys);
    let egons = login(&world, "ticket", EGON);
    let mine = format!("<sessionKey>{egons}</sessionKey><customerId>10</customerId>");
    assert!(ask(Some("other"), "getCustomer", &mine).contains(">5<"), "a key is for its company's address only");
    assert!(ask(None, "getCustomer", &mine).contains(">0<"));
}

#[test]
fn sessions_slide_and_end() {
    let world = Template::new().world();
    let key = login(&world, "customer", JOHN);
    let read = || call(&world, "customer", "getCustomer", &format!("<sessionKey>{key}</sessionKey>"));
    for _ in 0..3 {
        world.clock.fetch_add(1_700_000_000, Ordering::Relaxed);
        assert_eq!(read(), "0");
        // Changes are stored in the order in which they came: what the call left to be written is then written.
        world.run(Purge { kind: Kind::Session, limit: 0 }).unwrap();
    }
    world.clock.fetch_add(1_981_000_000, Ordering::Relaxed);
    assert_eq!(read(), "5");
}

#[test]
fn an_address_that_may_not_call_gets_a_fault() {
    let world = Template::new().world();
    let key = login(&world, "ticket", EGON);
    world.amend(Kind::User, 2, Field::Networks, Some(Value::Texts(vec!["192.0.2.0/24".to_owned()])));
    for (method, arguments) in
        [("login", EGON.to_owned()), ("getCategories", format!("<sessionKey>{key}</sessionKey>"))]
    {
        let body = envelope("ticket", method, &arguments);
        let mut request = request(&Method::POST, "/scripts/SOAP?action=ticket", &[], body);
        let fault = world.send(&request).unwrap().1;
        assert_eq!(fault.response.status(), StatusCode::INTERNAL_SERVER_ERROR, "{method}");
        assert!(String::from_utf8_lossy(fault.response.body()).contains("may not call from 127.0.0.1"), "{method}");
        request.address = [192, 0, 2, 7].into();
        assert_eq!(world.send(&request).unwrap().1.response.status(), StatusCode::OK, "{method}");
    }
}

/// Calls that the pages rule out: port, method, arguments, the code with `--strict`, and a part of the note without.
const LENIENT: &[(&str, &str, &str, &str, &str)] = &[
    (
        "ticket",
        "findCompanies",
        "<searchCriteria><i><field>contact.id</field><op>OperatorIn</op><value>17</value></i></searchCriteria>",
        "28",
        "The page of findCompanies does not list the operator OperatorIn",
    ),
    (
        "ticket",
        "findTickets",
        "<searchCriteria><i><field>ticket.id</field><op>Equals</op><value>500</value></i></searchCriteria>",
        "28",
        "operator Equals",
    ),
    (
        "ticket",
        "getCustomer",
        "<customerId>10</customerId><customerFields><i>name</i></customerFields>",
        "17",
        "name is documented with customer. before it",
    ),
    (
        "ticket",
        "setCustomer",
        "<customerId>10</customerId><customerValues><i><field>customer.phone</field><value>1</value></i></customerValues>",
        "17",
        "customer.phone is documented without customer. before it",
    ),
    (
        "ticket",
        "setTicket",
        "<ticketId>500</ticketId><ticketValues><i><field>title</field><value>New</value></i></ticketValues>",
        "17",
        "title is documented with ticket.",
    ),
    (
        "ticket",
        "setTicket",
        "<ticketId>500</ticketId><ticketValues><i><field>ticket.status</field><value>2</value></i></ticketValues>",
        "32",
        "The status 2 is documented as open, close or delete",
    ),
    (
        "customer",
        "setCustomer",
        "<customerValues><i><field>company</field><value>-1</value></i></customerValues>",
        "30",
        "documented for the ticket port only",
    ),
    ("admin", "getUser", "<userFields><i>email</i></userFields>", "17", "email is documented with user. before it"),
];

/// Calls as the pages have them.
const DOCUMENTED: &[(&str, &str, &str)] = &[
    (
        "ticket",
        "getCustomer",
        "<customerId>10</customerId><customerFields><i>customer.name</i><i>customer.x_6</i><i>x_6</i></customerFields>",
    ),
    (
        "ticket",
        "setCustomer",
        "<customerId>10</customerId><customerValues><i><field>phone</field><value>2</value></i><i><field>x_6</field><value>3</value></i></customerValues>",
    ),
    (
        "ticket",
        "setTicket",
        "<ticketId>500</ticketId><ticketValues><i><field>ticket.status</field><value>close</value></i></ticketValues>",
    ),
    (
        "ticket",
        "findTickets",
        "<searchCriteria><i><field>ticket.id</field><op>OperatorIn</op><value>500</value></i></searchCriteria><searchFields><i>ticket.title</i></searchFields>",
    ),
    ("ticket", "getTicket", "<ticketId>500</ticketId><ticketFields><i>ticket.title</i></ticketFields>"),
    ("customer", "getCompany", "<companyFields><i>company.name</i></companyFields>"),
];

#[test]
fn what_the_pages_rule_out_is_noted_or_with_strict_refused() {
    for strict in [false, true] {
        let world = Template::new().world();
        let (agent, customer) = (login(&world, "ticket", EGON), login(&world, "customer", JOHN));
        let World { runtime, state, place: _place, .. } = world;
        let mut state = Arc::into_inner(state).unwrap();
        state.strict = strict;
        let state = Arc::new(state);
        let ask = |port: &str, method: &str, arguments: &str| {
            let key = if port == "customer" { &customer } else { &agent };
            let body = envelope(port, method, &format!("<sessionKey>{key}</sessionKey>{arguments}"));
            let request = request(&Method::POST, &format!("/scripts/SOAP?action={port}"), &[], body);
            let answer =
                runtime.block_on((dialects::dialect_of("/scripts/SOAP").unwrap().answer)(&state, &request, None));
            let body = String::from_utf8(answer.response.body().to_vec()).unwrap();
            let noted = answer.response.extensions().get::<Noted>().map_or(Vec::new(), |noted| noted.0.clone());
            (between(&body, "<errorCode xsi:type=\"xsd:string\">", "<")[0].to_owned(), noted)
        };
        for (port, method, arguments, code, note) in LENIENT {
            let (told, noted) = ask(port, method, arguments);
            let expected = if strict { code } else { "0" };
            assert_eq!(told, expected, "strict {strict}: {port}.{method}: {arguments}");
            let is_noted = noted.iter().any(|noted| noted.contains(note));
            assert_eq!(is_noted, !strict, "{port}.{method}: {noted:?}");
        }
        for (port, method, arguments) in DOCUMENTED {
            assert_eq!(ask(port, method, arguments), ("0".to_owned(), vec![]), "strict {strict}: {port}.{method}");
        }
        let (code, noted) = ask("ticket", "getExtraFields", "<DOMAIN>ticket</DOMAIN>");
        assert_eq!((code.as_str(), noted), ("0", vec!["The parameter DOMAIN is taken as domain".to_owned()]));
    }
}

/// What a port answers to a call from an address: the error code, or the sentence of a fault.
fn from(world: &World, address: [u8; 4], port: &str, method: &str, arguments: &str) -> String {
    let body = envelope(port, method, arguments);
    let mut request = request(&Method::POST, &format!("/scripts/SOAP?action={port}"), &[], body);
    request.address = address.into();
    let answer = world.send(&request).unwrap().1.response;
    let body = String::from_utf8(answer.body().to_vec()).unwrap();
    let (start, status) = match body.contains("<faultstring>") {
        true => ("<faultstring>", StatusCode::INTERNAL_SERVER_ERROR),
        false => ("<errorCode xsi:type=\"xsd:string\">", StatusCode::OK),
    };
    assert_eq!(answer.status(), status);
    between(&body, start, "<")[0].to_owned()
}

#[test]
fn a_port_is_called_from_its_networks_only() {
    const INSIDE: [u8; 4] = [10, 1, 2, 3];
    const OUTSIDE: [u8; 4] = [192, 0, 2, 7];
    let world = Template::new().world();
    let (agent, customer) = (login(&world, "ticket", EGON), login(&world, "customer", JOHN));
    let calls = [
        ("ticket", "getPriorities", format!("<sessionKey>{agent}</sessionKey>"), "0"),
        ("ticket", "login", EGON.to_owned(), "0"),
        ("ticket", "login", EGON.replace("banken", "guess"), "2"),
        ("ticket", "getPriorities", "<sessionKey>gone</sessionKey>".to_owned(), "5"),
        ("customer", "getPriorities", format!("<sessionKey>{customer}</sessionKey>"), "0"),
        ("customer", "getCategories", String::new(), "0"),
        ("customer", "checkPassword", JOHN.to_owned(), "0"),
        ("admin", "getUsers", format!("<sessionKey>{agent}</sessionKey>"), "0"),
        ("admin", "getAgent", String::new(), "27"),
    ];
    for closed in [None, Some("ticket"), Some("customer"), Some("admin")] {
        let networks = closed.map(|port| Value::Texts(vec![format!("{port}=10.0.0.0/8"), format!("{port}=::1")]));
        world.amend(Kind::Tenant, 1, Field::PortNetworks, networks);
        for (port, method, arguments, code) in &calls {
            let fault = format!("The {port} port may not be called from 192.0.2.7");
            let outside = if closed == Some(port) { &*fault } else { code };
            assert_eq!(from(&world, OUTSIDE, port, method, arguments), outside, "{closed:?}: {port}.{method}");
            assert_eq!(from(&world, INSIDE, port, method, arguments), *code, "{closed:?}: {port}.{method}");
        }
    }
}

#[test]
fn too_many_calls_and_wrong_passwords_wait_on_every_port() {
    let world = Template::new().world();
    let (agent, customer) = (login(&world, "ticket", EGON), login(&world, "customer", JOHN));
    // What was proven is remembered for a minute.
    world.pass(61);
    for (port, method, wrong, right) in [
        ("ticket", "login", "<userName>egon</userName><password>x</password>", EGON),
        ("customer", "checkPassword", "<username>johndoe</username><password>x</password>", JOHN),
    ] {
        let codes: Vec<_> = (0..11).map(|_| from(&world, [10, 0, 0, 1], port, method, wrong)).collect();
        let refused = if port == "ticket" { "2" } else { "1" };
        assert_eq!(codes, [[refused; 10].as_slice(), &["7"]].concat(), "{port}");
        assert_eq!(from(&world, [10, 0, 0, 2], port, method, right), "7", "{port}: the name must wait");
        world.pass(2);
        assert_eq!(from(&world, [10, 0, 0, 2], port, method, right), "0", "{port}");
    }
    let World { runtime, state, clock: _clock, commits: _commits, place: _place } = world;
    let mut state = Arc::into_inner(state).unwrap();
    state.rates = dialects::Rates::new(dialects::Quotas { per_caller: 3, per_address: 0 });
    let state = Arc::new(state);
    for (port, method, key) in
        [("customer", "getPriorities", &customer), ("ticket", "getPriorities", &agent), ("admin", "getUsers", &agent)]
    {
        let codes = (0..4).map(|_| {
            let body = envelope(port, method, &format!("<sessionKey>{key}</sessionKey>"));
            let request = request(&Method::POST, &format!("/scripts/SOAP?action={port}"), &[], body);
            let answer =
                runtime.block_on((dialects::dialect_of("/scripts/SOAP").unwrap().answer)(&state, &request, None));
            let body = String::from_utf8(answer.response.body().to_vec()).unwrap();
            between(&body, "<errorCode xsi:type=\"xsd:string\">", "<")[0].to_owned()
        });
        // The ticket and the admin port have one caller.
        let expected = if port == "admin" { ["7"; 4] } else { ["0", "0", "0", "7"] };
        assert_eq!(codes.collect::<Vec<_>>(), expected, "{port}");
    }
}
