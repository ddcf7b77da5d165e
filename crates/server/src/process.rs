//! What is known of this process beside the records: for whoever looks after it.

use domain::Time;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::census::Census;
use crate::inspector::Inspector;
use crate::tls;

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
