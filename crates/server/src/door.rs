//! The way to the store of a folder, which can be moved to a database while the server works.

use domain::Error;
use domain::error::Reason;
use domain::port::{Condition, Job, Store, Suspect};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;
use store::HandOver;

/// How often it is looked whether the store was moved: so long can a read be of before.
const LOOK: Duration = Duration::from_millis(200);

/// Makes the epochs of the store that follows others than those before.
const LATER: u64 = 1 << 32;

type Jobs = Vec<Box<dyn Job>>;

/// Opens the store of the database with this address.
pub type Open = Box<dyn Fn(&str) -> Result<Arc<dyn Store>, String> + Send>;

/// A store, and the one that takes its place when it is moved.
pub struct Door {
    first: Option<Arc<dyn Store>>,
    next: Arc<OnceLock<Arc<dyn Store>>>,
    following: Option<JoinHandle<()>>,
}

impl Door {
    /// What [`store::Options`] hands the jobs to that wait when the store is moved, and where they come out.
    pub fn hand_over() -> (HandOver, Receiver<Jobs>) {
        let (sender, jobs): (Sender<Jobs>, _) = channel();
        (Arc::new(move |jobs| drop(sender.send(jobs))), jobs)
    }

    /// The door to the store of a folder, which hands over to `jobs`.
    ///
    /// # Errors
    /// When there is no thread for it.
    pub fn new(first: Arc<dyn Store>, folder: PathBuf, jobs: Receiver<Jobs>, open: Open) -> std::io::Result<Self> {
        let next: Arc<OnceLock<Arc<dyn Store>>> = Arc::default();
        let follow = Follow { folder, next: Arc::clone(&next), open };
        let following = std::thread::Builder::new().name(String::from("store-follow")).spawn(move || follow.run(&jobs));
        Ok(Self { first: Some(first), next, following: Some(following?) })
    }

    fn now(&self) -> Option<&Arc<dyn Store>> {
        self.next.get().or(self.first.as_ref())
    }
}

impl Drop for Door {
    /// The first store ends first: it hands over what waits, and then nothing more comes.
    fn drop(&mut self) {
        self.first = None;
        if let Some(following) = self.following.take() {
            let _ = following.join();
        }
    }
}

impl Store for Door {
    fn submit(&self, job: Box<dyn Job>) {
        if let Some(store) = self.now() {
            store.submit(job);
        }
    }

    fn submit_all(&self, jobs: Jobs) {
        if let Some(store) = self.now() {
            store.submit_all(jobs);
        }
    }

    fn condition(&self) -> Condition {
        self.now().map_or(Condition::Ready, |store| store.condition())
    }

    fn credentials_epoch(&self) -> u64 {
        let later = self.next.get().map(|next| next.credentials_epoch().saturating_add(LATER));
        later.or_else(|| Some(self.first.as_ref()?.credentials_epoch())).unwrap_or_default()
    }

    fn leads(&self) -> bool {
        self.now().is_some_and(|store| store.leads())
    }

    fn lock_out(&self, who: Suspect, seconds: i64) {
        if let Some(store) = self.now() {
            store.lock_out(who, seconds);
        }
    }

    fn locked_out(&self, who: &Suspect) -> i64 {
        self.now().map_or(0, |store| store.locked_out(who))
    }
}

/// Waits for the move, and opens what follows.
struct Follow {
    folder: PathBuf,
    next: Arc<OnceLock<Arc<dyn Store>>>,
    open: Open,
}

impl Follow {
    fn run(&self, jobs: &Receiver<Jobs>) {
        loop {
            let jobs = match jobs.recv_timeout(LOOK) {
                Ok(jobs) => jobs,
                Err(RecvTimeoutError::Timeout) => Vec::new(),
                Err(RecvTimeoutError::Disconnected) => return,
            };
            if self.next.get().is_none()
                && let Err(why) = self.follow()
            {
                tracing::error!(why, "the store was moved, and cannot be followed: it is tried again");
            }
            match self.next.get() {
                Some(next) => jobs.into_iter().for_each(|job| next.submit(job)),
                None => {
                    let text = "The store was moved to a database that cannot be reached. Nothing was stored: try again \
                                in a moment.";
                    jobs.into_iter().for_each(|job| job.finish(Err(Error::new(Reason::Busy, text))));
                }
            }
        }
    }

    fn follow(&self) -> Result<(), String> {
        let Some(url) = store::sqlite::moved(&self.folder).map_err(|error| error.to_string())? else { return Ok(()) };
        let store = (self.open)(&url)?;
        let _ = self.next.set(store);
        tracing::warn!("the store of {} was moved: this server goes on over the database", self.folder.display());
        Ok(())
    }
}
