//! What Bing Ads answers is what its WSDLs say, in both versions: the answers and faults of all recorded conversations, and
//! the fault of every reason at every field. Python's lxml does it; where that lacks it is said so, and with `CI=true` a
//! failure.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use dialects::{Refusal, Request, bing_ads::DIALECT};
use domain::error::Reason;
use domain::{Error, Field};
use http::Method;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use support::bing::V11;
use support::conversation::{self, Conversation};
use support::{Template, python, request};
use tempfile::TempDir;

/// The version and the operation that a request calls; `None` for what is no call.
fn called(request: &Request) -> Option<(&'static str, String)> {
    let path = request.path.to_ascii_lowercase();
    let version = ["v11", "v13"].into_iter().find(|version| path.contains(&format!("/customermanagement/{version}/")));
    let action = request.header("soapaction")?.trim_matches('"').to_owned();
    version.filter(|_| request.method == Method::POST).map(|version| (version, action))
}

fn described(template: &Template, folder: &Path) -> Vec<String> {
    let world = template.world();
    let mut operations = Vec::new();
    for version in ["v11", "v13"] {
        let wsdl = world.ask(&Method::GET, &format!("{}?wsdl", V11.replace("v11", version)), &[], "").response;
        fs::write(folder.join(format!("{version}.wsdl")), wsdl.body()).unwrap();
        let text = String::from_utf8(wsdl.body().to_vec()).unwrap();
        let names = text.split("<wsdl:operation name=\"").skip(1).filter_map(|rest| rest.split('"').next());
        operations.extend(names.map(str::to_owned));
    }
    operations
}

#[test]
fn every_answer_is_what_its_wsdl_says() {
    if !python::has("lxml") {
        return;
    }
    let (template, folder) = (Template::new(), TempDir::new().unwrap());
    let folder = folder.path();
    let operations = described(&template, folder);
    let mut answers = 0;
    for file in fs::read_dir(conversation::folder("bing_ads")).unwrap().map(|file| file.unwrap().path()) {
        let (name, world) = (file.file_stem().unwrap().to_str().unwrap().to_owned(), template.world());
        let conversation = Conversation::read(&fs::read(&file).unwrap()).unwrap();
        for (at, exchange) in conversation.exchanges.iter().enumerate() {
            let request = exchange.request(&name).unwrap();
            let Some((_, answer)) = world.send(&request) else { continue };
            let Some((version, action)) = called(&request) else { continue };
            // What was no call of an operation has a fault without a detail.
            let known = operations.contains(&action) && !answer.operation.is_empty();
            let operation = if known { action } else { "any".to_owned() };
            let written = folder.join(format!("{version}.{operation}.{name}-{at}.xml"));
            fs::write(written, answer.response.body()).unwrap();
            answers += 1;
        }
    }
    assert!(answers > 150, "{answers} answers");
    let mut faults = BTreeSet::new();
    for version in ["v11", "v13"] {
        let request = request(&Method::POST, &V11.replace("v11", version), &[], "");
        for reason in Reason::ALL {
            for at in Field::ALL.iter().copied().map(Some).chain([None, Some(Field::Extra(7))]) {
                let refusal = Refusal::Operation(Error { at, ..Error::new(reason, "Say <&>\"' \u{1f3bf} it") });
                faults.insert((version, (DIALECT.refuse)(&request, &refusal).into_body()));
            }
        }
    }
    for (at, (version, body)) in faults.iter().enumerate() {
        fs::write(folder.join(format!("{version}.GetCustomer.fault-{at}.xml")), body).unwrap();
    }
    assert!(faults.len() > 100, "{} faults", faults.len());
    let told = python::run("bing_ads_wsdl.py", &[], folder);
    let counted: usize = told.lines().map(|line| line.rsplit(' ').next().unwrap().parse::<usize>().expect(line)).sum();
    assert_eq!((counted, told.lines().count()), (answers + faults.len(), 4), "{told}");

    // A checker that finds nothing proves nothing: each of these is wrong.
    let world = template.world();
    let first = |name: &str| {
        let file = fs::read(conversation::folder("bing_ads").join(format!("{name}.http"))).unwrap();
        let request = Conversation::read(&file).unwrap().exchanges[0].request(name).unwrap();
        String::from_utf8(world.send(&request).unwrap().1.response.body().to_vec()).unwrap()
    };
    let (good, refused) = (first("010-get-customer"), first("011-get-unknown-customer"));
    let faulty = [
        (&good, ">Active<", ">Asleep<", "CustomerLifeCycleStatus"),
        (&good, "<a:Id>", "<a:Id>x", "'x"),
        (&good, "GetCustomerResponse", "GetAccountResponse", "is {"),
        (&good, "<a:City>", "<a:Name/><a:City>", "Name"),
        (&good, "h:TrackingId", "h:UserName", "does not begin with its TrackingId"),
        (&refused, "<Code>", "<ErrorCode/><Code>", "Code"),
        (&refused, "AdApiFaultDetail", "ApplicationFault", "has the detail"),
        (&refused, "s:Server", "s:Sender", "has the code"),
        (&refused, "<TrackingId>", "<Errors/><TrackingId>", "TrackingId"),
        (&refused, "faultstring", "faultactor", "is a fault of"),
    ];
    let folder = TempDir::new().unwrap();
    described(&template, folder.path());
    for (at, (answer, right, wrong, _)) in faulty.iter().enumerate() {
        assert!(answer.contains(right), "{right}: {answer}");
        let file = format!("v11.GetCustomer.{at}.xml");
        fs::write(folder.path().join(file), answer.replace(right, wrong)).unwrap();
    }
    let told = python::run("bing_ads_wsdl.py", &[], folder.path());
    for (at, (_, right, wrong, says)) in faulty.iter().enumerate() {
        let found = |line: &str| line.starts_with(&format!("v11.GetCustomer.{at}.xml: ")) && line.contains(says);
        assert!(told.lines().any(found), "{right} as {wrong}: {told}");
    }
}
