//! Answers and faults, as text.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{
    ENCODING_NAMESPACE, ENVELOPE_NAMESPACE, Envelope, Fault, FaultCode, Members, Operation, Scalar, Service, Struct,
    Style, Type, Value, XSD_NAMESPACE, XSI_NAMESPACE,
};
use crate::write::escape;

/// What an answer looks like, beyond what the table says.
#[derive(Debug, Clone, Default)]
pub struct Shape<'a> {
    /// Header elements, in the order they are written; their struct's members are elements of the target namespace.
    pub headers: Option<&'a Members<'a>>,
    /// How arrays of arrays are declared in rpc/encoded.
    pub nested_arrays: NestedArrays,
}

/// How arrays of arrays are declared. There is no form that all toolkits take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NestedArrays {
    /// `ns1:X[][3]`, which .NET, PHP, Perl and zeep take.
    #[default]
    Dimensions,
    /// `xsd:anyType[3]`, the only one that gSOAP takes; its `User-Agent` begins with `gSOAP`.
    AnyType,
}

impl Service {
    /// The answer to a call: the members of its output. In rpc/encoded the namespace of the call is echoed, so that
    /// clients find the types of the WSDL that they were generated from.
    pub fn answer(
        &self,
        operation: &Operation,
        call: &Envelope<'_>,
        output: &Members<'_>,
        shape: &Shape<'_>,
    ) -> String {
        let mut writer = Writer::new(self.style, shape.nested_arrays);
        let name = operation.name;
        match self.style {
            Style::RpcEncoded => {
                let namespace = call.call().namespace().unwrap_or(self.namespace);
                writer.out.push_str("<SOAP-ENV:Body><ns1:");
                writer.out.push_str(name);
                writer.out.push_str("Response");
                writer.attribute("xmlns:ns1", namespace);
                // Who calls in another namespace finds the types there too.
                if let Some(types) = self.types_namespace.filter(|_| namespace == self.namespace) {
                    writer.attribute("xmlns:ns2", types);
                    writer.types = "ns2";
                }
                writer.out.push('>');
                for (_, field, value) in output.iter() {
                    writer.encoded(field.name, &field.is, value);
                }
                writer.out.push_str("</ns1:");
                writer.out.push_str(name);
                writer.out.push_str("Response></SOAP-ENV:Body></SOAP-ENV:Envelope>");
            }
            Style::DocumentLiteral => {
                if let Some(headers) = shape.headers {
                    writer.out.push_str("<s:Header>");
                    writer.scope = vec![("h".into(), self.namespace)];
                    for (_, field, value) in headers.iter() {
                        writer.literal_as(("h", true), self.namespace, field.name, &field.is, value);
                    }
                    writer.out.push_str("</s:Header>");
                }
                writer.out.push_str("<s:Body>");
                writer.wrapper(self.namespace, &format!("{name}Response"), output);
                writer.out.push_str("</s:Body></s:Envelope>");
            }
        }
        writer.out
    }

    /// A fault. SOAP 1.1 wants it sent with HTTP status 500.
    pub fn fault(&self, fault: &Fault<'_>) -> String {
        let mut writer = Writer::new(self.style, NestedArrays::default());
        let prefix = prefix(self.style);
        let _ = write!(writer.out, "<{prefix}:Body><{prefix}:Fault><faultcode");
        match fault.code {
            FaultCode::Other { namespace, local } => {
                writer.attribute("xmlns:a", namespace);
                let _ = write!(writer.out, ">a:{local}");
            }
            code => {
                let _ = write!(writer.out, ">{prefix}:{}", code.local());
            }
        }
        writer.out.push_str("</faultcode><faultstring");
        if let Some(language) = fault.language {
            writer.attribute("xml:lang", language);
        }
        writer.out.push('>');
        writer.text(&fault.message);
        writer.out.push_str("</faultstring>");
        if let Some((detail, members)) = fault.detail.as_deref() {
            writer.out.push_str("<detail>");
            writer.wrapper(detail.namespace, detail.element, members);
            writer.out.push_str("</detail>");
        }
        let _ = write!(writer.out, "</{prefix}:Fault></{prefix}:Body></{prefix}:Envelope>");
        writer.out
    }
}

const fn prefix(style: Style) -> &'static str {
    match style {
        Style::RpcEncoded => "SOAP-ENV",
        Style::DocumentLiteral => "s",
    }
}

struct Writer {
    out: String,
    nested: NestedArrays,
    /// The prefix of the types in rpc/encoded.
    types: &'static str,
    /// The prefixes that literal values are written with, and what they are bound to. The first is the default.
    scope: Vec<(Cow<'static, str>, &'static str)>,
}

impl Writer {
    fn new(style: Style, nested: NestedArrays) -> Self {
        let mut out = String::with_capacity(1024);
        out.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
        let mut writer = Self { out, nested, types: "ns1", scope: Vec::new() };
        let _ = match style {
            Style::RpcEncoded => write!(
                writer.out,
                "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"{ENVELOPE_NAMESPACE}\" xmlns:SOAP-ENC=\"{ENCODING_NAMESPACE}\" \
                 xmlns:xsi=\"{XSI_NAMESPACE}\" xmlns:xsd=\"{XSD_NAMESPACE}\" \
                 SOAP-ENV:encodingStyle=\"{ENCODING_NAMESPACE}\">"
            ),
            Style::DocumentLiteral => write!(writer.out, "<s:Envelope xmlns:s=\"{ENVELOPE_NAMESPACE}\">"),
        };
        writer
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape(&mut self.out, value, true);
        self.out.push('"');
    }

    fn text(&mut self, text: &str) {
        escape(&mut self.out, text, false);
    }

    /// What a scalar holds; of other values nothing.
    fn plain(&mut self, value: &Value<'_>) {
        match value {
            Value::Text(text) => self.text(text),
            Value::Boolean(truth) => self.out.push_str(if *truth { "true" } else { "false" }),
            Value::Integer(number) => self.out.push_str(itoa::Buffer::new().format(*number)),
            Value::Bytes(bytes) => STANDARD.encode_string(bytes, &mut self.out),
            Value::Absent | Value::Nil | Value::Struct(_) | Value::List(_) => {}
        }
    }

    // --- rpc/encoded

    fn encoded(&mut self, name: &str, is: &Type, value: &Value<'_>) {
        self.out.push('<');
        self.out.push_str(name);
        match (is, value) {
            (Type::Array(is), value) => {
                let items = if let Value::List(items) = value { items.as_slice() } else { &[] };
                self.array_type(&is.item, items.len());
                for item in items {
                    self.encoded("item", &is.item, item);
                }
            }
            (_, Value::Nil) | (Type::Struct(_) | Type::Enumeration(_), Value::Absent) => {
                self.out.push_str(" xsi:nil=\"true\"/>");
                return;
            }
            (Type::Struct(is), value) => {
                self.typed(self.types, is.name);
                if let Value::Struct(members) = value {
                    for (_, field, value) in members.iter() {
                        self.encoded(field.name, &field.is, value);
                    }
                }
            }
            (Type::Enumeration(is), value) => {
                self.typed(self.types, is.name);
                self.plain(value);
            }
            (Type::Scalar(is), value) => {
                self.typed("xsd", is.name());
                match (value, is) {
                    (Value::Absent, Scalar::Boolean) => self.out.push_str("false"),
                    (Value::Absent, Scalar::Int | Scalar::Long | Scalar::UnsignedByte | Scalar::Decimal) => {
                        self.out.push('0');
                    }
                    (value, _) => self.plain(value),
                }
            }
        }
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn typed(&mut self, prefix: &str, name: &str) {
        for part in [" xsi:type=\"", prefix, ":", name, "\">"] {
            self.out.push_str(part);
        }
    }

    /// Ends a start tag with the type of an array's items. There is no `xsi:type` beside it: zeep would wrap rows.
    fn array_type(&mut self, item: &Type, length: usize) {
        let (mut leaf, mut rows) = (item, String::new());
        while let Type::Array(is) = leaf {
            leaf = &is.item;
            rows.push_str("[]");
        }
        let (prefix, name) = match leaf {
            _ if !rows.is_empty() && self.nested == NestedArrays::AnyType => {
                rows.clear();
                ("xsd", "anyType".to_owned())
            }
            Type::Scalar(is) => ("xsd", is.name().to_owned()),
            other => (self.types, other.name()),
        };
        let _ = write!(self.out, " SOAP-ENC:arrayType=\"{prefix}:{name}{rows}[{length}]\">");
    }

    // --- document/literal

    /// An element with the members of a struct, whose namespace is the default one inside of it.
    fn wrapper(&mut self, namespace: &'static str, name: &str, members: &Members<'_>) {
        self.scope = vec![("".into(), namespace)];
        self.out.push('<');
        self.out.push_str(name);
        self.attribute("xmlns", namespace);
        self.attribute("xmlns:i", XSI_NAMESPACE);
        let declared = self.declare(members.is());
        self.out.push('>');
        self.members(members);
        self.scope.truncate(declared);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn members(&mut self, members: &Members<'_>) {
        for (namespace, field, value) in members.iter() {
            self.literal(namespace, field.name, &field.is, value);
        }
    }

    fn literal(&mut self, namespace: &'static str, name: &str, is: &Type, value: &Value<'_>) {
        let prefix = self.prefix(namespace);
        self.literal_as((&prefix, false), namespace, name, is, value);
    }

    /// Writes an element under this prefix, which it declares itself if that is asked for.
    fn literal_as(
        &mut self,
        (prefix, declares): (&str, bool),
        namespace: &'static str,
        name: &str,
        is: &Type,
        value: &Value<'_>,
    ) {
        if matches!(value, Value::Absent) {
            return;
        }
        self.out.push('<');
        self.name(prefix, name);
        if declares {
            self.attribute(&format!("xmlns:{prefix}"), namespace);
            self.attribute("xmlns:i", XSI_NAMESPACE);
        }
        let mut declared = self.scope.len();
        match (is, value) {
            (_, Value::Nil) => {
                self.out.push_str(" i:nil=\"true\"/>");
                return;
            }
            (Type::Struct(is), Value::Struct(members)) => {
                declared = self.declare(members.is());
                if !members.is().is(is) {
                    let prefix = self.prefix(members.is().namespace);
                    self.out.push_str(" i:type=\"");
                    self.name(&prefix, members.is().name);
                    self.out.push('"');
                }
                self.out.push('>');
                self.members(members);
            }
            (Type::Array(is), Value::List(items)) => {
                declared = self.declare_one(is.namespace);
                self.out.push('>');
                let name = is.item.name();
                for item in items {
                    self.literal(is.namespace, &name, &is.item, item);
                }
            }
            (_, value) => {
                self.out.push('>');
                self.plain(value);
            }
        }
        self.scope.truncate(declared);
        self.out.push_str("</");
        self.name(prefix, name);
        self.out.push('>');
    }

    fn name(&mut self, prefix: &str, name: &str) {
        self.out.push_str(prefix);
        if !prefix.is_empty() {
            self.out.push(':');
        }
        self.out.push_str(name);
    }

    /// Declares what the members of a struct are in, and says how much was in scope before.
    fn declare(&mut self, is: &Struct) -> usize {
        let before = self.scope.len();
        let mut at = Some(is);
        while let Some(is) = at {
            self.declare_one(is.namespace);
            at = is.base;
        }
        before
    }

    fn declare_one(&mut self, namespace: &'static str) -> usize {
        let before = self.scope.len();
        if !self.scope.iter().any(|(_, bound)| *bound == namespace) {
            // a, b, c …, and i is taken.
            let at = before.saturating_sub(1);
            let prefix = "abcdefgjklmnopqrtuvwxyz".get(at..=at).map_or_else(|| format!("n{before}").into(), Cow::from);
            self.attribute(&format!("xmlns:{prefix}"), namespace);
            self.scope.push((prefix, namespace));
        }
        before
    }

    fn prefix(&self, namespace: &str) -> Cow<'static, str> {
        self.scope.iter().find(|(_, bound)| *bound == namespace).map(|(prefix, _)| prefix.clone()).unwrap_or_default()
    }
}
