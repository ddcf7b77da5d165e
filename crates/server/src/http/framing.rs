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

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &[u8] = b"\r\nGET /1 HTTP/1.1\r\nHost: a\r\n\r\n\
        POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\
        POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n\
        GET /4 HTTP/1.0\r\n\r\n";

    /// Shows `pieces` to a new framing as they come, holds what it wants held, and returns how many bytes passed and
    /// what it said last.
    fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (usize, Rest, u32) {
        let limits = Limits::default();
        let (mut framing, mut held, mut passed, mut last) = (Framing::default(), Vec::new(), 0, Rest::None);
        for piece in pieces {
            held.extend_from_slice(piece);
            let (count, rest) = framing.read(&held, &limits);
            held.drain(..count);
            (passed, last) = (passed + count, rest);
            if matches!(rest, Rest::Refuse(_)) {
                break;
            }
            assert_eq!(rest == Rest::Hold, !held.is_empty());
        }
        (passed, last, framing.heads())
    }

    #[test]
    fn whole_requests_pass() {
        assert_eq!(read([STREAM]), (STREAM.len(), Rest::None, 4));
    }

    #[test]
    fn it_does_not_matter_where_the_pieces_are_cut() {
        for first in 0..STREAM.len() {
            for second in first..STREAM.len() {
                let pieces = [&STREAM[..first], &STREAM[first..second], &STREAM[second..]];
                assert_eq!(read(pieces), (STREAM.len(), Rest::None, 4), "{first} {second}");
            }
        }
        assert_eq!(read(STREAM.chunks(1)), (STREAM.len(), Rest::None, 4));
    }

    #[test]
    fn what_comes_before_a_bad_request_passes() {
        let bad = [STREAM, b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"].concat();
        for cut in 0..bad.len() {
            let pieces = [&bad[..cut], &bad[cut..]];
            assert_eq!(read(pieces), (STREAM.len(), Rest::Refuse(Refusal::HostRepeated), 4), "{cut}");
        }
    }

    /// The work for a head that comes byte by byte grows with its length, not with the square of it.
    #[test]
    fn a_long_head_byte_by_byte_is_read_once() {
        let limits = Limits { header_bytes: usize::MAX, target_bytes: usize::MAX / 2, ..Limits::default() };
        let mut head = b"GET / HTTP/1.1\r\nHost: a\r\nX: ".to_vec();
        let mut framing = Framing::default();
        let start = std::time::Instant::now();
        for _ in 0..2_000_000 {
            head.push(b'x');
            assert_eq!(framing.read(&head, &limits), (0, Rest::Hold));
        }
        // At a gigabyte a second, two million times a million bytes would take half an hour.
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    }
}
