//! The figures to reach, and whether a run reached them.

use super::growth::{CONNECTIONS, LARGE, SMALL};
use super::lanes::{self, Kind, Lane};
use super::report::Report;
use super::rounds::{Cell, NOISY};
use super::{bing, inspector, soap, stats};

/// Connections at which most targets are set.
const BUSY: u32 = 64;

pub(super) enum Bound {
    AtLeast(f64),
    Below(f64),
}

pub(super) struct Verdict {
    pub(super) what: String,
    pub(super) value: f64,
    pub(super) bound: Bound,
}

impl Verdict {
    pub(super) fn met(&self, tolerance: f64) -> bool {
        match self.bound {
            Bound::AtLeast(bound) => self.value >= bound * (1.0 - tolerance),
            Bound::Below(bound) => self.value < bound * (1.0 + tolerance),
        }
    }
}

/// Median, least and greatest of a ratio between cells that took turns in the same round.
pub(super) struct Ratio {
    pub(super) median: f64,
    pub(super) range: (f64, f64),
}

/// Divides the value of one cell by that of the other in every round that has both. Rounds that
/// others disturbed count only if there is no other.
pub(super) fn ratio(
    cells: &[Cell],
    above: impl Fn(&Cell) -> bool,
    below: impl Fn(&Cell) -> bool,
    value: impl Fn(&Cell) -> f64,
) -> Option<Ratio> {
    let mut pairs = Vec::new();
    for upper in cells.iter().filter(|cell| above(cell)) {
        if let Some(lower) = cells.iter().find(|cell| cell.round == upper.round && below(cell)) {
            pairs.push((value(upper) / value(lower), upper.others.max(lower.others) < NOISY));
        }
    }
    let any_quiet = pairs.iter().any(|(_, quiet)| *quiet);
    let values: Vec<f64> = pairs.iter().filter(|(_, quiet)| *quiet == any_quiet).map(|(value, _)| *value).collect();
    Some(Ratio { median: stats::median(values.iter().copied())?, range: stats::range(values) })
}

/// The ratio of rates of two lanes at the given connections.
pub(super) fn rates(cells: &[Cell], above: (&str, u32), below: (&str, u32)) -> Option<Ratio> {
    let at = |(label, conns): (&str, u32)| {
        let label = label.to_owned();
        move |cell: &Cell| cell.label == label && cell.conns == conns
    };
    ratio(cells, at(above), at(below), |cell| cell.rate)
}

/// Every target that this run can judge.
pub(super) fn judge(report: &Report) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    let mut add = |what: String, value: Option<f64>, bound: Bound| {
        verdicts.extend(value.map(|value| Verdict { what, value, bound }));
    };
    let cells = &report.cells;
    let rate = |above, below| rates(cells, above, below).map(|ratio| ratio.median);
    let median = |lane: &Lane, conns: u32, value: fn(&Cell) -> Option<f64>| {
        stats::median(cells.iter().filter(|cell| cell.label == lane.name && cell.conns == conns).filter_map(value))
    };

    for lane in lanes::all().filter(|lane| lane.on == Kind::Samerow) {
        let name = lane.name;
        match (name, lane.dialect) {
            ("password-update", _) => {
                let value = rate((name, BUSY), ("native-update", BUSY));
                add(format!("{name} / native-update at {BUSY}"), value, Bound::AtLeast(0.95));
            }
            (soap::TICKET | soap::MESSAGE, _) => {
                let value = rate((name, BUSY), ("superoffice-update", BUSY));
                add(format!("{name} / superoffice-update at {BUSY}"), value, Bound::AtLeast(0.6));
            }
            (bing::UPDATE, _) => {
                let value = rate((name, BUSY), ("trackfinity-update", BUSY));
                add(format!("{name} / trackfinity-update at {BUSY}"), value, Bound::AtLeast(0.6));
                let value = median(lane, 1, |cell| cell.flushes);
                add(format!("{name}: flushes a request at 1"), value, Bound::AtLeast(0.98));
            }
            (bing::READ, _) => {
                let value = rate((name, BUSY), ("ceiling-read", BUSY));
                add(format!("{name} / ceiling-read at {BUSY}"), value, Bound::AtLeast(0.3));
            }
            // Of these the figures are enough.
            ("superoffice-login" | "superoffice-read", _) => {}
            ("everlytic-multicall", _) => {
                let value = rate((name, 1), ("everlytic-rpc-update", 1)).map(|ratio| ratio * 100.0);
                add(format!("{name}, updates / everlytic-rpc-update at 1"), value, Bound::AtLeast(5.0));
            }
            ("native-bulk", _) => {
                let value = rate((name, 1), ("native-update", 1)).map(|ratio| ratio * 1_000.0);
                add(format!("{name}, updates / native-update at 1"), value, Bound::AtLeast(3.0));
            }
            (_, Some(_)) => {
                if name == "everlytic-rpc-update" {
                    let value = rate((name, BUSY), ("everlytic-update", BUSY));
                    add(format!("{name} / everlytic-update at {BUSY}"), value, Bound::AtLeast(0.75));
                }
                if name != "superoffice-update" {
                    let value = rate((name, BUSY), ("bare-update", BUSY));
                    add(format!("{name} / bare-update at {BUSY} (goal 0.75)"), value, Bound::AtLeast(0.65));
                    let value = rate((name, 1), ("bare-update", 1));
                    add(format!("{name} / bare-update at 1"), value, Bound::AtLeast(0.75));
                }
                let value = rate((name, BUSY), ("gsoap-update", BUSY));
                add(format!("{name} / gsoap-update at {BUSY}"), value, Bound::AtLeast(3.0));
                add(format!("{name} at 256 / at {BUSY}"), rate((name, 256), (name, BUSY)), Bound::AtLeast(1.0));
                // Alone, a client shares its flush with nobody: fewer than one means an answer came first.
                let value = median(lane, 1, |cell| cell.flushes);
                add(format!("{name}: flushes a request at 1"), value, Bound::AtLeast(0.98));
            }
            ("everlytic-list" | "native-list", None) => {
                let value = rate((name, BUSY), ("ceiling-read", BUSY));
                add(format!("{name} / ceiling-read at {BUSY}"), value, Bound::AtLeast(0.2));
            }
            (_, None) => {
                let value = rate((name, BUSY), ("ceiling-read", BUSY));
                add(format!("{name} / ceiling-read at {BUSY}"), value, Bound::AtLeast(0.45));
            }
        }
        if !["everlytic-list", "native-list", "native-bulk"].contains(&name) {
            let value = median(lane, BUSY, |cell| Some(cell.outcome.p99 / cell.outcome.p50));
            add(format!("{name}: p99 / p50 at {BUSY}"), value, Bound::Below(6.0));
        }
    }

    let loaded = cells.iter().filter(|cell| lanes::find(&cell.label).is_some_and(|lane| lane.on == Kind::Samerow));
    let (_, memory) = stats::range(loaded.map(|cell| cell.memory_mb));
    add(format!("memory under load, MB, {} customers", report.customers), Some(memory).filter(|mb| mb.is_finite()), {
        Bound::Below(100.0)
    });
    for followed in report.followed.iter().filter(|followed| followed.followers >= 1_000) {
        add(format!("{} followers: p99 of the trail, ms", followed.followers), Some(followed.p99), Bound::Below(50.0));
        add(format!("{} idle followers, MB", followed.followers), Some(followed.idle_mb), Bound::Below(60.0));
    }
    let cost = |value| inspector::ratio(&report.inspected, value).map(|ratio| ratio * 100.0);
    add(
        "CPU of an update with the inspector, % of that without".to_owned(),
        cost(|cell| cell.cpu),
        Bound::Below(103.0),
    );
    add("updates a second with it, % of those without".to_owned(), cost(|cell| cell.rate), Bound::AtLeast(97.0));
    if let Some(searched) = &report.searched {
        let slowest = searched.sorts.iter().map(|sort| sort.p95).fold(f64::NAN, f64::max);
        let what = format!("slowest sort of search, 95 of 100, ms, {} customers", searched.customers);
        add(what, Some(slowest), Bound::Below(20.0));
    }
    if let Some(starts) = &report.starts {
        add(format!("cold start, ms, {} customers", starts.customers), starts.clean_ms(), Bound::Below(150.0));
        add(format!("idle memory, MB, {} customers", starts.customers), Some(starts.idle_mb), Bound::Below(40.0));
    }
    let of = |customers| {
        move |cell: &Cell| {
            cell.label == "trackfinity-update" && cell.customers == customers && cell.conns == CONNECTIONS
        }
    };
    let growth = ratio(&report.growth, of(LARGE), of(SMALL), |cell| cell.cpu).map(|ratio| ratio.median);
    add(format!("CPU of an update, {LARGE} customers / {SMALL}"), growth, Bound::Below(1.5));
    verdicts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(value: f64, bound: Bound) -> Verdict {
        Verdict { what: String::new(), value, bound }
    }

    #[test]
    fn tolerance_widens_a_bound_on_its_open_side_only() {
        assert!(!verdict(0.64, Bound::AtLeast(0.65)).met(0.0));
        assert!(verdict(0.64, Bound::AtLeast(0.65)).met(0.05));
        assert!(!verdict(150.0, Bound::Below(150.0)).met(0.0));
        assert!(verdict(150.0, Bound::Below(150.0)).met(0.01));
        assert!(!verdict(f64::NAN, Bound::AtLeast(0.0)).met(1.0));
    }
}
