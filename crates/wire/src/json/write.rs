//! The writer: values are appended to a string in one pass. Brackets, commas and quotes are its own concern, so
//! whatever calls are made, the result is valid JSON. Two members of one key are the program's mistake.

use std::borrow::Cow;

use super::Value;

/// Appends an object whose members the function adds.
pub fn write_object(out: &mut String, members: impl FnOnce(&mut ObjectWriter<'_>)) {
    out.push('{');
    members(&mut ObjectWriter { out, first: true });
    out.push('}');
}

/// Appends a list whose items the function adds.
pub fn write_list(out: &mut String, items: impl FnOnce(&mut ListWriter<'_>)) {
    out.push('[');
    items(&mut ListWriter { out, first: true });
    out.push(']');
}

/// Appends a text, number, boolean or null, or a value that was read.
pub fn write_value(out: &mut String, value: impl Scalar) {
    value.append(out);
}

/// An object that is written already, to be put as often as one likes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written(Box<str>);

impl Written {
    /// Writes an object whose members the function adds.
    pub fn object(members: impl FnOnce(&mut ObjectWriter<'_>)) -> Self {
        let mut text = String::with_capacity(1_024);
        write_object(&mut text, members);
        Self(text.into())
    }

    /// How long it is, in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Never: there are braces at least.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Adds members to an object, in order.
#[derive(Debug)]
pub struct ObjectWriter<'o> {
    out: &'o mut String,
    first: bool,
}

impl ObjectWriter<'_> {
    /// Adds a member that is a text, number, boolean or null, or a value that was read.
    pub fn put(&mut self, key: &str, value: impl Scalar) -> &mut Self {
        self.key(key);
        value.append(self.out);
        self
    }

    /// Adds a member that is an object.
    pub fn object(&mut self, key: &str, members: impl FnOnce(&mut ObjectWriter<'_>)) -> &mut Self {
        self.key(key);
        write_object(self.out, members);
        self
    }

    /// Adds a member that is a list.
    pub fn list(&mut self, key: &str, items: impl FnOnce(&mut ListWriter<'_>)) -> &mut Self {
        self.key(key);
        write_list(self.out, items);
        self
    }

    fn key(&mut self, key: &str) {
        separate(self.out, &mut self.first);
        append_text(self.out, key);
        self.out.push(':');
    }
}

/// Adds items to a list, in order.
#[derive(Debug)]
pub struct ListWriter<'o> {
    out: &'o mut String,
    first: bool,
}

impl ListWriter<'_> {
    /// Adds an item that is a text, number, boolean or null, or a value that was read.
    pub fn put(&mut self, value: impl Scalar) -> &mut Self {
        separate(self.out, &mut self.first);
        value.append(self.out);
        self
    }

    /// Adds an item that is an object.
    pub fn object(&mut self, members: impl FnOnce(&mut ObjectWriter<'_>)) -> &mut Self {
        separate(self.out, &mut self.first);
        write_object(self.out, members);
        self
    }

    /// Adds an item that is a list.
    pub fn list(&mut self, items: impl FnOnce(&mut ListWriter<'_>)) -> &mut Self {
        separate(self.out, &mut self.first);
        write_list(self.out, items);
        self
    }
}

fn separate(out: &mut String, first: &mut bool) {
    if !std::mem::replace(first, false) {
        out.push(',');
    }
}

/// What can be written in one go: texts, integers, doubles (`null` unless finite), booleans, [`Value`]s, [`Written`]s,
/// and `Option`s of these (`None` is `null`).
pub trait Scalar: Append {}

impl<T: Append> Scalar for T {}

mod sealed {
    /// Appends exactly one JSON value. Sealed, since an implementation elsewhere could append anything.
    pub trait Append {
        fn append(&self, out: &mut String);
    }
}

use sealed::Append;

impl<T: Append + ?Sized> Append for &T {
    fn append(&self, out: &mut String) {
        (**self).append(out);
    }
}

impl<T: Append> Append for Option<T> {
    fn append(&self, out: &mut String) {
        match self {
            Some(value) => value.append(out),
            None => out.push_str("null"),
        }
    }
}

impl Append for str {
    fn append(&self, out: &mut String) {
        append_text(out, self);
    }
}

impl Append for String {
    fn append(&self, out: &mut String) {
        append_text(out, self);
    }
}

impl Append for Cow<'_, str> {
    fn append(&self, out: &mut String) {
        append_text(out, self);
    }
}

impl Append for Written {
    fn append(&self, out: &mut String) {
        out.push_str(&self.0);
    }
}

impl Append for bool {
    fn append(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
}

impl Append for f64 {
    fn append(&self, out: &mut String) {
        use std::fmt::Write;
        // A decimal point keeps whole doubles doubles; `Debug` writes one, or an exponent. It cannot fail.
        if self.is_finite() { write!(out, "{self:?}").unwrap_or_default() } else { out.push_str("null") }
    }
}

macro_rules! integers {
    ($($integer:ty)*) => { $(
        impl Append for $integer {
            fn append(&self, out: &mut String) {
                out.push_str(itoa::Buffer::new().format(*self));
            }
        }
    )* };
}

integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

impl Append for Value<'_> {
    /// Recurses as deep as the value is, which [`parse`](super::parse) has limited.
    fn append(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => value.append(out),
            Self::Number(number) => out.push_str(number.as_str()),
            Self::Text(text) => append_text(out, text),
            Self::List(items) => write_list(out, |list| {
                for item in items {
                    list.put(item);
                }
            }),
            Self::Object(members) => write_object(out, |object| {
                for (key, value) in members.iter() {
                    object.put(key, value);
                }
            }),
        }
    }
}

/// Escapes what JSON demands and nothing else.
fn append_text(out: &mut String, text: &str) {
    use std::fmt::Write;
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x00..0x20 => "",
            _ => continue,
        };
        out.push_str(text.get(plain..at).unwrap_or_default());
        match escape {
            "" => write!(out, "\\u{byte:04x}").unwrap_or_default(),
            _ => out.push_str(escape),
        }
        plain = at + 1;
    }
    out.push_str(text.get(plain..).unwrap_or_default());
    out.push('"');
}
