//! The note of the last backup, kept where the store is: whoever looks after a server wants to know how old that is.

use domain::Time;

use super::{Place, Result, TransferError};
use crate::{postgres, sqlite};

/// The last backup of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastBackup {
    /// When it was complete.
    pub at: Time,
    /// How many records it holds.
    pub records: u64,
    /// How many milliseconds it took.
    pub millis: u64,
}

/// Notes that a store was backed up. Servers may be at work on it.
///
/// # Errors
/// When nothing can be written there.
pub fn note_backup(place: &Place, last: &LastBackup) -> Result<()> {
    let text = serde_json::json!({ "at": last.at.0, "records": last.records, "millis": last.millis }).to_string();
    match place {
        Place::Folder(folder) => sqlite::note_backup(folder, &text).map_err(TransferError::File),
        Place::Database(address) => postgres::note_backup(address, &text),
    }
}

/// When a store was backed up last, as far as is noted there; `None` where nothing is, or nothing that can be read.
///
/// # Errors
/// When the place cannot be read.
pub fn last_backup(place: &Place) -> Result<Option<LastBackup>> {
    let text = match place {
        Place::Folder(folder) => sqlite::noted_backup(folder).map_err(TransferError::File)?,
        Place::Database(address) => postgres::noted_backup(address)?,
    };
    Ok(text.as_deref().and_then(read))
}

fn read(text: &str) -> Option<LastBackup> {
    let note: serde_json::Value = serde_json::from_str(text).ok()?;
    let number = |name: &str| note.get(name)?.as_u64();
    Some(LastBackup { at: Time(note.get("at")?.as_i64()?), records: number("records")?, millis: number("millis")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_written_and_nonsense_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder(folder.path().to_owned());
        assert_eq!(last_backup(&place).unwrap(), None);
        for at in [1, 2] {
            let last = LastBackup { at: Time(at), records: 48_213, millis: 1_400 };
            note_backup(&place, &last).unwrap();
            assert_eq!(last_backup(&place).unwrap(), Some(last));
        }
        for nonsense in ["", "x", "{}", "[1]", r#"{"at":"x","records":1,"millis":1}"#] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
        let nowhere = Place::Folder(folder.path().join("nowhere"));
        assert!(note_backup(&nowhere, &LastBackup { at: Time(1), records: 1, millis: 1 }).is_err());
    }
}
