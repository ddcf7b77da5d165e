//! TLS with a local authority, as programs that trust it meet it, and as strangers do.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Duration;
use support::programs::{is_there, python, succeed};
use support::{ADMIN_TOKEN, Launch, Server, command};
use tempfile::TempDir;

const BING: &str = "clientcenter.api.bingads.microsoft.com";

/// A server that speaks TLS, and the authority to trust.
struct Bed {
    server: Server,
    authority: PathBuf,
    folder: TempDir,
}

impl Bed {
    fn new(arguments: &[&str]) -> Self {
        let folder = TempDir::with_prefix("samerow-tls-").unwrap();
        let tls = folder.path().join("tls");
        let told = succeed(command(&[]).args(["tls", "init", "--host", "crm.example", "--tls-folder"]).arg(&tls));
        assert!(told.contains(&format!("127.0.0.1 {BING}")) && told.contains("127.0.0.1 crm.example"), "{told}");
        let launch = Launch::demo(folder.path().join("data")).argument("--tls");
        let launch = launch.argument(&format!("--tls-folder={}", tls.display()));
        let server = arguments.iter().fold(launch, |launch, argument| launch.argument(argument)).start();
        Self { server, authority: tls.join("ca.pem"), folder }
    }

    fn url(&self, host: &str) -> String {
        format!("https://{host}:{}/v1/customers/10", self.server.address.port())
    }

    fn curl(&self, host: &str, trusts: bool) -> Output {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "-i", "--max-time", "30", "--noproxy", "*", "--resolve"]);
        curl.arg(format!("{host}:{}:127.0.0.1", self.server.address.port()));
        if trusts {
            curl.arg("--cacert").arg(&self.authority);
        }
        curl.args(["-H", &format!("Authorization: Bearer {ADMIN_TOKEN}"), &self.url(host)]).output().unwrap()
    }

    fn works(&self) {
        let told = String::from_utf8(self.curl("localhost", true).stdout).unwrap();
        assert!(told.starts_with("HTTP/1.1 200"), "{told}");
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }
}

#[test]
fn curl_reaches_it_by_every_name_of_the_certificate() {
    if !is_there("TLS with curl", Command::new("curl").arg("--version")) {
        return;
    }
    let bed = Bed::new(&[]);
    for host in ["localhost", "127.0.0.1", BING, "login.live.com", "crm.example"] {
        let told = String::from_utf8(bed.curl(host, true).stdout).unwrap();
        assert!(told.starts_with("HTTP/1.1 200") && told.contains("\"John\""), "{host}: {told}");
    }
    // 60: the certificate is not good, for another name or for who does not trust the authority.
    assert_eq!(bed.curl("elsewhere.example", true).status.code(), Some(60));
    assert_eq!(bed.curl("localhost", false).status.code(), Some(60));
    let mut curl = Command::new("curl");
    curl.args(["-sS", "-i", "--noproxy", "*", "--cacert"]).arg(&bed.authority);
    curl.args(["-H", &format!("Authorization: Bearer {ADMIN_TOKEN}"), "-H", "Content-Type: application/json"]);
    let told = succeed(curl.args(["-d", r#"{"name":"Over TLS"}"#, &bed.url("localhost").replace("/10", "")]));
    assert!(told.contains("location: https://localhost:"), "{told}");
    assert!(bed.server.stop().success());
}

#[test]
fn python_and_the_command_line_trust_the_authority_they_are_given() {
    let bed = Bed::new(&[]);
    let mut samerow = command(&[]);
    samerow.args(["customer", "get", "10", "--json", "--token", ADMIN_TOKEN, "--ca"]).arg(&bed.authority);
    let told = succeed(samerow.args(["--server", &format!("https://localhost:{}", bed.server.address.port())]));
    assert!(told.contains("\"John\""), "{told}");
    if is_there("TLS with Python requests", python().args(["-c", "import requests"])) {
        let program = "import requests, sys\n\
            url, ca, token = sys.argv[1:]\n\
            session = requests.Session()\n\
            session.trust_env = False\n\
            for _ in range(3):\n    \
                answer = session.get(url, verify=ca, headers={'Authorization': 'Bearer ' + token})\n    \
                print(answer.status_code, answer.json()['first_name'])\n";
        let mut python = python();
        python.args(["-c", program, &bed.url("localhost")]).arg(&bed.authority).arg(ADMIN_TOKEN);
        assert_eq!(succeed(&mut python), "200 John\n".repeat(3));
    }
}

#[test]
fn mono_trusts_the_authority_that_is_synchronised() {
    if !is_there(
        "TLS with Mono",
        Command::new("sh").args(["-c", "command -v mcs && command -v mono && command -v cert-sync"]),
    ) {
        return;
    }
    let bed = Bed::new(&[]);
    let source = bed.folder.path().join("Get.cs");
    let program = r#"
        using System; using System.IO; using System.Net;
        class Get {
            static int Main(string[] args) {
                ServicePointManager.SecurityProtocol = SecurityProtocolType.Tls12;
                var request = (HttpWebRequest)WebRequest.Create(args[0]);
                request.Proxy = null;
                request.Headers["Authorization"] = "Bearer " + args[1];
                try {
                    using (var reader = new StreamReader(request.GetResponse().GetResponseStream()))
                        Console.WriteLine(reader.ReadToEnd().Contains("\"John\"") ? "John" : "somebody else");
                    return 0;
                } catch (WebException error) { Console.WriteLine(error.Status); return 1; }
            }
        }"#;
    fs::write(&source, program).unwrap();
    succeed(Command::new("mcs").current_dir(&bed.folder).arg("Get.cs"));
    // Mono keeps what it trusts in the home folder.
    let mono = || {
        let mut mono = Command::new("mono");
        mono.env("HOME", bed.folder.path()).env_remove("XDG_CONFIG_HOME").current_dir(&bed.folder);
        mono.args(["Get.exe", &bed.url("localhost"), ADMIN_TOKEN]);
        mono
    };
    let before = mono().output().unwrap();
    assert_eq!(String::from_utf8_lossy(&before.stdout), "TrustFailure\n");
    let mut sync = Command::new("cert-sync");
    succeed(sync.env("HOME", bed.folder.path()).env_remove("XDG_CONFIG_HOME").arg("--user").arg(&bed.authority));
    assert_eq!(succeed(&mut mono()), "John\n");
}

#[test]
fn who_speaks_no_tls_is_told_so_and_keeps_nobody_waiting() {
    let bed = Bed::new(&["--header-timeout=1"]);
    let mut plain = bed.connect();
    plain.write_all(b"GET /v1/customers/10 HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut told = String::new();
    plain.read_to_string(&mut told).unwrap();
    assert!(told.starts_with("HTTP/1.1 400") && told.ends_with("use https:// instead of http:// here"), "{told}");
    // One who says nothing, one who begins and stops, one who says nonsense after a beginning.
    for begun in [&b""[..], b"\x16\x03\x01\x02", b"\x16\x03\x01\x00\x05nonsense that is no handshake at all"] {
        let mut slow = bed.connect();
        slow.write_all(begun).unwrap();
        let mut rest = Vec::new();
        // Closed in order or reset, within its time: not that nothing came for long.
        if let Err(error) = slow.read_to_end(&mut rest) {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}");
        }
        assert!(!rest.starts_with(b"HTTP"), "{rest:?}");
    }
    if is_there("TLS with curl", Command::new("curl").arg("--version")) {
        bed.works();
    }
    // Nor does a handshake that does not end keep the server from stopping.
    let mut waiting = bed.connect();
    waiting.write_all(b"\x16").unwrap();
    assert!(bed.server.stop().success());
}

#[test]
fn without_a_certificate_it_says_how_to_make_one() {
    let folder = TempDir::new().unwrap();
    let nowhere = format!("--tls-folder={}", folder.path().join("tls").display());
    let refused = Launch::demo(folder.path().join("data")).argument("--tls").argument(&nowhere).try_start().map(drop);
    let refusal = refused.unwrap_err();
    assert!(refusal.status.is_some_and(|status| status.code() == Some(1)), "{refusal:?}");
    assert!(refusal.log.contains("samerow tls init"), "{}", refusal.log);
}
