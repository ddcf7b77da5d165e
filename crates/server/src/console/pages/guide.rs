//! The dialects: how a program is connected to each, what it offers, and which programs were seen.

use askama::Template;
use dialects::{Dialect, connect};
use domain::Access;
use domain::tenant::Tenant;
use http::StatusCode;
use std::collections::BTreeMap;

use crate::console::html;
use crate::console::layout::Page;
use crate::console::shown::Moment;
use crate::console::visit::{Outcome, Visit};
use crate::inspector::Program;

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

pub(super) async fn show(visit: &Visit<'_>) -> Outcome {
    let sees_clients = visit.caller().role.allows(Access::Manage) && visit.caller().tenant == Tenant::DEFAULT;
    let base = &visit.request().base_url;
    let programs = if sees_clients { visit.inspector.programs().await } else { Vec::new() };
    let guide = |dialect: &&'static Dialect| Guide {
        name: dialect.name,
        title: dialect.title,
        addresses: addresses(dialect.name, base),
        snippets: match connect::guides(dialect.name) {
            [] => snippets(dialect.name, base),
            guides => guides.iter().map(|guide| (spelled(guide.language), guide.at(base))).collect(),
        },
        endpoints: dialect
            .endpoints
            .iter()
            .map(|endpoint| (endpoint.operation, format!("{} {}", endpoint.method, endpoint.path), endpoint.summary))
            .collect(),
        operations: if dialect.endpoints.is_empty() { dialect.operations.to_vec() } else { Vec::new() },
        clients: clients(&programs, dialect.name),
    };
    let shown = Shown {
        p: visit.page("dialects", visit.words().get("nav.dialects")),
        guides: dialects::ALL.iter().map(guide).collect(),
        sees_clients,
        is_strict: visit.state.strict,
    };
    Ok(html(StatusCode::OK, &shown).into())
}

/// The programs of a dialect among the calls that are kept.
fn clients(programs: &[Program], dialect: &str) -> Vec<Client> {
    let mut seen: BTreeMap<String, (usize, Vec<&str>, domain::Time)> = BTreeMap::new();
    for program in programs.iter().filter(|program| program.dialect == dialect) {
        let name = if program.client.is_empty() { "—" } else { &*program.client };
        let (calls, operations, last) = seen.entry(name.chars().take(120).collect()).or_default();
        *calls += program.calls;
        *last = program.last.max(*last);
        operations.push(&*program.operation);
    }
    let client = |(name, (calls, operations, last)): (String, (usize, Vec<&str>, domain::Time))| Client {
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

/// A language as its users write it.
fn spelled(language: &'static str) -> &'static str {
    match language {
        "csharp" => "C#",
        "php" => "PHP",
        "perl" => "Perl",
        "python" => "Python",
        "java" => "Java",
        "javascript" => "JavaScript",
        other => other,
    }
}

/// A call of each dialect, for whoever has none yet.
pub(super) fn samples(visit: &Visit<'_>) -> Vec<(&'static str, String)> {
    let base = &visit.request().base_url;
    let sample = |dialect: &&'static Dialect| {
        let told = snippets(dialect.name, base).into_iter().find(|(language, _)| *language == "curl");
        let wsdl = addresses(dialect.name, base).into_iter().next().unwrap_or_default();
        let with = if wsdl.contains('?') { '&' } else { '?' };
        (dialect.title, told.map_or_else(|| format!("curl '{wsdl}{with}wsdl'"), |(_, text)| text))
    };
    dialects::ALL.iter().map(sample).collect()
}

/// The one line that a program changes, where its dialect has no guide.
fn snippets(dialect: &str, base: &str) -> Vec<(&'static str, String)> {
    match dialect {
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
