//! What the tests here share.

#![allow(dead_code, clippy::print_stderr, reason = "each test uses some of it, and people read it")]

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// For people, and for `./test.sh`.
pub(crate) fn report(line: &str) {
    eprintln!("{line}");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report.txt");
    if let Ok(mut file) = std::fs::File::options().append(true).create(true).open(path) {
        let _ = writeln!(file, "{line}");
    }
}

/// Whether what a test needs is there. If not, that is said; with `CI=true` it is a failure.
pub(crate) fn is_there(what: &str, there: bool) -> bool {
    if !there {
        report(&format!("not run: {what}: not installed"));
        let ci = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!ci, "with CI=true {what} must be there: ./test.sh installs it");
    }
    there
}

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Python with the packages of `clients/python`, if they are installed.
pub(crate) fn python() -> PathBuf {
    let own = repository().join(".venv/bin/python");
    if own.exists() { own } else { "python3".into() }
}
