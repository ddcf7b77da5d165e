//! `cargo xtask tidy`: the habits of the repository that neither the compiler nor clippy sees.
//!
//! A rule looks at the tree and answers what it finds; each has a test that shows it can find something. The last test
//! here holds all of them against the repository, so `cargo test` is enough.

mod dialects;
mod docs;
mod floors;
mod purity;
mod sizes;
mod sql;
mod tree;
mod words;

use std::path::Path;
use std::process::ExitCode;
use tree::{Finding, Tree};

const RULES: &[fn(&Tree) -> Vec<Finding>] = &[
    floors::floors,
    purity::purity,
    dialects::strangers,
    dialects::folders,
    sizes::sizes,
    words::undone,
    words::machines,
    words::registries,
    sql::sql,
    docs::links,
    docs::pages,
];

fn check() -> Result<Vec<Finding>, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let tree = Tree::read(root)?;
    Ok(RULES.iter().flat_map(|rule| rule(&tree)).collect())
}

/// Runs the chore: prints what is found, and fails if any of it is more than a warning.
pub(crate) fn main() -> ExitCode {
    match check() {
        Ok(findings) => {
            for finding in &findings {
                println!("{finding}");
            }
            let wrong = findings.iter().filter(|finding| !finding.only_warns).count();
            println!("tidy: {} rules, {wrong} to mend, {} warnings", RULES.len(), findings.len() - wrong);
            if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("tidy: {error}");
            ExitCode::FAILURE
        }
    }
}

#[test]
fn the_repository_is_tidy() {
    let wrong: Vec<_> = check().unwrap().into_iter().filter(|finding| !finding.only_warns).collect();
    let lines: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "\n{}\n", lines.join("\n"));
}
