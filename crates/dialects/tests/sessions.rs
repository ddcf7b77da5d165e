//! Sessions: who may open them, how long they last, and what ends them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use dialects::sign_in::Credential;
use dialects::{Request, Session};
use domain::error::Reason;
use domain::operation::{CustomerRef, Deleted, Purge, ReadCustomer};
use domain::session::{PER_SUBJECT, Subject};
use domain::{Caller, Error, Field, Kind};
use http::Method;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use support::{Template, World, request};

const DIALECT: &str = "superoffice";

fn post() -> Request {
    request(&Method::POST, "/scripts/SOAP", &[("user-agent", "test/1")], "")
}

impl World {
    fn agent(&self, name: &str, password: &str) -> Result<Arc<Caller>, Error> {
        let credential = Credential::Password { name, password };
        self.runtime.block_on(self.state.sign_in(&post(), DIALECT, credential))
    }

    fn customer(&self, name: &str, password: &str) -> Result<Arc<Caller>, Error> {
        let credential = Credential::Customer { name, password };
        self.runtime.block_on(self.state.sign_in(&post(), DIALECT, credential))
    }

    fn open_session(&self, caller: &Arc<Caller>, subject: Subject) -> Result<String, Error> {
        self.runtime.block_on(self.state.open_session(&post(), DIALECT, caller, subject))
    }

    fn session(&self, key: &str, of_customer: bool) -> Result<Session, Error> {
        let found = self.runtime.block_on(self.state.find_session(&post(), DIALECT, key, of_customer));
        // Changes are stored in the order in which they came: what the call left to be written is then written.
        self.run(Purge { kind: Kind::Session, limit: 0 }).unwrap();
        found
    }

    fn end(&self, session: &Session) -> Result<(), Error> {
        self.runtime.block_on(self.state.end_session(&post(), DIALECT, session))
    }

    fn after(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
}

fn reason<T>(outcome: Result<T, Error>) -> Option<Reason> {
    outcome.err().map(|error| error.reason)
}

#[test]
fn agents_and_customers_have_sessions_apart() {
    let world = Template::new().world();
    let egon = world.agent("egon", "banken").unwrap();
    let john = world.customer("JohnDoe", "pw").unwrap();
    assert_eq!(reason(world.customer("johndoe", "banken")), Some(Reason::Unauthenticated));
    assert_eq!(reason(world.customer("egon", "banken")), Some(Reason::Unauthenticated));
    assert_eq!(reason(world.agent("johndoe", "pw")), Some(Reason::Unauthenticated));
    let (of_egon, of_john) = (
        world.open_session(&egon, Subject::User(2)).unwrap(),
        world.open_session(&john, Subject::Customer(10)).unwrap(),
    );
    for key in [&of_egon, &of_john] {
        assert!(key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{key}");
    }
    assert_eq!(*world.session(&of_egon, false).unwrap().caller, *egon);
    assert_eq!(*world.session(&of_john, true).unwrap().caller, *john);
    let elsewhere = world.runtime.block_on(world.state.find_session(&post(), "console", &of_egon, false));
    let unknown = reason(world.session(&"a".repeat(32), true));
    for outcome in [reason(world.session(&of_egon, true)), reason(world.session(&of_john, false)), reason(elsewhere)] {
        assert_eq!(outcome, unknown);
    }
}

#[test]
fn only_an_administrator_opens_a_session_for_somebody_else() {
    let world = Template::new().world();
    let (egon, ida) = (world.agent("egon", "banken").unwrap(), world.agent("ida", "banken").unwrap());
    let john = world.customer("johndoe", "pw").unwrap();
    assert_eq!(world.session(&world.open_session(&egon, Subject::User(3)).unwrap(), false).unwrap().caller.name, "ida");
    let janes = world.open_session(&egon, Subject::Customer(11)).unwrap();
    assert_eq!(world.session(&janes, true).unwrap().caller.customer, Some(11));
    assert_eq!(reason(world.open_session(&egon, Subject::User(99))), Some(Reason::NotFound));
    for (caller, subject) in [
        (&ida, Subject::User(2)),
        (&ida, Subject::Customer(11)),
        (&john, Subject::Customer(11)),
        (&john, Subject::User(10)),
    ] {
        assert_eq!(reason(world.open_session(caller, subject)), Some(Reason::Forbidden), "{subject:?}");
    }
    let session = Session { id: 1, caller: john };
    assert_eq!(reason(world.end(&session)), Some(Reason::NotFound), "nobody ends the session of another");
}

#[test]
fn use_keeps_a_session_alive_without_a_write_a_call() {
    let world = Template::new().world();
    let egon = world.agent("egon", "banken").unwrap();
    let key = world.open_session(&egon, Subject::User(2)).unwrap();
    let version = || world.record(Kind::Session, 1).unwrap().version;
    for _ in 0..20 {
        world.after(8);
        world.session(&key, false).unwrap();
    }
    assert_eq!(version(), 1);
    for _ in 0..10 {
        world.after(1_799);
        world.session(&key, false).unwrap();
    }
    assert_eq!(version(), 11);
    world.after(1_981);
    assert_eq!(reason(world.session(&key, false)), Some(Reason::Unauthenticated));
}

#[test]
fn a_session_ends_at_the_latest_after_its_whole_time() {
    let world = Template::new().world();
    let egon = world.agent("egon", "banken").unwrap();
    let key = world.open_session(&egon, Subject::User(2)).unwrap();
    let steps = 604_800 / 1_800;
    let ended = (0..=steps).position(|_| {
        world.after(1_800);
        world.session(&key, false).is_err()
    });
    assert_eq!(ended, Some(steps - 1));
}

#[test]
fn sign_out_and_a_changed_password_end_sessions_at_once() {
    let world = Template::new().world();
    let egon = world.agent("egon", "banken").unwrap();
    let (one, two) =
        (world.open_session(&egon, Subject::User(2)).unwrap(), world.open_session(&egon, Subject::User(2)).unwrap());
    let session = world.session(&one, false).unwrap();
    world.end(&session).unwrap();
    assert_eq!(reason(world.session(&one, false)), Some(Reason::Unauthenticated));
    assert_eq!(reason(world.end(&session)), Some(Reason::NotFound));
    assert!(world.session(&two, false).is_ok());
    world.amend(Kind::User, 2, Field::Note, None);
    world.amend(Kind::User, 2, Field::Emails, Some(domain::Value::Texts(vec!["egon@x.example".to_owned()])));
    assert!(world.session(&two, false).is_ok(), "an address is no password");
    world.amend(Kind::User, 2, Field::Password, Some("$quick$other".into()));
    assert_eq!(reason(world.session(&two, false)), Some(Reason::Unauthenticated));
    let john = world.customer("johndoe", "pw").unwrap();
    let key = world.open_session(&john, Subject::Customer(10)).unwrap();
    world.amend(Kind::Customer, 10, Field::Status, Some("deleted".into()));
    assert_eq!(reason(world.session(&key, true)), Some(Reason::Unauthenticated));
}

#[test]
fn sessions_are_bounded_and_those_that_ended_go() {
    let world = Template::new().world();
    let egon = world.agent("egon", "banken").unwrap();
    let mut keys = Vec::new();
    for _ in 0..PER_SUBJECT + 3 {
        world.after(1);
        keys.push(world.open_session(&egon, Subject::User(2)).unwrap());
    }
    assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
    let alive: Vec<_> = keys.iter().map(|key| world.session(key, false).is_ok()).collect();
    assert_eq!(alive, [vec![false; 3], vec![true; PER_SUBJECT]].concat(), "the ones that would end first went");
    let kept = |world: &World| (1..=64).filter(|id| world.record(Kind::Session, *id).is_some()).count();
    assert_eq!(kept(&world), PER_SUBJECT);
    assert_eq!(world.run(Purge { kind: Kind::Session, limit: 500 }).unwrap(), 0);
    world.after(1_980 - 2);
    assert_eq!(world.run(Purge { kind: Kind::Session, limit: 500 }).unwrap(), PER_SUBJECT - 2);
    assert_eq!(kept(&world), 2);
    assert!(world.session(keys.last().unwrap(), false).is_ok());
    assert_eq!(world.examine(), [] as [String; 0], "the store is sound without them");
}

#[test]
fn the_last_error_is_a_sessions_own() {
    let world = Template::new().world();
    let egon = world.agent("egon", "banken").unwrap();
    let (one, two) =
        (world.open_session(&egon, Subject::User(2)).unwrap(), world.open_session(&egon, Subject::User(2)).unwrap());
    let (one, two) = (world.session(&one, false).unwrap(), world.session(&two, false).unwrap());
    world.state.note_last_error(&one, &"ø".repeat(300));
    assert_eq!(world.state.last_error(&one), Some("ø".repeat(255)));
    assert_eq!(world.state.last_error(&two), None);
}

#[test]
fn a_customer_runs_nothing_that_does_not_keep_to_what_is_theirs() {
    let world = Template::new().world();
    let john = world.customer("johndoe", "pw").unwrap();
    let read = |id| ReadCustomer { who: CustomerRef::Id(id), deleted: Deleted::Hidden };
    let origin = || post().origin(DIALECT, "getCustomer", &john);
    let run = |id| world.runtime.block_on(world.state.run(read(id), &john, origin()));
    assert_eq!(run(10).unwrap().id, 10);
    assert_eq!(reason(run(11)), Some(Reason::NotFound));
    let purge = world.runtime.block_on(world.state.run(Purge { kind: Kind::Session, limit: 1 }, &john, origin()));
    assert_eq!(reason(purge), Some(Reason::Forbidden));
    let history = domain::operation::ReadHistory { kind: Kind::Customer, id: 10, from: None, limit: 1 };
    let history = world.runtime.block_on(world.state.run(history, &john, origin()));
    assert_eq!(reason(history), Some(Reason::Forbidden));
}
