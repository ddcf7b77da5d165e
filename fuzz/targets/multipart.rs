//! The first line is a `Content-Type`, the rest a body; fields that are taken read the same when written again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::form::Limits;
use wire::media_type::content_type;
use wire::multipart::{boundary, parse};

fuzz_target!(|input: &[u8]| {
    let Some(line_end) = input.iter().position(|byte| *byte == b'\n') else { return };
    let (header, body) = (&input[..line_end], &input[line_end + 1..]);
    let Some(media_type) = std::str::from_utf8(header).ok().and_then(|header| content_type(header).ok()) else {
        return;
    };
    let Ok(boundary) = boundary(&media_type) else { return };
    let Ok(pairs) = parse(body, boundary, &Limits::default()) else { return };

    let mut again = String::new();
    for (name, value) in &pairs {
        assert!(wire::text::check(name).is_ok() && wire::text::check(value).is_ok());
        let name = name.replace('\\', "\\\\").replace('"', "\\\"");
        again += &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    again += &format!("--{boundary}--");
    assert_eq!(parse(again.as_bytes(), boundary, &Limits { bytes: usize::MAX, pairs: usize::MAX }), Ok(pairs));
});
