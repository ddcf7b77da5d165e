//! Companies that share a store and nothing else.

use super::operations::Put;
use super::{Bed, EIGHT, Engine, ONE, refused, set};
use domain::error::Reason;
use domain::filter::Selection;
use domain::operation::{CustomerRef, Deleted, FindKey, FindTenant, FindUser, ListCustomers, NewRecord};
use domain::port::Store;
use domain::{Caller, Field, Kind, Origin, Value};
use std::sync::Arc;
use std::sync::mpsc::channel;

pub(crate) fn share_nothing<E: Engine>() {
    let mut bed = Bed::<E>::new();
    for (tenant, city) in [(ONE, "Oslo"), (EIGHT, "Rome")] {
        let desk = bed.desk(tenant);
        for n in 0..30 {
            desk.create(vec![set(Field::Username, format!("user{n}")), set(Field::City, city)]).unwrap();
        }
    }
    bed.desk(ONE).create(vec![set(Field::UniqueId, "only-here")]).unwrap();
    bed.reopen();
    for (tenant, city, other) in [(ONE, "Oslo", 31), (EIGHT, "Rome", 30)] {
        let desk = bed.desk(tenant);
        for n in 0..30 {
            let customer = desk.find(CustomerRef::Username(format!("user{n}"))).unwrap();
            assert_eq!((customer.id, customer.text(Field::City)), (n + 1, city));
            assert_eq!(customer.part.tenant_number(), tenant.number);
            assert_eq!(desk.history(Kind::Customer, n + 1).len(), 1);
        }
        let selection = Selection { limit: 100, ..Selection::default() };
        let list = ListCustomers { selection, deleted: Deleted::Shown };
        let page = desk.run(list).unwrap();
        assert_eq!(page.records.len(), other);
        assert!(page.records.iter().all(|record| record.part.tenant_number() == tenant.number));
    }
    let desk = bed.desk(EIGHT);
    assert_eq!(refused(desk.read(31)).0, Reason::NotFound);
    assert_eq!(refused(desk.find(CustomerRef::UniqueId("only-here".into()))).0, Reason::NotFound);
    desk.update(1, vec![set(Field::City, "Bari")]).unwrap();
    let other = bed.desk(ONE).read(1).unwrap();
    assert_eq!((other.version, other.text(Field::City)), (1, "Oslo"));
    bed.end();
}

fn key(id: i64, digest: &str) -> Put {
    let values = vec![
        (Field::Username, "robot".into()),
        (Field::Digest, digest.into()),
        (Field::Role, "agent".into()),
        (Field::Dialects, Value::Texts(vec!["suite".into()])),
    ];
    Put(NewRecord { kind: Kind::Key, id, values })
}

pub(crate) fn name_keys_and_digests_once<E: Engine>() {
    let bed = Bed::<E>::new();
    bed.desk(ONE).run(key(1, "d1")).unwrap();
    bed.desk(EIGHT).run(key(1, "d2")).unwrap();
    assert_eq!(refused(bed.desk(EIGHT).run(key(2, "d1"))).0, Reason::AlreadyExists, "a key leads to one tenant");
    let tenant = |id, name: &str| {
        Put(NewRecord { kind: Kind::Tenant, id, values: vec![(Field::Name, name.into()), (Field::Buckets, 1.into())] })
    };
    assert_eq!(refused(bed.desk(ONE).run(tenant(3, "EIGHT"))).0, Reason::AlreadyExists);
    bed.desk(ONE).run(tenant(3, "third")).unwrap();

    // Whoever signs in names no tenant: the key finds it.
    let desk = bed.desk(ONE);
    let find = |digest: &str, name: Option<&str>, dialect| {
        let name = name.map(str::to_owned);
        desk.run(FindKey { digest: digest.to_owned(), name, dialect }).map(|caller: Caller| caller.tenant)
    };
    assert_eq!((find("d1", None, "suite").unwrap(), find("d2", Some("robot"), "suite").unwrap()), (ONE, EIGHT));
    // A session with the id of a key is no key.
    bed.desk(ONE)
        .run(Put(NewRecord { kind: Kind::Session, id: 1, values: vec![(Field::Digest, "d4".into())] }))
        .unwrap();
    for (digest, name, dialect) in
        [("d3", None, "suite"), ("d4", None, "suite"), ("d1", Some("root"), "suite"), ("d1", None, "other")]
    {
        assert_eq!(refused(find(digest, name, dialect)).0, Reason::Unauthenticated);
    }
    let by_name = |name: &str| desk.run(FindTenant::Named(name.to_owned()));
    assert_eq!((by_name("Eight").unwrap(), by_name("default").unwrap()), (EIGHT, ONE));
    assert_eq!(refused(by_name("fourth")).0, Reason::NotFound);
    let hosts = Value::Texts(vec!["crm.example".into(), "kunden.example".into()]);
    let values = vec![(Field::Name, "third".into()), (Field::Buckets, 1.into()), (Field::Hosts, hosts)];
    bed.desk(ONE).run(Put(NewRecord { kind: Kind::Tenant, id: 3, values })).unwrap();
    let by_host = |host: &str| desk.run(FindTenant::At(host.to_owned())).unwrap().number;
    assert_eq!(["CRM.example", "kunden.example", "elsewhere.example"].map(by_host), [3, 3, 1]);
    let user = |id| NewRecord {
        kind: Kind::User,
        id,
        values: vec![(Field::Username, "Egon".into()), (Field::Role, "viewer".into()), (Field::Password, "phc".into())],
    };
    bed.desk(EIGHT).run(Put(user(5))).unwrap();
    let find = |tenant| bed.desk(tenant).run(FindUser { username: "egon".to_owned(), dialect: "suite" }).unwrap();
    let found = find(EIGHT).unwrap();
    assert_eq!((found.caller.user, found.caller.tenant, found.password.as_str()), (Some(5), EIGHT, "phc"));
    assert!(find(ONE).is_none());
    bed.end();
}

pub(crate) fn credential_changes_are_noticed<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    let epoch = || bed.store().credentials_epoch();
    let before = epoch();
    desk.create(vec![set(Field::Username, "x"), set(Field::Password, "hash")]).unwrap();
    refused(desk.create(vec![set(Field::Username, "x")]));
    assert_eq!(epoch(), before, "customers are no credentials");
    let kinds = [
        (Kind::User, vec![(Field::Username, "u".into())]),
        (Kind::Tenant, vec![(Field::Name, "third".into())]),
        (Kind::Key, vec![(Field::Digest, "k".into())]),
    ];
    for (kind, values) in kinds {
        let before = epoch();
        // It has grown when the change is acknowledged, not some time later.
        let (answer, answered) = channel();
        let store: Arc<dyn Store> = Arc::clone(bed.store());
        let origin = Origin {
            dialect: String::new(),
            operation: String::new(),
            credential: String::new(),
            client: String::new(),
            request_id: String::new(),
        };
        desk.app.submit(Put(NewRecord { kind, id: 3, values }), &desk.caller, origin, move |outcome, _| {
            answer.send((outcome.is_ok(), store.credentials_epoch())).unwrap();
        });
        let (stored, seen) = answered.recv().unwrap();
        assert!(stored && seen > before, "{}", kind.name());
    }
    bed.end();
}
