//! What needs somebody: only what the server knows, each with the way to where it is mended.

use domain::filter::{Condition, Selection, Test};
use domain::operation::{Deleted, ListRecords, ReadHistory, ReadRecord};
use domain::port::Condition as Health;
use domain::tenant::Tenant;
use domain::{Error, Field, Kind, Record, Time};
use std::collections::BTreeMap;

use crate::console::form::query;
use crate::console::shown::Moment;
use crate::console::visit::Visit;
use crate::demo;
use crate::inspector::Brief;

/// Sorts of refused calls that are told.
const SORTS: usize = 5;

/// Calls that are looked at, the last ones.
const CALLS: u64 = 2_000;

/// Days after which a program that called before is missed, and a key that nobody used is one too many.
pub(super) const DAYS: i64 = 30;

/// Days after which a store without a backup needs one.
const BACKUP_DAYS: i64 = 7;

/// Customers that a demo makes.
const DEMO: u32 = 206;

/// Records of a kind that are looked at.
const MOST: u32 = 500;

/// Something that needs somebody.
pub(super) struct Need {
    /// `bad`, `warn` or `quiet`.
    pub(super) weight: &'static str,
    pub(super) text: String,
    /// What is said in English whoever reads it.
    pub(super) detail: String,
    /// Where to go; `""` for nowhere.
    pub(super) address: String,
}

/// All of it, the worst first.
pub(super) async fn all(visit: &Visit<'_>, is_operator: bool) -> Result<Vec<Need>, Error> {
    let mut needs = Vec::new();
    if is_operator {
        server(visit, &mut needs);
        backup(visit, &mut needs).await?;
        refusals(visit, &mut needs).await;
    }
    webhooks(visit, &mut needs).await?;
    password(visit, &mut needs).await?;
    if is_operator {
        programs(visit, &mut needs);
    }
    keys(visit, &mut needs).await?;
    Ok(needs)
}

fn server(visit: &Visit<'_>, needs: &mut Vec<Need>) {
    if let Health::ReadOnly(text) | Health::Poisoned(text) = visit.state.app.condition() {
        needs.push(Need { weight: "bad", text: String::new(), detail: text, address: String::new() });
    }
    if let Some(text) = visit.process.certificate_warning(visit.state.app.now()) {
        needs.push(Need { weight: "warn", text: String::new(), detail: text, address: String::new() });
    }
}

/// Whether the store is worth a backup, and has had none for long.
async fn backup(visit: &Visit<'_>, needs: &mut Vec<Need>) -> Result<(), Error> {
    let Some(_) = &visit.process.store else { return Ok(()) };
    let long_ago = visit.state.app.now().plus_seconds(-BACKUP_DAYS * 86_400);
    let last = visit.process.last_backup().await.map(|last| last.at);
    let Tenant { number: id, .. } = Tenant::DEFAULT;
    let first = visit.run("read", ReadRecord { kind: Kind::Tenant, id, deleted: Deleted::Shown }).await?.created_at;
    if last.unwrap_or(first) > long_ago || !is_worth(visit).await? {
        return Ok(());
    }
    let words = visit.words();
    let text = last.map_or_else(
        || words.get("never_backed_up").to_owned(),
        |last| words.with("backed_up_long_ago", words.when(&Moment::of(last))),
    );
    needs.push(Need { weight: "warn", text, detail: String::new(), address: String::new() });
    Ok(())
}

/// Whether there are more customers than those of the demo.
async fn is_worth(visit: &Visit<'_>) -> Result<bool, Error> {
    let selection = Selection { limit: DEMO, ..Selection::default() };
    let list = ListRecords { kind: Kind::Customer, selection, deleted: Deleted::Shown };
    Ok(visit.run("list", list).await?.more)
}

/// The sorts of calls that were refused most, among those that are kept: dialect, operation and why, numbers apart.
async fn refusals(visit: &Visit<'_>, needs: &mut Vec<Need>) {
    let day = visit.state.app.now().plus_seconds(-86_400);
    let last = *visit.inspector.arrivals().borrow();
    let is_refused = move |call: &Brief| call.outcome != "ok" && call.at > day;
    let calls = visit.inspector.list((last.saturating_sub(CALLS), u64::MAX), CALLS as usize, is_refused).await;
    let mut sorts: BTreeMap<(&str, &str, String), (u64, String)> = BTreeMap::new();
    for call in &calls {
        let why: String = call.why.chars().filter(|c| !c.is_ascii_digit()).take(80).collect();
        // The newest is the first.
        let (count, _) = sorts
            .entry((&call.dialect, &call.operation, why))
            .or_insert_with(|| (0, call.why.chars().take(160).collect()));
        *count += 1;
    }
    let mut sorts: Vec<_> = sorts.into_iter().collect();
    sorts.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for ((dialect, operation, _), (count, why)) in sorts.into_iter().take(SORTS) {
        let title = dialects::dialect_named(dialect).map_or(dialect, |known| known.title);
        let about = if operation.is_empty() { title.to_owned() } else { format!("{title} {operation}") };
        let said = visit.words().count("refused_of", count);
        let asked = query(&[("dialect", dialect), ("outcome", "refused"), ("q", operation)]);
        let text = format!("{about}: {said} · ");
        needs.push(Need { weight: "warn", text, detail: why, address: visit.at(&format!("/inspector{asked}")) });
    }
}

/// Webhooks that were switched off or lost events.
async fn webhooks(visit: &Visit<'_>, needs: &mut Vec<Need>) -> Result<(), Error> {
    let words = visit.words();
    let list = |kind| {
        let selection = Selection { limit: MOST, ..Selection::default() };
        visit.run("list", ListRecords { kind, selection, deleted: Deleted::Hidden })
    };
    let webhooks = list(Kind::Webhook).await?;
    if webhooks.records.is_empty() {
        return Ok(());
    }
    let letters = list(Kind::DeadLetter).await?;
    for webhook in &webhooks.records {
        let lost = letters.records.iter().filter(|letter| letter.number(Field::WebhookId) == Some(webhook.id)).count();
        let name = crate::console::shown::name(webhook);
        let address = visit.at(&format!("/webhooks/{}/deliveries", webhook.id));
        if webhook.flag(Field::Disabled) && !webhook.text(Field::Problem).is_empty() {
            let (text, detail) =
                (format!("{name}: {} ", words.get("webhook_off")), webhook.text(Field::Problem).to_owned());
            needs.push(Need { weight: "bad", text, detail, address });
        } else if lost > 0 {
            let text = format!("{name}: {}", words.count("given_up_of", lost as u64));
            needs.push(Need { weight: "warn", text, detail: String::new(), address });
        }
    }
    Ok(())
}

/// Whether the visitor still has the password that the first start printed.
async fn password(visit: &Visit<'_>, needs: &mut Vec<Need>) -> Result<(), Error> {
    let Some(id) = visit.caller().user.filter(|_| !visit.caller().loopback_only) else { return Ok(()) };
    let read = ReadHistory { kind: Kind::User, id, from: None, limit: 100 };
    let history = visit.run("history", read).await?.changes;
    let sets = |change: &&domain::Change| change.fields.iter().any(|told| told.field == Field::Password);
    let last = history.iter().find(sets);
    if last.is_some_and(|change| change.origin.dialect == "import" && change.origin.credential == demo::ITSELF) {
        let text = visit.words().get("first_password").to_owned();
        needs.push(Need { weight: "warn", text, detail: String::new(), address: visit.at("/account") });
    }
    Ok(())
}

/// Programs that called and do so no more: perhaps nobody needs their API any longer, perhaps they broke.
fn programs(visit: &Visit<'_>, needs: &mut Vec<Need>) {
    let long_ago = visit.state.app.now().plus_seconds(-DAYS * 86_400);
    for dialect in dialects::ALL {
        for (name, program) in visit.process.census.programs(dialect.name) {
            if program.last() < long_ago {
                let words = visit.words();
                let name = if name.is_empty() { words.get("nameless") } else { &name };
                let said = words.with("not_seen_since", words.when(&Moment::of(program.last())));
                let text = format!("{} · {name}: {said}", dialect.title);
                let address = visit.at(&format!("/dialects/{}", dialect.name));
                needs.push(Need { weight: "quiet", text, detail: String::new(), address });
            }
        }
    }
}

/// Keys that nobody used for long, as far back as uses are known.
async fn keys(visit: &Visit<'_>, needs: &mut Vec<Need>) -> Result<(), Error> {
    let long_ago = visit.state.app.now().plus_seconds(-DAYS * 86_400);
    if visit.process.census.since() > long_ago {
        return Ok(());
    }
    let filter = Condition::new(Field::Disabled, Test::IsNot(true.into())).into();
    let selection = Selection { filter, limit: MOST, ..Selection::default() };
    let page = visit.run("list", ListRecords { kind: Kind::Key, selection, deleted: Deleted::Hidden }).await?;
    let unused = page.records.iter().filter(|key| is_unused(visit, key, long_ago)).count();
    if unused > 0 {
        let text = visit.words().count("unused_of", unused as u64);
        needs.push(Need { weight: "quiet", text, detail: String::new(), address: visit.at("/access") });
    }
    Ok(())
}

/// Whether nobody used a key since then, though it was there.
pub(super) fn is_unused(visit: &Visit<'_>, key: &Record, since: Time) -> bool {
    let last = visit.state.uses.last((visit.caller().tenant.number, Kind::Key, key.id));
    key.created_at < since && last.is_none_or(|last| last < since)
}
