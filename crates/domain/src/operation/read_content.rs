use super::{Deleted, Operation};
use crate::access::Access;
use crate::attachment::chunks;
use crate::error::{Error, Stop};
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Reads an attachment and one chunk of its bytes: the next ones are read by asking again, so that nobody holds all of
/// a large file.
#[derive(Clone, Debug)]
pub struct ReadContent {
    /// Which attachment.
    pub id: i64,
    /// Which chunk, from 0. There are [`chunks`](crate::attachment::chunks) of them; an empty attachment has none.
    pub chunk: u32,
}

/// An attachment and a part of its bytes.
#[derive(Clone, Debug)]
pub struct ContentPart {
    /// The attachment.
    pub attachment: Arc<Record>,
    /// The bytes of the chunk; nothing beyond the end.
    pub bytes: Arc<Vec<u8>>,
}

impl Operation for ReadContent {
    type Output = ContentPart;
    const ACCESS: Access = Access::Read;
    const WRITES: bool = false;
    const FOR_CUSTOMERS: bool = true;

    fn area(&self) -> Area {
        Area::Tickets
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<ContentPart, Stop> {
        let attachment = rule::find(set, cx, Kind::Attachment, self.id, Deleted::Hidden)?;
        if self.chunk >= chunks(&attachment) {
            return Ok(ContentPart { attachment, bytes: Arc::default() });
        }
        match set.content((Kind::Attachment, attachment.part, attachment.id), self.chunk)? {
            Some(bytes) => Ok(ContentPart { attachment, bytes }),
            None => Err(Error::internal(format!("chunk {} of attachment {} is gone", self.chunk, self.id)).into()),
        }
    }
}
