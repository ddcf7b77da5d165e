//! The note beside a store that it is on its way elsewhere, or gone.
//!
//! A move that goes on while a server works takes the store away in one step: an empty, locked note makes the writer
//! wait, and the note that says where the store is now makes it hand over what waits. An empty note that nobody locks
//! was left by a move that was killed: it means nothing.
//!
//! Beside it is the note of the last backup, which means nothing to the store.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// The name of the file.
const FILE: &str = "samerow.moved";

/// The name of the file about the last backup.
const BACKUP: &str = "samerow.backup";

/// The address of the database that a folder's store was moved to. Whoever reads it sees its password.
///
/// # Errors
/// When the note is there and cannot be read.
pub fn moved(folder: &Path) -> std::io::Result<Option<String>> {
    match fs::read_to_string(folder.join(FILE)) {
        Ok(text) => Ok(Some(text.trim_end().to_owned()).filter(|text| !text.is_empty())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Notes something about the last backup.
pub(crate) fn note_backup(folder: &Path, text: &str) -> std::io::Result<()> {
    write(folder, BACKUP, text, File::sync_all).map(drop)
}

/// What is noted about it.
pub(crate) fn noted_backup(folder: &Path) -> std::io::Result<Option<String>> {
    match fs::read_to_string(folder.join(BACKUP)) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) => Ok(None),
        read => read.map(Some),
    }
}

/// Makes the writer of a folder wait while it is held.
pub(crate) struct Held {
    folder: PathBuf,
    _lock: File,
}

impl Held {
    pub(crate) fn start(folder: &Path) -> std::io::Result<Self> {
        let lock = write(folder, FILE, "", File::lock)?;
        Ok(Self { folder: folder.to_owned(), _lock: lock })
    }

    /// The store is elsewhere from now on.
    pub(crate) fn gone(self, to: &str) -> std::io::Result<()> {
        write(&self.folder, FILE, to, File::sync_all)?;
        File::open(&self.folder)?.sync_all()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if matches!(moved(&self.folder), Ok(None)) {
            let _ = forget(&self.folder);
        }
    }
}

/// The store is here again.
pub(crate) fn forget(folder: &Path) -> std::io::Result<()> {
    match fs::remove_file(folder.join(FILE)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => File::open(folder)?.sync_all(),
    }
}

/// The file is there whole, and as `then` leaves it, or not at all. It can hold a password.
fn write(
    folder: &Path,
    name: &str,
    text: &str,
    then: impl FnOnce(&File) -> std::io::Result<()>,
) -> std::io::Result<File> {
    let partial = folder.join(format!("{name}.partial"));
    let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&partial)?;
    // The server may be somebody else than who moves its store.
    let owner = fs::metadata(folder)?;
    let _ = std::os::unix::fs::fchown(&file, Some(owner.uid()), Some(owner.gid()));
    file.write_all(text.as_bytes())?;
    then(&file)?;
    fs::rename(&partial, folder.join(name))?;
    Ok(file)
}

/// What the note says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whereabouts {
    /// The store is here.
    Here,
    /// A move holds it.
    Held,
    /// It is elsewhere.
    Gone,
}

/// Looks at the note. Without one it is a look for a file that is not there.
pub(super) fn look(folder: &Path) -> Whereabouts {
    let path = folder.join(FILE);
    if !path.exists() {
        return Whereabouts::Here;
    }
    let locked = File::open(&path).map(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)));
    // Read last: what nobody locks may have been replaced by what says more.
    match (locked, moved(folder)) {
        (_, Ok(Some(_))) => Whereabouts::Gone,
        (Ok(false), Ok(None)) => Whereabouts::Here,
        _ => Whereabouts::Held,
    }
}
