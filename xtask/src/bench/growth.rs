//! Whether an update costs more as the customers grow in number.

use std::path::Path;

use super::flags::Flags;
use super::lanes;
use super::report::Report;
use super::rounds::{self, Cell, Run};
use super::server::Server;
use super::tools::Tools;
use super::{Result, check};

pub(super) const SMALL: u64 = 10_000;
pub(super) const LARGE: u64 = 1_000_000;
pub(super) const CONNECTIONS: u32 = 64;

/// Updates of small, middling and large stores in turns, and of the bare store beside them: what of
/// the growth is SQLite's own shows there.
pub(super) fn measure(flags: &Flags, tools: &Tools, base: &Path, report: &mut Report) -> Result<Vec<Cell>> {
    let bare = lanes::find("bare-update").ok_or("no lane is called bare-update")?;
    let mut servers = Vec::new();
    for customers in [SMALL, 100_000, LARGE] {
        for lane in [bare, super::update_lane()?] {
            let Some(program) = tools.program(lane.on) else { continue };
            let dir = base.join(format!("growth-{}-{customers}", lane.on.name()));
            eprintln!("filling a store of {customers} customers for {}", lane.on.name());
            match Server::start(lane.on, program, customers, &dir) {
                Ok(server) => servers.push((lane, server)),
                Err(error) => report.fail(format!("{} with {customers} customers: {error}", lane.on.name())),
            }
        }
    }
    let mut runs = Vec::new();
    for (lane, server) in &servers {
        match check::lane(lane, server) {
            Ok(()) => runs.push(Run { label: lane.name.to_owned(), lane, server }),
            Err(error) => report.fail(format!("{} of {}: {error}", lane.name, server.customers)),
        }
    }
    Ok(rounds::all(flags, &[CONNECTIONS], &runs, base, report))
}
