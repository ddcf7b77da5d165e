//! `cargo xtask CHORE [flags]`: what the repository needs done that cargo does not do.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "chores talk to a terminal")]

mod bench;
mod tidy;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some("bench") => bench::main(&args),
        Some("tidy") => tidy::main(),
        _ => {
            eprintln!("usage: cargo xtask bench [--help] | tidy");
            ExitCode::from(2)
        }
    }
}
