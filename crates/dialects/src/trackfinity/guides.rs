//! How programs are pointed here.

use crate::connect::{Connect, Guide, Sample, endpoints};
use http::Method;

use super::operations;

const HEADERS: &[(&str, &str)] = &[("api-username", "YOUR_NAME"), ("api-key", "YOUR_SECRET")];

static PING: Sample =
    Sample { operation: "ping", method: Method::GET, path: "/api/service/ping", headers: HEADERS, body: "" };

static SET: Sample = Sample {
    operation: "set_customer_details",
    method: Method::PATCH,
    path: "/api/customer/set_customer_details",
    headers: &[
        ("api-username", "YOUR_NAME"),
        ("api-key", "YOUR_SECRET"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ],
    body: "customer_id={id}&zip=66666",
};

pub(super) static CONNECT: Connect = Connect {
    paths: &["/api/customer/set_customer_details", "/api/customer/lock", "/api/customer/unlock"],
    wsdls: &[],
    guides: &[Guide {
        language: "any",
        code: "{url}/api\n",
        text: "Replaces the address that the program knows, up to /api. The name and the secret are those of a key:\n     \
               samerow key add username=billing role=admin dialects=trackfinity\n",
    }],
    sample: &SET,
    probe: &PING,
    hosts: &[],
    operations: || endpoints(operations::ENDPOINTS),
};
