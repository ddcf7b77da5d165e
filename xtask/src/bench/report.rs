//! What was measured, as tables for people and as JSON for programs.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::feed::Followed;
use super::flags::Flags;
use super::rounds::Cell;
use super::search::{Searched, Sort};
use super::start::Starts;
use super::stats::{grouped, median, range};
use super::targets::{self, Bound};
use super::{Result, lanes, machine, tools};

pub(super) struct Report {
    machine: String,
    commit: String,
    pub(super) customers: u64,
    pub(super) cells: Vec<Cell>,
    pub(super) growth: Vec<Cell>,
    pub(super) starts: Option<Starts>,
    pub(super) followed: Vec<Followed>,
    pub(super) inspected: Vec<Cell>,
    pub(super) searched: Option<Searched>,
    notes: Vec<String>,
    failures: Vec<String>,
}

impl Report {
    pub(super) fn new(flags: &Flags, dir: &Path) -> Self {
        let commit = Command::new("git").args(["describe", "--always", "--dirty"]).current_dir(tools::root()).output();
        Self {
            machine: machine::describe(dir),
            commit: commit.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned()).unwrap_or_default(),
            customers: flags.customers,
            cells: Vec::new(),
            growth: Vec::new(),
            starts: None,
            followed: Vec::new(),
            inspected: Vec::new(),
            searched: None,
            notes: Vec::new(),
            failures: Vec::new(),
        }
    }

    /// Something the reader should know.
    pub(super) fn note(&mut self, text: String) {
        eprintln!("{text}");
        self.notes.push(text);
    }

    /// Something that was asked for and could not be measured, or was answered wrongly.
    pub(super) fn fail(&mut self, text: String) {
        eprintln!("{text}");
        self.failures.push(text);
    }

    /// Prints and writes everything; false if `--check` finds fault.
    pub(super) fn finish(mut self, flags: &Flags) -> Result<bool> {
        for cell in self.cells.iter().chain(&self.growth).chain(&self.inspected) {
            let name = format!("{} at {}, round {}", cell.label, cell.conns, cell.round + 1);
            if cell.outcome.bad > 0.0 {
                self.failures.push(format!("{name}: {} bad answers", cell.outcome.bad));
            }
            if cell.writes && cell.written_kb < 0.05 {
                self.failures.push(format!("{name}: next to nothing was written; were values repeated?"));
            }
        }
        println!("# samerow {}, {}\n", self.commit, self.machine);
        println!(
            "{} customers. Rounds: {}; a turn: {} s of warm-up, {} s measured. All servers are up and take turns.",
            grouped(self.customers as f64),
            flags.rounds(),
            flags.warmup(),
            flags.seconds()
        );
        for conns in flags.conns() {
            table(&format!("{conns} connections"), &self.cells, |cell| cell.conns == conns, false);
        }
        self.ratios(&flags.conns());
        table("The inspector, 64 connections", &self.inspected, |_| true, false);
        table("Growth, 64 connections", &self.growth, |_| true, true);
        if let Some(starts) = &self.starts {
            let list = |times: &[f64]| times.iter().map(|ms| format!("{ms:.0}")).collect::<Vec<_>>().join(" ");
            println!("\n## Start with {} customers\n", grouped(starts.customers as f64));
            println!("- after an orderly end: {} ms", list(&starts.clean));
            println!("- after SIGKILL under load: {} ms", list(&starts.killed));
            println!("- idle memory: {:.1} MB", starts.idle_mb);
        }
        if !self.followed.is_empty() {
            println!("\n## Followers of the feed\n");
            println!("| followers | p50 / p99 ms | the last of them, median / worst ms | MB while nothing happens |");
            println!("|---|---|---|---|");
            for Followed { followers, p50, p99, last, worst, idle_mb } in &self.followed {
                println!("| {followers} | {p50:.1} / {p99:.1} | {last:.1} / {worst:.1} | {idle_mb:.1} |");
            }
        }
        if let Some(Searched { customers, ready, grown_mb, sorts }) = &self.searched {
            println!("\n## Searches in {} customers\n", grouped(*customers as f64));
            println!("The index was ready after {ready:.1} s; memory grew by {grown_mb:.0} MB.\n");
            println!("| search for | median ms | 95 of 100 below | found at least |\n|---|---|---|---|");
            for Sort { name, median, p95, found } in sorts {
                println!("| {name} | {median:.1} | {p95:.1} | {found} |");
            }
        }
        let verdicts = self.verdicts(flags.tolerance);
        for (title, lines) in [("Notes", &self.notes), ("Failures", &self.failures)] {
            if !lines.is_empty() {
                println!("\n## {title}\n\n- {}", lines.join("\n- "));
            }
        }
        if let Some(path) = &flags.json {
            std::fs::write(path, serde_json::to_vec_pretty(&self.json(&verdicts))?)?;
        }
        let judged = flags.has_subject() && !verdicts.is_empty();
        Ok(!flags.check || (judged && verdicts.iter().all(|(_, met)| *met) && self.failures.is_empty()))
    }

    fn ratios(&self, conns: &[u32]) {
        let mut lines = Vec::new();
        for (lane, against) in lanes::all().flat_map(|lane| lane.against.iter().map(move |other| (lane.name, *other))) {
            for &conns in conns {
                if let Some(ratio) = targets::rates(&self.cells, (lane, conns), (against, conns)) {
                    let (low, high) = ratio.range;
                    lines.push(format!("| {lane} | {against} | {conns} | {:.2} ({low:.2}..{high:.2}) |", ratio.median));
                }
            }
        }
        if !lines.is_empty() {
            println!("\n## Ratios of req/s within a round\n");
            println!("| lane | against | connections | median (min..max) |\n|---|---|---|---|\n{}", lines.join("\n"));
        }
    }

    /// Prints the verdicts and hands them back in JSON with whether each was met.
    fn verdicts(&self, tolerance: f64) -> Vec<(Value, bool)> {
        let verdicts = targets::judge(self);
        if !verdicts.is_empty() {
            println!("\n## Targets\n\n| target | bound | measured | |\n|---|---|---|---|");
        }
        let tell = |verdict: targets::Verdict| {
            let met = verdict.met(tolerance);
            let bound = match verdict.bound {
                Bound::AtLeast(bound) => format!(">= {bound}"),
                Bound::Below(bound) => format!("< {bound}"),
            };
            println!("| {} | {bound} | {:.2} | {} |", verdict.what, verdict.value, if met { "met" } else { "MISSED" });
            (json!({"target": verdict.what, "bound": bound, "value": verdict.value, "met": met}), met)
        };
        verdicts.into_iter().map(tell).collect()
    }

    fn json(&self, verdicts: &[(Value, bool)]) -> Value {
        let cells = |cells: &[Cell]| cells.iter().map(cell_json).collect::<Vec<_>>();
        json!({
            "machine": self.machine,
            "commit": self.commit,
            "customers": self.customers,
            "cells": cells(&self.cells),
            "growth": cells(&self.growth),
            "inspected": cells(&self.inspected),
            "starts": self.starts.as_ref().map(|starts| json!({
                "customers": starts.customers,
                "clean_ms": starts.clean,
                "killed_ms": starts.killed,
                "idle_mb": starts.idle_mb,
            })),
            "targets": verdicts.iter().map(|(verdict, _)| verdict).collect::<Vec<_>>(),
            "notes": self.notes,
            "failures": self.failures,
        })
    }
}

fn cell_json(cell: &Cell) -> Value {
    json!({
        "lane": cell.label, "customers": cell.customers, "connections": cell.conns, "round": cell.round,
        "requests_per_second": cell.rate, "requests": cell.outcome.requests, "seconds": cell.outcome.seconds,
        "p50_ms": cell.outcome.p50, "p99_ms": cell.outcome.p99, "p999_ms": cell.outcome.p999,
        "max_ms": cell.outcome.max, "bad": cell.outcome.bad, "cpu_seconds_per_1000": cell.cpu,
        "memory_mb": cell.memory_mb, "written_kb_per_request": cell.written_kb,
        "flushes_per_request": cell.flushes, "others_cores": cell.others, "flush_us": cell.flush_us,
    })
}

/// One line for each lane (and size of store), medians over its rounds.
fn table(title: &str, cells: &[Cell], wanted: impl Fn(&Cell) -> bool, sizes: bool) {
    let cells: Vec<&Cell> = cells.iter().filter(|cell| wanted(cell)).collect();
    if cells.is_empty() {
        return;
    }
    let mut keys: Vec<(&str, u64)> = Vec::new();
    for cell in &cells {
        let key = (cell.label.as_str(), cell.customers);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    println!("\n## {title}\n");
    println!(
        "| lane | req/s (min..max) | p50 / p99 / p99.9 ms | CPU s/1,000 | MB | KB written/req | flushes/req | bad | \
         others' cores | fdatasync us | rounds |\n|---|---|---|---|---|---|---|---|---|---|---|"
    );
    for (label, customers) in keys {
        let all: Vec<&Cell> =
            cells.iter().filter(|cell| cell.label == label && cell.customers == customers).copied().collect();
        // Disturbed rounds count only where there is no other.
        let any_quiet = all.iter().any(|cell| !cell.noisy());
        let used: Vec<&Cell> = all.iter().filter(|cell| cell.noisy() != any_quiet).copied().collect();
        let mid = |value: fn(&Cell) -> f64| median(used.iter().map(|cell| value(cell))).unwrap_or_default();
        let (low, high) = range(used.iter().map(|cell| cell.rate));
        let flushes = median(used.iter().filter_map(|cell| cell.flushes)).map_or("?".to_owned(), |n| format!("{n:.3}"));
        println!(
            "| {label}{} | {} ({}..{}) | {:.2} / {:.1} / {:.1} | {:.4} | {:.0} | {:.2} | {flushes} | {:.0} | {:.2} | {:.0} | {} of {}{} |",
            if sizes { format!(", {}", grouped(customers as f64)) } else { String::new() },
            grouped(mid(|cell| cell.rate)),
            grouped(low),
            grouped(high),
            mid(|cell| cell.outcome.p50),
            mid(|cell| cell.outcome.p99),
            mid(|cell| cell.outcome.p999),
            mid(|cell| cell.cpu),
            mid(|cell| cell.memory_mb),
            mid(|cell| cell.written_kb),
            all.iter().map(|cell| cell.outcome.bad).sum::<f64>(),
            mid(|cell| cell.others),
            mid(|cell| cell.flush_us),
            used.len(),
            all.len(),
            if any_quiet { "" } else { ", noisy" },
        );
    }
}
