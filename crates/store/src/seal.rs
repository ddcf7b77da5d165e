//! What makes damage visible: a checksum for each record, a hash chain over the history of each part.
//!
//! No engine can be trusted alone with a flipped bit. The checksum is for accidents; the chain also shows that nobody
//! took out, changed or reordered an entry without rewriting every later one.

use domain::{Change, Record};
use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::Xxh3;

/// A link of the chain.
pub(crate) type Link = [u8; 32];

/// The link before the first change of a part.
pub(crate) const FIRST_LINK: Link = [0; 32];

/// The numbers of a record's envelope, in the order in which they are stored and sealed.
pub(crate) const fn numbers(record: &Record) -> [i64; 6] {
    [
        record.part.0,
        record.id,
        record.version.cast_signed(),
        record.last_change,
        record.created_at.0,
        record.updated_at.0,
    ]
}

/// The checksum of a row: all that is stored of a record, its body as the bytes that are stored.
pub(crate) fn checksum(record: &Record, body: &str) -> i64 {
    let mut hash = Xxh3::new();
    hash.update(record.kind.name().as_bytes());
    for number in numbers(record) {
        hash.update(&number.to_le_bytes());
    }
    hash.update(record.updated_by.as_bytes());
    hash.update(&[0]);
    hash.update(body.as_bytes());
    hash.digest().cast_signed()
}

/// The checksum of a chunk of the bytes of an attachment.
pub(crate) fn chunk(place: i64, number: i64, bytes: &[u8]) -> i64 {
    let mut hash = Xxh3::new();
    hash.update(&place.to_le_bytes());
    hash.update(&number.to_le_bytes());
    hash.update(bytes);
    hash.digest().cast_signed()
}

/// The digest of what an erasure takes away: the salt keeps short values from being guessed afterwards.
pub(crate) fn digest(salt: &[u8; 16], fields: &str) -> Link {
    Sha256::new().chain_update(salt).chain_update(fields.as_bytes()).finalize().into()
}

/// The next link: the hash of the one before, of the facts of the change, and of the digest of its values.
pub(crate) fn link(before: &Link, change: &Change, digest: &Link) -> Link {
    let mut hash = Sha256::new();
    hash.update(before);
    for number in [
        change.part.0,
        change.number,
        change.previous,
        change.kind.number(),
        change.id,
        change.version.cast_signed(),
        change.at.0,
    ] {
        hash.update(number.to_le_bytes());
    }
    let origin = &change.origin;
    for text in [&origin.dialect, &origin.operation, &origin.credential, &origin.client, &origin.request_id] {
        // The length first, so that no two origins are written alike.
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.update(change.operation_id);
    hash.update(digest);
    hash.finalize().into()
}
