//! UserLand's "validator1": methods that prove that values of every type come through. They touch no record, and are
//! offered only where the operator wants them.

use super::methods::{Method, arity};
use super::{Outcome, Underway};
use wire::xmlrpc::{Fault, Value};

type Answer = fn(&[Value<'_>]) -> Result<Value<'static>, Fault>;

pub(super) static METHODS: [Method; 8] = [
    Method {
        name: "validator1.arrayOfStructsTest",
        signatures: &[&["int", "array"]],
        help: "Returns the sum of the members curly of all structs.",
        run: |_, params| answer(params, &["structs"], |params| sum(items(params)?, &["curly"])),
    },
    Method {
        name: "validator1.countTheEntities",
        signatures: &[&["struct", "string"]],
        help: "Returns how many < > & ' and \" there are in a text.",
        run: |_, params| answer(params, &["text"], count_the_entities),
    },
    Method {
        name: "validator1.easyStructTest",
        signatures: &[&["int", "struct"]],
        help: "Returns the sum of the members moe, larry and curly.",
        run: |_, params| answer(params, &["struct"], |params| sum(params, &STOOGES)),
    },
    Method {
        name: "validator1.echoStructTest",
        signatures: &[&["struct", "struct"]],
        help: "Returns the struct.",
        run: |_, params| answer(params, &["struct"], |params| Ok(params.first().map_or(Value::Nil, owned))),
    },
    Method {
        name: "validator1.manyTypesTest",
        signatures: &[&["array", "int", "boolean", "string", "double", "dateTime.iso8601", "base64"]],
        help: "Returns its six parameters.",
        run: |_, params| {
            const NAMES: [&str; 6] = ["number", "boolean", "string", "double", "dateTime", "base64"];
            answer(params, &NAMES, |params| Ok(params.iter().map(owned).collect()))
        },
    },
    Method {
        name: "validator1.moderateSizeArrayCheck",
        signatures: &[&["string", "array"]],
        help: "Returns the first and the last text in one.",
        run: |_, params| answer(params, &["texts"], moderate_size_array_check),
    },
    Method {
        name: "validator1.nestedStructTest",
        signatures: &[&["int", "struct"]],
        help: "Returns the sum of moe, larry and curly on the first of April 2000.",
        run: |_, params| answer(params, &["calendar"], nested_struct_test),
    },
    Method {
        name: "validator1.simpleStructReturnTest",
        signatures: &[&["struct", "int"]],
        help: "Returns ten, a hundred and a thousand times the number.",
        run: |_, params| answer(params, &["number"], simple_struct_return_test),
    },
];

const STOOGES: [&str; 3] = ["moe", "larry", "curly"];

fn answer<'a>(params: &'a [Value<'a>], names: &'static [&'static str], answer: Answer) -> Underway<'a> {
    Box::pin(async move {
        let outcome: Outcome = arity(params, names, names.len()).and_then(|()| Ok(answer(params)?));
        outcome
    })
}

fn wrong() -> Fault {
    Fault::new(Fault::INVALID_PARAMS, "The parameters are not those of the test")
}

fn items<'p>(params: &'p [Value<'p>]) -> Result<&'p [Value<'p>], Fault> {
    params.first().and_then(Value::items).ok_or_else(wrong)
}

/// The sum of these members of all structs.
fn sum(structs: &[Value<'_>], names: &[&str]) -> Result<Value<'static>, Fault> {
    let members = structs.iter().flat_map(|of| names.iter().map(|name| of.member(name).and_then(Value::int)));
    members.map(|number| number.map(i64::from).ok_or_else(wrong)).sum::<Result<i64, _>>().map(Value::from)
}

fn count_the_entities(params: &[Value<'_>]) -> Result<Value<'static>, Fault> {
    let text = params.first().ok_or_else(wrong)?.text()?;
    let count = |wanted: char| Value::from(text.chars().filter(|character| *character == wanted).count() as i64);
    let counts = [
        ("ctLeftAngleBrackets", count('<')),
        ("ctRightAngleBrackets", count('>')),
        ("ctAmpersands", count('&')),
        ("ctApostrophes", count('\'')),
        ("ctQuotes", count('"')),
    ];
    Ok(counts.into_iter().collect())
}

fn moderate_size_array_check(params: &[Value<'_>]) -> Result<Value<'static>, Fault> {
    let texts = items(params)?;
    let (Some(first), Some(last)) = (texts.first(), texts.last()) else { return Err(wrong()) };
    Ok((first.text()?.into_owned() + &last.text()?).into())
}

fn nested_struct_test(params: &[Value<'_>]) -> Result<Value<'static>, Fault> {
    let day = ["2000", "04", "01"].iter().try_fold(params.first().ok_or_else(wrong)?, |of, name| of.member(name));
    sum(std::slice::from_ref(day.ok_or_else(wrong)?), &STOOGES)
}

fn simple_struct_return_test(params: &[Value<'_>]) -> Result<Value<'static>, Fault> {
    let number = params.first().and_then(Value::int).map(i64::from).ok_or_else(wrong)?;
    let times = [("times10", 10), ("times100", 100), ("times1000", 1_000)];
    Ok(times.into_iter().map(|(name, times)| (name, Value::from(number * times))).collect())
}

fn owned(value: &Value<'_>) -> Value<'static> {
    let text = |text: &str| text.to_owned().into();
    match value {
        Value::Nil => Value::Nil,
        Value::Boolean(truth) => Value::Boolean(*truth),
        Value::Int(is) => Value::Int(text(is)),
        Value::Double(is) => Value::Double(text(is)),
        Value::DateTime(is) => Value::DateTime(text(is)),
        Value::String(is) => Value::String(text(is)),
        Value::Base64(bytes) => Value::Base64(bytes.clone()),
        Value::Array(items) => items.iter().map(owned).collect(),
        Value::Struct(members) => members.iter().map(|(name, is)| (name.clone().into_owned(), owned(is))).collect(),
    }
}
