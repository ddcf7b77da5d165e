//! What recorded conversations cannot show: versions, the history, whole lists. Over a store with the demo records.

use super::fields::{PROPERTIES, Shown};
use crate::{Answer, Refusal, Request, SignIn, SignInLimits, State, sign_in};
use bytes::Bytes;
use domain::error::Reason;
use domain::operation::{CustomerRef, Deleted, Load, NewRecord, ReadCustomer, ReadHistory};
use domain::port::{Clock, Entropy, Passwords};
use domain::tenant::Tenant;
use domain::{App, Caller, Customer, Error, Field, Kind, Operation, Origin, Role, Time, Value, choice, demo};
use http::{HeaderMap, HeaderValue, Method, header};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use store::{Options, SqliteStore};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use wire::json;

/// Every look is a second later.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Time {
        Time(self.0.fetch_add(1_000_000, Ordering::Relaxed))
    }
}

struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
    }
}

struct NoPasswords;

impl Passwords for NoPasswords {
    fn hash(&self, _: &str) -> Result<String, Error> {
        Ok("none".to_owned())
    }

    fn verify(&self, _: &str, _: Option<&str>) -> bool {
        false
    }
}

struct World {
    state: Arc<State>,
    runtime: Runtime,
    _folder: TempDir,
}

impl World {
    /// The demo records, some people, and a customer of every industry.
    fn new(people: i64) -> Self {
        let folder = TempDir::new().unwrap();
        let options = Options { durable: false, ..Options::new(folder.path(), Arc::new(Counting(AtomicU8::new(0)))) };
        let store = Arc::new(SqliteStore::open(&options).unwrap());
        let clock = Arc::new(Ticking(AtomicI64::new(1_795_348_800_000_000)));
        let app = App::new(store, clock, Arc::new(Counting(AtomicU8::new(100))));
        let state = Arc::new(State::new(app, SignIn::new(SignInLimits::default(), [7; 32]), Arc::new(NoPasswords), 1));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let world = Self { state, runtime, _folder: folder };
        let secrets = demo::Secrets { digest: &sign_in::digest, hash: &|_| "none".to_owned() };
        let mut records = demo::records(&secrets);
        records.extend(demo::people(demo::FIRST_PERSON, people));
        let industries = choice::INDUSTRY.iter().zip(300..).map(|(industry, id)| NewRecord {
            kind: Kind::Customer,
            id,
            values: vec![
                (Field::Industry, (*industry).into()),
                (Field::AddressLine2, "only a second line".into()),
                (Field::EmailQuota, Value::Number(id)),
                (Field::Status, choice::STATUS[usize::try_from(id % 4).unwrap()].into()),
            ],
        });
        records.extend(industries);
        world.run(Load { records }).unwrap();
        world
    }

    fn run<O: Operation>(&self, operation: O) -> Result<O::Output, Error> {
        let root = Caller { name: "test".to_owned(), role: Role::Admin, ..Caller::anonymous(Tenant::DEFAULT) };
        let text = String::new;
        let origin =
            Origin { dialect: text(), operation: text(), credential: text(), client: text(), request_id: text() };
        self.runtime.block_on(self.state.run(operation, &Arc::new(root), origin))
    }

    fn customer(&self, id: i64) -> Customer {
        self.run(ReadCustomer { who: CustomerRef::Id(id), deleted: Deleted::Shown }).unwrap()
    }

    fn send(&self, method: Method, target: &str, body: &str) -> Answer {
        let mut headers = HeaderMap::new();
        let demo = "Basic ZGVtbzowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OUFCQ0RFRl8x";
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static(demo));
        headers.insert(header::USER_AGENT, HeaderValue::from_static("tests/1"));
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let request = Request {
            method,
            path: path.to_owned(),
            query: query.map(str::to_owned),
            headers,
            body: Bytes::copy_from_slice(body.as_bytes()),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            base_url: "http://h".to_owned(),
            tenant: None,
            id: "r-1".to_owned(),
        };
        self.runtime.block_on((super::DIALECT.answer)(&self.state, &request, None))
    }

    /// The ids on a page, and the target of the next one.
    fn page(&self, target: &str) -> (Vec<i64>, Option<String>) {
        let answer = self.send(Method::GET, target, "");
        assert_eq!(answer.response.status(), 200, "{target}: {:?}", answer.response.body());
        let body = json::parse(answer.response.body(), &json::Limits::default()).unwrap();
        let list = |name| match body.as_object().and_then(|body| body.get(name)) {
            Some(json::Value::List(items)) => items.iter().map(|item| item.as_object().unwrap()).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        let id = |element: &json::Object<'_>| match element.get("data").unwrap().as_object().unwrap().get("id") {
            Some(json::Value::Number(id)) => id.as_i64().unwrap(),
            other => panic!("{other:?}"),
        };
        let links = list("links");
        let next = links.iter().find(|link| link.get("rel").unwrap().as_text() == Some("next"));
        let next = next.map(|link| link.get("href").unwrap().as_text().unwrap().replacen("http://h", "", 1));
        (list("collection").into_iter().map(id).collect(), next)
    }

    /// The ids of a whole list, by its links.
    fn list(&self, target: &str) -> Vec<i64> {
        let (mut all, mut next) = self.page(target);
        while let Some(target) = next {
            let (more, after) = self.page(&target);
            assert!(!more.is_empty(), "a next link leads to something");
            all.extend(more);
            next = after;
        }
        all
    }
}

fn shown(customer: &Customer) -> Vec<(&'static str, String)> {
    let text = |shown| match shown {
        Shown::Text(text) => text.into_owned(),
        Shown::Number(number) => number.to_string(),
    };
    PROPERTIES.iter().map(|property| (property.name, text(property.show(customer)))).collect()
}

#[test]
fn an_item_sent_back_whole_is_no_change() {
    let world = World::new(20);
    for id in world.list("/api/2.0/customers?count=500") {
        let before = world.customer(id);
        let path = format!("/api/2.0/customers/{id}");
        let read = world.send(Method::GET, &path, "");
        let body = json::parse(read.response.body(), &json::Limits::default()).unwrap();
        let mut item = String::new();
        json::write_value(&mut item, body.as_object().unwrap().get("item"));
        for method in [Method::PUT, Method::PATCH] {
            let answer = world.send(method, &path, &item);
            assert_eq!((answer.response.status().as_u16(), answer.refused), (200, None), "{item}");
            assert_eq!(answer.response.body(), read.response.body());
        }
        let texts = shown(&before);
        let form = wire::form::encode(texts.iter().map(|(name, text)| (*name, text.as_str())));
        assert_eq!(world.send(Method::PUT, &path, &form).response.status(), 200, "{form}");
        assert_eq!(world.customer(id), before);
    }
}

#[test]
fn a_change_names_its_origin() {
    let world = World::new(0);
    let before = world.customer(10).version;
    let answer = world.send(Method::PUT, "/api/2.0/customers/10", r#"{"telephone":"1","email":"jd@old.example"}"#);
    assert_eq!(answer.operation, "UpdateCustomer");
    let after = world.customer(10);
    assert_eq!((after.version, after.texts(Field::Emails).len()), (before + 1, 1));
    let history = world.run(ReadHistory { kind: Kind::Customer, id: 10, from: None, limit: 1 }).unwrap();
    let change = &history.changes[0];
    let origin = Origin {
        dialect: "everlytic".to_owned(),
        operation: "UpdateCustomer".to_owned(),
        credential: "demo".to_owned(),
        client: "tests/1".to_owned(),
        request_id: "r-1".to_owned(),
    };
    assert_eq!(change.origin, origin);
    let fields: Vec<_> = change.fields.iter().map(|change| change.field).collect();
    assert_eq!(fields, [Field::Emails, Field::Phone]);
}

#[test]
fn a_refusal_stores_nothing_and_reaches_the_log() {
    let world = World::new(0);
    let before = world.customer(7);
    for (target, body, reason) in [
        ("/api/2.0/customers/7", r#"{"name":"x","country":"Atlantis"}"#, Reason::Invalid),
        ("/api/2.0/customers/7", r#"{"telephone":"1","email":""}"#, Reason::Required),
        ("/api/2.0/customers/9", r#"{"name":"x"}"#, Reason::NotFound),
        ("/api/2.0/customers/7", "{}", Reason::Required),
    ] {
        let answer = world.send(Method::PUT, target, body);
        let refused = match answer.refused {
            Some(Refusal::Operation(error)) => error.reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused, reason, "{body}");
    }
    assert_eq!(world.customer(7), before);
    let count = world.list("/api/2.0/customers?count=500").len();
    let twin = r#"{"name":"Twin","email":"a@b","unique_id":"ACME-7","hash":"h"}"#;
    assert_eq!(world.send(Method::POST, "/api/2.0/customers", twin).response.status(), 400);
    assert_eq!(world.list("/api/2.0/customers?count=500").len(), count);
    let other = r#"{"name":"Twin","email":"a@b","unique_id":"ACME-8","hash":"h"}"#;
    assert_eq!(world.send(Method::POST, "/api/2.0/customers", other).response.status(), 201);
}

#[test]
fn links_lead_through_the_whole_list_once() {
    let world = World::new(130);
    let deleted = |id: &i64| world.customer(*id).is_deleted();
    let all = world.list("/api/2.0/customers");
    assert!(all.len() > 150 && all.is_sorted() && !all.iter().any(deleted));
    assert_eq!(world.page("/api/2.0/customers").0.len(), 50);
    for count in [1, 7, 499, 100_000] {
        assert_eq!(world.list(&format!("/api/2.0/customers?count={count}")), all);
    }
    for property in &PROPERTIES {
        let mut ordered = world.list(&format!("/api/2.0/customers?order={}&direction=DESC&count=70", property.name));
        ordered.sort_unstable();
        assert_eq!(ordered, all, "{}", property.name);
    }
    let names: Vec<_> = world.list("/api/2.0/customers?order=name").into_iter().map(|id| world.customer(id)).collect();
    assert!(names.is_sorted_by_key(|customer| customer.shown_name().into_owned()));
}

#[test]
fn a_filter_finds_exactly_those_who_show_its_value() {
    let world = World::new(8);
    let ids = world.list("/api/2.0/customers?count=500").into_iter();
    let ids = ids.chain(world.list("/api/2.0/customers?count=500&deleted=yes"));
    let customers: Vec<_> = ids.map(|id| (id, shown(&world.customer(id)))).collect();
    let mut wanted: Vec<_> = customers.iter().flat_map(|(_, texts)| texts.clone()).collect();
    wanted.sort();
    wanted.dedup();
    let is_asked = |(name, text): &(&str, String)| *name == "id" || !(name.starts_with("date_") || text == "0");
    let mut asked = 0;
    for (name, text) in wanted.into_iter().filter(is_asked) {
        let query = wire::form::encode([(format!("filter[{name}]").as_str(), text.as_str())]);
        let found = world.list(&format!("/api/2.0/customers?{query}"));
        let has = |texts: &[(&str, String)], name, text: &str| texts.iter().any(|(n, t)| *n == name && t == text);
        let asks_for_deleted = (name, &*text) == ("deleted", "yes") || (name, &*text) == ("status", "deleted");
        let expected = customers
            .iter()
            .filter(|(_, texts)| has(texts, name, &text) && (asks_for_deleted || has(texts, "deleted", "no")));
        let mut expected: Vec<_> = expected.map(|(id, _)| *id).collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "{query}");
        asked += 1;
    }
    assert!(asked > 100, "{asked}");
}
