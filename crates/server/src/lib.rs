//! The process: listener, limits, command line, configuration, metrics, wiring. Everything below is given the time,
//! randomness and settings from here.

pub mod census;
pub mod cli;
mod console;
pub mod cors;
pub mod courier;
pub mod demo;
pub mod dispatch;
mod docs;
pub mod door;
mod encoding;
pub mod host;
pub mod housekeeping;
pub mod http;
pub mod inspector;
pub mod issuer;
pub mod mailer;
pub mod metrics;
mod pretty;
pub mod process;
pub mod pulse;
pub mod reach;
pub mod redact;
pub mod settings;
pub mod tls;
