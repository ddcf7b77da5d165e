//! What is told: events, webhooks, notifications.

use super::*;

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
