//! The operations: one table feeds dispatch and documentation. The names are those of the vendor's pages; the two
//! extensions are named like them.

use super::{handlers, rpc};
use crate::exchange::Exchange;
use crate::route::{Endpoint, Needs, answering};
use domain::Kind;
use http::Method;

/// The names, as the history and the metrics show them.
pub(super) const NAMES: &[&str] = &[
    "CreateCustomer",
    "GetCustomer",
    "UpdateCustomer",
    "ListCustomers",
    "DeleteCustomer",
    "Home",
    "system.listMethods",
    "system.methodSignature",
    "system.methodHelp",
    "system.multicall",
    "system.getCapabilities",
    XML_RPC,
];

/// A call over XML-RPC that was refused before its method was looked for.
const XML_RPC: &str = "XML-RPC";

const READ: Needs = Needs::kind(Kind::Customer, false);
const WRITE: Needs = Needs::kind(Kind::Customer, true);

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        operation: "CreateCustomer",
        method: Method::POST,
        path: "/api/2.0/customers",
        needs: WRITE,
        summary: "Creates a customer; name and email are required.",
        exchange: Exchange::UNSAID,
        handler: |call| answering(handlers::create(call)),
    },
    Endpoint {
        operation: "ListCustomers",
        method: Method::GET,
        path: "/api/2.0/customers",
        needs: READ,
        summary: "Lists customers, page by page.",
        exchange: Exchange::UNSAID,
        handler: |call| answering(handlers::list(call)),
    },
    Endpoint {
        operation: "GetCustomer",
        method: Method::GET,
        path: "/api/2.0/customers/{id}",
        needs: READ,
        summary: "Shows a customer.",
        exchange: Exchange::UNSAID,
        handler: |call| answering(handlers::get(call)),
    },
    Endpoint {
        operation: "UpdateCustomer",
        method: Method::PUT,
        path: "/api/2.0/customers/{id}",
        needs: WRITE,
        summary: "Changes the given properties of a customer and leaves the others.",
        exchange: Exchange::UNSAID,
        handler: |call| answering(handlers::update(call)),
    },
    Endpoint {
        operation: "UpdateCustomer",
        method: Method::PATCH,
        path: "/api/2.0/customers/{id}",
        needs: WRITE,
        summary: "The same as PUT.",
        exchange: Exchange::UNSAID,
        handler: |call| answering(handlers::update(call)),
    },
    Endpoint {
        operation: "DeleteCustomer",
        method: Method::DELETE,
        path: "/api/2.0/customers/{id}",
        needs: WRITE,
        summary: "Marks a customer deleted; it can still be read and changed by its id.",
        exchange: Exchange::UNSAID,
        handler: |call| answering(handlers::delete(call)),
    },
    Endpoint {
        operation: "Home",
        method: Method::GET,
        path: "/api/2.0",
        needs: Needs::ANYBODY,
        summary: "Links to what there is.",
        exchange: Exchange::UNSAID,
        handler: |call| answering(handlers::home(call)),
    },
    // What a method needs of its caller, the operations that it runs decide.
    rpc_at(rpc::PATHS[0]),
    rpc_at(rpc::PATHS[1]),
];

const fn rpc_at(path: &'static str) -> Endpoint {
    Endpoint {
        operation: XML_RPC,
        method: Method::POST,
        path,
        needs: Needs::ANYBODY,
        summary: "Calls a method over XML-RPC.",
        exchange: Exchange::UNSAID,
        handler: |call| answering(rpc::answer(call)),
    }
}
