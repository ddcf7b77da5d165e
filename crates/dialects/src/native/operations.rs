//! The operations: one table feeds dispatch, the query parameters and the documentation.

use super::errors::answered;
use super::handlers::{customers, history};
use super::wire::Query;
use crate::route::{Call, Endpoint, answering};
use domain::{Access, Error};
use http::Method;

/// A row: name, method, path, query parameters, handler, one sentence for the documentation.
macro_rules! operations {
    ($( $name:literal: $method:ident $path:literal $query:tt => $handler:path, $summary:literal; )+) => {
        /// The names, as the history and the metrics show them.
        pub(super) const NAMES: &[&str] = &[$( $name, )+];

        pub(super) const ENDPOINTS: &[Endpoint] = &[$(
            Endpoint {
                operation: $name,
                method: Method::$method,
                path: $path,
                summary: $summary,
                handler: |call| answering(answered(call.request, async move {
                    admit(&call)?;
                    let query = Query::read(call.request, &$query)?;
                    $handler(call, query).await
                })),
            },
        )+];
    };
}

/// Whoever may not write is told so before the body is looked at, and costs no hash of a password.
fn admit(call: &Call<'_>) -> Result<(), Error> {
    if call.request.method.is_safe() { Ok(()) } else { call.caller.demand(Access::Write) }
}

operations! {
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
    "read_customer_history": GET "/v1/customers/{id}/history" ["limit", "cursor"] => history::customer,
        "Reads what happened to a customer, newest first.";
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
