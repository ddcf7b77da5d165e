//! First data: the demo's, or the one administrator that a new store needs.

use dialects::sign_in::digest;
use domain::demo::{FIRST_PERSON, Secrets, people, records};
use domain::error::Reason;
use domain::operation::{FindTenant, Load, NewRecord};
use domain::port::Passwords;
use domain::tenant::Tenant;
use domain::{App, Caller, Error, Field, Kind, Operation, Origin, Role, Value};
use std::sync::{Arc, mpsc};

use crate::host::{Argon2id, readable_secret};

/// The name of the tenant that a new store has.
const DEFAULT: &str = "default";

/// Who the server is in a history, where nobody asked it.
pub const ITSELF: &str = "samerow";

/// Records in one operation: large enough for few commits, small enough to let others in between.
const CHUNK: usize = 500;

/// Runs an operation as the server itself and waits for it: for start-up, before anything is served.
///
/// # Errors
/// What the operation refuses with.
pub fn run<O: Operation>(app: &App, operation: O, word: &str) -> Result<O::Output, Error> {
    let caller = Caller { role: Role::Admin, name: String::from(ITSELF), ..Caller::anonymous(Tenant::DEFAULT) };
    let origin = Origin {
        dialect: String::from("import"),
        operation: word.to_owned(),
        credential: caller.name.clone(),
        client: concat!("samerow/", env!("CARGO_PKG_VERSION")).to_owned(),
        request_id: String::new(),
    };
    let (answer, answered) = mpsc::sync_channel(1);
    app.submit(operation, &Arc::new(caller), origin, move |outcome, _| drop(answer.send(outcome)));
    answered.recv().map_err(Error::internal)?
}

/// What a start found or made.
#[derive(Debug, PartialEq, Eq)]
pub enum First {
    /// There was something in the store already.
    Kept,
    /// The demo data.
    Demo,
    /// One administrator with this password, which is shown once.
    Admin {
        /// The password.
        password: String,
    },
}

/// Fills an empty store; leaves any other alone.
///
/// # Errors
/// What the store refuses with.
pub fn fill(app: &App, demo: Option<i64>, tell: &mut dyn FnMut(usize)) -> Result<First, Error> {
    match run(app, FindTenant::Named(String::from(DEFAULT)), "start") {
        Ok(_) => return Ok(First::Kept),
        Err(error) if error.reason == Reason::NotFound => {}
        Err(error) => return Err(error),
    }
    let hash = |password: &str| Argon2id.hash(password);
    match demo {
        Some(count) => {
            let hashes = ["demo", "banken", "pw"].map(|password| (password, hash(password)));
            let hashed = |password: &str| {
                let found = hashes.iter().find(|(known, _)| *known == password);
                found.and_then(|(_, hash)| hash.as_ref().ok()).cloned().unwrap_or_default()
            };
            let first = records(&Secrets { digest: &digest, hash: &hashed });
            load(app, first).and_then(|()| {
                let mut people = people(FIRST_PERSON, count).peekable();
                let mut done = 0;
                while people.peek().is_some() {
                    let chunk: Vec<_> = people.by_ref().take(CHUNK).collect();
                    done += chunk.len();
                    load(app, chunk)?;
                    tell(done);
                }
                Ok(First::Demo)
            })
        }
        None => {
            let password = readable_secret();
            let values = vec![
                (Field::Username, "admin".into()),
                (Field::Password, hash(&password)?.into()),
                (Field::Role, "admin".into()),
                (Field::Dialects, Value::Texts(vec!["native".into(), "console".into()])),
            ];
            let tenant = vec![(Field::Name, DEFAULT.into()), (Field::Buckets, 1.into())];
            load(
                app,
                vec![
                    NewRecord { kind: Kind::Tenant, id: Tenant::DEFAULT.number, values: tenant },
                    NewRecord { kind: Kind::User, id: 1, values },
                ],
            )
            .map(|()| First::Admin { password })
        }
    }
}

fn load(app: &App, records: Vec<NewRecord>) -> Result<(), Error> {
    run(app, Load { records }, "load").map(drop)
}
