//! The smallest parts: names, white space, references, quoted values.

use std::borrow::Cow;

use super::error::{Fault, Problem};
use crate::text;

/// Whether there is nothing but white space, as XML counts it.
pub fn is_blank(text: &str) -> bool {
    text.bytes().all(is_space)
}

/// Whether the text is a name without a colon (NCName of Namespaces in XML 1.0).
pub fn is_ncname(text: &str) -> bool {
    !text.is_empty() && ncname_length(text) == text.len()
}

pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The bytes of ASCII that a name may have.
const NAME_BYTES: [bool; 128] = {
    let mut bytes = [false; 128];
    let mut byte = 0;
    while byte < bytes.len() {
        let character = byte as u8;
        bytes[byte] = character.is_ascii_alphanumeric() || matches!(character, b'_' | b'-' | b'.');
        byte += 1;
    }
    bytes
};

/// How many bytes the name without a colon at the start of the text has; 0 if there is none.
fn ncname_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ascii = |byte: &&u8| NAME_BYTES.get(usize::from(**byte)) == Some(&true);
    let mut length = 0;
    if bytes.first().is_some_and(|first| first.is_ascii_digit() || matches!(first, b'-' | b'.')) {
        return 0;
    }
    loop {
        length += bytes.get(length..).map_or(0, |rest| rest.iter().take_while(ascii).count());
        if bytes.get(length).is_none_or(u8::is_ascii) {
            return length;
        }
        match text.get(length..).and_then(|rest| rest.chars().next()) {
            Some(next) if is_name_character(next, length == 0) => length += next.len_utf8(),
            _ => return length,
        }
    }
}

/// NameStartChar and NameChar of XML 1.0 (fifth edition) §2.3, beyond ASCII.
const fn is_name_character(character: char, first: bool) -> bool {
    let start = matches!(
        character,
        '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
            | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
            | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
            | '\u{10000}'..='\u{EFFFF}'
    );
    start || !first && matches!(character, '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// A name as it is written: `prefix:local` or `local`.
#[derive(Debug, Clone, Copy)]
pub(super) struct QName<'a> {
    pub(super) written: &'a str,
    /// Bytes of the prefix; 0 if there is none.
    prefix: usize,
}

impl<'a> QName<'a> {
    pub(super) fn prefix(&self) -> &'a str {
        self.written.get(..self.prefix).unwrap_or_default()
    }

    pub(super) fn local(&self) -> &'a str {
        self.written.get(self.prefix + usize::from(self.prefix > 0)..).unwrap_or_default()
    }
}

/// A part of the text, read from left to right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) rest: &'a str,
    /// Where the rest starts in the whole text.
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn advance(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.at += taken.len();
        taken
    }

    /// Takes this character, if it is next.
    pub(super) fn eat(&mut self, expected: u8) -> bool {
        let found = self.rest.as_bytes().first() == Some(&expected);
        if found {
            self.advance(1);
        }
        found
    }

    /// Takes white space, and says whether there was any.
    pub(super) fn space(&mut self) -> bool {
        let length = self.rest.bytes().take_while(|byte| is_space(*byte)).count();
        !self.advance(length).is_empty()
    }

    pub(super) fn ncname(&mut self) -> Option<&'a str> {
        let name = self.advance(ncname_length(self.rest));
        (!name.is_empty()).then_some(name)
    }

    pub(super) fn qname(&mut self, limit: usize) -> Result<QName<'a>, Fault> {
        let start = *self;
        let missing = |cursor: &Self| Fault::syntax(cursor.at, format!("expected a name, found {}", cursor.found()));
        let first = self.ncname().ok_or_else(|| missing(self))?;
        let prefix = if self.eat(b':') { first.len() } else { 0 };
        if prefix > 0 {
            self.ncname().ok_or_else(|| missing(self))?;
        }
        let written = start.rest.get(..self.at - start.at).unwrap_or_default();
        if written.len() > limit {
            return Err(Fault::new(start.at, Problem::NameTooLong(limit)));
        }
        Ok(QName { written, prefix })
    }

    /// ` = "value"`, without its quotes.
    pub(super) fn value(&mut self) -> Result<&'a str, Fault> {
        self.space();
        if !self.eat(b'=') {
            return Err(Fault::syntax(self.at, format!("expected `=` after the name, found {}", self.found())));
        }
        self.space();
        let quote = match self.rest.as_bytes().first() {
            Some(quote @ (b'"' | b'\'')) => *quote,
            _ => return Err(Fault::syntax(self.at, format!("expected a quoted value, found {}", self.found()))),
        };
        self.advance(1);
        let end = memchr::memchr(quote, self.rest.as_bytes());
        let end = end.ok_or_else(|| Fault::syntax(self.at, "the value has no closing quote"))?;
        let value = self.advance(end);
        self.advance(1);
        Ok(value)
    }

    /// What is next, for messages.
    pub(super) fn found(&self) -> String {
        self.rest.chars().next().map_or("the end".to_owned(), |found| format!("`{}`", found.escape_debug()))
    }
}

/// The value of an attribute that is written so, its white space and references replaced. It starts at `at`.
pub(super) fn attribute_value(written: &str, at: usize) -> Result<Cow<'_, str>, Fault> {
    if let Some(offset) = memchr::memchr(b'<', written.as_bytes()) {
        return Err(Fault::syntax(at + offset, "`<` is not allowed in an attribute's value; write &lt;"));
    }
    let mut rest = Cursor { rest: written, at };
    let mut value = Cow::Borrowed("");
    while let Some(offset) = memchr::memchr3(b'&', b'\t', b'\n', rest.rest.as_bytes()) {
        let plain = rest.advance(offset);
        let value = value.to_mut();
        value.push_str(plain);
        if rest.rest.starts_with('&') {
            let end = memchr::memchr(b';', rest.rest.as_bytes());
            let end = end.ok_or_else(|| Fault::syntax(rest.at, "`&` starts no reference; write &amp;"))?;
            let at = rest.at;
            let name = rest.advance(end + 1);
            value.push(reference(name.get(1..end).unwrap_or_default(), at)?);
        } else {
            rest.advance(1);
            value.push(' ');
        }
    }
    if value.is_empty() {
        return Ok(Cow::Borrowed(written));
    }
    value.to_mut().push_str(rest.rest);
    Ok(value)
}

/// The character that `&name;` stands for, `at` being the place of the `&`.
pub(super) fn reference(name: &str, at: usize) -> Result<char, Fault> {
    let Some(number) = name.strip_prefix('#') else {
        return match name {
            "amp" => Ok('&'),
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "quot" => Ok('"'),
            "apos" => Ok('\''),
            _ if is_ncname(name) => {
                let shown: String = name.chars().take(40).collect();
                Err(Fault::syntax(at, format!("&{shown}; is not one of &amp; &lt; &gt; &quot; &apos;")))
            }
            _ => Err(Fault::syntax(at, "`&` starts no reference; write &amp;")),
        };
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    let code = digits.chars().try_fold(0_u32, |code, digit| {
        // Beyond the last character it stays there, however many digits follow.
        Some((code * radix + digit.to_digit(radix)?).min(0x11_0000))
    });
    let character = code.filter(|_| !digits.is_empty()).and_then(char::from_u32);
    let character = character.ok_or_else(|| Fault::syntax(at, "the character reference names no character"))?;
    if text::is_allowed(character) { Ok(character) } else { Err(Fault::new(at, Problem::Character(character))) }
}
