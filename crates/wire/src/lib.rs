//! Bytes to and from the formats that callers speak. This crate knows no customer, reads no clock and does no
//! I/O: every function takes bytes or text and gives back values, or a sentence that says what is wrong.
//!
//! What holds for all of it:
//!
//! - One character policy, [`text::check`], for every format, so that a value taken in by one API can be given
//!   out by all the others.
//! - Nothing is repaired. Bytes that are not what they claim to be are refused, never replaced.
//! - Whatever arrives, the work is linear in its length, recursion is bounded, and memory stays within a small
//!   multiple of the limits that the caller sets.

#![deny(missing_docs)]

pub mod basic;
pub mod csv;
pub mod form;
pub mod json;
pub mod media_type;
pub mod multipart;
pub mod negotiate;
pub mod soap;
pub mod text;
pub mod write;
pub mod xml;
pub mod xmlrpc;
