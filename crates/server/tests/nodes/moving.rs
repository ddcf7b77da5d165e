//! Stores that are taken from place to place.

use super::*;
use std::process::Stdio;

/// The server goes on over the database by itself, and its callers notice nothing; a move that is killed goes on where
/// it was; and all of it can be taken back.
#[test]
fn a_store_is_moved_while_its_server_works() {
    let _turn = Turn::take();
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("store");
    let from = folder.to_str().unwrap();
    let database = Cluster::shared().database();
    let url = database.url();
    let server =
        Launch::demo(&folder).argument("--demo-customers").argument("3000").within(Duration::from_secs(60)).start();
    let plan = plan();
    let before = World::read(&server, &plan.records).unwrap();
    let mut ledger = Ledger::default();
    let load = Load::start(server.address, &plan);
    let moving = || command(&[]).args(["move", "--online", "--from", from, "--to", &url]).stderr(Stdio::null()).spawn();
    let mut rng = Rng::new("moves killed");
    for _ in 0..rounds(4, 100) {
        let mut killed = moving().unwrap();
        sleep(rng.millis(100, 2_500));
        if killed.try_wait().unwrap().is_some() {
            // It was done already. What follows finds that out.
            break;
        }
        killed.kill().unwrap();
        killed.wait().unwrap();
        let is_noted =
            |table: &str, rows: &str| database.sql(&format!("SELECT count(*) FROM {table} WHERE {rows}")) == "1";
        if is_noted("pg_tables", "tablename = 'lease'") && is_noted("lease", "name = 'moving'") {
            let opened = samerow(&["serve", "--listen", "127.0.0.1:0", "--data", from, "--database-url", &url]);
            assert_eq!(opened.status.code(), Some(7), "{}", String::from_utf8_lossy(&opened.stderr));
        }
    }
    let moved = samerow(&["move", "--online", "--from", from, "--to", &url]);
    let said = String::from_utf8_lossy(&[moved.stdout, moved.stderr].concat()).into_owned();
    let done = moved.status.success() || said.contains("was moved already");
    assert!(done && database.sql("SELECT count(*) FROM lease WHERE name = 'moving'") == "0", "{said}");
    assert!(wait_until(Duration::from_secs(60), || database.sql("SELECT count(*) FROM node") == "1"));
    sleep(Duration::from_millis(300));
    load.stop(&mut ledger);
    let data = TempDir::new().unwrap();
    let stranger = launch(&data, &url).try_start().err().unwrap();
    assert!(stranger.status.unwrap().code() == Some(7) && stranger.log.contains("samerow.key"), "{}", stranger.log);
    std::fs::copy(folder.join("samerow.key"), data.path().join("samerow.key")).unwrap();
    let second = launch(&data, &url).start();
    let loads = [Load::start(server.address, &plan), Load::start(second.address, &plan)];
    sleep(Duration::from_millis(300));
    loads.into_iter().for_each(|load| load.stop(&mut ledger));
    // Who names an older stamp in Bing's API is refused by right.
    let failed = |op: &&Op| op.outcome != Outcome::Acked && op.dialect != Dialect::BingAds;
    let failed: Vec<_> = ledger.ops.iter().filter(failed).collect();
    assert!(failed.is_empty(), "{failed:?}");
    judge(&before, &second, &plan, &ledger, &url);
    judge(&before, &server, &plan, &ledger, &url);
    let longest = ledger.ops.iter().map(|op| op.done - op.sent).max().unwrap();
    report(format!("moved while it works: {} acknowledged, 0 failed, the slowest {longest:?}; {said}", ledger.acked()));

    // Whoever starts it as before still finds it.
    assert!(server.stop().success());
    let server = Launch::demo(&folder).start();
    assert_eq!(World::read(&server, &plan.records).unwrap(), World::read(&second, &plan.records).unwrap());
    let refused = samerow(&["customer", "list", "--data", from]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("was moved to a database"));
    let back = |code: i32, says: &str| {
        let output = samerow(&["move", "--back", "--from", &url, "--to", from]);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.code() == Some(code) && said.contains(says), "{said}");
    };
    back(7, "Stop them first");
    let after = World::read(&second, &plan.records).unwrap();
    assert!(server.stop().success() && second.stop().success());
    let nobody = || database.sql("SELECT count(*) FROM node WHERE expires_at > now()") == "0";
    assert!(wait_until(Duration::from_secs(60), nobody), "servers that ended are still listed");
    back(0, "Start the server on it");
    let refused = launch(&data, &url).try_start().err().unwrap();
    assert!(refused.log.contains("was moved to"), "{}", refused.log);
    let server = Launch::demo(&folder).start();
    assert_eq!(World::read(&server, &plan.records).unwrap(), after);
}

/// From a folder to a file, to another folder, to a database that two servers share, and back.
#[test]
fn a_store_is_taken_from_place_to_place_by_commands() {
    let dir = TempDir::new().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (first, second, back, file) = (path("first"), path("second"), path("back"), path("store.jsonl"));
    let database = Cluster::shared().database();
    let url = database.url();
    let run = |words: &[&str], code: i32| {
        let output = samerow(words);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
        said
    };
    let server = Launch::demo(&first).start();
    let change = |server: &Server, city: &str| {
        let body = format!(r#"{{"address":{{"city":"{city}"}}}}"#);
        let reply = server.client().call("PATCH", "/v1/customers/191", &ADMIN, body).unwrap();
        assert_eq!(reply.status, 200, "{}", reply.text());
    };
    change(&server, "Oslo");
    // While a server is at work.
    run(&["backup", &file, "--data", &first], 0);
    assert!(run(&["backup", &file, "--data", &first], 4).contains("is there already"));
    assert!(run(&["move", "--from", &first, "--to", &url], 7).contains("open in another server"));
    let before = World::read(&server, &[191]).unwrap();
    assert!(server.stop().success());

    assert!(run(&["restore", "--verify-only", &file], 0).contains("the backup is whole"));
    run(&["restore", &file, "--data", &second], 0);
    assert!(run(&["restore", &file, "--data", &second], 7).contains("there is a store"));
    assert!(run(&["move", "--from", &second, "--to", &url, "--dry-run"], 0).contains("nothing was"));
    run(&["move", "--from", &second, "--to", &url], 0);
    let data = TempDir::new().unwrap();
    std::fs::copy(path("first/samerow.key"), data.path().join("samerow.key")).unwrap();
    let (one, two) = (launch(&data, &url).start(), launch(&data, &url).start());
    assert_eq!(World::read(&two, &[191]).unwrap(), before);
    change(&one, "Rome");
    assert!(run(&["doctor", "--database-url", &url], 0).contains("last backup: none is known of"));
    run(&["backup", &path("shared.jsonl"), "--database-url", &url], 0);
    assert!(run(&["doctor", "--database-url", &url], 0).contains("last backup: 20"));
    assert!(run(&["move", "--from", &url, "--to", &back], 7).contains("Stop them first"));
    let before = World::read(&two, &[191]).unwrap();
    assert!(one.stop().success() && two.stop().success());
    let nobody = || database.sql("SELECT count(*) FROM node WHERE expires_at > now()") == "0";
    assert!(wait_until(Duration::from_secs(60), nobody), "servers that ended are still listed");
    run(&["move", "--from", &url, "--to", &back], 0);
    let server = Launch::demo(&back).start();
    assert_eq!(World::read(&server, &[191]).unwrap(), before);
    assert!(server.stop().success());
    run(&["doctor", "--data", &back], 0);

    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    run(&["restore", "--verify-only", &file], 6);
    run(&["restore", &file, "--data", &path("third")], 6);
    run(&["restore", &path("nowhere"), "--data", &path("third")], 3);
    run(&["backup", &path("x"), "--data", &path("nowhere")], 7);
    run(&["move", "--from", "mysql://h/n", "--to", &back], 2);
}
