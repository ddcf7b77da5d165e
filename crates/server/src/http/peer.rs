//! Who is asking: the address, the scheme and the host that the caller sees, also from behind a proxy.

use std::net::IpAddr;

use domain::network::Network;
use http::header::{FORWARDED, HOST};
use http::{HeaderMap, Request};

use super::forwarded::{self, Hop};
use super::syntax::is_authority;

/// How the caller reached the outermost machine of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    /// As in a URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// The caller of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its address: that of the socket, or the one that trusted proxies vouch for.
    pub address: IpAddr,
    /// The scheme of the URL that it used.
    pub scheme: Scheme,
    /// The host of that URL, if a trusted proxy named one.
    pub host: Option<String>,
}

impl Peer {
    /// The caller whose connection comes from `socket`, over `scheme`. The headers count only if `proxies` holds that
    /// address; anyone else could claim anything.
    pub fn new(socket: IpAddr, headers: &HeaderMap, scheme: Scheme, proxies: &Proxies) -> Self {
        let mut peer = Self { address: socket, scheme, host: None };
        if !proxies.trust(socket) {
            return peer;
        }
        let hops = match proxies.header {
            ProxyHeader::Forwarded => forwarded::parse(headers.get_all(FORWARDED).iter().map(|value| value.as_bytes())),
            ProxyHeader::XForwarded => Some(x_forwarded(headers)),
        };
        // Every proxy adds a hop at the end, so the last is what our own proxy saw. What it saw is to be believed up
        // to, and with, the first hop that is not a proxy of ours; all before that was said by a stranger.
        for hop in hops.unwrap_or_default().into_iter().rev() {
            peer.scheme = match hop.proto {
                Some(proto) if proto.eq_ignore_ascii_case("https") => Scheme::Https,
                Some(proto) if proto.eq_ignore_ascii_case("http") => Scheme::Http,
                _ => peer.scheme,
            };
            peer.host = hop.host.filter(|host| is_authority(host.as_bytes())).or(peer.host);
            let Some(address) = hop.address else { break };
            peer.address = address;
            if !proxies.trust(address) {
                break;
            }
        }
        peer
    }

    /// The URL of this server as the caller of `request` knows it, without a slash at the end; none for a request of
    /// HTTP/1.0 that names no host.
    pub fn base_url<B>(&self, request: &Request<B>) -> Option<String> {
        let host = match &self.host {
            Some(host) => host,
            None => request.headers().get(HOST)?.to_str().ok()?,
        };
        Some(format!("{}://{host}", self.scheme.as_str()))
    }
}

/// The hops of `X-Forwarded-For`, and of its companions, which have as many entries or only that of the last proxy.
fn x_forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let list = |name: &str| -> Vec<String> {
        let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(|line| line.split(',')).map(|entry| entry.trim().to_owned()).collect()
    };
    let (addresses, protos, hosts) = (list("x-forwarded-for"), list("x-forwarded-proto"), list("x-forwarded-host"));
    let count = addresses.len().max(1);
    let entry = |list: &[String], hop: usize| {
        if list.len() == count { list.get(hop) } else { list.last().filter(|_| hop + 1 == count) }.cloned()
    };
    (0..count)
        .map(|hop| Hop {
            address: addresses.get(hop).and_then(|node| forwarded::address(node)),
            proto: entry(&protos, hop),
            host: entry(&hosts, hop),
        })
        .collect()
}

/// The proxies that are believed, and the header in which they tell what they saw.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// Where they connect from. With none, no header is looked at.
    pub networks: Vec<Network>,
    /// The one header that they all set. A proxy passes on what else a stranger sent, so only this one is read.
    pub header: ProxyHeader,
}

impl Proxies {
    /// Whether `address` is one of them.
    pub fn trust(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(address))
    }
}

/// How a proxy tells for whom it asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`, `-Proto` and `-Host`, as most do.
    #[default]
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    /// `10.0.0.0/8` and `fd00::/8` are ours.
    fn peer(
        header: ProxyHeader,
        socket: &str,
        lines: &[(&'static str, &str)],
    ) -> (String, &'static str, Option<String>) {
        let proxies = Proxies { networks: vec![network("10.0.0.0/8"), network("fd00::/8")], header };
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let peer = Peer::new(socket.parse().unwrap(), &headers, Scheme::Http, &proxies);
        (peer.address.to_string(), peer.scheme.as_str(), peer.host)
    }

    #[test]
    fn the_last_address_that_is_not_ours_is_the_caller() {
        use ProxyHeader::{Forwarded, XForwarded};
        let (xff, fwd) = ("x-forwarded-for", "forwarded");
        for (header, socket, lines, wanted) in [
            (XForwarded, "192.0.2.1", &[(xff, "203.0.113.9")][..], "192.0.2.1"),
            (XForwarded, "10.0.0.1", &[], "10.0.0.1"),
            (XForwarded, "10.0.0.1", &[(xff, "203.0.113.9")], "203.0.113.9"),
            (XForwarded, "::ffff:10.0.0.1", &[(xff, "203.0.113.9")], "203.0.113.9"),
            (XForwarded, "fd00::1", &[(xff, "2001:db8::1")], "2001:db8::1"),
            // Whatever the caller put in front.
            (XForwarded, "10.0.0.1", &[(xff, "198.51.100.1, 203.0.113.9, 10.0.0.2")], "203.0.113.9"),
            (XForwarded, "10.0.0.1", &[(xff, "198.51.100.1"), (xff, "203.0.113.9:4711")], "203.0.113.9"),
            (XForwarded, "10.0.0.1", &[(xff, "10.9.9.9, 203.0.113.9")], "203.0.113.9"),
            (XForwarded, "10.0.0.1", &[(xff, "10.0.0.3, 10.0.0.2")], "10.0.0.3"),
            (XForwarded, "10.0.0.1", &[(xff, "198.51.100.1, nonsense, 10.0.0.2")], "10.0.0.2"),
            // The other header is not asked.
            (XForwarded, "10.0.0.1", &[(fwd, "for=203.0.113.9")], "10.0.0.1"),
            (Forwarded, "10.0.0.1", &[(xff, "203.0.113.9")], "10.0.0.1"),
            (Forwarded, "10.0.0.1", &[(fwd, "for=198.51.100.1, for=203.0.113.9, for=10.0.0.2")], "203.0.113.9"),
            (Forwarded, "10.0.0.1", &[(fwd, "for=198.51.100.1, for=unknown, for=10.0.0.2")], "10.0.0.2"),
            (Forwarded, "10.0.0.1", &[(fwd, "for=\"broken"), (fwd, "for=203.0.113.9")], "10.0.0.1"),
        ] {
            assert_eq!(peer(header, socket, lines).0, wanted, "{lines:?}");
        }
    }

    #[test]
    fn the_outermost_proxy_knows_scheme_and_host() {
        let of = |lines: &[(&'static str, &str)]| {
            let (_, scheme, host) = peer(ProxyHeader::XForwarded, "10.0.0.1", lines);
            (scheme, host.unwrap_or_default())
        };
        let (xff, proto, host) = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host");
        assert_eq!(of(&[(proto, "https"), (host, "a.example")]), ("https", "a.example".to_owned()));
        assert_eq!(of(&[(xff, "203.0.113.9, 10.0.0.2"), (proto, "https, http")]).0, "https");
        assert_eq!(of(&[(xff, "203.0.113.9, 10.0.0.2"), (proto, "https")]).0, "https");
        // The caller's own claim stands before what the proxy added.
        assert_eq!(of(&[(xff, "198.51.100.1, 203.0.113.9"), (proto, "https, http")]).0, "http");
        assert_eq!(of(&[(xff, "203.0.113.9"), (host, "evil.example, a.example")]).1, "a.example");
        assert_eq!(of(&[(xff, "203.0.113.9"), (host, "a/b"), (proto, "gopher")]), ("http", String::new()));
        let (_, scheme, host) = peer(
            ProxyHeader::Forwarded,
            "10.0.0.1",
            &[("forwarded", "for=198.51.100.1;proto=http;host=evil, for=203.0.113.9;proto=https;host=\"a:8443\"")],
        );
        assert_eq!((scheme, host.as_deref()), ("https", Some("a:8443")));
    }

    #[test]
    fn base_urls() {
        let request = Request::builder().header("host", "a:8080").body(()).unwrap();
        let mut peer = Peer { address: [127, 0, 0, 1].into(), scheme: Scheme::Https, host: None };
        assert_eq!(peer.base_url(&request).as_deref(), Some("https://a:8080"));
        peer.host = Some("b".to_owned());
        assert_eq!(peer.base_url(&request).as_deref(), Some("https://b"));
    }
}
