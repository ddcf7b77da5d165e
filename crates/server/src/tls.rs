//! TLS: a local authority with one certificate for the vendors' host names, and what the listener needs of a certificate.
//!
//! Old programs often have their vendor's address compiled in and want TLS there. They are led here by the hosts file,
//! and trust the local authority. Its own key is never written: it signs once and is forgotten, and it is only good for
//! the names it was made for, so that trusting it lets nobody pretend to be somebody else.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, NameConstraints, SanType,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use crate::host::SystemClock;
use domain::Time;
use domain::port::Clock as _;

/// Where the files are when nobody says.
pub const FOLDER: &str = "./samerow-tls";

/// What clients have to trust.
pub const AUTHORITY: &str = "ca.pem";

/// The certificate of the server, and after it those that it is trusted by.
pub const CERTIFICATE: &str = "server.pem";

/// Its key.
pub const KEY: &str = "server.key";

/// The hosts that the vendors' programs call: those whose names are known.
pub const VENDORS: &[&str] = &[
    "clientcenter.api.bingads.microsoft.com",
    "clientcenter.api.sandbox.bingads.microsoft.com",
    "login.live.com",
    "login.microsoftonline.com",
];

/// How those on this machine call it.
const LOCAL: &[&str] = &["localhost", "127.0.0.1", "::1"];

/// Days that a certificate is good: what the strictest clients take of an authority of one's own.
const DAYS: i64 = 825;

/// Days before its end from which on a certificate is warned about.
const SOON: i64 = 30;

/// Makes an authority and a certificate for these names and those of this machine, and puts them into a folder.
///
/// # Errors
/// A name that is none, a folder that cannot be written to, or one that holds a certificate already unless `force` lets it
/// be replaced.
pub fn make(folder: &Path, given: &[String], force: bool) -> Result<(), String> {
    let now = SystemClock.now().seconds();
    let (from, until) = (date(now - 86_400)?, date(now + DAYS * 86_400)?);
    let mut names: Vec<_> = LOCAL.iter().map(|name| (*name).to_owned()).collect();
    for name in given {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let failed = |error: rcgen::Error| format!("a certificate cannot be made: {error}");

    let wrong = |name: &String| format!("{name} is no host name");
    let mut server = CertificateParams::default();
    for name in &names {
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte));
        server.subject_alt_names.push(match name.parse::<IpAddr>() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) if name.contains(':') || !is_name || name.is_empty() => return Err(wrong(name)),
            Err(_) => SanType::DnsName(name.as_str().try_into().map_err(|_| wrong(name))?),
        });
    }

    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, format!("samerow, made {}", from.date()));
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    (authority.not_before, authority.not_after) = (from, until);
    let dns = names.iter().filter(|name| name.parse::<IpAddr>().is_err());
    authority.name_constraints = Some(NameConstraints {
        // Addresses are left out: Mono knows no constraint of them, and then trusts nothing.
        permitted_subtrees: dns.map(|name| GeneralSubtree::DnsName(name.clone())).collect(),
        excluded_subtrees: Vec::new(),
    });
    let authority_key = KeyPair::generate().map_err(failed)?;
    let authority_certificate = authority.self_signed(&authority_key).map_err(failed)?;
    let authority = Issuer::new(authority, authority_key);

    server.distinguished_name.push(DnType::CommonName, "samerow");
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;
    (server.not_before, server.not_after) = (from, until);
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = server.signed_by(&key, &authority).map_err(failed)?;

    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let chain = certificate.pem() + &authority_certificate.pem();
    let files = [
        (KEY, key.serialize_pem(), 0o600),
        (CERTIFICATE, chain, 0o644),
        (AUTHORITY, authority_certificate.pem(), 0o644),
    ];
    if let Some((name, ..)) = files.iter().find(|(name, ..)| !force && folder.join(name).exists()) {
        let text = "is there already, and clients may trust it. Nothing was changed: --force makes another one.";
        return Err(format!("{} {text}", folder.join(name).display()));
    }
    for (name, text, mode) in files {
        write(&folder.join(name), &text, mode)?;
    }
    Ok(())
}

/// The file appears whole, and is never readable by more than it is to be.
fn write(path: &Path, text: &str, mode: u32) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let partial = path.with_extension("partial");
    match fs::remove_file(&partial) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let mut file = File::options().write(true).create_new(true).mode(mode).open(&partial).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&partial, path).map_err(failed)
}

fn date(seconds: i64) -> Result<time::OffsetDateTime, String> {
    time::OffsetDateTime::from_unix_timestamp(seconds).map_err(|error| format!("the clock of this machine: {error}"))
}

/// What the listener needs, of the files in a folder.
///
/// # Errors
/// Files that cannot be read, hold no certificate and key, or do not belong together.
pub fn load(folder: &Path) -> Result<ServerConfig, String> {
    let hint = |path: &Path, error: &dyn std::fmt::Display| {
        format!("{}: {error} (samerow tls init makes one)", path.display())
    };
    let chain = chain(folder)?;
    let path = folder.join(KEY);
    let key = PrivateKeyDer::from_pem_file(&path).map_err(|error| hint(&path, &error))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key));
    let mut config = config.map_err(|error| hint(&folder.join(CERTIFICATE), &error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn chain(folder: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    certificates(&folder.join(CERTIFICATE)).map_err(|error| format!("{error} (samerow tls init makes one)"))
}

/// The certificates of a PEM file, at least one.
///
/// # Errors
/// A file that cannot be read, or holds none.
pub fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let all = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match all {
        Ok(all) if all.is_empty() => Err(format!("{}: there is no certificate in it", path.display())),
        Ok(all) => Ok(all),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// What is to be said of the end of the certificate in a folder: nothing while it is far.
///
/// # Errors
/// A file that cannot be read.
pub fn warning(folder: &Path, now: Time) -> Result<Option<String>, String> {
    let path = folder.join(CERTIFICATE);
    let end = chain(folder)?.first().and_then(|certificate| not_after(certificate));
    let end = end.ok_or_else(|| format!("{}: the certificate does not say when it ends", path.display()))?;
    let days = (end - now.seconds()).div_euclid(86_400);
    Ok(match days {
        SOON.. => None,
        0.. => Some(format!("{} ends in {days} days: samerow tls init --force makes another one", path.display())),
        _ => Some(format!("{} has ended: samerow tls init --force makes another one", path.display())),
    })
}

/// When a certificate ends, in seconds since 1970 (RFC 5280, 4.1.2.5).
fn not_after(certificate: &[u8]) -> Option<i64> {
    let parsed = yasna::parse_der(certificate, |reader| {
        reader.read_sequence(|certificate| {
            let end = certificate.next().read_sequence(|body| {
                body.read_optional(|version| version.read_tagged(yasna::Tag::context(0), |v| v.read_der()))?;
                // Serial number, algorithm and issuer come first.
                for _ in 0..3 {
                    body.next().read_der()?;
                }
                let end = body.next().read_sequence(|validity| {
                    validity.next().read_der()?;
                    let end = validity.next();
                    if end.lookahead_tag()? == yasna::tags::TAG_UTCTIME {
                        Ok(*end.read_utctime()?.datetime())
                    } else {
                        Ok(*end.read_generalized_time()?.datetime())
                    }
                })?;
                // Subject, key and extensions.
                while body.read_optional(|rest| rest.read_der())?.is_some() {}
                Ok(end)
            })?;
            for _ in 0..2 {
                certificate.next().read_der()?;
            }
            Ok(end)
        })
    });
    parsed.ok().map(|end: time::OffsetDateTime| end.unix_timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_certificate_is_made_once_and_can_be_served() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["crm.example".to_owned(), "192.0.2.7".to_owned()];
        make(folder.path(), &names, false).unwrap();
        let mode = |name| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!([KEY, CERTIFICATE, AUTHORITY].map(mode), [0o600, 0o644, 0o644]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "the key of the authority is nowhere");
        load(folder.path()).unwrap();
        let before = fs::read(folder.path().join(KEY)).unwrap();
        let refused = make(folder.path(), &names, false).unwrap_err();
        assert!(refused.contains("--force"), "{refused}");
        assert_eq!(fs::read(folder.path().join(KEY)).unwrap(), before);
        make(folder.path(), &names, true).unwrap();
        assert_ne!(fs::read(folder.path().join(KEY)).unwrap(), before);
        load(folder.path()).unwrap();
        assert_eq!(mode(KEY), 0o600);
    }

    #[test]
    fn what_is_no_name_or_no_certificate_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["", "a b", "a/b", "naïve.example", "host:80", "*.example"] {
            assert!(make(folder.path(), &[name.to_owned()], false).is_err(), "{name:?}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(load(folder.path()).unwrap_err().contains("samerow tls init"));
        fs::write(folder.path().join(CERTIFICATE), "nothing").unwrap();
        assert!(load(folder.path()).unwrap_err().contains("no certificate"));
        make(folder.path(), &[], true).unwrap();
        let other = tempfile::tempdir().unwrap();
        make(other.path(), &[], false).unwrap();
        fs::copy(other.path().join(KEY), folder.path().join(KEY)).unwrap();
        assert!(load(folder.path()).is_err(), "another one's key");
    }

    #[test]
    fn the_end_is_warned_about_in_time() {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path(), &[], false).unwrap();
        let at = |days: i64| warning(folder.path(), SystemClock.now().plus_seconds(days * 86_400)).unwrap();
        assert_eq!(at(0), None);
        assert_eq!(at(DAYS - SOON - 1), None);
        assert!(
            at(DAYS - SOON + 1).unwrap().contains("ends in 28 days")
                || at(DAYS - SOON + 1).unwrap().contains("ends in 29 days")
        );
        assert!(at(DAYS + 1).unwrap().contains("has ended"));
        fs::write(folder.path().join(CERTIFICATE), "nothing").unwrap();
        assert!(warning(folder.path(), Time(0)).is_err());
    }
}
