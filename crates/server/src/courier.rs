//! Takes events to their receivers.
//!
//! Who may write a webhook must not thereby reach what only this machine reaches: after the name of a receiver is
//! resolved, addresses that are not public are left out, unless the operator opened their network. The connection goes
//! to one of the others and to none else; redirects and proxies are not followed.

use dialects::courier::{Courier, Letter, Posting, Receipt};
use domain::network::Network;
use domain::port::Entropy as _;
use rustls::pki_types::CertificateDer;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::Semaphore;
use ureq::Agent;
use ureq::config::{Config, ConfigBuilder};
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::typestate::AgentScope;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use crate::host::SystemEntropy;

/// Letters under way at once.
const AT_ONCE: usize = 16;

/// Longest head of an answer, in bytes. Its body is not read.
const MAX_HEAD: usize = 16 * 1024;

/// The file of the key beside the store.
const KEY_FILE: &str = "samerow.key";

/// Networks whose addresses are nobody's on the public internet, or stand for such addresses.
const NOT_PUBLIC: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/8",
    "64:ff9b::/32",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/9",
    "ff00::/8",
];

/// Posts over HTTP and HTTPS.
pub struct HttpCourier {
    agent: Agent,
    places: Arc<Semaphore>,
}

impl HttpCourier {
    /// One that also reaches these networks, trusts these authorities if not the public ones, and waits so long for an
    /// answer.
    pub fn new(open: Vec<Network>, trusted: Option<&[CertificateDer<'_>]>, timeout: Duration) -> Self {
        let config = direct(trusted, timeout).max_response_header_size(MAX_HEAD).build();
        let closed = NOT_PUBLIC.iter().filter_map(|text| text.parse().ok()).collect();
        let guard = Guard { open, closed, resolver: DefaultResolver::default() };
        let agent = Agent::with_parts(config, DefaultConnector::default(), guard);
        Self { agent, places: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// How this server asks others: where it was told to and nowhere else, over a connection for each question, trusting these
/// authorities if not the public ones, and waiting so long for the whole answer, whatever its status.
pub fn direct(trusted: Option<&[CertificateDer<'_>]>, timeout: Duration) -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .timeout_global(Some(timeout))
        .tls_config(trusted.map_or_else(TlsConfig::default, trusting))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .proxy(None)
        .max_idle_connections(0)
        .user_agent(concat!("samerow/", env!("CARGO_PKG_VERSION")))
}

/// Trusts these authorities and none else.
pub fn trusting(authorities: &[CertificateDer<'_>]) -> TlsConfig {
    let roots: Vec<_> = authorities.iter().map(|one| Certificate::from_der(one).to_owned()).collect();
    TlsConfig::builder().root_certs(RootCerts::new_with_certs(&roots)).build()
}

impl Courier for HttpCourier {
    fn post(&self, letter: Letter) -> Posting<'_> {
        Box::pin(async move {
            let place = Arc::clone(&self.places).acquire_owned().await.map_err(|error| error.to_string())?;
            let agent = self.agent.clone();
            let posted = tokio::task::spawn_blocking(move || {
                let _place = place;
                post(&agent, &letter)
            });
            posted.await.map_err(|error| error.to_string())?
        })
    }
}

fn post(agent: &Agent, letter: &Letter) -> Result<Receipt, String> {
    let request =
        letter.headers.iter().fold(agent.post(&letter.url), |request, (name, value)| request.header(*name, value));
    let answer = request.send(&letter.body[..]).map_err(|error| error.to_string())?;
    let retry_after = answer.headers().get("retry-after").and_then(|value| retry_after(value.to_str().ok()?));
    Ok(Receipt { status: answer.status().as_u16(), retry_after })
}

/// Seconds, or a date.
fn retry_after(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    #[allow(clippy::disallowed_methods, reason = "the date is compared with the clock of this machine")]
    httpdate::parse_http_date(text.trim()).ok()?.duration_since(SystemTime::now()).ok()
}

/// Resolves names to addresses that may be reached.
#[derive(Debug)]
struct Guard {
    open: Vec<Network>,
    closed: Vec<Network>,
    resolver: DefaultResolver,
}

impl Guard {
    fn admits(&self, address: IpAddr) -> bool {
        let is_in = |networks: &[Network]| networks.iter().any(|network| network.contains(address));
        is_in(&self.open) || !is_in(&self.closed)
    }
}

impl Resolver for Guard {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.resolver.resolve(uri, config, timeout)?;
        let mut admitted = self.resolver.empty();
        found.iter().filter(|address| self.admits(address.ip())).for_each(|address| admitted.push(*address));
        if admitted.is_empty() {
            let text = "the receiver has no public address: webhook-networks opens private ones";
            return Err(ureq::Error::Io(std::io::Error::new(ErrorKind::PermissionDenied, text)));
        }
        Ok(admitted)
    }
}

/// The key that the secrets of webhooks are made from, kept beside the store and never in it. It is made when there is
/// none.
///
/// # Errors
/// When it can be neither read nor made, or is not a key.
pub fn key(folder: &Path) -> Result<[u8; 32], String> {
    let path = folder.join(KEY_FILE);
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    match std::fs::read(&path) {
        Ok(bytes) => bytes.try_into().map_err(|_| format!("{} is not the key of a store: 32 bytes", path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let mut key = [0; 32];
            SystemEntropy.fill(&mut key);
            let partial = path.with_extension("key.partial");
            let mut file =
                File::options().write(true).create(true).truncate(true).mode(0o600).open(&partial).map_err(failed)?;
            file.write_all(&key).and_then(|()| file.sync_all()).map_err(failed)?;
            std::fs::rename(&partial, &path).map_err(failed)?;
            Ok(key)
        }
        Err(error) => Err(failed(error)),
    }
}

/// A number by which servers that share a store know whether they have the same key. Nobody learns the key from it.
pub fn mark(key: &[u8; 32]) -> i64 {
    let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let digest = dialects::sign_in::digest(&format!("the mark of samerow.key {key}"));
    digest.get(..15).and_then(|digits| i64::from_str_radix(digits, 16).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_reached_unless_a_network_is_open() {
        let guard = |open: &[&str]| {
            let parse = |text: &&str| text.parse().unwrap();
            Guard {
                open: open.iter().map(parse).collect(),
                closed: NOT_PUBLIC.iter().map(parse).collect(),
                resolver: DefaultResolver::default(),
            }
        };
        let admits = |guard: &Guard, address: &str| guard.admits(address.parse().unwrap());
        let closed = guard(&[]);
        for public in ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "172.32.0.1", "100.128.0.1"] {
            assert!(admits(&closed, public), "{public}");
        }
        for private in [
            "127.0.0.1",
            "127.255.255.254",
            "0.0.0.0",
            "10.1.2.3",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "fd00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!admits(&closed, private), "{private}");
        }
        let open = guard(&["10.0.0.0/8", "127.0.0.1"]);
        assert!(admits(&open, "10.1.2.3") && admits(&open, "::ffff:127.0.0.1"));
        assert!(!admits(&open, "127.0.0.2") && !admits(&open, "192.168.0.1"));
    }

    #[test]
    fn a_receiver_says_when_it_wants_to_be_asked_again() {
        assert_eq!(retry_after("120"), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), None);
        assert!(retry_after("Wed, 21 Oct 2099 07:28:00 GMT").is_some_and(|wait| wait > Duration::from_secs(86_400)));
        assert_eq!(retry_after("soon"), None);
    }

    #[test]
    fn a_key_is_made_once() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let made = key(folder.path()).unwrap();
        assert_ne!(made, [0; 32]);
        assert_eq!(key(folder.path()), Ok(made));
        let file = folder.path().join(KEY_FILE);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&file, "short").unwrap();
        assert!(key(folder.path()).unwrap_err().contains("32 bytes"));
    }
}
