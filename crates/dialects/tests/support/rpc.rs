//! Calls over XML-RPC, and what came of them, as JSON.

use super::World;
use http::Method;
use serde_json::{Map, Value};
use wire::xml::{Limits, Source};
use wire::xmlrpc::{self, Call};

pub(crate) const PATH: &str = "/api/2.0/xmlrpc/";

/// What a call came to: its result, or code and sentence of its fault.
pub(crate) type Outcome = Result<Value, (i64, String)>;

/// Calls a method with credentials.
pub(crate) fn call(world: &World, credentials: (&str, &str), method: &str, params: Value) -> Outcome {
    let answer = world.ask(&Method::POST, PATH, &[credentials, ("Content-Type", "text/xml")], body(method, params));
    read(std::str::from_utf8(answer.response.body()).unwrap())
}

/// The body of a call.
pub(crate) fn body(method: &str, params: Value) -> String {
    let Value::Array(params) = params else { panic!("parameters are a list") };
    let params: String =
        params.iter().map(|param| between(&xmlrpc::response(&to_wire(param)), "<params>", "</params>")).collect();
    let params: String = params.chars().map(unhidden).collect();
    format!("<methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>")
}

/// The writer leaves out what XML cannot carry. Here it is to be sent nevertheless: meanwhile it hides far away.
const FAR: u32 = 0xF_0000;

fn hidden(character: char) -> char {
    let far = char::from_u32(FAR + u32::from(character) % FAR).unwrap();
    if wire::text::is_allowed(character) { character } else { far }
}

fn unhidden(character: char) -> char {
    let near = u32::from(character).checked_sub(FAR).and_then(char::from_u32);
    near.filter(|near| !wire::text::is_allowed(*near)).unwrap_or(character)
}

/// Reads an answer with the reader of calls, a fault being a parameter as good as another.
pub(crate) fn read(answer: &str) -> Outcome {
    let fault = answer.contains("<methodResponse><fault>");
    let value = if fault {
        format!("<param>{}</param>", between(answer, "<fault>", "</fault>"))
    } else {
        between(answer, "<params>", "</params>")
    };
    let call = format!("<methodCall><methodName>m</methodName><params>{value}</params></methodCall>");
    let limits = Limits { bytes: 1 << 26, nodes: 1 << 24, ..Limits::default() };
    let source = Source::decode(call.as_bytes(), None, &limits).unwrap();
    let document = source.parse(&limits).unwrap();
    let value = to_json(&Call::of(&document).unwrap_or_else(|fault| panic!("{fault}: {answer}")).params[0]);
    if fault {
        return Err((value["faultCode"].as_i64().unwrap(), value["faultString"].as_str().unwrap().to_owned()));
    }
    Ok(value)
}

fn between(text: &str, from: &str, to: &str) -> String {
    let (start, end) = (text.find(from).expect(text) + from.len(), text.rfind(to).expect(text));
    text[start..end].to_owned()
}

fn to_wire(value: &Value) -> xmlrpc::Value<'_> {
    match value {
        Value::Null => xmlrpc::Value::Nil,
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => number.as_i64().expect("a whole number").into(),
        Value::String(text) => text.chars().map(hidden).collect::<String>().into(),
        Value::Array(items) => items.iter().map(to_wire).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.as_str(), to_wire(value))).collect(),
    }
}

fn to_json(value: &xmlrpc::Value<'_>) -> Value {
    match value {
        xmlrpc::Value::Boolean(truth) => (*truth).into(),
        xmlrpc::Value::Int(_) => value.int().unwrap().into(),
        xmlrpc::Value::Array(items) => items.iter().map(to_json).collect(),
        xmlrpc::Value::Struct(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.to_string(), to_json(value))).collect::<Map<_, _>>())
        }
        other => other.text().unwrap().into_owned().into(),
    }
}
