//! `application/x-www-form-urlencoded`: bodies and query strings, read strictly and written.
//!
//! The usual decoders keep a malformed `%zz` literally and turn invalid UTF-8 into U+FFFD. This one refuses both,
//! and delivers a repeated parameter as often as it came: which one counts is the caller's decision.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use crate::text::{self, BadCharacter};

/// How much of a form is read before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the body, as it came.
    pub bytes: usize,
    /// Parameters, the repeated ones included.
    pub pairs: usize,
}

impl Default for Limits {
    /// 1 MiB and 1,000 parameters.
    fn default() -> Self {
        Self { bytes: 1 << 20, pairs: 1_000 }
    }
}

/// Parameters in the order they came, each a name and its value.
pub type Pairs<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// Why a form was refused. The value is never part of the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Longer than [`Limits::bytes`].
    #[error("the form is {bytes} bytes long, and at most {limit} are accepted")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// More parameters than [`Limits::pairs`].
    #[error("the form has more than {limit} parameters")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// One parameter could not be read.
    #[error("parameter {parameter}: {problem}")]
    Parameter {
        /// The quoted name (its first 64 characters), or `number 3` when it is the name that cannot be read.
        parameter: String,
        /// What is wrong with it.
        problem: Problem,
    },
}

/// What is wrong with one parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A `%` that two hexadecimal digits do not follow.
    #[error("`%` must be followed by two hexadecimal digits")]
    Escape,
    /// The decoded bytes are not UTF-8.
    #[error("the bytes are not UTF-8")]
    Encoding,
    /// A character outside the policy.
    #[error(transparent)]
    Character(#[from] BadCharacter),
}

/// The parameters of a form or of a query string (without its `?`).
///
/// `+` is a blank, `%XX` a byte, everything else itself, `@` and `;` included. Empty segments are skipped, a name
/// without `=` has the empty value. What needs no decoding is borrowed.
pub fn parse<'a>(body: &'a [u8], limits: &Limits) -> Result<Pairs<'a>, FormError> {
    if body.len() > limits.bytes {
        return Err(FormError::TooLong { bytes: body.len(), limit: limits.bytes });
    }
    let mut pairs = Vec::with_capacity(8);
    for segment in body.split(|byte| *byte == b'&').filter(|segment| !segment.is_empty()) {
        if pairs.len() == limits.pairs {
            return Err(FormError::TooMany { limit: limits.pairs });
        }
        let (name, value) = match memchr(b'=', segment).and_then(|equals| segment.split_at_checked(equals)) {
            Some((name, value)) => (name, value.get(1..).unwrap_or_default()),
            None => (segment, &[][..]),
        };
        let name = decode(name).map_err(|problem| {
            let parameter = format!("number {}", pairs.len() + 1);
            FormError::Parameter { parameter, problem }
        })?;
        let value = decode(value).map_err(|problem| {
            let parameter = format!("{:?}", name.chars().take(64).collect::<String>());
            FormError::Parameter { parameter, problem }
        })?;
        pairs.push((name, value));
    }
    Ok(pairs)
}

fn decode(raw: &[u8]) -> Result<Cow<'_, str>, Problem> {
    let decoded = match memchr2(b'%', b'+', raw) {
        None => Cow::Borrowed(std::str::from_utf8(raw).map_err(|_| Problem::Encoding)?),
        Some(_) => Cow::Owned(String::from_utf8(unescape(raw)?).map_err(|_| Problem::Encoding)?),
    };
    text::check(&decoded)?;
    Ok(decoded)
}

fn unescape(raw: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.iter();
    let digit = |byte: Option<&u8>| {
        byte.and_then(|byte| char::from(*byte).to_digit(16)).and_then(|digit| u8::try_from(digit).ok())
    };
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (digit(rest.next()), digit(rest.next())) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(Problem::Escape),
            },
            _ => *byte,
        });
    }
    Ok(bytes)
}

/// A name that addresses into an array the way PHP writes it: `filter[name]` is `("filter", ["name"])`, `tag[]`
/// is `("tag", [""])`, `a[b][c]` is `("a", ["b", "c"])`. `None` for every other name.
pub fn brackets(name: &str) -> Option<(&str, Vec<&str>)> {
    let (base, keys) = name.strip_suffix(']')?.split_once('[')?;
    let keys: Vec<&str> = keys.split("][").collect();
    let plain = !base.is_empty() && !base.contains(']') && !keys.iter().any(|key| key.contains(['[', ']']));
    plain.then_some((base, keys))
}

/// Appends the text with everything but letters, digits and `-._~` percent-encoded: fit for a query string, a
/// form, or a segment of a path.
pub fn percent_encode(out: &mut String, text: &str) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let hex = |digit: u8| HEX.get(usize::from(digit)).copied().unwrap_or_default();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.extend(['%', hex(byte >> 4), hex(byte & 15)]),
        }
    }
}

/// The pairs as a query string or form body; [`parse`] gives them back.
pub fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        percent_encode(&mut out, name);
        out.push('=');
        percent_encode(&mut out, value);
    }
    out
}

#[cfg(test)]
mod tests;
