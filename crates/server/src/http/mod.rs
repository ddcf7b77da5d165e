//! HTTP/1.1 and 1.0 for callers that are not to be trusted.
//!
//! A [`Server`] accepts connections under [`Limits`], lets only requests pass that can be read in one way, reads
//! their bodies, and asks an [`Application`] for the answers. What it refuses itself it answers with a [`Refusal`].

mod application;
mod body;
mod chunked;
mod collect;
mod connection;
mod counters;
pub mod descriptors;
mod forwarded;
mod framing;
mod handshake;
mod head;
mod lanes;
mod limits;
mod listener;
mod peer;
mod refusal;
mod syntax;
mod timer;
mod transport;

pub use application::Application;
pub use body::Body;
pub use counters::{Counter, Counters};
pub use dialects::Aborted;
pub use lanes::Lanes;
pub use limits::Limits;
pub use listener::{Drained, Phase, Server, listen};
pub use peer::{Peer, Proxies, ProxyHeader, Scheme};
pub use refusal::Refusal;
