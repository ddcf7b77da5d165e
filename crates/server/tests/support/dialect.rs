//! One connection that updates customers through each dialect, as that dialect's clients do.

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{ADMIN_TOKEN, Client, Failure, Launch, Outcome, Reply, report};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("Content-Type", "application/json");
const XML: (&str, &str) = ("Content-Type", "text/xml; charset=utf-8");
/// `demo` and its API key in base64.
const EVERLYTIC: (&str, &str) = ("Authorization", "Basic ZGVtbzowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OUFCQ0RFRl8x");
const BING: &str = "/Api/CustomerManagement/v11/CustomerManagementService.svc";
const V11: &str = "https://bingads.microsoft.com/Customer/v11";

/// A way to update a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    SuperOffice,
    BingAds,
    EverlyticRest,
    EverlyticRpc,
    Trackfinity,
    Native,
}

impl Dialect {
    pub const ALL: [Self; 6] =
        [Self::SuperOffice, Self::BingAds, Self::EverlyticRest, Self::EverlyticRpc, Self::Trackfinity, Self::Native];
    /// Those where no stale stamp and no session can be the reason of a refusal.
    pub const PLAIN: [Self; 3] = [Self::EverlyticRest, Self::Trackfinity, Self::Native];

    /// Those that the program serves, or of these the ones named in `SAMEROW_TEST_DIALECTS` (`Trackfinity,Native`).
    pub fn tested() -> Vec<Self> {
        static SERVED: LazyLock<Vec<Dialect>> = LazyLock::new(Dialect::served);
        let named = std::env::var_os("SAMEROW_TEST_DIALECTS").map(|v| v.to_string_lossy().into_owned());
        let is_tested = |d: &Self| named.as_ref().is_none_or(|n| n.split(',').any(|n| n == format!("{d:?}")));
        SERVED.iter().copied().filter(is_tested).collect()
    }

    /// Those at whose address there is something. Says which are not there.
    fn served() -> Vec<Self> {
        let dir = TempDir::new().unwrap();
        let server = Launch::demo(dir.path()).start();
        let mut client = server.client();
        let mut is_there = |dialect: &Self| {
            let reply = client.call("GET", dialect.path(), &[], "").unwrap();
            reply.status != 404 || !reply.text().starts_with("There is nothing at this address")
        };
        let (served, absent): (Vec<_>, Vec<_>) = Self::ALL.into_iter().partition(&mut is_there);
        if !absent.is_empty() {
            report(format!("not run: {absent:?}: not served by this program"));
        }
        served
    }

    const fn path(self) -> &'static str {
        match self {
            Self::SuperOffice => "/scripts/SOAP?action=ticket",
            Self::BingAds => BING,
            Self::EverlyticRest => "/api/2.0/customers/1001",
            Self::EverlyticRpc => "/api/2.0/xmlrpc/",
            Self::Trackfinity => "/api/customer/set_customer_details",
            Self::Native => "/v1/customers/1001",
        }
    }

    /// Its name in the history.
    pub fn name(self) -> &'static str {
        match self {
            Self::SuperOffice => "superoffice",
            Self::BingAds => "bing_ads",
            Self::EverlyticRest | Self::EverlyticRpc => "everlytic",
            Self::Trackfinity => "trackfinity",
            Self::Native => "native",
        }
    }

    /// Whether the words of a refusal mean: come back later. The dialects that answer every call with 200 or every
    /// failure with 500 say it in words of their own.
    pub fn is_busy(self, refusal: &str) -> bool {
        !Self::PLAIN.contains(&self) || refusal.starts_with("503 ")
    }

    /// The fields, as the history names them, that one update of ours changes. They overlap on
    /// purpose: the dialects are to meet in one field of one record.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::SuperOffice => &["phone", "note"],
            Self::BingAds => &["name"],
            Self::EverlyticRest => &["phone", "address.postal_code"],
            Self::EverlyticRpc => &["phone", "address.region"],
            Self::Trackfinity => &["address.city", "custom1"],
            Self::Native => &["note", "address.city"],
        }
    }
}

/// A caller with one connection.
pub struct Speaker {
    client: Client,
    session: String,
}

impl Speaker {
    /// A caller that has not signed in to anything.
    pub fn new(address: SocketAddr) -> Self {
        Self { client: Client::new(address), session: String::new() }
    }

    /// The longest wait for one answer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.client = self.client.timeout(timeout);
        self
    }

    /// Uses this SuperOffice session.
    pub fn with_session(mut self, session: &str) -> Self {
        session.clone_into(&mut self.session);
        self
    }

    /// Signs in wherever that costs a password check, so that later calls measure something else;
    /// answers the SuperOffice session.
    ///
    /// # Panics
    /// When a dialect of `dialects` refuses the demo's credentials, and no session was given.
    pub fn sign_in(&mut self, dialects: &[Dialect]) -> String {
        if dialects.contains(&Dialect::SuperOffice) {
            let reply = self.soap("ticket", "<userName>egon</userName><password>banken</password>", "login", "sign-in");
            let reply = reply.unwrap_or_else(|e| panic!("SuperOffice login: {e:?}"));
            let session = element(&reply.text(), "sessionKey").filter(|s| !s.is_empty());
            match session {
                Some(session) => self.session = session,
                // A session is stored: while the store takes no changes, an earlier one goes on.
                None => assert!(!self.session.is_empty(), "SuperOffice login: {reply:?}"),
            }
        }
        if dialects.contains(&Dialect::BingAds) {
            self.bing_customer(1001, "sign-in").unwrap_or_else(|e| panic!("GetCustomer: {e:?}"));
        }
        if dialects.contains(&Dialect::EverlyticRest) || dialects.contains(&Dialect::EverlyticRpc) {
            let reply = self.client.call("GET", "/api/2.0/customers/1001", &[EVERLYTIC], "");
            assert!(reply.as_ref().is_ok_and(|r| r.status == 200), "Everlytic: {reply:?}");
        }
        self.session.clone()
    }

    /// Sets each of the dialect's fields of customer `record` to `value`.
    pub fn update(&mut self, dialect: Dialect, record: u32, value: &str, id: &str) -> Outcome {
        let reply = match dialect {
            Dialect::SuperOffice => self.superoffice(record, value, id),
            Dialect::BingAds => return self.bing(record, value, id),
            Dialect::EverlyticRest => {
                let body = json!({"telephone": value, "postal_code": value}).to_string();
                let headers = [EVERLYTIC, JSON, ("X-Request-Id", id)];
                self.client.call("PUT", &format!("/api/2.0/customers/{record}"), &headers, body)
            }
            Dialect::EverlyticRpc => {
                let member = |name| format!("<member><name>{name}</name><value>{value}</value></member>");
                let body = format!(
                    "<methodCall><methodName>UpdateCustomer</methodName><params><param><value><int>{record}</int></value>\
                     </param><param><value><struct>{}{}</struct></value></param></params></methodCall>",
                    member("telephone"),
                    member("state_provinces")
                );
                self.client.call("POST", "/api/2.0/xmlrpc/", &[EVERLYTIC, XML, ("X-Request-Id", id)], body)
            }
            Dialect::Trackfinity => {
                let key = ("api-key", "44b5498dbcb481a0d00b404c0169af62");
                let headers = [("api-username", "tf_admin"), key, FORM, ("X-Request-Id", id)];
                let body = format!("customer_id={record}&city={value}&custom1={value}");
                self.client.call("PATCH", "/api/customer/set_customer_details", &headers, body)
            }
            Dialect::Native => {
                let bearer = format!("Bearer {ADMIN_TOKEN}");
                let kind = ("Content-Type", "application/merge-patch+json");
                let headers = [("Authorization", bearer.as_str()), kind, ("X-Request-Id", id)];
                let body = json!({"note": value, "address": {"city": value}}).to_string();
                self.client.call("PATCH", &format!("/v1/customers/{record}"), &headers, body)
            }
        };
        judge(reply, |reply| says_done(dialect, reply, record))
    }

    fn superoffice(&mut self, record: u32, value: &str, id: &str) -> Result<Reply, Failure> {
        let pair = |field| format!("<item><field>{field}</field><value>{value}</value></item>");
        let arguments = format!(
            "<sessionKey>{}</sessionKey><customerId>{record}</customerId><customerValues>{}{}</customerValues>",
            self.session,
            pair("phone"),
            pair("note")
        );
        self.soap("ticket", &arguments, "setCustomer", id)
    }

    fn soap(&mut self, port: &str, arguments: &str, method: &str, id: &str) -> Result<Reply, Failure> {
        let body = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
             <m:{method} xmlns:m=\"urn:{port}\">{arguments}</m:{method}></s:Body></s:Envelope>"
        );
        let headers = [XML, ("SOAPAction", "\"\""), ("X-Request-Id", id)];
        self.client.call("POST", &format!("/scripts/SOAP?action={port}"), &headers, body)
    }

    fn bing(&mut self, record: u32, value: &str, id: &str) -> Outcome {
        let shown = match self.bing_customer(record, id) {
            Ok(text) => text,
            // Only the reading was lost or refused: no update has been sent.
            Err(_) => return Outcome::NotSent,
        };
        // The address has a stamp too, and comes first.
        let own = shown.rsplit_once("CustomerAddress>").map_or(&*shown, |(_, own)| own);
        let (industry, stamp) = (given(own, "Industry"), given(own, "TimeStamp"));
        let inner = format!(
            "<Customer xmlns:e=\"{V11}/Entities\"><e:Id>{record}</e:Id><e:Industry>{industry}</e:Industry>\
             <e:Name>{value}</e:Name><e:TimeStamp>{stamp}</e:TimeStamp></Customer>"
        );
        let reply = self.bing_call("UpdateCustomer", &inner, id);
        judge(reply, |reply| says_done(Dialect::BingAds, reply, record))
    }

    fn bing_customer(&mut self, record: u32, id: &str) -> Result<String, String> {
        let reply = self.bing_call("GetCustomer", &format!("<CustomerId>{record}</CustomerId>"), id);
        let reply = reply.map_err(|e| format!("{e:?}"))?;
        if reply.status == 200 { Ok(reply.text()) } else { Err(format!("{reply:?}")) }
    }

    fn bing_call(&mut self, operation: &str, inner: &str, id: &str) -> Result<Reply, Failure> {
        let body = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header xmlns=\"{V11}\">\
             <DeveloperToken>BBD37VB98</DeveloperToken><UserName>demo_bing</UserName><Password>banken</Password></s:Header>\
             <s:Body><{operation}Request xmlns=\"{V11}\">{inner}</{operation}Request></s:Body></s:Envelope>"
        );
        let action = format!("\"{operation}\"");
        self.client.call("POST", BING, &[XML, ("SOAPAction", &action), ("X-Request-Id", id)], body)
    }
}

/// What the caller knows: a lost answer is an unknown outcome, whatever the server did.
fn judge(reply: Result<Reply, Failure>, done: impl Fn(&Reply) -> bool) -> Outcome {
    match reply {
        Ok(reply) if done(&reply) => Outcome::Acked,
        Ok(reply) => Outcome::Refused(format!("{} {}", reply.status, reply.text())),
        Err(Failure::NotSent(_)) => Outcome::NotSent,
        Err(Failure::Lost(e)) => Outcome::Unknown(e.to_string()),
    }
}

fn says_done(dialect: Dialect, reply: &Reply, record: u32) -> bool {
    let text = reply.text();
    reply.status == 200
        && match dialect {
            Dialect::SuperOffice => element(&text, "errorCode").is_some_and(|code| code == "0"),
            Dialect::BingAds => text.contains("UpdateCustomerResponse") && text.contains("LastModifiedTime"),
            Dialect::EverlyticRest => reply.json()["item"]["id"] == record,
            Dialect::EverlyticRpc => text.contains("<methodResponse>") && !text.contains("<fault>"),
            Dialect::Trackfinity => reply.json() == Value::Bool(true),
            Dialect::Native => reply.json()["id"] == record,
        }
}

/// The text of the first element of that local name.
fn element(xml: &str, name: &str) -> Option<String> {
    xml.match_indices(name).find_map(|(at, _)| {
        let opens = xml[..at].ends_with(['<', ':']);
        let (attributes, rest) = xml[at + name.len()..].split_once('>')?;
        let is_whole = attributes.is_empty() || attributes.starts_with([' ', '\t', '\r', '\n', '/']);
        let closes = xml[..at].rfind('<').is_some_and(|lt| xml[lt..].starts_with("</"));
        if !opens || !is_whole || closes {
            return None;
        }
        if attributes.ends_with('/') {
            return Some(String::new());
        }
        rest.split_once('<').map(|(text, _)| text.to_owned())
    })
}

fn given(xml: &str, name: &str) -> String {
    element(xml, name).unwrap_or_default()
}
