//! Drives the `samerow` program from outside, as its clients do: starts and ends it, speaks its
//! dialects over plain sockets, keeps a ledger of what it acknowledged and compares that with the
//! history it shows.
//!
//! ```ignore
//! #[path = "../support/mod.rs"]
//! mod support;
//! let server = support::Launch::demo(&data).start();
//! ```

#![allow(dead_code, unused_imports, unreachable_pub, reason = "each test target uses its own part of the rig")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]
#![allow(clippy::print_stderr, reason = "a failed test shows the server's log")]

mod check;
#[path = "../../../store/tests/postgres/cluster.rs"]
pub mod cluster;
mod dialect;
mod http;
mod ledger;
mod load;
pub(crate) mod mailbox;
pub(crate) mod programs;
mod server;
pub(crate) mod visitor;
mod world;

pub use check::{Refused, check};
pub use dialect::{Dialect, Speaker};
pub use http::{Client, Event, Events, Failure, Reply};
pub use ledger::{Ledger, Op, Outcome};
pub use load::{LEAST, Load, Plan};
pub use server::{Launch, Refusal, Server, command, program};
pub use world::{Entry, Record, Unreadable, World};

use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// The demo's native token that may read and write.
pub const ADMIN_TOKEN: &str = "demo-admin-token";

/// Whether the long run was asked for with `SAMEROW_TEST_LONG=1`.
pub fn long() -> bool {
    std::env::var_os("SAMEROW_TEST_LONG").is_some_and(|v| v == "1")
}

/// `quick` in the run of every commit, `nightly` in the long one.
pub fn rounds(quick: usize, nightly: usize) -> usize {
    if long() { nightly } else { quick }
}

/// Says one line that neither the test runner's capture nor a passing test hides, and keeps it in
/// `target/tmp/report.txt` for runners that swallow standard error too.
pub fn report(line: impl AsRef<str>) {
    let line = format!("{}\n", line.as_ref());
    let _ = std::io::stderr().write_all(line.as_bytes());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report.txt");
    if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(path) {
        let _ = file.write_all(line.as_bytes());
    }
}

/// Says loudly that `what` did not run, and why.
///
/// # Panics
/// When `CI=true` and the process is root: there the rig has to be complete.
pub fn not_run(what: &str, why: &str) {
    report(format!("not run: {what}: {why}"));
    let ci = std::env::var_os("CI").is_some_and(|v| v == "true");
    assert!(!(ci && is_root()), "{what} must run where CI=true and root is available: {why}");
}

/// Whether this process may mount and trace.
pub fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// Whether the program under test was built with the deliberately wrong controls.
pub fn has_controls() -> bool {
    cfg!(feature = "faults") || std::env::var_os("SAMEROW_TEST_FAULTS").is_some_and(|v| v == "1")
}

/// Whether to run the control `what`; says so if not.
pub fn control(what: &str) -> bool {
    if !has_controls() {
        report(format!("not run: control {what}: built without faults"));
    }
    has_controls()
}

/// Lets one test of the rig run at a time, across threads and processes: faults and timings of one
/// are not to be blamed on the load of another.
pub struct Turn(File);

impl Turn {
    pub fn take() -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("turn.lock");
        let file = OpenOptions::new().create(true).write(true).truncate(false).open(path).unwrap();
        file.lock().unwrap();
        Self(file)
    }
}

/// Asks until `done` says so or `limit` has passed; tells which.
pub fn wait_until(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + limit;
    loop {
        if done() {
            return true;
        }
        if Instant::now() >= end {
            return false;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A small seeded generator (SplitMix64). `SAMEROW_TEST_SEED` repeats a run's choices.
pub struct Rng(u64);

impl Rng {
    pub fn new(what: &str) -> Self {
        let seed = std::env::var_os("SAMEROW_TEST_SEED")
            .and_then(|v| v.to_str()?.parse().ok())
            .unwrap_or_else(|| RandomState::new().build_hasher().finish() >> 16);
        report(format!("{what}: SAMEROW_TEST_SEED={seed}"));
        Self(seed)
    }

    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `low..high`.
    pub fn within(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low).max(1)
    }

    pub fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }

    pub fn millis(&mut self, low: u64, high: u64) -> Duration {
        Duration::from_micros(self.within(low * 1000, high * 1000))
    }
}

/// Whether these bytes are in a file of that name in the folder or below.
pub fn bytes_beside(folder: &Path, name: &str, word: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).any(|path| match path.is_dir() {
        true => bytes_beside(&path, name, word),
        false => {
            let is_it = path.file_name().unwrap().to_string_lossy().starts_with(name);
            is_it && std::fs::read(&path).unwrap_or_default().windows(word.len()).any(|bytes| bytes == word)
        }
    })
}
