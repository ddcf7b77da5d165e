//! A file is one room.

use super::tree::{Finding, Tree};

/// Lines of Rust at which a file is too long, and at which somebody should think of it.
const MOST: usize = 500;
const MANY: usize = 350;
/// The same for tests and generated files, which are read one part at a time.
const MOST_APART: usize = 800;

/// No file of Rust is too long.
pub(super) fn sizes(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files("", ".rs") {
        let lines = file.text.lines().count();
        let is_test = file.path.contains("/tests/") || file.path.ends_with("/tests.rs");
        let is_generated = file.text.lines().take(3).any(|line| line.contains("@generated"));
        let most = if is_test || is_generated { MOST_APART } else { MOST };
        if lines > most {
            findings.push(Finding::new(&file.path, 0, format!("{lines} lines, at most {most}: is it two rooms?")));
        } else if lines > MANY && most == MOST {
            findings.push(Finding::warning(&file.path, format!("{lines} lines: more than {MANY}")));
        }
    }
    findings
}

#[test]
fn long_files_are_found() {
    let of = |path: &str, lines: usize, head: &str| {
        let text = format!("{head}\n{}", "x\n".repeat(lines - 1));
        sizes(&Tree::of(&[(path, &text)])).first().map(|finding| finding.only_warns)
    };
    assert_eq!(of("src/a.rs", 350, ""), None);
    assert_eq!(of("src/a.rs", 351, ""), Some(true));
    assert_eq!(of("src/a.rs", 501, ""), Some(false));
    assert_eq!(of("src/a.md", 501, ""), None);
    for (path, head) in [("crates/x/tests/a.rs", ""), ("src/form/tests.rs", ""), ("src/a.rs", "// @generated")] {
        assert_eq!((of(path, 800, head), of(path, 801, head)), (None, Some(false)), "{path}");
    }
}
