//! Many changes of customers, a line each, sent as many at once as the API takes.

use clap::Args;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use super::client::{Ask, Client, Remote};
use super::record::{note, progress};
use super::{Exit, Failed, print};

/// Items of one request.
const ITEMS: usize = 1_000;

/// Passwords of one request: each is hashed slowly.
const PASSWORDS: usize = 20;

/// Bytes of one request.
const BYTES: usize = 900_000;

/// Refusals that are told one by one.
const TOLD: usize = 100;

#[derive(Args)]
pub(super) struct Bulk {
    /// A file with a JSON object a line; - is standard input. An object is an item of POST /v1/customers/bulk:
    /// {"op":"create","value":{…}}, {"op":"patch","id":10,"version":3,"value":{…}} or {"op":"delete","id":11}.
    #[arg(default_value = "-")]
    file: PathBuf,
    /// Let each line stand alone. Else those that are sent together, up to 1,000, are all done or none, and the first
    /// that is refused ends the command.
    #[arg(long)]
    each: bool,
    /// Say what would be refused, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print what came of each line, as a line of JSON.
    #[arg(long)]
    jsonl: bool,
    #[command(flatten)]
    remote: Remote,
}

/// What came of the lines so far.
#[derive(Default)]
struct Done {
    stored: usize,
    refused: usize,
}

pub(super) fn run(bulk: &Bulk) -> Result<Exit, Failed> {
    let client = bulk.remote.open()?;
    let mut done = Done::default();
    let ended = send_all(bulk, &client, &mut done);
    let what = if bulk.dry_run { "could be stored" } else { "stored" };
    note(&format!("{} {what}, {} refused\n", done.stored, done.refused));
    ended?;
    Ok(if done.refused == 0 { Exit::Ok } else { Exit::Failed })
}

fn send_all(bulk: &Bulk, client: &Client, done: &mut Done) -> Result<(), Failed> {
    let name = bulk.file.display();
    let unread = |error: &dyn std::fmt::Display| Failed::new(Exit::Usage, format!("{name}: {error}"));
    let lines: Box<dyn BufRead> = if bulk.file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(&bulk.file).map_err(|error| unread(&error))?))
    };
    let (mut batch, mut bytes, mut passwords) = (Vec::new(), 0, 0);
    for (at, line) in lines.lines().enumerate() {
        let line = line.map_err(|error| unread(&error))?;
        if line.trim().is_empty() {
            continue;
        }
        let item: Value = serde_json::from_str(&line).map_err(|error| unread(&format!("line {}: {error}", at + 1)))?;
        let with_password = item.pointer("/value/password").is_some();
        let full = batch.len() == ITEMS || bytes + line.len() > BYTES || (with_password && passwords == PASSWORDS);
        if full && !batch.is_empty() {
            send(bulk, client, &batch, done)?;
            (bytes, passwords) = (0, 0);
            batch.clear();
        }
        bytes += line.len();
        passwords += usize::from(with_password);
        batch.push((at + 1, item));
    }
    if batch.is_empty() { Ok(()) } else { send(bulk, client, &batch, done) }
}

/// Tries lines that stand alone. A trial tells what would change and not what came of each: lines that are refused
/// together are tried by halves.
fn try_each(client: &Client, batch: &[(usize, Value)], done: &mut Done) -> Result<(), Failed> {
    let items: Vec<_> = batch.iter().map(|(_, item)| item).collect();
    let ask = Ask::post("/v1/customers/bulk?atomic=true", &json!({ "items": items })).dry_run(true);
    match (client.json(ask), batch) {
        (Ok(_), _) => done.stored += batch.len(),
        (Err(failed), _) if matches!(failed.exit, Exit::Auth | Exit::Unavailable | Exit::Usage) => return Err(failed),
        (Err(failed), [(line, _)]) => {
            done.refused += 1;
            if done.refused <= TOLD {
                note(&format!("line {line}: {}\n", failed.message));
            }
        }
        (Err(_), _) => {
            let (first, second) = batch.split_at(batch.len() / 2);
            try_each(client, first, done)?;
            try_each(client, second, done)?;
        }
    }
    progress(done.stored + done.refused);
    Ok(())
}

/// Sends some lines and tells what came of them.
fn send(bulk: &Bulk, client: &Client, batch: &[(usize, Value)], done: &mut Done) -> Result<(), Failed> {
    if bulk.each && bulk.dry_run {
        return try_each(client, batch, done);
    }
    let items: Vec<_> = batch.iter().map(|(_, item)| item).collect();
    let atomic = !bulk.each;
    let ask = Ask::post(format!("/v1/customers/bulk?atomic={atomic}"), &json!({ "items": items }));
    let (first, last) = (batch.first().map_or(0, |(line, _)| *line), batch.last().map_or(0, |(line, _)| *line));
    let answer = client.json(ask.dry_run(bulk.dry_run)).map_err(|failed| {
        done.refused += batch.len();
        failed.about(&format!("lines {first} to {last}, of which nothing is stored"))
    })?;
    let results = answer.get("results").and_then(Value::as_array);
    let Some(results) = results else {
        done.stored += batch.len();
        progress(done.stored + done.refused);
        return Ok(());
    };
    for ((line, _), result) in batch.iter().zip(results) {
        let refused = result.get("code").is_some();
        done.refused += usize::from(refused);
        done.stored += usize::from(!refused);
        if bulk.jsonl {
            let mut told = result.clone();
            told["line"] = json!(line);
            print(&format!("{told}\n"))?;
        } else if refused && done.refused <= TOLD {
            for error in result.get("errors").and_then(Value::as_array).into_iter().flatten() {
                let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
                // Within the line: which of the items it was, the server does not know.
                let pointer = text("pointer").splitn(4, '/').nth(3).unwrap_or_default();
                note(&format!("line {line}: /{pointer}: {}\n", text("detail")));
            }
        }
    }
    progress(done.stored + done.refused);
    Ok(())
}
