//! What `samerow` keeps when the process, the disk or the power fails, seen from outside.
//!
//! Every fault ends in the same question: is each acknowledged update in the history exactly once,
//! is nothing there that nobody sent, and is each record what its history says? Each method has a
//! control, a deliberately wrong server that it must catch, for a method that catches nothing proves
//! nothing; those need `--features server/faults`. `SAMEROW_TEST_LONG=1` runs the nightly counts.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

#[path = "../support/mod.rs"]
mod support;

mod block_disk;
mod block_power;
mod checker;
mod disk_full;
mod events;
mod io_error;
mod kill;
mod lost;
mod power;
mod read_only;
mod rot;
mod rounds;
mod share;
mod strace;
mod volume;
