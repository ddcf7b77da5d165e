//! Customers out of files.

use super::*;
use std::collections::HashMap;
use std::fs;
use std::time::Duration;
use support::wait_until;

/// What another installation writes: 812 customers, of whom 8 cannot be taken.
fn exported() -> String {
    let mut file = String::from("\u{feff}customerId;firstname;lastname;email;phone;note;x_6\r\n");
    for line in 2..=813 {
        let id = 3_000 + line;
        let email = match line {
            37 => String::from("johnny@"),
            // The address of line 99 again.
            100..=104 => String::from("kunde99@EXAMPLE.no"),
            _ => format!("kunde{line}@example.no"),
        };
        let score = match line {
            200 => "many",
            _ => "7",
        };
        let note = if line == 813 { "\"two\r\nlines\"" } else { "" };
        let id = if line == 201 { String::new() } else { id.to_string() };
        file.push_str(&format!("{id};Ola;\"Nord;mann\";{email};'+47 {line};{note};{score}\r\n"));
    }
    file
}

/// The rows of a report: line, what, id, version, fields, reason.
fn report(path: &Path) -> Vec<Vec<String>> {
    let (mut reader, mut records) = (wire::csv::Reader::new(b',', 10_000), Vec::new());
    reader.take(&fs::read(path).unwrap(), &mut records).unwrap();
    reader.end(&mut records).unwrap();
    let text = |cell: &Vec<u8>| String::from_utf8(cell.clone()).unwrap();
    records.iter().skip(1).map(|record| record.cells.iter().map(text).collect()).collect()
}

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    /// A file of these bytes.
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), bytes).unwrap();
        self.path(name).display().to_string()
    }
}

/// What a command says on standard output.
#[track_caller]
fn says(target: &Target<'_>, line: &str, exit: i32) -> String {
    let output = target.run(line);
    told(&output, exit);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_export_of_the_vendor_is_tried_imported_and_taken_back() {
    on_both(|target| {
        let files = Files::new();
        let file = files.write("customers-from-superoffice.csv", exported());
        let import = format!("import {file} --as superoffice");
        let tried =
            says(target, &format!("{import} --dry-run --keep-ids --report {}", files.path("tried.csv").display()), 1);
        let summary = "  812 rows   create 804   update 0   unchanged 0   skip 8\n  \
                       line 37  skip  email \"johnny@\" is not an address\n";
        assert!(tried.starts_with(summary), "{tried}");
        assert!(tried.contains("line 100  skip  email \"kunde99@EXAMPLE.no\" is on line 99 already\n"), "{tried}");
        assert!(tried.contains("line 200  skip  x_6 \"many\" must be a whole number\n"), "{tried}");
        assert!(tried.contains("line 201  skip  it has no id, and ids are to be kept\n"), "{tried}");
        assert!(target.says("customer get 3002", 3).contains("no customer 3002"), "nothing was done");

        let done = files.path("done.csv");
        assert_eq!(says(target, &format!("{import} --keep-ids --report {}", done.display()), 1), tried);
        let (trial, real) = (report(&files.path("tried.csv")), report(&done));
        assert_eq!(real.len(), 812);
        for (trial, real) in trial.iter().zip(&real) {
            let same = |row: &[String]| [0, 1, 2, 4, 5].map(|at| row[at].clone());
            assert_eq!(same(trial), same(real));
            let version = if real[1] == "create" { "1" } else { "" };
            assert_eq!((trial[3].as_str(), real[3].as_str()), ("", version));
        }
        let customer = target.json("customer get 3300 --json");
        assert_eq!(customer["name"], "Ola Nord;mann");
        assert_eq!((&customer["phone"], &customer["note"]), (&json!("+47 300"), &Value::Null));
        assert_eq!(
            (&customer["extra_fields"]["x_6"], &customer["emails"]),
            (&json!(7), &json!(["kunde300@example.no"]))
        );
        assert_eq!(target.json("customer get 3813 --json")["note"], "two\r\nlines");
        let origin = |id: u32| target.json(&format!("customer history {id} --json"))["data"][0]["origin"].clone();
        assert_eq!((&origin(3002)["dialect"], &origin(3002)["operation"]), (&json!("import"), &json!("import")));
        assert_eq!(origin(3002), origin(3813), "the histories of all rows lead to one run");
        let next = target.json("customer create name=Next --json")["id"].as_u64().unwrap();
        assert!(next > 3813, "an id that was kept is not given again: {next}");

        let again = says(target, &format!("{import} --keep-ids"), 1);
        assert!(again.starts_with("  812 rows   create 0   update 0   unchanged 804   skip 8\n"), "{again}");
        let without_ids = says(target, &format!("{import} --dry-run"), 1);
        assert!(
            without_ids.starts_with("  812 rows   create 1   update 0   unchanged 804   skip 7\n"),
            "{without_ids}"
        );

        target.says("customer update 3002 phone=mine", 0);
        let undo = format!("import --undo {}", done.display());
        let tried = says(target, &format!("{undo} --dry-run"), 1);
        assert!(
            tried.starts_with(
                "  804 rows   deleted 803   reverted 0   left alone 1\n  line 2  left alone  customer 3002: "
            ),
            "{tried}"
        );
        assert_eq!(target.json("customer get 3003 --json")["status"], "active", "nothing was done");
        let undone = says(target, &undo, 1);
        assert!(undone.starts_with("  804 rows   deleted 803   reverted 0   left alone 1\n"), "{undone}");
        assert!(undone.contains("customer 3002: This customer has version 2 now.\n"), "{undone}");
        assert_eq!(target.json("customer get 3003 --json")["status"], "deleted");
        assert_eq!(target.json("customer get 3002 --json")["phone"], "mine");
        let refused = target.says(&format!("import --undo {}", files.path("tried.csv").display()), 2);
        assert!(refused.contains("is it the report of a dry run?"), "{refused}");
    });
}

#[test]
fn changes_are_taken_back_field_by_field() {
    on_both(|target| {
        let files = Files::new();
        let customer = |id: u32| {
            let mut customer = target.json(&format!("customer get {id} --json"));
            for name in ["version", "updated_at", "updated_by"] {
                customer[name] = Value::Null;
            }
            customer
        };
        let before = [7, 10, 191].map(customer);
        let csv = "id,phone,address.city,emails,x_6,note\n\
                   7,1,Oslo,,5,\n10,2,Bergen,\"a@example.com\nb@example.com\",6,x\n191,,,ada@example.com,,\n";
        let file = files.write("changes.csv", csv);
        let done = files.path("done.csv");
        let import = format!("import {file} --as native --match id --report {}", done.display());
        assert_eq!(says(target, &import, 0), "  3 rows   create 0   update 2   unchanged 1   skip 0\n");
        assert!(target.says(&import, 2).contains("done.csv"), "a report is not written over");
        let fields: Vec<_> =
            report(&done).into_iter().map(|row| (row[2].clone(), row[3].clone(), row[4].clone())).collect();
        let told = |id: &str, version: &str, fields: &str| (id.to_owned(), version.to_owned(), fields.to_owned());
        assert_eq!(
            fields,
            [
                told("7", "2", "phone address.city x_6"),
                told("10", "2", "emails phone note address.city x_6"),
                told("191", "1", "")
            ]
        );
        target.says("customer update 10 phone=since", 0);
        let undone = says(target, &format!("import --undo {}", done.display()), 0);
        assert_eq!(undone, "  2 rows   deleted 0   reverted 2   left alone 0\n");
        let mut expected = before;
        expected[1]["phone"] = json!("since");
        assert_eq!([7, 10, 191].map(customer), expected);
        let again = says(target, &format!("import --undo {}", done.display()), 1);
        assert!(again.contains("left alone  customer 7: all that it changed was changed since"), "{again}");

        let cleared = files.write("cleared.csv", "username,phone\njohndoe,\n");
        assert!(says(target, &format!("import {cleared} --as native"), 0).contains("unchanged 1"));
        assert!(says(target, &format!("import {cleared} --as native --clear-empty"), 0).contains("update 1"));
        assert_eq!(customer(10)["phone"], Value::Null);
    });
}

#[test]
fn files_are_read_as_programs_write_them() {
    on_both(|target| {
        let files = Files::new();
        let lines = "{\"unique_id\":\"L-1\",\"name\":\"Line\",\"emails\":[\"l@example.com\",\"m@example.com\"],\
                     \"address\":{\"city\":\"Oslo\"},\"extra_fields\":{\"x_6\":3}}\n\n{\"unique_id\":\"L-1\"}\n\
                     {\"unique_id\":\"L-2\",\"name\":\"bad \\u0001\"}\n";
        for (name, bytes, arguments, city) in [
            ("a.csv", "unique_id\taddress.city\nA\tTromsø\n".as_bytes(), "--as native", "Tromsø"),
            ("b.csv", b"unique_id;address.city\rB;Troms\xf8\r".as_slice(), "--as native", "Tromsø"),
            ("c.csv", b"unique_id|address.city\nC|\x80uro", "--as native --separator | --encoding cp1252", "€uro"),
            (
                "d.csv",
                b"unique_id,address.city,Colour\nD,\"a \"\"b\"\"\",red",
                "--as native --ignore-unknown",
                "a \"b\"",
            ),
            ("e.csv", b"unique_id,address.city\nE,'=1+1\n", "--as native", "=1+1"),
        ] {
            let file = files.write(name, bytes);
            assert_eq!(
                says(target, &format!("import {file} {arguments}"), 0),
                "  1 rows   create 1   update 0   unchanged 0   skip 0\n",
                "{name}"
            );
            let key = name[..1].to_uppercase();
            let found = target.json(&format!("customer list --json --filter unique_id=\"{key}\""));
            assert_eq!(found["data"][0]["address"]["city"], city, "{name}");
        }
        let file = files.write("f.jsonl", lines);
        let output = target.run(&format!("import {file} --as native --jsonl"));
        told(&output, 1);
        let told: Vec<Value> =
            String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let what: Vec<_> =
            told.iter().map(|row| (row["line"].as_u64().unwrap(), row["what"].as_str().unwrap())).collect();
        assert_eq!(what, [(1, "create"), (3, "skip"), (4, "skip")]);
        let made = target.json(&format!("customer get {} --json", told[0]["id"]));
        assert_eq!((&made["address"]["city"], &made["extra_fields"]["x_6"]), (&json!("Oslo"), &json!(3)));
        assert_eq!(made["emails"], json!(["l@example.com", "m@example.com"]));
        let piped =
            target.run_with(&["import", "-", "--as", "trackfinity"], "email,zip,custom1\np@example.com,007,gold\n");
        assert!(String::from_utf8(piped.stdout).unwrap().contains("create 1"));
    });
}

#[test]
fn nothing_is_sent_of_a_broken_file() {
    let folder = TempDir::new().unwrap();
    let server = Launch::demo(folder.path()).start();
    let url = format!("http://{}", server.address);
    let target = Target::Server(&url);
    let files = Files::new();
    let good = "name,email\nGood,good@example.com\n";
    let long = format!("{good}{}", "x".repeat(100 << 20));
    for (name, bytes, says) in [
        (
            "quote.csv",
            format!("{good}\"Never closed,x@example.com\nmore\n").into_bytes(),
            "line 3: a quote is opened there",
        ),
        (
            "after.csv",
            format!("{good}\"a\"b,c\n").into_bytes(),
            "line 3: a quoted cell goes on after its closing quote",
        ),
        ("long.csv", long.into_bytes(), "line 3: the record that begins there is longer than"),
        ("empty.csv", Vec::new(), "there is no line that names the columns"),
        ("blank.csv", b"\n\n".to_vec(), "there is no line that names the columns"),
        ("none.csv", b"Ada,ada2@example.com\nBo,bo@example.com\n".to_vec(), "there is no column \"Ada\""),
        ("twice.csv", b"name,email,name\na,b,c\n".to_vec(), "line 1: column \"name\" is there twice"),
        ("nameless.csv", b"name,,email\na,b,c\n".to_vec(), "line 1: column 2 has no name"),
        ("meant.csv", b"name,emial\na,b\n".to_vec(), "there is no column \"emial\": did you mean email?"),
        ("secret.csv", b"name,password\na,b\n".to_vec(), "a file is no place for passwords"),
        ("wide.csv", b"\xff\xfen\0a\0m\0e\0\n\0".to_vec(), "it is UTF-16"),
        ("list.jsonl", b"{\"name\":\"a\"}\n[1]\n".to_vec(), "line 2: a line is a JSON object"),
        ("half.jsonl", b"{\"name\":\"a\"}\n{\"name\":\n".to_vec(), "line 2: EOF"),
        ("extra.csv", b"name,x_99\na,b\n".to_vec(), "there is no extra field for column \"x_99\""),
    ] {
        let file = files.write(name, bytes);
        let output = target.run(&format!("import {file} --as superoffice"));
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let exit = if name == "extra.csv" { 1 } else { 2 };
        assert!(output.status.code() == Some(exit) && text.contains(says), "{name}: {:?} {text}", output.status);
    }
    assert!(target.says("import none --as zendesk", 2).contains("it is one of bing_ads, everlytic"));
    assert!(target.says("import none --as native", 2).contains("none: No such file"));
    assert!(target.says("import none --as native --match colour", 2).contains("not by \"colour\""));
    let file = files.write("cells.csv", b"name,email\nToo,many,cells\nFew\nBad \x01,a@example.com\n");
    let skipped = target.says(&format!("import {file} --as superoffice"), 1);
    for says in [
        "line 2  skip  it has 3 cells, and the first line has 2",
        "line 3  skip  it has 1 cells",
        "line 4  skip  name: character U+0001",
    ] {
        assert!(skipped.contains(says), "{skipped}");
    }
    let file = files.write("good.csv", good);
    let read_only = target.run(&format!("import {file} --as superoffice --token demo-read-token"));
    assert_eq!(read_only.status.code(), Some(5), "{read_only:?}");
    let found = target.json("customer list --json --filter emails=\"good@example.com\"");
    assert_eq!(found["data"], json!([]));
}

#[test]
fn a_run_that_was_cut_is_started_again() {
    const ROWS: usize = 4_000;
    let folder = TempDir::new().unwrap();
    let server = Launch::demo(folder.path()).start();
    let url = format!("http://{}", server.address);
    let target = Target::Server(&url);
    let files = Files::new();
    let rows: String = (0..ROWS).map(|row| format!("cut-{row},Cut {row}\n")).collect();
    let file = files.write("cut.csv", format!("unique_id,name\n{rows}"));
    let report_path = files.path("cut-report.csv");
    let mut first = support::command(&[]);
    first.args(["import", &file, "--as", "native", "--match", "unique_id", "--report"]).arg(&report_path);
    first.env("SAMEROW_SERVER", &url).env("SAMEROW_TOKEN", support::ADMIN_TOKEN);
    let mut first = first.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = || fs::read_to_string(&report_path).is_ok_and(|text| text.lines().count() > 1_000);
    assert!(wait_until(Duration::from_secs(60), begun));
    let _ = first.kill();
    first.wait().unwrap();
    let mut child = support::command(&["timeout", "120"].map(Into::into));
    child.args(["import", &file, "--as", "native", "--match", "unique_id", "--jsonl"]);
    let output = child.env("SAMEROW_SERVER", &url).env("SAMEROW_TOKEN", support::ADMIN_TOKEN).output().unwrap();
    let told = told(&output, 0);
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for what in ["create", "update", "unchanged", "skip"] {
        counts.insert(what, told.matches(&format!("\"what\":\"{what}\"")).count());
    }
    assert!(counts["unchanged"] >= 1_000 && counts["create"] + counts["unchanged"] == ROWS, "{counts:?}");
    let last = target.json(&format!("customer list --json --filter unique_id=\"cut-{}\"", ROWS - 1));
    assert_eq!(last["data"].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_exported_and_imported_again_is_unchanged() {
    on_both(|target| {
        let files = Files::new();
        target.says("customer update 192 name=-1+1 first_name='=1 custom1=\u{661f} locked=true", 0);
        for dialect in dialects::ALL {
            let file = files.path(&format!("{}.csv", dialect.name)).display().to_string();
            target.says(&format!("export customers --as {} -o {file}", dialect.name), 0);
            let said = says(target, &format!("import {file} --as {} --keep-ids", dialect.name), 0);
            assert_eq!(said, "  206 rows   create 0   update 0   unchanged 206   skip 0\n", "{}", dialect.name);
        }
        // And whole, as people take it away.
        let file = files.path("all.csv").display().to_string();
        target.says(&format!("export customers -o {file}"), 0);
        let said = says(target, &format!("import {file} --as native --keep-ids"), 0);
        assert_eq!(said, "  206 rows   create 0   update 0   unchanged 206   skip 0\n");
        let file = files.path("all.jsonl").display().to_string();
        target.says(&format!("export customers --format jsonl -o {file}"), 0);
        let said = says(target, &format!("import {file} --as native --keep-ids"), 0);
        assert_eq!(said, "  206 rows   create 0   update 0   unchanged 206   skip 0\n");
        assert_eq!(target.json("customer get 192 --json")["version"], 2);
    });
}
