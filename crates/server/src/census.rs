//! Which programs call which operations: whoever wants to switch an old API off must know who still needs it.
//!
//! Counted in memory, bounded, and kept in a file beside the store from time to time. A program is what calls itself so;
//! it is one from its first call on that was answered and not refused, so that nobody fills the list by guessing.

use dialects::uses::{User, Uses};
use domain::{Kind, Time};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The file beside the store.
const FILE: &str = "programs.json";

/// Programs of a dialect that are remembered at most.
const MOST: usize = 500;

/// Longest name of a program, in characters.
const LONGEST: usize = 120;

/// Between two times that it is kept.
const EVERY: Duration = Duration::from_secs(30);

/// How often an operation was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Calls.
    pub calls: u64,
    /// Those of them that were refused or failed.
    pub errors: u64,
    /// The first of them.
    pub first: Time,
    /// The last of them.
    pub last: Time,
}

/// A program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// Where it called from last.
    pub address: Option<IpAddr>,
    /// What it called.
    pub operations: BTreeMap<&'static str, Tally>,
}

impl Program {
    /// Its calls.
    pub fn calls(&self) -> u64 {
        self.operations.values().map(|tally| tally.calls).sum()
    }

    /// Those that were refused or failed.
    pub fn errors(&self) -> u64 {
        self.operations.values().map(|tally| tally.errors).sum()
    }

    /// When it was first seen.
    pub fn first(&self) -> Time {
        self.operations.values().map(|tally| tally.first).min().unwrap_or(Time(0))
    }

    /// When it was last seen.
    pub fn last(&self) -> Time {
        self.operations.values().map(|tally| tally.last).max().unwrap_or(Time(0))
    }

    fn count(&mut self, operation: &'static str, is_error: bool, at: Time) {
        let new = || Tally { calls: 0, errors: 0, first: at, last: at };
        let tally = self.operations.entry(operation).or_insert_with(new);
        tally.calls += 1;
        tally.errors += u64::from(is_error);
        tally.last = tally.last.max(at);
    }
}

/// See the [module](self).
#[derive(Debug)]
pub struct Census(Mutex<Seen>);

#[derive(Debug)]
struct Seen {
    dialects: HashMap<&'static str, HashMap<Box<str>, Program>>,
    since: Time,
    changed: bool,
}

impl Census {
    /// Nobody was seen yet.
    pub fn new(since: Time) -> Self {
        Self(Mutex::new(Seen { dialects: HashMap::new(), since, changed: true }))
    }

    /// Counts a call. A call of no operation is nobody's.
    pub fn count(
        &self,
        (dialect, operation): (&'static str, &'static str),
        client: &str,
        address: IpAddr,
        is_error: bool,
        at: Time,
    ) {
        if operation.is_empty() {
            return;
        }
        let end = |client: &str| client.char_indices().nth(LONGEST).map_or(client.len(), |(end, _)| end);
        let client = if client.len() > LONGEST { client.get(..end(client)).unwrap_or_default() } else { client };
        let mut seen = lock(&self.0);
        seen.changed = true;
        let programs = seen.dialects.entry(dialect).or_default();
        if let Some(program) = programs.get_mut(client) {
            program.count(operation, is_error, at);
            program.address = Some(address);
        } else if !is_error {
            if programs.len() >= MOST {
                // Who called least, and longest ago, makes room.
                let least = programs.iter().min_by_key(|(_, program)| (program.calls(), program.last()));
                if let Some(name) = least.map(|(name, _)| name.clone()) {
                    programs.remove(&name);
                }
            }
            let mut program = Program { address: Some(address), ..Program::default() };
            program.count(operation, is_error, at);
            programs.insert(client.into(), program);
        }
    }

    /// The programs of a dialect, who called last first.
    pub fn programs(&self, dialect: &str) -> Vec<(String, Program)> {
        let seen = lock(&self.0);
        let programs = seen.dialects.get(dialect).into_iter().flatten();
        let mut programs: Vec<_> = programs.map(|(name, program)| (name.to_string(), program.clone())).collect();
        drop(seen);
        programs.sort_by_key(|(_, program)| std::cmp::Reverse(program.last()));
        programs
    }

    /// Since when programs are counted.
    pub fn since(&self) -> Time {
        lock(&self.0).since
    }

    /// All of it as JSON, with the uses of keys; `None` when nothing came since the last time.
    fn told(&self, uses: &Uses) -> Option<Value> {
        let mut seen = lock(&self.0);
        if !std::mem::take(&mut seen.changed) {
            return None;
        }
        let mut programs = Vec::new();
        for (dialect, of_dialect) in &seen.dialects {
            for (name, program) in of_dialect {
                let tally = |(operation, tally): (&&str, &Tally)| {
                    let Tally { calls, errors, first, last } = tally;
                    (operation.to_string(), json!([calls, errors, first.0, last.0]))
                };
                let operations: serde_json::Map<_, _> = program.operations.iter().map(tally).collect();
                let address = program.address.map(|address| address.to_string());
                programs
                    .push(json!({ "dialect": dialect, "name": name, "address": address, "operations": operations }));
            }
        }
        let uses = uses.all().into_iter().map(|((tenant, kind, id), at)| json!([tenant, kind.name(), id, at.0]));
        let uses: Vec<_> = uses.collect();
        Some(json!({ "version": 1, "since": seen.since.0, "programs": programs, "uses": uses }))
    }

    /// What a file holds of before. What it says of operations that are not there any more is left out, and so is a file
    /// that nobody can read: nothing depends on it.
    fn of(told: &Value, uses: &Uses, now: Time) -> Option<Self> {
        let mut dialects: HashMap<&'static str, HashMap<Box<str>, Program>> = HashMap::new();
        let time = |value: &Value| value.as_i64().map(Time).filter(|time| *time <= now);
        for program in told.get("programs")?.as_array()? {
            let dialect = program.get("dialect").and_then(Value::as_str);
            let Some(dialect) = dialect.and_then(dialects::dialect_named) else { continue };
            let mut operations = BTreeMap::new();
            for (name, tally) in program.get("operations").and_then(Value::as_object).into_iter().flatten() {
                let Some(operation) = dialect.operations.iter().find(|known| *known == name) else { continue };
                let Some([calls, errors, first, last]) = tally.as_array().map(Vec::as_slice) else { continue };
                let (Some(calls), Some(errors)) = (calls.as_u64(), errors.as_u64()) else { continue };
                let (Some(first), Some(last)) = (time(first), time(last)) else { continue };
                operations.insert(*operation, Tally { calls, errors, first, last });
            }
            let text = |name: &str| program.get(name).and_then(Value::as_str).unwrap_or_default();
            let programs = dialects.entry(dialect.name).or_default();
            if !operations.is_empty() && programs.len() < MOST {
                programs.insert(text("name").into(), Program { address: text("address").parse().ok(), operations });
            }
        }
        for used in told.get("uses").and_then(Value::as_array).into_iter().flatten() {
            if let Some((whose, at)) = use_of(used).filter(|(_, at)| *at <= now) {
                uses.learn(whose, at);
            }
        }
        let since = told.get("since").and_then(time)?;
        Some(Self(Mutex::new(Seen { dialects, since, changed: false })))
    }
}

fn use_of(told: &Value) -> Option<(User, Time)> {
    let [tenant, kind, id, at] = told.as_array()?.as_slice() else { return None };
    let kind = [Kind::Key, Kind::User].into_iter().find(|known| Some(known.name()) == kind.as_str())?;
    Some(((tenant.as_i64()?, kind, id.as_i64()?), Time(at.as_i64()?)))
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The census of the store in a folder, as it was kept.
pub fn open(folder: &Path, uses: &Uses, now: Time) -> Census {
    let text = std::fs::read_to_string(folder.join(FILE)).unwrap_or_default();
    let told: Value = serde_json::from_str(&text).unwrap_or_default();
    Census::of(&told, uses, now).unwrap_or_else(|| Census::new(now))
}

/// Keeps it.
///
/// # Errors
/// When the file cannot be written.
pub fn keep(census: &Census, uses: &Uses, folder: &Path) -> std::io::Result<()> {
    let Some(told) = census.told(uses) else { return Ok(()) };
    let partial = folder.join(format!("{FILE}.partial"));
    std::fs::write(&partial, told.to_string())?;
    std::fs::rename(partial, folder.join(FILE))
}

/// Keeps it from time to time, until the task is ended.
pub async fn keep_on(census: Arc<Census>, state: std::sync::Weak<dialects::State>, folder: PathBuf) {
    loop {
        tokio::time::sleep(EVERY).await;
        let (census, folder) = (Arc::clone(&census), folder.clone());
        let Some(state) = state.upgrade() else { return };
        let kept = tokio::task::spawn_blocking(move || keep(&census, &state.uses, &folder)).await;
        if let Ok(Err(error)) = kept {
            tracing::warn!(%error, "which programs call could not be kept");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const SET: (&str, &str) = ("trackfinity", "set_customer_details");

    #[test]
    fn programs_are_counted_and_kept() {
        let (census, uses) = (Census::new(Time(1)), Uses::default());
        census.count(SET, "BillingSync/4", HERE, false, Time(10));
        census.count(("trackfinity", "lock"), "BillingSync/4", HERE, true, Time(30));
        census.count(SET, "guesser", HERE, true, Time(40));
        census.count(("trackfinity", ""), "nobody", HERE, false, Time(40));
        uses.learn((1, Kind::Key, 5), Time(30));
        let programs = census.programs("trackfinity");
        assert_eq!(programs.len(), 1, "{programs:?}");
        let (name, program) = &programs[0];
        assert_eq!((&**name, program.calls(), program.errors()), ("BillingSync/4", 2, 1));
        assert_eq!((program.first(), program.last(), program.address), (Time(10), Time(30), Some(HERE)));

        let folder = tempfile::tempdir().unwrap();
        keep(&census, &uses, folder.path()).unwrap();
        let again = Uses::default();
        let kept = open(folder.path(), &again, Time(50));
        assert_eq!((kept.programs("trackfinity"), kept.since()), (programs, Time(1)));
        assert_eq!(again.last((1, Kind::Key, 5)), Some(Time(30)));
        // What is later than now is of a clock that was moved back.
        assert!(open(folder.path(), &again, Time(5)).programs("trackfinity").is_empty());
        std::fs::write(folder.path().join(FILE), "{broken").unwrap();
        assert_eq!(open(folder.path(), &again, Time(60)).since(), Time(60));
    }

    #[test]
    fn memory_is_bounded_and_who_calls_most_stays() {
        let census = Census::new(Time(1));
        for at in 0..3 {
            census.count(SET, "NightSync", HERE, false, Time(at));
        }
        for number in 0..2 * MOST {
            census.count(SET, &format!("{number}{}", "x".repeat(300)), HERE, false, Time(9));
        }
        let programs = census.programs("trackfinity");
        assert_eq!(programs.len(), MOST);
        assert!(programs.iter().any(|(name, _)| name == "NightSync"));
        assert!(programs.iter().all(|(name, _)| name.chars().count() <= LONGEST));
    }
}
