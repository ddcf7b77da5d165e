//! Calls of the SuperOffice ports.

use super::World;
use domain::operation::{Load, NewRecord};
use domain::tenant::Tenant;
use domain::{Field, Kind, Role, Value};
use http::{Method, StatusCode};

/// The ports, and how many methods each has.
pub(crate) const PORTS: [(&str, usize); 3] = [("ticket", 40), ("customer", 33), ("admin", 9)];

/// What stands between two texts, each time.
pub(crate) fn between<'t>(text: &'t str, start: &str, end: &str) -> Vec<&'t str> {
    text.split(start).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

pub(crate) fn envelope(port: &str, method: &str, arguments: &str) -> String {
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><t:{method} xmlns:t=\"urn:{port}\">\
         {arguments}</t:{method}></e:Body></e:Envelope>"
    )
}

/// Calls a method. The error code, or the text of the only part of `getErrorMessage`.
pub(crate) fn call(world: &World, port: &str, method: &str, arguments: &str) -> String {
    let target = format!("/scripts/SOAP?action={port}");
    let answer = world.ask(&Method::POST, &target, &[], envelope(port, method, arguments));
    let body = String::from_utf8(answer.response.body().to_vec()).unwrap();
    assert_eq!(answer.response.status(), StatusCode::OK, "{port}.{method}: {body}");
    assert_eq!(answer.operation, method);
    let first = body.split_once("xsi:type=\"xsd:string\">").unwrap().1.split('<').next().unwrap().to_owned();
    assert_eq!(answer.refused.is_some(), first != "0" && method != "getErrorMessage", "{port}.{method}: {body}");
    first
}

pub(crate) fn login(world: &World, port: &str, arguments: &str) -> String {
    let target = format!("/scripts/SOAP?action={port}");
    let method = if arguments.contains("userId") { "loginAsUser" } else { "login" };
    let answer = world.ask(&Method::POST, &target, &[], envelope(port, method, arguments));
    let body = String::from_utf8(answer.response.body().to_vec()).unwrap();
    between(&body, "<sessionKey xsi:type=\"xsd:string\">", "<")[0].to_owned()
}

pub(crate) const EGON: &str = "<userName>egon</userName><password>banken</password>";
pub(crate) const JOHN: &str = "<username>johndoe</username><password>pw</password>";

/// The methods of a port with their parameters, as its WSDL tells them.
pub(crate) fn methods(world: &World, port: &str) -> Vec<(String, Vec<String>)> {
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

/// Another company with an Egon of its own and no customer 10.
pub(crate) fn other_company(world: &World) {
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
