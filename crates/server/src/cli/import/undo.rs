//! Takes an import back by its report.

use serde_json::{Map, Value, json};
use std::path::Path;

use super::TOLD;
use super::file;
use super::report::{Report, Told};
use crate::cli::client::{Ask, Client};
use crate::cli::record::{arrived, note, progress};
use crate::cli::{Exit, Failed, print};

/// Customers of one request.
const ITEMS: usize = 500;

/// Something to take back: where the report tells of it, what came of it then, and what to send.
type Step = (Told, Value);

pub(super) fn run(path: &Path, client: &Client, dry_run: bool, jsonl: bool) -> Result<Exit, Failed> {
    let mut report = Report::create(None, jsonl, TOLD)?;
    let mut steps: Vec<Step> = Vec::new();
    file::table(path, |at, row| {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let what = text("what");
        if !matches!(what, "create" | "update") {
            return Ok(());
        }
        let number = |name: &str| text(name).parse::<u64>();
        let (Ok(line), Ok(id), Ok(version)) = (number("line"), number("id"), number("version")) else {
            let text =
                format!("{}: line {at}: it tells no id and version: is it the report of a dry run?", path.display());
            return Err(Failed::new(Exit::Usage, text));
        };
        let told = Told { line, id: Some(id), version: Some(version), ..Told::default() };
        if what == "create" {
            steps.push((told, json!({ "op": "delete", "id": id, "version": version })));
        } else {
            match reversion(client, id, version)? {
                Ok(step) => steps.push((told, step)),
                Err(reason) => report.add(&left_alone(told, reason))?,
            }
        }
        if steps.len() == ITEMS { send(client, std::mem::take(&mut steps), dry_run, &mut report) } else { Ok(()) }
    })?;
    send(client, steps, dry_run, &mut report)?;
    arrived();
    let told = report.summary(&["deleted", "reverted", "left alone"]);
    if jsonl {
        note(&told);
    } else {
        print(&told)?;
    }
    Ok(if report.count("left alone") == 0 { Exit::Ok } else { Exit::Failed })
}

fn left_alone(told: Told, reason: impl Into<String>) -> Told {
    let told = Told { what: String::from("left alone"), version: None, ..told };
    let reason = reason.into();
    let reason = reason.trim_end_matches(" Nothing was changed.");
    let reason = format!("customer {}: {reason}", told.id.unwrap_or_default());
    Told { reason, ..told }
}

/// What gives a customer back what a version took, except for fields that changed since; or why nothing can.
fn reversion(client: &Client, id: u64, version: u64) -> Result<Result<Value, String>, Failed> {
    let (mut now, mut since, mut cursor) = (None, Vec::new(), String::new());
    loop {
        let page = match client.json(Ask::get(format!("/v1/customers/{id}/history?limit=200{cursor}"))) {
            Err(failed) if failed.exit == Exit::NotFound => return Ok(Err(failed.message)),
            page => page?,
        };
        for change in page["data"].as_array().into_iter().flatten() {
            let number = change["version"].as_u64().unwrap_or_default();
            now = now.or(Some(number));
            let changes = change["changes"].as_array().map_or(&[][..], Vec::as_slice);
            if number > version {
                since.extend(changes.iter().filter_map(|change| change["field"].as_str().map(str::to_owned)));
                continue;
            }
            if number < version || change["origin"]["dialect"] != "import" {
                return Ok(Err(format!("its version {version} is no import's")));
            }
            let mut value = Map::new();
            for change in changes {
                let field = change["field"].as_str().unwrap_or_default();
                if !since.iter().any(|other| other == field) {
                    put(&mut value, field, change["from"].clone());
                }
            }
            return Ok(match value.is_empty() {
                true => Err(String::from("all that it changed was changed since")),
                false => Ok(json!({ "op": "patch", "id": id, "version": now, "value": value })),
            });
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(Err(format!("its history does not tell of version {version}"))),
        }
    }
}

/// A field where it stands in a record.
fn put(value: &mut Map<String, Value>, field: &str, was: Value) {
    let further = field.strip_prefix("x_").map(|_| ("extra_fields", field));
    match further.or_else(|| field.split_once('.')) {
        Some((holder, name)) => value.entry(holder).or_insert_with(|| json!({}))[name] = was,
        None => drop(value.insert(field.to_owned(), was)),
    }
}

fn send(client: &Client, steps: Vec<Step>, dry_run: bool, report: &mut Report) -> Result<(), Failed> {
    if steps.is_empty() {
        return Ok(());
    }
    let items: Vec<_> = steps.iter().map(|(_, item)| item).collect();
    let ask = Ask::post("/v1/customers/bulk?atomic=false", &json!({ "items": items })).dry_run(dry_run);
    let answer = client.json(ask)?;
    // A trial tells what would change, and so of whom nothing would.
    let changed = |id| answer["changes"].as_array().into_iter().flatten().any(|change| change["id"] == json!(id));
    for (at, (told, item)) in steps.into_iter().enumerate() {
        let result = answer["results"].get(at);
        let refused = match result {
            Some(result) => {
                result["errors"].get(0).map(|error| error["detail"].as_str().unwrap_or_default().to_owned())
            }
            None => (!changed(told.id)).then(|| String::from("it changed since, or is gone")),
        };
        let told = match refused {
            Some(reason) => left_alone(told, reason),
            None => {
                let what = if item["op"] == "delete" { "deleted" } else { "reverted" };
                let version = result.and_then(|result| result["version"].as_u64());
                Told { what: what.to_owned(), version, ..told }
            }
        };
        report.add(&told)?;
    }
    progress(report.rows());
    Ok(())
}
