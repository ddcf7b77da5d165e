//! Where each request of a connection begins and ends.
//!
//! hyper reads the same bytes again after this, and is more lenient here and there. Two readers that see different
//! requests in one stream are how one caller's request ends up in another's, so what could be read in two ways is
//! refused before hyper sees it, and what passes is read by both alike.

use super::chunked::Chunked;
use super::head::{Extent, Head};
use super::{Limits, Refusal};

/// A place in the stream of requests.
#[derive(Debug)]
pub(super) struct Framing {
    place: Place,
    /// Heads that passed, modulo 2³².
    heads: u32,
}

#[derive(Debug)]
enum Place {
    Head(Head),
    Sized(u64),
    Chunked(Chunked),
}

/// What to do with the bytes after those that pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// There are none.
    None,
    /// Keep them, a part of a head, and show them again with those that follow.
    Hold,
    /// Pass nothing more.
    Refuse(Refusal),
}

impl Default for Framing {
    fn default() -> Self {
        Self { place: Place::Head(Head::default()), heads: 0 }
    }
}

impl Framing {
    /// How many of `bytes`, the next ones that have not passed yet, may pass.
    pub(super) fn read(&mut self, bytes: &[u8], limits: &Limits) -> (usize, Rest) {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            match &mut self.place {
                Place::Head(head) => match head.read(rest, limits) {
                    Ok(None) => return (at, Rest::Hold),
                    Ok(Some((length, extent))) => {
                        at += length;
                        self.heads = self.heads.wrapping_add(1);
                        self.place = match extent {
                            Extent::Sized(0) => Place::Head(Head::default()),
                            Extent::Sized(length) => Place::Sized(length),
                            Extent::Chunked => Place::Chunked(Chunked::default()),
                        };
                    }
                    Err(refusal) => return (at, Rest::Refuse(refusal)),
                },
                Place::Sized(length) => {
                    let taken = usize::try_from(*length).map_or(rest.len(), |length| length.min(rest.len()));
                    at += taken;
                    *length -= taken as u64;
                    if *length == 0 {
                        self.place = Place::Head(Head::default());
                    }
                }
                Place::Chunked(chunked) => match chunked.read(rest, limits) {
                    Ok((taken, is_end)) => {
                        at += taken;
                        if is_end {
                            self.place = Place::Head(Head::default());
                        }
                    }
                    Err(refusal) => return (at, Rest::Refuse(refusal)),
                },
            }
        }
        (at, Rest::None)
    }

    /// Whether a body is under way.
    pub(super) fn is_in_body(&self) -> bool {
        !matches!(self.place, Place::Head(_))
    }

    /// Whether a head is under way, of which `held` is there.
    pub(super) fn is_in_head(&self, held: &[u8]) -> bool {
        matches!(&self.place, Place::Head(head) if head.has_begun(held))
    }

    /// A number that changes with every request.
    pub(super) fn heads(&self) -> u32 {
        self.heads
    }
}
