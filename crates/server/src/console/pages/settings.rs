//! Who may do what, and what the tenant keeps: lists of the other kinds of records, keys that are shown once, sessions.

use askama::Template;
use dialects::sign_in::digest;
use domain::filter::{Order, Selection};
use domain::operation::{CreateRecord, CreateTenant, Deleted, EndSession, ListRecords, RotateKey};
use domain::{Access, Edit, Error, Field, Kind, Record};
use http::StatusCode;

use super::fields::names;
use super::record::edits;
use super::{RESOURCES, here, many};
use crate::console::form::value;
use crate::console::html;
use crate::console::layout::Page;
use crate::console::shown::{self, Moment};
use crate::console::visit::{Outcome, Visit, see_other};

/// For how long a key that was rotated works on, in seconds: a day.
const OVERLAP: i64 = 86_400;

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings {
    p: Page,
    /// Name, address and what it is for.
    lists: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "secret.html")]
struct Secret {
    p: Page,
    name: String,
    key: String,
    address: String,
}

/// A session.
pub(super) struct Line {
    pub(super) id: i64,
    pub(super) user: String,
    pub(super) dialect: String,
    pub(super) client: String,
    pub(super) started: Moment,
    pub(super) ends: Moment,
    pub(super) is_own: bool,
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct Sessions {
    p: Page,
    lines: Vec<Line>,
}

/// The way to everything that is set.
pub(super) fn show(visit: &Visit<'_>) -> Outcome {
    visit.caller().demand(Access::Manage)?;
    let words = visit.words();
    let entry = |name: String, path: &str, help: &str| (name, visit.at(path), words.named("about", help).to_owned());
    let tenant = format!("/tenants/{}", visit.caller().tenant.number);
    let mut lists = vec![entry(words.get("tenant_settings").to_owned(), &tenant, "settings")];
    for (many, kind) in RESOURCES.iter().filter(|(_, kind)| here(*kind) == "settings") {
        lists.push(entry(words.named("many", kind.name()).to_owned(), &format!("/{many}"), kind.name()));
    }
    lists.insert(3, entry(words.get("access").to_owned(), "/access", "access"));
    lists.push(entry(words.get("sessions").to_owned(), "/sessions", "session"));
    lists.push(entry(words.get("about_samerow").to_owned(), "/about", "samerow"));
    let p = visit.page("settings", words.get("nav.settings"));
    Ok(html(StatusCode::OK, &Settings { p, lists }).into())
}

/// A key or a tenant is made with a secret, which is shown this once.
pub(super) async fn create(visit: &Visit<'_>, kind: Kind) -> Outcome {
    let key = new_key(visit);
    let (typed, own) = (visit.form()?.typed(), digest(&key));
    let record = if kind == Kind::Key {
        let submission = move |present: &Record| {
            let mut edits = edits(&typed, present)?;
            edits.push(Edit::Set(Field::Digest, Some(own.as_str().into())));
            Ok(edits)
        };
        visit.run("create", CreateRecord { kind, submission }).await?
    } else {
        let submission = move |_: &Record| {
            typed
                .iter()
                .map(|(field, text)| Ok(Edit::Set(*field, value(*field, text)?)))
                .collect::<Result<Vec<_>, Error>>()
        };
        visit.run("create", CreateTenant { submission, digest: own }).await?
    };
    secret(visit, &record, key)
}

/// Another secret for a key; the present one works on for a day.
pub(super) async fn rotate(visit: &Visit<'_>, id: i64) -> Outcome {
    let key = new_key(visit);
    let record = visit.run("rotate", RotateKey { id, digest: digest(&key), overlap: OVERLAP }).await?;
    secret(visit, &record, key)
}

fn new_key(visit: &Visit<'_>) -> String {
    format!("sr_{}", visit.state.random_key())
}

pub(super) fn secret(visit: &Visit<'_>, record: &Record, key: String) -> Outcome {
    let shown = Secret {
        p: visit.page("settings", visit.words().get("secret_once")),
        name: shown::name(record),
        key,
        address: visit.at(&format!("/{}/{}", many(record.kind), record.id)),
    };
    Ok(html(StatusCode::OK, &shown).into())
}

/// The sessions of the tenant, the newest first.
pub(super) async fn sessions(visit: &Visit<'_>) -> Outcome {
    let order = vec![Order { field: Field::StartedAt, descending: true }];
    let selection = Selection { order, limit: 200, ..Selection::default() };
    let list = ListRecords { kind: Kind::Session, selection, deleted: Deleted::Hidden };
    let page = visit.run("list", list).await?;
    let now = visit.state.app.now();
    let good = page.records.iter().filter(|session| session.number(Field::ExpiresAt).is_some_and(|end| end > now.0));
    let good: Vec<&Record> = good.collect();
    let ids = |field: Field| good.iter().filter_map(|session| session.number(field)).collect::<Vec<_>>();
    let users = names(visit, Kind::User, &ids(Field::UserId)).await;
    let customers = names(visit, Kind::Customer, &ids(Field::CustomerId)).await;
    let line = |session: &&Record| {
        let user = session.number(Field::UserId).and_then(|id| users.get(&id));
        let customer = session.number(Field::CustomerId).and_then(|id| customers.get(&id));
        line(visit, session, user.or(customer).cloned().unwrap_or_default())
    };
    let p = visit.page("settings", visit.words().get("sessions"));
    Ok(html(StatusCode::OK, &Sessions { p, lines: good.iter().map(line).collect() }).into())
}

pub(super) fn line(visit: &Visit<'_>, session: &Record, user: String) -> Line {
    let moment = |field| Moment::of(domain::Time(session.number(field).unwrap_or(0)));
    Line {
        id: session.id,
        user,
        dialect: session.texts(Field::Dialects).join(", "),
        client: program(session.text(Field::Client)),
        started: moment(Field::StartedAt),
        ends: moment(Field::ExpiresAt),
        is_own: session.id == visit.session.id,
    }
}

/// What a program calls itself, browsers by the part that tells them apart.
fn program(client: &str) -> String {
    let of = |name: &str| client.split(' ').find(|part| part.starts_with(name));
    let browser = ["Edg/", "OPR/", "Firefox/", "Chrome/", "HeadlessChrome/", "Version/"].into_iter().find_map(of);
    let system = client.split_once('(').and_then(|(_, rest)| rest.split([';', ')']).next()).unwrap_or_default();
    match browser.filter(|_| client.starts_with("Mozilla/")) {
        Some(browser) => format!("{} · {system}", browser.replace("Version/", "Safari/")),
        None => client.to_owned(),
    }
}

/// Ends a session at once.
pub(super) async fn end_session(visit: &Visit<'_>, id: i64) -> Outcome {
    visit.run("end_session", EndSession { id }).await?;
    let back = if visit.form()?.text("back") == "account" { "/account" } else { "/sessions" };
    Ok(see_other(&visit.at(&format!("{back}?done=ended"))).into())
}

#[derive(Template)]
#[template(path = "about.html")]
struct About {
    p: Page,
    facts: Vec<(&'static str, String)>,
    titles: String,
}

/// What runs here, and whose it is.
pub(super) fn about(visit: &Visit<'_>) -> Outcome {
    visit.caller().demand(Access::Manage)?;
    let (words, process) = (visit.words(), visit.process);
    let tls = match (&process.certificate, process.certificate_warning(visit.state.app.now())) {
        (None, _) => words.get("tls_elsewhere").to_owned(),
        (Some(_), None) => words.get("tls_good").to_owned(),
        (Some(_), Some(warning)) => warning,
    };
    let facts = vec![
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("licence", String::from("Apache-2.0")),
        ("address", visit.request().base_url.clone()),
        ("tls", tls),
        ("bodies", words.get(if visit.inspector.keeps_bodies() { "yes" } else { "no" }).to_owned()),
    ];
    // What is the vendors' of the names here; the native API is nobody else's.
    let titles: Vec<_> = dialects::ALL.iter().map(|one| one.title).filter(|title| !title.contains("JSON")).collect();
    let p = visit.page("settings", words.get("about_samerow"));
    Ok(html(StatusCode::OK, &About { p, facts, titles: titles.join(", ") }).into())
}
