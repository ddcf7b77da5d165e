//! Real SOAP toolkits against the real server: each makes its proxies from the WSDLs that are served, goes the same way
//! through the three ports, and must tell the same transcript. zeep reads every answer by the WSDL and is strict, PHP and
//! Mono turn answers into the types of theirs: an answer that the WSDL does not describe fails there.
//!
//! A toolkit that is not installed is said so and skipped; with `CI=true` it is a failure.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use serde_json::json;
use std::path::PathBuf;
use std::process::Command;
use support::mailbox::Mailbox;
use support::programs::{command, is_there, python, repository, succeed};
use support::{Launch, Record, Server};
use tempfile::TempDir;

const TRANSCRIPT: &str = include_str!("superoffice/tour.txt");

/// What is answered to each line of `every.txt`, by whichever toolkit it is called.
const EVERY: &str = include_str!("superoffice/every-told.txt");

/// A server with the demo data, and a folder for it and for what is made from its WSDLs.
struct Bed {
    folder: TempDir,
    server: Server,
}

impl Bed {
    fn new() -> Self {
        let folder = TempDir::with_prefix("samerow-superoffice-").unwrap();
        let server = Launch::demo(folder.path().join("data")).start();
        Self { folder, server }
    }

    fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Customer 10 without what changed by whom.
    fn john(&self) -> Record {
        Record::read(&mut self.server.client(), 10).unwrap()
    }

    /// Holds what a program tells to the transcript, and what came of it to the record.
    #[track_caller]
    fn tour(&self, command: &mut Command) {
        let told = succeed(command);
        for (told, expected) in told.lines().zip(TRANSCRIPT.lines()) {
            assert_eq!(told, expected);
        }
        assert_eq!(told, TRANSCRIPT);
        let john = self.john();
        assert_eq!(john.fields["name"], "Blåbær Ødegård 客户 🎿");
        assert_eq!(john.fields["note"], "<b>&amp;\"quoted\" & 'single'</b>\nsecond line");
        assert_eq!(john.fields["emails"], json!(["john.doe@example.com", "jd@old.example", "new@doe.example"]));
        assert_eq!((john.version, &john.fields["company"]), (2, &json!(23)), "one change, by one call");
    }

    /// One that mails, with an extra table. `None` where no mail server is installed.
    fn whole() -> Option<(Self, Mailbox)> {
        let mailbox = Mailbox::start(&[])?;
        let folder = TempDir::with_prefix("samerow-superoffice-").unwrap();
        let mail = format!("--smtp-server=smtp://127.0.0.1:{}", mailbox.port);
        let launch =
            Launch::demo(folder.path().join("data")).argument(&mail).argument("--smtp-from=desk@samerow.example");
        let bed = Self { server: launch.start(), folder };
        let column = |number, shape| json!({ "domain": "extra_row", "table": 1, "number": number, "name": format!("c{number}"), "shape": shape });
        for (path, body) in [
            ("/v1/extra_tables", json!({ "name": "Servers", "flags": 1 })),
            ("/v1/extra_fields", column(4, "text")),
            ("/v1/extra_fields", column(5, "integer")),
        ] {
            let headers = [("Authorization", bearer()), ("Content-Type", "application/json".to_owned())];
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let reply = bed.server.client().call("POST", path, &headers, body.to_string()).unwrap();
            assert_eq!(reply.status, 201, "{path}");
        }
        Some((bed, mailbox))
    }

    /// Lets a program call every method that there is.
    #[track_caller]
    fn every(&self, command: &mut Command) {
        let told = succeed(command);
        if std::env::var_os("SAMEROW_BLESS").is_some_and(|what| what == "1" || what == "superoffice") {
            std::fs::write(own_file("every-told.txt"), &told).unwrap();
            return;
        }
        for (told, expected) in told.lines().zip(EVERY.lines()) {
            assert_eq!(told, expected);
        }
        assert_eq!(told, EVERY);
        // What was called, as the server counted it, is what its WSDLs say that there is.
        let metrics = self.server.client().get("/metrics").unwrap();
        let metrics = String::from_utf8(metrics.body).unwrap();
        for port in ["ticket", "customer", "admin"] {
            let wsdl = self.server.client().get(&format!("/scripts/SOAP?action={port}")).unwrap();
            let wsdl = String::from_utf8(wsdl.body).unwrap();
            let bound = wsdl.split("<wsdl:binding").nth(1).unwrap();
            let methods: Vec<_> =
                bound.split("<wsdl:operation name=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
            assert!(methods.len() >= 9, "{methods:?}");
            for method in methods {
                let line = format!("{port}.{method} | ");
                assert!(told.lines().any(|told| told.starts_with(&line)), "{line}is not called");
                let counted = format!("operation=\"{method}\"");
                assert!(
                    metrics.lines().any(|metric| metric.contains("superoffice") && metric.contains(&counted)),
                    "{counted}"
                );
            }
        }
    }

    /// Makes the proxies of these ports with Mono's wsdl and compiles them with these sources.
    fn compile(&self, program: &str, ports: &[&str], sources: &[PathBuf]) -> Command {
        let mut mcs = command("mcs");
        mcs.current_dir(self.folder.path()).args(["-codepage:utf8", "-r:System.Web.Services", "-r:System.Core"]);
        mcs.arg(format!("-out:{program}"));
        for port in ports {
            let (namespace, out) = (format!("/namespace:{port}"), format!("/out:{port}.cs"));
            let url = format!("{}/scripts/SOAP?action={port}", self.url());
            succeed(command("wsdl").current_dir(self.folder.path()).args([&namespace, &out, &url]));
            mcs.arg(format!("{port}.cs"));
        }
        succeed(mcs.args(sources));
        let mut mono = command("mono");
        mono.arg(self.folder.path().join(program));
        mono
    }
}

fn own_file(file: &str) -> PathBuf {
    repository().join("crates/server/tests/superoffice").join(file)
}

fn sample(file: &str) -> PathBuf {
    repository().join("clients/csharp").join(file)
}

fn bearer() -> String {
    format!("Bearer {}", support::ADMIN_TOKEN)
}

#[test]
fn php_calls_every_method() {
    for style in ["wsdl", "none"] {
        if is_there(
            "SuperOffice with PHP SoapClient",
            command("php").args(["-r", "exit(extension_loaded('soap') ? 0 : 1);"]),
        ) {
            let Some((bed, _mailbox)) = Bed::whole() else { return };
            bed.every(command("php").arg(own_file("every.php")).arg(bed.url()).arg(style).arg(own_file("every.txt")));
        }
    }
}

#[test]
fn soap_lite_calls_every_method() {
    if is_there("SuperOffice with SOAP::Lite", command("perl").args(["-MSOAP::Lite", "-e", "1"])) {
        let Some((bed, _mailbox)) = Bed::whole() else { return };
        bed.every(command("perl").arg(own_file("every.pl")).arg(bed.url()).arg(own_file("every.txt")));
    }
}

#[test]
fn zeep_calls_every_method() {
    for style in ["encoded", "literal"] {
        if is_there("SuperOffice with zeep", python().args(["-c", "import zeep"])) {
            let Some((bed, _mailbox)) = Bed::whole() else { return };
            bed.every(python().arg(own_file("every.py")).arg(bed.url()).arg(style).arg(own_file("every.txt")));
        }
    }
}

#[test]
fn dot_net_calls_every_method() {
    if is_mono_there() {
        let Some((bed, _mailbox)) = Bed::whole() else { return };
        let mut program = bed.compile("Every.exe", &["ticket", "customer", "admin"], &[own_file("Every.cs")]);
        bed.every(program.arg(bed.url()).arg(own_file("every.txt")));
    }
}

#[test]
fn php() {
    for style in ["wsdl", "none"] {
        if is_there(
            "SuperOffice with PHP SoapClient",
            command("php").args(["-r", "exit(extension_loaded('soap') ? 0 : 1);"]),
        ) {
            let bed = Bed::new();
            bed.tour(command("php").arg(own_file("tour.php")).arg(bed.url()).arg(style));
        }
    }
}

#[test]
fn soap_lite() {
    if is_there("SuperOffice with SOAP::Lite", command("perl").args(["-MSOAP::Lite", "-e", "1"])) {
        let bed = Bed::new();
        bed.tour(command("perl").arg(own_file("tour.pl")).arg(bed.url()));
    }
}

#[test]
fn zeep() {
    for style in ["encoded", "literal"] {
        if is_there("SuperOffice with zeep", python().args(["-c", "import zeep"])) {
            let bed = Bed::new();
            bed.tour(python().arg(own_file("tour.py")).arg(bed.url()).arg(style));
        }
    }
}

fn is_mono_there() -> bool {
    is_there(
        "SuperOffice with Mono",
        command("sh").args(["-c", "command -v wsdl && command -v mcs && command -v mono"]),
    )
}

#[test]
fn dot_net() {
    if is_mono_there() {
        let bed = Bed::new();
        let mut program = bed.compile("Tour.exe", &["ticket", "customer", "admin"], &[own_file("Tour.cs")]);
        bed.tour(program.arg(bed.url()));
    }
}

#[test]
fn the_examples_of_the_vendors_pages() {
    if !is_mono_there() {
        return;
    }
    let bed = Bed::new();
    let before = bed.john();
    let sources = [sample("SetCustomer.cs"), sample("Conversion.cs")];
    let mut program = bed.compile("SetCustomer.exe", &["ticket", "customer"], &sources);
    assert_eq!(succeed(&mut program), "setCustomer: 0\n");
    let after = bed.john();
    let mut expected = before.fields;
    expected.insert("name".to_owned(), json!("Johnny X"));
    expected.insert("company".to_owned(), json!(23));
    assert_eq!((after.version, after.fields), (before.version + 1, expected), "nothing else changed");
    let history = bed.server.client().get("/v1/customers/10/history?limit=1").unwrap().json();
    let origin = &history["data"][0]["origin"];
    assert_eq!((&origin["dialect"], &origin["operation"]), (&json!("superoffice"), &json!("setCustomer")), "{history}");
    assert_eq!(origin["credential"], "egon", "{history}");
    // Once more is no change.
    assert_eq!(succeed(&mut program), "setCustomer: 0\n");
    assert_eq!(bed.john().version, before.version + 1);
    let mut program = bed.compile("NewTicket.exe", &["customer"], &[sample("NewTicket.cs")]);
    assert_eq!(succeed(&mut program), "newTicket: 503\n");
}

/// What the ticket port says of itself, as another installation has it: another namespace, other names and types.
fn theirs(own: &str) -> String {
    let (head, rest) = own.split_once("<xsd:complexType name=\"ValuePairStruct\">").unwrap();
    let (pair, rest) = rest.split_once("</xsd:complexType>").unwrap();
    let pair = pair.replace("\"field\"", "\"fieldName\"").replace("\"value\"", "\"fieldValue\"");
    let whole = format!("{head}<xsd:complexType name=\"ValuePairStruct\">{pair}</xsd:complexType>{rest}");
    let renamed = [
        ("urn:ticket", "http://tickets.old.example/"),
        ("ticketService", "RequestService"),
        ("ArrayOfValuePairStruct", "FieldValueList"),
        ("ValuePairStruct", "FieldValue"),
        ("\"customerValues\"", "\"values\""),
        ("<wsdl:part name=\"customerId\" type=\"xsd:string\"/>", "<wsdl:part name=\"id\" type=\"xsd:int\"/>"),
        ("soapAction=\"\"", "soapAction=\"urn:old#call\""),
    ];
    renamed.iter().fold(whole, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

const LEARNED: &str = "login 0\nnewCustomer 0 True\nsetCustomer 0\ngetCustomer 0 customer.name=Ola Nordmann ola@old.example\n\
                       setCustomer 17\nfindCustomers 0 ola@old.example\n";

#[test]
fn a_port_is_served_in_the_words_of_another_installation() {
    let bed = Bed::new();
    let (url, file) = (bed.url(), bed.folder.path().join("their.wsdl"));
    let get = |path: &str| bed.server.client().get(path).unwrap().text();
    let served = || get("/scripts/SOAP?action=ticket");
    let own = served();
    let wanted = theirs(&own);
    std::fs::write(&file, &wanted).unwrap();
    let other = bed.folder.path().join("other.wsdl");
    let other_text = get("/scripts/SOAP?action=customer").replace("urn:customer", "urn:customers-of-old");
    std::fs::write(&other, other_text.replace("closeTicket", "shutTicket")).unwrap();
    let samerow = |arguments: &[&str]| {
        let mut command = support::command(&[]);
        command.args(arguments).args(["--server", &url, "--token", support::ADMIN_TOKEN]);
        let output = command.output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code().unwrap(), text)
    };
    let (file, other) = (file.to_str().unwrap(), other.to_str().unwrap());
    let learn = |more: &[&str]| samerow(&[&["dialects", "learn", "superoffice"][..], more].concat());
    // One that cannot be learned: none is.
    let (exit, told) = learn(&["--wsdl", file, "--wsdl", other]);
    assert_eq!(exit, 1, "{told}");
    let named =
        "other.wsdl: customer port: it has no closeTicket; nothing is known here of shutTicket; allow_differences";
    assert!(told.contains(named) && told.contains("Nothing was changed"), "{told}");
    assert_eq!(learn(&["--wsdl", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]).0, 1);
    let (exit, told) = learn(&["--wsdl", file, "--dry-run"]);
    assert!(exit == 0 && told.contains("ValuePairStruct is called FieldValue"), "{told}");
    assert!(told.contains("setCustomer.customerId is int there, string here"), "{told}");
    assert_eq!(served(), own, "nothing was changed");
    assert!(!samerow(&["dialects", "list"]).1.contains("learned"));

    assert_eq!(learn(&["--wsdl", file, "--wsdl", other, "--allow-differences"]).0, 0);
    assert_eq!(served(), wanted);
    assert!(!get("/scripts/SOAP?action=customer").contains("shutTicket"), "what is not offered is not described");
    assert_eq!(samerow(&["dialects", "list"]).1.matches("learned: the ").count(), 2);
    if is_mono_there() {
        succeed(command("wsdl").current_dir(bed.folder.path()).args(["/namespace:old", "/out:old.cs", file]));
        let mut mcs = command("mcs");
        mcs.current_dir(bed.folder.path()).args([
            "-r:System.Web.Services",
            "-r:System.Core",
            "-out:Learned.exe",
            "old.cs",
        ]);
        succeed(mcs.arg(own_file("Learned.cs")));
        assert_eq!(succeed(command("mono").arg(bed.folder.path().join("Learned.exe")).arg(&url)), LEARNED);
    }
    if is_there(
        "SuperOffice with PHP SoapClient",
        command("php").args(["-r", "exit(extension_loaded('soap') ? 0 : 1);"]),
    ) {
        let served = format!("{url}/scripts/SOAP?action=ticket");
        for wsdl in [file, &served] {
            assert_eq!(succeed(command("php").arg(own_file("learned.php")).arg(&url).arg(wsdl)), LEARNED, "{wsdl}");
        }
        // Whoever has another namespace, or our own names, goes on.
        bed.tour(command("php").arg(own_file("tour.php")).arg(&url).arg("none"));
    }

    assert_eq!(learn(&["--forget"]).1.matches("its own words again").count(), 2);
    assert_eq!(served(), own);
    assert_eq!(learn(&["--forget"]).1, "nothing was learned\n");
}
