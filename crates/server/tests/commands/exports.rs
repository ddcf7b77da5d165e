//! What is written out whole, and into files.

use super::*;
use std::fs;

fn lines(text: &str) -> Vec<&str> {
    text.split("\r\n").collect()
}

#[test]
fn lists_are_written_out_whole() {
    on_both(|target| {
        let folder = TempDir::new().unwrap();
        let into = |name: &str| folder.path().join(name).display().to_string();
        target.says("customer update 11 note==1+1", 0);
        let csv = target.says("export customers --columns id,note --filter id=11", 0);
        assert_eq!(csv, "id,note\r\n11,'=1+1\r\n");

        let file = into("people.csv");
        let told = target.says(&format!("export customers --sort -id --columns id,name -o {file}"), 0);
        let written = fs::read_to_string(&file).unwrap();
        let ids: Vec<i64> =
            lines(written.trim()).iter().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
        assert!(ids.len() > 200 && ids.is_sorted_by(|a, b| a > b), "{ids:?}");
        assert_eq!(told, format!("{} customers in {file}\n", ids.len()));

        // What is there stays, unless it is said otherwise.
        let again = format!("export customers --filter id=11 --columns id -o {file}");
        assert!(target.says(&again, 4).contains("--force"));
        assert_eq!(fs::read_to_string(&file).unwrap(), written);
        target.says(&format!("{again} --force"), 0);
        assert_eq!(fs::read_to_string(&file).unwrap(), "id\r\n11\r\n");

        // What is refused leaves no file, nor anything beside it.
        let refused = into("refused.csv");
        assert!(target.says(&format!("export customers --filter colour=red -o {refused}"), 1).contains("colour"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        target.says("export unicorns", 2);

        let jsonl = into("tickets.jsonl");
        assert_eq!(target.says(&format!("export tickets -o {jsonl}"), 0), format!("3 tickets in {jsonl}\n"));
        let text = fs::read_to_string(&jsonl).unwrap();
        let titles: Vec<Value> =
            text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["title"].clone()).collect();
        assert_eq!(titles, ["Cannot log in", "Audit", "Invoice address"]);

        let cards = into("people.vcf");
        target.says(&format!("export customers --search jane --filter id<100 -o {cards}"), 0);
        let card = fs::read_to_string(&cards).unwrap();
        assert!(card.starts_with("BEGIN:VCARD\r\nVERSION:4.0\r\n") && card.contains("\r\nFN:Jane Roe\r\n"), "{card}");
        target.says("export tickets --format vcard", 2);
    });
}

#[test]
fn customers_are_written_out_under_the_names_of_each_api() {
    on_both(|target| {
        for (dialect, first, name) in [
            ("superoffice", "id", "firstname"),
            ("everlytic", "id", "name"),
            ("trackfinity", "customer_id", "firstname"),
            ("bing_ads", "Id", "Name"),
            ("native", "id", "first_name"),
        ] {
            let csv = target.says(&format!("export customers --as {dialect} --filter id=10"), 0);
            let head: Vec<&str> = lines(&csv)[0].split(',').collect();
            assert!(head[0] == first && head.contains(&name), "{dialect}: {head:?}");
            assert!(lines(&csv)[1].starts_with("10,"), "{csv}");
        }
        let some = "export customers --as superoffice --columns email,firstname --filter id=10";
        assert_eq!(target.says(some, 0), "email,firstname\r\n\"john.doe@example.com\njd@old.example\",John\r\n");
        let unknown = target.says("export customers --as superoffice --columns fistname", 1);
        assert!(unknown.contains("did you mean firstname?"), "{unknown}");
        target.says("export tickets --as superoffice", 2);
        target.says("export customers --as superoffice --format jsonl", 2);
    });
}

#[test]
fn a_history_is_written_out() {
    on_both(|target| {
        target.says("customer update 11 phone=1", 0);
        target.says("customer update 11 phone=2", 0);
        let csv = target.says("customer history 11 --format csv", 0);
        assert_eq!(lines(&csv)[0], "version,at,dialect,operation,credential,client,request_id,field,from,to");
        assert!(lines(&csv)[1].starts_with("3,") && lines(&csv)[1].ends_with(",phone,1,2"), "{csv}");
        assert!(csv.contains(",password,,changed\r\n") && !csv.contains("argon2"), "{csv}");
        let first = target.says("customer history 11 --format jsonl", 0);
        assert_eq!(serde_json::from_str::<Value>(first.lines().next().unwrap()).unwrap()["version"], json!(3));
        target.says("customer history 11 --format csv --limit 1", 2);
        target.says("customer history 9999 --format csv", 3);
    });
}

#[test]
fn an_answer_that_breaks_off_leaves_no_file() {
    use std::io::Read as _;
    use std::net::TcpListener;
    let folder = TempDir::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            asked.push(byte[0]);
        }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream.write_all(format!("{head}4\r\nid\r\n\r\n3\r\n1\r\n\r\n").as_bytes()).unwrap();
    });
    let file = folder.path().join("people.csv");
    let said = Target::Server(&url).says(&format!("export customers -o {}", file.display()), 7);
    server.join().unwrap();
    assert!(said.contains("/v1/customers"), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_is_exported_and_imported_again_changes_nothing() {
    on_both(|target| {
        let folder = TempDir::new().unwrap();
        let value = json!({
            "note": "'=1+1\r\n\"two\"; three,\n-4", "phone": "+47 1", "emails": ["=a@x.example", "b@y.example"],
            "order_ids": ["O-1", "-2"], "address": { "city": "@home", "country": "NO" }, "extra_fields": { "x_6": -7 },
        });
        let body = value.to_string();
        told(&target.run_with(&["customer", "update", "10", "--file", "-"], &body), 0);
        let before = target.json("customer get 10 --json");
        let count = target.json("customer list --all --json")["data"].as_array().unwrap().len();
        for dialect in ["bing_ads", "everlytic", "native", "superoffice", "trackfinity"] {
            let file = folder.path().join(format!("{dialect}.csv")).display().to_string();
            target.says(&format!("export customers --as {dialect} -o {file}"), 0);
            let said = target.says(&format!("import {file} --as {dialect} --keep-ids"), 0);
            assert!(said.contains(&format!("create 0   update 0   unchanged {count}   skip 0")), "{dialect}: {said}");
        }
        // So does the list as it is shown to programs, and what the console exports.
        let file = folder.path().join("own.csv").display().to_string();
        target.says(&format!("export customers -o {file}"), 0);
        let said = target.says(&format!("import {file} --as native --keep-ids"), 0);
        assert!(said.contains(&format!("create 0   update 0   unchanged {count}   skip 0")), "{said}");
        assert_eq!(target.json("customer get 10 --json"), before);
    });
}
