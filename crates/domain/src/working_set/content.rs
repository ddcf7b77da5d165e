//! Bytes that are kept beside records.

use super::{Need, Place, WorkingSet};
use crate::error::Stop;
use std::sync::Arc;

impl WorkingSet {
    /// A chunk of the bytes beside a record, as they were before this batch; `None` beyond their end.
    ///
    /// # Errors
    /// `Missing` until it is loaded.
    pub fn content(&mut self, place: Place, number: u32) -> Result<Option<Arc<Vec<u8>>>, Stop> {
        match self.chunks.get(&(place, number)) {
            Some(chunk) => Ok(chunk.clone()),
            None => self.miss(Need::Content(place, number)),
        }
    }

    /// Keeps bytes beside a new record.
    pub fn put_content(&mut self, place: Place, bytes: Arc<Vec<u8>>) {
        self.staged_contents.push((place, Some(bytes)));
    }

    /// Takes away the bytes beside a record.
    pub fn remove_content(&mut self, place: Place) {
        self.staged_contents.push((place, None));
    }
}
