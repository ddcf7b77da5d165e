//! The operations: one table feeds dispatch and documentation.

use super::handlers;
use crate::exchange::Exchange;
use crate::route::{Endpoint, Needs, answering};
use domain::{Kind, Role};
use http::Method;

/// The names, as the history and the metrics show them.
pub(super) const NAMES: &[&str] = &["set_customer_details", "lock", "unlock", "ping"];

/// Only full administrators may use it.
const ADMIN: Needs = Needs { role: Role::Admin, ..Needs::ANYBODY };
const WRITE: Needs = Needs { role: Role::Admin, ..Needs::kind(Kind::Customer, true) };

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        operation: "set_customer_details",
        method: Method::PATCH,
        path: "/api/customer/set_customer_details",
        needs: WRITE,
        summary: "Changes the given fields of one customer, or removes them with the value REMOVE.",
        exchange: Exchange::UNSAID,
        handler: |call| answering(handlers::set_customer_details(call)),
    },
    Endpoint {
        operation: "lock",
        method: Method::PATCH,
        path: "/api/customer/lock",
        needs: WRITE,
        summary: "Keeps set_customer_details from changing a customer.",
        exchange: Exchange::UNSAID,
        handler: |call| answering(handlers::lock(call)),
    },
    Endpoint {
        operation: "unlock",
        method: Method::PATCH,
        path: "/api/customer/unlock",
        needs: WRITE,
        summary: "Undoes lock.",
        exchange: Exchange::UNSAID,
        handler: |call| answering(handlers::unlock(call)),
    },
    Endpoint {
        operation: "ping",
        method: Method::GET,
        path: "/api/service/ping",
        needs: ADMIN,
        summary: "Answers true.",
        exchange: Exchange::UNSAID,
        handler: |call| answering(handlers::ping(call)),
    },
];
