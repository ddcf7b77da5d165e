//! Which bytes may stand where, and the few values that decide about a request.

use std::net::Ipv6Addr;

/// Bytes of a token: a method or the name of a header.
static TOKEN: [bool; 256] = table(b"!#$%&'*+-.^_`|~");
/// Bytes of a request target: those of RFC 3986, and `[ ] { | }`, which old clients send as they are.
static TARGET: [bool; 256] = table(b"!$%&'()*+,-./:;=?@[]_{|}~");
/// Bytes of a registered name or an IPv4 address.
static NAME: [bool; 256] = table(b"-._~");

/// ASCII letters, digits and `marks`.
const fn table(marks: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut mark = 0;
    while mark < marks.len() {
        table[marks[mark] as usize] = true;
        mark += 1;
    }
    table
}

/// How many of `bytes`, from the first on, may stand in a token.
pub(super) fn token_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|&byte| !TOKEN[byte as usize]).unwrap_or(bytes.len())
}

/// How many of `bytes`, from the first on, may stand in a request target.
pub(super) fn target_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|&byte| !TARGET[byte as usize]).unwrap_or(bytes.len())
}

pub(super) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && token_length(bytes) == bytes.len()
}

/// Whether `value` has no control character but the tabulator. No early exit: the loop is done many bytes at a time.
pub(super) fn is_value(value: &[u8]) -> bool {
    value.iter().fold(true, |good, &byte| good & ((byte >= b' ' || byte == b'\t') & (byte != 0x7f)))
}

/// Whether `bytes` is a name, an IPv4 address or an IPv6 address in brackets, with an optional port.
pub(super) fn is_authority(bytes: &[u8]) -> bool {
    let (host_is_good, port) = match bytes.strip_prefix(b"[") {
        Some(rest) => {
            let Some(end) = rest.iter().position(|&byte| byte == b']') else { return false };
            let (address, port) = rest.split_at(end);
            let address = std::str::from_utf8(address).ok().and_then(|text| text.parse::<Ipv6Addr>().ok());
            (address.is_some(), port.get(1..).unwrap_or_default())
        }
        None => {
            let end = bytes.iter().position(|&byte| byte == b':').unwrap_or(bytes.len());
            let (name, port) = bytes.split_at(end);
            (!name.is_empty() && name.iter().all(|&byte| NAME[byte as usize]), port)
        }
    };
    host_is_good && (port.is_empty() || port.strip_prefix(b":").is_some_and(is_port))
}

/// An empty port stands for the default one.
fn is_port(digits: &[u8]) -> bool {
    digits.is_empty() || number(digits).is_some_and(|port| port <= u64::from(u16::MAX))
}

/// A number of at most 18 decimal digits and nothing else.
pub(super) fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    digits
        .iter()
        .try_fold(0, |number: u64, &digit| digit.is_ascii_digit().then(|| number * 10 + u64::from(digit - b'0')))
}

/// `value` without the spaces and tabulators around it.
pub(super) fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = value {
        value = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities() {
        for good in ["a", "a.example", "a_b:80", "127.0.0.1:65535", "[::1]", "[2001:db8::1]:8080", "a:", "xn--a.b"] {
            assert!(is_authority(good.as_bytes()), "{good}");
        }
        for bad in
            ["", ":80", "a:b", "a:65536", "a b", "a/b", "u@a", "[::1", "::1", "[a]", "[::1]x", "a,b", "a:80:80", "ä"]
        {
            assert!(!is_authority(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn numbers() {
        assert_eq!(number(b"0012"), Some(12));
        for bad in ["", "+1", "-1", "1 ", "0x1", "1,1", "1234567890123456789"] {
            assert_eq!(number(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn values() {
        assert!(is_value("text\twith \u{e4} and more".as_bytes()));
        for bad in [0, 7, b'\n', b'\r', 0x1f, 0x7f] {
            assert!(!is_value(&[b'a', bad, b'b']), "{bad}");
        }
    }
}
