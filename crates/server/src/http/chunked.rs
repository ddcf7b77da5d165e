//! Where a chunked body ends.

use super::{Limits, Refusal};

/// Longest line with the size of a chunk, in bytes. Extensions in it are passed on and ignored.
const SIZE_LINE: usize = 256;

/// A place in a chunked body (RFC 9112, section 7.1).
#[derive(Debug, Default)]
pub(super) struct Chunked {
    place: Place,
    /// Bytes of this chunk that are still to come.
    size: u64,
    /// Bytes of the line with its size, or of all trailer lines, so far.
    line: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    FirstDigit,
    Digit,
    Space,
    Extension,
    SizeEnd,
    Data,
    DataReturn,
    DataEnd,
    TrailerStart,
    Trailer,
    TrailerEnd,
    LastEnd,
    Done,
}

impl Chunked {
    /// How many of `bytes` belong to the body, and whether it ends with them.
    pub(super) fn read(&mut self, bytes: &[u8], limits: &Limits) -> Result<(usize, bool), Refusal> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if self.place == Place::Data {
                let rest = bytes.len() - at;
                let taken = usize::try_from(self.size).map_or(rest, |size| size.min(rest));
                self.size -= taken as u64;
                at += taken;
                if self.size == 0 {
                    self.place = Place::DataReturn;
                }
            } else {
                at += 1;
                self.place = self.next(byte, limits).ok_or(Refusal::Chunk)?;
                if self.place == Place::Done {
                    return Ok((at, true));
                }
            }
        }
        Ok((at, false))
    }

    /// The place after `byte`, or `None` if it must not stand here.
    fn next(&mut self, byte: u8, limits: &Limits) -> Option<Place> {
        self.line += 1;
        let is_text = byte >= b' ' && byte != 0x7f || byte == b'\t';
        match (self.place, byte) {
            (Place::FirstDigit | Place::Digit, _) if byte.is_ascii_hexdigit() => {
                let digit = u64::from((byte as char).to_digit(16)?);
                self.size = self.size.checked_mul(16)? | digit;
                (self.line <= SIZE_LINE).then_some(Place::Digit)
            }
            (Place::Digit | Place::Space | Place::Extension, b'\r') => Some(Place::SizeEnd),
            (Place::Digit | Place::Space, b' ' | b'\t') => (self.line <= SIZE_LINE).then_some(Place::Space),
            (Place::Digit | Place::Space, b';') => Some(Place::Extension),
            (Place::Extension, _) if is_text && self.line <= SIZE_LINE => Some(Place::Extension),
            (Place::SizeEnd, b'\n') => {
                self.line = 0;
                Some(if self.size == 0 { Place::TrailerStart } else { Place::Data })
            }
            (Place::DataReturn, b'\r') => Some(Place::DataEnd),
            (Place::DataEnd, b'\n') => {
                self.line = 0;
                Some(Place::FirstDigit)
            }
            (Place::TrailerStart, b'\r') => Some(Place::LastEnd),
            (Place::TrailerStart | Place::Trailer, _) if is_text && self.line <= limits.header_bytes => {
                Some(Place::Trailer)
            }
            (Place::Trailer, b'\r') => Some(Place::TrailerEnd),
            (Place::TrailerEnd, b'\n') => Some(Place::TrailerStart),
            (Place::LastEnd, b'\n') => Some(Place::Done),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &[u8]) -> Result<(usize, bool), Refusal> {
        Chunked::default().read(body, &Limits::default())
    }

    #[test]
    fn ends_where_the_body_ends() {
        for (body, length) in [
            ("0\r\n\r\nGET", 5),
            ("1\r\na\r\n0\r\n\r\n", 11),
            ("A  \r\n0123456789\r\n0\r\nDigest: x\r\nMore: y\r\n\r\n", 42),
            ("1;name=\"value\" ;x\r\na\r\n00;x\r\n\r\nrest", 30),
        ] {
            assert_eq!(read(body.as_bytes()), Ok((length, true)), "{body:?}");
        }
    }

    #[test]
    fn is_incomplete_at_every_earlier_byte() {
        let body = b"5;x=y\r\nhello\r\n0\r\nA: b\r\n\r\n";
        for cut in 0..body.len() {
            assert_eq!(read(&body[..cut]), Ok((cut, false)), "{cut}");
            let mut chunked = Chunked::default();
            chunked.read(&body[..cut], &Limits::default()).unwrap();
            let rest = chunked.read(&body[cut..], &Limits::default());
            assert_eq!(rest, Ok((body.len() - cut, true)), "{cut}");
        }
    }

    #[test]
    fn malformed() {
        for body in [
            "\r\n",
            "x\r\n",
            "-1\r\n",
            "0x1\r\n",
            " 1\r\n",
            "1 x\r\n",
            "1\na",
            "1\r\nab",
            "1\r\na\n",
            "1;\n",
            "1;\0\r\n",
            "10000000000000000\r\n",
            "0\r\n\n",
            "0\r\na\n",
            "0\r\n\r\r",
        ] {
            assert_eq!(read(body.as_bytes()), Err(Refusal::Chunk), "{body:?}");
        }
        assert_eq!(read(format!("1;{}", "x".repeat(SIZE_LINE)).as_bytes()), Err(Refusal::Chunk));
        assert_eq!(read(format!("0\r\n{}", "x".repeat(40_000)).as_bytes()), Err(Refusal::Chunk));
    }
}
