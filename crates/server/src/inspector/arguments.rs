//! What a request says, as names and values: whatever it is written in.

use wire::form;
use wire::json::{self, Value};
use wire::xml::{Element, Limits, Source};

/// Most arguments that are read of one request.
const MOST: usize = 500;

/// The namespace in which an element says that it is nil.
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Elements of XML-RPC that only say of what kind a value is.
const KINDS: [&str; 12] = [
    "params",
    "value",
    "struct",
    "array",
    "data",
    "int",
    "i4",
    "i8",
    "string",
    "double",
    "boolean",
    "dateTime.iso8601",
];

/// A name, and its value; `None` for one that is nil or null. What is empty is there, and empty.
pub type Argument = (String, Option<String>);

/// What a query and a body say; nothing of what cannot be read. A part of another is named after both: `Customer.Id`.
pub fn read(query: Option<&str>, body: &str) -> Vec<Argument> {
    let mut said = Vec::new();
    pairs(query.unwrap_or_default(), &mut said);
    let start = body.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with('<') {
        let limits = Limits::default();
        let source = Source::decode(start.as_bytes(), Some("utf-8"), &limits);
        if let Ok(document) = source.as_ref().map_err(|_| ()).and_then(|source| source.parse(&limits).map_err(|_| ())) {
            let body = document.root().children().find(|child| child.local_name() == "Body");
            element(body.and_then(|body| body.children().next()).unwrap_or(document.root()), "", &mut said);
        }
    } else if start.starts_with(['{', '[', '"']) {
        if let Ok(value) = json::parse(start.as_bytes(), &json::Limits::default()) {
            member(&value, "", &mut said);
        }
    } else if start.contains('=') {
        pairs(start, &mut said);
    }
    said
}

fn pairs(text: &str, said: &mut Vec<Argument>) {
    let pairs = form::parse(text.as_bytes(), &form::Limits::default()).unwrap_or_default();
    for (name, value) in pairs {
        put(said, &name, Some(&value));
    }
}

fn put(said: &mut Vec<Argument>, name: &str, value: Option<&str>) {
    if said.len() < MOST {
        said.push((name.to_owned(), value.map(str::to_owned)));
    }
}

fn under(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// As deep as the reader lets a document be.
fn member(value: &Value<'_>, path: &str, said: &mut Vec<Argument>) {
    match value {
        Value::Null => put(said, path, None),
        Value::Bool(yes) => put(said, path, Some(if *yes { "true" } else { "false" })),
        Value::Number(number) => put(said, path, Some(number.as_str())),
        Value::Text(text) => put(said, path, Some(text)),
        Value::List(items) => {
            (1..).zip(items).for_each(|(at, item): (usize, _)| member(item, &under(path, &at.to_string()), said));
        }
        Value::Object(object) => object.iter().for_each(|(name, value)| member(value, &under(path, name), said)),
    }
}

/// As deep as the reader lets a document be.
fn element(element_of: Element<'_>, path: &str, said: &mut Vec<Argument>) {
    if element_of.attribute(Some(INSTANCE), "nil").is_some_and(|nil| matches!(nil, "true" | "1")) {
        return put(said, path, None);
    }
    if !element_of.has_children() {
        if !path.is_empty() {
            put(said, path, Some(element_of.text()));
        }
        return;
    }
    // A name and a value, as the old APIs write pairs.
    let mut two = element_of.children();
    if let (Some(name), Some(value), None) = (two.next(), two.next(), two.next())
        && matches!(name.local_name(), "field" | "name" | "key")
        && value.local_name() == "value"
    {
        // Of `customerValues.item` the first part says it.
        let list = path.strip_suffix(".item").or_else(|| path.strip_suffix(".member")).unwrap_or(path);
        return element(value, &under(list, name.text()), said);
    }
    let mut at = 0;
    for child in element_of.children() {
        let name = child.local_name();
        let path = match name {
            "param" => {
                at += 1;
                under(path, &at.to_string())
            }
            "value" if element_of.local_name() == "data" => {
                at += 1;
                under(path, &at.to_string())
            }
            name if KINDS.contains(&name) && element_of.local_name() != "Body" && is_rpc(element_of) => path.to_owned(),
            name => under(path, name),
        };
        element(child, &path, said);
    }
}

/// Whether an element is one of XML-RPC: none of them is in a namespace.
fn is_rpc(element_of: Element<'_>) -> bool {
    let name = element_of.local_name();
    element_of.namespace().is_none() && (KINDS.contains(&name) || matches!(name, "methodCall" | "param" | "member"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(query: Option<&str>, body: &str) -> String {
        let shown = |(name, value): Argument| format!("{name}={}", value.unwrap_or_else(|| "nil".to_owned()));
        read(query, body).into_iter().map(shown).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn what_is_said_is_read_whatever_it_is_written_in() {
        for (body, expected) in [
            ("customer_id=191&zip=66666&city=", "customer_id=191|zip=66666|city="),
            (r#"{"a":{"b":[1,null,"x"]},"c":true}"#, "a.b.1=1|a.b.2=nil|a.b.3=x|c=true"),
            ("{\"a\":", ""),
            ("<a", ""),
            ("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", ""),
            (
                "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header><x>1</x></s:Header><s:Body>\
                 <t:setCustomer xmlns:t='urn:ticket'><sessionKey>•••</sessionKey><customerId>10</customerId>\
                 <customerValues><item><field>phone</field><value>1</value></item></customerValues></t:setCustomer>\
                 </s:Body></s:Envelope>",
                "sessionKey=•••|customerId=10|customerValues.phone=1",
            ),
            (
                "<R xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><Customer><Address><Line2/></Address>\
                 <Id>100</Id><Name i:nil='true'/></Customer></R>",
                "Customer.Address.Line2=|Customer.Id=100|Customer.Name=nil",
            ),
            (
                "<methodCall><methodName>UpdateCustomer</methodName><params><param><value><int>7</int></value></param>\
                 <param><value><struct><member><name>email</name><value><string>a@b.c</string></value></member>\
                 <member><name>list</name><value><array><data><value>x</value><value><i4>2</i4></value></data></array>\
                 </value></member></struct></value></param></params></methodCall>",
                "methodName=UpdateCustomer|1=7|2.email=a@b.c|2.list.1=x|2.list.2=2",
            ),
        ] {
            assert_eq!(said(None, body), expected, "{body}");
        }
        assert_eq!(said(Some("action=ticket&q=%C3%A6"), ""), "action=ticket|q=æ");
        let many = "a=1&".repeat(MOST / 2) + "b=1";
        assert!(read(None, &many).len() <= MOST);
    }
}
