//! Asks an issuer of tokens (OpenID Connect) for what it tells of itself, for its keys, and for a token for a code.

use bytes::Bytes;
use dialects::oidc::{Asker, Asking, Issuer, MAX_DOCUMENT, Question, Trust};
use rustls::pki_types::CertificateDer;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use ureq::Agent;

use crate::courier::direct;
use crate::settings::{BadSetting, Settings};
use crate::tls;

/// Questions under way at once.
const AT_ONCE: usize = 8;

/// How long an answer may take, from the look-up of the name to the end of the body.
const TIMEOUT: Duration = Duration::from_secs(10);

struct HttpAsker {
    agent: Agent,
    places: Arc<Semaphore>,
}

impl HttpAsker {
    fn new(trusted: Option<&[CertificateDer<'_>]>) -> Self {
        Self { agent: direct(trusted, TIMEOUT).build().into(), places: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Asker for HttpAsker {
    fn ask(&self, question: Question) -> Asking<'_> {
        Box::pin(async move {
            let place = Arc::clone(&self.places).acquire_owned().await.map_err(|error| error.to_string())?;
            let agent = self.agent.clone();
            let asked = tokio::task::spawn_blocking(move || {
                let _place = place;
                ask(&agent, &question).map_err(|why| format!("{}: {why}", question.url))
            });
            asked.await.map_err(|error| error.to_string())?
        })
    }
}

fn ask(agent: &Agent, question: &Question) -> Result<Bytes, String> {
    let answer = match &question.form {
        None => agent.get(&question.url).header("Accept", "application/json").call(),
        Some(form) => {
            let request = agent.post(&question.url).header("Accept", "application/json");
            let request = request.header("Content-Type", "application/x-www-form-urlencoded");
            let request =
                question.authorization.iter().fold(request, |request, it| request.header("Authorization", it));
            request.send(form)
        }
    };
    let mut answer = answer.map_err(|error| error.to_string())?;
    if answer.status() != 200 {
        return Err(format!("answered {}", answer.status()));
    }
    let body = answer.body_mut().with_config().limit(MAX_DOCUMENT as u64).read_to_vec();
    body.map(Bytes::from).map_err(|error| error.to_string())
}

/// The issuer that the settings name, if they do.
///
/// # Errors
/// What cannot be used of them.
pub fn issuer(settings: &Settings) -> Result<Option<Issuer>, BadSetting> {
    let name = settings.text("oidc-issuer");
    if name.is_empty() {
        return Ok(None);
    }
    let trusted = match settings.text("oidc-ca") {
        "" => None,
        path => Some(tls::certificates(Path::new(path)).map_err(BadSetting::new)?),
    };
    let secret = match settings.text("oidc-client-secret-file") {
        "" => None,
        path => {
            let secret = std::fs::read_to_string(path)
                .map_err(|error| BadSetting::new(format!("oidc-client-secret-file {path}: {error}")))?;
            Some(secret.trim_end_matches(['\r', '\n']).to_owned())
        }
    };
    let client = Some(settings.text("oidc-client").to_owned()).filter(|client| !client.is_empty());
    let trust = Trust {
        issuer: name.to_owned(),
        audiences: settings.text("oidc-audience").split_whitespace().map(str::to_owned).collect(),
        claim: settings.text("oidc-claim").to_owned(),
        tenant: settings.text("oidc-tenant").to_owned(),
        client: client.map(|client| (client, secret)),
    };
    let issuer = Issuer::new(trust, Arc::new(HttpAsker::new(trusted.as_deref())));
    issuer.map(Some).map_err(|error| BadSetting::new(format!("oidc-issuer: {}", error.message)))
}
