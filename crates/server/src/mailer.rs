//! Sends mail through a mail server (RFC 5321).

use dialects::mail::{Mail, Mailer, Sending};
use mail_send::mail_builder::MessageBuilder;
use mail_send::{Credentials, SmtpClientBuilder};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_rustls::TlsConnector;

use crate::settings::{BadSetting, Settings};
use crate::tls;

/// Mails under way at once; others wait, and give up at the same time as if they were sent.
const AT_ONCE: usize = 4;

/// How the connection is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tls {
    /// Not at all.
    None,
    /// The server is asked to change to TLS, and must.
    Started,
    /// From the beginning.
    Whole,
}

/// A mail server.
pub struct SmtpMailer {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<(String, String)>,
    /// Trusts the authorities that are named; `None` for the public ones.
    connector: Option<TlsConnector>,
    from: String,
    timeout: Duration,
    places: Semaphore,
}

impl SmtpMailer {
    /// As the settings say; `None` where they name no mail server.
    ///
    /// # Errors
    /// What cannot be used of them.
    pub fn new(settings: &Settings) -> Result<Option<Self>, BadSetting> {
        let server = settings.text("smtp-server");
        if server.is_empty() {
            return Ok(None);
        }
        let (tls, host, port) = settings.mail_server()?;
        let tls = match tls {
            "smtp" => Tls::None,
            "smtps" => Tls::Whole,
            _ => Tls::Started,
        };
        let from = settings.text("smtp-from");
        if !from.contains('@') {
            return Err(BadSetting::new(
                "smtp-from must be the address that mails come from, since smtp-server is set",
            ));
        }
        let credentials = match settings.text("smtp-user") {
            "" => None,
            _ if tls == Tls::None => {
                return Err(BadSetting::new(
                    "smtp-user is sent over TLS only: smtp-server must be smtps:// or smtp+starttls://",
                ));
            }
            user => {
                let path = settings.text("smtp-password-file");
                let password = std::fs::read_to_string(path)
                    .map_err(|error| BadSetting::new(format!("smtp-password-file {path}: {error}")))?;
                Some((user.to_owned(), password.trim_end().to_owned()))
            }
        };
        let connector = match settings.text("smtp-ca") {
            "" => None,
            path => Some(trusting(Path::new(path)).map_err(|error| BadSetting::new(format!("smtp-ca {error}")))?),
        };
        let (from, timeout) = (from.to_owned(), settings.seconds("smtp-timeout")?);
        Ok(Some(Self { host, port, tls, credentials, connector, from, timeout, places: Semaphore::new(AT_ONCE) }))
    }

    async fn post(&self, mail: Mail) -> Result<(), String> {
        let _place = self.places.acquire().await.map_err(|error| error.to_string())?;
        let message = MessageBuilder::new()
            .from(self.from.as_str())
            .to(mail.to.as_str())
            .subject(mail.subject)
            .header("Auto-Submitted", mail_send::mail_builder::headers::raw::Raw::new("auto-replied"))
            .text_body(mail.text);
        let mut client = SmtpClientBuilder::new(self.host.clone(), self.port)
            .implicit_tls(self.tls == Tls::Whole)
            .timeout(self.timeout);
        if let Some((user, password)) = &self.credentials {
            client = client.credentials(Credentials::new(user.clone(), password.clone()));
        }
        if let Some(connector) = &self.connector {
            client.tls_connector = connector.clone();
        }
        let told = |error: mail_send::Error| error.to_string();
        if self.tls == Tls::None {
            client.connect_plain().await.map_err(told)?.send(message).await.map_err(told)
        } else {
            client.connect().await.map_err(told)?.send(message).await.map_err(told)
        }
    }
}

/// Trusts these authorities and none else.
fn trusting(path: &Path) -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    for authority in tls::certificates(path)? {
        roots.add(authority).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

impl Mailer for SmtpMailer {
    fn send(&self, mail: Mail) -> Sending<'_> {
        // The whole of it: a server that answers a letter at a time holds nobody up for longer.
        Box::pin(async move {
            let late = || format!("{} did not take the mail within {:?}", self.host, self.timeout);
            tokio::time::timeout(self.timeout, self.post(mail)).await.map_err(|_| late())?
        })
    }
}
