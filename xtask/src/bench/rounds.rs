//! Turns: every lane is measured once a round, so that a slow minute of the machine hits all alike.

use std::path::Path;
use std::time::{Duration, Instant};

use super::flags::Flags;
use super::lanes::Lane;
use super::report::Report;
use super::server::Server;
use super::wrk::{Load, Outcome};
use super::{Result, machine};

/// From this many cores on, what others used makes a measurement doubtful.
pub(super) const NOISY: f64 = 0.5;

/// A lane with the server that it runs on.
pub(super) struct Run<'a> {
    pub(super) label: String,
    pub(super) lane: &'a Lane,
    pub(super) server: &'a Server,
}

/// One measurement.
pub(super) struct Cell {
    pub(super) label: String,
    pub(super) customers: u64,
    pub(super) conns: u32,
    pub(super) round: u32,
    pub(super) writes: bool,
    /// Requests answered a second.
    pub(super) rate: f64,
    pub(super) outcome: Outcome,
    /// CPU seconds of the server for 1,000 requests.
    pub(super) cpu: f64,
    /// Memory of the server, the larger of mid-run and end.
    pub(super) memory_mb: f64,
    /// Kilobytes written by the server for each request.
    pub(super) written_kb: f64,
    /// Flushes of the disk for each request, whoever asked; nothing where the disk does not count them.
    pub(super) flushes: Option<f64>,
    /// Cores that neither the server nor the load used.
    pub(super) others: f64,
    /// Median of an fdatasync just before, in microseconds.
    pub(super) flush_us: f64,
}

impl Cell {
    pub(super) fn noisy(&self) -> bool {
        self.others >= NOISY
    }
}

/// All rounds over all runs, each at every number of connections. A turn that fails is told to the
/// report and does not end the others.
pub(super) fn all(flags: &Flags, conns: &[u32], runs: &[Run], dir: &Path, report: &mut Report) -> Vec<Cell> {
    let mut cells = Vec::new();
    for round in 0..flags.rounds() {
        for &conns in conns {
            let mut order: Vec<&Run> = runs.iter().collect();
            if !round.is_multiple_of(2) {
                order.reverse();
            }
            for run in order {
                let cell = match one(flags, run, conns, round, dir) {
                    Ok(cell) => cell,
                    Err(error) => {
                        report.fail(format!("{} at {conns}, round {}: {error}", run.label, round + 1));
                        continue;
                    }
                };
                let doubt =
                    if cell.noisy() { format!(", others used {:.1} cores", cell.others) } else { String::new() };
                eprintln!(
                    "round {} {:>3} connections {:<28} {:>7.0}/s{doubt}",
                    round + 1,
                    conns,
                    cell.label,
                    cell.rate
                );
                cells.push(cell);
            }
        }
    }
    cells
}

fn one(flags: &Flags, run: &Run, conns: u32, round: u32, dir: &Path) -> Result<Cell> {
    let pid = run.server.pid();
    let load = Load::new(run.lane, run.server)?;
    settle(flags.settle());
    let flush_us = machine::flush_us(dir)?;
    load.run(conns, flags.warmup())?;
    let watch = || (machine::cpu_seconds(pid), machine::own_cpu_seconds(), machine::busy_seconds());
    let disk = || (machine::written_bytes(pid), machine::flushes(dir));
    let ((cpu, own, busy), (written, flushed)) = (watch(), disk());
    let begun = Instant::now();
    let (outcome, mid) = std::thread::scope(|scope| {
        let half = Duration::from_secs(flags.seconds().into()) / 2;
        let mid = scope.spawn(move || {
            std::thread::sleep(half);
            machine::memory_mb(pid)
        });
        (load.run(conns, flags.seconds()), mid.join().unwrap_or_default())
    });
    let (outcome, elapsed) = (outcome?, begun.elapsed().as_secs_f64());
    let ((cpu_after, own_after, busy_after), (written_after, flushed_after)) = (watch(), disk());
    let requests = outcome.requests.max(1.0);
    let ours = (cpu_after - cpu) + (own_after - own);
    Ok(Cell {
        label: run.label.clone(),
        customers: run.server.customers,
        conns,
        round,
        writes: run.lane.writes(),
        rate: outcome.requests / outcome.seconds,
        cpu: (cpu_after - cpu) / requests * 1e3,
        memory_mb: machine::memory_mb(pid).max(mid),
        written_kb: written_after.saturating_sub(written) as f64 / 1e3 / requests,
        flushes: flushed.zip(flushed_after).map(|(before, after)| after.saturating_sub(before) as f64 / requests),
        others: ((busy_after - busy - ours) / elapsed).max(0.0),
        flush_us,
        outcome,
    })
}

/// Waits, at most so many seconds, until the machine is nearly idle.
fn settle(seconds: u32) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(seconds.into()) {
        let (busy, since) = (machine::busy_seconds(), Instant::now());
        std::thread::sleep(Duration::from_millis(500));
        if (machine::busy_seconds() - busy) / since.elapsed().as_secs_f64() < 0.4 {
            return;
        }
    }
}
