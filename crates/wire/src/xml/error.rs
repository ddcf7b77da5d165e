//! What is wrong with a document, and where.

use crate::text::DecodeError;

/// A place in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

impl Position {
    /// The place of a byte of the text.
    pub(super) fn of(text: &str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
        Self { line, column: 1 + before.get(line_start..).map_or(0, |line| line.chars().count()) }
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a document was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{position}: {problem}")]
pub struct XmlError {
    /// Where.
    pub position: Position,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a document. [`Syntax`](Problem::Syntax), [`Encoding`](Problem::Encoding) and
/// [`Character`](Problem::Character) mean that it is not well-formed; the others that it is more than we take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The bytes are not text in the charset that they claim to be in, or we do not know that charset.
    #[error(transparent)]
    Encoding(#[from] DecodeError),
    /// A character that XML cannot carry, as it is or as a reference.
    #[error("character U+{:04X} cannot be carried by XML and is refused", u32::from(*.0))]
    Character(char),
    /// It is not well-formed, or its namespaces are not; the sentence says how.
    #[error("{0}")]
    Syntax(String),
    /// There is a document type declaration.
    #[error("a document type declaration (<!DOCTYPE …>) is refused; leave it out")]
    Doctype,
    /// More than [`Limits::bytes`](super::Limits::bytes).
    #[error("the document is longer than {0} bytes")]
    TooLong(usize),
    /// More than [`Limits::depth`](super::Limits::depth).
    #[error("elements are more than {0} deep")]
    TooDeep(usize),
    /// More than [`Limits::nodes`](super::Limits::nodes).
    #[error("the document has more than {0} elements, attributes and the like")]
    TooManyNodes(usize),
    /// More than [`Limits::attributes`](super::Limits::attributes).
    #[error("the element has more than {0} attributes")]
    TooManyAttributes(usize),
    /// More than [`Limits::namespaces`](super::Limits::namespaces).
    #[error("more than {0} namespace declarations are in scope")]
    TooManyNamespaces(usize),
    /// More than [`Limits::name`](super::Limits::name).
    #[error("the name is longer than {0} bytes")]
    NameTooLong(usize),
    /// More than [`Limits::attribute`](super::Limits::attribute).
    #[error("the attribute's value is longer than {0} bytes")]
    AttributeTooLong(usize),
    /// More than [`Limits::text`](super::Limits::text).
    #[error("the text is longer than {0} bytes")]
    TextTooLong(usize),
}

/// A problem at a byte of the text.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) problem: Problem,
}

impl Fault {
    pub(super) fn new(at: usize, problem: Problem) -> Self {
        Self { at, problem }
    }

    pub(super) fn syntax(at: usize, message: impl Into<String>) -> Self {
        Self::new(at, Problem::Syntax(message.into()))
    }

    pub(super) fn in_text(self, text: &str) -> XmlError {
        XmlError { position: Position::of(text, self.at), problem: self.problem }
    }
}
