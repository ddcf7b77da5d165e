//! Dialects are folders, all alike, that do not know each other.

use super::tree::{Finding, Tree, code, has_word};

const ROOT: &str = "crates/dialects/src/";

/// What each folder holds. `wire.rs` and `fields.rs` may have a folder beside them.
const PARTS: &[&str] =
    &["README.md", "mod.rs", "operations.rs", "wire.rs", "fields.rs", "auth.rs", "errors.rs", "handlers", "fixtures"];

/// The folders of dialects. A folder beside a file of its name belongs to what all dialects share.
fn names(tree: &Tree) -> Vec<&str> {
    tree.folders(ROOT).into_iter().filter(|name| tree.file(&format!("{ROOT}{name}.rs")).is_none()).collect()
}

/// No dialect names another one.
pub(super) fn strangers(tree: &Tree) -> Vec<Finding> {
    let names = names(tree);
    let mut findings = Vec::new();
    for name in &names {
        for file in tree.files(&format!("{ROOT}{name}/"), ".rs") {
            for (number, line) in code(&file.text) {
                // One module above its own folder all dialects are in reach.
                let paths = ["crate::", "super::"].map(|base| line.split(base).skip(1)).into_iter().flatten();
                let named: Vec<_> = paths.flat_map(first_names).collect();
                let others = names.iter().filter(|other| *other != name && named.contains(other));
                findings.extend(others.map(|other| {
                    Finding::new(&file.path, number, format!("{name} names {other}: a dialect knows no other"))
                }));
            }
        }
    }
    findings
}

/// The names that can follow `crate::`: of `{a, b::c}` those are a and b.
fn first_names(rest: &str) -> Vec<&str> {
    let list = rest.strip_prefix('{').unwrap_or(rest);
    let items = if list.len() < rest.len() { list.split(',').collect() } else { vec![list] };
    items.into_iter().filter_map(|item| item.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next()).collect()
}

/// Each folder has its parts and each dialect its pages.
pub(super) fn folders(tree: &Tree) -> Vec<Finding> {
    let lib = tree.file(&format!("{ROOT}lib.rs")).map_or("", |file| &file.text);
    let all = lib.split_once("static ALL").and_then(|(_, rest)| rest.split_once(';')).map_or("", |(all, _)| all);
    let mut findings = Vec::new();
    for name in names(tree) {
        let folder = format!("{ROOT}{name}");
        let missing = PARTS.iter().filter(|part| !tree.has(&format!("{folder}/{part}")));
        findings.extend(missing.map(|part| Finding::new(&folder, 0, format!("has no {part}"))));
        if !has_word(all, &format!("{name}::DIALECT")) {
            findings.push(Finding::new(&folder, 0, "is not in ALL of crates/dialects/src/lib.rs"));
        }
        if tree.files(&format!("docs/dialects/{name}"), ".md").next().is_none() {
            findings.push(Finding::new(&folder, 0, format!("has no page docs/dialects/{name}….md")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "crates/dialects/src/acme/mod.rs";
    const B: (&str, &str) = ("crates/dialects/src/bolt/mod.rs", "");

    #[test]
    fn a_dialect_names_no_other() {
        for bad in [
            "use crate::bolt::wire;",
            "use crate::{Request, bolt};",
            "use crate::{bolt::wire, Request};",
            "fn x() { super::super::bolt::y() }",
            "let x = super::bolt::DIALECT;",
        ] {
            assert_eq!(strangers(&Tree::of(&[(A, bad), B])).len(), 1, "{bad}");
        }
        for good in ["use crate::route::bolt;", "// crate::bolt::x", "use crate::acme::x;", "use super::bolts;"] {
            assert_eq!(strangers(&Tree::of(&[(A, good), B])), [], "{good}");
        }
        let shared = ("crates/dialects/src/bolt.rs", "");
        assert_eq!(strangers(&Tree::of(&[(A, "use crate::bolt::x;"), B, shared])), []);
    }

    #[test]
    fn a_folder_is_whole() {
        let mut files: Vec<_> = PARTS.iter().map(|part| format!("{ROOT}acme/{part}")).collect();
        files.push("docs/dialects/acme.md".to_owned());
        let lib = "pub static ALL: &[&Dialect] = &[&acme::DIALECT];";
        let tree = |without: usize, lib: &'static str| {
            let left = files.iter().enumerate().filter(|(at, _)| *at != without).map(|(_, path)| (path.as_str(), ""));
            Tree::of(&left.chain([("crates/dialects/src/lib.rs", lib)]).collect::<Vec<_>>())
        };
        assert_eq!(folders(&tree(files.len(), lib)), []);
        for without in 0..files.len() {
            assert_eq!(folders(&tree(without, lib)).len(), 1, "{without}");
        }
        assert_eq!(folders(&tree(files.len(), "static ALL: &[&Dialect] = &[]; use acme::DIALECT;")).len(), 1);
    }
}
