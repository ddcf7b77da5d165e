//! A form that is taken reads the same when it is written again, and as the stock decoder reads it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::form::{Limits, brackets, encode, parse};

fuzz_target!(|body: &[u8]| {
    let limits = Limits::default();
    let Ok(pairs) = parse(body, &limits) else { return };
    for (name, value) in &pairs {
        brackets(name);
        assert!(wire::text::check(name).is_ok() && wire::text::check(value).is_ok());
    }
    assert!(form_urlencoded::parse(body).eq(pairs.iter().cloned()));
    let again = encode(pairs.iter().map(|(name, value)| (&**name, &**value)));
    assert_eq!(parse(again.as_bytes(), &Limits { bytes: usize::MAX, ..limits }), Ok(pairs));
});
