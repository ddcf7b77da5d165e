//! The reader.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{Number, Object, Value};
use crate::text::{self, BadCharacter};

/// How much of a document is read before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the document, as it came.
    pub bytes: usize,
    /// Lists and objects inside each other. The reader recurses this deep.
    pub depth: usize,
    /// Values in all, lists and objects included.
    pub values: usize,
}

impl Default for Limits {
    /// 1 MiB, 64 deep, 50,000 values.
    fn default() -> Self {
        Self { bytes: 1 << 20, depth: 64, values: 50_000 }
    }
}

/// Why a document was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct JsonError {
    /// The line, from 1; lines end with a line feed.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The value it is in or the key it is about, as a JSON Pointer (RFC 6901); `""` is the document itself, and also
    /// stands for a pointer longer than some 1,000 bytes.
    pub pointer: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a document. [`Syntax`](Problem::Syntax) and [`Encoding`](Problem::Encoding) mean that it is
/// not JSON at all; the others are valid JSON that we do not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Something else should be here.
    #[error("expected {expected}, found {}", .found.map_or("the end".to_owned(), |found| format!("`{}`", found.escape_debug())))]
    Syntax {
        /// What should be here.
        expected: &'static str,
        /// The character that is, `None` at the end.
        found: Option<char>,
    },
    /// The bytes are not UTF-8.
    #[error("the bytes are not UTF-8")]
    Encoding,
    /// A surrogate without its other half, which no UTF-8 can hold.
    #[error("\\u{0:04x} is half of a surrogate pair, and the other half is missing")]
    LoneSurrogate(u16),
    /// A character outside the policy, escaped or not.
    #[error("character U+{:04X} cannot be carried by every API and is refused", u32::from(*.0))]
    Character(char),
    /// A key for the second time in one object.
    #[error("the key {:?} is given twice", .0.chars().take(64).collect::<String>())]
    DuplicateKey(String),
    /// A number beyond what a double can hold.
    #[error("the number is too large")]
    NumberRange,
    /// More than [`Limits::bytes`].
    #[error("the document is longer than {0} bytes")]
    TooLong(usize),
    /// More than [`Limits::depth`].
    #[error("lists and objects are more than {0} deep")]
    TooDeep(usize),
    /// More than [`Limits::values`].
    #[error("the document has more than {0} values")]
    TooManyValues(usize),
}

/// The value that the bytes spell: UTF-8, with at most one byte order mark before it.
pub fn parse<'a>(document: &'a [u8], limits: &Limits) -> Result<Value<'a>, JsonError> {
    let fail = |problem| JsonError { line: 1, column: 1, pointer: String::new(), problem };
    if document.len() > limits.bytes {
        return Err(fail(Problem::TooLong(limits.bytes)));
    }
    let document = document.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(document);
    let (text, mut end) = match std::str::from_utf8(document) {
        Ok(text) => (text, None),
        Err(error) => {
            let valid = document.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok());
            (valid.unwrap_or_default(), Some(Problem::Encoding))
        }
    };
    let mut readable = text;
    if let Err(BadCharacter { character, offset }) = text::check(text) {
        (readable, end) = (text.get(..offset).unwrap_or_default(), Some(Problem::Character(character)));
    }
    let mut reader = Reader { text: readable, at: 0, depth: 0, values: 0, limits: *limits };
    let value = match (reader.document(), end) {
        (Err(fault), Some(problem)) if fault.at >= readable.len() => Err(Fault { problem, ..fault }),
        (Ok(_), Some(problem)) => Err(Fault { at: readable.len(), pointer: String::new(), problem }),
        (value, _) => value,
    };
    value.map_err(|Fault { at, pointer, problem }| {
        let before = text.get(..at).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
        JsonError {
            line,
            column: 1 + before.get(line_start..).map_or(0, |line| line.chars().count()),
            pointer,
            problem,
        }
    })
}

/// A problem at a byte of the text.
struct Fault {
    at: usize,
    pointer: String,
    problem: Problem,
}

/// Longest pointer, in bytes.
const MOST_POINTER: usize = 1_000;

impl Fault {
    fn new(at: usize, problem: Problem) -> Self {
        Self { at, pointer: String::new(), problem }
    }

    /// The same inside a member or an item.
    #[cold]
    fn below(mut self, name: &str) -> Self {
        if self.pointer.len() + name.len() > MOST_POINTER {
            self.pointer.clear();
        } else {
            self.pointer.insert_str(0, &format!("/{}", name.replace('~', "~0").replace('/', "~1")));
        }
        self
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    values: usize,
    limits: Limits,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Value<'a>, Fault> {
        let value = self.value()?;
        match self.next_token() {
            None => Ok(value),
            Some(_) => self.expected("nothing more"),
        }
    }

    fn value(&mut self) -> Result<Value<'a>, Fault> {
        let first = self.next_token();
        if self.values == self.limits.values {
            return self.fail(Problem::TooManyValues(self.limits.values));
        }
        self.values += 1;
        match first {
            Some(b'"') => self.string().map(Value::Text),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::list),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            _ => self.expected("a value"),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value<'a>, Fault>) -> Result<Value<'a>, Fault> {
        if self.depth == self.limits.depth {
            return self.fail(Problem::TooDeep(self.limits.depth));
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn list(&mut self) -> Result<Value<'a>, Fault> {
        let mut items = Vec::new();
        if self.next_token() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value().map_err(|fault| fault.below(&items.len().to_string()))?);
            match self.next_token() {
                Some(b',') => self.at += 1,
                Some(b']') => break self.at += 1,
                _ => return self.expected("`,` or `]`"),
            }
        }
        Ok(Value::List(items))
    }

    fn object(&mut self) -> Result<Value<'a>, Fault> {
        let mut members: Vec<(Cow<'a, str>, Value<'a>)> = Vec::new();
        let mut keys = Keys::default();
        if self.next_token() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(Object(members)));
        }
        loop {
            if self.next_token() != Some(b'"') {
                return self.expected("a key in quotes");
            }
            let at = self.at;
            let key = self.string()?;
            if keys.hold(&key, &members) {
                return Err(Fault::new(at, Problem::DuplicateKey(key.to_string())).below(&key));
            }
            if self.next_token() != Some(b':') {
                return self.expected("`:`");
            }
            self.at += 1;
            let value = self.value().map_err(|fault| fault.below(&key))?;
            members.push((key, value));
            match self.next_token() {
                Some(b',') => self.at += 1,
                Some(b'}') => break self.at += 1,
                _ => return self.expected("`,` or `}`"),
            }
        }
        Ok(Value::Object(Object(members)))
    }

    fn literal(&mut self, literal: &'static str, value: Value<'a>) -> Result<Value<'a>, Fault> {
        if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with(literal)) {
            return self.expected("a value");
        }
        self.at += literal.len();
        Ok(value)
    }

    /// Stands at the opening quote; goes past the closing one.
    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.at += 1;
        let mut plain = self.at;
        let mut unescaped: Option<String> = None;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let tail = self.slice(plain);
                    self.at += 1;
                    return Ok(match unescaped {
                        None => Cow::Borrowed(tail),
                        Some(text) => Cow::Owned(text + tail),
                    });
                }
                Some(b'\\') => {
                    let before = self.slice(plain);
                    let character = self.escape()?;
                    let text = unescaped.get_or_insert_default();
                    text.push_str(before);
                    text.push(character);
                    plain = self.at;
                }
                Some(0x00..0x20) => return self.expected("control characters to be escaped"),
                Some(_) => self.at += 1,
                None => return self.expected("`\"`"),
            }
        }
    }

    /// Stands at the backslash; goes past the escape.
    fn escape(&mut self) -> Result<char, Fault> {
        let at = self.at;
        self.at += 1;
        let character = match self.peek() {
            Some(plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
            Some(b'b') => '\x08',
            Some(b'f') => '\x0C',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(at),
            _ => return self.expected("an escape: one of \" \\ / b f n r t u"),
        };
        self.at += 1;
        allowed(character, at)
    }

    /// Stands at the `u` of the escape that began at `at`.
    fn unicode_escape(&mut self, at: usize) -> Result<char, Fault> {
        let first = self.code_unit()?;
        if let Some(character) = char::from_u32(first.into()) {
            return allowed(character, at);
        }
        let lone = Fault::new(at, Problem::LoneSurrogate(first));
        if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u")) {
            return Err(lone);
        }
        self.at += 1;
        match char::decode_utf16([first, self.code_unit()?]).next() {
            Some(Ok(character)) => allowed(character, at),
            _ => Err(lone),
        }
    }

    /// Stands at the `u`; goes past its four digits.
    fn code_unit(&mut self) -> Result<u16, Fault> {
        let mut unit = 0;
        for _ in 0..4 {
            self.at += 1;
            match self.peek().and_then(|byte| char::from(byte).to_digit(16)) {
                Some(digit) => unit = unit << 4 | digit,
                None => return self.expected("four hexadecimal digits after `\\u`"),
            }
        }
        self.at += 1;
        Ok(u16::try_from(unit).unwrap_or_default())
    }

    fn number(&mut self) -> Result<Number<'a>, Fault> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        let exponent = matches!(self.peek(), Some(b'e' | b'E'));
        if exponent {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let number = Number(self.slice(start));
        // Without an exponent it takes 309 digits to leave the range of a double.
        if (exponent || number.0.len() > 300) && number.as_f64().is_infinite() {
            return Err(Fault::new(start, Problem::NumberRange));
        }
        Ok(number)
    }

    fn digits(&mut self) -> Result<(), Fault> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return self.expected("a digit");
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is not white space.
    fn next_token(&mut self) -> Option<u8> {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
        self.peek()
    }

    fn slice(&self, from: usize) -> &'a str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    fn fail<T>(&self, problem: Problem) -> Result<T, Fault> {
        Err(Fault::new(self.at, problem))
    }

    #[cold]
    fn expected<T>(&self, expected: &'static str) -> Result<T, Fault> {
        let found = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        self.fail(Problem::Syntax { expected, found })
    }
}

/// The character of an escape that began at `at`, unless the policy forbids it.
fn allowed(character: char, at: usize) -> Result<char, Fault> {
    if text::is_allowed(character) { Ok(character) } else { Err(Fault::new(at, Problem::Character(character))) }
}

/// The keys of one object so far; small objects need no set, their members are looked through.
#[derive(Default)]
struct Keys<'a>(HashSet<Cow<'a, str>>);

impl<'a> Keys<'a> {
    /// Whether a member has this key already; all in all, in linear time.
    fn hold(&mut self, key: &str, members: &[(Cow<'a, str>, Value<'a>)]) -> bool {
        if members.len() <= 16 {
            return members.iter().any(|(this, _)| this == key);
        }
        let unseen = members.get(self.0.len()..).unwrap_or_default();
        self.0.extend(unseen.iter().map(|(this, _)| this.clone()));
        self.0.contains(key)
    }
}
