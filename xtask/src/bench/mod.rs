//! `cargo xtask bench`: the release binary against its yardsticks, side by side on this machine.
//!
//! Absolute figures depend on the disk and on the neighbours, so everything is judged as a ratio
//! between servers that took turns within one run. `docs/benchmarks.md` explains how to read it.

mod bing;
mod check;
mod feed;
mod flags;
mod growth;
mod http;
mod inspector;
mod lanes;
mod machine;
mod postgres;
mod report;
mod rounds;
mod search;
mod server;
mod soap;
mod start;
mod stats;
mod targets;
mod tools;
mod wrk;

use std::process::ExitCode;

use clap::Parser;

use flags::Flags;
use lanes::{Job, Kind, Lane};
use report::Report;
use rounds::Run;
use server::Server;
use tools::Tools;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Runs the chore; `args` begin with its own name.
pub(crate) fn main(args: &[String]) -> ExitCode {
    let flags = match Flags::try_parse_from(args) {
        Ok(flags) => flags,
        Err(error) => error.exit(),
    };
    match bench(&flags) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything asked for was measured and, under `--check`, met its target.
fn bench(flags: &Flags) -> Result<bool> {
    if flags.engine == "postgres" {
        return postgres::bench(flags);
    }
    let jobs = lanes::jobs(flags)?;
    let mut tools = Tools::build(flags)?;
    let base = flags.base().join(format!("run-{}", std::process::id()));
    std::fs::create_dir_all(&base)?;
    let mut report = Report::new(flags, &base);
    let measured = measure(flags, &mut tools, &base, &jobs, &mut report);
    if !flags.keep {
        std::fs::remove_dir_all(&base)?;
    }
    measured?;
    report.finish(flags)
}

fn measure(flags: &Flags, tools: &mut Tools, base: &std::path::Path, jobs: &[Job], report: &mut Report) -> Result<()> {
    let mut servers: Vec<Server> = Vec::new();
    for kind in [Kind::Ceiling, Kind::BareStore, Kind::Gsoap, Kind::Samerow] {
        let wanted = jobs.iter().any(|job| matches!(job, Job::Lane(lane) if lane.on == kind));
        if !wanted {
            continue;
        }
        let Some(program) = tools.program(kind) else {
            report.note(tools.missing(kind));
            continue;
        };
        match Server::start(kind, program, flags.customers, &base.join(kind.name())) {
            Ok(server) => servers.push(server),
            Err(error) => {
                // Without a subject the yardsticks are still worth a look; --check fails on it.
                report.fail(format!("{} did not start: {error}", kind.name()));
                tools.forget(kind);
            }
        }
    }

    let mut runs: Vec<Run> = Vec::new();
    for job in jobs {
        let Job::Lane(lane) = job else { continue };
        let Some(server) = servers.iter().find(|server| server.kind == lane.on) else { continue };
        match check::lane(lane, server) {
            Ok(()) => runs.push(Run { label: lane.name.to_owned(), lane, server }),
            Err(error) => report.fail(format!("{} is left out: {error}", lane.name)),
        }
    }
    report.cells = rounds::all(flags, &flags.conns(), &runs, base, report);
    for Run { lane, server, .. } in &runs {
        // A session that ran out or a lock that set in would go on answering, only not with work.
        if let Err(error) = check::lane(lane, server) {
            report.fail(format!("{} went wrong under load: {error}", lane.name));
        }
    }
    drop(runs);
    drop(servers);

    let starts = jobs.contains(&Job::ColdStart) || jobs.contains(&Job::IdleMemory);
    if let Some(program) = tools.program(Kind::Samerow).filter(|_| starts) {
        match start::measure(program, flags.customers, &base.join("start")) {
            Ok(starts) => report.starts = Some(starts),
            Err(error) => report.fail(format!("start: {error}")),
        }
    }
    if let Some(program) = tools.program(Kind::Samerow).filter(|_| jobs.contains(&Job::Feed)) {
        match feed::measure(program, flags.customers, &base.join("feed")) {
            Ok(followed) => report.followed = followed,
            Err(error) => report.fail(format!("feed: {error}")),
        }
    }
    if let Some(program) = tools.program(Kind::Samerow).filter(|_| jobs.contains(&Job::Inspector)) {
        match inspector::measure(flags, program, &base.join("inspector"), report) {
            Ok(cells) => report.inspected = cells,
            Err(error) => report.fail(format!("inspector: {error}")),
        }
    }
    if let Some(program) = tools.program(Kind::Samerow).filter(|_| jobs.contains(&Job::Search)) {
        match search::measure(program, flags.customers, &base.join("search")) {
            Ok(searched) => report.searched = Some(searched),
            Err(error) => report.fail(format!("search: {error}")),
        }
    }
    if jobs.contains(&Job::Growth) {
        report.growth = growth::measure(flags, tools, base, report)?;
    }
    Ok(())
}

/// The lane that stands for "an update" wherever one will do.
fn update_lane() -> Result<&'static Lane> {
    lanes::find("trackfinity-update").ok_or_else(|| "no lane is called trackfinity-update".into())
}
