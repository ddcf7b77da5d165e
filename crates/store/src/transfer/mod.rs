//! A whole store on its way: to a backup, out of one, or from one engine to another.
//!
//! What is sent is what is stored: records with their checksums, the history with its chain, unique values, counters and
//! the bytes of attachments. All of it is proven on the way, and the store that was filled is examined before anybody can
//! open it.

mod catch_up;
mod file;
mod item;
mod last;
mod online;
mod side;

use std::io::{BufRead, Write};
use std::path::PathBuf;
use thiserror::Error as ThisError;

use crate::postgres::{self, Address};
use crate::report::Report;
use crate::sqlite;
use item::Proof;
pub(crate) use item::{Item, Key};

pub use item::Counts;
pub use last::{LastBackup, last_backup, note_backup};
pub use online::{Moved, move_back, move_online};
pub(crate) use side::{At, Chunk, Owned, PAGE, Side, Sum, Touch};

/// Where a store is.
#[derive(Clone, Debug)]
pub enum Place {
    /// The folder of an embedded store.
    Folder(PathBuf),
    /// A database.
    Database(Address),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::Database(address) => write!(f, "{}", address.place()),
        }
    }
}

/// Why a store did not arrive.
#[derive(Debug, ThisError)]
pub enum TransferError {
    /// A place cannot be read, or not be written to.
    #[error("{0}")]
    Place(String),
    /// What came is not what was stored.
    #[error("{0}")]
    Damaged(String),
    /// A file cannot be read or written.
    #[error("{0}")]
    File(#[from] std::io::Error),
}

pub(crate) type Result<T> = std::result::Result<T, TransferError>;

impl From<crate::OpenError> for TransferError {
    fn from(error: crate::OpenError) -> Self {
        Self::Place(error.to_string())
    }
}

impl From<postgres::OpenError> for TransferError {
    fn from(error: postgres::OpenError) -> Self {
        Self::Place(error.to_string())
    }
}

/// Takes all that a store holds, in the order in which it is to be written.
pub(crate) trait Sink {
    fn put(&mut self, item: Item) -> Result<()>;

    /// Answers when all of it is kept and found to be sound.
    fn finish(self: Box<Self>, counts: &Counts) -> Result<()>;
}

/// What is told of how far a transfer is: now and then, and at its end.
pub type Progress<'a> = &'a mut dyn FnMut(&Counts);

/// How often progress is told, in items.
const TELL: u64 = 10_000;

/// Writes what a store holds at one moment to a file. Servers may be at work on it.
///
/// # Errors
/// When the store cannot be read or is damaged, or the file cannot be written: then it is no backup.
pub fn backup(from: &Place, into: impl Write, progress: Progress<'_>) -> Result<Counts> {
    let mut file = file::Writer::start(into)?;
    let counts = proven(progress, &mut |item| file.put(&item), &mut |see| read(from, see))?;
    file.finish(&counts)?;
    Ok(counts)
}

/// Reads a backup to its end and proves it.
///
/// # Errors
/// When it is damaged, or no backup.
pub fn verify(from: impl BufRead, progress: Progress<'_>) -> Result<Counts> {
    let mut from = Some(from);
    proven(progress, &mut |_| Ok(()), &mut |see| from.take().map_or(Ok(()), |from| file::read(from, see)))
}

/// Fills an empty place from a backup.
///
/// # Errors
/// When the backup is damaged, or the place cannot be used or holds a store: then there is none, or the one that was
/// there.
pub fn restore(from: impl BufRead, to: &Place, progress: Progress<'_>) -> Result<Counts> {
    let (mut from, mut sink) = (Some(from), sink(to)?);
    let counts = proven(progress, &mut |item| sink.put(item), &mut |see| {
        from.take().map_or(Ok(()), |from| file::read(from, see))
    })?;
    sink.finish(&counts)?;
    Ok(counts)
}

/// Fills an empty place from another one, which no server may have open; that one stays as it is. With `dry_run` it is
/// only read and proven, and the new place looked at.
///
/// # Errors
/// As [`backup`] and [`restore`].
pub fn transfer(from: &Place, to: &Place, dry_run: bool, progress: Progress<'_>) -> Result<Counts> {
    let _alone = match from {
        Place::Folder(folder) => Some(sqlite::alone(folder)?),
        Place::Database(address) => postgres::alone(address).map(|()| None)?,
    };
    if dry_run {
        match to {
            Place::Folder(folder) => sqlite::empty(folder)?,
            Place::Database(address) => postgres::empty(address)?,
        }
        return proven(progress, &mut |_| Ok(()), &mut |see| read(from, see));
    }
    let mut sink = sink(to)?;
    let counts = proven(progress, &mut |item| sink.put(item), &mut |see| read(from, see))?;
    sink.finish(&counts)?;
    Ok(counts)
}

/// What takes items, one after the other.
pub(crate) type See<'a> = &'a mut dyn FnMut(Item) -> Result<()>;

fn read(from: &Place, see: See<'_>) -> Result<()> {
    match from {
        Place::Folder(folder) => sqlite::read_all(folder, see),
        Place::Database(address) => postgres::read_all(address, see),
    }
}

fn sink(to: &Place) -> Result<Box<dyn Sink>> {
    Ok(match to {
        Place::Folder(folder) => Box::new(sqlite::Filling::start(folder)?),
        Place::Database(address) => Box::new(postgres::Filling::start(address)?),
    })
}

/// Proves and counts all items between where they come from and where they go.
fn proven(progress: Progress<'_>, take: See<'_>, from: &mut dyn FnMut(See<'_>) -> Result<()>) -> Result<Counts> {
    let mut proof = Proof::default();
    from(&mut |item| {
        proof.see(&item)?;
        if proof.counts.all() % TELL == 0 {
            progress(&proof.counts);
        }
        take(item)
    })?;
    progress(&proof.counts);
    Ok(proof.counts)
}

/// Whether an examination of what was filled agrees with what was sent.
pub(crate) fn judge(report: &Report, counts: &Counts) -> Result<()> {
    if let Some(finding) = report.findings.first() {
        return Err(TransferError::Damaged(format!("{}: {}", finding.what, finding.why)));
    }
    if (report.records, report.changes) != (counts.records, counts.changes) {
        let text = format!(
            "{} records and {} changes were sent, {} and {} arrived",
            counts.records, counts.changes, report.records, report.changes
        );
        return Err(TransferError::Damaged(text));
    }
    Ok(())
}
