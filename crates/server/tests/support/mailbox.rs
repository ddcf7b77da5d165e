//! A real mail server on loopback, of its own process.

use super::programs::{is_there, python};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};

/// A mail server of its own process.
pub(crate) struct Mailbox {
    process: Child,
    out: BufReader<ChildStdout>,
    pub(crate) port: String,
}

impl Mailbox {
    /// `None` where aiosmtpd is not installed; with `CI=true` that is a failure.
    pub(crate) fn start(arguments: &[&str]) -> Option<Self> {
        if !is_there("mail: aiosmtpd", python().args(["-c", "import aiosmtpd"])) {
            return None;
        }
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/superoffice/smtp.py");
        let mut command = python();
        command.arg(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut mailbox = Self { out: BufReader::new(process.stdout.take().unwrap()), process, port: String::new() };
        mailbox.port = mailbox.line();
        Some(mailbox)
    }

    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
