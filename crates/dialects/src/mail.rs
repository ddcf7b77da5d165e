//! What sends mail, as the dialects see it.

use crate::memory::{bounded, lock};
use domain::error::Reason;
use domain::{Error, Time};
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

/// Seconds after a mail to a customer in which there is no other.
const PAUSE: i64 = 300;

/// A mail in plain text.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The address that it goes to.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// A mail on its way. `Err` says for the log why it was not taken.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// Sends mails, in bounded time.
pub trait Mailer: Send + Sync {
    /// Sends a mail once.
    fn send(&self, mail: Mail) -> Sending<'_>;
}

/// Who sends mails, and when customers were sent one.
#[derive(Default)]
pub struct Mails {
    mailer: Option<Arc<dyn Mailer>>,
    sent: Mutex<HashMap<(i64, i64), Time>>,
}

impl Mails {
    /// By this mailer. Without one no mail is sent.
    pub fn by(mailer: Arc<dyn Mailer>) -> Self {
        Self { mailer: Some(mailer), sent: Mutex::default() }
    }

    /// Whether mails are sent at all.
    pub const fn are_sent(&self) -> bool {
        self.mailer.is_some()
    }

    /// Sends a customer a mail, of those that anybody can ask for: not more than one in five minutes.
    ///
    /// # Errors
    /// `LimitExceeded` for the next one; `Unsupported` where no mail is sent; `Busy` when the mail server did not take
    /// it.
    pub(crate) async fn send(&self, tenant: i64, customer: i64, mail: Mail, now: Time) -> Result<(), Error> {
        let Some(mailer) = &self.mailer else {
            return Err(Error::new(Reason::Unsupported, "This server sends no mail"));
        };
        {
            let mut sent = lock(&self.sent);
            if let Some(next) =
                sent.get(&(tenant, customer)).map(|at| at.plus_seconds(PAUSE)).filter(|next| *next > now)
            {
                let seconds = Time(next.0 - now.0).seconds() + 1;
                let text = format!("A mail was sent a moment ago: try again in {seconds} s. Nothing was changed.");
                return Err(Error::new(Reason::LimitExceeded, text).again_in(seconds));
            }
            bounded(&mut sent, (tenant, customer), now, |at| at.plus_seconds(PAUSE) <= now);
        }
        mailer.send(mail).await.map_err(|why| {
            lock(&self.sent).remove(&(tenant, customer));
            let text = "The mail could not be sent: try again later. Nothing was changed.";
            Error::new(Reason::Busy, text).because(why)
        })
    }
}
