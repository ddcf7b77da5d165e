//! Changes that one request asks for, handed to the store at once: they are stored in one transaction, and each has a
//! fate of its own.

use crate::memory::lock;
use domain::App;
use domain::app::Prepared;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Mutex;
use std::task::Poll;

/// Gathers what is to reach the store at once. What comes after that goes its own way.
pub struct Together(Mutex<Option<Vec<Prepared>>>);

/// One of the calls.
pub type Running<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl Default for Together {
    fn default() -> Self {
        Self(Mutex::new(Some(Vec::new())))
    }
}

impl Together {
    /// Keeps an operation until all are handed over; gives it back when they have been.
    pub(crate) fn keep(&self, operation: Prepared) -> Option<Prepared> {
        match &mut *lock(&self.0) {
            Some(gathered) => {
                gathered.push(operation);
                None
            }
            None => Some(operation),
        }
    }

    /// Lets each call come to its first operation, hands those to the store, and waits for all. The outcomes are in the
    /// order of the calls.
    pub async fn all<T>(&self, app: &App, calls: Vec<Running<'_, T>>) -> Vec<T> {
        let mut calls: Vec<_> = calls.into_iter().map(|call| (call, None)).collect();
        poll_fn(|cx| {
            for (call, outcome) in &mut calls {
                if let Poll::Ready(done) = call.as_mut().poll(cx) {
                    *outcome = Some(done);
                }
            }
            Poll::Ready(())
        })
        .await;
        let gathered = lock(&self.0).take();
        app.submit_all(gathered.unwrap_or_default());
        let mut outcomes = Vec::with_capacity(calls.len());
        for (call, outcome) in calls {
            outcomes.push(match outcome {
                Some(done) => done,
                None => call.await,
            });
        }
        outcomes
    }
}
