//! What all requests share.

use crate::about;
use crate::admission::Admission;
use crate::courier::Outbound;
use crate::learned::Lectures;
use crate::mail::Mails;
use crate::memory::{bounded, lock};
use crate::oauth::Client;
use crate::oidc::Issuer;
use crate::pages::Pages;
use crate::rate::Rates;
use crate::search::Search;
use crate::session::Sessions;
use crate::sign_in::{MAX_CREDENTIAL, SignIn};
use crate::together::Together;
use crate::uses::Uses;
use crate::written::WrittenRecords;
use domain::access::Role;
use domain::error::Reason;
use domain::filter::{Page, Selection};
use domain::operation::{Deleted, ListRecords, UserNamed};
use domain::port::Passwords;
use domain::tenant::Tenant;
use domain::{App, Caller, Error, Field, Kind, Operation, Origin};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot, watch};

/// The numbers of the extra fields of a tenant's kind of record, and what [`App::credentials_epoch`] was then.
type Definitions = HashMap<(i64, Kind), (u64, Arc<[u16]>)>;

/// The ids of the users of a tenant by their login names, and what [`App::credentials_epoch`] was then.
type Users = HashMap<(i64, String), (u64, Option<i64>)>;

/// The domain, the passwords and the choices of the operator.
pub struct State {
    /// The door to the store.
    pub app: App,
    /// Remembers proven credentials and counts wrong ones.
    pub sign_in: SignIn,
    /// When keys and users were last let in.
    pub uses: Uses,
    /// How often one may call.
    pub rates: Rates,
    /// How long sessions last, and what went wrong last in them.
    pub sessions: Sessions,
    /// The programs that may ask users to let them in.
    pub clients: Vec<Client>,
    /// Who else says who somebody is.
    pub issuer: Option<Issuer>,
    /// Refuse what the vendors would refuse.
    pub strict: bool,
    /// Offer the methods of XML-RPC's `validator1`, which touch no record.
    pub validator1: bool,
    /// Whether the server listens on nothing but loopback addresses: demo credentials work only then.
    pub loopback: bool,
    /// Wakes those who wait for changes: after each commit, or a few together, with a number that grows. It closes when
    /// the server stops; until a server gives one it is closed.
    pub commits: watch::Receiver<u64>,
    /// What followers of the feed are told, read once for all of them.
    pub(crate) pages: Pages,
    /// Records that were listed, as JSON.
    pub(crate) written: WrittenRecords,
    /// Finds customers by words.
    pub search: Search,
    /// Called when a customer of a tenant was erased: whoever keeps what was seen of them forgets it.
    pub forgotten: Arc<dyn Fn(Tenant, i64) + Send + Sync>,
    /// How webhooks are delivered to.
    pub outbound: Outbound,
    /// How mail is sent.
    pub mails: Mails,
    /// How long a caller waits for the store before being told that it is busy.
    pub deadline: Duration,
    pub(crate) admission: Admission,
    pub(crate) lectures: Lectures,
    extra_fields: Mutex<Definitions>,
    users: Mutex<Users>,
    passwords: Arc<dyn Passwords>,
    hashing: Semaphore,
    hashing_queue: Semaphore,
}

impl State {
    /// Lets go of what is remembered of a person who was erased, outside the store.
    ///
    /// # Errors
    /// When the index of words cannot forget them.
    pub async fn forget(&self, tenant: Tenant, id: i64) -> Result<(), Error> {
        let forgotten = Arc::clone(&self.forgotten);
        tokio::task::spawn_blocking(move || forgotten(tenant, id)).await.map_err(Error::internal)?;
        self.search.forget(tenant, id).await
    }

    /// `hashers` is how many passwords are hashed at once: each takes some 20 MB and a core for some 20 ms.
    pub fn new(app: App, sign_in: SignIn, passwords: Arc<dyn Passwords>, hashers: usize) -> Self {
        Self {
            app,
            sign_in,
            uses: Uses::default(),
            rates: Rates::default(),
            sessions: Sessions::default(),
            clients: Vec::new(),
            issuer: None,
            strict: false,
            validator1: false,
            loopback: true,
            search: Search::default(),
            forgotten: Arc::new(|_, _| ()),
            outbound: Outbound::default(),
            mails: Mails::default(),
            commits: watch::channel(0).1,
            pages: Pages::default(),
            written: WrittenRecords::default(),
            deadline: Duration::from_secs(30),
            admission: Admission::default(),
            lectures: Lectures::default(),
            extra_fields: Mutex::default(),
            users: Mutex::default(),
            passwords,
            hashing: Semaphore::new(hashers),
            hashing_queue: Semaphore::new(hashers * 64),
        }
    }

    /// Runs an operation for a caller.
    ///
    /// # Errors
    /// What the operation refuses with. `Busy` when the store has not answered within the deadline: then it is not
    /// known whether the change is stored, and the message says so.
    pub async fn run<O: Operation>(
        &self,
        operation: O,
        caller: &Arc<Caller>,
        origin: Origin,
    ) -> Result<O::Output, Error> {
        self.run_together(operation, caller, origin, None).await
    }

    /// As [`run`](Self::run), for an operation that is to reach the store together with others.
    ///
    /// # Errors
    /// The same.
    pub async fn run_together<O: Operation>(
        &self,
        operation: O,
        caller: &Arc<Caller>,
        origin: Origin,
        together: Option<&Together>,
    ) -> Result<O::Output, Error> {
        let (answer, mut answered) = oneshot::channel();
        let answer = move |outcome, subjects| {
            // The caller may have gone away; what was decided stands.
            let _ = answer.send((outcome, subjects));
        };
        // What the server does for itself meanwhile has no id, and is not what the request is about.
        let asks = Some(caller.tenant).filter(|_| !origin.request_id.is_empty());
        let told = |(outcome, subjects)| {
            if let Some(tenant) = asks {
                about::note(tenant, subjects);
            }
            outcome
        };
        match together {
            None => self.app.submit(operation, caller, origin, answer),
            Some(together) => {
                let prepared = self.app.prepare(operation, caller, origin, answer);
                if let Some(late) = prepared.and_then(|prepared| together.keep(prepared)) {
                    self.app.submit_all(vec![late]);
                }
            }
        }
        // A point read is answered before `submit` returns: no timer for it.
        if let Ok(outcome) = answered.try_recv() {
            return told(outcome);
        }
        match tokio::time::timeout(self.deadline, answered).await {
            Ok(Ok(outcome)) => told(outcome),
            Ok(Err(_)) => Err(Error::internal("the store dropped an operation")),
            Err(_) => {
                let text = "The store did not answer in time. Whether the change was stored is not known: read the \
                            record before you try again.";
                Err(Error::new(Reason::Busy, text))
            }
        }
    }

    /// The numbers of the extra fields that are defined for a kind of record and not deleted, from the smallest.
    ///
    /// # Errors
    /// What the store refuses with.
    pub async fn extra_fields(&self, tenant: Tenant, kind: Kind) -> Result<Arc<[u16]>, Error> {
        if !kind.has_extra_fields() {
            return Ok(Arc::default());
        }
        // Taken before the look: a definition that comes meanwhile is found by the next one.
        let epoch = self.app.credentials_epoch();
        let known = {
            let known = lock(&self.extra_fields);
            known.get(&(tenant.number, kind)).filter(|(then, _)| *then == epoch).map(|(_, numbers)| Arc::clone(numbers))
        };
        if let Some(numbers) = known {
            return Ok(numbers);
        }
        // Whoever may see a record may see which members it has.
        let caller = Arc::new(Caller { role: Role::Viewer, ..Caller::anonymous(tenant) });
        let page = self.run(definitions(), &caller, Origin::default()).await?;
        let numbers = extra_fields(kind, &page);
        let mut known = lock(&self.extra_fields);
        known.insert((tenant.number, kind), (epoch, Arc::clone(&numbers)));
        Ok(numbers)
    }

    /// The id of the user with a login name, remembered while no credential changes.
    ///
    /// # Errors
    /// What the store refuses with.
    pub(crate) async fn user_named(&self, tenant: Tenant, username: &str) -> Result<Option<i64>, Error> {
        let epoch = self.app.credentials_epoch();
        let key = (tenant.number, username.to_owned());
        if let Some((_, id)) = lock(&self.users).get(&key).filter(|(then, _)| *then == epoch) {
            return Ok(*id);
        }
        let nobody = Arc::new(Caller::anonymous(tenant));
        let found = self.run(UserNamed { username: username.to_owned() }, &nobody, Origin::default()).await?;
        bounded(&mut lock(&self.users), key, (epoch, found), |(then, _)| *then != epoch);
        Ok(found)
    }

    /// Hashes a password beside the requests, a few at a time.
    ///
    /// # Errors
    /// `TooLong` for more than sign-in would look at; `Busy` when too many wait.
    pub async fn hash_password(&self, password: &str) -> Result<String, Error> {
        if password.len() > MAX_CREDENTIAL {
            let text = format!("A password has at most {MAX_CREDENTIAL} bytes");
            return Err(Error::new(Reason::TooLong, text).at(Field::Password));
        }
        let password = password.to_owned();
        self.hashing(move |passwords| passwords.hash(&password)).await?
    }

    /// Checks a password beside the requests; without a hash it takes as long and answers no.
    ///
    /// # Errors
    /// `Busy` when too many wait.
    pub async fn verify_password(&self, password: &str, phc: Option<String>) -> Result<bool, Error> {
        let password = password.to_owned();
        self.hashing(move |passwords| passwords.verify(&password, phc.as_deref())).await
    }

    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Passwords) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let busy = || Error::new(Reason::Busy, "Too many sign-ins are waiting: try again in a moment");
        let Ok(_place) = self.hashing_queue.try_acquire() else { return Err(busy()) };
        let _turn = self.hashing.acquire().await.map_err(Error::internal)?;
        let passwords = Arc::clone(&self.passwords);
        tokio::task::spawn_blocking(move || work(&*passwords)).await.map_err(Error::internal)
    }
}

/// Lists the definitions of all extra fields.
pub fn definitions() -> ListRecords {
    let selection = Selection { limit: 3 * u32::from(u16::MAX), ..Selection::default() };
    ListRecords { kind: Kind::ExtraField, selection, deleted: Deleted::Hidden }
}

/// The numbers of the extra fields of a kind of record, from the smallest, of a page of definitions.
pub fn extra_fields(kind: Kind, definitions: &Page) -> Arc<[u16]> {
    let of_kind = definitions.records.iter().filter(|definition| definition.text(Field::Domain) == kind.name());
    let numbers = of_kind.filter_map(|definition| definition.number(Field::Number));
    let mut numbers: Vec<_> = numbers.filter_map(|number| u16::try_from(number).ok()).collect();
    numbers.sort_unstable();
    numbers.into()
}
