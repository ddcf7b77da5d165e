//! What is asked of whom: one lane is one kind of request to one server.

use super::Result;
use super::check::{self, Answer};
use super::flags::Flags;
use super::{bing, soap};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Samerow,
    /// Answers a constant: what HTTP alone costs.
    Ceiling,
    /// Group commit and nothing else: what being durable costs.
    BareStore,
    Gsoap,
    /// FastAPI and asyncpg on PostgreSQL: what a careful service of today does.
    FastApi,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Samerow => "samerow",
            Self::Ceiling => "ceiling",
            Self::BareStore => "bare_store",
            Self::Gsoap => "gsoap",
            Self::FastApi => "fastapi",
        }
    }
}

/// A request whose `$words` the load fills in; `$session` is filled in here, after signing in.
pub(super) struct Lane {
    pub(super) name: &'static str,
    pub(super) on: Kind,
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) headers: &'static [&'static str],
    pub(super) body: Option<&'static str>,
    /// Whether this answer does what the request asked.
    pub(super) good: fn(&Answer) -> std::result::Result<(), String>,
    /// The name under which the subject's history keeps this change; reads have none.
    pub(super) dialect: Option<&'static str>,
    /// The lanes it is compared with.
    pub(super) against: &'static [&'static str],
}

impl PartialEq for Lane {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Lane {
    /// Whether it changes a record, and so has to reach the disk.
    pub(super) fn writes(&self) -> bool {
        let of_tickets = [soap::TICKET, soap::MESSAGE].contains(&self.name);
        self.dialect.is_some() || of_tickets || matches!(self.on, Kind::BareStore | Kind::Gsoap)
    }
}

#[derive(PartialEq)]
pub(super) enum Job {
    Lane(&'static Lane),
    ColdStart,
    IdleMemory,
    Feed,
    Inspector,
    Search,
    Growth,
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
const JSON: &str = "Content-Type: application/json";
const MERGE: &str = "Content-Type: application/merge-patch+json";
const XML: &str = "Content-Type: text/xml; charset=utf-8";
/// The demo data's credentials: demo and its key, admin and its password.
const EVERLYTIC: &str = "Authorization: Basic ZGVtbzowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OUFCQ0RFRl8x";
const PASSWORD: &str = "Authorization: Basic YWRtaW46ZGVtbw==";
pub(super) const BEARER: &str = "Authorization: Bearer demo-admin-token";

const TRACKFINITY_PATH: &str = "/api/customer/set_customer_details";
const TRACKFINITY: &[&str] = &[FORM, "api-username: tf_admin", "api-key: 44b5498dbcb481a0d00b404c0169af62"];
const TRACKFINITY_BODY: &str = "customer_id=$id&firstname=Kari&email=$unique%40bench.example&zip=$zip&country=NO";
const NATIVE_BODY: &str =
    r#"{"first_name":"Kari","emails":["$unique@bench.example"],"address":{"postal_code":"$zip","country":"NO"}}"#;

pub(super) const SOAP_PATH: &str = "/scripts/SOAP?action=ticket";
pub(super) const SOAP: &[&str] = &[XML, r#"SOAPAction: """#];
const SOAP_BODY: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope"#,
    r#" xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/""#,
    r#" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/""#,
    r#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema""#,
    r#" xmlns:t="urn:ticket"><SOAP-ENV:Body SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">"#,
    r#"<t:setCustomer><sessionKey xsi:type="xsd:string">$session</sessionKey>"#,
    r#"<customerId xsi:type="xsd:string">$id</customerId>"#,
    r#"<customerValues xsi:type="SOAP-ENC:Array" SOAP-ENC:arrayType="t:ValuePairStruct[4]">"#,
    r#"<item xsi:type="t:ValuePairStruct"><field xsi:type="xsd:string">firstname</field>"#,
    r#"<value xsi:type="xsd:string">Kari</value></item>"#,
    r#"<item xsi:type="t:ValuePairStruct"><field xsi:type="xsd:string">lastname</field>"#,
    r#"<value xsi:type="xsd:string">$unique</value></item>"#,
    r#"<item xsi:type="t:ValuePairStruct"><field xsi:type="xsd:string">phone</field>"#,
    r#"<value xsi:type="xsd:string">+47 $zip</value></item>"#,
    r#"<item xsi:type="t:ValuePairStruct"><field xsi:type="xsd:string">cellphone</field>"#,
    r#"<value xsi:type="xsd:string">+47 9$zip</value></item>"#,
    "</customerValues></t:setCustomer></SOAP-ENV:Body></SOAP-ENV:Envelope>"
);

/// One call of many in one.
macro_rules! ten {
    ($($one:tt)*) => {
        concat!(
            $($one)*, $($one)*, $($one)*, $($one)*, $($one)*, $($one)*, $($one)*, $($one)*, $($one)*, $($one)*
        )
    };
}
macro_rules! properties {
    ($unique:literal) => {
        concat!(
            "<value><struct><member><name>email</name><value><string>",
            $unique,
            "@bench.example</string></value></member><member><name>telephone</name><value><string>+47 55$zip</string></value>\
             </member><member><name>postal_code</name><value><string>$zip</string></value></member><member><name>country\
             </name><value><string>NO</string></value></member></struct></value>"
        )
    };
}
macro_rules! inner {
    () => {
        concat!(
            "<value><struct><member><name>methodName</name><value><string>UpdateCustomer</string></value></member><member>\
             <name>params</name><value><array><data><value><int>$next</int></value>",
            properties!("$unique.$next"),
            "</data></array></value></member></struct></value>"
        )
    };
}
/// One change of many in one body.
macro_rules! nine {
    ($($one:tt)*) => {
        concat!(
            $($one)*, $($one)*, $($one)*, $($one)*, $($one)*, $($one)*, $($one)*, $($one)*, $($one)*
        )
    };
}
macro_rules! patch {
    () => {
        concat!(
            r#"{"op":"patch","id":$next,"value":{"first_name":"Kari","emails":["$unique.$next@bench.example"],"#,
            r#""address":{"postal_code":"$zip","country":"NO"}}}"#
        )
    };
}
macro_rules! and_patch {
    () => {
        concat!(",", patch!())
    };
}
/// A thousand: one, and 900, 90 and 9 more.
const BULK_BODY: &str = concat!(
    r#"{"items":["#,
    patch!(),
    nine!(ten!(ten!(and_patch!()))),
    nine!(ten!(and_patch!())),
    nine!(and_patch!()),
    "]}"
);

const XMLRPC_PATH: &str = "/api/2.0/xmlrpc/";
const XMLRPC_BODY: &str = concat!(
    "<?xml version='1.0'?><methodCall><methodName>UpdateCustomer</methodName><params><param><value><int>$id</int></value>\
     </param><param>",
    properties!("$unique"),
    "</param></params></methodCall>"
);
const MULTICALL_BODY: &str = concat!(
    "<?xml version='1.0'?><methodCall><methodName>system.multicall</methodName><params><param><value><array><data>",
    ten!(ten!(inner!())),
    "</data></array></value></param></params></methodCall>"
);

const STORES: &[&str] = &["bare-update", "gsoap-update"];

static LANES: [Lane; 17] = [
    Lane {
        name: "trackfinity-update",
        on: Kind::Samerow,
        method: "PATCH",
        path: TRACKFINITY_PATH,
        headers: TRACKFINITY,
        body: Some(TRACKFINITY_BODY),
        good: check::is_true,
        dialect: Some("trackfinity"),
        against: STORES,
    },
    Lane {
        name: "everlytic-update",
        on: Kind::Samerow,
        method: "PUT",
        path: "/api/2.0/customers/$id",
        headers: &[EVERLYTIC, JSON],
        body: Some(r#"{"email":"$unique@bench.example","telephone":"+47 55$zip","postal_code":"$zip","country":"NO"}"#),
        good: check::everlytic_update,
        dialect: Some("everlytic"),
        against: STORES,
    },
    Lane {
        name: "everlytic-rpc-update",
        on: Kind::Samerow,
        method: "POST",
        path: XMLRPC_PATH,
        headers: &[EVERLYTIC, XML],
        body: Some(XMLRPC_BODY),
        good: check::rpc_update,
        dialect: Some("everlytic"),
        against: &["everlytic-update"],
    },
    // A hundred updates of customers who follow each other, in one call.
    Lane {
        name: "everlytic-multicall",
        on: Kind::Samerow,
        method: "POST",
        path: XMLRPC_PATH,
        headers: &[EVERLYTIC, XML],
        body: Some(MULTICALL_BODY),
        good: check::multicall,
        dialect: Some("everlytic"),
        against: &["everlytic-rpc-update"],
    },
    Lane {
        name: "native-update",
        on: Kind::Samerow,
        method: "PATCH",
        path: "/v1/customers/$id",
        headers: &[BEARER, MERGE],
        body: Some(NATIVE_BODY),
        good: check::native_update,
        dialect: Some("native"),
        against: STORES,
    },
    // A thousand updates of customers who follow each other, in one call.
    Lane {
        name: "native-bulk",
        on: Kind::Samerow,
        method: "POST",
        path: "/v1/customers/bulk",
        headers: &[BEARER, JSON],
        body: Some(BULK_BODY),
        good: check::native_bulk,
        dialect: Some("native"),
        against: &["native-update"],
    },
    // The same update with the password on every call: what checking it costs.
    Lane {
        name: "password-update",
        on: Kind::Samerow,
        method: "PATCH",
        path: "/v1/customers/$id",
        headers: &[PASSWORD, MERGE],
        body: Some(NATIVE_BODY),
        good: check::native_update,
        dialect: Some("native"),
        against: &["native-update"],
    },
    Lane {
        name: "superoffice-update",
        on: Kind::Samerow,
        method: "POST",
        path: SOAP_PATH,
        headers: SOAP,
        body: Some(SOAP_BODY),
        good: check::set_customer,
        dialect: Some("superoffice"),
        against: STORES,
    },
    Lane {
        name: "bare-update",
        on: Kind::BareStore,
        method: "PATCH",
        path: TRACKFINITY_PATH,
        headers: TRACKFINITY,
        body: Some(TRACKFINITY_BODY),
        good: check::is_true,
        dialect: None,
        against: &[],
    },
    Lane {
        name: "gsoap-update",
        on: Kind::Gsoap,
        method: "POST",
        path: SOAP_PATH,
        headers: SOAP,
        body: Some(SOAP_BODY),
        good: check::set_customer,
        dialect: None,
        against: &[],
    },
    // Only with --engine postgres.
    Lane {
        name: "fastapi-update",
        on: Kind::FastApi,
        method: "PATCH",
        path: "/v1/customers/$id",
        headers: &[BEARER, JSON],
        body: Some(NATIVE_BODY),
        good: check::native_update,
        dialect: None,
        against: &[],
    },
    Lane {
        name: "everlytic-read",
        on: Kind::Samerow,
        method: "GET",
        path: "/api/2.0/customers/$id",
        headers: &[EVERLYTIC],
        body: None,
        good: check::everlytic_read,
        dialect: None,
        against: &["ceiling-read"],
    },
    Lane {
        name: "native-read",
        on: Kind::Samerow,
        method: "GET",
        path: "/v1/customers/$id",
        headers: &[BEARER],
        body: None,
        good: check::native_read,
        dialect: None,
        against: &["ceiling-read"],
    },
    Lane {
        name: "everlytic-list",
        on: Kind::Samerow,
        method: "GET",
        path: "/api/2.0/customers?count=50&page=$page",
        headers: &[EVERLYTIC],
        body: None,
        good: check::everlytic_list,
        dialect: None,
        against: &["ceiling-read"],
    },
    Lane {
        name: "native-list",
        on: Kind::Samerow,
        method: "GET",
        path: "/v1/customers?limit=50",
        headers: &[BEARER],
        body: None,
        good: check::native_list,
        dialect: None,
        against: &["ceiling-read"],
    },
    Lane {
        name: "ceiling-read",
        on: Kind::Ceiling,
        method: "GET",
        path: "/v1/customers/$id",
        headers: &[BEARER],
        body: None,
        good: check::is_true,
        dialect: None,
        against: &[],
    },
    Lane {
        name: "ceiling-update",
        on: Kind::Ceiling,
        method: "PATCH",
        path: TRACKFINITY_PATH,
        headers: TRACKFINITY,
        body: Some(TRACKFINITY_BODY),
        good: check::is_true,
        dialect: None,
        against: &[],
    },
];

const GROUPS: [(&str, &[&str]); 9] = [
    ("update", &["trackfinity-update", "everlytic-update", "native-update", "superoffice-update"]),
    ("read", &["everlytic-read", "native-read"]),
    ("list", &["everlytic-list", "native-list"]),
    ("bulk", &["native-bulk"]),
    ("http", &["ceiling-update", "ceiling-read"]),
    ("password", &["password-update"]),
    ("superoffice", &["superoffice-login", "superoffice-read", soap::TICKET, soap::MESSAGE]),
    ("bing", &[bing::UPDATE, bing::READ]),
    ("rpc", &["everlytic-rpc-update", "everlytic-multicall"]),
];

pub(super) fn all() -> impl Iterator<Item = &'static Lane> {
    LANES.iter().chain(soap::LANES).chain(bing::LANES)
}

pub(super) fn find(name: &str) -> Option<&'static Lane> {
    all().find(|lane| lane.name == name)
}

/// What the flags ask for, each lane once and with the lanes it is compared with.
pub(super) fn jobs(flags: &Flags) -> Result<Vec<Job>> {
    let mut names: Vec<&str> = flags.jobs.iter().map(String::as_str).collect();
    if names.is_empty() {
        names = vec!["update", "read", "list", "http", "password", "cold-start", "idle-memory"];
        names.extend((!flags.quick).then_some("growth"));
    }
    let mut jobs = Vec::new();
    for name in names {
        match name {
            "cold-start" => jobs.push(Job::ColdStart),
            "idle-memory" => jobs.push(Job::IdleMemory),
            "feed" => jobs.push(Job::Feed),
            "inspector" => jobs.push(Job::Inspector),
            "search" => jobs.push(Job::Search),
            "growth" => jobs.push(Job::Growth),
            _ => {
                let single = [name];
                let group = GROUPS.iter().find(|(group, _)| *group == name);
                for name in group.map_or(&single[..], |(_, lanes)| lanes) {
                    let lane = find(name).ok_or_else(|| format!("there is no job or lane {name}; see --help"))?;
                    jobs.extend(lane.against.iter().filter_map(|name| find(name)).chain([lane]).map(Job::Lane));
                }
            }
        }
    }
    let mut once: Vec<Job> = Vec::new();
    for job in jobs {
        let absent = matches!(&job, Job::Lane(lane) if lane.on == Kind::Samerow) && !flags.has_subject();
        if !absent && !once.contains(&job) {
            once.push(job);
        }
    }
    Ok(once)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_a_lane_or_group_mentions_exists() {
        for name in all().flat_map(|lane| lane.against).chain(GROUPS.iter().flat_map(|(_, lanes)| *lanes)) {
            assert!(find(name).is_some(), "{name}");
        }
    }
}
