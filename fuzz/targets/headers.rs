//! Header values and charsets: nothing panics, and what is taken obeys the policy.

#![no_main]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use wire::{basic, media_type, negotiate, text};

fuzz_target!(|input: &[u8]| {
    if let Ok(credentials) = basic::basic(input) {
        let again = format!("Basic {}", STANDARD.encode(format!("{}:{}", credentials.user, credentials.password)));
        assert!(!credentials.user.contains(':'));
        assert!(!credentials.user.contains(char::is_control) && !credentials.password.contains(char::is_control));
        // Written as UTF-8 it may exceed the limit that it kept as ISO-8859-1.
        assert!(
            matches!(basic::basic(again.as_bytes()), Ok(same) if same == credentials) || input.len() > basic::LIMIT / 2
        );
    }
    let Ok(header) = std::str::from_utf8(input) else { return };
    let quality = negotiate::quality(Some(header), "application/json");
    assert!(quality <= 1_000 && !(quality == 1_000 && negotiate::prefers_xml(Some(header))));
    let Ok(media_type) = media_type::content_type(header) else { return };
    assert!(
        !media_type.essence.contains(|character: char| character.is_ascii_uppercase() || character.is_whitespace())
    );
    if let Some(charset) = media_type.charset()
        && let Ok(decoded) = text::decode(input, Some(charset))
    {
        assert!(decoded.len() <= 3 * input.len());
    }
});
