//! What a dialect took although its vendor's documents do not have it.

use crate::sign_in::lock;
use http::Response;
use std::sync::Mutex;

/// Notes that one exchange keeps at most.
const MOST: usize = 20;

/// The notes of an exchange, a sentence each. They stand among the extensions of the response, for whoever shows
/// exchanges to people; nothing of them is sent.
#[derive(Debug, Default)]
pub struct Notes(Mutex<Vec<String>>);

/// What [`Notes`] were in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted(pub Vec<String>);

impl Notes {
    /// Adds one, unless there are many or it is there.
    pub(crate) fn add(&self, note: String) {
        let mut notes = lock(&self.0);
        if notes.len() < MOST && !notes.contains(&note) {
            notes.push(note);
        }
    }

    /// Lays them into a response, if there are any.
    pub(crate) fn put<B>(self, response: &mut Response<B>) {
        let notes = self.0.into_inner().unwrap_or_default();
        if !notes.is_empty() {
            response.extensions_mut().insert(Noted(notes));
        }
    }
}
