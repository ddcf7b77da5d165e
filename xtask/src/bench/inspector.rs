//! What the inspector costs: updates of two servers of one program in turns, of which one keeps calls and one does not.

use std::path::Path;

use super::flags::Flags;
use super::lanes::Kind;
use super::report::Report;
use super::rounds::{self, Cell, Run};
use super::server::Server;
use super::{Result, check, targets, update_lane};

/// Connections at which it is measured.
const CONNECTIONS: u32 = 64;

const WITH: &str = "keeps calls";
const WITHOUT: &str = "keeps none";

/// So few that for each call one goes, as in the long run.
const FEW: &str = "1000";

/// With all that the inspector keeps with the demo data, bodies too, on disk.
pub(super) fn measure(flags: &Flags, program: &Path, dir: &Path, report: &mut Report) -> Result<Vec<Cell>> {
    let lane = update_lane()?;
    let start = |name: &str, calls: &[(&str, &str)]| {
        Server::with(Kind::Samerow, program, flags.customers, &dir.join(name), calls)
    };
    let [with, without] =
        [("with", FEW), ("without", "0")].map(|(name, calls)| start(name, &[("SAMEROW_INSPECTOR_CALLS", calls)]));
    let (with, without) = (with?, without?);
    let runs = [(WITH, &with), (WITHOUT, &without)].map(|(label, server)| Run {
        label: format!("{}, {label}", lane.name),
        lane,
        server,
    });
    runs.iter().try_for_each(|run| check::lane(run.lane, run.server))?;
    Ok(rounds::all(flags, &[CONNECTIONS], &runs, dir, report))
}

/// By how much a value is greater with the inspector, in a round: the median.
pub(super) fn ratio(cells: &[Cell], value: fn(&Cell) -> f64) -> Option<f64> {
    let labelled = |end: &'static str| move |cell: &Cell| cell.label.ends_with(end);
    targets::ratio(cells, labelled(WITH), labelled(WITHOUT), value).map(|ratio| ratio.median)
}
