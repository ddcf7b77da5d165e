//! What is worth saying of an exchange beside its answer: what a dialect took although its vendor's documents do not have
//! it, and what the answer means where the vendor's way of saying it is not plain.

use crate::memory::lock;
use crate::{Refusal, Request};
use domain::error::Reason;
use http::{Response, StatusCode};
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

/// An exchange that is over.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// What was asked.
    pub request: &'a Request,
    /// The status of the answer.
    pub status: StatusCode,
    /// Its body.
    pub body: &'a [u8],
    /// Why it was refused, if it was.
    pub refused: Option<&'a Refusal>,
}

/// Says in a sentence what the vendor's contract makes of an answer, where that is not plain; never a value that was sent.
pub type Explain = fn(&Answered<'_>) -> Option<String>;

impl Answered<'_> {
    /// Why the operation was refused, if it was found and was.
    pub(crate) fn reason(&self) -> Option<Reason> {
        match self.refused {
            Some(Refusal::Operation(error)) => Some(error.reason),
            _ => None,
        }
    }

    /// The text of the first element of that name in an answer of ours, whatever its prefix.
    pub(crate) fn element(&self, name: &str) -> Option<&str> {
        let text = std::str::from_utf8(self.body).ok()?;
        let begins = |(at, _): &(usize, &str)| {
            text.get(..*at).is_some_and(|before| before.ends_with(['<', ':']))
                && text.get(at + name.len()..).is_some_and(|rest| rest.starts_with([' ', '>']))
        };
        let (at, _) = text.match_indices(name).find(begins)?;
        let (_, inside) = text.get(at..)?.split_once('>')?;
        inside.split('<').next().filter(|inside| !inside.is_empty())
    }
}
