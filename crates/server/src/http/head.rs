//! The head of a request, checked line by line as it arrives.

use std::ops::Range;

use memchr::{memchr, memrchr};

use super::syntax::{is_authority, is_token, is_value, number, target_length, token_length, trim};
use super::{Limits, Refusal};

/// Methods that the application may be asked for. All others are refused here, so that none reaches it by a detour
/// and the name of an unknown one needs no memory.
const METHODS: [&[u8]; 7] = [b"GET", b"POST", b"PATCH", b"PUT", b"HEAD", b"DELETE", b"OPTIONS"];

/// Empty lines that may come before a request: some old clients send one after a body, unasked.
const LEADING_LINES: u8 = 4;

/// How far the head was read, and what it said up to there. Positions count from its first byte.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// Start of the line that is being read.
    line: usize,
    /// Where to go on looking for its end.
    searched: usize,
    leading: u8,
    fields: usize,
    has_request_line: bool,
    is_old: bool,
    host: Option<Range<usize>>,
    authority: Option<Range<usize>>,
    length: Option<u64>,
    is_chunked: bool,
}

/// How the bytes after a head belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Sized(u64),
    Chunked,
}

impl Head {
    /// Reads on in `bytes`, which are all bytes since the start of the head, and says where the head ends and what
    /// follows it once that is known. No byte is looked at twice, however small the pieces are that it comes in.
    pub(super) fn read(&mut self, bytes: &[u8], limits: &Limits) -> Result<Option<(usize, Extent)>, Refusal> {
        while let Some(end) = bytes.get(self.searched..).and_then(|rest| memchr(b'\n', rest)) {
            let (start, end) = (self.line, self.searched + end);
            let line = bytes.get(start..end).and_then(|line| line.strip_suffix(b"\r")).ok_or(Refusal::BareLineFeed)?;
            self.line = end + 1;
            self.searched = self.line;
            if self.line > limits.header_bytes {
                return Err(Refusal::HeadTooLarge);
            }
            match (line.is_empty(), self.has_request_line) {
                (false, true) => self.field(line, start, limits)?,
                (false, false) => self.request_line(line, start, limits)?,
                (true, true) => return self.end(bytes).map(|extent| Some((self.line, extent))),
                (true, false) if self.leading < LEADING_LINES => self.leading += 1,
                (true, false) => return Err(Refusal::RequestLine),
            }
        }
        self.searched = bytes.len();
        if self.has_request_line {
            return if bytes.len() > limits.header_bytes { Err(Refusal::HeadTooLarge) } else { Ok(None) };
        }
        match bytes.get(self.line..) {
            // Bytes that begin no method, such as those of a TLS handshake, need not wait for the end of a line.
            Some([first, ..]) if !is_token(&[*first]) && *first != b'\r' => Err(Refusal::RequestLine),
            Some(line) if line.len() > limits.target_bytes + 64 => Err(Refusal::TargetTooLong),
            _ => Ok(None),
        }
    }

    /// Whether any byte of the head itself has come, rather than empty lines before it.
    pub(super) fn has_begun(&self, bytes: &[u8]) -> bool {
        self.has_request_line || bytes.get(self.line..).is_some_and(|line| !matches!(line, [] | [b'\r']))
    }

    fn request_line(&mut self, line: &[u8], start: usize, limits: &Limits) -> Result<(), Refusal> {
        self.has_request_line = true;
        let (method, rest) = line.split_at_checked(token_length(line)).ok_or(Refusal::RequestLine)?;
        let rest = rest.strip_prefix(b" ").filter(|_| !method.is_empty()).ok_or(Refusal::RequestLine)?;
        let (target, rest) = rest.split_at_checked(target_length(rest)).ok_or(Refusal::RequestLine)?;
        let version = memrchr(b' ', rest).and_then(|space| rest.get(space + 1..)).ok_or(Refusal::RequestLine)?;
        match version {
            b"HTTP/1.1" => {}
            b"HTTP/1.0" => self.is_old = true,
            [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'] => return Err(Refusal::Version),
            _ => return Err(Refusal::RequestLine),
        }
        if !METHODS.contains(&method) {
            return Err(Refusal::Method);
        }
        if line.len() - version.len() - method.len() - 2 > limits.target_bytes {
            return Err(Refusal::TargetTooLong);
        }
        // The version follows the target at once, or there was a byte that does not belong into one.
        if target.is_empty() || rest.len() != version.len() + 1 {
            return Err(Refusal::Target);
        }
        if target.starts_with(b"/") || (target == b"*" && method == b"OPTIONS") {
            return Ok(());
        }
        // A proxy is addressed with an absolute target, and so may be any server.
        let scheme = [&b"http://"[..], b"https://"].iter().find_map(|scheme| {
            target.get(..scheme.len()).filter(|begin| begin.eq_ignore_ascii_case(scheme)).map(<[u8]>::len)
        });
        let Some(scheme) = scheme else { return Err(Refusal::Target) };
        let rest = target.get(scheme..).unwrap_or_default();
        let length = rest.iter().position(|byte| matches!(byte, b'/' | b'?')).unwrap_or(rest.len());
        if !is_authority(rest.get(..length).unwrap_or_default()) {
            return Err(Refusal::Target);
        }
        let authority = start + method.len() + 1 + scheme;
        self.authority = Some(authority..authority + length);
        Ok(())
    }

    fn field(&mut self, line: &[u8], start: usize, limits: &Limits) -> Result<(), Refusal> {
        self.fields += 1;
        if self.fields > limits.header_count {
            return Err(Refusal::TooManyFields);
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            return Err(Refusal::FoldedField);
        }
        let (name, value) = line.split_at_checked(token_length(line)).ok_or(Refusal::Field)?;
        let value = value.strip_prefix(b":").ok_or(Refusal::Field)?;
        if name.is_empty() || !is_value(value) {
            return Err(Refusal::Field);
        }
        let value = trim(value);
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => {
                if self.host.is_some() {
                    return Err(Refusal::HostRepeated);
                }
                if !is_authority(value) {
                    return Err(Refusal::HostMalformed);
                }
                let indent = line.get(5..).unwrap_or_default();
                let indent = indent.len() - indent.trim_ascii_start().len();
                let host = start + 5 + indent;
                self.host = Some(host..host + value.len());
            }
            6 if name.eq_ignore_ascii_case(b"expect") && !value.eq_ignore_ascii_case(b"100-continue") => {
                return Err(Refusal::Expectation);
            }
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                let length = number(value).ok_or(Refusal::Length)?;
                if self.length.replace(length).is_some() {
                    return Err(Refusal::LengthRepeated);
                }
            }
            16 if name.eq_ignore_ascii_case(b"content-encoding") && !value.eq_ignore_ascii_case(b"identity") => {
                return Err(Refusal::ContentEncoding);
            }
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                if std::mem::replace(&mut self.is_chunked, true) {
                    return Err(Refusal::CodingRepeated);
                }
                if !value.eq_ignore_ascii_case(b"chunked") {
                    let last = value.rsplit(|&byte| byte == b',').next().unwrap_or_default();
                    let is_framed = trim(last).eq_ignore_ascii_case(b"chunked");
                    return Err(if is_framed { Refusal::CodingUnknown } else { Refusal::CodingUnframed });
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The checks that need the whole head.
    fn end(&self, bytes: &[u8]) -> Result<Extent, Refusal> {
        let text = |range: &Option<Range<usize>>| range.clone().and_then(|range| bytes.get(range));
        match (text(&self.host), text(&self.authority)) {
            (None, _) if !self.is_old => return Err(Refusal::HostMissing),
            (Some(host), Some(authority)) if !host.eq_ignore_ascii_case(authority) => {
                return Err(Refusal::HostMismatch);
            }
            _ => {}
        }
        match (self.is_chunked, self.length) {
            (true, Some(_)) => Err(Refusal::LengthAndCoding),
            (true, None) if self.is_old => Err(Refusal::CodingTooNew),
            (true, None) => Ok(Extent::Chunked),
            (false, length) => Ok(Extent::Sized(length.unwrap_or(0))),
        }
    }
}
