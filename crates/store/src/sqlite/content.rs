//! The bytes beside attachments: written in chunks in the transaction of the record, read one chunk at a time.

use domain::attachment::{CHUNK, chunks};
use domain::working_set::Place;
use domain::{Field, Record};
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use super::Failure;
use crate::seal;
use crate::table::place;

/// Keeps bytes, or lets them go.
pub(super) fn save(db: &Connection, at: Place, bytes: Option<&[u8]>) -> Result<(), Failure> {
    let place = place(at.1, at.2);
    let Some(bytes) = bytes else {
        db.prepare_cached("DELETE FROM attachment_content WHERE place = ?1")?.execute([place])?;
        return Ok(());
    };
    let sql = "INSERT INTO attachment_content (place, number, bytes, checksum) VALUES (?1, ?2, ?3, ?4)";
    let mut statement = db.prepare_cached(sql)?;
    for (chunk, number) in bytes.chunks(CHUNK).zip(0..) {
        statement.execute((place, number, chunk, seal::chunk(place, number, chunk)))?;
    }
    Ok(())
}

/// Reads a chunk and proves that it is as it was written.
pub(super) fn read(db: &Connection, at: Place, number: u32) -> Result<Option<Vec<u8>>, Failure> {
    let (place, number) = (place(at.1, at.2), i64::from(number));
    let sql = "SELECT bytes, checksum FROM attachment_content WHERE place = ?1 AND number = ?2";
    let found: Option<(Vec<u8>, i64)> =
        db.prepare_cached(sql)?.query_row((place, number), |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    match found {
        Some((bytes, checksum)) if checksum != seal::chunk(place, number, &bytes) && !crate::fault::skip_checksum() => {
            Err(Failure::Damaged(format!("chunk {number} of attachment {}: the checksum does not match", at.2)))
        }
        found => Ok(found.map(|(bytes, _)| bytes)),
    }
}

/// Compares an attachment with its bytes; answers what is wrong.
pub(super) fn examine(db: &Connection, attachment: &Record) -> Result<Option<String>, Failure> {
    let mut hash = Sha256::new();
    for number in 0..chunks(attachment) {
        match read(db, (attachment.kind, attachment.part, attachment.id), number) {
            Ok(Some(bytes)) => hash.update(&bytes),
            Ok(None) => return Ok(Some(format!("chunk {number} of its bytes is missing"))),
            Err(Failure::Damaged(why)) => return Ok(Some(why)),
            Err(failure) => return Err(failure),
        }
    }
    let right = domain::attachment::hexadecimal(&hash.finalize()) == attachment.text(Field::Sha256);
    // What is deleted has no bytes, and what an import brought without them never had any.
    let empty = attachment.is_deleted() || attachment.text(Field::Sha256).is_empty();
    Ok((!right && !empty).then(|| String::from("its bytes are not the ones that were written")))
}
