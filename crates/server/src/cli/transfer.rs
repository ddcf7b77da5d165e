//! `samerow backup`, `restore` and `move`.

use clap::Args;
use std::fs::File;
use std::io::{BufReader, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use store::postgres::{Address, BadAddress};
use store::transfer::{self, Counts, LastBackup, Moved, Place, TransferError};

use super::{Exit, Failed, print};
use crate::host::SystemClock;
use domain::port::Clock as _;

/// Which store.
#[derive(Args)]
pub(super) struct Which {
    /// Folder of the embedded store.
    #[arg(long, env = "SAMEROW_DATA", default_value = "./samerow-data")]
    data: PathBuf,
    /// The store in a database instead.
    #[arg(long, env = "SAMEROW_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

impl Which {
    fn place(&self) -> Result<Place, Failed> {
        match &self.database_url {
            Some(url) => Ok(Place::Database(database(url)?)),
            None => Ok(Place::Folder(self.data.clone())),
        }
    }
}

/// The database of a URL. Not left to the command line's parser, which would show the password of one that is wrong.
pub(super) fn database(url: &str) -> Result<Address, Failed> {
    url.parse().map_err(|error: BadAddress| Failed::new(Exit::Usage, error))
}

#[derive(Args)]
pub(super) struct Backup {
    /// The file to write; it must not be there.
    file: PathBuf,
    #[command(flatten)]
    which: Which,
}

#[derive(Args)]
pub(super) struct Restore {
    /// The file to read.
    file: PathBuf,
    /// Prove the file, and restore nothing.
    #[arg(long)]
    verify_only: bool,
    #[command(flatten)]
    which: Which,
}

#[derive(Args)]
pub(super) struct Move {
    /// A folder, or the URL of a database: the store to read. It stays as it is.
    #[arg(long)]
    from: String,
    /// A folder, or the URL of a database: where the store is to be. Nothing is there yet.
    #[arg(long)]
    to: String,
    /// Read and prove it, look at where it is to go, and move nothing.
    #[arg(long)]
    dry_run: bool,
    /// From a folder to a database while a server is at work: it goes on over the database by itself.
    #[arg(long, conflicts_with_all = ["dry_run", "back"])]
    online: bool,
    /// From a database to the folder that it was moved from with --online: only what changed since.
    #[arg(long, conflicts_with = "dry_run")]
    back: bool,
}

fn place(text: &str) -> Result<Place, Failed> {
    if text.contains("://") { database(text).map(Place::Database) } else { Ok(Place::Folder(PathBuf::from(text))) }
}

pub(super) fn backup(command: &Backup) -> Result<Exit, Failed> {
    let path = &command.file;
    let partial = PathBuf::from(format!("{}.partial", path.display()));
    let in_file =
        |error: std::io::Error, path: &Path| Failed::new(Exit::Failed, format!("{}: {error}", path.display()));
    if path.exists() {
        return Err(Failed::new(Exit::Conflict, format!("{} is there already: it was left as it is", path.display())));
    }
    let file = private(&partial).map_err(|error| in_file(error, &partial))?;
    let (place, began) = (command.which.place()?, Instant::now());
    let counts = transfer::backup(&place, &file, &mut tell).map_err(failed).inspect_err(|_| {
        let _ = std::fs::remove_file(&partial);
    })?;
    // Whole or not at all, also when the power goes.
    file.sync_all().map_err(|error| in_file(error, &partial))?;
    std::fs::rename(&partial, path).map_err(|error| in_file(error, path))?;
    let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    note(&place, &LastBackup { at: SystemClock.now(), records: counts.records, millis });
    print(&format!("{} in {}\n", said(&counts), path.display()))
}

/// Tells the servers of the store. The backup is one without that, too.
#[allow(clippy::print_stderr, reason = "a warning is told on standard error")]
fn note(place: &Place, last: &LastBackup) {
    if let Err(error) = transfer::note_backup(place, last) {
        eprintln!("the backup is whole, but {place} could not be told of it: {error}");
    }
}

/// It holds people and hashes: nobody else's to read.
fn private(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().write(true).create(true).truncate(true).mode(0o600).open(path)
}

pub(super) fn restore(command: &Restore) -> Result<Exit, Failed> {
    let file = File::open(&command.file)
        .map_err(|error| Failed::new(Exit::NotFound, format!("{}: {error}", command.file.display())))?;
    let file = BufReader::with_capacity(1 << 16, file);
    if command.verify_only {
        let counts = transfer::verify(file, &mut tell).map_err(failed)?;
        return print(&format!("{}: the backup is whole\n", said(&counts)));
    }
    let place = command.which.place()?;
    let counts = transfer::restore(file, &place, &mut tell).map_err(failed)?;
    print(&format!("{} in {place}\n", said(&counts)))
}

pub(super) fn transfer(command: &Move) -> Result<Exit, Failed> {
    let (from, to) = (place(&command.from)?, place(&command.to)?);
    match (&from, &to) {
        (Place::Folder(folder), Place::Database(address)) if command.online => {
            return online(folder, address, &command.to);
        }
        (Place::Database(address), Place::Folder(folder)) if command.back => {
            let counts = transfer::move_back(address, folder, &mut tell).map_err(failed)?;
            return print(&format!(
                "{} in {to}\nStart the server on it. No server opens {from} any more.\n",
                said(&counts)
            ));
        }
        _ if command.online => {
            return Err(Failed::new(Exit::Usage, "--online moves a folder to a database; --back is the way back"));
        }
        _ if command.back => {
            return Err(Failed::new(Exit::Usage, "--back moves from a database to the folder that it was moved from"));
        }
        _ => {}
    }
    let counts = transfer::transfer(&from, &to, command.dry_run, &mut tell).map_err(failed)?;
    if command.dry_run {
        return print(&format!("{} would be moved; nothing was\n", said(&counts)));
    }
    print(&format!("{} in {to}\n{from} is as it was. Take its samerow.key to where the servers run.\n", said(&counts)))
}

/// How long the server that had the folder may take to go on over the database.
const FOLLOWING: Duration = Duration::from_secs(30);

fn online(folder: &Path, to: &Address, url: &str) -> Result<Exit, Failed> {
    let Moved { counts, pause, is_served } = transfer::move_online(folder, to, url, &mut tell).map_err(failed)?;
    let began = Instant::now();
    let seen = || store::postgres::nodes(to).unwrap_or_default().into_iter().find(|seen| seen.alive);
    let mut server = seen();
    while is_served && server.is_none() && began.elapsed() < FOLLOWING {
        std::thread::sleep(Duration::from_millis(100));
        server = seen();
    }
    let next = match (is_served, server) {
        (false, _) => String::from("Start servers with --database-url."),
        (true, Some(seen)) => {
            format!("The server at {} goes on over it; start others with --database-url.", seen.node.address)
        }
        (true, None) => {
            String::from("The server does not go on over it: look at its log, and restart it with --database-url.")
        }
    };
    let (pause, place) = (pause.as_millis(), to.place());
    print(&format!("{} in {place}\nChanges waited for {pause} ms. {next}\n", said(&counts)))
}

fn failed(error: TransferError) -> Failed {
    let exit = match &error {
        TransferError::Place(_) => Exit::Unavailable,
        TransferError::Damaged(_) => Exit::Differences,
        TransferError::File(_) => Exit::Failed,
    };
    Failed::new(exit, error)
}

fn said(counts: &Counts) -> String {
    format!("{} records, {} changes and {} chunks of files", counts.records, counts.changes, counts.chunks)
}

/// How far it is, for people only.
#[allow(clippy::print_stderr, reason = "progress is told on standard error")]
fn tell(counts: &Counts) {
    if std::io::stderr().is_terminal() {
        eprint!("\r{} rows", counts.all());
    }
}
