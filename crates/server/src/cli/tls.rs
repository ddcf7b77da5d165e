//! `samerow tls`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

use super::{Exit, Failed, print};
use crate::tls;

/// Certificates for programs that want TLS.
#[derive(Subcommand)]
pub(super) enum Tls {
    /// Make a local authority and a certificate for the vendors' host names and this machine's.
    Init(Init),
}

#[derive(Args)]
pub(super) struct Init {
    /// Where they are put.
    #[arg(long, env = "SAMEROW_TLS_FOLDER", default_value = tls::FOLDER)]
    tls_folder: PathBuf,
    /// A further host name or address that your programs call. Can be said more than once.
    #[arg(long = "host")]
    hosts: Vec<String>,
    /// Take the place of one that is there. Clients must trust the new one then.
    #[arg(long)]
    force: bool,
}

pub(super) fn run(Tls::Init(init): &Tls) -> Result<Exit, Failed> {
    let vendors = tls::VENDORS.iter().map(|name| (*name).to_owned());
    let names: Vec<_> = vendors.chain(init.hosts.iter().cloned()).collect();
    let folder = &init.tls_folder;
    tls::make(folder, &names, init.force).map_err(|error| Failed::new(Exit::Failed, error))?;
    let authority = folder.join(tls::AUTHORITY);
    let authority = authority.display();
    let leads: String = names
        .iter()
        .filter(|name| name.parse::<std::net::IpAddr>().is_err())
        .map(|name| format!("     127.0.0.1 {name}\n"))
        .collect();
    print(&format!(
        "made {authority}, {} and {}\n\n\
         1. Let your programs trust {authority}:\n     \
         Debian, Ubuntu   cp {authority} /usr/local/share/ca-certificates/samerow.crt && update-ca-certificates\n     \
         Fedora, RHEL     trust anchor {authority}\n     \
         macOS            security add-trusted-cert -k ~/Library/Keychains/login.keychain-db {authority}\n     \
         Windows          certutil -addstore -user Root {authority}\n     \
         Mono             after the system's: cert-sync /etc/ssl/certs/ca-certificates.crt\n     \
         Java             keytool -importcert -cacerts -alias samerow -file {authority}\n     \
         Python, Node     REQUESTS_CA_BUNDLE={authority}, NODE_EXTRA_CA_CERTS={authority}\n\
         2. Lead the vendors' names here, in /etc/hosts or C:\\Windows\\System32\\drivers\\etc\\hosts:\n{leads}\
         3. samerow serve --tls --listen 127.0.0.1:443\n",
        folder.join(tls::CERTIFICATE).display(),
        folder.join(tls::KEY).display(),
    ))
}
