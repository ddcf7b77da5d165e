//! Attachments: files of messages. The record says what a file is; its bytes are kept beside it, in chunks, and go when
//! the record is deleted.

use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::message;
use crate::record::Record;
use crate::rule::confine;
use crate::working_set::{Context, WorkingSet};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::sync::Arc;

/// The fields of an attachment.
pub(crate) const FIELDS: &[Field] = &[
    Field::Name,
    Field::ContentType,
    Field::Size,
    Field::Sha256,
    Field::AccessKey,
    Field::MessageId,
    Field::CreatedBy,
    Field::CustomerId,
    Field::Unclaimed,
    Field::Deleted,
];

/// Largest attachment, in bytes.
pub const MAX_SIZE: usize = 16 * 1024 * 1024;

/// Bytes that are stored and read together.
pub const CHUNK: usize = 256 * 1024;

/// The bytes of an attachment, with what is known of them.
#[derive(Clone, Debug)]
pub struct Content {
    bytes: Arc<Vec<u8>>,
    sha256: String,
}

impl Content {
    /// Digests the bytes, which takes some milliseconds a megabyte.
    ///
    /// # Errors
    /// `TooLong` for more than [`MAX_SIZE`].
    pub fn new(bytes: Vec<u8>) -> Result<Self, Error> {
        if bytes.len() > MAX_SIZE {
            let text = format!("An attachment has at most {MAX_SIZE} bytes. Nothing was stored.");
            return Err(Error::new(Reason::TooLong, text).at(Field::Size));
        }
        let sha256 = hexadecimal(&Sha256::digest(&bytes));
        Ok(Self { bytes: Arc::new(bytes), sha256 })
    }

    /// The bytes.
    pub const fn bytes(&self) -> &Arc<Vec<u8>> {
        &self.bytes
    }

    /// Writes down in the record what is known of them.
    pub(crate) fn describe(&self, record: &mut Record) -> Result<(), Error> {
        record.set(Field::Size, i64::try_from(self.bytes.len()).ok().map(Into::into))?;
        record.set(Field::Sha256, Some(self.sha256.as_str().into()))
    }
}

/// How many chunks the bytes of an attachment are kept in.
pub fn chunks(attachment: &Record) -> u32 {
    if attachment.is_deleted() {
        return 0;
    }
    let size = attachment.number(Field::Size).and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
    u32::try_from(size.div_ceil(CHUNK)).unwrap_or(0)
}

/// Bytes in hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether a customer sees an attachment: that of a message they see, or a loose one of their own.
pub(crate) fn is_of(attachment: &Record, customer: i64, set: &mut WorkingSet, cx: &Context) -> Result<bool, Stop> {
    let Some(id) = attachment.number(Field::MessageId) else {
        return Ok(attachment.number(Field::CustomerId) == Some(customer));
    };
    match set.record(cx.caller.tenant, Kind::Message, id)? {
        Some(message) if !message.is_deleted() => message::is_of(&message, customer, set, cx),
        _ => Ok(false),
    }
}

/// An attachment is stored with its bytes, which never change; name and content type may. One that is linked cannot be
/// deleted: its message lets it go first. One that is deleted has lost its bytes and does not come back.
pub(crate) fn settle(attachment: &Record, before: Option<&Record>, cx: &Context) -> Result<(), Stop> {
    let Some(before) = before else {
        if attachment.text(Field::Sha256).is_empty() {
            let text = "An attachment is stored with its bytes: send them to the attachments. Nothing was stored.";
            return Err(Error::new(Reason::Required, text).into());
        }
        return Ok(());
    };
    confine(attachment, Some(before), &[Field::Deleted], cx)?;
    let kept = [
        Field::Size,
        Field::Sha256,
        Field::MessageId,
        Field::CreatedBy,
        Field::CustomerId,
        Field::Unclaimed,
        Field::AccessKey,
    ];
    if let Some(field) = kept.into_iter().find(|field| attachment.values.get(*field) != before.values.get(*field)) {
        return Err(Error::invalid(field, format!("{field} is set by the server: leave it out")).into());
    }
    if before.is_deleted() && !attachment.is_deleted() {
        let text = format!("The attachment {} is deleted, and its bytes are gone", attachment.id);
        return Err(Error::invalid(Field::Deleted, text).into());
    }
    match attachment.number(Field::MessageId) {
        Some(message) if attachment.is_deleted() => {
            let text = format!("Attachment {} belongs to message {message}. Nothing was deleted.", attachment.id);
            Err(Error::new(Reason::Locked, text).into())
        }
        _ => Ok(()),
    }
}
