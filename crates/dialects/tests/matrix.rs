//! The authorization matrix: every endpoint of every dialect, as every role with every kind of scopes, in the tenant
//! whose records are asked for and in another. What must come of it follows from the tables: an endpoint says what it
//! needs, and only who has that is let in. Every cell is really run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use dialects::{ALL, Answer, Dialect, Endpoint, sign_in};
use domain::operation::{Load, NewRecord};
use domain::tenant::Tenant;
use domain::{Field, Kind, Role, Scopes, Value};
use http::Method;
use std::sync::atomic::Ordering;
use support::{Template, World};

const ROLES: [Role; 3] = [Role::Viewer, Role::Agent, Role::Admin];

const SCOPES: &[&[&str]] = &[
    &[],
    &["customers"],
    &["customers:read"],
    &["tickets"],
    &["tickets:read"],
    &["administration"],
    &["administration:read"],
    &["customers:read", "tickets"],
    &["customers", "tickets", "administration"],
];

const OTHER: Tenant = Tenant { number: 2, buckets: 3 };

/// Words that only the demo tenant's records hold.
const THEIRS: &[&str] =
    &["John", "Acme", "Nordlys", "egon", "Severity", "Servers", "Escalated", "demo-admin", "person1"];

/// Who calls.
struct Cell {
    tenant: Tenant,
    role: Role,
    scopes: &'static [&'static str],
    key: String,
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A key for each cell of roles, scopes and tenants. It works in every dialect, under its own name.
fn cells(world: &World) -> Vec<Cell> {
    let named = vec![(Field::Name, "other".into()), (Field::Buckets, i64::from(OTHER.buckets).into())];
    world.run(Load { records: vec![NewRecord { kind: Kind::Tenant, id: OTHER.number, values: named }] }).unwrap();
    let mut cells = Vec::new();
    for tenant in [Tenant::DEFAULT, OTHER] {
        let mut records = Vec::new();
        for role in ROLES {
            for scopes in SCOPES {
                let key = format!("key-{}-{}-{}", tenant.number, role.name(), scopes.join("+")).replace(':', ".");
                let values = vec![
                    (Field::Username, key.as_str().into()),
                    (Field::Digest, sign_in::digest(&key).into()),
                    (Field::Role, role.name().into()),
                    (Field::Scopes, Value::Texts(texts(scopes))),
                ];
                records.push(NewRecord { kind: Kind::Key, id: 1_000 + cells.len() as i64, values });
                cells.push(Cell { tenant, role, scopes, key });
            }
        }
        world.run_as(tenant, Role::Admin, Load { records }).unwrap();
    }
    cells
}

/// How a key is shown to a dialect.
fn credential(dialect: &Dialect, key: &str) -> Vec<(&'static str, String)> {
    match dialect.name {
        "native" => vec![("authorization", format!("Bearer {key}"))],
        "everlytic" => vec![("authorization", format!("Basic {}", STANDARD.encode(format!("{key}:{key}"))))],
        "trackfinity" => vec![("api-username", key.to_owned()), ("api-key", key.to_owned())],
        other => panic!("how does one sign in to {other}?"),
    }
}

/// Asks for what is customer 10 of the demo tenant, and record 1 of all else.
fn ask(world: &World, dialect: &Dialect, endpoint: &Endpoint, key: &str) -> Answer {
    let id = match endpoint.path {
        path if path.contains("customers") => "10",
        // Nobody makes a secret for a key that has more than they: what there is has all.
        path if path.ends_with("/rotate") => "999",
        _ => "1",
    };
    let target = endpoint.path.replace("{id}", id);
    let credential = credential(dialect, key);
    let mut headers: Vec<_> = credential.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let body = match (dialect.name, &endpoint.method) {
        (_, &Method::GET) => "",
        // Nothing has that, so that no cell changes what the next one finds.
        ("native", &Method::PATCH | &Method::POST | &Method::PUT) => r#"{"no_such_member":1}"#,
        ("trackfinity", _) => "customer_id=10&firstname=John",
        _ => "name=John Doe",
    };
    if dialect.name != "native" {
        headers.push(("content-type", "application/x-www-form-urlencoded"));
    }
    world.ask(&endpoint.method, &target, &headers, body)
}

#[test]
fn everybody_reaches_what_the_tables_say_and_nothing_else() {
    let world = Template::new().world();
    let cells = cells(&world);
    let (mut run, mut wrong) = (0, Vec::new());
    for dialect in ALL {
        // What is deleted is deleted last: a cell finds what the others found.
        let mut endpoints: Vec<_> = dialect.endpoints.iter().collect();
        endpoints.sort_by_key(|endpoint| endpoint.method == Method::DELETE);
        for endpoint in endpoints {
            for cell in &cells {
                let expected = endpoint.needs.are_met(cell.role, Scopes::read(&texts(cell.scopes)).unwrap());
                let answer = ask(&world, dialect, endpoint, &cell.key);
                let (parts, body) = answer.response.into_parts();
                let status = parts.status.as_u16();
                let body = String::from_utf8_lossy(&body);
                let whole = || format!("{} {} as {}: {status}", dialect.name, endpoint.operation, cell.key);
                run += 1;
                if status == 401 || status >= 500 || (status != 403) != expected {
                    wrong.push(format!("{}, though it should be {expected}: {body}", whole()));
                }
                if cell.tenant == OTHER && THEIRS.iter().any(|theirs| body.contains(theirs)) {
                    wrong.push(format!("{} shows another tenant's records: {body}", whole()));
                }
                let reads_one = endpoint.path.contains("{id}") && endpoint.method == Method::GET;
                if cell.tenant == OTHER && reads_one && expected && status != 404 {
                    wrong.push(format!("{}, though there is nothing in this tenant", whole()));
                }
            }
        }
    }
    assert!(run > 2_000, "{run}");
    assert!(wrong.is_empty(), "{} of {run} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(world.examine(), [] as [String; 0]);
}

#[test]
fn a_stranger_reaches_nothing() {
    let world = Template::new().world();
    for dialect in ALL {
        for endpoint in dialect.endpoints {
            // An hour later nobody has to wait for having been wrong.
            world.clock.fetch_add(3_600_000_000, Ordering::Relaxed);
            let answer = ask(&world, dialect, endpoint, "nobodys-key");
            assert_eq!(answer.response.status().as_u16(), 401, "{} {}", dialect.name, endpoint.operation);
        }
    }
}
