//! People who sign in with a browser: authorization code with PKCE (RFC 6749, RFC 7636).

use super::token::{text, wrong};
use super::{Identity, Issuer, Known, Question, object};
use crate::oauth;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::error::Reason;
use domain::{Error, Time};
use sha2::{Digest as _, Sha256};
use wire::json::Value;

/// What one sign-in is known by. Each text is random, at least 43 letters and digits long, and used once; whoever asks
/// keeps them where only the same browser brings them back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Comes back with the code: compare it before anything else.
    pub state: String,
    /// Comes back in the token.
    pub nonce: String,
    /// Shows that who redeems the code also asked for it.
    pub verifier: String,
}

impl Issuer {
    fn client(&self) -> Result<&(String, Option<String>), Error> {
        let text = "People cannot sign in through this issuer: this server has no client name there";
        self.trust.client.as_ref().ok_or_else(|| Error::new(Reason::Unsupported, text))
    }

    /// Where a browser is led so that its user signs in; it comes back to `redirect_uri` with `code` and `state`, or with
    /// `error`.
    ///
    /// # Errors
    /// `Unsupported` where nothing is configured for people, or the issuer offers them nothing; `Busy` while the issuer
    /// cannot be reached.
    pub async fn authorization_url(&self, redirect_uri: &str, attempt: &Attempt, now: Time) -> Result<String, Error> {
        let (client, _) = self.client()?;
        let known = self.known(now, |_| true).await?;
        let endpoint = endpoint(known.authorization_endpoint.as_deref())?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&attempt.verifier));
        Ok(oauth::with(
            endpoint,
            &[
                ("response_type", "code"),
                ("client_id", client),
                ("redirect_uri", redirect_uri),
                ("scope", "openid profile email"),
                ("state", &attempt.state),
                ("nonce", &attempt.nonce),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ],
        ))
    }

    /// Who signed in, for the code that the browser came back with.
    ///
    /// # Errors
    /// `Unauthenticated` for a code that the issuer does not take, and a token that is not for this attempt; `Busy` while
    /// the issuer cannot be reached; `Unsupported` as above.
    pub async fn redeem(
        &self,
        code: &str,
        redirect_uri: &str,
        attempt: &Attempt,
        now: Time,
    ) -> Result<Identity, Error> {
        let (client, secret) = self.client()?;
        let known = self.known(now, |_| true).await?;
        let token = self.token_for(&known, code, redirect_uri, attempt, (client, secret.as_deref())).await?;
        let audience = [client.clone()];
        self.proven(&token, &audience, now, |claims| {
            if text(claims, "nonce")? != attempt.nonce {
                return Err(wrong("it is of another sign-in"));
            }
            match claims.get("azp") {
                Some(party) if party.as_text() != Some(client) => Err(wrong("it was made for another party")),
                _ => Ok(()),
            }
        })
        .await
    }

    async fn token_for(
        &self,
        known: &Known,
        code: &str,
        redirect_uri: &str,
        attempt: &Attempt,
        (client, secret): (&str, Option<&str>),
    ) -> Result<String, Error> {
        let parameters = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("client_id", client),
            ("code_verifier", &attempt.verifier),
        ];
        let form = oauth::with("", &parameters).trim_start_matches('?').to_owned();
        let pair = |secret: &str| format!("{}:{}", oauth::encoded(client), oauth::encoded(secret));
        let authorization = secret.map(|secret| format!("Basic {}", STANDARD.encode(pair(secret))));
        let url = endpoint(known.token_endpoint.as_deref())?.to_owned();
        let answer = self.asker.ask(Question { url, form: Some(form), authorization }).await;
        let token = answer.and_then(|answer| {
            let answer = object(&answer)?;
            let token = answer.get("id_token").and_then(Value::as_text);
            token.map(str::to_owned).ok_or_else(|| "it gives no id_token".to_owned())
        });
        token.map_err(|why| {
            tracing::warn!(issuer = self.trust.issuer, why, "the issuer gives no token for a code");
            Error::new(Reason::Unauthenticated, "The issuer does not confirm this sign-in: begin again")
        })
    }
}

fn endpoint(known: Option<&str>) -> Result<&str, Error> {
    known.ok_or_else(|| Error::new(Reason::Unsupported, "This issuer offers no sign-in by authorization code"))
}
