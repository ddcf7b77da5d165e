//! `multipart/form-data` (RFC 7578): flat text fields, as PHP's curl sends an array, or parts of which some are files, as a
//! browser sends a form.
//!
//! The body is in memory already, so the values are borrowed from it. Where readers differ, and an attacker could
//! hide a field from one of them, the body is refused: text before the first or after the last boundary, a
//! boundary inside a value, bare line feeds, repeated headers, two ways to write the name.

use std::borrow::Cow;

use memchr::memmem::Finder;

use crate::form::{Limits, Pairs};
use crate::media_type::{self, BLANKS, MediaType, content_type};
use crate::text::{self, BadCharacter, DecodeError};

/// The most bytes that the headers of one part may have together.
const HEADER_BYTES: usize = 4_096;

/// Why a multipart body was refused. No value is part of the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MultipartError {
    /// The `Content-Type` names no usable boundary.
    #[error("multipart/form-data needs a boundary of 1 to 70 characters in its Content-Type")]
    Boundary,
    /// Longer than [`Limits::bytes`].
    #[error("the form is {bytes} bytes long, and at most {limit} are accepted")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// More parts than [`Limits::pairs`].
    #[error("the form has more than {limit} parts")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// The boundaries do not enclose it properly.
    #[error("the multipart body is malformed: {0}")]
    Framing(&'static str),
    /// One part could not be read.
    #[error("part {number}: {problem}")]
    Part {
        /// Its number, from 1.
        number: usize,
        /// What is wrong with it.
        problem: PartProblem,
    },
}

/// What is wrong with one part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartProblem {
    /// Its headers cannot be read.
    #[error("{0}")]
    Header(&'static str),
    /// It is a file.
    #[error("files are not accepted, only text fields")]
    File,
    /// It says that it is something other than plain text.
    #[error("only text/plain in 7bit, 8bit or binary encoding is accepted")]
    NotText,
    /// Its bytes are not text in its charset.
    #[error(transparent)]
    Charset(#[from] DecodeError),
    /// A character outside the policy.
    #[error(transparent)]
    Character(#[from] BadCharacter),
}

/// The boundary that a `multipart/form-data` type names: 1 to 70 characters of RFC 2046's set.
pub fn boundary<'t>(media_type: &'t MediaType<'_>) -> Result<&'t str, MultipartError> {
    let fits = |boundary: &&str| {
        (1..=70).contains(&boundary.len())
            && boundary.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte))
            && !boundary.ends_with(' ')
    };
    let boundary = media_type.parameter("boundary").filter(|_| media_type.essence == "multipart/form-data");
    boundary.filter(fits).ok_or(MultipartError::Boundary)
}

/// The fields of a body, in the order they came, each a name and its text.
///
/// `boundary` is what [`boundary`] gave. A charset in a part's own `Content-Type` is obeyed.
/// Files are refused.
pub fn parse<'a>(body: &'a [u8], boundary: &str, limits: &Limits) -> Result<Pairs<'a>, MultipartError> {
    each(body, boundary, limits, field)
}

/// A part as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'a> {
    /// The name of the field.
    pub name: Cow<'a, str>,
    /// The name of the file; `None` for a text, `""` where none was chosen.
    pub filename: Option<Cow<'a, str>>,
    /// What it says of its type.
    pub content_type: Option<&'a str>,
    /// Its bytes.
    pub bytes: &'a [u8],
}

impl<'a> Part<'a> {
    /// Its text, if it is one.
    ///
    /// # Errors
    /// For a file, and for what is no plain text.
    pub fn text(&self) -> Result<Cow<'a, str>, PartProblem> {
        if self.filename.is_some() {
            return Err(PartProblem::File);
        }
        let charset = self.content_type.map(charset_of).transpose()?.flatten();
        let text = text::decode(self.bytes, Some(charset.as_deref().unwrap_or("utf-8")))?;
        text::check(&text)?;
        Ok(text)
    }
}

/// The parts of a body, in the order they came, files among them.
///
/// `boundary` is what [`boundary`] gave.
pub fn parts<'a>(body: &'a [u8], boundary: &str, limits: &Limits) -> Result<Vec<Part<'a>>, MultipartError> {
    each(body, boundary, limits, part)
}

fn each<'a, T>(
    body: &'a [u8],
    boundary: &str,
    limits: &Limits,
    read: impl Fn(&'a [u8]) -> Result<T, PartProblem>,
) -> Result<Vec<T>, MultipartError> {
    if body.len() > limits.bytes {
        return Err(MultipartError::TooLong { bytes: body.len(), limit: limits.bytes });
    }
    let delimiter = format!("\r\n--{boundary}");
    let (finder, delimiter) = (Finder::new(&delimiter), delimiter.as_bytes());
    // The line end before the first boundary is part of it, yet most senders leave it out.
    let first = delimiter.get(2..).unwrap_or_default();
    let mut rest = body.strip_prefix(b"\r\n").unwrap_or(body).strip_prefix(first);
    let mut all = Vec::new();
    loop {
        let after = rest.ok_or(MultipartError::Framing("it does not start with its boundary"))?;
        if let Some(end) = after.strip_prefix(b"--") {
            let clean = matches!(end, b"" | b"\r\n");
            return if clean { Ok(all) } else { Err(MultipartError::Framing("bytes follow the closing boundary")) };
        }
        // The line end stays: it makes the delimiter of a part without a value.
        if !after.starts_with(b"\r\n") {
            return Err(MultipartError::Framing("a boundary is followed by neither a line end nor `--`"));
        }
        if all.len() == limits.pairs {
            return Err(MultipartError::TooMany { limit: limits.pairs });
        }
        let end = finder.find(after).ok_or(MultipartError::Framing("the closing boundary is missing"))?;
        let (part, next) = after.split_at_checked(end).unwrap_or_default();
        let number = all.len() + 1;
        all.push(read(part).map_err(|problem| MultipartError::Part { number, problem })?);
        rest = next.strip_prefix(delimiter);
    }
}

/// A part that is a text.
fn field(bytes: &[u8]) -> Result<(Cow<'_, str>, Cow<'_, str>), PartProblem> {
    let part = part(bytes)?;
    let text = part.text()?;
    Ok((part.name, text))
}

/// A part, from the line end after its boundary to the one before the next.
fn part(part: &[u8]) -> Result<Part<'_>, PartProblem> {
    let window = part.get(..HEADER_BYTES.min(part.len())).unwrap_or_default();
    let end = Finder::new("\r\n\r\n").find(window).ok_or(PartProblem::Header("its headers do not end"))?;
    let (headers, value) = part.split_at_checked(end).unwrap_or_default();
    let headers = headers.get(2..).unwrap_or_default();
    let headers = std::str::from_utf8(headers).map_err(|_| PartProblem::Header("its headers are not UTF-8"))?;
    text::check(headers)?;
    let (mut name, mut content_type, mut encoding) = (None, None, None);
    for line in headers.split("\r\n").filter(|line| !line.is_empty()) {
        let (header, content) = line.split_once(':').ok_or(PartProblem::Header("a header has no colon"))?;
        if !media_type::is_token(header) || content.contains(['\r', '\n']) {
            return Err(PartProblem::Header("a header is malformed"));
        }
        let content = content.trim_matches(BLANKS);
        let repeated = match &*media_type::lower(header) {
            "content-disposition" => name.replace(disposition(content)?).is_some(),
            "content-type" => content_type.replace(content).is_some(),
            "content-transfer-encoding" => encoding.replace(content).is_some(),
            _ => false, // RFC 7578 §4.8: others are ignored; Guzzle sends Content-Length.
        };
        if repeated {
            return Err(PartProblem::Header("a header is repeated"));
        }
    }
    if !encoding.is_none_or(|name| ["7bit", "8bit", "binary"].iter().any(|plain| plain.eq_ignore_ascii_case(name))) {
        return Err(PartProblem::NotText);
    }
    let (name, filename) = name.ok_or(PartProblem::Header("it has no Content-Disposition"))?;
    Ok(Part { name, filename, content_type, bytes: value.get(4..).unwrap_or_default() })
}

/// The names in `form-data; name="…"; filename="…"`.
fn disposition(content: &str) -> Result<(Cow<'_, str>, Option<Cow<'_, str>>), PartProblem> {
    const MALFORMED: PartProblem = PartProblem::Header("its Content-Disposition is malformed");
    let (kind, mut rest) = content.split_at_checked(content.find(';').unwrap_or(content.len())).ok_or(MALFORMED)?;
    if !kind.trim_matches(BLANKS).eq_ignore_ascii_case("form-data") {
        return Err(PartProblem::Header("its Content-Disposition is not form-data"));
    }
    let (mut name, mut filename) = (None, None);
    while let Some((parameter, value, after)) = media_type::parameter(rest).map_err(|_| MALFORMED)? {
        rest = after;
        let (held, twice) = match &*media_type::lower(parameter) {
            "name" => (&mut name, "it has two names"),
            "filename" => (&mut filename, "it has two file names"),
            "filename*" => return Err(PartProblem::File),
            "name*" => return Err(PartProblem::Header("its name must be written plainly")),
            _ => continue,
        };
        if held.replace(value).is_some() {
            return Err(PartProblem::Header(twice));
        }
    }
    Ok((name.ok_or(PartProblem::Header("it has no name"))?, filename))
}

/// The charset of a part's own `Content-Type`, which must be plain text.
fn charset_of(content: &str) -> Result<Option<String>, PartProblem> {
    let media_type = content_type(content).map_err(|_| PartProblem::Header("its Content-Type is malformed"))?;
    if media_type.essence == "text/plain" {
        Ok(media_type.charset().map(str::to_owned))
    } else {
        Err(PartProblem::NotText)
    }
}

#[cfg(test)]
mod tests;
