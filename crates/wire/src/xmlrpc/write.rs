//! From a value to XML.

use super::{Fault, Value};
use crate::write::XmlWriter;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The answer to a call, a document in UTF-8.
pub fn response(value: &Value<'_>) -> String {
    let mut xml = XmlWriter::document();
    xml.start("methodResponse");
    xml.start("params");
    xml.start("param");
    write(&mut xml, value);
    xml.finish()
}

/// The answer to a call that failed, a document in UTF-8.
pub fn fault(fault: &Fault) -> String {
    let mut xml = XmlWriter::document();
    xml.start("methodResponse");
    xml.start("fault");
    write(&mut xml, &fault.into());
    xml.finish()
}

impl<'a> From<&'a Fault> for Value<'a> {
    /// The struct that stands for a fault, here and among the results of `system.multicall`.
    fn from(fault: &'a Fault) -> Self {
        [("faultCode", fault.code.into()), ("faultString", (&*fault.message).into())].into_iter().collect()
    }
}

/// As deep as the value is, which is either ours or was read within limits.
fn write(xml: &mut XmlWriter<'_>, value: &Value<'_>) {
    xml.start("value");
    match value {
        Value::Array(items) => {
            xml.start("array");
            xml.start("data");
            items.iter().for_each(|item| write(xml, item));
            xml.end().end();
        }
        Value::Struct(members) => {
            xml.start("struct");
            for (name, value) in members {
                xml.start("member");
                scalar(xml, "name", name);
                write(xml, value);
                xml.end();
            }
            xml.end();
        }
        Value::Nil => scalar(xml, "string", ""),
        Value::Boolean(truth) => scalar(xml, "boolean", if *truth { "1" } else { "0" }),
        Value::Int(text) => match text.parse::<i32>() {
            Ok(number) => scalar(xml, "int", itoa::Buffer::new().format(number)),
            Err(_) => scalar(xml, "string", text),
        },
        // The specification knows no exponents, and Display writes none.
        Value::Double(text) => match text.parse::<f64>().ok().filter(|number| number.is_finite()) {
            Some(number) if text.contains(['e', 'E']) => scalar(xml, "double", &number.to_string()),
            Some(_) => scalar(xml, "double", text),
            None => scalar(xml, "string", text),
        },
        Value::DateTime(text) => scalar(xml, "dateTime.iso8601", text),
        Value::String(text) => scalar(xml, "string", text),
        Value::Base64(bytes) => scalar(xml, "base64", &STANDARD.encode(bytes)),
    }
    xml.end();
}

/// With a start and an end tag even when it is empty: not every client knows the short form.
fn scalar<'n>(xml: &mut XmlWriter<'n>, name: &'n str, text: &str) {
    xml.start(name);
    xml.text(text).end();
}
