//! Asks this server what a program would ask it, at the address that programs are told: a name, a proxy or a certificate
//! on the way may lead elsewhere, and a WSDL with a wrong address leads every generated client astray.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dialects::Dialect;
use dialects::connect::{DEVELOPER_TOKEN, NAME, SECRET, Sample};
use std::path::Path;
use std::time::Duration;
use ureq::Agent;

use crate::courier::direct;
use crate::dispatch::new_request_id;
use crate::tls;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Longest WSDL that is looked at, in bytes.
const MOST: u64 = 4 << 20;

/// Who a program signs in as.
#[derive(Clone, Debug, Default)]
pub struct Credential {
    /// Their name.
    pub name: String,
    /// Their password, key or token.
    pub secret: String,
    /// The developer token, for Bing Ads.
    pub developer_token: String,
}

/// What was asked, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was asked for.
    pub url: String,
    /// The status, or what was in the way.
    pub outcome: Result<u16, String>,
    /// The id of the request: who has the call can say more.
    pub id: String,
}

/// Asks at an address, trusting the authority in the folder of the certificate, if there is one.
pub fn agent(certificate: Option<&Path>) -> Agent {
    let own = certificate.map(|folder| folder.join(tls::AUTHORITY)).filter(|file| file.exists());
    let trusted = own.and_then(|file| tls::certificates(&file).ok());
    direct(trusted.as_deref(), TIMEOUT).build().into()
}

/// Fetches every WSDL of a dialect below an address. Each must say that calls go to where it was asked for.
pub fn wsdls(agent: &Agent, base: &str, dialect: &Dialect) -> Vec<Step> {
    let wsdls = dialect.connect.wsdls.iter();
    let paths = wsdls.flat_map(|wsdl| [Some(wsdl.path), wsdl.literal]).flatten();
    paths.map(|path| wsdl(agent, base, path)).collect()
}

fn wsdl(agent: &Agent, base: &str, path: &str) -> Step {
    let (url, id) = (format!("{base}{path}"), new_request_id());
    let outcome = agent.get(&url).header("X-Request-Id", &id).call().map_err(|error| error.to_string());
    let outcome = outcome.and_then(|mut answer| {
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(MOST).read_to_string().map_err(|error| error.to_string())?;
        if status != 200 {
            return Err(format!("the WSDL is answered with {status}"));
        }
        let addresses: Vec<&str> =
            text.split("location=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let wanted = path.split('?').next().unwrap_or(path);
        let is_ours = |address: &&str| {
            let rest = address.strip_prefix(base);
            rest.is_some_and(|rest| rest.split('?').next().is_some_and(|path| path.eq_ignore_ascii_case(wanted)))
        };
        match addresses.iter().find(|address| address.starts_with("http") && !is_ours(address)) {
            Some(other) => Err(format!("the WSDL sends calls to {other}")),
            None if !addresses.iter().any(is_ours) => Err(String::from("the WSDL names no address")),
            None => Ok(status),
        }
    });
    Step { url, outcome, id }
}

/// Calls what changes nothing, as somebody.
pub fn probe(agent: &Agent, base: &str, sample: &Sample, customer: i64, credential: &Credential) -> Step {
    let (url, id) = (format!("{base}{}", filled(sample.path, customer, credential, false)), new_request_id());
    let is_xml = sample.headers.iter().any(|(_, value)| value.contains("xml"));
    let body = filled(sample.body, customer, credential, is_xml);
    let mut request = http::Request::builder().method(&sample.method).uri(&url);
    for (name, value) in sample.headers {
        let value = filled(value, customer, credential, false);
        let value = match value.strip_prefix("Basic ") {
            Some(pair) => format!("Basic {}", STANDARD.encode(pair)),
            None => value,
        };
        request = request.header(*name, value);
    }
    let request = request.header("X-Request-Id", &id).body(body).map_err(|error| error.to_string());
    let answer = request.and_then(|request| agent.run(request).map_err(|error| error.to_string()));
    let outcome = answer.and_then(|answer| {
        let echoed = answer.headers().get("x-request-id").is_some_and(|echoed| echoed == id.as_str());
        let status = answer.status().as_u16();
        if echoed { Ok(status) } else { Err(format!("somebody else answers there, with {status}")) }
    });
    Step { url, outcome, id }
}

/// A text of a sample with what stands in it for others.
fn filled(text: &str, customer: i64, credential: &Credential, is_xml: bool) -> String {
    let escaped = |text: &str| match is_xml {
        true => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
        false => text.to_owned(),
    };
    // The longer name first: it holds none of the others.
    text.replace("{id}", &customer.to_string())
        .replace(DEVELOPER_TOKEN, &escaped(&credential.developer_token))
        .replace(NAME, &escaped(&credential.name))
        .replace(SECRET, &escaped(&credential.secret))
}
