//! A request, whole and already limited in size.

use bytes::Bytes;
use domain::{Caller, Origin};
use http::{HeaderMap, Method, header};
use std::net::IpAddr;

/// Longest part of a client's name that the history keeps, in characters.
const CLIENT_MAX: usize = 200;

/// What a dialect sees of a request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path as sent, without a tenant's prefix.
    pub path: String,
    /// The query as sent, without the question mark.
    pub query: Option<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// The address of the client, behind trusted proxies.
    pub address: IpAddr,
    /// Where the client sees this server, with the tenant's prefix, without a slash at the end:
    /// `https://crm.example/t/acme`.
    pub base_url: String,
    /// The name of the tenant, if the path or the host name says one.
    pub tenant: Option<String>,
    /// The id of the request: the client's `X-Request-Id` if it sent a usable one, else one of ours.
    pub id: String,
}

impl Request {
    /// A header as text; `None` when it is absent or not visible ASCII.
    pub fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The host name that the client sent it to, without a port; `""` when it named none.
    pub fn host(&self) -> &str {
        let authority = self.base_url.split_once("://").map_or("", |(_, rest)| rest);
        let authority = authority.split('/').next().unwrap_or_default();
        match authority.rsplit_once(':') {
            // The colons of a bare IPv6 address stand inside its brackets.
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        }
    }

    /// What the history says of a change that this request makes.
    pub fn origin(&self, dialect: &str, operation: &str, caller: &Caller) -> Origin {
        let client = self.headers.get(header::USER_AGENT).map(|name| String::from_utf8_lossy(name.as_bytes()));
        let client = client.unwrap_or_default();
        Origin {
            dialect: dialect.to_owned(),
            operation: operation.to_owned(),
            credential: caller.name.clone(),
            client: client.chars().filter(|c| !c.is_control()).take(CLIENT_MAX).collect(),
            request_id: self.id.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_without_scheme_port_and_path() {
        for (base_url, host) in [
            ("https://crm.example", "crm.example"),
            ("http://crm.example:7263/t/acme", "crm.example"),
            ("http://127.0.0.1:80", "127.0.0.1"),
            ("http://[::1]:7263", "[::1]"),
            ("http://[::1]", "[::1]"),
            ("", ""),
        ] {
            let request = Request {
                method: Method::GET,
                path: String::from("/"),
                query: None,
                headers: HeaderMap::new(),
                body: Bytes::new(),
                address: [127, 0, 0, 1].into(),
                base_url: base_url.to_owned(),
                tenant: None,
                id: String::new(),
            };
            assert_eq!(request.host(), host, "{base_url}");
        }
    }
}
