//! Reads a body whole, within limits.

use std::error::Error;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use hyper::body::Incoming;

use super::Refusal;

/// The memory that all bodies in several pieces may take together.
#[derive(Debug)]
pub(super) struct Budget {
    left: AtomicUsize,
}

/// A part of a [`Budget`], given back when it is dropped.
#[derive(Debug)]
pub(super) struct Lease<'a> {
    budget: &'a Budget,
    size: usize,
}

impl Budget {
    pub(super) fn new(size: usize) -> Self {
        Self { left: AtomicUsize::new(size) }
    }

    pub(super) fn lease(&self) -> Lease<'_> {
        Lease { budget: self, size: 0 }
    }
}

impl Lease<'_> {
    fn grow(&mut self, size: usize) -> Result<(), Refusal> {
        let take = |left: usize| left.checked_sub(size);
        self.budget.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).map_err(|_| Refusal::BodyMemory)?;
        self.size += size;
        Ok(())
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if self.size > 0 {
            self.budget.left.fetch_add(self.size, Ordering::Relaxed);
        }
    }
}

/// The whole body of at most `limit` bytes. One that came in one piece, as most do, is not copied.
pub(super) async fn collect(mut body: Incoming, limit: usize, lease: &mut Lease<'_>) -> Result<Bytes, Refusal> {
    if body.size_hint().lower() > limit as u64 {
        return Err(Refusal::BodyTooLarge);
    }
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    while !body.is_end_stream() {
        let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await else { break };
        // Trailers are of no use here.
        let Ok(piece) = frame.map_err(|error| reason(&error))?.into_data() else { continue };
        if first.len().max(whole.len()) + piece.len() > limit {
            return Err(Refusal::BodyTooLarge);
        }
        if first.is_empty() {
            first = piece;
            continue;
        }
        if whole.is_empty() {
            lease.grow(first.len())?;
            whole.extend_from_slice(&first);
        }
        lease.grow(piece.len())?;
        whole.extend_from_slice(&piece);
    }
    Ok(if whole.is_empty() { first } else { whole.freeze() })
}

/// The refusal that broke off the body, or what else did.
fn reason(error: &hyper::Error) -> Refusal {
    let io = error.source().and_then(|source| source.downcast_ref::<std::io::Error>());
    match io.and_then(std::io::Error::get_ref).and_then(|inner| inner.downcast_ref::<Refusal>()) {
        Some(refusal) => *refusal,
        None if io.is_some_and(|io| {
            matches!(io.kind(), std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput)
        }) =>
        {
            Refusal::Chunk
        }
        None => Refusal::Truncated,
    }
}
