//! A document that is taken is one for serde_json too, and reads the same when it is written again; one that is
//! refused as malformed is malformed for serde_json too.

#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use wire::json::{Limits, Problem, Value, parse, write_value};
use wire::text::check;

fuzz_target!(|document: &[u8]| {
    let stock = serde_json::from_slice::<serde_json::Value>(document.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(document));
    match parse(document, &Limits::default()) {
        Ok(value) => {
            assert_kept(&value);
            let mut again = String::new();
            write_value(&mut again, &value);
            assert_eq!(parse(again.as_bytes(), &Limits::default()).as_ref(), Ok(&value));
            // serde_json loses digits, but the same ones in both.
            assert_eq!(
                stock.expect("taken by us alone"),
                serde_json::from_str::<serde_json::Value>(&again).expect("written badly")
            );
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            if matches!(error.problem, Problem::Syntax { .. } | Problem::Encoding | Problem::LoneSurrogate(_)) {
                assert!(stock.is_err(), "refused by us alone: {error}");
            }
        }
    }
});

/// Every key is there once, and every text obeys the policy.
fn assert_kept(value: &Value<'_>) {
    match value {
        Value::List(items) => items.iter().for_each(assert_kept),
        Value::Object(members) => {
            let keys: HashSet<&str> = members.iter().map(|(key, _)| key).collect();
            assert!(keys.len() == members.len() && keys.into_iter().all(|key| check(key).is_ok()));
            members.iter().for_each(|(_, value)| assert_kept(value));
        }
        Value::Text(text) => assert!(check(text).is_ok()),
        Value::Number(number) => assert!(number.as_f64().is_finite()),
        Value::Null | Value::Bool(_) => {}
    }
}
