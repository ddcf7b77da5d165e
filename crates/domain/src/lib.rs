//! The customer record, its rules and its operations.
//!
//! Plain synchronous Rust: nothing here reads a file, a socket, the clock, randomness or the environment, and no type
//! knows a wire format. A rule about customers is written once, in one [`operation`]; a dialect says *what* a caller
//! asked for, a store keeps the result, and neither sees the other.
//!
//! The way of a request: a dialect builds an operation, [`App`](app::App) checks that the caller may run it and hands
//! it to the [`Store`](port::Store), the store runs [`Operation::decide`](operation::Operation::decide) over a
//! [`WorkingSet`](working_set::WorkingSet), saves what changed together with its history, and answers.

#![deny(missing_docs)]

pub mod access;
mod account;
pub mod app;
pub mod attachment;
pub mod audit;
pub mod category;
pub mod change;
pub mod choice;
pub mod company;
pub mod credential;
pub mod customer;
pub mod demo;
pub mod erasure;
pub mod error;
pub mod extra_field;
pub mod extra_table;
pub mod feed;
pub mod field;
pub mod filter;
pub mod key;
pub mod kind;
pub mod language;
pub mod mask;
pub mod message;
mod need;
pub mod network;
pub mod notification;
pub mod operation;
pub mod port;
pub mod port_networks;
pub mod priority;
pub mod record;
mod rehearsal;
mod rule;
pub mod scope;
pub mod search;
pub mod session;
pub mod subjects;
pub mod tenant;
pub mod ticket;
pub mod token;
pub mod user;
pub mod value;
mod webhook;
pub mod working_set;
mod wsdl;

pub use access::{Access, Caller, Role};
pub use app::App;
pub use change::{Change, FieldChange, Origin};
pub use customer::{Customer, Edit};
pub use error::{Error, Stop};
pub use field::Field;
pub use kind::Kind;
pub use operation::Operation;
pub use record::{Part, Record, Time};
pub use rehearsal::Rehearsal;
pub use scope::{Area, Scopes};
pub use subjects::Subjects;
pub use value::{Shape, Value};
pub use working_set::WorkingSet;
