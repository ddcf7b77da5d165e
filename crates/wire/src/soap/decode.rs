//! From an envelope to values: what both styles share.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::{Envelope, Fault, Members, Operation, Scalar, Service, Style, Value, XSD_NAMESPACE, XSI_NAMESPACE};
use crate::text;
use crate::xml::{Element, Name, Position, is_blank};

/// How much is decoded before a call is refused. References can make more values than there are elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Elements that are looked at, each as often as a reference leads to it.
    pub values: usize,
    /// Values inside each other. The decoder recurses this deep.
    pub depth: usize,
    /// Items of an array.
    pub items: usize,
    /// Bytes of all texts.
    pub bytes: usize,
    /// Whether an empty element of a closed list is nil, as some toolkits write what nobody has set.
    pub empty_is_nil: bool,
}

impl Default for Limits {
    /// 50,000 values, 32 deep, 10,000 items an array, 1 MiB of text; what is empty is nil.
    fn default() -> Self {
        Self { values: 50_000, depth: 32, items: 10_000, bytes: 1 << 20, empty_is_nil: true }
    }
}

/// A value that is not what the table wants. Nothing of the value itself is told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path} ({position}): {problem}")]
pub struct BadValue {
    /// Which one, in the caller's words: `values/item[3]/value`.
    pub path: String,
    /// Where it is.
    pub position: Position,
    /// What is wrong with it.
    pub problem: String,
}

impl BadValue {
    pub(super) fn new(element: Element<'_>, problem: impl Into<String>) -> Self {
        let path = element.local_name().to_owned();
        Self { path, position: element.position(), problem: problem.into() }
    }

    /// The same, inside of that.
    pub(super) fn inside(mut self, outer: &str) -> Self {
        self.path = format!("{outer}/{}", self.path);
        self
    }

    /// The same, which is the item of this number, from 1.
    pub(super) fn item(mut self, number: usize) -> Self {
        let name = self.path.find('/').unwrap_or(self.path.len());
        self.path.insert_str(name, &format!("[{number}]"));
        self
    }
}

impl From<BadValue> for Fault<'_> {
    fn from(bad: BadValue) -> Self {
        Self::client(bad.to_string())
    }
}

impl Service {
    /// The arguments of a call. What was not sent is [`Value::Absent`].
    ///
    /// # Errors
    ///
    /// [`BadValue`] for the first one that does not fit the table or the limits.
    pub fn decode<'d>(
        &self,
        operation: &'static Operation,
        envelope: &Envelope<'d>,
        limits: &Limits,
    ) -> Result<Members<'d>, BadValue> {
        match self.style {
            Style::RpcEncoded => super::encoded::decode(operation, envelope, limits),
            Style::DocumentLiteral => super::literal::decode(self, operation, envelope, limits),
        }
    }
}

/// What is left of the limits.
#[derive(Debug)]
pub(super) struct Budget {
    pub(super) left: Limits,
}

impl Budget {
    /// Takes an element.
    pub(super) fn take(&mut self, element: Element<'_>) -> Result<(), BadValue> {
        self.left.values = self
            .left
            .values
            .checked_sub(1)
            .ok_or_else(|| BadValue::new(element, "there are too many values; send them in several calls"))?;
        let length = element.text().len();
        self.left.bytes = self
            .left
            .bytes
            .checked_sub(length)
            .ok_or_else(|| BadValue::new(element, "there is too much text; send it in several calls"))?;
        Ok(())
    }

    /// Goes one deeper. Whoever does gives it back.
    pub(super) fn deeper(&mut self, element: Element<'_>) -> Result<(), BadValue> {
        self.left.depth = self
            .left
            .depth
            .checked_sub(1)
            .ok_or_else(|| BadValue::new(element, "values are too deep inside each other"))?;
        Ok(())
    }
}

/// Older drafts of XML Schema, which toolkits of their time still send.
const SCHEMA_DRAFTS: [&str; 2] = ["http://www.w3.org/1999/XMLSchema", "http://www.w3.org/2000/10/XMLSchema"];
const INSTANCE_DRAFTS: [&str; 2] =
    ["http://www.w3.org/1999/XMLSchema-instance", "http://www.w3.org/2000/10/XMLSchema-instance"];

pub(super) fn is_schema(namespace: Option<&str>) -> bool {
    namespace.is_some_and(|namespace| namespace == XSD_NAMESPACE || SCHEMA_DRAFTS.contains(&namespace))
}

fn instance<'d>(element: Element<'d>, name: &str, old_name: &str) -> Option<&'d str> {
    let draft = |namespace: &str| INSTANCE_DRAFTS.contains(&namespace);
    let wanted = element.attributes().find(|attribute| match attribute.name.namespace {
        Some(XSI_NAMESPACE) => attribute.name.local == name,
        Some(namespace) => draft(namespace) && attribute.name.local == old_name,
        None => false,
    });
    wanted.map(|attribute| attribute.value)
}

/// Whether the element is nil; then it must be empty.
pub(super) fn is_nil(element: Element<'_>) -> Result<bool, BadValue> {
    match instance(element, "nil", "null").map(str::trim) {
        None | Some("0" | "false") => Ok(false),
        Some("1" | "true") if is_blank(element.text()) && !element.has_children() => Ok(true),
        Some("1" | "true") => Err(BadValue::new(element, "it is nil and must be empty")),
        Some(_) => Err(BadValue::new(element, "xsi:nil must be true or false")),
    }
}

/// The type that the element claims.
pub(super) fn claimed_type(element: Element<'_>) -> Result<Option<Name<'_>>, BadValue> {
    let Some(written) = instance(element, "type", "type") else { return Ok(None) };
    let name = element.qualified(written);
    name.map(Some).ok_or_else(|| BadValue::new(element, "xsi:type is no name, or its prefix is not bound"))
}

/// The element holds nothing but text.
pub(super) fn no_children(element: Element<'_>) -> Result<(), BadValue> {
    if element.has_children() { Err(BadValue::new(element, "expected a plain value, found elements")) } else { Ok(()) }
}

/// The element holds nothing but elements.
pub(super) fn no_text(element: Element<'_>) -> Result<(), BadValue> {
    if is_blank(element.text()) { Ok(()) } else { Err(BadValue::new(element, "expected elements, found text")) }
}

/// What a scalar's text means. White space around all but texts does not count.
pub(super) fn scalar(element: Element<'_>, is: Scalar, sent_as_base64: bool) -> Result<Value<'_>, BadValue> {
    let text = element.text();
    let trimmed = text.trim_matches([' ', '\t', '\n', '\r']);
    let expected = |what: &str| BadValue::new(element, format!("expected {what}"));
    let integer = |min: i64, max: i64| {
        let number: Option<i64> = trimmed.parse().ok();
        let number = number.filter(|number| (min..=max).contains(number));
        number.map(Value::Integer).ok_or_else(|| expected(&format!("an integer from {min} to {max}")))
    };
    Ok(match is {
        Scalar::String if sent_as_base64 => {
            let decoded = String::from_utf8(base64(element)?).ok().filter(|decoded| text::check(decoded).is_ok());
            Value::Text(decoded.ok_or_else(|| expected("text in UTF-8 under the base64"))?.into())
        }
        Scalar::String => Value::Text(text.into()),
        Scalar::Base64Text | Scalar::DateTime => Value::Text(trimmed.into()),
        Scalar::Boolean => match trimmed {
            "true" | "1" => Value::Boolean(true),
            "false" | "0" => Value::Boolean(false),
            _ => return Err(expected("true or false")),
        },
        Scalar::Int => integer(i32::MIN.into(), i32::MAX.into())?,
        Scalar::Long => integer(i64::MIN, i64::MAX)?,
        Scalar::UnsignedByte => integer(0, u8::MAX.into())?,
        Scalar::Decimal if is_decimal(trimmed) => Value::Text(trimmed.into()),
        Scalar::Decimal => return Err(expected("a decimal number")),
        Scalar::Base64Binary => Value::Bytes(base64(element)?.into()),
    })
}

/// A sign, digits, a point, digits; some digit must be there.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    !(whole.is_empty() && fraction.is_empty()) && [whole, fraction].concat().bytes().all(|digit| digit.is_ascii_digit())
}

/// Padding may be missing; lines may be broken.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn base64(element: Element<'_>) -> Result<Vec<u8>, BadValue> {
    decode_base64(element.text()).ok_or_else(|| BadValue::new(element, "expected base64"))
}

pub(super) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let text = match text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        true => Cow::Owned(text.split_ascii_whitespace().collect::<String>()),
        false => Cow::Borrowed(text),
    };
    BASE64.decode(&*text).ok()
}
