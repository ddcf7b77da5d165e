//! From XML to a call.

use super::{Fault, Value};
use crate::xml::{Document, Element, is_blank};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::borrow::Cow;

/// Bytes of a method's name at most.
const MAX_NAME: usize = 255;

/// The namespace of Apache's extensions.
const EXTENSIONS: &str = "http://ws.apache.org/xmlrpc/namespaces/extensions";

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call<'d> {
    /// The name of the method.
    pub method: &'d str,
    /// The parameters.
    pub params: Vec<Value<'d>>,
}

impl<'d> Call<'d> {
    /// The call that a document holds. Values nest as deep as the limits of the document let elements nest.
    ///
    /// # Errors
    /// `INVALID_CALL` for what is no call, or holds a value that is not one of its type.
    pub fn of(document: &'d Document<'d>) -> Result<Self, Fault> {
        let root = document.root();
        if root.local_name() != "methodCall" {
            return Err(invalid(root, "expected methodCall"));
        }
        only_elements(root)?;
        let mut children = root.children();
        let (name, params) = (children.next(), children.next());
        let name = name.filter(|name| name.local_name() == "methodName" && !name.has_children());
        let name = name.ok_or_else(|| invalid(root, "methodCall must begin with methodName"))?;
        let method = name.text().trim_matches([' ', '\t', '\n']);
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:/".contains(&byte);
        if method.is_empty() || method.len() > MAX_NAME || !method.bytes().all(legal) {
            return Err(invalid(name, "a method's name is 1 to 255 letters, digits and _ . : /"));
        }
        if children.next().is_some() || params.is_some_and(|params| params.local_name() != "params") {
            return Err(invalid(root, "nothing but params may follow methodName, once"));
        }
        let params = params.map_or(Ok(Vec::new()), |params| {
            only_elements(params)?;
            params.children().map(|param| value(only_child(param, "param", "value")?)).collect()
        })?;
        Ok(Self { method, params })
    }
}

/// As deep as elements nest, which the limits of the document bound.
fn value(element: Element<'_>) -> Result<Value<'_>, Fault> {
    let mut types = element.children();
    let Some(typed) = types.next() else { return Ok(Value::String(element.text().into())) };
    if types.next().is_some() || !is_blank(element.text()) {
        return Err(invalid(element, "a value holds one type"));
    }
    if !matches!(typed.namespace(), None | Some(EXTENSIONS)) {
        return Err(invalid(typed, "this is no type of XML-RPC"));
    }
    let kind = typed.local_name();
    if kind == "array" {
        let data = only_child(typed, "array", "data")?;
        only_elements(data)?;
        return data.children().map(|item| value(named(item, "value")?)).collect();
    }
    if kind == "struct" {
        only_elements(typed)?;
        return typed.children().map(member).collect::<Result<_, _>>().map(Value::Struct);
    }
    if typed.has_children() {
        return Err(invalid(typed, "this type holds no elements"));
    }
    let text = typed.text();
    let trimmed = text.trim_matches([' ', '\t', '\n', '\r']);
    let value = match kind {
        "string" => Some(Value::String(text.into())),
        "int" | "i4" | "i8" => is_int(trimmed).then(|| Value::Int(trimmed.into())),
        "double" => is_double(trimmed).then(|| Value::Double(trimmed.into())),
        "dateTime.iso8601" => is_time(trimmed).then(|| Value::DateTime(trimmed.into())),
        "boolean" => match trimmed {
            "0" => Some(Value::Boolean(false)),
            "1" => Some(Value::Boolean(true)),
            _ => None,
        },
        "base64" => bytes(text).map(Value::Base64),
        "nil" => trimmed.is_empty().then_some(Value::Nil),
        _ => return Err(invalid(typed, "this is no type of XML-RPC")),
    };
    value.ok_or_else(|| {
        let shown: String = trimmed.chars().take(40).collect();
        invalid(typed, format!("\"{shown}\" is no {kind}"))
    })
}

fn member(element: Element<'_>) -> Result<(Cow<'_, str>, Value<'_>), Fault> {
    only_elements(named(element, "member")?)?;
    let (name, of) = (element.child(None, "name"), element.child(None, "value"));
    match (name, of) {
        (Some(name), Some(of)) if element.children().count() == 2 && !name.has_children() => {
            Ok((name.text().into(), value(of)?))
        }
        _ => Err(invalid(element, "a member holds one name and one value")),
    }
}

fn named<'d>(element: Element<'d>, name: &str) -> Result<Element<'d>, Fault> {
    if element.local_name() == name { Ok(element) } else { Err(invalid(element, format!("expected {name}"))) }
}

/// What is in this element: one of that name and nothing else.
fn only_child<'d>(element: Element<'d>, name: &str, child: &str) -> Result<Element<'d>, Fault> {
    only_elements(named(element, name)?)?;
    let mut children = element.children();
    match (children.next(), children.next()) {
        (Some(only), None) => named(only, child),
        _ => Err(invalid(element, format!("{name} holds one {child}"))),
    }
}

fn only_elements(element: Element<'_>) -> Result<(), Fault> {
    if is_blank(element.text()) { Ok(()) } else { Err(invalid(element, "text is not allowed here")) }
}

fn invalid(element: Element<'_>, why: impl std::fmt::Display) -> Fault {
    let (at, name) = (element.position(), element.local_name());
    Fault::new(Fault::INVALID_CALL, format!("{at}: in {name}: {why}"))
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

fn is_int(text: &str) -> bool {
    let digits = unsigned(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Perl sends `1e5` as it is written. No client sends an infinity that another could read.
fn is_double(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, decimals) = unsigned(mantissa).split_once('.').unwrap_or((unsigned(mantissa), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    is_int(exponent) && digits(whole) && digits(decimals) && !(whole.is_empty() && decimals.is_empty())
}

/// `20261122T12:00:00` or `2026-11-22T12:00:00`, with or without decimals and a zone. That a text looks like a time is
/// enough for some clients to call it one, so that it need not be one.
fn is_time(text: &str) -> bool {
    let begins = |shape: &str| {
        let same = |(byte, shape): (u8, u8)| if shape == b'0' { byte.is_ascii_digit() } else { byte == shape };
        text.len() >= shape.len() && text.bytes().zip(shape.bytes()).all(same)
    };
    let shapes = ["00000000T00:00:00", "0000-00-00T00:00:00"];
    let rest = shapes.iter().find(|shape| begins(shape)).and_then(|shape| text.get(shape.len()..));
    rest.is_some_and(|rest| rest.len() <= 16 && rest.bytes().all(|byte| b"0123456789.:+-Z".contains(&byte)))
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64.decode(text).ok()
}
