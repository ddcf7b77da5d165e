//! The program as a process: started, watched, ended.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

use super::cluster::{Cluster, Database};
use super::{Client, wait_until};

/// The program under test: what cargo built, or `SAMEROW_TEST_BIN`.
pub fn program() -> PathBuf {
    std::env::var_os("SAMEROW_TEST_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_samerow").into()).into()
}

/// A command of the program with none of this process's settings for it.
pub fn command(under: &[OsString]) -> Command {
    let mut words = under.iter().cloned().chain([program().into_os_string()]);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SAMEROW_") {
            command.env_remove(name);
        }
    }
    command
}

/// A program to run a server under that ends it with this thread, should that be killed.
fn ends_with_us() -> Vec<OsString> {
    let words: &[&str] =
        if Path::new("/usr/bin/setpriv").exists() { &["setpriv", "--pdeathsig", "KILL", "--"] } else { &[] };
    words.iter().map(OsString::from).collect()
}

/// With `SAMEROW_TEST_POSTGRES=1`, the database that stands for a data folder.
fn database_of(folder: &Path) -> String {
    static ALL: Mutex<BTreeMap<PathBuf, Database>> = Mutex::new(BTreeMap::new());
    let mut all = ALL.lock().unwrap();
    all.entry(folder.to_owned()).or_insert_with(|| Cluster::shared().database()).url()
}

/// How to start a server.
pub struct Launch {
    data: PathBuf,
    under: Vec<OsString>,
    arguments: Vec<OsString>,
    fault: Option<&'static str>,
    within: Duration,
}

impl Launch {
    /// `serve --demo` over the data folder.
    pub fn demo(data: impl AsRef<Path>) -> Self {
        Self {
            data: data.as_ref().to_owned(),
            under: Vec::new(),
            arguments: vec!["--demo".into()],
            fault: None,
            within: Duration::from_secs(20),
        }
    }

    /// A further argument of `serve`.
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// With one of the deliberately wrong controls.
    pub fn fault(mut self, fault: &'static str) -> Self {
        self.fault = Some(fault);
        self
    }

    /// As a child of another program, which execs or traces it.
    pub fn under<const N: usize>(mut self, words: [&str; N]) -> Self {
        self.under = words.iter().map(OsString::from).collect();
        self
    }

    /// How long to wait for it to serve.
    pub fn within(mut self, limit: Duration) -> Self {
        self.within = limit;
        self
    }

    /// Whether the arguments name a store.
    fn says_where(&self) -> bool {
        self.arguments.iter().any(|argument| argument == "--database-url" || argument == "--ephemeral")
    }

    /// A server that serves.
    ///
    /// # Panics
    /// When it does not, with its log.
    pub fn start(&self) -> Server {
        self.try_start().unwrap_or_else(|refusal| panic!("samerow does not start: {refusal:?}"))
    }

    /// A server that serves, or how it ended instead.
    ///
    /// # Errors
    /// When it exits, or does not serve in time and is then ended.
    pub fn try_start(&self) -> Result<Server, Refusal> {
        // Never on the disk that is about to fail.
        let run = TempDir::with_prefix("samerow-run-").unwrap();
        let log = File::create(run.path().join("log")).unwrap();
        let mut command = command(&[ends_with_us(), self.under.clone()].concat());
        command.arg("serve").args(&self.arguments).args(["--listen", "127.0.0.1:0", "--data"]).arg(&self.data);
        command.arg("--ready-file").arg(run.path().join("ready"));
        let mut within = self.within;
        if std::env::var_os("SAMEROW_TEST_POSTGRES").is_some_and(|value| value == "1") && !self.says_where() {
            command.arg("--database-url").arg(database_of(&self.data));
            within = within.max(Duration::from_secs(60));
        }
        if let Some(fault) = self.fault {
            command.env("SAMEROW_FAULT", fault);
        }
        command.stdout(log.try_clone().unwrap()).stderr(log).process_group(0);
        let began = Instant::now();
        let child = command.spawn().unwrap_or_else(|e| panic!("{:?}: {e}", command.get_program()));
        let mut server = Server {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            pid: child.id(),
            began,
            serving_after: Duration::ZERO,
            child,
            exit: None,
            run,
        };
        let served = wait_until(within, || server.poll_exit().is_some() || server.read_ready());
        if let Some(status) = server.exit {
            return Err(Refusal { status: Some(status), log: server.log() });
        }
        if !served {
            server.end();
            return Err(Refusal { status: None, log: server.log() });
        }
        Ok(server)
    }
}

/// How a server ended that never served.
#[derive(Debug)]
pub struct Refusal {
    /// None: it neither served nor exited in time.
    pub status: Option<ExitStatus>,
    pub log: String,
}

/// A running server; its whole process group ends with this value.
pub struct Server {
    pub address: SocketAddr,
    /// The server itself, not a program it runs under.
    pub pid: u32,
    pub began: Instant,
    /// From its start to its ready file.
    pub serving_after: Duration,
    child: Child,
    exit: Option<ExitStatus>,
    run: TempDir,
}

impl Server {
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// What `/readyz` says: its status and its word.
    pub fn readiness(&self) -> (u16, String) {
        let reply = self.client().call("GET", "/readyz", &[], "").unwrap();
        (reply.status, reply.json()["status"].as_str().unwrap_or_default().to_owned())
    }

    pub fn signal(&self, signal: Signal) {
        // A server that has just ended is no error here.
        let _ = kill(Pid::from_raw(self.pid.cast_signed()), signal);
    }

    /// `SIGKILL`, and gone when this returns.
    pub fn kill(mut self) {
        self.signal(Signal::SIGKILL);
        self.end();
    }

    /// `SIGTERM`; how it ended.
    ///
    /// # Panics
    /// When it does not end within 15 s.
    pub fn stop(mut self) -> ExitStatus {
        self.signal(Signal::SIGTERM);
        self.wait(Duration::from_secs(15)).unwrap_or_else(|| panic!("SIGTERM does not end it:\n{}", self.log()))
    }

    /// How it ended, if it does within `limit`.
    pub fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        wait_until(limit, || self.poll_exit().is_some());
        self.exit
    }

    /// What it wrote to standard output and standard error.
    pub fn log(&self) -> String {
        fs::read_to_string(self.run.path().join("log")).unwrap_or_default()
    }

    /// The most memory it ever held, in KiB.
    pub fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap_or_default();
        let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        line.and_then(|l| l.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }

    fn read_ready(&mut self) -> bool {
        let text = fs::read_to_string(self.run.path().join("ready")).unwrap_or_default();
        if !text.ends_with('\n') {
            return false;
        }
        let ready: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("ready file {text:?}: {e}"));
        let address = ready["url"].as_str().and_then(|u| u.split_once("://")).map(|(_, u)| u.trim_end_matches('/'));
        self.address = address.and_then(|a| a.parse().ok()).unwrap_or_else(|| panic!("ready file {text:?}"));
        self.pid = ready["pid"].as_u64().and_then(|p| p.try_into().ok()).unwrap_or_else(|| panic!("{text:?}"));
        self.serving_after = self.began.elapsed();
        true
    }

    fn poll_exit(&mut self) -> Option<ExitStatus> {
        if self.exit.is_none() {
            self.exit = self.child.try_wait().unwrap();
        }
        self.exit
    }

    fn end(&mut self) {
        if self.poll_exit().is_none() {
            let _ = killpg(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGKILL);
            self.exit = Some(self.child.wait().unwrap_or_else(|_| ExitStatus::from_raw(9)));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
        if std::thread::panicking() {
            eprintln!("--- log of the server that ended with this test ---\n{}", self.log());
        }
    }
}
