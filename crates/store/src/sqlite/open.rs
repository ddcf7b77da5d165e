//! Opening a store, and the door to it.

use domain::Error;
use domain::error::Reason;
use domain::port::{Condition, Entropy, Job, Store};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fs::{DirBuilder, File, TryLockError};
use std::io::{ErrorKind, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::anchor::{self, Anchor, Note};
use super::reader::Readers;
use super::writer::Writer;
use super::{Failure, OpenError, list, migrate, moved};
use crate::{Answering, fault};

/// The oldest SQLite without the race in which a log that is reset under two connections corrupts the file.
const OLDEST_SQLITE: i32 = 3_051_003;

/// The name of the file in the folder of a store.
pub(super) const FILE: &str = "samerow.db";

/// Where and how to open a store.
pub struct Options {
    /// The folder; made if it is not there. It must be on a local file system.
    pub folder: PathBuf,
    /// Whether an answered change must survive a loss of power. `false` only for stores that nobody keeps.
    pub durable: bool,
    /// Connections for point reads.
    pub readers: usize,
    /// Makes the salts of the history.
    pub entropy: Arc<dyn Entropy>,
    /// Runs the answers of a batch. Where the callers wait in an event loop, it is cheaper to wake them all from there
    /// than one by one from the writer.
    pub answering: Answering,
    /// Called after each commit that changed something, before its callers are answered. It must be quick.
    pub committed: Arc<dyn Fn() + Send + Sync>,
    /// Takes the jobs that wait when the store is moved elsewhere: [`moved`](super::moved) says where to. From then on it
    /// takes all that change something.
    pub moved: HandOver,
}

/// Takes jobs over, on the thread of the writer: it must be quick.
pub type HandOver = Arc<dyn Fn(Vec<Box<dyn Job>>) + Send + Sync>;

impl Options {
    /// A durable store with four readers, answered from the writer.
    pub fn new(folder: impl Into<PathBuf>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            folder: folder.into(),
            durable: true,
            readers: 4,
            entropy,
            answering: Arc::new(|answers| answers()),
            committed: Arc::new(|| {}),
            moved: Arc::new(|jobs| {
                let text = "The store was moved to a database, and this server does not follow it. Nothing was stored.";
                jobs.into_iter().for_each(|job| job.finish(Err(Error::new(Reason::Busy, text))));
            }),
        }
    }
}

/// What the writer, the readers and the door share.
pub(super) struct Shared {
    condition: Mutex<Condition>,
    pub(super) credentials_epoch: AtomicU64,
}

impl Shared {
    pub(super) fn condition(&self) -> Condition {
        self.condition.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A poisoned store stays poisoned: a commit that was under way meanwhile does not change that.
    pub(super) fn set_condition(&self, condition: Condition) {
        let mut held = self.condition.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*held, Condition::Poisoned(_)) {
            *held = condition;
        }
    }

    pub(super) fn is_poisoned(&self) -> bool {
        matches!(self.condition(), Condition::Poisoned(_))
    }

    /// After a failed flush nobody knows what is on the disk: the kernel may have dropped the pages and calls them
    /// clean. Only a restart, which reads the file again, tells.
    pub(super) fn poison(&self, failure: &Failure) {
        tracing::error!(error = %failure, "a flush failed: the store takes no more changes until it is restarted");
        self.set_condition(Condition::Poisoned(failure.to_string()));
    }
}

/// The embedded store.
pub struct SqliteStore {
    shared: Arc<Shared>,
    readers: Readers,
    // Closed after the readers: the last one to close removes the log.
    writer: Writer,
    // Released last: while it is locked no other server opens the store.
    _lock: File,
}

impl SqliteStore {
    /// Opens the store of a folder, makes it if there is none, and brings it to the present schema.
    ///
    /// # Errors
    /// See [`OpenError`]: the folder, another server, too old an SQLite, too new a file, or SQLite's own reason.
    pub fn open(options: &Options) -> Result<Self, OpenError> {
        if rusqlite::version_number() < OLDEST_SQLITE {
            return Err(OpenError::TooOld { found: rusqlite::version() });
        }
        let folder = &options.folder;
        let failed = |source| OpenError::Folder { path: folder.display().to_string(), source };
        let is_new = !folder.exists();
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        let lock = lock(folder)?;
        if moved(folder).map_err(failed)?.is_some() {
            return Err(OpenError::Moved { path: folder.display().to_string() });
        }
        let note = Note::read(folder);
        let file = folder.join(FILE);
        if !file.exists() {
            // It holds people and hashes: nobody else's to read. SQLite gives its log the same rights.
            File::options().write(true).create(true).truncate(false).mode(0o600).open(&file).map_err(failed)?;
        }
        let mut db = connect(&file, options.durable)?;
        // Another program may have the file open without the lock; then this fails instead of both writing.
        db.execute_batch("BEGIN EXCLUSIVE; COMMIT").map_err(Failure::from)?;
        migrate::migrate(&mut db)?;
        if options.durable {
            flush_names(folder, is_new).map_err(failed)?;
        }
        let anchor = anchor(options, &note, &db);
        let shared = Arc::new(Shared { condition: Mutex::new(Condition::Ready), credentials_epoch: AtomicU64::new(1) });
        let readers = Readers::open(&file, options.readers.max(1), options.durable)?;
        let writer = Writer::start(db, Arc::clone(&shared), anchor, options)?;
        Ok(Self { shared, writer, readers, _lock: lock })
    }
}

impl Store for SqliteStore {
    fn submit(&self, job: Box<dyn Job>) {
        if job.writes() {
            self.writer.submit(vec![job]);
        } else {
            self.readers.submit(job);
        }
    }

    fn submit_all(&self, jobs: Vec<Box<dyn Job>>) {
        let (writing, reading): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| job.writes());
        if !writing.is_empty() {
            self.writer.submit(writing);
        }
        reading.into_iter().for_each(|job| self.readers.submit(job));
    }

    fn condition(&self) -> Condition {
        self.shared.condition()
    }

    fn credentials_epoch(&self) -> u64 {
        self.shared.credentials_epoch.load(Ordering::Acquire)
    }
}

/// Bytes of a page of a new store. Changes fall on records at random, and each costs its whole page twice, in the log and
/// in the main file; with the usual 4,096 a change under load took a tenth more of the processor, with 1,024 as much.
const PAGE: i64 = 2_048;

/// Opens a connection with the settings that durability and safety need.
pub(super) fn connect(file: &Path, durable: bool) -> Result<Connection, Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(file, flags)?;
    db.busy_timeout(Duration::from_secs(5))?;
    db.set_prepared_statement_cache_capacity(128);
    // Before the log: a store keeps the size that it was made with.
    db.pragma_update(None, "page_size", PAGE)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    let synchronous = if durable && !fault::synchronous_off() { "FULL" } else { "OFF" };
    db.pragma_update(None, "synchronous", synchronous)?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.pragma_update(None, "cell_size_check", true)?;
    db.pragma_update(None, "mmap_size", 0)?;
    db.pragma_update(None, "wal_autocheckpoint", 0)?;
    // What is erased must not be read from the gaps between what is kept.
    db.pragma_update(None, "secure_delete", true)?;
    list::add_functions(&db)?;
    // Whether the log may still be copied when the last connection closes is for the writer to say.
    // Else a listing with other values is planned anew each time.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(db)
}

/// The names of new files, and of a new folder, are on the disk when this returns. SQLite flushes the folder of its log
/// too, but does not say when that fails.
fn flush_names(folder: &Path, is_new: bool) -> std::io::Result<()> {
    let folder = folder.canonicalize()?;
    for folder in [Some(folder.as_path()), folder.parent().filter(|_| is_new)].into_iter().flatten() {
        match File::open(folder)?.sync_all() {
            // Not every file system lets folders be flushed.
            Err(error) if error.kind() == ErrorKind::InvalidInput => {}
            flushed => flushed?,
        }
    }
    Ok(())
}

/// Says loudly when changes are lost, and then notes no new ones, so that it is said until somebody deletes the note.
fn anchor(options: &Options, note: &Note, db: &Connection) -> Anchor {
    let lost = note.lost(db).unwrap_or_else(|failure| Some(failure.to_string()));
    if let Some(lost) = lost {
        tracing::error!("CHANGES ARE LOST: {lost}. Restore them from a backup, or delete {} to go on", anchor::FILE);
        return Anchor::default();
    }
    if options.durable { Anchor::open(&options.folder) } else { Anchor::default() }
}

/// One server a store: two would each number the history from their own memory.
pub(super) fn lock(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join("samerow.lock");
    let failed = |source| OpenError::Folder { path: path.display().to_string(), source };
    let mut file =
        File::options().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) if fault::share_store() => {}
        Err(TryLockError::WouldBlock) => {
            let mut owner = String::new();
            let known = file.read_to_string(&mut owner).is_ok() && !owner.trim().is_empty();
            let owner = if known { format!(" (process {})", owner.trim()) } else { String::new() };
            return Err(OpenError::InUse { path: folder.display().to_string(), owner });
        }
        Err(TryLockError::Error(source)) => return Err(failed(source)),
    }
    // Who holds it is a courtesy to the next one: a full disk must not keep a store from opening for reads.
    let noted = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "{}", std::process::id()));
    if let Err(error) = noted {
        tracing::warn!(%error, "cannot note the owner in the lock file");
    }
    Ok(file)
}
