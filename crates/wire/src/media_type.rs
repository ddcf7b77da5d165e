//! Media types as `Content-Type` names them (RFC 9110 §8.3).

use std::borrow::Cow;

/// A media type: what the bytes are, and with which parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaType<'a> {
    /// Type and subtype in lower case, for example `application/json`.
    pub essence: Cow<'a, str>,
    parameters: Vec<(&'a str, Cow<'a, str>)>,
}

/// A header that names no media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the Content-Type header is malformed; it must read like `application/json; charset=utf-8`")]
pub struct BadMediaType;

impl MediaType<'_> {
    /// The parameter of this name, in any case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(this, _)| this.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    /// The charset as it is declared, in the case it was sent.
    pub fn charset(&self) -> Option<&str> {
        self.parameter("charset")
    }
}

/// Reads the value of a `Content-Type` header.
///
/// Empty parameters (`text/xml;`) are skipped; a parameter given twice, even with one value, is refused, since
/// readers differ about which of them counts. So are more than 16 parameters.
pub fn content_type(header: &str) -> Result<MediaType<'_>, BadMediaType> {
    let (essence, mut rest) = header.split_at_checked(header.find(';').unwrap_or(header.len())).ok_or(BadMediaType)?;
    let essence = essence.trim_matches(BLANKS);
    let (kind, subtype) = essence.split_once('/').ok_or(BadMediaType)?;
    if !is_token(kind) || !is_token(subtype) {
        return Err(BadMediaType);
    }
    let mut media_type = MediaType { essence: lower(essence), parameters: Vec::new() };
    while let Some((name, value, after)) = parameter(rest)? {
        rest = after;
        if name.is_empty() {
            continue;
        }
        if media_type.parameters.len() == 16 || media_type.parameter(name).is_some() {
            return Err(BadMediaType);
        }
        media_type.parameters.push((name, value));
    }
    Ok(media_type)
}

pub(crate) const BLANKS: [char; 2] = [' ', '\t'];

/// The text in lower case, borrowed if it already is.
pub(crate) fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) { text.to_ascii_lowercase().into() } else { text.into() }
}

/// Whether the text is a token in the sense of RFC 9110 §5.6.2.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// A parameter's name and value, and what follows them.
pub(crate) type Parameter<'a> = (&'a str, Cow<'a, str>, &'a str);

/// The parameter that starts at `;`, `None` at the end. An empty parameter has an empty name.
pub(crate) fn parameter(text: &str) -> Result<Option<Parameter<'_>>, BadMediaType> {
    let text = text.trim_start_matches(BLANKS);
    if text.is_empty() {
        return Ok(None);
    }
    let text = text.strip_prefix(';').ok_or(BadMediaType)?.trim_start_matches(BLANKS);
    if text.is_empty() || text.starts_with(';') {
        return Ok(Some(("", "".into(), text)));
    }
    let (name, value) = text.split_once('=').ok_or(BadMediaType)?;
    if !is_token(name) {
        return Err(BadMediaType);
    }
    if let Some(quoted) = value.strip_prefix('"') {
        let (value, after) = quoted_string(quoted).ok_or(BadMediaType)?;
        return Ok(Some((name, value, after)));
    }
    let (value, after) = value.split_at_checked(value.find(';').unwrap_or(value.len())).ok_or(BadMediaType)?;
    let value = value.trim_end_matches(BLANKS);
    if is_token(value) { Ok(Some((name, value.into(), after))) } else { Err(BadMediaType) }
}

/// The text up to the closing quote with its backslashes taken off, and what follows.
fn quoted_string(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut unquoted: Option<String> = None;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => {
                let (value, after) = (text.get(..at)?, text.get(at + 1..)?);
                return Some((unquoted.map_or(Cow::Borrowed(value), Cow::Owned), after));
            }
            '\\' => {
                let (_, escaped) = characters.next().filter(|(_, escaped)| is_quotable(*escaped))?;
                unquoted.get_or_insert_with(|| text.get(..at).unwrap_or_default().to_owned()).push(escaped);
            }
            character if !is_quotable(character) => return None,
            character => unquoted.iter_mut().for_each(|unquoted| unquoted.push(character)),
        }
    }
    None
}

fn is_quotable(character: char) -> bool {
    character == '\t' || !character.is_ascii_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_type_and_its_charset() {
        for (header, essence, charset) in [
            ("application/json", "application/json", None),
            ("Application/JSON; Charset=UTF-8", "application/json", Some("UTF-8")),
            ("text/xml;charset=utf-8", "text/xml", Some("utf-8")),
            ("text/xml; charset=\"utf-8\"", "text/xml", Some("utf-8")),
            ("text/xml; charset=\"ut\\f-8\"", "text/xml", Some("utf-8")),
            (" text/xml ;  charset=utf-8 ; ", "text/xml", Some("utf-8")),
            ("text/xml;", "text/xml", None),
            ("text/xml;;; a=b;", "text/xml", None),
            ("application/soap+xml; action=\"urn:x;y\"; charset=us-ascii", "application/soap+xml", Some("us-ascii")),
            ("application/vnd.x-y.z+json", "application/vnd.x-y.z+json", None),
            ("text/xml; charset=\"\"", "text/xml", Some("")),
        ] {
            let media_type = content_type(header).unwrap();
            assert_eq!((&*media_type.essence, media_type.charset()), (essence, charset), "{header:?}");
        }
        let media_type = content_type(r#"multipart/form-data; boundary="a\"b c""#).unwrap();
        assert_eq!(media_type.parameter("BOUNDARY"), Some("a\"b c"));
    }

    #[test]
    fn refuses_what_is_no_media_type() {
        for header in [
            "",
            ";",
            "text",
            "text/",
            "/xml",
            "text/xml/x",
            "text /xml",
            "text/x ml",
            "text/xml, text/html",
            "text/xml charset=utf-8",
            "text/xml; charset",
            "text/xml; charset=",
            "text/xml; charset = utf-8",
            "text/xml; charset=\"utf-8",
            "text/xml; charset=\"utf-8\\",
            "text/xml; charset=\"utf-8\"x",
            "text/xml; charset=\"a\nb\"",
            "text/xml; charset=\"a\\\nb\"",
            "text/xml; charset=\"a\\\u{7F}\"",
            "text/xml; charset=utf-8; CHARSET=utf-8",
            "text/xml; =utf-8",
            "téxt/xml",
            "text/xml\0",
        ] {
            assert_eq!(content_type(header), Err(BadMediaType), "{header:?}");
        }
        let header = |count| (0..count).fold("a/b".to_owned(), |header, n| format!("{header};p{n}=1"));
        assert!(content_type(&header(16)).is_ok());
        assert!(content_type(&header(17)).is_err());
    }
}
