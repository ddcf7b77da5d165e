//! Which characters a text may hold, and how bytes become text.
//!
//! XML 1.0 cannot carry most control characters, not even as references, while JSON and forms can. A value that
//! one API accepted and another cannot give back would make its whole record unreadable there. So every format
//! is held to the set of XML 1.0: all characters except the C0 controls other than tab, line feed and carriage
//! return, and except U+FFFE and U+FFFF. DEL and the C1 controls are allowed.

mod charset;

pub use charset::{Charset, DecodeError, decode};

/// A character that no text may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("character U+{:04X} at byte {offset} cannot be carried by every API and is refused", u32::from(*.character))]
pub struct BadCharacter {
    /// The character itself.
    pub character: char,
    /// Where it starts, in bytes of UTF-8 from the start of the text.
    pub offset: usize,
}

/// Whether a text may hold this character.
pub const fn is_allowed(character: char) -> bool {
    !matches!(character, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}')
}

/// Refuses a text that holds a character outside the policy, naming the first such one.
pub fn check(text: &str) -> Result<(), BadCharacter> {
    // No early exit, so that the loop is vectorised: nearly every text passes. 0xEF leads U+FFFE and U+FFFF.
    let suspicious = |byte: u8| (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) | (byte == 0xEF);
    if !text.bytes().fold(false, |found, byte| found | suspicious(byte)) {
        return Ok(());
    }
    match text.char_indices().find(|(_, character)| !is_allowed(*character)) {
        Some((offset, character)) => Err(BadCharacter { character, offset }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_exactly_what_xml_cannot_carry() {
        for character in '\0'..=char::MAX {
            // The Char production of XML 1.0, §2.2.
            let xml =
                matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
            assert_eq!(is_allowed(character), xml, "{character:?}");
            assert_eq!(check(character.encode_utf8(&mut [0; 4])).is_ok(), xml, "{character:?}");
        }
    }

    #[test]
    fn names_the_first_bad_character() {
        for (text, character, offset) in [
            ("\0", '\0', 0),
            ("aé\u{1}\u{2}", '\u{1}', 3),
            ("\t\r\nok\u{1F}", '\u{1F}', 5),
            ("\u{FEFF}\u{FFFE}", '\u{FFFE}', 3),
        ] {
            assert_eq!(check(text), Err(BadCharacter { character, offset }), "{text:?}");
        }
        let said = check("ab\u{1}").unwrap_err().to_string();
        assert_eq!(said, "character U+0001 at byte 2 cannot be carried by every API and is refused");
    }
}
