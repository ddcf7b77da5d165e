//! Who may call which method of the SuperOffice ports: every method of the WSDLs, as everybody.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use domain::operation::{Load, NewRecord, Purge};
use domain::tenant::Tenant;
use domain::{Field, Kind, Role, Value};
use http::{Method, StatusCode};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use support::{Template, World, request};

const PORTS: [(&str, usize); 3] = [("ticket", 40), ("customer", 33), ("admin", 9)];

/// What stands between two texts, each time.
fn between<'t>(text: &'t str, start: &str, end: &str) -> Vec<&'t str> {
    text.split(start).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

fn envelope(port: &str, method: &str, arguments: &str) -> String {
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><t:{method} xmlns:t=\"urn:{port}\">\
         {arguments}</t:{method}></e:Body></e:Envelope>"
    )
}

/// Calls a method. The error code, or the text of the only part of `getErrorMessage`.
fn call(world: &World, port: &str, method: &str, arguments: &str) -> String {
    let target = format!("/scripts/SOAP?action={port}");
    let answer = world.ask(&Method::POST, &target, &[], envelope(port, method, arguments));
    let body = String::from_utf8(answer.response.body().to_vec()).unwrap();
    assert_eq!(answer.response.status(), StatusCode::OK, "{port}.{method}: {body}");
    assert_eq!(answer.operation, method);
    let first = body.split_once("xsi:type=\"xsd:string\">").unwrap().1.split('<').next().unwrap().to_owned();
    assert_eq!(answer.refused.is_some(), first != "0" && method != "getErrorMessage", "{port}.{method}: {body}");
    first
}

fn login(world: &World, port: &str, arguments: &str) -> String {
    let target = format!("/scripts/SOAP?action={port}");
    let method = if arguments.contains("userId") { "loginAsUser" } else { "login" };
    let answer = world.ask(&Method::POST, &target, &[], envelope(port, method, arguments));
    let body = String::from_utf8(answer.response.body().to_vec()).unwrap();
    between(&body, "<sessionKey xsi:type=\"xsd:string\">", "<")[0].to_owned()
}

const EGON: &str = "<userName>egon</userName><password>banken</password>";
const JOHN: &str = "<username>johndoe</username><password>pw</password>";

/// The methods of a port with their parameters, as its WSDL tells them.
fn methods(world: &World, port: &str) -> Vec<(String, Vec<String>)> {
    let answer = world.ask(&Method::GET, &format!("/scripts/SOAP?action={port}"), &[], "");
    let wsdl = String::from_utf8(answer.response.body().to_vec()).unwrap();
    let messages = between(&wsdl, "<wsdl:message name=\"", "</wsdl:message>");
    let requests = messages.into_iter().filter(|message| !message.split('"').next().unwrap().ends_with("Response"));
    let method = |message: &str| {
        let parts = between(message, "<wsdl:part name=\"", "\"").into_iter().map(str::to_owned).collect();
        (message.split('"').next().unwrap().to_owned(), parts)
    };
    requests.map(method).collect()
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

/// Another company with an Egon of its own and no customer 10.
fn other_company(world: &World) {
    let tenant = Tenant { number: 2, buckets: 8 };
    let values = vec![(Field::Name, "other".into()), (Field::Buckets, 8.into())];
    world.run(Load { records: vec![NewRecord { kind: Kind::Tenant, id: 2, values }] }).unwrap();
    let password = format!("$quick${}", dialects::sign_in::digest("theirs"));
    let values = vec![
        (Field::Username, "egon".into()),
        (Field::Password, password.into()),
        (Field::Role, "admin".into()),
        (Field::Dialects, Value::Texts(vec!["superoffice".to_owned()])),
    ];
    let user = NewRecord { kind: Kind::User, id: 1, values };
    world.run_as(tenant, Role::Admin, Load { records: vec![user] }).unwrap();
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

#[test]
fn with_strict_only_listed_operators_are_taken() {
    let World { runtime, state, .. } = Template::new().world();
    let mut state = Arc::into_inner(state).unwrap();
    state.strict = true;
    let state = Arc::new(state);
    let ask = |method: &str, arguments: &str| {
        let body = envelope("ticket", method, arguments);
        let request = request(&Method::POST, "/scripts/SOAP?action=ticket", &[], body);
        let dialect = dialects::dialect_of("/scripts/SOAP").unwrap();
        let answer = runtime.block_on((dialect.answer)(&state, &request));
        String::from_utf8(answer.response.body().to_vec()).unwrap()
    };
    let key = ask("login", EGON);
    let key = between(&key, "<sessionKey xsi:type=\"xsd:string\">", "<")[0].to_owned();
    for (operator, code) in [("OperatorEquals", "0"), ("OperatorIn", "28"), ("OperatorGte", "28")] {
        let criterion = format!("<item><field>contact.id</field><op>{operator}</op><value>17</value></item>");
        let arguments = format!("<sessionKey>{key}</sessionKey><searchCriteria>{criterion}</searchCriteria>");
        let answer = ask("findCompanies", &arguments);
        assert!(answer.contains(&format!("<errorCode xsi:type=\"xsd:string\">{code}<")), "{operator}: {answer}");
    }
}
