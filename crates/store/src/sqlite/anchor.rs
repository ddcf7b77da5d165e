//! The last change that was stored, noted outside the database.
//!
//! A database whose log was deleted or damaged while the server was down, and an older copy of one, are sound in
//! themselves: the newest changes are gone, and nothing in them tells. So a small file beside the database says how far
//! the history went. It is written after the commit, when the writer has nothing else to do, and never flushed: it can
//! be behind the database, never ahead.

use domain::record::Part;
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{ErrorKind, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::{Failure, history};
use crate::seal::Link;

/// The name of the file. Who restores an older copy on purpose deletes it.
pub(super) const FILE: &str = "samerow.head";

/// Bytes of a note: within one sector, and the same for all, so that none leaves a rest of another.
const LENGTH: usize = 160;

/// Batches after which the last one is noted even while more are waiting.
const MAX_UNNOTED: u32 = 64;

/// Notes the last change. Without a file it notes nothing.
#[derive(Default)]
pub(super) struct Anchor {
    file: Option<File>,
    last: Option<(Part, i64, Link)>,
    unnoted: u32,
}

impl Anchor {
    /// Makes the file if there is none. A store that cannot be written to is opened without.
    pub(super) fn open(folder: &Path) -> Self {
        let file = File::options().write(true).create(true).truncate(false).mode(0o600).open(folder.join(FILE));
        let file = file.inspect_err(|error| tracing::warn!(%error, "cannot open {FILE}")).ok();
        Self { file, ..Self::default() }
    }

    /// The last change of a batch that is committed: its part, number and link.
    pub(super) fn stored(&mut self, part: Part, (number, link): (i64, Link)) {
        self.last = Some((part, number, link));
        self.unnoted += 1;
    }

    /// Whether the next batch may come first.
    pub(super) const fn may_wait(&self) -> bool {
        self.unnoted < MAX_UNNOTED
    }

    /// Writes what was stored last.
    pub(super) fn note(&mut self) {
        self.unnoted = 0;
        let (Some(file), Some((part, number, link))) = (&mut self.file, self.last.take()) else { return };
        let note = json!({ "part": part.0, "number": number, "link": hex(&link) }).to_string();
        let noted = file.rewind().and_then(|()| file.write_all(format!("{note:<0$}\n", LENGTH - 1).as_bytes()));
        if let Err(error) = noted {
            tracing::debug!(%error, "cannot write {FILE}");
        }
    }
}

fn hex(link: &Link) -> String {
    link.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is noted in a folder.
pub(super) struct Note(Option<Value>);

impl Note {
    /// Reads it; for a server may be at work, before anything is read of the database. In a new store nothing is noted,
    /// and neither is it when the power went before the first note reached the disk.
    pub(super) fn read(folder: &Path) -> Self {
        let read = || match fs::read(folder.join(FILE)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Some(Vec::new()),
            read => read.ok(),
        };
        let mut bytes = read();
        // Not while it is being written.
        for _ in 0..10 {
            let again = read();
            if bytes == again {
                break;
            }
            bytes = again;
        }
        let is_blank = bytes.as_ref().is_some_and(|bytes| bytes.iter().all(|byte| *byte == 0));
        let value = || serde_json::from_slice(&bytes.unwrap_or_default()).unwrap_or_default();
        Self((!is_blank).then(value))
    }

    /// What the database does not have of the history that is noted.
    pub(super) fn lost(&self, db: &Connection) -> Result<Option<String>, Failure> {
        let Some(note) = &self.0 else { return Ok(None) };
        let (Some(part), Some(number)) = (note["part"].as_i64(), note["number"].as_i64()) else {
            return Ok(Some(format!("{FILE} cannot be read")));
        };
        let sql = "SELECT link FROM change WHERE part = ?1 AND number = ?2";
        let link: Option<Link> = db.query_row(sql, (part, number), |row| row.get(0)).optional()?;
        let end = history::end(db, Part(part))?.map_or(0, |(number, _)| number);
        Ok(match link {
            Some(link) if note["link"] == hex(&link) => None,
            Some(_) => Some(format!("change {number} of part {part} is not the one that {FILE} names")),
            None => Some(format!(
                "part {part} ends with change {end}, and {FILE} names change {number}: what was stored after {end} is lost"
            )),
        })
    }
}
