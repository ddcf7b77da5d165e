//! The command line: one file a command.

mod assignment;
mod attachment;
mod bulk;
mod client;
mod config;
mod customer;
mod dialects;
mod doctor;
mod events;
mod export;
mod import;
mod manual;
mod nodes;
mod notification;
mod nouns;
mod openapi;
mod privacy;
mod record;
mod serve;
mod show;
mod ticket;
mod tls;
mod transfer;
mod webhook;

use clap::{CommandFactory as _, Parser, Subcommand};
use std::process::ExitCode;

use crate::settings::Flags;

/// How a command ends; the numbers are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// Failed.
    Failed = 1,
    /// The command was not understood.
    Usage = 2,
    /// There is no such thing.
    NotFound = 3,
    /// It changed meanwhile.
    Conflict = 4,
    /// Not signed in, or not allowed.
    Auth = 5,
    /// Differences or damage were found.
    Differences = 6,
    /// The server or the store cannot be reached.
    Unavailable = 7,
}

/// A command that did not end well: what to tell, and how to exit.
#[derive(Debug)]
pub struct Failed {
    exit: Exit,
    message: String,
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl Failed {
    /// Any failure.
    #[allow(clippy::needless_pass_by_value, reason = "an error is given away")]
    pub fn new(exit: Exit, message: impl std::fmt::Display) -> Self {
        Self { exit, message: message.to_string() }
    }

    /// Says what it is about.
    fn about(self, what: &str) -> Self {
        Self { message: format!("{what}: {}", self.message), ..self }
    }
}

/// One customer record behind the APIs that your programs already speak.
#[derive(Parser)]
#[command(name = "samerow", version, propagate_version = true, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve every dialect on one port.
    Serve(Flags),
    #[command(flatten)]
    Record(nouns::Nouns),
    /// Make customers of a file, or change them, in the words of the API that it came from.
    Import(import::Import),
    /// Show what happened to all records, oldest first.
    Events(events::Events),
    /// Write out all records of a kind: as CSV, a line of JSON each, or cards for address books.
    Export(export::Export),
    /// Examine a store: every checksum, and the chain of every history.
    Doctor(doctor::Doctor),
    /// Write all that a store holds to a file; servers may be at work on it.
    Backup(transfer::Backup),
    /// Fill an empty folder or database from a backup, or prove one.
    Restore(transfer::Restore),
    /// Take a store from a folder to a database, or back.
    Move(transfer::Move),
    /// Show the servers that share a database.
    Nodes(nodes::Nodes),
    /// Make certificates for programs that want TLS.
    #[command(subcommand)]
    Tls(tls::Tls),
    /// The APIs that are spoken, and how a program is pointed at one.
    #[command(subcommand)]
    Dialects(dialects::Dialects),
    /// Show settings.
    #[command(subcommand)]
    Config(config::Config),
    /// Print a script that completes commands in a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write a manual page for every command into a folder.
    Man {
        /// The folder.
        folder: std::path::PathBuf,
    },
    /// Print the description of the native API.
    Openapi(openapi::Openapi),
    /// Print the version.
    Version,
}

/// Runs the command line.
#[allow(clippy::print_stderr, reason = "a command tells its failure on standard error")]
pub fn main() -> ExitCode {
    let ended = match Arguments::parse().command {
        Command::Serve(flags) => serve::run(&flags),
        Command::Record(command) => nouns::run(command),
        Command::Import(command) => import::run(&command),
        Command::Events(events) => events::run(&events),
        Command::Export(command) => export::run(&command),
        Command::Doctor(command) => doctor::run(&command),
        Command::Backup(command) => transfer::backup(&command),
        Command::Restore(command) => transfer::restore(&command),
        Command::Move(command) => transfer::transfer(&command),
        Command::Nodes(command) => nodes::run(&command),
        Command::Tls(command) => tls::run(&command),
        Command::Dialects(command) => dialects::run(&command),
        Command::Config(command) => config::run(&command),
        Command::Completions { shell } => manual::completions(Arguments::command(), shell),
        Command::Man { folder } => manual::pages(Arguments::command(), &folder),
        Command::Openapi(command) => openapi::run(&command),
        Command::Version => {
            print(&format!("samerow {} (SQLite {})\n", env!("CARGO_PKG_VERSION"), store::sqlite_version()))
        }
    };
    match ended {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(failed) => {
            eprintln!("samerow: {}", failed.message);
            ExitCode::from(failed.exit as u8)
        }
    }
}

/// Writes to standard output. A reader that has gone away, as `head` does, is no failure.
fn print(text: &str) -> Result<Exit, Failed> {
    use std::io::{ErrorKind, Write as _};
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failed::new(Exit::Failed, error)),
        _ => Ok(Exit::Ok),
    }
}

/// The variables of the process.
#[allow(clippy::disallowed_methods, reason = "settings are read here")]
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
