//! Who is asking: the address, the scheme and the host that the caller sees, also from behind a proxy.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

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

/// Addresses that begin alike, written `192.0.2.0/24`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether `address` is in it. An IPv4 address in IPv6 form is taken for what it is.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                (ours.to_bits() ^ theirs.to_bits()).leading_zeros() >= u32::from(self.prefix)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                (ours.to_bits() ^ theirs.to_bits()).leading_zeros() >= u32::from(self.prefix)
            }
            _ => false,
        }
    }
}

/// The text is not a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidNetwork(String);

impl fmt::Display for InvalidNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}” is not a network: write it like 10.0.0.0/8, fd00::/8 or 192.0.2.1", self.0)
    }
}

impl std::error::Error for InvalidNetwork {}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let invalid = || InvalidNetwork(text.chars().take(64).collect());
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address = address.parse::<IpAddr>().map_err(|_| invalid())?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(bits), |prefix| prefix.parse().map_err(|_| invalid()))?;
        if prefix > bits { Err(invalid()) } else { Ok(Self { address, prefix }) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}
