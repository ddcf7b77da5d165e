//! Wakes those who wait for changes.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

use crate::http::Phase;

/// The least time between two calls: under load a thousand waiting readers are woken for many commits at once, and
/// never by the thread that commits.
const PACE: Duration = Duration::from_millis(10);

/// Passes the word on, of one commit or of several, until the server stops: then the receivers are closed. What is passed
/// on is how often it was.
pub fn start(committed: Arc<Notify>, mut phase: watch::Receiver<Phase>) -> watch::Receiver<u64> {
    let (pulse, waiting) = watch::channel(0);
    tokio::spawn(async move {
        let relay = async {
            loop {
                committed.notified().await;
                pulse.send_modify(|calls| *calls += 1);
                sleep(PACE).await;
            }
        };
        tokio::select! {
            () = relay => {}
            _ = phase.wait_for(|phase| *phase != Phase::Running) => {}
        }
    });
    waiting
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn word_is_passed_on_until_the_server_stops() {
        let (phase, phases) = watch::channel(Phase::Running);
        let committed = Arc::new(Notify::new());
        let mut waiting = start(Arc::clone(&committed), phases);
        for _ in 0..3 {
            // Also what is committed while nobody waits is noticed.
            committed.notify_one();
            waiting.changed().await.unwrap();
        }
        phase.send_replace(Phase::Draining);
        assert!(waiting.changed().await.is_err());
    }
}
