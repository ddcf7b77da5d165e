//! Session keys: 32 random characters that stand for a sign-in. The store keeps their digests.

use crate::memory::{bounded, lock};
use crate::request::Request;
use crate::sign_in::{MAX_CREDENTIAL, digest};
use crate::state::State;
use domain::error::Reason;
use domain::operation::{CreateSession, EndSession, FindSession, RenewSession};
use domain::session::{Lifetime, Subject};
use domain::tenant::Tenant;
use domain::{Caller, Error};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Characters of a session key, out of 62: some 190 bits.
pub(crate) const KEY_LENGTH: usize = 32;

/// Longest text of a last error, in characters.
const LAST_ERROR_MAX: usize = 255;

/// What the server knows of sessions beside the store.
#[derive(Default)]
pub struct Sessions {
    /// How long they last.
    pub lifetime: Lifetime,
    /// Of at most 10,000 sessions, lost with the process: it explains a call that just failed, and to store it would
    /// make every refused call a write.
    last_errors: Mutex<HashMap<(i64, i64), String>>,
}

/// A session that is good.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id in the caller's tenant.
    pub id: i64,
    /// Who calls.
    pub caller: Arc<Caller>,
}

impl State {
    /// Opens a session and answers its key, which nobody can look up again. `caller` proved who they are, as that
    /// subject, or is an administrator who opens it for somebody else.
    ///
    /// # Errors
    /// `Forbidden` for a session that is not the caller's to open; `NotFound` when there is no such subject; what the
    /// store refuses with.
    pub async fn open_session(
        &self,
        request: &Request,
        dialect: &'static str,
        caller: &Arc<Caller>,
        subject: Subject,
    ) -> Result<String, Error> {
        let key = self.random_key();
        let create = CreateSession { subject, digest: digest(&key), dialect, lifetime: self.sessions.lifetime };
        let id = self.run(create, caller, request.origin(dialect, "sign-in", caller)).await?;
        lock(&self.sessions.last_errors).remove(&(caller.tenant.number, id));
        Ok(key)
    }

    /// Finds who calls with a session key. Its use keeps it alive.
    ///
    /// # Errors
    /// `Unauthenticated` for a key that is unknown, has ended, or is another dialect's, tenant's or port's, which are one
    /// and the same; `Forbidden` for an address that the user may not call from;
    /// `LimitExceeded` after too many calls.
    pub async fn find_session(
        &self,
        request: &Request,
        dialect: &'static str,
        key: &str,
        of_customer: bool,
    ) -> Result<Session, Error> {
        let ended = || Error::new(Reason::Unauthenticated, "This session is unknown or has ended");
        if key.len() > MAX_CREDENTIAL {
            return Err(ended());
        }
        let now = self.app.now();
        self.rates.take_of_address(request.address, now)?;
        let tenant = self.tenant(request).await?;
        let nobody = Arc::new(Caller::anonymous(tenant));
        let lifetime = self.sessions.lifetime;
        let find = FindSession { digest: digest(key), dialect, of_customer, lifetime };
        let found = self.run(find, &nobody, request.origin(dialect, "sign-in", &nobody)).await?;
        let addressed = request.tenant.is_some() || tenant != Tenant::DEFAULT;
        if addressed && found.caller.tenant != tenant || found.caller.loopback_only && !self.loopback {
            return Err(ended());
        }
        let caller = self.let_in(Arc::new(found.caller), request, now)?;
        if found.stale {
            // The call does not wait for it: should it not be stored, the next one tries again.
            let renew = RenewSession { id: found.id, lifetime };
            self.app.submit(renew, &caller, request.origin(dialect, "sign-in", &caller), |_, _| ());
        }
        Ok(Session { id: found.id, caller })
    }

    /// Ends a session at once.
    ///
    /// # Errors
    /// What the store refuses with.
    pub async fn end_session(&self, request: &Request, dialect: &'static str, session: &Session) -> Result<(), Error> {
        lock(&self.sessions.last_errors).remove(&place(session));
        let origin = request.origin(dialect, "sign-out", &session.caller);
        self.run(EndSession { id: session.id }, &session.caller, origin).await
    }

    /// Notes what went wrong in a session.
    pub fn note_last_error(&self, session: &Session, text: &str) {
        let text = text.chars().take(LAST_ERROR_MAX).collect();
        bounded(&mut lock(&self.sessions.last_errors), place(session), text, |_| false);
    }

    /// What went wrong last in a session; `None` when nothing did since this server started.
    pub fn last_error(&self, session: &Session) -> Option<String> {
        lock(&self.sessions.last_errors).get(&place(session)).cloned()
    }

    /// A key that nobody can guess: 32 letters and digits.
    pub fn random_key(&self) -> String {
        const LETTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let mut key = String::with_capacity(KEY_LENGTH);
        while key.len() < KEY_LENGTH {
            let mut bytes = [0; 2 * KEY_LENGTH];
            self.app.random(&mut bytes);
            // A byte beyond the last whole round of letters would make some of them likelier.
            let fair = bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte & 63)));
            key.extend(fair.take(KEY_LENGTH - key.len()).map(|letter| char::from(*letter)));
        }
        key
    }
}

fn place(session: &Session) -> (i64, i64) {
    (session.caller.tenant.number, session.id)
}
