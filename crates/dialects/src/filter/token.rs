//! Words, quoted texts and signs.

use super::FilterError;
use crate::suggest::quoted;
use std::fmt;

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A run of characters that mean nothing else.
    Word(&'a str),
    /// A text in quotes, without them.
    Quoted(String),
    /// A sign.
    Sign(&'static str),
    /// The end of the text.
    End,
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(&quoted(word)),
            Self::Quoted(text) => write!(f, "the text {}", quoted(text)),
            Self::Sign(sign) => write!(f, "\"{sign}\""),
            Self::End => f.write_str("the end"),
        }
    }
}

/// The longer ones first.
const SIGNS: [&str; 12] = ["!=", "<=", ">=", "^=", "=", "<", ">", "~", "(", ")", ",", "!"];

/// Reads tokens one by one.
#[derive(Clone, Debug)]
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) const fn of(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next token and the byte where it starts.
    ///
    /// # Errors
    /// A quote that is not closed, a backslash before something else than a quote or a backslash.
    pub(super) fn next(&mut self) -> Result<(Token<'a>, usize), FilterError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let rest = rest.trim_start();
        let start = self.text.len() - rest.len();
        self.at = start;
        let Some(first) = rest.chars().next() else { return Ok((Token::End, start)) };
        if let quote @ ('"' | '\'') = first {
            return self.quoted(rest, quote).map(|text| (Token::Quoted(text), start));
        }
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            self.at += sign.len();
            return Ok((Token::Sign(sign), start));
        }
        let ends = |c: char| c.is_whitespace() || "\"'=<>!~^(),".contains(c);
        // A sign that stands for nothing alone is a word of its own.
        let end = rest.find(ends).unwrap_or(rest.len()).max(first.len_utf8());
        self.at += end;
        Ok((Token::Word(rest.get(..end).unwrap_or_default()), start))
    }

    fn quoted(&mut self, rest: &str, quote: char) -> Result<String, FilterError> {
        let (start, mut text) = (self.at, String::new());
        let mut chars = rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.at = start + at + c.len_utf8();
                    return Ok(text);
                }
                '\\' => match chars.next() {
                    Some((_, c @ ('\\' | '"' | '\''))) => text.push(c),
                    _ => {
                        let message = "a backslash stands before a quote or a backslash only: double it";
                        return Err(self.error(start + at, message));
                    }
                },
                c => text.push(c),
            }
        }
        Err(self.error(start, "this quote is not closed"))
    }

    /// An error at a byte.
    pub(super) fn error(&self, at: usize, message: impl Into<String>) -> FilterError {
        let before = self.text.get(..at).unwrap_or(self.text);
        FilterError { position: before.chars().count() + 1, message: message.into() }
    }
}
