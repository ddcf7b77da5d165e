//! How fast the subject serves from a store that exists, and what it keeps in memory while nobody asks.

use std::path::Path;
use std::time::Duration;

use super::lanes::Kind;
use super::server::Server;
use super::wrk::Load;
use super::{Result, http, machine, stats};

pub(super) struct Starts {
    pub(super) customers: u64,
    /// Milliseconds from the start of the process to the ready file, after an orderly end.
    pub(super) clean: Vec<f64>,
    /// The same after SIGKILL in the midst of updates.
    pub(super) killed: Vec<f64>,
    /// Memory three seconds after a start, before any customer is asked for.
    pub(super) idle_mb: f64,
}

impl Starts {
    pub(super) fn clean_ms(&self) -> Option<f64> {
        stats::median(self.clean.iter().copied())
    }
}

pub(super) fn measure(program: &Path, customers: u64, dir: &Path) -> Result<Starts> {
    let start = || -> Result<Server> {
        let server = Server::start(Kind::Samerow, program, customers, dir)?;
        match http::get(&server.address, "/readyz")? {
            (200, _) => Ok(server),
            (status, body) => Err(format!("/readyz answers {status} after the ready file: {body}").into()),
        }
    };
    let milliseconds = |server: &Server| server.took.as_secs_f64() * 1e3;
    start()?.stop()?;
    let mut clean = Vec::new();
    for _ in 0..5 {
        let server = start()?;
        clean.push(milliseconds(&server));
        server.stop()?;
    }
    let idle = start()?;
    std::thread::sleep(Duration::from_secs(3));
    let idle_mb = machine::memory_mb(idle.pid());
    let mut killed = Vec::new();
    let mut server = idle;
    for _ in 0..3 {
        kill_under_load(&server)?;
        // Waits for the end of the process, and so of its hold on the store.
        drop(server);
        server = start()?;
        killed.push(milliseconds(&server));
    }
    Ok(Starts { customers, clean, killed, idle_mb })
}

fn kill_under_load(server: &Server) -> Result<()> {
    let load = Load::new(super::update_lane()?, server)?;
    load.run(64, 1)?;
    std::thread::scope(|scope| {
        // Its last requests fail, as they must.
        scope.spawn(|| drop(load.run(64, 1).map_err(|error| error.to_string())));
        std::thread::sleep(Duration::from_millis(500));
        machine::kill(server.pid())
    })
}
