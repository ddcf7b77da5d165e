//! Records of every kind: listed, shown, created, changed, deleted, loaded, with files.

use super::*;

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
