//! Bytes in a declared charset, decoded without ever guessing or replacing.

use std::borrow::Cow;
use std::fmt;

/// A charset that bodies may be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// US-ASCII; a byte above 0x7F is an error.
    Ascii,
    /// ISO-8859-1 as the standard has it: 0x80 to 0x9F are the C1 controls.
    Latin1,
    /// Windows-1252; the five bytes that it leaves undefined are errors.
    Windows1252,
    /// UTF-16 whose byte order mark must say which way round it is.
    Utf16,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

/// Why bytes could not be read as text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The declared charset is not one of ours.
    #[error("the charset {:?} is not supported; send UTF-8", .0.chars().take(40).collect::<String>())]
    Unknown(String),
    /// The byte order mark says otherwise than the declaration.
    #[error("the charset is declared as {declared}, but the byte order mark is that of {mark}")]
    Contradiction {
        /// What was declared.
        declared: Charset,
        /// What the mark says.
        mark: Charset,
    },
    /// `UTF-16` was declared without saying which byte comes first, neither by name nor by mark.
    #[error("the charset is declared as UTF-16, but the byte order mark is missing")]
    NoMark,
    /// The bytes are not valid in the charset.
    #[error("the bytes are not valid {charset} (at byte {offset})")]
    Invalid {
        /// The charset they were read in.
        charset: Charset,
        /// Where the first invalid sequence starts, in bytes from the start of the body.
        offset: usize,
    },
}

impl Charset {
    /// The charset that goes by this name, in any case.
    pub fn from_label(label: &str) -> Option<Self> {
        let names: [(Self, &[&str]); 7] = [
            (Self::Utf8, &["utf-8", "utf8"]),
            (Self::Latin1, &["iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1"]),
            (Self::Windows1252, &["windows-1252", "cp1252", "cp-1252"]),
            (Self::Ascii, &["us-ascii", "ascii"]),
            (Self::Utf16, &["utf-16", "utf16"]),
            (Self::Utf16Le, &["utf-16le", "utf16le"]),
            (Self::Utf16Be, &["utf-16be", "utf16be"]),
        ];
        names.iter().find(|(_, names)| names.iter().any(|name| name.eq_ignore_ascii_case(label))).map(|(is, _)| *is)
    }

    /// The name that IANA prefers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Ascii => "US-ASCII",
            Self::Latin1 => "ISO-8859-1",
            Self::Windows1252 => "windows-1252",
            Self::Utf16 => "UTF-16",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        }
    }
}

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text that the bytes spell in the declared charset, without its byte order mark.
///
/// A mark goes before a missing declaration, and a declaration that contradicts it is refused; with neither, the
/// bytes are UTF-8. One mark is taken off, a second stays as the character U+FEFF. Bytes that are invalid in the
/// charset are refused. UTF-8 and ASCII are borrowed; the others grow to at most three times their length.
/// The character policy is [`check`](super::check)'s concern, not this function's.
pub fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Result<Cow<'a, str>, DecodeError> {
    let declared = match declared {
        Some(label) => Some(Charset::from_label(label).ok_or_else(|| DecodeError::Unknown(label.to_owned()))?),
        None => None,
    };
    let (mark, text) = split_mark(bytes)?;
    let charset = match (declared, mark) {
        (None, None) => Charset::Utf8,
        (None | Some(Charset::Utf16), Some(mark @ (Charset::Utf16Le | Charset::Utf16Be))) => mark,
        (None, Some(mark)) => mark,
        (Some(Charset::Utf16), None) => return Err(DecodeError::NoMark),
        (Some(declared), Some(mark)) if declared != mark => return Err(DecodeError::Contradiction { declared, mark }),
        (Some(declared), _) => declared,
    };
    let skipped = bytes.len() - text.len();
    decode_as(text, charset).map_err(|offset| DecodeError::Invalid { charset, offset: skipped + offset })
}

fn split_mark(bytes: &[u8]) -> Result<(Option<Charset>, &[u8]), DecodeError> {
    Ok(match bytes {
        // It would also read as UTF-16 that starts with U+0000, which no text may hold.
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => return Err(DecodeError::Unknown("UTF-32".to_owned())),
        [0xEF, 0xBB, 0xBF, rest @ ..] => (Some(Charset::Utf8), rest),
        [0xFF, 0xFE, rest @ ..] => (Some(Charset::Utf16Le), rest),
        [0xFE, 0xFF, rest @ ..] => (Some(Charset::Utf16Be), rest),
        _ => (None, bytes),
    })
}

/// Decodes bytes that have no mark, or says at which one they stop being valid.
fn decode_as(bytes: &[u8], charset: Charset) -> Result<Cow<'_, str>, usize> {
    match charset {
        Charset::Utf8 => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| error.valid_up_to()),
        Charset::Ascii => match bytes.iter().position(|byte| !byte.is_ascii()) {
            Some(offset) => Err(offset),
            None => decode_as(bytes, Charset::Utf8),
        },
        Charset::Latin1 => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        Charset::Windows1252 => {
            let decoded = bytes.iter().enumerate().map(|(offset, byte)| windows_1252(*byte).ok_or(offset));
            decoded.collect::<Result<String, _>>().map(Cow::Owned)
        }
        Charset::Utf16 | Charset::Utf16Be => utf_16(bytes, u16::from_be_bytes).map(Cow::Owned),
        Charset::Utf16Le => utf_16(bytes, u16::from_le_bytes).map(Cow::Owned),
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, usize> {
    let (units, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    let mut offset = 0;
    for decoded in char::decode_utf16(units.iter().map(|pair| unit(*pair))) {
        let character = decoded.map_err(|_| offset)?;
        offset += 2 * character.len_utf16();
        text.push(character);
    }
    if rest.is_empty() { Ok(text) } else { Err(offset) }
}

fn windows_1252(byte: u8) -> Option<char> {
    const HIGH: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', //
        '\0', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => HIGH.get(usize::from(byte - 0x80)).copied().filter(|character| *character != '\0'),
        _ => Some(char::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_the_declaration_and_the_mark_agree_on() {
        let cases: &[(&[u8], Option<&str>, &str)] = &[
            (b"", None, ""),
            ("é€😀".as_bytes(), None, "é€😀"),
            (b"\xEF\xBB\xBFa", None, "a"),
            (b"\xEF\xBB\xBFa", Some("UTF-8"), "a"),
            (b"\xEF\xBB\xBF\xEF\xBB\xBFa", Some("utf8"), "\u{FEFF}a"),
            (b"plain", Some("US-ASCII"), "plain"),
            (b"caf\xE9 \x80\x9F", Some("ISO-8859-1"), "café \u{80}\u{9F}"),
            (b"caf\xE9 \x80\x93\x94", Some("windows-1252"), "café €“”"),
            (b"\xFF\xFEa\0\xE9\0", None, "aé"),
            (b"\xFE\xFF\0a\0\xE9", None, "aé"),
            (b"\xFF\xFEa\0", Some("utf-16"), "a"),
            (b"\xFE\xFF\0a", Some("UTF-16"), "a"),
            (b"\xFF\xFE=\xD8\0\xDE", Some("UTF-16LE"), "😀"),
            (b"\0a", Some("utf-16be"), "a"),
            (b"a\0", Some("utf-16le"), "a"),
        ];
        for (bytes, declared, text) in cases {
            assert_eq!(decode(bytes, *declared).as_deref(), Ok(*text), "{bytes:x?} as {declared:?}");
        }
    }

    #[test]
    fn refuses_invalid_bytes_and_says_where() {
        use Charset::*;
        let cases: &[(&[u8], Option<&str>, Charset, usize)] = &[
            (b"ab\xFFc", None, Utf8, 2),
            (b"\xEF\xBB\xBFab\xFF", None, Utf8, 5),
            (b"\xC0\xAF", None, Utf8, 0),
            (b"\xED\xA0\x80", None, Utf8, 0),
            (b"\xF4\x90\x80\x80", None, Utf8, 0),
            (b"a\xE2\x82", None, Utf8, 1),
            ("é".as_bytes(), Some("us-ascii"), Ascii, 0),
            (b"ok\x81", Some("windows-1252"), Windows1252, 2),
            (b"\x8D", Some("windows-1252"), Windows1252, 0),
            (b"\x8F", Some("windows-1252"), Windows1252, 0),
            (b"\x90", Some("windows-1252"), Windows1252, 0),
            (b"\x9D", Some("windows-1252"), Windows1252, 0),
            (b"\xFF\xFEa\0b", None, Utf16Le, 4),
            (b"\xFF\xFEa\0\x00\xD8", None, Utf16Le, 4),
            (b"\xFE\xFF\xDC\x00\0a", None, Utf16Be, 2),
            (b"\xFE\xFF\xD8\x00\0a", Some("utf-16"), Utf16Be, 2),
        ];
        for (bytes, declared, charset, offset) in cases {
            let expected = Err(DecodeError::Invalid { charset: *charset, offset: *offset });
            assert_eq!(decode(bytes, *declared), expected, "{bytes:x?} as {declared:?}");
        }
    }

    #[test]
    fn refuses_contradictions_and_strangers() {
        use Charset::*;
        for (bytes, declared, mark) in [
            (&b"\xEF\xBB\xBFa"[..], Latin1, Utf8),
            (b"\xEF\xBB\xBFa", Ascii, Utf8),
            (b"\xEF\xBB\xBFa", Utf16, Utf8),
            (b"\xFF\xFEa\0", Utf8, Utf16Le),
            (b"\xFF\xFEa\0", Utf16Be, Utf16Le),
            (b"\xFE\xFF\0a", Windows1252, Utf16Be),
        ] {
            assert_eq!(decode(bytes, Some(declared.name())), Err(DecodeError::Contradiction { declared, mark }));
        }
        for label in ["", "utf-7", "utf-32", "ebcdic-cp-us", "shift_jis", "iso-8859-15", " utf-8", "utf\u{2010}8"] {
            assert_eq!(decode(b"a", Some(label)), Err(DecodeError::Unknown(label.to_owned())));
        }
        assert!(decode(b"\xFF\xFE\0\0a\0\0\0", None).unwrap_err().to_string().contains("UTF-32"));
        assert!(decode(b"\0\0\xFE\xFF\0\0\0a", None).is_err());
        assert_eq!(decode(b"\0a", Some("utf-16")), Err(DecodeError::NoMark));
    }

    #[test]
    fn every_byte_has_its_place_in_the_single_byte_charsets() {
        let bytes: Vec<u8> = (0..=255).collect();
        let latin1 = decode(&bytes, Some("latin1")).unwrap();
        assert!(latin1.chars().map(u32::from).eq(0..=255));
        let defined: Vec<u8> = bytes.into_iter().filter(|byte| windows_1252(*byte).is_some()).collect();
        assert_eq!(defined.len(), 251);
        assert_eq!(decode(&defined, Some("cp1252")).unwrap().chars().count(), 251);
    }
}
