//! Real toolkits and the vendor's own SDK against the real server: each goes through every operation of Bing Ads that
//! works, and the server's own count says which it called. Over TLS too, in Python and .NET.
//!
//! A toolkit that is not installed is said so and skipped; with `CI=true` it is a failure.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Barrier;
use std::thread;
use support::programs::{command, is_there, python, repository, succeed};
use support::{Launch, Record, Server};
use tempfile::TempDir;

/// What works in version 11.
const V11: [&str; 27] = [
    "AddAccount",
    "DeleteAccount",
    "DeleteCustomer",
    "DeleteUser",
    "FindAccounts",
    "FindAccountsOrCustomersInfo",
    "GetAccessibleCustomer",
    "GetAccount",
    "GetAccountsInfo",
    "GetCurrentUser",
    "GetCustomer",
    "GetCustomerPilotFeatures",
    "GetCustomersInfo",
    "GetPilotFeaturesCountries",
    "GetUser",
    "GetUsersInfo",
    "MapAccountIdToExternalAccountIds",
    "MapCustomerIdToExternalCustomerId",
    "SearchAccounts",
    "SearchCustomers",
    "SearchUserInvitations",
    "SendUserInvitation",
    "SignupCustomer",
    "UpdateAccount",
    "UpdateCustomer",
    "UpdateUser",
    "UpdateUserRoles",
];

/// What works in version 13 besides.
const V13: [&str; 3] = ["GetAccountPilotFeatures", "GetLinkedAccountsAndCustomersInfo", "GetUserMFAStatus"];

/// The way of the vendor's samples.
const SAMPLE: [&str; 5] = ["AddAccount", "GetCustomer", "GetUser", "SearchAccounts", "UpdateCustomer"];

/// A fresh server with the demo data.
struct Bed {
    folder: TempDir,
    server: Server,
    /// The authority that vouches for it, where it speaks TLS.
    authority: Option<PathBuf>,
}

impl Bed {
    fn new() -> Self {
        let folder = TempDir::with_prefix("samerow-bing-").unwrap();
        let server = Launch::demo(folder.path().join("data")).start();
        Self { folder, server, authority: None }
    }

    fn over_tls() -> Self {
        let folder = TempDir::with_prefix("samerow-bing-").unwrap();
        let tls = folder.path().join("tls");
        succeed(support::command(&[]).args(["tls", "init", "--tls-folder"]).arg(&tls));
        let launch = Launch::demo(folder.path().join("data")).argument("--tls");
        let server = launch.argument(&format!("--tls-folder={}", tls.display())).start();
        Self { folder, server, authority: Some(tls.join("ca.pem")) }
    }

    fn url(&self) -> String {
        let start = if self.authority.is_some() { "https://localhost" } else { "http://127.0.0.1" };
        format!("{start}:{}", self.server.address.port())
    }

    /// Runs a program to its end, and holds what it called with success to what it was to call.
    #[track_caller]
    fn tour(&self, command: &mut Command, called: &[&str]) {
        let told = succeed(command);
        assert!(told.ends_with("done\n"), "{told}");
        let metrics = match &self.authority {
            None => self.server.client().get("/metrics").unwrap().text(),
            Some(authority) => {
                let mut curl = Command::new("curl");
                curl.args(["-sS", "--fail", "--noproxy", "*", "--cacert"]).arg(authority);
                succeed(curl.arg(format!("{}/metrics", self.url())))
            }
        };
        let good = metrics
            .lines()
            .filter(|line| line.contains("calls_total{dialect=\"bing_ads\"") && line.contains("outcome=\"ok\""));
        let good: BTreeSet<_> = good.filter_map(|line| line.split("operation=\"").nth(1)?.split('"').next()).collect();
        // The WSDL is fetched under no name.
        let good: BTreeSet<_> = good.into_iter().filter(|name| !name.is_empty()).collect();
        assert_eq!(good, called.iter().copied().collect());
    }

    /// The arguments of the tours in Python.
    fn python(&self, toolkit: &str, version: &str) {
        if is_there(&format!("Bing Ads with {toolkit}"), python().args(["-c", &format!("import {toolkit}, requests")]))
        {
            let mut tour = python();
            tour.arg(repository().join("clients/python/bing_ads_tour.py")).args([&self.url(), toolkit, version]);
            let further: &[&str] = if version == "v13" { &V13 } else { &[] };
            self.tour(tour.args(&self.authority), &[&V11, further].concat());
        }
    }
}

#[test]
fn suds_11() {
    Bed::new().python("suds", "v11");
}

#[test]
fn suds_13() {
    Bed::new().python("suds", "v13");
}

#[test]
fn zeep_11() {
    Bed::new().python("zeep", "v11");
}

#[test]
fn zeep_13() {
    Bed::new().python("zeep", "v13");
}

#[test]
fn suds_over_tls() {
    Bed::over_tls().python("suds", "v11");
}

#[test]
fn of_all_who_update_at_one_time_stamp_one_wins() {
    const NAMESPACE: &str = "https://bingads.microsoft.com/Customer/v11";
    const CALLERS: usize = 8;
    let bed = Bed::new();
    let call = |operation: &str, members: &str| {
        let body = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header xmlns=\"{NAMESPACE}\">\
             <DeveloperToken>BBD37VB98</DeveloperToken><UserName>demo_bing</UserName><Password>banken</Password></s:Header>\
             <s:Body><{operation}Request xmlns=\"{NAMESPACE}\" xmlns:e=\"{NAMESPACE}/Entities\">{members}\
             </{operation}Request></s:Body></s:Envelope>"
        );
        let path = "/Api/CustomerManagement/v11/CustomerManagementService.svc";
        let reply = bed.server.client().call("POST", path, &[("Content-Type", "text/xml")], body).unwrap();
        (reply.status, reply.text())
    };
    let stamp = || {
        let (status, shown) = call("GetCustomer", "<CustomerId>192</CustomerId>");
        assert_eq!(status, 200, "{shown}");
        shown.rsplit_once("</a:TimeStamp>").unwrap().0.rsplit_once('>').unwrap().1.to_owned()
    };
    let mut before = stamp();
    for round in 0..25 {
        let start = Barrier::new(CALLERS);
        let update = |caller: usize| {
            let members = format!(
                "<Customer><e:Id>192</e:Id><e:Industry>Retail</e:Industry><e:Name>{round} of {caller}</e:Name>\
                 <e:TimeStamp>{before}</e:TimeStamp></Customer>"
            );
            start.wait();
            call("UpdateCustomer", &members)
        };
        let answers: Vec<(u16, String)> = thread::scope(|scope| {
            let callers: Vec<_> = (0..CALLERS).map(|caller| scope.spawn(move || update(caller))).collect();
            callers.into_iter().map(|caller| caller.join().unwrap()).collect()
        });
        let stale = answers.iter().filter(|(status, told)| *status == 500 && told.contains("<Code>209</Code>")).count();
        let won: Vec<_> = (0..).zip(&answers).filter(|(_, (status, _))| *status == 200).map(|(at, _)| at).collect();
        assert_eq!((won.len(), stale), (1, CALLERS - 1), "round {round}: {answers:?}");
        let record = Record::read(&mut bed.server.client(), 192).unwrap();
        assert_eq!(record.fields["name"], format!("{round} of {}", won[0]));
        let after = stamp();
        assert_ne!(after, before);
        before = after;
    }
}

#[test]
fn every_answer_fits_the_schemas_that_are_served() {
    if is_there("Bing Ads with lxml", python().args(["-c", "import lxml"])) {
        let bed = Bed::new();
        let told = succeed(python().arg(repository().join("clients/python/bing_ads.py")).arg(bed.url()));
        assert_eq!(told.matches("answers fit the schemas").count(), 2, "{told}");
    }
}

#[test]
fn the_vendors_own_sdk() {
    let probe = "import suds.cache, suds.client; suds.client.ObjectCache = suds.cache.ObjectCache; import bingads";
    if is_there("Bing Ads with the vendor's SDK", python().args(["-W", "ignore", "-c", probe])) {
        let bed = Bed::new();
        let mut program = python();
        program.arg(repository().join("clients/python/bing_ads_sdk.py")).arg(bed.url());
        bed.tour(program.env("TMPDIR", bed.folder.path()), &SAMPLE);
    }
}

#[test]
fn php() {
    if is_there("Bing Ads with PHP SoapClient", command("php").args(["-r", "exit(extension_loaded('soap') ? 0 : 1);"]))
    {
        let bed = Bed::new();
        bed.tour(command("php").arg(repository().join("clients/php/bing_ads.php")).arg(bed.url()), &V11);
    }
}

#[test]
fn java() {
    let needed = "command -v wsimport && command -v javac && command -v java";
    if !is_there("Bing Ads with Java", command("sh").args(["-c", needed])) {
        return;
    }
    let bed = Bed::new();
    let folder = bed.folder.path();
    // What may be left out is a plain member, as the vendor's own classes have it.
    let plain = "<b:bindings version=\"2.1\" xmlns:b=\"http://java.sun.com/xml/ns/jaxb\">\
                 <b:globalBindings generateElementProperty=\"false\"/></b:bindings>";
    fs::write(folder.join("plain.xml"), plain).unwrap();
    fs::create_dir(folder.join("proxy")).unwrap();
    let address = format!("{}/Api/CustomerManagement/v11/CustomerManagementService.svc", bed.url());
    let mut wsimport = command("wsimport");
    wsimport.current_dir(folder).args(["-XadditionalHeaders", "-b", "plain.xml", "-d", "proxy"]);
    succeed(wsimport.arg(format!("{address}?wsdl")));
    let classes = "/usr/share/jaxws/lib/*:proxy";
    let mut javac = command("javac");
    javac.current_dir(folder).args(["-encoding", "UTF-8", "-nowarn", "-d", "proxy", "-cp", classes]);
    succeed(javac.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bing_ads/Tour.java")));
    let mut java = command("java");
    java.current_dir(folder).args(["-Xshare:auto", "-Dfile.encoding=UTF-8", "-cp", classes, "Tour", &address]);
    bed.tour(&mut java, &["AddAccount", "GetAccount", "GetCustomer", "UpdateCustomer"]);
}

#[test]
fn dot_net_also_over_tls() {
    let needed = "command -v wsdl && command -v mcs && command -v mono && command -v cert-sync";
    if !is_there("Bing Ads with Mono", command("sh").args(["-c", needed])) {
        return;
    }
    const PATH: &str = "/Api/CustomerManagement/v11/CustomerManagementService.svc";
    let bed = Bed::new();
    let folder = bed.folder.path();
    succeed(command("wsdl").current_dir(folder).args(["/out:Proxy.cs", &format!("{}{PATH}?wsdl", bed.url())]));
    // The tool makes a class of each header, and gives all of them, which are texts, the name of a text.
    let proxy = fs::read_to_string(folder.join("Proxy.cs")).unwrap();
    let text = "TypeName=\"string\", Namespace=\"http://www.w3.org/2001/XMLSchema\"";
    assert!(proxy.contains(text));
    fs::write(folder.join("Proxy.cs"), proxy.replace(text, "Namespace=\"urn:headers\"")).unwrap();
    let mut mcs = command("mcs");
    mcs.current_dir(folder).args(["-codepage:utf8", "-r:System.Web.Services", "-r:System.Core", "-r:System.Xml"]);
    mcs.args(["-out:Tour.exe", "Proxy.cs"]);
    succeed(mcs.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bing_ads/Tour.cs")));
    let tour = |bed: &Bed| {
        // Mono keeps what it trusts in the home folder.
        let mut mono = command("mono");
        mono.env("HOME", folder).env_remove("XDG_CONFIG_HOME").arg(folder.join("Tour.exe"));
        mono.arg(format!("{}{PATH}", bed.url()));
        mono
    };
    bed.tour(&mut tour(&bed), &V11);
    let secured = Bed::over_tls();
    assert!(!tour(&secured).output().unwrap().status.success(), "nobody vouches for it yet");
    let mut sync = command("cert-sync");
    sync.env("HOME", folder).env_remove("XDG_CONFIG_HOME").arg("--user");
    succeed(sync.arg(secured.authority.as_ref().unwrap()));
    secured.tour(&mut tour(&secured), &V11);
}
