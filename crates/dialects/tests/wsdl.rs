//! What the SuperOffice ports answer is what their WSDLs say, in both styles: the answers of all recorded conversations,
//! in document/literal by the schema, in rpc/encoded by zeep and by the names and types of messages. Python does it; a
//! Python that lacks lxml or zeep is said so, and with `CI=true` a failure.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use dialects::Request;
use http::{Method, StatusCode};
use std::fs;
use std::path::Path;
use support::conversation::{self, Conversation};
use support::{Template, World, python};
use tempfile::TempDir;

/// The port that a request calls; `None` for what is no call of a port.
fn port(request: &Request) -> Option<&'static str> {
    let query = request.query.as_deref().unwrap_or_default().to_ascii_lowercase();
    let calls = request.method == Method::POST && request.path.to_ascii_lowercase().contains("/scripts/");
    ["ticket", "customer", "admin"].into_iter().find(|port| calls && query.contains(&format!("action={port}")))
}

fn fetch_descriptions(world: &World, folder: &Path) {
    for port in ["ticket", "customer", "admin"] {
        let fetch = |what: &str| {
            let target = format!("/scripts/SOAP?action={port}{what}");
            String::from_utf8(world.ask(&Method::GET, &target, &[], "").response.body().to_vec()).unwrap()
        };
        let elsewhere = format!("http://localhost:8080/scripts/SOAP?action={port}&amp;xsd=soapenc");
        let described = fetch("");
        assert!(described.contains(&elsewhere));
        fs::write(folder.join(format!("{port}.wsdl")), described.replace(&elsewhere, "soapenc.xsd")).unwrap();
        fs::write(folder.join(format!("{port}.literal.wsdl")), fetch("&style=literal")).unwrap();
        fs::write(folder.join("soapenc.xsd"), fetch("&xsd=soapenc")).unwrap();
    }
}

/// Speaks every conversation. In document/literal with the requests that were converted.
fn speak(template: &Template, folder: &Path, literal: bool) -> usize {
    let mut files: Vec<_> =
        fs::read_dir(conversation::folder("superoffice")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut answers = 0;
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let world = template.world();
        let conversation = Conversation::read(&fs::read(&file).unwrap()).unwrap();
        for (at, exchange) in conversation.exchanges.iter().enumerate() {
            let mut request = exchange.request(name).unwrap();
            let Some(port) = port(&request) else {
                world.send(&request);
                continue;
            };
            let path = |kind: &str| folder.join(format!("{port}.{name}-{at}.{kind}.xml"));
            let is_literal = request.query.as_deref().unwrap_or_default().contains("style=literal");
            if literal && !is_literal {
                // Clients of rpc/encoded alone write references and maps.
                let Ok(converted) = fs::read(path("converted")) else { break };
                request.body = converted.into();
                request.query = request.query.map(|query| format!("{query}&style=literal"));
            } else if !literal && !is_literal && !name.starts_with('3') {
                fs::write(path("request"), &request.body).unwrap();
            }
            let response = world.send(&request).unwrap().1.response;
            if response.status() == StatusCode::OK {
                answers += 1;
                fs::write(path(if literal || is_literal { "literal" } else { "rpc" }), response.body()).unwrap();
            }
        }
    }
    answers
}

#[test]
fn every_answer_is_what_its_wsdl_says() {
    if !python::has("lxml, zeep") {
        return;
    }
    let (template, folder) = (Template::new(), TempDir::new().unwrap());
    let folder = folder.path();
    fetch_descriptions(&template.world(), folder);
    let encoded = speak(&template, folder, false);
    python::run("superoffice_wsdl.py", &["convert"], folder);
    let literal = speak(&template, folder, true);
    assert!(encoded > 250 && literal > 250, "{encoded} and {literal} answers");
    assert_eq!(python::run("superoffice_wsdl.py", &["check"], folder), "", "of {encoded} and {literal} answers");

    // A checker that finds nothing proves nothing: each of these is wrong.
    let faulty = [
        ("rpc", "<errorCode ", "<errorcode ", "errorCode"),
        ("rpc", "xsi:type=\"xsd:string\">0</errorCode>", "xsi:type=\"xsd:int\">0</errorCode>", "type"),
        ("rpc", "ns1:CategoryStruct[", "ns1:PriorityStruct[", "is an array"),
        ("rpc", "<parentId ", "<parent ", "holds"),
        ("rpc", "<isInternal xsi:type=\"xsd:boolean\">false", "<isInternal xsi:type=\"xsd:boolean\">no", "'no'"),
        ("literal", "<errorCode>", "<errorCode><x/>", "errorCode"),
        ("literal", "<CategoryStruct>", "<PriorityStruct>", "PriorityStruct"),
        ("literal", "<isInternal>false", "<isInternal>no", "isInternal"),
    ];
    for (style, good, bad, says) in faulty {
        let folder = TempDir::new().unwrap();
        let folder = folder.path();
        fetch_descriptions(&template.world(), folder);
        let world = template.world();
        let name = "050-get-categories";
        let conversation =
            Conversation::read(&fs::read(conversation::folder("superoffice").join(format!("{name}.http"))).unwrap());
        let exchanges = conversation.unwrap().exchanges;
        fs::write(folder.join("ticket.a.request.xml"), &exchanges[1].request(name).unwrap().body).unwrap();
        python::run("superoffice_wsdl.py", &["convert"], folder);
        world.send(&exchanges[0].request(name).unwrap());
        let mut request = exchanges[1].request(name).unwrap();
        if style == "literal" {
            request.body = fs::read(folder.join("ticket.a.converted.xml")).unwrap().into();
            request.query = request.query.map(|query| format!("{query}&style=literal"));
        }
        let answer = String::from_utf8(world.send(&request).unwrap().1.response.body().to_vec()).unwrap();
        assert!(answer.contains(good), "{style}: {answer}");
        let end =
            (good.strip_prefix('<').and_then(|tag| tag.strip_suffix([' ', '>']))).filter(|tag| !tag.contains(' '));
        let broken = match (end, bad.strip_prefix('<').and_then(|tag| tag.strip_suffix([' ', '>']))) {
            (Some(end), Some(new)) if !new.contains('<') => {
                answer.replace(good, bad).replace(&format!("</{end}>"), &format!("</{new}>"))
            }
            _ => answer.replace(good, bad),
        };
        fs::write(folder.join(format!("ticket.a.{style}.xml")), broken).unwrap();
        let told = python::run("superoffice_wsdl.py", &["check"], folder);
        assert!(told.contains(says), "{style} with {bad}: {told}");
    }
}
