//! What takes events to their receivers, as the dialects see it.

use bytes::Bytes;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// A request that is to be sent.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Where to: `http` or `https`.
    pub url: String,
    /// The headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
}

/// What the receiver answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The status.
    pub status: u16,
    /// How long it wants to be left alone.
    pub retry_after: Option<Duration>,
}

/// A receipt on its way.
pub type Posting<'a> = Pin<Box<dyn Future<Output = Result<Receipt, String>> + Send + 'a>>;

/// Posts letters: to no address that the operator keeps from strangers, following nobody elsewhere, in bounded time.
pub trait Courier: Send + Sync {
    /// Posts a letter once. `Err` says why there was no answer.
    fn post(&self, letter: Letter) -> Posting<'_>;
}

/// How webhooks are delivered to.
#[derive(Clone)]
pub struct Outbound {
    /// Who takes the events.
    pub courier: Arc<dyn Courier>,
    /// What all secrets of webhooks are made from. Nothing that is stored tells it.
    pub key: [u8; 32],
    /// How long to wait after the first failed attempt; twice as long after each further one, up to an hour.
    pub retry: Duration,
    /// Attempts before an event is given up.
    pub attempts: u32,
    /// How long a webhook may fail before it is switched off.
    pub patience: Duration,
}

impl Default for Outbound {
    /// Nothing leaves.
    fn default() -> Self {
        Self {
            courier: Arc::new(Nobody),
            key: [0; 32],
            retry: Duration::from_secs(5),
            attempts: 16,
            patience: Duration::from_secs(5 * 86_400),
        }
    }
}

struct Nobody;

impl Courier for Nobody {
    fn post(&self, _: Letter) -> Posting<'_> {
        Box::pin(async { Err(String::from("this server sends nothing")) })
    }
}
