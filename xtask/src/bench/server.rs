//! Servers under test: started on loopback, stopped at the end whatever happens.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Result;
use super::lanes::Kind;
use super::tools::root;

/// The first customer that the load touches; the demo data generates them from here on.
pub(super) const FIRST: u64 = 1_001;
/// Long enough to fill a store with millions of customers.
const PATIENCE: Duration = Duration::from_secs(1_800);

pub(super) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

pub(super) struct Server {
    pub(super) kind: Kind,
    /// Host and port.
    pub(super) address: String,
    pub(super) customers: u64,
    /// From the start of the process until it said that it serves.
    pub(super) took: Duration,
    child: Child,
}

impl Server {
    /// Starts the program on the store in `dir`, which it fills if there is none, and waits until it serves.
    pub(super) fn start(kind: Kind, program: &Path, customers: u64, dir: &Path) -> Result<Self> {
        Self::with(kind, program, customers, dir, &[])
    }

    /// The same over a database.
    pub(super) fn over(kind: Kind, program: &Path, customers: u64, dir: &Path, database: Option<&str>) -> Result<Self> {
        let variable = if kind == Kind::Samerow { "SAMEROW_DATABASE_URL" } else { "DATABASE_URL" };
        let variables: Vec<_> = database.into_iter().map(|database| (variable, database)).collect();
        Self::with(kind, program, customers, dir, &variables)
    }

    /// The same with these variables.
    pub(super) fn with(
        kind: Kind,
        program: &Path,
        customers: u64,
        dir: &Path,
        variables: &[(&str, &str)],
    ) -> Result<Self> {
        let store = dir.join("store");
        fs::create_dir_all(&store)?;
        let (ready, log) = (dir.join("ready.json"), dir.join("log"));
        if ready.exists() {
            fs::remove_file(&ready)?;
        }
        // A server must not outlive a bench that is interrupted.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(program);
        // A yardstick is told its port; another process could take it first, and then it says so and ends.
        let port = free_port()?;
        let customers_text = customers.to_string();
        match kind {
            Kind::Samerow => command
                .args(["serve", "--demo", "--demo-customers", &customers_text, "--listen", "127.0.0.1:0", "--data"])
                .arg(&store)
                .arg("--ready-file")
                .arg(&ready),
            Kind::Ceiling | Kind::BareStore | Kind::Gsoap => {
                command.arg(port.to_string()).arg(&store).arg(&customers_text)
            }
            Kind::FastApi => command
                .args(["app:app", "--workers", "2", "--no-access-log", "--log-level", "warning", "--port"])
                .arg(port.to_string())
                .arg("--app-dir")
                .arg(root().join("benches/fastapi")),
        };
        let output = File::create(&log)?;
        command.env_clear().envs(variables.iter().copied());
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let begun = Instant::now();
        let child = command.spawn().map_err(|error| format!("{}: {error}", program.display()))?;
        let mut server = Self { kind, address: format!("127.0.0.1:{port}"), customers, took: Duration::ZERO, child };
        server.wait(&ready, &log, begun)?;
        Ok(server)
    }

    fn wait(&mut self, ready: &PathBuf, log: &Path, begun: Instant) -> Result<()> {
        loop {
            if self.kind == Kind::Samerow {
                let told = fs::read_to_string(ready).ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
                if let Some(url) = told.as_ref().and_then(|told| told.get("url")).and_then(Value::as_str) {
                    self.took = begun.elapsed();
                    self.address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
                    return Ok(());
                }
            } else if TcpStream::connect(&self.address).is_ok() {
                self.took = begun.elapsed();
                return Ok(());
            }
            let told = || fs::read_to_string(log).unwrap_or_default().chars().take(1_000).collect::<String>();
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("it ended with {status}: {}", told()).into());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("it did not serve within {PATIENCE:?}: {}", told()).into());
            }
            std::thread::sleep(Duration::from_micros(500));
        }
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks the process to end, as an operator would, and waits until it has.
    pub(super) fn stop(mut self) -> Result<()> {
        Command::new("kill").args(["-TERM", &self.pid().to_string()]).status()?;
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(30) {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err("it did not end within 30 s of being asked to".into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing to save: the stores are thrown away, and an ended process is no error here.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
