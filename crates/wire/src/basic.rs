//! Credentials of the Basic scheme (RFC 7617).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use crate::text;

/// The most bytes that user name, colon and password may have together.
pub const LIMIT: usize = 1_024;

/// A user name and a password, as they were sent. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Everything before the first colon.
    pub user: String,
    /// Everything after it, further colons included.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(***)")
    }
}

/// Why an `Authorization` header holds no Basic credentials. No part of the header is in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BasicError {
    /// Another scheme, or none.
    #[error("the Authorization header must use the Basic scheme")]
    Scheme,
    /// More than [`LIMIT`].
    #[error("user name and password are longer than {LIMIT} bytes")]
    TooLong,
    /// Not base64 of the standard alphabet.
    #[error("the credentials are not base64")]
    Base64,
    /// No colon between user name and password.
    #[error("the credentials have no colon between user name and password")]
    NoColon,
    /// A control character in either.
    #[error("user name and password must not hold control characters")]
    Control,
}

/// Reads the value of an `Authorization` header.
///
/// The scheme is read in any case, blanks follow it. What base64 gives is UTF-8, or else ISO-8859-1, as clients
/// have always differed on. All controls are refused, as the RFC demands: also tab, DEL and C1.
pub fn basic(header_value: &[u8]) -> Result<Credentials, BasicError> {
    let (scheme, encoded) = header_value.split_at_checked(5).ok_or(BasicError::Scheme)?;
    if !scheme.eq_ignore_ascii_case(b"basic") || encoded.first().is_some_and(|byte| *byte != b' ') {
        return Err(BasicError::Scheme);
    }
    let encoded = encoded.trim_ascii();
    if encoded.len() > LIMIT.div_ceil(3) * 4 {
        return Err(BasicError::TooLong);
    }
    // Padding may be missing, but it may not be wrong.
    let engine = if encoded.ends_with(b"=") { STANDARD } else { STANDARD_NO_PAD };
    let decoded = engine.decode(encoded).map_err(|_| BasicError::Base64)?;
    if decoded.len() > LIMIT {
        return Err(BasicError::TooLong);
    }
    let decoded = String::from_utf8(decoded)
        .unwrap_or_else(|error| error.as_bytes().iter().map(|byte| char::from(*byte)).collect());
    if text::check(&decoded).is_err() || decoded.chars().any(char::is_control) {
        return Err(BasicError::Control);
    }
    let (user, password) = decoded.split_once(':').ok_or(BasicError::NoColon)?;
    Ok(Credentials { user: user.to_owned(), password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(user_pass: &[u8]) -> Vec<u8> {
        format!("Basic {}", STANDARD.encode(user_pass)).into_bytes()
    }

    fn pair(header_value: &[u8]) -> Result<(String, String), BasicError> {
        basic(header_value).map(|credentials| (credentials.user, credentials.password))
    }

    #[test]
    fn splits_at_the_first_colon() {
        for (header, user, password) in [
            (&b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="[..], "Aladdin", "open sesame"),
            (b"basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"),
            (b"BASIC   QWxhZGRpbjpvcGVuIHNlc2FtZQ==  ", "Aladdin", "open sesame"),
            (b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ", "Aladdin", "open sesame"),
            (b"Basic Og==", "", ""),
            (b"Basic YTo=", "a", ""),
            (b"Basic OmI=", "", "b"),
            (b"Basic YTpiOmM6", "a", "b:c:"),
            (b"Basic dGVzdDoxMjPCow==", "test", "123£"),
        ] {
            assert_eq!(pair(header), Ok((user.to_owned(), password.to_owned())), "{}", header.escape_ascii());
        }
        assert_eq!(pair(&encode(b"caf\xE9:\xA3")), Ok(("café".to_owned(), "£".to_owned())));
    }

    #[test]
    fn refuses_everything_else() {
        for (header, error) in [
            (&b""[..], BasicError::Scheme),
            (b"Basi", BasicError::Scheme),
            (b"Bearer QTpi", BasicError::Scheme),
            (b"BasicQTpi", BasicError::Scheme),
            (b"Basic\tQTpi", BasicError::Scheme),
            (b" Basic QTpi", BasicError::Scheme),
            (b"Basic", BasicError::NoColon),
            (b"Basic ", BasicError::NoColon),
            (b"Basic QQ==", BasicError::NoColon),
            (b"Basic YTpi!", BasicError::Base64),
            (b"Basic YT pi", BasicError::Base64),
            (b"Basic YTpi====", BasicError::Base64),
            (b"Basic YTpiOg=", BasicError::Base64), // one `=` of two
            (b"Basic YTpiY", BasicError::Base64),
            (b"Basic YR==", BasicError::Base64),     // trailing bits set
            (b"Basic YTo_Pz8-", BasicError::Base64), // the alphabet of base64url
            (b"Basic a:b", BasicError::Base64),
            (b"Basic \xFF\xFE", BasicError::Base64),
            (&encode(b"a\0:b"), BasicError::Control),
            (&encode(b"a:b\n"), BasicError::Control),
            (&encode(b"a:\tb"), BasicError::Control),
            (&encode(b"a:\x7F"), BasicError::Control),
            (&encode(b"a:\x85"), BasicError::Control),
            (&encode("a:\u{85}".as_bytes()), BasicError::Control),
            (&encode("a:\u{FFFF}".as_bytes()), BasicError::Control),
        ] {
            assert_eq!(basic(header), Err(error), "{}", header.escape_ascii());
        }
    }

    #[test]
    fn keeps_its_limit_and_its_secret() {
        let user_pass = |length: usize| [&b"u:"[..], &vec![b'p'; length - 2]].concat();
        assert_eq!(basic(&encode(&user_pass(LIMIT))).unwrap().password.len(), LIMIT - 2);
        for length in [LIMIT + 1, LIMIT + 2, LIMIT + 3, 100_000] {
            assert_eq!(basic(&encode(&user_pass(length))), Err(BasicError::TooLong));
        }
        assert_eq!(format!("{:?}", basic(b"Basic YTpi").unwrap()), "Credentials(***)");
    }
}
