//! The `Forwarded` header (RFC 7239).

use std::net::{IpAddr, SocketAddr};

use super::syntax::{is_token, is_value, trim};

/// What one proxy says of the request that it passed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hop {
    /// Where it came from, if the proxy tells.
    pub(super) address: Option<IpAddr>,
    pub(super) proto: Option<String>,
    pub(super) host: Option<String>,
}

/// The hops in the lines of the header, in order; `None` if a line is malformed.
pub(super) fn parse<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Option<Vec<Hop>> {
    let mut hops = Vec::new();
    for line in lines {
        let mut rest = line;
        loop {
            let hop = element(&mut rest)?;
            hops.extend(hop);
            match rest.split_first() {
                None => break,
                Some((b',', after)) => rest = after,
                Some(_) => return None,
            }
        }
    }
    Some(hops)
}

/// `[ pair ] *( ";" [ pair ] )`; an empty element is no hop.
fn element(rest: &mut &[u8]) -> Option<Option<Hop>> {
    let mut hop = None::<Hop>;
    loop {
        *rest = trim(rest);
        if !matches!(rest.first(), None | Some(b',' | b';')) {
            let equals = rest.iter().position(|&byte| byte == b'=')?;
            let (name, after) = rest.split_at(equals);
            *rest = after.get(1..)?;
            let value = value(rest)?;
            let hop = hop.get_or_insert_default();
            match name {
                _ if !is_token(name) => return None,
                _ if name.eq_ignore_ascii_case(b"for") => hop.address = address(&value),
                _ if name.eq_ignore_ascii_case(b"proto") => hop.proto = Some(value),
                _ if name.eq_ignore_ascii_case(b"host") => hop.host = Some(value),
                _ => {}
            }
            *rest = trim(rest);
        }
        match rest.split_first() {
            Some((b';', after)) => *rest = after,
            _ => return Some(hop),
        }
    }
}

/// A token or a quoted string.
fn value(rest: &mut &[u8]) -> Option<String> {
    let Some(quoted) = rest.strip_prefix(b"\"") else {
        let end = rest.iter().position(|byte| matches!(byte, b',' | b';' | b' ' | b'\t')).unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        *rest = after;
        // Strictly, a colon or a bracket must be quoted; many proxies do not care.
        let is_good = token.iter().all(|&byte| is_token(&[byte]) || matches!(byte, b':' | b'[' | b']'));
        return (is_good && !token.is_empty()).then(|| String::from_utf8_lossy(token).into_owned());
    };
    let mut text = Vec::new();
    let mut bytes = quoted.iter().enumerate();
    while let Some((at, &byte)) = bytes.next() {
        match byte {
            b'"' => {
                *rest = quoted.get(at + 1..)?;
                return is_value(&text).then_some(text).and_then(|text| String::from_utf8(text).ok());
            }
            b'\\' => text.push(*bytes.next()?.1),
            _ => text.push(byte),
        }
    }
    None
}

/// The address of a node, with or without a port. `unknown` and the names that a proxy makes up are none.
pub(super) fn address(node: &str) -> Option<IpAddr> {
    let unbracketed = node.strip_prefix('[').and_then(|node| node.strip_suffix(']'));
    let address = node.parse::<IpAddr>().ok().or_else(|| unbracketed?.parse().ok());
    let address = address.or_else(|| Some(node.parse::<SocketAddr>().ok()?.ip()));
    Some(address?.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(address: Option<&str>, proto: Option<&str>, host: Option<&str>) -> Hop {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Hop { address: address.map(|address| address.parse().unwrap()), proto: own(proto), host: own(host) }
    }

    fn hops(line: &str) -> Option<Vec<Hop>> {
        parse([line.as_bytes()].into_iter())
    }

    #[test]
    fn hops_of_a_line() {
        for (line, wanted) in [
            ("for=192.0.2.60;proto=http;by=203.0.113.43", vec![hop(Some("192.0.2.60"), Some("http"), None)]),
            ("For=\"[2001:db8:cafe::17]:4711\"", vec![hop(Some("2001:db8:cafe::17"), None, None)]),
            ("for=\"[::1]\"", vec![hop(Some("::1"), None, None)]),
            (
                "for=192.0.2.43:80, for=198.51.100.17",
                vec![hop(Some("192.0.2.43"), None, None), hop(Some("198.51.100.17"), None, None)],
            ),
            ("for=_hidden, for=unknown ; host=\"a:80\"", vec![hop(None, None, None), hop(None, None, Some("a:80"))]),
            ("host=\"a\\\"b\\\\\"; proto=\"ht\\tp\"", vec![hop(None, Some("http"), Some("a\"b\\"))]),
            ("for=\"a,b;c=d\"", vec![hop(None, None, None)]),
            (" , ;,for=::ffff:192.0.2.1 ;; secret=x,", vec![hop(Some("192.0.2.1"), None, None)]),
            ("", vec![]),
        ] {
            assert_eq!(hops(line), Some(wanted), "{line}");
        }
    }

    #[test]
    fn malformed_lines() {
        for line in
            ["for", "for=", "=a", "for=\"a", "for=\"a\\", "for=a b", "for=a\"b\"", "f r=a", "for=\"a\"b", "for=ä"]
        {
            assert_eq!(hops(line), None, "{line}");
        }
        assert_eq!(parse([&b"for=a"[..], b"for=\""].into_iter()), None);
        assert_eq!(hops("for=\"\u{1}\""), None);
    }

    #[test]
    fn several_lines_are_one() {
        let lines = [&b"for=192.0.2.1"[..], b"for=192.0.2.2"];
        assert_eq!(parse(lines.into_iter()), hops("for=192.0.2.1,for=192.0.2.2"));
    }
}
