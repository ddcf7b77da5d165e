//! Programs of others that a test needs: found, or told to be missing; run to their end.

use super::report;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A program that reaches the loopback past every proxy, and writes UTF-8.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env("NO_PROXY", "*").env("no_proxy", "*").env_remove("http_proxy").env_remove("HTTP_PROXY");
    command.env("LC_ALL", "C.UTF-8");
    command
}

/// The Python that `test.sh` filled, or else the machine's.
pub(crate) fn python() -> Command {
    let own = repository().join(".venv/bin/python");
    command(if own.exists() { own } else { "python3".into() })
}

/// Whether what a test needs is there. If not, that is said; with `CI=true` it is a failure.
pub(crate) fn is_there(what: &str, probe: &mut Command) -> bool {
    let there = probe.output().is_ok_and(|output| output.status.success());
    if !there {
        report(format!("not run: {what}: not installed"));
        let ci = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!ci, "with CI=true {what} must run: ./test.sh installs what it needs");
    }
    there
}

/// What a program that must succeed printed.
#[track_caller]
pub(crate) fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}\n{err}", output.status);
    out.into_owned()
}
