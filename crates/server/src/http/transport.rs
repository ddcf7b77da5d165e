//! The socket as hyper sees it: only requests that passed the framing, and no client that makes it wait for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::framing::{Framing, Rest};
use super::timer::{Timer, after};
use super::{Counters, Limits, Refusal};

/// The method of the request that stands for a refused one. No client can send it, for it is none that passes.
pub(super) const REFUSED: &str = "_";

/// A stream under the limits of a listener.
///
/// A bad request is replaced by one with the method [`REFUSED`] and the number of the reason as its target, and the
/// stream ends after it. So the answer takes its turn after those to the requests before it. If the body of a request
/// is bad, reading it fails with the [`Refusal`].
#[derive(Debug)]
pub(super) struct Transport<'a, S> {
    stream: S,
    limits: &'a Limits,
    counters: &'a Counters,
    framing: Framing,
    /// Bytes that hyper has not got yet: `passed` that it may have, and then a part of a head.
    held: Vec<u8>,
    passed: usize,
    /// Why the body under way is broken off.
    fault: Option<Refusal>,
    /// hyper gets nothing more than what has passed.
    is_over: bool,
    /// The client has said that it sends nothing more.
    is_at_end: bool,
    timer: Timer,
    wait: Wait,
    wait_since: Instant,
    /// The number of the request that the wait is for.
    wait_for: u32,
    /// Bytes that came since.
    received: u64,
    /// Since when the client has taken no byte of the answer.
    stalled_since: Option<Instant>,
    is_shut: bool,
    linger_since: Option<Instant>,
    discarded: u64,
}

/// What the client has to send next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// A request, if it likes.
    Idle,
    /// The rest of a head.
    Head,
    /// The rest of a body.
    Body,
}

impl<'a, S> Transport<'a, S> {
    pub(super) fn new(stream: S, limits: &'a Limits, counters: &'a Counters) -> Self {
        Self {
            stream,
            limits,
            counters,
            framing: Framing::default(),
            held: Vec::new(),
            passed: 0,
            fault: None,
            is_over: false,
            is_at_end: false,
            timer: Timer::new(limits.idle),
            wait: Wait::Idle,
            wait_since: Instant::now(),
            wait_for: 0,
            received: 0,
            stalled_since: None,
            is_shut: false,
            linger_since: None,
            discarded: 0,
        }
    }

    /// Hands out what has passed.
    fn deliver(&mut self, buf: &mut ReadBuf<'_>) {
        let count = self.passed.min(buf.remaining());
        buf.put_slice(self.held.get(..count).unwrap_or_default());
        self.held.drain(..count);
        self.passed -= count;
        if self.held.is_empty() {
            self.held = Vec::new();
        }
    }

    /// Sorts out the bytes that arrived in `buf` from `start` on.
    fn sift(&mut self, buf: &mut ReadBuf<'_>, start: usize) {
        let fresh = buf.filled().get(start..).unwrap_or_default();
        self.received += fresh.len() as u64;
        let rest = if self.held.is_empty() {
            let (passed, rest) = self.framing.read(fresh, self.limits);
            if rest == Rest::Hold {
                self.held.extend_from_slice(fresh.get(passed..).unwrap_or_default());
            }
            buf.set_filled(start + passed);
            rest
        } else {
            self.held.extend_from_slice(fresh);
            buf.set_filled(start);
            let (passed, rest) = self.framing.read(&self.held, self.limits);
            self.passed = passed;
            rest
        };
        if let Rest::Refuse(refusal) = rest {
            self.refuse(refusal);
        }
    }

    /// Ends the stream of requests with a refusal.
    fn refuse(&mut self, refusal: Refusal) {
        self.is_over = true;
        self.held.truncate(self.passed);
        if self.framing.is_in_body() {
            self.fault = Some(refusal);
        } else {
            let stand_in = format!("{REFUSED} /{} HTTP/1.1\r\n\r\n", refusal as usize);
            self.held.extend_from_slice(stand_in.as_bytes());
            self.passed = self.held.len();
        }
    }

    /// Waits for bytes of the client; ready with what was awaited when that took too long.
    fn poll_overdue(&mut self, cx: &mut Context<'_>) -> Poll<Wait> {
        let wait = if self.framing.is_in_body() {
            Wait::Body
        } else if self.framing.is_in_head(&self.held) {
            Wait::Head
        } else {
            Wait::Idle
        };
        if self.wait != wait || self.wait_for != self.framing.heads() {
            self.wait = wait;
            self.wait_for = self.framing.heads();
            self.wait_since = Instant::now();
            self.received = 0;
        }
        let allowed = match wait {
            Wait::Idle => self.limits.idle,
            Wait::Head => self.limits.header_deadline,
            Wait::Body => {
                let rate = u64::from(self.limits.body_min_rate.max(1));
                let earned = Duration::from_millis(self.received.saturating_mul(1000) / rate);
                earned.max(self.limits.body_rate_grace).min(self.limits.body_deadline)
            }
        };
        if self.timer.has_passed(after(self.wait_since, allowed), cx) { Poll::Ready(wait) } else { Poll::Pending }
    }

    /// Passes on the result of a write, and gives up a client that has long taken nothing.
    fn watch_write<T>(&mut self, written: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled_since = None;
            return written;
        }
        let since = *self.stalled_since.get_or_insert_with(Instant::now);
        if self.timer.has_passed(after(since, self.limits.write_stall), cx) {
            self.counters.write_timeouts.increase();
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Transport<'_, S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let start = buf.filled().len();
        loop {
            if this.passed > 0 {
                this.deliver(buf);
                return Poll::Ready(Ok(()));
            }
            if let Some(refusal) = this.fault.take() {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, refusal)));
            }
            if this.is_over || this.is_at_end {
                return Poll::Ready(Ok(()));
            }
            match Pin::new(&mut this.stream).poll_read(cx, buf) {
                Poll::Ready(read) => read?,
                Poll::Pending => match ready!(this.poll_overdue(cx)) {
                    // As if the client had ended the connection here.
                    Wait::Idle => this.counters.idle_timeouts.increase(),
                    Wait::Head => {
                        this.counters.head_timeouts.increase();
                        this.refuse(Refusal::HeadTimeout);
                    }
                    Wait::Body => {
                        this.counters.body_timeouts.increase();
                        this.refuse(Refusal::BodyTimeout);
                    }
                },
            }
            if buf.filled().len() > start {
                this.sift(buf, start);
                if buf.filled().len() > start {
                    return Poll::Ready(Ok(()));
                }
            } else if !this.is_over {
                this.is_at_end = true;
                if this.framing.is_in_head(&this.held) {
                    this.refuse(Refusal::Truncated);
                }
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Transport<'_, S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.watch_write(written, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.watch_write(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        this.watch_write(flushed, cx)
    }

    /// Says goodbye, and then listens for a while if the client may still be talking: a socket that is closed with
    /// bytes unread is reset, and the reset can overtake the answer.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.is_shut {
            let shut = Pin::new(&mut this.stream).poll_shutdown(cx);
            ready!(this.watch_write(shut, cx))?;
            this.is_shut = true;
        }
        let mut scrap = [0; 4096];
        while !this.is_at_end && this.discarded < this.limits.linger_bytes {
            let mut buf = ReadBuf::new(&mut scrap);
            match Pin::new(&mut this.stream).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => this.discarded += buf.filled().len() as u64,
                Poll::Ready(_) => this.is_at_end = true,
                Poll::Pending => {
                    let is_between_requests = !this.is_over && !this.framing.is_in_body() && this.held.is_empty();
                    let since = *this.linger_since.get_or_insert_with(Instant::now);
                    if is_between_requests && this.discarded == 0
                        || this.timer.has_passed(after(since, this.limits.linger), cx)
                    {
                        break;
                    }
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}
