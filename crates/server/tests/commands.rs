//! The management commands: what the API can do, from a shell, against a server or a store that no server has open.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};
use support::Launch;
use tempfile::TempDir;

/// Who answers: a server at this address, or the store of a folder.
enum Target<'a> {
    Server(&'a str),
    Store(&'a Path),
}

impl Target<'_> {
    /// Runs a command to its end; one that does not end within twenty seconds has failed.
    fn run(&self, line: &str) -> Output {
        self.run_with(&line.split(' ').collect::<Vec<_>>(), "")
    }

    fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = support::command(&["timeout", "20"].map(Into::into));
        command.args(arguments);
        match self {
            Target::Server(url) => command.env("SAMEROW_SERVER", url).env("SAMEROW_TOKEN", support::ADMIN_TOKEN),
            Target::Store(folder) => command.arg("--data").arg(folder),
        };
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    #[track_caller]
    fn says(&self, line: &str, exit: i32) -> String {
        told(&self.run(line), exit)
    }

    #[track_caller]
    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.says(line, 0)).unwrap()
    }
}

#[track_caller]
fn told(output: &Output, exit: i32) -> String {
    let text = String::from_utf8([&*output.stdout, &*output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(exit), "{text}");
    text
}

/// Against a running server, then against the store that it leaves behind.
fn on_both(test: impl Fn(&Target<'_>)) {
    let folder = TempDir::new().unwrap();
    let server = Launch::demo(folder.path()).start();
    test(&Target::Server(&format!("http://{}", server.address)));
    server.stop();
    let folder = TempDir::new().unwrap();
    Launch::demo(folder.path()).start().stop();
    test(&Target::Store(folder.path()));
}

#[test]
fn every_kind_of_record_is_listed_and_shown() {
    on_both(|target| {
        for (noun, id, holds) in [
            ("customer", 191, "Ada Byron"),
            ("ticket", 500, "Cannot log in"),
            ("company", 17, "Nordlys AS"),
            ("category", 24, "Security"),
            ("priority", 3, "High"),
            ("field", 6, "Score"),
            ("user", 1, "admin"),
            ("language", 1, "en"),
            ("tenant", 1, "default"),
        ] {
            let shown = target.says(&format!("{noun} get {id}"), 0);
            assert!(shown.contains(holds), "{noun}: {shown}");
            assert_eq!(target.json(&format!("{noun} get {id} --json"))["id"], json!(id));
            assert!(target.says(&format!("{noun} list --all"), 0).contains(holds), "{noun}");
            assert!(target.says(&format!("{noun} history {id}"), 0).contains("v1"), "{noun}");
            target.says(&format!("{noun} get 2000000000"), 3);
        }
        for noun in ["message", "key", "session"] {
            assert!(target.says(&format!("{noun} list"), 0).starts_with("id"), "{noun}");
        }
    });
}

#[test]
fn an_extra_table_is_defined_and_filled() {
    on_both(|target| {
        assert_eq!(target.json("table create name=Servers --json")["id"], json!(1));
        for column in ["number=4 name=Host shape=text", "number=9 name=Cores shape=integer"] {
            target.says(&format!("field create domain=extra_row table=1 {column}"), 0);
        }
        let row = target.json("row create table=1 x_4=alpha x_9=8 --json");
        assert_eq!((&row["custom4"], &row["extra_fields"]["x_9"]), (&json!("alpha"), &json!(8)));
        target.says("row update 1 x_9=many", 1);
        target.says("row delete 1", 0);
        assert!(!target.says("row list", 0).contains('1'));
    });
}

#[test]
fn a_record_is_created_changed_and_deleted() {
    on_both(|target| {
        let arguments = ["customer", "create", "name=Løvås", "address.city=Oslo", "address.postal_code=02134", "x_6=5"];
        let shown = told(&target.run_with(&[&arguments[..], &["--json"]].concat(), ""), 0);
        let created: Value = serde_json::from_str(&shown).unwrap();
        let id = created["id"].as_i64().unwrap();
        assert_eq!((&created["name"], &created["address"]["postal_code"]), (&json!("Løvås"), &json!("02134")));
        assert_eq!(created["extra_fields"]["x_6"], json!(5));

        let changed = target.json(&format!("customer update {id} address.city= phone=1 --if-version 1 --json"));
        assert_eq!(
            (&changed["address"]["city"], &changed["phone"], &changed["version"]),
            (&Value::Null, &json!("1"), &json!(2))
        );
        assert!(target.says(&format!("customer update {id} phone=2 --if-version 1"), 4).contains("changed"));
        let read = target.run_with(&["customer", "update", &id.to_string(), "--file", "-"], r#"{"phone":"3"}"#);
        assert!(told(&read, 0).contains("phone                        3"));

        assert!(target.says(&format!("customer update {id} city=Oslo"), 1).contains("city"));
        target.says(&format!("customer update {id} email_quota=many"), 2);
        target.says(&format!("customer update {id} nothing"), 2);
        target.says(&format!("customer delete {id}"), 0);
        assert_eq!(target.json(&format!("customer get {id} --json"))["status"], json!("deleted"));
        let history = target.says(&format!("customer history {id}"), 0);
        assert!(history.contains("phone: 1 → 3") && history.contains("samerow/"), "{history}");
    });
}

#[test]
fn a_list_goes_on_until_its_end() {
    on_both(|target| {
        let lines = target.says("customer list --all --jsonl", 0);
        let all: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(all.len(), 206);
        assert_eq!(target.json("customer list --all --json")["data"], json!(all));
        let some = target.run("customer list --limit 3");
        assert_eq!(String::from_utf8_lossy(&some.stdout).lines().count(), 4);
        assert!(String::from_utf8_lossy(&some.stderr).contains("there are more"));
        let filtered = ["customer", "list", "--filter", "name = \"Ada Byron\"", "--json"];
        let found: Value = serde_json::from_str(&told(&target.run_with(&filtered, ""), 0)).unwrap();
        assert_eq!((found["data"].as_array().unwrap().len(), &found["data"][0]["id"]), (1, &json!(191)));
        let sorted = target.json("customer list --sort -id --limit 2 --json");
        assert_eq!((&sorted["data"][0]["id"], &sorted["data"][1]["id"]), (&json!(1200), &json!(1199)));
        let wrong = ["customer", "list", "--filter", "nmae = 1"];
        assert!(told(&target.run_with(&wrong, ""), 1).contains("name"));
    });
}

#[test]
fn a_key_is_made_rotated_and_revoked() {
    on_both(|target| {
        let made = target.json("key create username=robot role=viewer --json");
        let id = made["id"].as_i64().unwrap();
        let secret = made["key"].as_str().expect("a key is shown once").to_owned();
        assert!(!target.says(&format!("key get {id}"), 0).contains(&secret));
        let rotated = target.json(&format!("key rotate {id} --overlap 60 --json"));
        assert_ne!(rotated["key"].as_str().unwrap(), secret);
        target.says(&format!("key revoke {id}"), 0);
        assert_eq!(target.json(&format!("key get {id} --json"))["disabled"], json!(true));
    });
}

#[test]
fn a_token_is_made_listed_and_ended() {
    on_both(|target| {
        let made = target.json("token create user=6 name=report dialects=bing_ads --json");
        let (id, secret) = (made["id"].as_i64().unwrap(), made["key"].as_str().unwrap().to_owned());
        assert!(secret.starts_with("sr_") && made["expires_at"].is_string(), "{made}");
        let listed = target.says("token list", 0);
        assert!(listed.contains("report") && !listed.contains(&secret), "{listed}");
        let listed = target.json("token list --json");
        assert_eq!((&listed["data"][0]["id"], &listed["data"][0]["user"]), (&json!(id), &json!(6)), "{listed}");
        for (line, why) in [
            ("token create", "user"),
            ("token create user=99", "99"),
            ("token create user=6 expires_at=2001-01-01T00:00:00Z", "within a year"),
            ("token create user=6 digest=x", "digest"),
        ] {
            let told = target.says(line, 1);
            assert!(told.contains(why), "{line}: {told}");
        }
        target.says(&format!("token revoke {id}"), 0);
        assert!(!target.says("token list", 0).contains("report"));
        target.says(&format!("token revoke {id}"), 3);
        target.says("token revoke nothing", 2);
    });
}

#[test]
fn events_are_told_from_any_point_on() {
    on_both(|target| {
        let lines = target.says("events --jsonl", 0);
        let all: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(all.len() > 206);
        let last = all.last().unwrap()["cursor"].as_str().unwrap().to_owned();
        assert_eq!(target.says(&format!("events --after {last}"), 0), "");
        target.says("company update 17 note=seen", 0);
        let since = target.says(&format!("events --after {last}"), 0);
        assert!(since.contains("company 17 v2") && since.contains("note: — → seen"), "{since}");
        assert_eq!(target.says(&format!("events --after {last} --kind customer"), 0), "");
    });
}

#[test]
fn a_follower_hears_of_what_comes() {
    use std::io::{BufRead as _, BufReader};
    let folder = TempDir::new().unwrap();
    let server = Launch::demo(folder.path()).start();
    let url = format!("http://{}", server.address);
    let target = Target::Server(&url);
    let mut command = support::command(&["timeout", "30"].map(Into::into));
    command.args(["events", "--follow", "--jsonl", "--after", "now"]);
    command.env("SAMEROW_SERVER", &url).env("SAMEROW_TOKEN", support::ADMIN_TOKEN);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // It may not have asked yet: one of these comes after it has.
    let heard = std::thread::spawn(move || lines.next());
    for number in 0.. {
        target.says(&format!("company update 17 note=n{number}"), 0);
        if heard.is_finished() {
            break;
        }
    }
    let event: Value = serde_json::from_str(&heard.join().unwrap().unwrap().unwrap()).unwrap();
    assert_eq!((&event["kind"], &event["id"]), (&json!("company"), &json!(17)));
    child.kill().unwrap();
    child.wait().unwrap();
    server.stop();
    let store = Target::Store(folder.path());
    assert!(store.says("events --follow", 2).contains("--follow asks a server"));
}

#[test]
fn customers_are_merged_restored_and_reverted() {
    on_both(|target| {
        target.says("customer update 11 phone=11 custom1=gold", 0);
        let preview = target.json("customer merge 10 11 --dry-run --json");
        assert_eq!(preview["dry_run"], json!(true));
        target.says("customer merge 10 11 --if-version 7", 4);
        target.says("customer merge 10 10", 1);
        let merged = target.json("customer merge 10 11 --take phone --if-version 1 --other-version 2 --json");
        assert_eq!((&merged["phone"], &merged["custom1"]), (&json!("11"), &json!("gold")));
        assert!(target.says("customer update 11 phone=1", 3).contains("merged into customer 10"));
        assert_eq!(target.json("customer undo-merge 11 --json")["merged_into"], Value::Null);
        assert_eq!(target.json("customer get 10 --json")["phone"], json!("021 555"));
        assert!(target.says("audit list --filter subject=11", 0).contains("undo_merge"));

        target.says("customer update 7 status=suspended", 0);
        target.says("customer delete 7", 0);
        assert_eq!(target.json("customer restore 7 --json")["status"], json!("suspended"));
        let reverted = target.json("customer revert status --before-version 2 7 --json");
        assert_eq!(reverted["status"], json!("active"));
        target.says("customer revert status --before-version 99 7", 3);
    });
}

#[test]
fn a_person_is_exported_and_erased() {
    on_both(|target| {
        let export = target.json("customer export 10");
        assert_eq!((&export["customer"]["id"], export["tickets"].as_array().unwrap().len()), (&json!(10), 2));
        assert!(target.says("customer export 10 --format csv", 0).contains("ticket,500,title,Cannot log in"));
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("person.json");
        let into = format!("customer export 10 --out {}", file.display());
        assert_eq!(target.says(&into, 0), "");
        assert!(std::fs::read_to_string(&file).unwrap().starts_with("{\"customer\""));
        assert!(target.says(&into, 1).contains("exists"), "what is there is not written over");

        assert!(target.says("customer erase 10 --dry-run", 0).contains("would lose 7 fields, 0 accounts, 2 tickets"));
        assert!(target.says("customer erase 10", 2).contains("--yes"), "nobody is there to ask");
        target.says("customer get 10", 0);
        assert!(target.says("customer erase 10 --yes", 0).contains("lost 7 fields"));
        assert!(target.says("customer get 10", 3).contains("erased"));
        assert_eq!(target.says("retention run", 0), "nobody\n");
        let audit = target.json("audit list --json");
        let actions: Vec<_> = audit["data"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
        assert_eq!(actions, ["export", "export", "export", "export", "erase"]);
    });
}

#[test]
fn many_lines_are_many_changes() {
    on_both(|target| {
        let lines: String =
            (0..1_500).map(|at| format!("{{\"op\":\"create\",\"value\":{{\"name\":\"bulk{at}\"}}}}\n\n")).collect();
        let output = target.run_with(&["customer", "bulk", "--dry-run"], &lines);
        assert!(told(&output, 0).contains("1500 could be stored, 0 refused"));
        let output = target.run_with(&["customer", "bulk", "-"], &lines);
        assert!(told(&output, 0).contains("1500 stored, 0 refused"));
        assert_eq!(target.says("customer list --filter name^=bulk --all --jsonl", 0).lines().count(), 1_500);

        let mixed = "{\"op\":\"patch\",\"id\":10,\"value\":{\"phone\":\"5\"}}\n\
                     {\"op\":\"patch\",\"id\":11,\"value\":{\"username\":\"johndoe\"}}\n{\"op\":\"delete\",\"id\":7}\n";
        let all = told(&target.run_with(&["customer", "bulk"], mixed), 4);
        assert!(all.contains("lines 1 to 3") && all.contains("0 stored, 3 refused"), "{all}");
        assert_eq!(target.json("customer get 10 --json")["phone"], json!("021 555"));
        let each = told(&target.run_with(&["customer", "bulk", "--each", "--jsonl"], mixed), 1);
        assert!(each.contains("2 stored, 1 refused"), "{each}");
        let second: Value = serde_json::from_str(each.lines().nth(1).unwrap()).unwrap();
        assert_eq!((&second["line"], &second["code"]), (&json!(2), &json!("already_exists")));
        let told_lines = told(&target.run_with(&["customer", "bulk", "--each"], mixed), 1);
        assert!(told_lines.contains("line 2: /value/username: "), "{told_lines}");
        assert!(told(&target.run_with(&["customer", "bulk"], "{}\n{\n"), 2).contains("line 2"));
        target.says("customer bulk /nowhere", 2);
    });
}

#[test]
fn webhooks_are_made_rotated_and_tried() {
    on_both(|target| {
        let made = target.json("webhook create url=https://crm.example/hook name=crm --json");
        assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
        assert!(target.says("webhook list", 0).contains("https://crm.example/hook"));
        assert_ne!(target.json("webhook rotate 1 --json")["secret"], made["secret"]);
        assert!(target.says("webhook delivery 1", 0).contains("cursor"));
        target.says("webhook replay 1 --after now", 0);
        target.says("webhook replay 1 --after nowhere", 1);
        assert!(target.says("webhook dead-letters 1", 0).starts_with("id"));
        target.says("webhook resend 1 --letter 1", 3);
        target.says("webhook forget 1 --letter 1", 3);
        target.says("webhook delete 1", 0);
        target.says("webhook get 2", 3);
    });
}

/// Noun, what makes one, what changes it, and the field of that.
const RESOURCES: [[&str; 4]; 12] = [
    ["customer", "first_name=Ada", "phone=1", "phone"],
    ["account", "name=Search customer=100", "name=Shop", "name"],
    ["company", "name=Fjord", "phone=1", "phone"],
    ["category", "name=Printers", "name=Printing", "name"],
    ["priority", "name=Soon sort_order=25", "sort_order=26", "sort_order"],
    ["field", "domain=customer number=9 name=Size shape=integer", "name=Length", "name"],
    ["user", "username=kari name=Kari role=agent", "role=viewer", "role"],
    ["ticket", "title=Slow customer=191", "title=Fast", "title"],
    ["message", "ticket=500 text=Hello", "text=Goodbye", "text"],
    ["language", "name=Nynorsk code=nn", "name=Norsk", "name"],
    ["table", "name=Servers", "name=Hosts", "name"],
    ["row", "table=1 custom1=alpha", "custom1=beta", "custom1"],
];

/// Operations that answer well to these commands only where something went wrong before, somebody is signed in, or mail
/// is sent.
const REFUSED: [&str; 4] = ["replay_dead_letter", "delete_dead_letter", "end_session", "send_password"];

#[test]
fn every_operation_is_reached_by_a_command() {
    let folder = TempDir::new().unwrap();
    let server = Launch::demo(folder.path()).start();
    let url = format!("http://{}", server.address);
    let target = Target::Server(&url);
    for [noun, made, changed, field] in RESOURCES {
        let id = target.json(&format!("{noun} create {made} --json"))["id"].to_string();
        if noun == "table" {
            target.says("field create domain=extra_row number=1 table=1 name=Host shape=text", 0);
        }
        target.says(&format!("{noun} list --limit 1"), 0);
        target.says(&format!("{noun} update {id} {changed}"), 0);
        let whole = target.says(&format!("{noun} get {id} --json"), 0);
        let replaced = target.run_with(&[noun, "replace", &id, "--file", "-", "--json"], &whole);
        let replaced: Value = serde_json::from_str(&told(&replaced, 0)).unwrap();
        assert_eq!(replaced, serde_json::from_str::<Value>(&whole).unwrap(), "{noun}");
        target.says(&format!("{noun} delete {id}"), 0);
        target.says(&format!("{noun} restore {id}"), 0);
        let reverted = target.json(&format!("{noun} revert {field} {id} --before-version 2 --json"));
        let first = made.split(' ').find_map(|pair| pair.strip_prefix(&format!("{field}="))).unwrap_or("null");
        assert_eq!(
            reverted[field].as_str().map_or_else(|| reverted[field].to_string(), str::to_owned),
            first,
            "{noun}"
        );
        target.says(&format!("{noun} history {id}"), 0);
    }
    for (line, exit) in [
        ("customer merge 10 11", 0),
        ("customer undo-merge 11", 0),
        ("customer tickets 10", 0),
        ("customer export 10", 0),
        ("customer erase 192 --yes", 0),
        ("retention run --yes", 0),
        ("ticket messages 500", 0),
        ("ticket answer 500 text=Hello external=true", 0),
        ("ticket update 500 owner=1", 0),
        ("ticket read 500", 0),
        ("key create username=robot role=viewer", 0),
        ("key list", 0),
        ("key get 1", 0),
        ("key update 1 expires_at=2030-01-01T00:00:00Z", 0),
        ("key history 1", 0),
        ("key rotate 1", 0),
        ("tenant create name=acme", 0),
        ("tenant list", 0),
        ("tenant get 2", 0),
        ("tenant update 2 hosts=acme.example", 0),
        ("tenant history 2", 0),
        ("session list", 0),
        ("session end 1", 3),
        ("token create user=1", 0),
        ("token list", 0),
        ("token get 1", 0),
        ("token revoke 1", 0),
        ("audit list", 0),
        ("audit get 1", 0),
        ("audit history 1", 0),
        ("me", 0),
        ("settings get", 0),
        ("settings update hosts=crm.example", 0),
        ("events", 0),
        ("webhook create url=https://127.0.0.1:1/hook", 0),
        ("webhook list", 0),
        ("webhook get 1", 0),
        ("webhook update 1 name=crm", 0),
        ("webhook history 1", 0),
        ("webhook rotate 1", 0),
        ("webhook test 1", 1),
        ("webhook delivery 1", 0),
        ("webhook replay 1 --after now", 0),
        ("webhook dead-letters 1", 0),
        ("webhook resend 1 --letter 1", 3),
        ("webhook forget 1 --letter 1", 3),
        ("webhook delete 1", 0),
    ] {
        let output = target.run(line);
        assert_eq!(output.status.code(), Some(exit), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let wsdl = server.client().get("/scripts/SOAP?action=admin").unwrap().text().replace("urn:admin", "urn:old");
    let file = folder.path().join("admin.wsdl");
    std::fs::write(&file, wsdl).unwrap();
    target.says(&format!("dialects learn superoffice --wsdl {}", file.display()), 0);
    assert!(target.says("wsdl list", 0).contains("superoffice  admin"));
    assert!(target.says("wsdl get 1", 0).contains("urn:old"));
    assert!(target.says("dialects list", 0).contains("learned: the admin port"));
    target.says("dialects learn superoffice --forget", 0);
    assert!(target.says("wsdl history 1", 0).contains("learn_wsdl"));
    target.says("ticket active --user 1", 0);
    target.says("customer send-password 10", 1);
    told(&target.run_with(&["customer", "check-password", "janeroe"], "pw"), 0);
    let token = target.json("token create user=1 --json")["key"].as_str().unwrap().to_owned();
    let key = target.json(&format!("notification allocate --token {token} --json"))["key"].as_str().unwrap().to_owned();
    target.says(&format!("notification take {key} --token {token}"), 0);
    told(&target.run_with(&["customer", "bulk"], "{\"op\":\"patch\",\"id\":10,\"value\":{\"phone\":\"5\"}}\n"), 0);
    // The one that is called with, last.
    target.says("key revoke 1", 0);

    let metrics = server.client().get("/metrics").unwrap();
    let metrics = String::from_utf8(metrics.body).unwrap();
    let reached = |operation: &str, outcome: &str| {
        metrics.contains(&format!("{{dialect=\"native\",operation=\"{operation}\",outcome=\"{outcome}\"}}"))
    };
    let wanting = dialects::native::DIALECT.operations.iter().filter(|operation| {
        // Files have commands of their own.
        let is_file = operation.contains("attachment");
        let is_reached = reached(operation, "ok") || (REFUSED.contains(operation) && reached(operation, "refused"));
        !is_file && !is_reached
    });
    assert_eq!(wanting.collect::<Vec<_>>(), [] as [&&str; 0], "{metrics}");
}

#[test]
fn files_go_in_and_come_out() {
    on_both(|target| {
        let folder = TempDir::new().unwrap();
        // More than goes in one piece.
        let bytes: Vec<u8> = (0..700_000u32).map(|at| (at * 7 % 251) as u8).collect();
        let file = folder.path().join("my report.bin");
        std::fs::write(&file, &bytes).unwrap();
        let (path, out) = (file.to_str().unwrap(), folder.path().join("out.bin"));
        let add = |more: &[&str]| told(&target.run_with(&[&["attachment", "add", path][..], more].concat(), ""), 0);
        let added: Value = serde_json::from_str(&add(&["--json", "--content-type", "application/pdf"])).unwrap();
        assert_eq!((&added["name"], &added["size"]), (&json!("my report.bin"), &json!(700_000)));
        assert_eq!((&added["id"], &added["content_type"]), (&json!(1), &json!("application/pdf")));
        assert!(target.says("attachment list", 0).contains("my report.bin"));
        let save = format!("attachment save 1 --out {}", out.display());
        target.says(&save, 0);
        assert!(std::fs::read(&out).unwrap() == bytes, "the same bytes");
        assert!(target.says(&save, 1).contains("exists"), "what is there is not written over");
        assert!(target.run("attachment save 1 --out -").stdout == bytes);
        target.says("attachment save 9 --out x", 3);
        target.says("attachment update 1 name=../../etc/passwd", 0);
        assert_eq!(target.json("attachment get 1 --json")["name"], json!("../../etc/passwd"));
        let linked = target.json("message add ticket=500 text=See attachments=1 --json");
        assert_eq!(linked["attachments"], json!([1]));
        add(&["--name", "other.txt"]);
        target.says("attachment delete 2", 0);
        target.says("attachment add /nowhere", 2);
    });
}

#[test]
fn passwords_and_active_tickets() {
    on_both(|target| {
        let check = |name: &str, password: &str| target.run_with(&["customer", "check-password", name], password);
        assert!(told(&check("johndoe", "pw\n"), 0).contains("10"));
        assert!(told(&check("johndoe", "wrong"), 5).contains("wrong"));
        assert!(target.says("customer send-password 10", 1).contains("smtp-server"));
        target.says("ticket update 500 owner=2", 0);
        assert!(target.says("ticket active --user 2", 0).contains("500     unread"));
        target.says("ticket active --user 99", 3);
        // Who is asked is no user.
        target.says("notification allocate", 5);
        target.says("ticket read 500", 0);
    });
}

#[test]
fn notifications_are_told_to_their_user() {
    let folder = TempDir::new().unwrap();
    let server = Launch::demo(folder.path()).start();
    let url = format!("http://{}", server.address);
    let target = Target::Server(&url);
    let token = target.json("token create user=1 --json")["key"].as_str().unwrap().to_owned();
    let user = |line: &str| target.json(&format!("{line} --token {token} --json"));
    let key = user("notification allocate --source desk")["key"].as_str().unwrap().to_owned();
    target.says("ticket update 500 owner=1", 0);
    target.says("message add ticket=500 text=News", 0);
    let take = format!("notification take {key}");
    let told = user(&take);
    let what: Vec<_> = told["data"].as_array().unwrap().iter().map(|told| &told["notification"]).collect();
    assert_eq!(what, ["new_ticket", "new_message"], "{told}");
    assert_eq!(user(&take)["data"], json!([]), "each is told once");
}

#[test]
fn shells_and_manuals_know_the_commands() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| support::command(&[]).args(arguments).output().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        assert!(told(&run(&["completions", shell]), 0).contains("customer"), "{shell}");
    }
    let pages = folder.path().join("man");
    told(&run(&["man", pages.to_str().unwrap()]), 0);
    let page = std::fs::read_to_string(pages.join("samerow-customer-update.1")).unwrap();
    assert!(page.contains("Change some members of one"), "{page}");
}
