//! Bits that flip and files that end too early, anywhere in the file. Whatever is read is what was written, or it is
//! refused, or it is not found and the examination says why.

use super::Sqlite;
use crate::suite::{Bed, Engine, ONE, Seeded, set};
use domain::error::Reason;
use domain::operation::CustomerRef;
use domain::{App, Caller, Change, Customer, Error, Field, Kind, Time};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use store::{Options, SqliteStore, sqlite};
use tempfile::TempDir;

const PEOPLE: i64 = 40;
const FLIPS: usize = 200;

struct Known {
    file: Vec<u8>,
    people: Vec<(Customer, Vec<Change>)>,
}

fn known() -> Known {
    let mut bed = Bed::<Sqlite<false>>::new();
    let desk = bed.desk(ONE);
    for n in 1..=PEOPLE {
        let note = format!("note {n} ").repeat(20);
        desk.create(vec![set(Field::Username, format!("user{n}")), set(Field::Note, note)]).unwrap();
        desk.update(n, vec![set(Field::City, format!("city {n}")), set(Field::EmailQuota, n)]).unwrap();
    }
    let people = (1..=PEOPLE).map(|id| (desk.read(id).unwrap(), desk.history(Kind::Customer, id))).collect();
    bed.close();
    assert_eq!(bed.engine().examine(), Vec::<String>::new());
    Known { file: fs::read(bed.engine().file()).unwrap(), people }
}

#[derive(Default, Debug)]
struct Tally {
    unharmed: u32,
    refused: u32,
    not_found: u32,
}

impl Known {
    /// Reads all of a damaged file.
    fn survey(&self, file: &[u8], tally: &mut Tally, what: &str) {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("samerow.db"), file).unwrap();
        let before = examined(folder.path());
        let options = Options { durable: false, readers: 1, ..Options::new(folder.path(), Arc::new(Seeded::new(3))) };
        let Ok(store) = SqliteStore::open(&options) else {
            assert!(before > 0, "{what}: not opened, and the examination finds nothing");
            tally.refused += 1;
            return;
        };
        let (mut refused, mut not_found) = (0, 0);
        let mut told = |error: &Error| match error.reason {
            Reason::Internal => refused += 1,
            Reason::NotFound => not_found += 1,
            _ => panic!("{what}: {error:?}"),
        };
        let bed = Reader::new(store);
        for (customer, history) in &self.people {
            for who in [CustomerRef::Id(customer.id), CustomerRef::Username(customer.text(Field::Username).to_owned())]
            {
                match bed.read(who) {
                    Ok(found) => assert!(found == *customer, "{what}: another customer {}", customer.id),
                    Err(error) => told(&error),
                }
            }
            match bed.history(customer.id) {
                Ok(found) => assert!(found == *history, "{what}: another history of {}", customer.id),
                Err(error) => told(&error),
            }
        }
        drop(bed);
        if refused + not_found > 0 {
            assert!(before > 0, "{what}: {refused} refused, {not_found} not found, and the examination finds nothing");
        }
        tally.unharmed += u32::from(refused + not_found == 0);
        tally.refused += u32::from(refused > 0);
        tally.not_found += u32::from(not_found > 0);
    }
}

/// How much an examination finds; a file that cannot be opened is a finding.
fn examined(folder: &Path) -> usize {
    sqlite::examine(folder).map_or(1, |report| report.findings.len())
}

struct Reader(App, Arc<Caller>);

impl Reader {
    fn new(store: SqliteStore) -> Self {
        struct Still;
        impl domain::port::Clock for Still {
            fn now(&self) -> Time {
                Time(0)
            }
        }
        let caller = Caller { role: domain::Role::Viewer, ..Caller::anonymous(ONE) };
        Self(App::new(Arc::new(store), Arc::new(Still), Arc::new(Seeded::new(4))), Arc::new(caller))
    }

    fn read(&self, who: CustomerRef) -> Result<Customer, Error> {
        crate::suite::run(
            &self.0,
            &self.1,
            domain::operation::ReadCustomer { who, deleted: domain::operation::Deleted::Shown },
        )
    }

    fn history(&self, id: i64) -> Result<Vec<Change>, Error> {
        let read = domain::operation::ReadHistory { kind: Kind::Customer, id, from: None, limit: 100 };
        crate::suite::run(&self.0, &self.1, read).map(|history| history.changes.to_vec())
    }
}

#[test]
fn a_flipped_bit_is_never_served() {
    let known = known();
    let random = Seeded::new(20_261_122);
    let mut tally = Tally::default();
    // The definitions of tables and views are a small part of a store, and one that everything hangs on.
    let definitions: Vec<_> =
        known.file.windows(7).enumerate().filter(|(_, w)| w == b"CREATE ").map(|(at, _)| at).collect();
    for number in 0..FLIPS {
        let mut file = known.file.clone();
        let at = match number % 4 {
            0 => definitions[random.below(definitions.len() as u64)] + random.below(1_000),
            _ => random.below(file.len() as u64),
        };
        let bit = random.below(8);
        file[at] ^= 1 << bit;
        known.survey(&file, &mut tally, &format!("bit {bit} of byte {at}"));
    }
    println!("{FLIPS} flips in {} bytes: {tally:?}", known.file.len());
    assert!(tally.unharmed > 0 && tally.refused > FLIPS as u32 / 10, "the flips hit: {tally:?}");
}

#[test]
fn a_file_that_ends_early_is_never_served_as_whole() {
    let known = known();
    let random = Seeded::new(7);
    let mut tally = Tally::default();
    for page in 1..30 {
        for cut in [page * 4_096, random.below(known.file.len() as u64)] {
            let cut = cut.min(known.file.len() - 1);
            known.survey(&known.file[..cut], &mut tally, &format!("cut after {cut} bytes"));
        }
    }
    println!("{tally:?}");
    assert!(tally.refused > 20, "{tally:?}");
}
