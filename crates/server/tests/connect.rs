//! What the console and the command line tell whoever connects a program is run as it is told, and the trial of a connection
//! tells the truth.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use std::process::Command;
use support::programs::{command, is_there, python, succeed};
use support::visitor::Visitor;
use support::{Launch, Reply, Server};
use tempfile::TempDir;

/// Who calls, in the demo data: dialect, name, secret, and what a good answer holds.
const CALLERS: &[(&str, &str, &str, &str)] = &[
    ("bing_ads", "demo_bing", "banken", "GetCustomerResponse"),
    ("everlytic", "demo", "0123456789abcdef0123456789ABCDEF_1", "hello@acme.example"),
    ("native", "", "demo-admin-token", "hello@acme.example"),
    ("superoffice", "egon", "banken", "sessionKey"),
    ("trackfinity", "tf_admin", "44b5498dbcb481a0d00b404c0169af62", "true"),
];

fn demo(arguments: &[&str]) -> (Server, TempDir) {
    let folder = TempDir::with_prefix("samerow-connect-").unwrap();
    let launch = arguments.iter().fold(Launch::demo(folder.path()), |launch, argument| launch.argument(argument));
    (launch.start(), folder)
}

/// The code on a page, as somebody copies it, with the demo's names in it.
fn code(page: &str, name: &str, secret: &str) -> String {
    let code = page.split("id=\"code\">").nth(1).unwrap().split("</pre>").next().unwrap();
    let plain = [("&#38;", "&"), ("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'")];
    let code = plain.iter().fold(code.to_owned(), |code, (escaped, plain)| code.replace(escaped, plain));
    code.replace("YOUR_DEVELOPER_TOKEN", "BBD37VB98").replace("YOUR_NAME", name).replace("YOUR_SECRET", secret)
}

/// How a program in a language is run: what it needs, its file, and the lines of a shell.
const LANGUAGES: &[(&str, &[&str], &str, &str)] = &[
    ("C#", &["mcs", "mono"], "Call.cs", "mcs -r:System.Net.Http.dll Call.cs && mono Call.exe"),
    ("Java", &["java", "javac"], "Call.java", "java Call.java"),
    ("JavaScript", &["node"], "call.mjs", "node call.mjs"),
    ("PHP", &["php"], "call.php", "php call.php"),
    ("Python", &["python3"], "call.py", "python3 call.py"),
    ("curl", &["curl"], "call.sh", "sh call.sh"),
];

#[test]
fn new_code_runs_as_it_is_pasted_in_every_language() {
    let (server, _folder) = demo(&[]);
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    for (language, needs, file, line) in LANGUAGES {
        let probe = needs.iter().map(|program| format!("command -v {program}")).collect::<Vec<_>>().join(" && ");
        if !is_there(&format!("snippets in {language}"), command("sh").args(["-c", &probe])) {
            continue;
        }
        for (dialect, name, secret, holds) in CALLERS {
            let asked = language.replace('#', "%23");
            let page = admin.get(&format!("/console/dialects/{dialect}?have=new&language={asked}")).text();
            let place = TempDir::with_prefix("samerow-snippet-").unwrap();
            std::fs::write(place.path().join(file), code(&page, name, secret)).unwrap();
            let said = succeed(command("sh").args(["-c", line]).current_dir(place.path()));
            assert!(said.contains(holds), "{dialect} in {language}: {said}");
        }
    }
}

#[test]
fn what_an_old_program_pastes_runs_too() {
    let (server, _folder) = demo(&[]);
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let place = TempDir::with_prefix("samerow-snippet-").unwrap();
    for (language, start, file) in [("PHP", "<?php\n", "old.php"), ("Perl", "", "old.pl"), ("Python", "", "old.py")] {
        let page = admin.get(&format!("/console/dialects/superoffice?language={language}")).text();
        std::fs::write(place.path().join(file), format!("{start}{}", code(&page, "egon", "banken"))).unwrap();
        let program = language.to_lowercase();
        let mut interpreter = if program == "python" { python() } else { command(&program) };
        let mut probe = if program == "python" { python() } else { command(&program) };
        match &*program {
            "php" => probe.args(["-r", "exit(class_exists('SoapClient') ? 0 : 1);"]),
            "perl" => probe.args(["-MSOAP::Lite", "-e", "1"]),
            _ => probe.args(["-c", "import zeep"]),
        };
        if !is_there(&format!("the guide in {language}"), &mut probe) {
            continue;
        }
        let said = succeed(interpreter.arg(file).current_dir(place.path()));
        assert_eq!(said.trim(), "0", "{language}");
    }
}

#[test]
fn addresses_are_those_that_clients_see() {
    let (server, _folder) = demo(&["--trusted-proxies=127.0.0.1"]);
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let forwarded = [("Cookie", &*admin.cookie), ("Forwarded", "for=192.0.2.1;host=crm.example;proto=https")];
    for (dialect, ..) in CALLERS {
        for have in ["", "?have=new"] {
            let path = format!("/console/dialects/{dialect}{have}");
            let page = server.client().call("GET", &path, &forwarded, "").unwrap().text();
            let code = code(&page, "", "");
            assert!(code.contains("https://crm.example/") && !code.contains("127.0.0.1"), "{path}: {code}");
            assert!(!page.contains(&format!("http://{}", server.address)), "{path}");
        }
    }
    let (server, _folder) = demo(&["--public-url=https://public.example/crm"]);
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let page = admin.get("/console/dialects/superoffice").text();
    assert!(code(&page, "", "").contains("\"https://public.example/crm/scripts/SOAP?action=ticket\""));
}

fn tried(admin: &Visitor<'_>, dialect: &str, form: &str) -> Reply {
    admin.post(&format!("/console/dialects/{dialect}"), &[], &format!("csrf={}&{form}", admin.token()))
}

#[test]
fn a_trial_of_the_connection_tells_what_is_so() {
    let (server, _folder) = demo(&[]);
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    for (dialect, name, secret, _) in CALLERS {
        let developer = if *dialect == "bing_ads" { "&developer_token=BBD37VB98" } else { "" };
        let page = tried(&admin, dialect, &format!("name={name}&secret={secret}{developer}")).text();
        assert!(page.contains("✓") && !page.contains("✗"), "{dialect}: {page}");
        assert!(!page.contains(secret), "{dialect}: the secret is not shown again");
        let page = tried(&admin, dialect, "name=nobody&secret=wrong").text();
        assert!(page.contains("✗"), "{dialect}: a wrong secret is told");
        let page = tried(&admin, dialect, "").text();
        assert!(!page.contains("✗") && page.contains("wants a sign-in"), "{dialect}: it is spoken");
    }
    // An address at which nobody is, and one at which somebody else is.
    let (server, _folder) = demo(&["--public-url=http://127.0.0.1:1"]);
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let page = tried(&admin, "superoffice", "name=egon&secret=banken").text();
    assert!(page.contains("✗") && !page.contains("✓"), "{page}");
}

#[test]
fn a_wsdl_that_leads_elsewhere_is_told() {
    // Behind this address the server says that it is at another one.
    let (other, _folder) = demo(&["--public-url=http://elsewhere.example"]);
    let (server, _folder) = demo(&[]);
    for (server, wrong) in [(&other, true), (&server, false)] {
        let url = format!("http://{}", server.address);
        let mut doctor = Command::new(env!("CARGO_BIN_EXE_samerow"));
        let output = doctor.args(["doctor", "--url", &url]).env("NO_PROXY", "*").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.success(), !wrong, "{said}");
        assert_eq!(said.contains("http://elsewhere.example/"), wrong, "{said}");
    }
}

#[test]
fn programs_that_called_are_known_after_a_restart() {
    let folder = TempDir::with_prefix("samerow-connect-").unwrap();
    let launch = Launch::demo(folder.path());
    let server = launch.start();
    let headers = [
        ("api-username", "tf_admin"),
        ("api-key", "44b5498dbcb481a0d00b404c0169af62"),
        ("User-Agent", "<b>BillingSync</b>/4"),
    ];
    for (body, status) in [("customer_id=191&zip=1", 200), ("customer_id=191&zip=2", 200), ("customer_id=191", 404)] {
        let path = "/api/customer/set_customer_details";
        assert_eq!(server.client().call("PATCH", path, &headers, body).unwrap().status, status);
    }
    assert!(server.stop().success());
    let server = launch.start();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let page = admin.get("/console/dialects/trackfinity").text();
    assert!(page.contains("&#60;b&#62;BillingSync&#60;/b&#62;/4"), "{page}");
    let file = admin.get("/console/dialects/programs.csv").text();
    let line = file.lines().find(|line| line.contains("BillingSync")).unwrap();
    assert!(line.starts_with("trackfinity,<b>BillingSync</b>/4,127.0.0.1,set_customer_details,3,1,20"), "{line}");
    // A key that was used says when; one that was not says nothing.
    let access = admin.get("/console/access").text();
    let row = |name: &str| {
        let row = access.split("<tr>").find(|row| row.contains(&format!(">{name}</a>"))).unwrap().to_owned();
        row.contains("<time")
    };
    assert_eq!((row("tf_admin"), row("tf_viewer")), (true, false));
}
