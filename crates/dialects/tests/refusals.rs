//! Who may do what, and how each dialect says no: every reason in its own words, every path and method, every
//! credential of every other dialect, another company's customers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use dialects::{ALL, Answer, Dialect, Refusal, sign_in};
use domain::access::Role;
use domain::error::Reason;
use domain::operation::{Load, NewRecord};
use domain::tenant::Tenant;
use domain::{Error, Field, Kind};
use http::{Method, StatusCode, header};
use std::collections::BTreeSet;
use support::lens::{self, Shown, customer};
use support::{Template, World};

type Headers = &'static [(&'static str, &'static str)];

/// What these tests must know of a dialect.
struct Manner {
    dialect: &'static str,
    /// What its refusals are.
    content_type: &'static str,
    /// An administrator, or who is nearest to one.
    writer: Headers,
    /// Somebody who may only read.
    viewer: Headers,
    /// Somebody nobody knows.
    stranger: Headers,
    /// Every endpoint, with a body that works for customer 191, and whether it changes something.
    calls: &'static [(Method, &'static str, &'static str, bool)],
    /// Paths of this dialect at which nothing is.
    nowhere: &'static [&'static str],
    /// Where credentials stand in the body and refusals are numbers in an answer or faults, which SOAP 1.1 wants with
    /// status 500: who may do what is then told by a test of the dialect's own.
    soap: bool,
}

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const MERGE: (&str, &str) = ("Content-Type", "application/json");

static MANNERS: &[Manner] = &[
    Manner {
        dialect: "trackfinity",
        content_type: "application/json; charset=utf-8",
        writer: &[("api-username", "tf_admin"), ("api-key", "44b5498dbcb481a0d00b404c0169af62"), FORM],
        viewer: &[("api-username", "tf_viewer"), ("api-key", "00000000000000000000000000000001"), FORM],
        stranger: &[("api-username", "nobody"), ("api-key", "00000000000000000000000000000002"), FORM],
        calls: &[
            (Method::PATCH, "/api/customer/set_customer_details", "customer_id=191&city=Oslo", true),
            (Method::PATCH, "/api/customer/lock", "customer_id=191", true),
            (Method::PATCH, "/api/customer/unlock", "customer_id=191", true),
            // Only full administrators may use it at all.
            (Method::GET, "/api/service/ping", "", true),
        ],
        nowhere: &["/api/customer/", "/api/customer/nothing", "/api/service/", "/api/customer/lock/191"],
        soap: false,
    },
    Manner {
        dialect: "everlytic",
        content_type: "application/json; charset=utf-8",
        writer: &[("Authorization", "Basic ZGVtbzowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OUFCQ0RFRl8x"), FORM],
        viewer: &[("Authorization", "Basic dmlld2VyOmZlZGNiYTk4NzY1NDMyMTBmZWRjYmE5ODc2NTQzMjEwXzI="), FORM],
        stranger: &[("Authorization", "Basic bm9ib2R5OmtleQ=="), FORM],
        calls: &[
            (Method::POST, "/api/2.0/customers", "name=Ada&email=ada@new.example", true),
            (Method::GET, "/api/2.0/customers", "", false),
            (Method::GET, "/api/2.0/customers/191", "", false),
            (Method::PUT, "/api/2.0/customers/191", "telephone=1", true),
            (Method::PATCH, "/api/2.0/customers/191", "telephone=2", true),
            (Method::DELETE, "/api/2.0/customers/191", "", true),
            (Method::GET, "/api/2.0/", "", false),
        ],
        nowhere: &["/api/2.0/nothing", "/api/2.0/customers/191/lists", "/api/2.0/users"],
        soap: false,
    },
    Manner {
        dialect: "native",
        content_type: "application/problem+json",
        writer: &[("Authorization", "Bearer demo-admin-token"), MERGE],
        viewer: &[("Authorization", "Bearer demo-read-token"), MERGE],
        stranger: &[("Authorization", "Bearer nobody"), MERGE],
        calls: &[
            (Method::GET, "/v1/customers", "", false),
            (Method::POST, "/v1/customers", "{}", true),
            (Method::GET, "/v1/customers/191", "", false),
            (Method::PATCH, "/v1/customers/191", r#"{"phone":"1"}"#, true),
            (Method::PUT, "/v1/customers/191", r#"{"phone":"2"}"#, true),
            (Method::DELETE, "/v1/customers/191", "", true),
            (Method::POST, "/v1/customers/191/restore", "", true),
            (Method::POST, "/v1/customers/191/revert", r#"{"field":"phone","before_version":1}"#, true),
            (Method::POST, "/v1/customers/bulk", r#"{"items":[{"op":"delete","id":191}]}"#, true),
            (Method::GET, "/v1/customers/191/history", "", false),
        ],
        nowhere: &["/v1/", "/v1/nothing", "/v1/customers/", "/v1/customers/191/nothing"],
        soap: false,
    },
    Manner {
        dialect: "superoffice",
        content_type: "text/xml; charset=utf-8",
        writer: &[("Content-Type", "text/xml")],
        viewer: &[("Content-Type", "text/xml")],
        stranger: &[("Content-Type", "text/xml")],
        calls: &[
            (Method::GET, "/scripts/SOAP?action=ticket", "", false),
            (Method::POST, "/scripts/SOAP?action=ticket", "", true),
        ],
        nowhere: &["/scripts/SOAP", "/scripts/soap.exe?action=faq", "/CS/scripts/soap.fcgi?wsdl"],
        soap: true,
    },
    Manner {
        dialect: "bing_ads",
        content_type: "text/xml; charset=utf-8",
        writer: &[("Content-Type", "text/xml")],
        viewer: &[("Content-Type", "text/xml")],
        stranger: &[("Content-Type", "text/xml")],
        calls: &[
            (Method::GET, "/Api/CustomerManagement/v11/CustomerManagementService.svc?wsdl", "", false),
            (Method::POST, "/Api/CustomerManagement/v11/CustomerManagementService.svc?wsdl", "", true),
        ],
        nowhere: &["/Api/CustomerManagement/", "/api/customermanagement/v12/customermanagementservice.svc?wsdl"],
        soap: true,
    },
];

fn manner(dialect: &Dialect) -> &'static Manner {
    MANNERS.iter().find(|manner| manner.dialect == dialect.name).expect("every dialect has its manner in these tests")
}

/// What every answer must be, whoever asked for what.
fn sound(manner: &Manner, answer: &Answer, what: &str) {
    let (status, body) = (answer.response.status(), answer.response.body());
    assert!(!status.is_server_error(), "{what}: {status}");
    assert_eq!(answer.refused.is_some(), status.is_client_error(), "{what}: {status}");
    if status.is_client_error() {
        let media = answer.response.headers().get(header::CONTENT_TYPE).unwrap();
        assert_eq!(media, manner.content_type, "{what}");
        let is_fault = || String::from_utf8_lossy(body).contains(":Client</faultcode>");
        let is_object = || serde_json::from_slice::<serde_json::Value>(body).unwrap().is_object();
        assert!(if manner.soap { is_fault() } else { is_object() }, "{what}: {body:?}");
    }
}

#[test]
fn every_reason_has_its_answer() {
    for dialect in ALL {
        let manner = manner(dialect);
        let (method, path, ..) = &manner.calls[0];
        let request = support::request(method, path, manner.writer, "");
        for reason in Reason::ALL {
            let plausible: &[u16] = match reason {
                Reason::Unauthenticated => &[401],
                Reason::Forbidden => &[403],
                Reason::NotFound => &[404],
                Reason::AlreadyExists => &[400, 404, 409],
                Reason::Required | Reason::Invalid | Reason::TooLong => &[400, 404, 422],
                Reason::Conflict => &[400, 409, 412],
                Reason::Locked => &[400, 409, 423],
                Reason::LimitExceeded => &[429],
                Reason::Unsupported => &[400, 404, 422, 501],
                Reason::Busy => &[503],
                Reason::Internal => &[500],
            };
            let plausible = if manner.soap { &[500] } else { plausible };
            // With every field it could concern, and with a cause that only the log may see.
            for at in Field::ALL.iter().copied().map(Some).chain([None, Some(Field::Extra(1)), Some(Field::Extra(77))])
            {
                let error = Error::new(reason, "Say <&>\"'\\ \u{1f3bf} it.").because("the-cause");
                let refusal = Refusal::Operation(Error { at, ..error });
                let response = (dialect.refuse)(&request, &refusal);
                let what = format!("{} {reason:?} at {at:?}", dialect.name);
                assert!(plausible.contains(&response.status().as_u16()), "{what}: {}", response.status());
                assert_eq!(response.headers()[header::CONTENT_TYPE], manner.content_type, "{what}");
                let body = std::str::from_utf8(response.body()).unwrap();
                let (told, wanted) = match manner.soap {
                    true => (body.to_owned(), "Say &lt;&amp;&gt;&quot;'\\ \u{1f3bf} it."),
                    false => {
                        let told = serde_json::from_str::<serde_json::Value>(body).unwrap().to_string();
                        (told, "Say <&>\\\"'\\\\ \u{1f3bf} it.")
                    }
                };
                assert!(told.contains(wanted), "{what}: {told}");
                assert!(!body.contains("the-cause"), "{what}: {body}");
                let later = matches!(reason, Reason::Busy | Reason::LimitExceeded);
                assert_eq!(response.headers().contains_key(header::RETRY_AFTER), later, "{what}");
            }
        }
        for status in [400, 404, 405, 408, 411, 413, 414, 415, 417, 431, 501, 503, 505] {
            let status = StatusCode::from_u16(status).unwrap();
            let response = (dialect.refuse)(&request, &Refusal::request(status, "No."));
            assert_eq!(response.status(), status, "{}", dialect.name);
            assert_eq!(response.headers()[header::CONTENT_TYPE], manner.content_type, "{} {status}", dialect.name);
            assert!(!response.body().is_empty());
        }
    }
}

#[test]
fn unknown_paths_and_methods_are_refused_in_the_dialects_own_words() {
    let world = Template::new().world();
    for dialect in ALL {
        let manner = manner(dialect);
        let known: BTreeSet<_> = manner.calls.iter().map(|(_, path, ..)| *path).collect();
        for path in known.iter().chain(manner.nowhere) {
            let bare = path.split('?').next().unwrap();
            let claimed = ALL.iter().filter(|dialect| (dialect.claims)(bare)).map(|dialect| dialect.name);
            assert_eq!(claimed.collect::<Vec<_>>(), [dialect.name], "{path} is claimed once");
            for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"] {
                let method = Method::from_bytes(method.as_bytes()).unwrap();
                let here = |wanted: &Method| manner.calls.iter().any(|(m, p, ..)| p == path && m == wanted);
                if here(&method) || (method == Method::HEAD && here(&Method::GET)) {
                    continue;
                }
                let what = format!("{method} {path}");
                let answer = world.ask(&method, path, manner.writer, "");
                sound(manner, &answer, &what);
                let (status, allow) = (answer.response.status(), answer.response.headers().get(header::ALLOW));
                if !known.contains(path) {
                    assert_eq!((status, allow), (StatusCode::NOT_FOUND, None), "{what}");
                    continue;
                }
                let wanted =
                    if method == Method::OPTIONS { StatusCode::NO_CONTENT } else { StatusCode::METHOD_NOT_ALLOWED };
                assert_eq!(status, wanted, "{what}");
                let allow = allow.unwrap().to_str().unwrap();
                for (known, ..) in manner.calls.iter().filter(|(_, p, ..)| p == path) {
                    assert!(allow.split(", ").any(|allowed| allowed == known.as_str()), "{what}: {allow}");
                }
            }
        }
    }
}

#[test]
fn a_credential_opens_what_it_is_for_and_nothing_else() {
    let template = Template::new();
    for dialect in ALL {
        let manner = manner(dialect);
        if manner.soap {
            continue;
        }
        for (method, path, body, writes) in manner.calls {
            let ask = |headers: &[(&str, &str)]| {
                let world = template.world();
                let before = world.history(191).len();
                let answer = world.ask(method, path, headers, *body);
                sound(manner, &answer, &format!("{method} {path}"));
                let changed = world.history(191).len() > before;
                assert!(!changed || answer.response.status().is_success());
                answer.response.status().as_u16()
            };
            let what = format!("{} {method} {path}", dialect.name);
            assert!((200..300).contains(&ask(manner.writer)), "{what} by a writer");
            let viewer = ask(manner.viewer);
            assert!(if *writes { viewer == 403 } else { viewer == 200 }, "{what} by a viewer: {viewer}");
            let media = manner.writer.last().unwrap();
            for headers in [&[*media][..], manner.stranger] {
                assert_eq!(ask(headers), 401, "{what} by {headers:?}");
            }
            for other in MANNERS.iter().filter(|other| other.dialect != dialect.name) {
                for headers in [other.writer, other.viewer] {
                    assert_eq!(ask(headers), 401, "{what} with a credential of {}", other.dialect);
                }
            }
        }
    }
}

/// Another company with the same keys under other secrets, its own customer 191, and no customer 10.
fn company(world: &World) -> Tenant {
    let tenant = Tenant { number: 2, buckets: 8 };
    let values = vec![(Field::Name, "other".into()), (Field::Buckets, 8.into())];
    world.run(Load { records: vec![NewRecord { kind: Kind::Tenant, id: 2, values }] }).unwrap();
    let keys = [
        ("tf_admin", "other-tf", "trackfinity"),
        ("demo", "other-everlytic", "everlytic"),
        ("x", "other-native", "native"),
    ];
    let keys = keys.into_iter().zip(1..).map(|((name, key, dialect), id)| NewRecord {
        kind: Kind::Key,
        id,
        values: vec![
            (Field::Username, name.into()),
            (Field::Digest, sign_in::digest(key).into()),
            (Field::Role, "admin".into()),
            (Field::Dialects, domain::Value::Texts(vec![dialect.to_owned()])),
        ],
    });
    let theirs = NewRecord { kind: Kind::Customer, id: 191, values: vec![(Field::City, "Rome".into())] };
    world.run_as(tenant, Role::Admin, Load { records: keys.chain([theirs]).collect() }).unwrap();
    tenant
}

#[test]
fn another_company_does_not_exist() {
    let template = Template::new();
    let signed_in: [(&str, &[(&str, &str)]); 3] = [
        ("trackfinity", &[("api-username", "tf_admin"), ("api-key", "other-tf"), FORM]),
        ("everlytic", &[("Authorization", "Basic ZGVtbzpvdGhlci1ldmVybHl0aWM="), FORM]),
        ("native", &[("Authorization", "Bearer other-native"), MERGE]),
    ];
    for (dialect, headers) in signed_in {
        let manner = MANNERS.iter().find(|manner| manner.dialect == dialect).unwrap();
        for (method, path, body, _) in manner.calls {
            let world = template.world();
            company(&world);
            let (ours, john) = (customer(&world, 191), customer(&world, 10));
            let own = world.ask(method, path, headers, *body);
            assert!(own.response.status().is_success(), "{dialect} {method} {path}");
            let told = String::from_utf8_lossy(own.response.body()).into_owned();
            assert!(!told.contains("Byron") && !told.contains("John"), "{dialect} {method} {path}: {told}");
            // A customer whom only the first company has is answered like one whom nobody has.
            let of = |id: &str| {
                let answer = world.ask(method, &path.replace("191", id), headers, body.replace("191", id));
                let told = String::from_utf8_lossy(answer.response.body()).replace(id, "N");
                (answer.response.status(), told)
            };
            if path.contains("191") || body.contains("191") {
                assert_eq!(of("10").0, StatusCode::NOT_FOUND, "{dialect} {method} {path}");
                assert_eq!(of("10"), of("98"), "{dialect} {method} {path}");
            }
            assert_eq!((customer(&world, 191), customer(&world, 10)), (ours, john), "{dialect} {method} {path}");
        }
    }
}

#[test]
fn no_name_of_another_dialect_changes_anything() {
    let world = Template::new().world();
    let names = lens::ALL.iter().flat_map(|lens| lens.properties()).map(|(name, ..)| (*name).to_owned());
    let fields = Field::ALL.iter().map(|field| field.name().into_owned());
    let invented = ["is_admin", "x_6", "x_7", "custom6", "tenant", "part", "last_change", "password_hash", "__proto__"];
    let names: BTreeSet<String> = names.chain(fields).chain(invented.map(str::to_owned)).collect();
    for lens in lens::ALL {
        let before = customer(&world, 191);
        // Beside the properties of the lens, what holds them and what every customer shows.
        let holder = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
        let own: BTreeSet<_> = lens.properties().iter().map(|(name, ..)| holder(name)).collect();
        let field = |name: &str| lens.name() == "native" && Field::named(name).is_some();
        for name in names.iter().filter(|name| !own.contains(&holder(name)) && !field(name)) {
            for value in ["1", "true", "x"] {
                lens.write(&world, 191, &Shown::from([(name.clone(), value.into())]));
                assert_eq!(customer(&world, 191), before, "{} takes {name}", lens.name());
            }
        }
    }
}
