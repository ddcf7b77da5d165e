//! The dialects: how a program is connected to each, what it offers, and which programs were seen.

use askama::Template;
use dialects::Dialect;
use domain::Access;
use domain::tenant::Tenant;
use http::{StatusCode, header};
use std::collections::BTreeMap;

use crate::console::html;
use crate::console::layout::Page;
use crate::console::shown::Moment;
use crate::console::visit::{Outcome, Visit};
use crate::inspector::Inspector;

/// Programs that are listed of a dialect at most.
const MOST: usize = 50;

struct Client {
    name: String,
    calls: usize,
    operations: String,
    last: Moment,
}

struct Guide {
    name: &'static str,
    title: &'static str,
    /// Where a program calls it.
    addresses: Vec<String>,
    snippets: Vec<(&'static str, String)>,
    /// Operation, method and path, what it does.
    endpoints: Vec<(&'static str, String, &'static str)>,
    operations: Vec<&'static str>,
    clients: Vec<Client>,
}

#[derive(Template)]
#[template(path = "dialects.html")]
struct Shown {
    p: Page,
    guides: Vec<Guide>,
    sees_clients: bool,
    is_strict: bool,
}

pub(super) fn show(visit: &Visit<'_>) -> Outcome {
    let sees_clients = visit.caller().role.allows(Access::Manage) && visit.caller().tenant == Tenant::DEFAULT;
    let base = &visit.request().base_url;
    let guide = |dialect: &&'static Dialect| Guide {
        name: dialect.name,
        title: dialect.title,
        addresses: addresses(dialect.name, base),
        snippets: snippets(dialect.name, base),
        endpoints: dialect
            .endpoints
            .iter()
            .map(|endpoint| (endpoint.operation, format!("{} {}", endpoint.method, endpoint.path), endpoint.summary))
            .collect(),
        operations: if dialect.endpoints.is_empty() { dialect.operations.to_vec() } else { Vec::new() },
        clients: if sees_clients { clients(visit.inspector, dialect.name) } else { Vec::new() },
    };
    let shown = Shown {
        p: visit.page("dialects", visit.words().get("nav.dialects")),
        guides: dialects::ALL.iter().map(guide).collect(),
        sees_clients,
        is_strict: visit.state.strict,
    };
    Ok(html(StatusCode::OK, &shown).into())
}

/// The programs among the calls that are kept.
fn clients(inspector: &Inspector, dialect: &str) -> Vec<Client> {
    let mut seen: BTreeMap<String, (usize, Vec<&'static str>, domain::Time)> = BTreeMap::new();
    for call in inspector.calls().iter().filter(|call| call.dialect == dialect) {
        let name: String = call.request.header(header::USER_AGENT).unwrap_or("—").chars().take(120).collect();
        let (calls, operations, _) = seen.entry(name).or_insert((0, Vec::new(), call.at));
        *calls += 1;
        if !operations.contains(&call.operation) {
            operations.push(call.operation);
        }
    }
    let client = |(name, (calls, operations, last)): (String, (usize, Vec<&'static str>, domain::Time))| Client {
        name,
        calls,
        operations: operations.join(", "),
        last: Moment::of(last),
    };
    seen.into_iter().take(MOST).map(client).collect()
}

fn addresses(dialect: &str, base: &str) -> Vec<String> {
    let paths: &[&str] = match dialect {
        "superoffice" => {
            &["/scripts/SOAP?action=ticket", "/scripts/SOAP?action=customer", "/scripts/SOAP?action=admin"]
        }
        "everlytic" => &["/api/2.0/customers", "/api/2.0/xmlrpc"],
        "trackfinity" => &["/api/customer/set_customer_details", "/api/customer/lock", "/api/customer/unlock"],
        "bing_ads" => &["/Api/CustomerManagement/v11/CustomerManagementService.svc"],
        "native" => &["/v1", "/openapi.json", "/docs"],
        _ => &[],
    };
    paths.iter().map(|path| format!("{base}{path}")).collect()
}

/// The one line that a program changes, in the languages that programs are in.
fn snippets(dialect: &str, base: &str) -> Vec<(&'static str, String)> {
    match dialect {
        "superoffice" => vec![
            ("C#", format!("ticketService.Url = \"{base}/scripts/SOAP?action=ticket\";")),
            ("PHP", format!("$client = new SoapClient('{base}/scripts/SOAP?action=ticket&wsdl');")),
            ("Python", format!("client = zeep.Client('{base}/scripts/SOAP?action=ticket&wsdl&style=literal')")),
            ("Perl", format!("my $client = SOAP::Lite->service('{base}/scripts/SOAP?action=ticket&wsdl');")),
        ],
        "everlytic" => vec![
            ("curl", format!("curl -u USER:KEY '{base}/api/2.0/customers/7'")),
            ("PHP", format!("$url = '{base}/api/2.0/customers/7';")),
            ("Python", format!("proxy = xmlrpc.client.ServerProxy('{base}/api/2.0/xmlrpc')")),
        ],
        "trackfinity" => vec![
            (
                "curl",
                format!(
                    "curl -X PATCH '{base}/api/customer/set_customer_details' -H 'api-username: USER' -H 'api-key: KEY' \
                     -d 'customer_id=191&zip=66666'"
                ),
            ),
            (
                "Python",
                format!("requests.patch('{base}/api/customer/set_customer_details', headers=headers, data=data)"),
            ),
        ],
        "bing_ads" => vec![(
            "C#",
            format!(
                "service.Endpoint.Address = new EndpointAddress(\"{base}/Api/CustomerManagement/v11/CustomerManagementService.svc\");"
            ),
        )],
        "native" => vec![
            ("curl", format!("curl '{base}/v1/customers/10' -H 'Authorization: Bearer TOKEN'")),
            ("Python", format!("requests.get('{base}/v1/customers/10', headers={{'Authorization': 'Bearer TOKEN'}})")),
            (
                "JavaScript",
                format!("await fetch('{base}/v1/customers/10', {{ headers: {{ authorization: 'Bearer TOKEN' }} }})"),
            ),
        ],
        _ => Vec::new(),
    }
}
