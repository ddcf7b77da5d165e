use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// No wait is longer, whatever the limit says; so no sum of a time and a limit overflows.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// `span` after `since`.
pub(super) fn after(since: Instant, span: Duration) -> Instant {
    since + span.min(LONGEST)
}

/// The one timer of a connection, for whichever of its deadlines comes first.
///
/// Deadlines move with every request, the alarm does not: it stays where it is while it is early enough, and the
/// deadline is looked at again when it goes off. So a request on a busy connection costs no timer operation.
#[derive(Debug)]
pub(super) struct Timer {
    alarm: Pin<Box<Sleep>>,
    is_set: bool,
}

impl Timer {
    /// A timer whose first deadline will hardly be earlier than in `first`.
    pub(super) fn new(first: Duration) -> Self {
        Self { alarm: Box::pin(sleep_until(after(Instant::now(), first))), is_set: false }
    }

    /// Whether `deadline` has passed. If not, the task is woken when it has, or earlier.
    ///
    /// Must be asked again by every waiting party when the task wakes, and always by the same task.
    pub(super) fn has_passed(&mut self, deadline: Instant, cx: &mut Context<'_>) -> bool {
        let is_early_enough = self.alarm.deadline() <= deadline;
        if self.is_set && is_early_enough && !self.alarm.is_elapsed() {
            return false;
        }
        if Instant::now() >= deadline {
            return true;
        }
        if !is_early_enough || self.alarm.is_elapsed() {
            self.alarm.as_mut().reset(deadline);
        }
        self.is_set = true;
        matches!(self.alarm.as_mut().poll(cx), Poll::Ready(())) && Instant::now() >= deadline
    }
}
