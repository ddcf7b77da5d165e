//! F11: bits of the stopped database turn over.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::rounds::doctor;
use crate::support::*;

const FILE: &str = "samerow.db";

/// A stopped store and all that it truly holds.
struct Truth {
    dir: TempDir,
    bytes: Vec<u8>,
    records: BTreeMap<u32, Record>,
    /// Where the database holds values of ours.
    values: Vec<usize>,
    /// Where it holds definitions of tables and views.
    definitions: Vec<usize>,
}

/// What became of one damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// Everything is shown as it was.
    Harmless,
    /// Some records are not shown; the others are as they were.
    RecordRefused,
    StartRefused,
    /// Some records are said not to be there; what is shown is as it was.
    NotFound,
    /// Something else than the truth was shown.
    ServedWrong,
}

impl Truth {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let server = Launch::demo(dir.path()).start();
        let mut ledger = Ledger::default();
        let load = Load::start(server.address, &Plan::new(4));
        load.go(Duration::from_millis(300), 100);
        load.stop(&mut ledger);
        let ids: Vec<u32> = [7, 10, 11, 100, 191, 192].into_iter().chain(1001..=1200).collect();
        let records = World::read(&server, &ids).unwrap().records;
        assert!(server.stop().success());
        let bytes = fs::read(dir.path().join(FILE)).unwrap();
        let is_value = |w: &[u8]| w[0] == b'v' && w[1..].iter().all(u8::is_ascii_digit);
        let values = bytes.windows(8).enumerate().filter(|(_, w)| is_value(w)).map(|(at, _)| at).collect::<Vec<_>>();
        assert!(values.len() > 20, "the database does not hold what was written");
        let is_definition = |w: &[u8]| w == b"CREATE ";
        let definitions = bytes.windows(7).enumerate().filter(|(_, w)| is_definition(w)).map(|(at, _)| at).collect();
        Self { dir, bytes, records, values, definitions }
    }

    fn anywhere(&self, rng: &mut Rng) -> usize {
        rng.within(0, self.bytes.len() as u64) as usize
    }

    /// In a value of ours.
    fn in_a_value(&self, rng: &mut Rng) -> usize {
        self.values[rng.within(0, self.values.len() as u64) as usize] + rng.within(0, 8) as usize
    }

    /// In the definition of a table, an index or a view.
    fn in_a_definition(&self, rng: &mut Rng) -> usize {
        self.definitions[rng.within(0, self.definitions.len() as u64) as usize] + rng.within(0, 1_000) as usize
    }

    /// A copy of the folder with `bytes` for the database.
    fn copy_with(&self, bytes: &[u8]) -> TempDir {
        let copy = TempDir::new().unwrap();
        for entry in fs::read_dir(self.dir.path()).unwrap().flatten() {
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
            }
        }
        fs::write(copy.path().join(FILE), bytes).unwrap();
        copy
    }

    /// Starts a server in the damaged copy and compares all it shows.
    fn fate(&self, data: &Path, fault: Option<&'static str>) -> (Fate, String) {
        let launch = Launch::demo(data).within(Duration::from_secs(10));
        let server = match fault.into_iter().fold(launch, Launch::fault).try_start() {
            Ok(server) => server,
            Err(refusal) => {
                assert!(refusal.status.is_some(), "neither serves nor exits: {refusal:?}");
                return (Fate::StartRefused, refusal.log);
            }
        };
        let mut client = server.client();
        let mut worst = (Fate::Harmless, String::new());
        for (id, truth) in &self.records {
            let (fate, said) = match Record::read(&mut client, *id) {
                Ok(shown) if shown == *truth => continue,
                Ok(shown) => (Fate::ServedWrong, format!("customer {id}: {shown:?} for {truth:?}")),
                Err(e) if e.status == Some(404) => (Fate::NotFound, format!("customer {id}: {}", e.said)),
                Err(e) if matches!(e.status, Some(200) | None) => {
                    (Fate::ServedWrong, format!("customer {id}: {e:?}\n{}", server.log()))
                }
                Err(e) => (Fate::RecordRefused, e.said),
            };
            if fate > worst.0 {
                worst = (fate, said);
            }
        }
        worst
    }
}

#[test]
fn f11_bit_rot_is_never_served_as_good_data() {
    let _turn = Turn::take();
    let mut rng = Rng::new("F11");
    let truth = Truth::new();
    let (flips, cuts) = (rounds(40, 600), rounds(3, 50));
    let mut fates: BTreeMap<Fate, usize> = BTreeMap::new();
    let mut noticed = 0;
    for number in 0..flips + cuts {
        let mut bytes = truth.bytes.clone();
        let damage = if number < flips {
            let at = match number % 5 {
                0 | 1 => truth.in_a_value(&mut rng),
                2 => truth.in_a_definition(&mut rng),
                _ => truth.anywhere(&mut rng),
            };
            let bit = rng.within(0, 8);
            bytes[at] ^= 1 << bit;
            format!("bit {bit} of byte {at}")
        } else {
            bytes.truncate(truth.anywhere(&mut rng));
            format!("cut to {} bytes", bytes.len())
        };
        let copy = truth.copy_with(&bytes);
        let (code, findings) = doctor(copy.path());
        let (fate, said) = truth.fate(copy.path(), None);
        assert_ne!(fate, Fate::ServedWrong, "{damage}: {said}\ndoctor: {code:?} {findings}");
        let is_noticed = code != Some(0);
        assert!(is_noticed || fate == Fate::Harmless, "{damage}: {said}\ndoctor finds nothing: {findings}");
        noticed += usize::from(is_noticed);
        *fates.entry(fate).or_default() += 1;
    }
    report(format!("F11 bit rot: {flips} flips, {cuts} cuts: {fates:?}; doctor noticed {noticed}"));
}

#[test]
fn f11_control_records_without_a_checksum_are_caught() {
    let _turn = Turn::take();
    if !control("skip-checksum") {
        return;
    }
    let mut rng = Rng::new("F11 control");
    let truth = Truth::new();
    let end = Instant::now() + Duration::from_secs(60);
    for flips in 1.. {
        let mut bytes = truth.bytes.clone();
        bytes[truth.in_a_value(&mut rng)] ^= 1 << rng.within(0, 7);
        if truth.fate(truth.copy_with(&bytes).path(), Some("skip-checksum")).0 == Fate::ServedWrong {
            report(format!("F11 control skip-checksum: caught after {flips} flips"));
            return;
        }
        assert!(Instant::now() < end, "not caught with {flips} flips: the method is blind");
    }
}
