//! What the lower floors do not know.

use super::tree::{Finding, Tree, code, has_word};

/// A folder, words that do not stand in its code, and why.
const UNKNOWN: &[(&str, &[&str], &str)] = &[
    (
        "crates/domain/src/",
        &["Serialize", "Deserialize", "serde", "std::fs", "std::net", "std::io", "std::env", "std::process"],
        "the domain does no I/O, and how a record is stored or shown is decided elsewhere",
    ),
    (
        "crates/domain/src/",
        &["SystemTime", "Instant", "std::thread", "async", "await"],
        "the domain is plain synchronous code that is given the time",
    ),
    ("crates/wire/src/", &["customer", "Customer", "ticket", "Ticket"], "wire does not know what a customer is"),
];

/// Names that are imported in a list count like those that are written out: `use std::{fs, io}`.
fn spelt_out(line: &str) -> String {
    let Some((head, list)) = line.split_once("std::{") else { return line.to_owned() };
    list.split(',').fold(head.to_owned(), |text, item| text + " std::" + item.trim())
}

/// No file of a lower floor uses what it is not to know.
pub(super) fn purity(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (folder, words, why) in UNKNOWN {
        for file in tree.files(folder, ".rs").filter(|file| !file.path.ends_with("/tests.rs")) {
            // Tests at the end of a file may speak of anything.
            let code = code(&file.text).take_while(|(_, line)| line.trim() != "#[cfg(test)]");
            for (number, line) in code {
                let line = spelt_out(line);
                let found = words.iter().filter(|word| has_word(&line, word));
                findings.extend(found.map(|word| Finding::new(&file.path, number, format!("{word}: {why}"))));
            }
        }
    }
    findings
}

#[test]
fn what_is_not_to_be_known_is_found() {
    let count = |path: &str, text: &str| purity(&Tree::of(&[(path, text)])).len();
    for bad in [
        "#[derive(Clone, Serialize)]",
        "use std::fs;",
        "use std::{fmt, net::IpAddr};",
        "std::env::var(\"HOME\")",
        "let now = std::time::SystemTime::now();",
        "pub async fn run() {}",
    ] {
        assert_eq!(count("crates/domain/src/x.rs", bad), 1, "{bad}");
        assert_eq!(count("crates/server/src/x.rs", bad), 0, "{bad}");
    }
    assert_eq!(count("crates/domain/src/x.rs", "// like std::fs\nuse std::fmt;\n#[cfg(test)]\nuse std::fs;"), 0);
    assert_eq!(count("crates/wire/src/x.rs", "fn customer() {}"), 1);
    assert_eq!(count("crates/wire/src/x.rs", "/// A customer, say.\nfn element() {}"), 0);
}
