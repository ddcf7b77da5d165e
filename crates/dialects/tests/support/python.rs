//! Scripts that a test hands what it found: Python judges it with libraries that Rust lacks.

use std::path::Path;
use std::process::Command;

/// The Python that `test.sh` filled, or else the machine's.
fn python() -> Command {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/python");
    Command::new(if own.exists() { own } else { "python3".into() })
}

/// Whether Python has these modules. If not, that is said; with `CI=true` it is a failure.
#[allow(clippy::disallowed_methods, clippy::print_stderr, reason = "what did not run is told")]
pub(crate) fn has(modules: &str) -> bool {
    let there =
        python().args(["-c", &format!("import {modules}")]).output().is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("not run: answers and WSDLs: Python has no {modules}");
        let ci = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!ci, "with CI=true Python must have {modules}: ./test.sh installs them");
    }
    there
}

/// What a script beside the tests printed; it must end well.
pub(crate) fn run(script: &str, arguments: &[&str], folder: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(script);
    let output = python().arg("-B").arg(&script).args(arguments).arg(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
