//! How programs are pointed here.

use crate::connect::{Connect, Guide, Sample, endpoints};
use http::Method;

use super::operations;

static READ: Sample = Sample {
    operation: "read_customer",
    method: Method::GET,
    path: "/v1/customers/{id}",
    headers: &[("Authorization", "Bearer YOUR_SECRET")],
    body: "",
};

pub(super) static CONNECT: Connect = Connect {
    paths: &["/v1"],
    wsdls: &[],
    guides: &[Guide {
        language: "any",
        code: "{url}/v1\n",
        text: "Clients in many languages are generated from {url}/openapi.json; {url}/docs shows it and tries it out. The \
               secret is a key:\n     samerow key add username=portal role=viewer dialects=native\n",
    }],
    sample: &READ,
    probe: &READ,
    hosts: &[],
    operations: || endpoints(operations::ENDPOINTS),
};
