//! Proving who calls.
//!
//! The old APIs send their credentials with every call. A proven credential is therefore remembered for a short time,
//! under a keyed hash, and forgotten at once when any credential in the store changes. Wrong ones are counted by name
//! and by address, and each further one must wait longer; who must wait at one node of a store must wait at all.

use crate::memory::{bounded, lock};
use crate::oidc::{Identity, Issuer};
use crate::request::Request;
use crate::state::State;
use domain::error::Reason;
use domain::operation::{FindCustomer, FindKey, FindTenant, FindUser};
use domain::port::Suspect;
use domain::tenant::Tenant;
use domain::{Caller, Error, Time};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Longest name or secret that is looked at, in bytes.
pub const MAX_CREDENTIAL: usize = 1_024;

/// How patient sign-in is.
#[derive(Clone, Copy, Debug)]
pub struct SignInLimits {
    /// How long a proven credential is remembered, in seconds.
    pub remember: i64,
    /// Wrong attempts on one name before the next ones must wait: 1 s, 2 s, 4 s … up to 15 minutes.
    pub failures_per_name: u32,
    /// The same for one address.
    pub failures_per_address: u32,
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self { remember: 60, failures_per_name: 10, failures_per_address: 50 }
    }
}

/// The longest that anybody must wait after a wrong attempt, in seconds.
const LONGEST_WAIT: i64 = 900;

/// Passwords that are checked at the same time at most, as far as they do not fall together by chance.
const CHECKS: usize = 256;

type Fingerprint = [u8; 32];

#[derive(Clone)]
struct Proven {
    caller: Arc<Caller>,
    epoch: u64,
    until: Time,
}

#[derive(Clone, Copy, Default)]
struct Failures {
    count: u32,
    wait_until: Time,
}

/// What is remembered between sign-ins. It is lost with the process, which costs nothing but a look at the store.
pub struct SignIn {
    limits: SignInLimits,
    key: Fingerprint,
    proven: RwLock<HashMap<Fingerprint, Proven>>,
    /// Names that signed in from an address: somebody else's wrong guesses do not lock them out there.
    known: Mutex<HashMap<(Suspect, IpAddr), Time>>,
    by_name: Mutex<HashMap<Suspect, Failures>>,
    by_address: Mutex<HashMap<Suspect, Failures>>,
    /// One password is checked once, however many calls bring it at the same moment: the others wait for that.
    checking: [tokio::sync::Mutex<()>; CHECKS],
}

impl SignIn {
    /// `key` is random, and the same at all nodes of a store: nobody else has it. It may be used for something else too.
    pub fn new(limits: SignInLimits, key: [u8; 32]) -> Self {
        Self {
            limits,
            key: Sha256::new_with_prefix("who signs in").chain_update(key).finalize().into(),
            proven: RwLock::default(),
            known: Mutex::default(),
            by_name: Mutex::default(),
            by_address: Mutex::default(),
            checking: std::array::from_fn(|_| tokio::sync::Mutex::default()),
        }
    }

    /// How patient it is.
    pub const fn limits(&self) -> SignInLimits {
        self.limits
    }

    fn fingerprint(&self, parts: &[&str]) -> Fingerprint {
        let mut hash = Sha256::new_with_prefix(self.key);
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }

    fn checking_of(&self, credential: &Fingerprint) -> Option<&tokio::sync::Mutex<()>> {
        self.checking.get(usize::from(credential[0]))
    }

    fn recall(&self, credential: &Fingerprint, epoch: u64, now: Time) -> Option<Arc<Caller>> {
        let proven = self.proven.read().unwrap_or_else(PoisonError::into_inner);
        let latest = now.plus_seconds(self.limits.remember);
        let still = |p: &&Proven| p.epoch == epoch && p.until > now && p.until <= latest;
        proven.get(credential).filter(still).map(|p| Arc::clone(&p.caller))
    }

    fn at(&self, address: IpAddr) -> Suspect {
        self.fingerprint(&["address", &address.to_string()])
    }

    fn is_known(&self, name: &Suspect, address: IpAddr) -> bool {
        lock(&self.known).contains_key(&(*name, address))
    }

    fn succeeded(&self, credential: Fingerprint, name: Suspect, address: IpAddr, proven: Proven, now: Time) {
        lock(&self.by_name).remove(&name);
        bounded(&mut lock(&self.known), (name, address), now, |_| true);
        let mut all = self.proven.write().unwrap_or_else(PoisonError::into_inner);
        let epoch = proven.epoch;
        bounded(&mut all, credential, proven, |p| p.epoch != epoch || p.until <= now);
    }
}

/// Counts a wrong attempt; answers for how many seconds the next one must wait, if it must.
fn count(map: &mut HashMap<Suspect, Failures>, who: Suspect, free: u32, now: Time) -> Option<i64> {
    let mut failures = map.get(&who).copied().unwrap_or_default();
    failures.count = failures.count.saturating_add(1);
    let wait = failures.count.checked_sub(free).map(|beyond| (1 << beyond.min(10)).min(LONGEST_WAIT));
    if let Some(seconds) = wait {
        failures.wait_until = now.plus_seconds(seconds);
    }
    bounded(map, who, failures, |f| f.wait_until.plus_seconds(3_600) < now);
    wait
}

/// What a caller shows to prove who they are.
#[derive(Clone, Copy)]
pub enum Credential<'a> {
    /// A random key, with the name that the wire carries beside it if it carries one; without a name also a token.
    Key {
        /// The name.
        name: Option<&'a str>,
        /// The key.
        key: &'a str,
    },
    /// A login name and a password.
    Password {
        /// The login name.
        name: &'a str,
        /// The password.
        password: &'a str,
    },
    /// A customer's user name and password.
    Customer {
        /// The user name.
        name: &'a str,
        /// The password.
        password: &'a str,
    },
}

impl State {
    /// Finds out who calls.
    ///
    /// # Errors
    /// `Unauthenticated` for a wrong name or secret, which cost the same time, and for a key or token that was right and
    /// has ended, see [`Error::is_expired`]; `Forbidden` for an address that the
    /// credential may not call from; `LimitExceeded` after too many wrong ones, and after too many calls; `Busy` when too many passwords wait to be checked.
    pub async fn sign_in(
        &self,
        request: &Request,
        dialect: &'static str,
        credential: Credential<'_>,
    ) -> Result<Arc<Caller>, Error> {
        self.rates.take_of_address(request.address, self.app.now())?;
        self.sign_in_beside(request, dialect, credential).await
    }

    /// As [`sign_in`](Self::sign_in), for a further credential of one call: the call is counted once for its address.
    ///
    /// # Errors
    /// The same.
    pub(crate) async fn sign_in_beside(
        &self,
        request: &Request,
        dialect: &'static str,
        credential: Credential<'_>,
    ) -> Result<Arc<Caller>, Error> {
        let (sort, name, secret) = match credential {
            Credential::Key { name, key } => ("key", name.unwrap_or(""), key),
            Credential::Password { name, password } => ("password", name, password),
            Credential::Customer { name, password } => ("customer", name, password),
        };
        let now = self.app.now();
        // Read before the store is: a credential that changes meanwhile is then not remembered as it was.
        let epoch = self.app.credentials_epoch();
        let fingerprint = self.sign_in.fingerprint(&[dialect, &request.base_url, sort, name, secret]);
        if let Some(caller) = self.sign_in.recall(&fingerprint, epoch, now) {
            return self.let_in(caller, request, now);
        }
        // A key without a name is its own name: strangers' wrong ones must not make each other wait.
        let name = if name.is_empty() { secret } else { name };
        let at = self.sign_in.at(request.address);
        self.demand_patience(&self.sign_in.by_address, &at, now)?;
        // Not by the host's name, of which a caller can send any.
        let tenant = self.tenant(request).await?;
        let named = self.sign_in.fingerprint(&[dialect, &tenant.number.to_string(), sort, name]);
        let _turn;
        if let (Credential::Password { .. } | Credential::Customer { .. }, Some(check)) =
            (credential, self.sign_in.checking_of(&fingerprint))
        {
            _turn = check.lock().await;
            if let Some(caller) = self.sign_in.recall(&fingerprint, epoch, now) {
                return self.let_in(caller, request, now);
            }
        }
        if !self.sign_in.is_known(&named, request.address) {
            self.demand_patience(&self.sign_in.by_name, &named, now)?;
        }
        let found = self.prove(request, dialect, credential, tenant).await;
        match found.and_then(|caller| if caller.loopback_only && !self.loopback { Err(wrong()) } else { Ok(caller) }) {
            Ok(caller) => {
                let caller = Arc::new(caller);
                let until = now.plus_seconds(self.sign_in.limits.remember);
                let until = caller.expires_at.map_or(until, |end| end.min(until));
                // What changes a customer is not told as a change of credentials. They sign in once, for a session.
                let until = if caller.customer.is_some() { now } else { until };
                let proven = Proven { caller: Arc::clone(&caller), epoch, until };
                self.sign_in.succeeded(fingerprint, named, request.address, proven, now);
                self.let_in(caller, request, now)
            }
            Err(error) => {
                // Who calls with what was good once does not guess.
                if error.reason == Reason::Unauthenticated && !error.is_expired() {
                    let limits = self.sign_in.limits;
                    self.failed(&self.sign_in.by_name, named, limits.failures_per_name, now);
                    self.failed(&self.sign_in.by_address, at, limits.failures_per_address, now);
                }
                Err(error)
            }
        }
    }

    /// # Errors
    /// `LimitExceeded` while somebody must wait, here or at another node.
    fn demand_patience(
        &self,
        counted: &Mutex<HashMap<Suspect, Failures>>,
        who: &Suspect,
        now: Time,
    ) -> Result<(), Error> {
        let until = lock(counted).get(who).map_or(now, |failures| failures.wait_until);
        // What is later is of a clock that was moved back.
        let waits = until > now && until <= now.plus_seconds(LONGEST_WAIT);
        let here = if waits { Time(until.0 - now.0).seconds() + 1 } else { 0 };
        match here.max(self.app.locked_out(who)) {
            0 => Ok(()),
            seconds => {
                let text = format!("Too many wrong sign-ins: try again in {seconds} s");
                Err(Error::new(Reason::LimitExceeded, text).again_in(seconds))
            }
        }
    }

    /// Counts a wrong attempt, and tells other nodes when the next one must wait.
    fn failed(&self, counted: &Mutex<HashMap<Suspect, Failures>>, who: Suspect, free: u32, now: Time) {
        let wait = count(&mut lock(counted), who, free, now);
        if let Some(seconds) = wait {
            self.app.lock_out(who, seconds);
        }
    }

    /// Takes a call of a proven caller.
    ///
    /// # Errors
    /// `Forbidden` for one who may not call from where the request came from; `LimitExceeded` when they called too
    /// often.
    pub(crate) fn let_in(&self, caller: Arc<Caller>, request: &Request, now: Time) -> Result<Arc<Caller>, Error> {
        if !caller.may_call_from(request.address) {
            let text = format!("{} may not call from {}", caller.name, request.address);
            return Err(Error::new(Reason::Forbidden, text));
        }
        self.rates.take_of_caller(&caller, now)?;
        self.uses.note(&caller, now);
        Ok(caller)
    }

    async fn prove(
        &self,
        request: &Request,
        dialect: &'static str,
        credential: Credential<'_>,
        tenant: Tenant,
    ) -> Result<Caller, Error> {
        let anonymous = Arc::new(Caller::anonymous(tenant));
        let origin = || request.origin(dialect, "sign-in", &anonymous);
        match (credential, &self.issuer) {
            (Credential::Key { name: None, key }, Some(issuer)) if Issuer::is_token(key) => {
                let identity = issuer.identity(key, self.app.now()).await?;
                self.caller_of(request, dialect, identity, anonymous).await
            }
            (Credential::Key { name, key }, _) if key.len().max(name.map_or(0, str::len)) <= MAX_CREDENTIAL => {
                let find = FindKey { digest: digest(key), name: name.map(str::to_owned), dialect };
                let caller = self.run(find, &anonymous, origin()).await?;
                // The key says whose it is. Where the address says so too, they must agree.
                let elsewhere = caller.tenant != anonymous.tenant;
                let addressed = request.tenant.is_some() || anonymous.tenant != Tenant::DEFAULT;
                if addressed && elsewhere { Err(wrong()) } else { Ok(caller) }
            }
            (Credential::Password { name, password } | Credential::Customer { name, password }, _)
                if name.len().max(password.len()) <= MAX_CREDENTIAL =>
            {
                let username = name.to_owned();
                let found = match credential {
                    Credential::Customer { .. } => self.run(FindCustomer { username }, &anonymous, origin()).await?,
                    _ => self.run(FindUser { username, dialect }, &anonymous, origin()).await?,
                };
                let phc = found.as_ref().map(|found| found.password.clone());
                let proven = self.verify_password(password, phc).await?;
                found.filter(|_| proven).map(|found| found.caller).ok_or_else(wrong)
            }
            _ => Err(wrong()),
        }
    }

    /// The caller whom an issuer vouches for.
    ///
    /// # Errors
    /// `Unauthenticated` for somebody who is no user of the tenant in which the issuer is believed, or may not call here.
    async fn caller_of(
        &self,
        request: &Request,
        dialect: &'static str,
        identity: Identity,
        anonymous: Arc<Caller>,
    ) -> Result<Caller, Error> {
        let origin = || request.origin(dialect, "sign-in", &anonymous);
        let believed = self.run(FindTenant::Named(identity.tenant), &anonymous, origin()).await?;
        let find = FindUser { username: identity.username, dialect };
        let caller = Arc::new(Caller::anonymous(believed));
        let addressed = request.tenant.is_some() || anonymous.tenant != Tenant::DEFAULT;
        let found = self.run(find, &caller, request.origin(dialect, "sign-in", &caller)).await?;
        let mut caller = found.filter(|_| !addressed || anonymous.tenant == believed).ok_or_else(wrong)?.caller;
        caller.expires_at = Some(caller.expires_at.map_or(identity.until, |end| end.min(identity.until)));
        Ok(caller)
    }

    /// Signs in somebody whom an issuer vouches for ([`Issuer::redeem`]).
    ///
    /// # Errors
    /// As [`sign_in`](Self::sign_in).
    pub async fn sign_in_as(
        &self,
        request: &Request,
        dialect: &'static str,
        identity: Identity,
    ) -> Result<Arc<Caller>, Error> {
        let now = self.app.now();
        self.rates.take_of_address(request.address, now)?;
        let anonymous = Arc::new(Caller::anonymous(self.tenant(request).await?));
        let caller = self.caller_of(request, dialect, identity, anonymous).await?;
        if caller.loopback_only && !self.loopback {
            return Err(wrong());
        }
        self.let_in(Arc::new(caller), request, now)
    }

    /// The tenant whose name is in the path, or whose host name the request was sent to, or else the default one.
    ///
    /// # Errors
    /// `NotFound` when there is none of the name in the path.
    pub async fn tenant(&self, request: &Request) -> Result<Tenant, Error> {
        let find = match &request.tenant {
            Some(name) => FindTenant::Named(name.clone()),
            None => FindTenant::At(request.host().to_owned()),
        };
        let nobody = Arc::new(Caller::anonymous(Tenant::DEFAULT));
        let origin = request.origin("", "sign-in", &nobody);
        self.run(find, &nobody, origin).await
    }
}

fn wrong() -> Error {
    Error::new(Reason::Unauthenticated, "Unknown name or wrong secret")
}

/// How the store keeps a key: SHA-256 in hexadecimal. A key is random and long, so that a slow hash would add nothing.
pub fn digest(key: &str) -> String {
    Sha256::digest(key.as_bytes()).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
