//! The operations: one table feeds dispatch, the query parameters and the documentation.

use super::errors::answered;
use super::handlers::{customers, events, records};
use super::wire::Query;
use crate::route::{Call, Endpoint, answering};
use domain::{Access, Error, Kind};
use http::Method;

/// First the resources that are alike: kind, its name, the name of many, under which path. Then the other operations, a
/// row each: name, method, path, query parameters, handler (and the kind of record it is about), one sentence for the
/// documentation.
macro_rules! operations {
    (
        $( resource $kind:ident $one:literal $many:literal; )+
        $( $name:literal: $method:ident $path:literal $query:tt
            => $handler:path $( [$of:ident] )?, $summary:literal; )+
    ) => {
        /// The names, as the history and the metrics show them.
        pub(super) const NAMES: &[&str] = &[
            $( $name, )+
            $(
                concat!("list_", $many), concat!("create_", $one), concat!("read_", $one), concat!("update_", $one),
                concat!("delete_", $one), concat!("read_", $one, "_history"),
            )+
        ];

        pub(super) const ENDPOINTS: &[Endpoint] = &[
            $( endpoint!(
                $name, $method, $path, $query, |call, query| $handler(call, query $(, Kind::$of)?), $summary
            ), )+
            $(
                endpoint!(
                    concat!("list_", $many), GET, concat!("/v1/", $many), ["limit", "cursor", "deleted"],
                    |call, query| records::list(call, query, Kind::$kind), "Lists by id, without deleted ones."
                ),
                endpoint!(
                    concat!("create_", $one), POST, concat!("/v1/", $many), [],
                    |call, query| records::create(call, query, Kind::$kind), "Creates one."
                ),
                endpoint!(
                    concat!("read_", $one), GET, concat!("/v1/", $many, "/{id}"), [],
                    |call, query| records::read(call, query, Kind::$kind), "Reads one, also a deleted one."
                ),
                endpoint!(
                    concat!("update_", $one), PATCH, concat!("/v1/", $many, "/{id}"), [],
                    |call, query| records::update(call, query, Kind::$kind),
                    "Changes the given members and leaves the others alone."
                ),
                endpoint!(
                    concat!("delete_", $one), DELETE, concat!("/v1/", $many, "/{id}"), [],
                    |call, query| records::delete(call, query, Kind::$kind),
                    "Marks one deleted; its id, values and history stay."
                ),
                endpoint!(
                    concat!("read_", $one, "_history"), GET, concat!("/v1/", $many, "/{id}/history"),
                    ["limit", "cursor"], |call, query| records::history(call, query, Kind::$kind),
                    "Reads what happened to one, newest first."
                ),
            )+
        ];
    };
}

macro_rules! endpoint {
    ($name:expr, $method:ident, $path:expr, $query:tt, |$call:ident, $read:ident| $run:expr, $summary:expr) => {
        Endpoint {
            operation: $name,
            method: Method::$method,
            path: $path,
            summary: $summary,
            handler: |$call| {
                answering(answered($call.request, async move {
                    admit(&$call)?;
                    let $read = Query::read($call.request, &$query)?;
                    $run.await
                }))
            },
        }
    };
}

/// Whoever may not write is told so before the body is looked at, and costs no hash of a password.
fn admit(call: &Call<'_>) -> Result<(), Error> {
    if call.request.method.is_safe() { Ok(()) } else { call.caller.demand(Access::Write) }
}

operations! {
    resource Company "company" "companies";
    resource Category "category" "categories";
    resource Priority "priority" "priorities";
    resource ExtraField "extra_field" "extra_fields";

    "list_customers": GET "/v1/customers" ["limit", "cursor"] => customers::list,
        "Lists customers by id, deleted ones too.";
    "create_customer": POST "/v1/customers" [] => customers::create,
        "Creates a customer.";
    "read_customer": GET "/v1/customers/{id}" [] => customers::read,
        "Reads a customer, also a deleted one.";
    "update_customer": PATCH "/v1/customers/{id}" [] => customers::update,
        "Changes the given members of a customer and leaves the others alone.";
    "delete_customer": DELETE "/v1/customers/{id}" [] => customers::delete,
        "Marks a customer deleted; its id, values and history stay.";
    "read_customer_history": GET "/v1/customers/{id}/history" ["limit", "cursor"] => records::history [Customer],
        "Reads what happened to a customer, newest first.";
    "list_events": GET "/v1/events" ["after", "limit", "kind", "dialect", "wait"] => events::list,
        "Reads what happened to all records, oldest first, and waits for more.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_lists_every_operation() {
        let readme = include_str!("README.md");
        for Endpoint { operation, method, path, .. } in ENDPOINTS {
            assert!(readme.contains(&format!("| `{operation}` | `{method} {path}")), "{operation}");
        }
        assert_eq!(readme.matches("` | `").count(), ENDPOINTS.len());
    }
}
