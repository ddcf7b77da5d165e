//! A call that is taken holds only what texts may hold, is written so that it reads the same, and costs no more than its
//! document; one that is refused says so in a fault that can be read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::xml::{Limits, Source};
use wire::xmlrpc::{Call, Fault, Value, fault, response};

const LIMITS: Limits = Limits { bytes: 4096, depth: 32, nodes: 400, ..WIDE };
/// What is written is longer than what was read: every value names its type.
const WIDE: Limits = Limits {
    bytes: 1 << 20,
    depth: 64,
    nodes: 10_000,
    attributes: 8,
    namespaces: 8,
    name: 64,
    attribute: 256,
    text: 1 << 16,
};

fuzz_target!(|input: &[u8]| {
    let read = with(input, &LIMITS, |call| {
        assert!(!call.method.is_empty() && call.method.len() <= 255);
        for value in &call.params {
            look(value);
            let written = response(value);
            // A second time nothing changes: what no client reads was replaced the first time.
            let again = as_call(&written, |second| response(&second.params[0]));
            assert_eq!(again, as_call(&again, |third| response(&third.params[0])));
            as_call(&written, |second| assert_eq!(kept(value), kept(&second.params[0]), "{written}"));
        }
    });
    if let Err(refused) = read {
        assert!(refused.code < 0 && !refused.message.is_empty());
        let written = fault(&refused).replace("fault>", "value>").replace("methodResponse>", "methodCall>");
        let source = Source::decode(written.as_bytes(), None, &WIDE).expect("a fault that can be read");
        assert!(source.parse(&WIDE).is_ok(), "{written}");
    }
});

fn with<T>(bytes: &[u8], limits: &Limits, then: impl FnOnce(Call<'_>) -> T) -> Result<T, Fault> {
    let source = Source::decode(bytes, None, limits)?;
    let document = source.parse(limits)?;
    Ok(then(Call::of(&document)?))
}

/// Reads an answer as if it were a call.
fn as_call<T>(answer: &str, then: impl FnOnce(Call<'_>) -> T) -> T {
    let body = answer.replace("methodResponse>", "methodCall>");
    let body = body.replacen("<params>", "<methodName>m</methodName><params>", 1);
    with(body.as_bytes(), &WIDE, then).unwrap_or_else(|fault| panic!("{fault}: {answer}"))
}

fn look(value: &Value<'_>) {
    let _ = value.int();
    match (value.text(), value) {
        (Ok(text), _) => assert!(wire::text::check(&text).is_ok()),
        (Err(refused), Value::Array(_) | Value::Struct(_) | Value::Base64(_)) => {
            assert_eq!(refused.code, Fault::INVALID_PARAMS);
        }
        (Err(refused), value) => panic!("{refused}: {value:?}"),
    }
    value.items().into_iter().flatten().for_each(look);
    value.members().into_iter().flatten().for_each(|(_, value)| look(value));
}

/// What must be the same after writing: everything but how a number was written.
fn kept(value: &Value<'_>) -> String {
    match value {
        Value::Int(_) | Value::Double(_) => String::new(),
        Value::Nil => String::from("''"),
        // A number that no client could read was written as a text.
        Value::String(text) if text.parse::<f64>().is_ok() => String::new(),
        Value::String(text) if text.is_empty() => String::from("''"),
        Value::Array(items) => format!("[{}]", items.iter().map(kept).collect::<Vec<_>>().join(",")),
        Value::Struct(members) => members.iter().map(|(name, value)| format!("{name}={};", kept(value))).collect(),
        other => format!("{other:?}"),
    }
}
