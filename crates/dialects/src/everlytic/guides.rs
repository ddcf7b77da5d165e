//! How programs are pointed here.

use crate::connect::{Connect, Guide, Sample, endpoints};
use http::Method;

use super::{operations, rpc};

static GET: Sample = Sample {
    operation: "GetCustomer",
    method: Method::GET,
    path: "/api/2.0/customers/{id}",
    headers: &[("Authorization", "Basic YOUR_NAME:YOUR_SECRET")],
    body: "",
};

pub(super) static CONNECT: Connect = Connect {
    paths: &["/api/2.0/customers", "/api/2.0/xmlrpc"],
    wsdls: &[],
    guides: &[
        Guide {
            language: "any",
            code: "{url}/api/2.0\n",
            text: "Replaces the address that the program knows, up to /api/2.0. The name is that of a user, the secret one of \
                   their API keys:\n     samerow key add username=mailer role=agent dialects=everlytic\n",
        },
        Guide {
            language: "python",
            code: "import xmlrpc.client\nproxy = xmlrpc.client.ServerProxy(\"{url}/api/2.0/xmlrpc\")\n",
            text: "Over XML-RPC. Name and secret go before the host: http://YOUR_NAME:YOUR_SECRET@…\n",
        },
    ],
    sample: &GET,
    probe: &GET,
    hosts: &[],
    operations: || endpoints(operations::ENDPOINTS).into_iter().chain(rpc::described()).collect(),
};
