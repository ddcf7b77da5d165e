//! The pages, and where they are.

mod access;
mod account;
mod bulk;
mod call;
mod caused;
mod changes;
mod conflict;
pub(super) mod error;
mod export;
mod faces;
mod fields;
mod find;
mod guide;
mod history;
mod inspector;
mod list;
mod live;
mod map;
mod merge;
mod messages;
mod needs;
pub(super) mod oidc;
mod overview;
mod record;
mod replay;
mod saved;
mod settings;
pub(super) mod sign_in;
mod sought;
mod undo;
mod views;
mod webhooks;

use domain::{Error, Kind};

use super::visit::{Outcome, Visit};

/// The kinds of records that have pages, under the names that their addresses have.
const RESOURCES: &[(&str, Kind)] = &[
    ("customers", Kind::Customer),
    ("tickets", Kind::Ticket),
    ("companies", Kind::Company),
    ("users", Kind::User),
    ("keys", Kind::Key),
    ("categories", Kind::Category),
    ("priorities", Kind::Priority),
    ("extra-fields", Kind::ExtraField),
    ("languages", Kind::Language),
    ("tenants", Kind::Tenant),
    ("webhooks", Kind::Webhook),
];

fn kind_of(many: &str) -> Option<Kind> {
    RESOURCES.iter().find(|(known, _)| *known == many).map(|(_, kind)| *kind)
}

/// The kind of that name, where it has pages.
fn kind_of_name(name: &str) -> Option<Kind> {
    RESOURCES.iter().map(|(_, kind)| *kind).find(|kind| kind.name() == name)
}

/// The name of a kind in addresses.
fn many(kind: Kind) -> &'static str {
    RESOURCES.iter().find(|(_, known)| *known == kind).map_or("", |(many, _)| many)
}

/// Whether many of a kind can be edited at once.
const fn is_edited_together(kind: Kind) -> bool {
    matches!(kind, Kind::Customer | Kind::Ticket | Kind::Company)
}

/// The lists below the settings: kind and path.
pub(super) fn settings_pages() -> impl Iterator<Item = (&'static str, String)> {
    let settings = RESOURCES.iter().filter(|(_, kind)| here(*kind) == "settings");
    settings.map(|(many, kind)| (kind.name(), format!("/{many}")))
}

/// The entry of the navigation that a kind belongs to.
fn here(kind: Kind) -> &'static str {
    match kind {
        Kind::Customer | Kind::Ticket | Kind::Company => many(kind),
        _ => "settings",
    }
}

/// The operation, as the history and the metrics call it, and what it answers.
pub(super) async fn answer(visit: &Visit<'_>, is_read: bool, segments: &[&str]) -> (&'static str, Outcome) {
    match (is_read, segments) {
        (true, []) => ("overview", overview::show(visit).await),
        (true, ["live"]) => ("live", live::changes(visit).await),
        (true, ["inspector"]) => ("inspector", inspector::list(visit).await),
        (true, ["inspector", "live"]) => ("live", inspector::live(visit).await),
        (true, ["inspector", number]) => ("inspector", call::show(visit, number).await),
        (true, ["inspector", number, "fixture"]) => ("inspector", call::fixture(visit, number).await),
        (true, ["inspector", number, "replay"]) => ("inspector", replay::show(visit, number).await),
        (false, ["inspector", number, "replay"]) => ("replay", replay::run(visit, number).await),
        (true, ["requests", id]) => ("inspector", call::by_request(visit, id).await),
        (true, ["dialects"]) => ("dialects", guide::all(visit)),
        (true, ["dialects", "programs.csv"]) => ("export", guide::csv(visit)),
        (true, ["dialects", name]) => ("dialects", guide::one(visit, name).await),
        (false, ["dialects", name]) => ("try", guide::run(visit, name).await),
        (true, ["fields"]) => ("fields", map::show(visit).await),
        (true, ["settings"]) => ("settings", settings::show(visit)),
        (true, ["access"]) => ("access", access::show(visit).await),
        (true, ["about"]) => ("about", settings::about(visit)),
        (true, ["account"]) => ("account", account::show(visit).await),
        (false, ["account"]) => ("change_password", account::change(visit).await),
        (true, ["sessions"]) => ("sessions", settings::sessions(visit).await),
        (false, ["sessions", id, "end"]) => match id.parse() {
            Ok(id) => ("end_session", settings::end_session(visit, id).await),
            Err(_) => nowhere(),
        },
        (false, ["attachments"]) => ("attach", messages::attach(visit).await),
        (true, ["attachments", id]) => match id.parse() {
            Ok(id) => ("content", messages::content(visit, id).await),
            Err(_) => nowhere(),
        },
        (false, ["views"]) => ("view", saved::save(visit)),
        (false, ["views", "forget"]) => ("view", saved::forget(visit)),
        (true, ["find"]) => ("find", find::run(visit).await),
        (false, ["sign-out"]) => ("sign-out", sign_in::out(visit).await),
        (_, [many, rest @ ..]) => match kind_of(many) {
            Some(kind) => resource(visit, kind, is_read, rest).await,
            None => nowhere(),
        },
        _ => nowhere(),
    }
}

async fn resource(visit: &Visit<'_>, kind: Kind, is_read: bool, rest: &[&str]) -> (&'static str, Outcome) {
    match (is_read, rest) {
        (true, []) => return ("list", list::show(visit, kind).await),
        (true, ["csv"]) => return ("export", export::list(visit, kind).await),
        (true, ["new"]) => return ("new", record::new(visit, kind).await),
        (true, ["merge"]) if kind == Kind::Customer => return ("merge", merge::chosen(visit)),
        (false, ["undo"]) if is_edited_together(kind) => return ("undo", undo::run(visit, kind).await),
        (true, ["edit"]) if is_edited_together(kind) => return ("edit", bulk::show(visit, kind).await),
        (false, ["edit"]) if is_edited_together(kind) => return ("edit", bulk::run(visit, kind).await),
        (false, []) if kind == Kind::Webhook => return ("create", webhooks::create(visit).await),
        (false, []) if matches!(kind, Kind::Key | Kind::Tenant) => {
            return ("create", settings::create(visit, kind).await);
        }
        (false, []) => return ("create", record::create(visit, kind).await),
        _ => {}
    }
    let Some((id, rest)) = rest.split_first().and_then(|(id, rest)| Some((id.parse::<i64>().ok()?, rest))) else {
        return nowhere();
    };
    match (is_read, rest, kind) {
        (true, [], _) => ("read", record::show(visit, kind, id).await),
        (false, [], _) => ("update", record::update(visit, kind, id).await),
        (false, ["messages"], Kind::Ticket) => ("reply", messages::reply(visit, id).await),
        (false, ["rotate"], Kind::Key) => ("rotate", settings::rotate(visit, id).await),
        (false, ["rotate"], Kind::Webhook) => ("rotate", webhooks::rotate(visit, id).await),
        (true, ["deliveries"], Kind::Webhook) => ("read", webhooks::show(visit, id, String::new()).await),
        (false, ["skip"], Kind::Webhook) => ("skip", webhooks::leave_out(visit, id, None).await),
        (false, ["letters", letter, "remove"], Kind::Webhook) => {
            ("remove", webhooks::leave_out(visit, id, Some(letter)).await)
        }
        (false, what @ (["test"] | ["letters", _, "send"]), Kind::Webhook) => {
            ("send", webhooks::send(visit, id, what).await)
        }
        (true, ["faces"], Kind::Customer) => ("faces", faces::show(visit, id).await),
        (true, ["history"], _) => ("history", history::show(visit, kind, id).await),
        (true, ["history", "csv"], _) => ("export", export::history(visit, kind, id).await),
        (false, ["revert"], _) => ("revert", changes::revert(visit, kind, id).await),
        (false, ["delete"], _) => ("delete", changes::delete(visit, kind, id).await),
        (false, ["restore"], _) => ("restore", changes::restore(visit, kind, id).await),
        (false, ["lock"], Kind::Customer) => ("lock", changes::lock(visit, id, true).await),
        (false, ["unlock"], Kind::Customer) => ("unlock", changes::lock(visit, id, false).await),
        (true, ["erase"], Kind::Customer) => ("erase", changes::preview_erasure(visit, id).await),
        (false, ["erase"], Kind::Customer) => ("erase", changes::erase(visit, id).await),
        (true, ["merge"], Kind::Customer) => ("merge", merge::show(visit, id).await),
        (false, ["merge"], Kind::Customer) => ("merge", merge::run(visit, id).await),
        (false, ["unmerge"], Kind::Customer) => ("undo_merge", merge::undo(visit, id).await),
        (true, ["tickets"], Kind::Customer) => ("list", list::tickets_of(visit, id).await),
        (true, ["tickets", "csv"], Kind::Customer) => ("export", export::tickets_of(visit, id).await),
        (true, ["as", dialect], Kind::Customer) => ("view", views::show(visit, id, dialect).await),
        _ => nowhere(),
    }
}

fn nowhere() -> (&'static str, Outcome) {
    ("", Err(Error::not_found("There is nothing at this address")))
}
