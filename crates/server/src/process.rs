//! What is known of this process beside the records: for whoever looks after it.

use domain::Time;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::transfer::{self, LastBackup, Place, TransferError};

use crate::census::Census;
use crate::inspector::Inspector;
use crate::tls;

/// For so long what was noted of the last backup is not looked at again.
const FRESH: Duration = Duration::from_secs(60);

/// See the [module](self).
#[derive(Debug)]
pub struct Process {
    /// The last calls.
    pub inspector: Arc<Inspector>,
    /// The programs that called.
    pub census: Arc<Census>,
    /// Where the store is, as people are told.
    pub place: String,
    /// The folder of the store, where it is kept in one.
    pub folder: Option<PathBuf>,
    /// Where a backup would find the store; `None` where nothing is kept.
    pub store: Option<Place>,
    /// What was noted of the last backup, and when that was looked at.
    pub backup: tokio::sync::Mutex<Option<(Instant, Option<LastBackup>)>>,
    /// When it started.
    pub started: Time,
    /// The folder of the certificate, where it speaks TLS itself.
    pub certificate: Option<PathBuf>,
}

impl Process {
    /// Bytes of the files of the store, where it is kept in a folder.
    pub fn size(&self) -> Option<u64> {
        self.folder.as_deref().map(|folder| bytes_in(folder, 3))
    }

    /// The last backup; `None` where nothing is known of one. Of a database it is asked for once in a minute.
    pub async fn last_backup(&self) -> Option<LastBackup> {
        let place = self.store.clone()?;
        let mut known = self.backup.lock().await;
        if let Some((at, last)) = *known
            && at.elapsed() < FRESH
            && matches!(place, Place::Database(_))
        {
            return last;
        }
        let read = tokio::task::spawn_blocking(move || transfer::last_backup(&place)).await;
        let last = read.ok().and_then(|read| {
            let failed = |error: &TransferError| tracing::warn!(%error, "the last backup is not known");
            read.inspect_err(failed).ok().flatten()
        });
        *known = Some((Instant::now(), last));
        last
    }

    /// What is soon wrong with the certificate, if anything is.
    pub fn certificate_warning(&self, now: Time) -> Option<String> {
        tls::warning(self.certificate.as_deref()?, now).unwrap_or_else(Some)
    }
}

/// Bytes of the files in a folder and so many levels below it. What goes meanwhile counts for nothing.
fn bytes_in(folder: &Path, levels: u8) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes = entries.map(|entry| match entry.metadata() {
        Ok(file) if file.is_file() => file.len(),
        Ok(inner) if inner.is_dir() && levels > 0 => bytes_in(&entry.path(), levels - 1),
        _ => 0,
    });
    bytes.sum()
}
