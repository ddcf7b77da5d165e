//! What is done with customers beyond changing them.

use super::*;

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
fn duplicates_and_words_are_found() {
    on_both(|target| {
        target.says("customer create name=JOHN_TWIN phone=7 address.city=Twintown", 0);
        target.says("customer create name=john_twin phone=7 status=off", 0);
        let ids = |line: &str| -> Vec<String> {
            let found = target.json(line);
            found["data"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(ids("customer list --json --filter shared(name,phone)"), ["JOHN_TWIN", "john_twin"]);
        assert_eq!(ids("customer list --json --search city:twintown"), ["JOHN_TWIN"]);
        assert_eq!(ids("customer list --json --search name:twin"), ["JOHN_TWIN", "john_twin"]);
        assert!(target.says("customer list --search stats:off", 1).contains("did you mean status?"));
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
        assert!(target.says("customer erase 10 --yes --reason by-letter", 0).contains("lost 7 fields"));
        assert!(target.says("customer get 10", 3).contains("erased"));
        assert_eq!(target.says("retention run", 0), "nobody\n");
        let audit = target.json("audit list --json");
        let actions: Vec<_> = audit["data"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
        assert_eq!(actions, ["export", "export", "export", "export", "erase"]);
        assert_eq!(audit["data"][4]["reason"], "by-letter");
    });
}
