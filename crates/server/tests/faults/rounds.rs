//! One data folder that is put under load, struck and started again, round after round.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::support::*;

/// The longest from a restart to the first acknowledged update, on a machine that is as slow as can be.
const BACK_WITHIN: Duration = Duration::from_secs(30);

pub(crate) struct Rounds {
    pub plan: Plan,
    pub ledger: Ledger,
    data: PathBuf,
    fault: Option<&'static str>,
    refused: Refused,
    before: World,
    /// The longest from a restart to its first acknowledged update.
    back: Duration,
}

impl Rounds {
    /// A fresh store in `data`.
    pub(crate) fn new(data: impl AsRef<Path>) -> Self {
        let data = data.as_ref().to_owned();
        let plan = Plan::new(8);
        let server = Launch::demo(&data).start();
        let before = World::read(&server, &plan.records).unwrap();
        assert!(server.stop().success());
        Self {
            plan,
            ledger: Ledger::default(),
            data,
            fault: None,
            refused: Refused::Absent,
            before,
            back: Duration::ZERO,
        }
    }

    /// The same, served by one of the deliberately wrong controls from now on.
    pub(crate) fn with_fault(mut self, fault: &'static str) -> Self {
        self.fault = Some(fault);
        self
    }

    /// The disk fails beneath a server that still runs: what it refuses may be there all the same.
    pub(crate) fn with_failing_disk(mut self) -> Self {
        self.refused = Refused::Either;
        self
    }

    fn start(&self) -> Server {
        let launch = Launch::demo(&self.data);
        self.fault.into_iter().fold(launch, Launch::fault).start()
    }

    /// Load; after a while `strike`; a new start; what the checker has against the records then.
    pub(crate) fn round(&mut self, load_for: Duration, strike: impl FnOnce(Server)) -> Vec<String> {
        self.round_until(load_for, |server| {
            strike(server);
            None
        })
    }

    /// The same with a `strike` that may tell from when on no answer counts.
    pub(crate) fn round_until(
        &mut self,
        load_for: Duration,
        strike: impl FnOnce(Server) -> Option<Instant>,
    ) -> Vec<String> {
        let server = self.start();
        let load = Load::start(server.address, &self.plan);
        load.go(load_for, LEAST);
        let off = strike(server);
        let mut part = Ledger::default();
        load.stop(&mut part);
        off.into_iter().for_each(|off| part.doubt(off));
        self.ledger.ops.extend(part.ops);
        let server = self.start();
        let mut speaker = Speaker::new(server.address);
        let op = self.plan.one(&mut speaker, Dialect::Trackfinity, 1001);
        assert_eq!(op.outcome, Outcome::Acked, "the first update after the restart:\n{}", server.log());
        self.back = self.back.max(op.done - server.began);
        self.ledger.ops.push(op);
        let after = World::read(&server, &self.plan.records).unwrap();
        let wrong = check(&self.before, &after, &self.ledger, self.refused);
        server.stop();
        wrong
    }

    /// Rounds until `caught` likes what the checker says; how many that took.
    ///
    /// # Panics
    /// When it takes more than `most`.
    pub(crate) fn until_caught(&mut self, most: usize, mut round: impl FnMut(&mut Self) -> Vec<String>) -> usize {
        let lost = |wrong: Vec<String>| wrong.iter().any(|w| w.starts_with("lost: "));
        let caught = (1..=most).find(|_| lost(round(self)));
        caught.unwrap_or_else(|| panic!("{:?} is not caught in {most} rounds: the method is blind", self.fault))
    }

    /// Ends the rounds: the file is whole, and every dialect had its share. Says what was done.
    pub(crate) fn finish(&self, what: &str) {
        assert_whole(&self.data);
        let unknown = self.ledger.count(|o| matches!(o, Outcome::Unknown(_)));
        report(format!(
            "{what}: {} acknowledged ({}), {unknown} unknown, 0 lost; first acknowledgement after a restart within {:?}",
            self.ledger.acked(),
            self.ledger.by_dialect(),
            self.back
        ));
        let silent = |d: &&Dialect| !self.ledger.ops.iter().any(|op| op.dialect == **d && op.outcome == Outcome::Acked);
        let silent: Vec<_> = self.plan.dialects.iter().filter(silent).collect();
        assert!(silent.is_empty(), "never acknowledged: {silent:?}, {:?}", self.ledger.ops.last());
        assert!(self.back <= BACK_WITHIN, "{what}: back after {:?}, more than {BACK_WITHIN:?}", self.back);
    }
}

/// SQLite and `samerow doctor` find nothing wrong with the files of a stopped server.
pub(crate) fn assert_whole(data: &Path) {
    assert_eq!(not_whole(data), None);
}

/// What `samerow doctor` or SQLite finds wrong with the files of a stopped server.
pub(crate) fn not_whole(data: &Path) -> Option<String> {
    let (code, said) = doctor(data);
    let file = rusqlite::Connection::open(data.join("samerow.db")).unwrap();
    let whole: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    (code != Some(0) || whole != "ok").then(|| format!("doctor: {code:?} {said}; integrity_check: {whole}"))
}

/// The exit code of `samerow doctor` and what it says.
pub(crate) fn doctor(data: &Path) -> (Option<i32>, String) {
    let output = command(&[]).args(["doctor", "--json", "--data"]).arg(data).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}
