//! Which customer a request names.

use dialects::Request;

use super::arguments;

/// What the dialects call the number of a customer.
const NAMES: [&str; 5] = ["customer_id", "customerId", "CustomerId", "Customer.Id", "customer.id"];

/// The number of the customer that a request names in its path or its arguments, also where nobody was looked up because it
/// was refused before.
pub(super) fn named(request: &Request) -> Option<i64> {
    let number = |text: &str| text.parse().ok().filter(|id| *id > 0);
    let mut parts = request.path.split('/').skip_while(|part| *part != "customers").skip(1);
    if let Some(id) = parts.next().and_then(number) {
        return Some(id);
    }
    let said = arguments::read(request.query.as_deref(), &String::from_utf8_lossy(&request.body));
    let of = |wanted: &str| {
        let (_, value) = said.iter().find(|(name, _)| name == wanted)?;
        number(value.as_deref().unwrap_or_default())
    };
    let calls_one = said.iter().any(|(name, value)| {
        let method = value.as_deref().unwrap_or_default();
        name == "methodName" && method.ends_with("Customer") && !method.ends_with("CreateCustomer")
    });
    NAMES.into_iter().find_map(of).or_else(|| of("1").filter(|_| calls_one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::{HeaderMap, Method};

    #[test]
    fn a_customer_is_found_where_each_dialect_names_one() {
        let rpc = |method: &str| {
            let param = "<param><value><int>7</int></value></param>";
            format!("<methodCall><methodName>{method}</methodName><params>{param}</params></methodCall>")
        };
        for (path, query, body, expected) in [
            ("/v1/customers/191/history", "", String::new(), Some(191)),
            ("/v1/customers", "q=191", String::new(), None),
            ("/api/2.0/customers/7", "", String::new(), Some(7)),
            ("/v1/tickets", "", r#"{"customer_id":12,"title":"x"}"#.to_owned(), Some(12)),
            ("/v1/tickets/5", "customer_id=9", String::new(), Some(9)),
            ("/api/customer/set_customer_details", "", "customer_id=191&zip=1".to_owned(), Some(191)),
            ("/api/customer/set_customer_details", "", "customer_id=x".to_owned(), None),
            ("/scripts/SOAP", "action=ticket", "<a><customerId>10</customerId></a>".to_owned(), Some(10)),
            ("/x.svc", "", "<R><Customer><Id>100</Id></Customer></R>".to_owned(), Some(100)),
            ("/x.svc", "", "<R><CustomerId>100</CustomerId></R>".to_owned(), Some(100)),
            ("/api/2.0/xmlrpc", "", rpc("UpdateCustomer"), Some(7)),
            ("/api/2.0/xmlrpc", "", rpc("customers.GetCustomer"), Some(7)),
            ("/api/2.0/xmlrpc", "", rpc("ListCustomers"), None),
        ] {
            let request = Request {
                method: Method::POST,
                path: path.to_owned(),
                query: Some(query.to_owned()).filter(|query| !query.is_empty()),
                headers: HeaderMap::new(),
                body: Bytes::from(body.clone()),
                address: [127, 0, 0, 1].into(),
                base_url: String::new(),
                tenant: None,
                id: String::new(),
            };
            assert_eq!(named(&request), expected, "{path} {body}");
        }
    }
}
