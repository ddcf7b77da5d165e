//! From bytes to the text that is parsed.

use std::borrow::Cow;

use super::error::{Fault, Problem, XmlError};
use super::lexical::Cursor;
use super::{Document, Limits};
use crate::text::{self, BadCharacter, Charset, DecodeError};

/// A document as text: decoded, of allowed characters only, its line ends made line feeds.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    text: Cow<'a, str>,
}

impl<'a> Source<'a> {
    /// Decodes a document. What its charset is, is told by these, the first that is there: its byte order mark, the
    /// charset that came with it (that of the `Content-Type` header), its XML declaration. Without all of them it
    /// is UTF-8, or UTF-16 if its first bytes are those of `<` in that.
    ///
    /// A mark that contradicts either of the others is refused; a declaration that contradicts the charset that
    /// came with it is not, since a gateway may have changed the encoding on the way. A document that declares
    /// itself US-ASCII is read as UTF-8, because Perl's RPC::XML declares the one and sends the other.
    ///
    /// # Errors
    ///
    /// [`Problem::TooLong`], [`Problem::Encoding`] and [`Problem::Character`].
    pub fn decode(bytes: &'a [u8], charset: Option<&str>, limits: &Limits) -> Result<Self, XmlError> {
        if bytes.len() > limits.bytes {
            return Err(Fault::new(0, Problem::TooLong(limits.bytes)).in_text(""));
        }
        let undecodable = |error| Fault::new(0, Problem::Encoding(error)).in_text("");
        let text = decode(bytes, charset).map_err(|error| match error {
            // Where that is can be told as long as what comes before it is ASCII or UTF-8.
            DecodeError::Invalid { offset, .. } => {
                let before = bytes.get(..offset).and_then(|before| std::str::from_utf8(before).ok());
                Fault::new(offset, Problem::Encoding(error)).in_text(before.unwrap_or_default())
            }
            error => undecodable(error),
        })?;
        text::check(&text).map_err(|BadCharacter { character, offset }| {
            Fault::new(offset, Problem::Character(character)).in_text(&text)
        })?;
        Ok(Self { text: with_line_feeds(text) })
    }

    /// Reads the document.
    ///
    /// # Errors
    ///
    /// All of [`Problem`] but [`Problem::TooLong`] and [`Problem::Encoding`].
    pub fn parse(&self, limits: &Limits) -> Result<Document<'_>, XmlError> {
        super::reader::read(&self.text, limits).map_err(|fault| fault.in_text(&self.text))
    }

    /// The text that is parsed.
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Result<Cow<'a, str>, DecodeError> {
    let unmarked = match bytes {
        [b'<', 0, 0, 0, ..] | [0, 0, 0, b'<', ..] => return Err(DecodeError::Unknown("UTF-32".to_owned())),
        [b'<', 0, ..] => Some(Charset::Utf16Le),
        [0, b'<', ..] => Some(Charset::Utf16Be),
        _ => None,
    };
    if let Some(charset) = charset {
        let unmarked = unmarked.filter(|_| Charset::from_label(charset) == Some(Charset::Utf16));
        let charset = unmarked.map_or(charset, |charset: Charset| charset.name());
        return text::decode(bytes, Some(charset));
    }
    let utf_16 = match bytes {
        [0xFF, 0xFE, ..] => Some(Charset::Utf16Le),
        [0xFE, 0xFF, ..] => Some(Charset::Utf16Be),
        _ => unmarked,
    };
    let Some(mark) = utf_16 else {
        let declared = declared_in(bytes).filter(|label| Charset::from_label(label) != Some(Charset::Ascii));
        return text::decode(bytes, declared);
    };
    let text = text::decode(bytes, unmarked.map(Charset::name))?;
    if let Some(label) = declaration(&text).and_then(|declaration| declaration.encoding) {
        let declared = Charset::from_label(label).ok_or_else(|| DecodeError::Unknown(label.to_owned()))?;
        if ![mark, Charset::Utf16].contains(&declared) {
            return Err(DecodeError::Contradiction { declared, mark });
        }
    }
    Ok(text)
}

/// The encoding that the XML declaration of a document says, whose first bytes are ASCII.
fn declared_in(bytes: &[u8]) -> Option<&str> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let end = memchr::memchr(b'>', bytes.get(..256.min(bytes.len()))?)?;
    declaration(std::str::from_utf8(bytes.get(..=end)?).ok()?)?.encoding
}

/// Line ends of every system as XML 1.0 §2.11 wants them before anything else is done.
fn with_line_feeds(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return text;
    }
    let mut normal = String::with_capacity(text.len());
    let mut parts = text.split('\r');
    normal.push_str(parts.next().unwrap_or_default());
    for part in parts {
        normal.push('\n');
        normal.push_str(part.strip_prefix('\n').unwrap_or(part));
    }
    normal.into()
}

/// An XML declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Declaration<'a> {
    pub(super) encoding: Option<&'a str>,
    /// Bytes of the declaration.
    pub(super) length: usize,
}

/// The XML declaration that a text starts with; `None` if it has none, or a malformed one.
pub(super) fn declaration(text: &str) -> Option<Declaration<'_>> {
    let mut cursor = Cursor { rest: text.strip_prefix("<?xml")?, at: 0 };
    let mut given = [None; 3];
    for (name, value) in ["version", "encoding", "standalone"].into_iter().zip(&mut given) {
        let mut ahead = cursor;
        if ahead.space() && ahead.rest.starts_with(name) {
            ahead.advance(name.len());
            *value = Some(ahead.value().ok()?);
            cursor = ahead;
        }
    }
    cursor.space();
    let [version, encoding, standalone] = given;
    let minor = version?.strip_prefix("1.")?;
    let is_encoding = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let valid = !minor.is_empty()
        && minor.bytes().all(|digit| digit.is_ascii_digit())
        && encoding.is_none_or(is_encoding)
        && standalone.is_none_or(|standalone| ["yes", "no"].contains(&standalone))
        && cursor.rest.starts_with("?>");
    valid.then_some(Declaration { encoding, length: "<?xml".len() + cursor.at + "?>".len() })
}
