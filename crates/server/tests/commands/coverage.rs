//! Every operation of the API has a command.

use super::*;

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
    told(&target.run_with(&["import", "-", "--as", "native", "--match", "id"], "id,phone\n10,6\n"), 0);
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
