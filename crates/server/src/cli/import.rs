//! Customers out of a file, in the words of the API that it came from. The file is read twice: nothing is sent of one that
//! cannot be read to its end.

mod file;
mod report;
mod undo;

use clap::{Args, ValueEnum};
use dialects::{Dialect, Row, Rows, Seen, rows};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

use self::file::{Said, Source};
use self::report::{Report, Told};
use super::client::{Ask, Client, Remote};
use super::record::{arrived, note, progress};
use super::{Exit, Failed, print};
use crate::dispatch::new_request_id;

/// Rows of one request.
const ROWS: usize = 1_000;

/// Bytes of one request.
const BYTES: usize = 900_000;

/// Values of one request: every row, its line and its cells.
const VALUES: usize = 45_000;

/// Rows that were left out of which it is told why.
const TOLD: usize = 20;

/// What an import does alone.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    /// Make customers who are not there.
    Create,
    /// Change those who are.
    Update,
}

#[derive(Args)]
#[command(after_help = "Examples:\n  samerow import customers.csv --as superoffice --dry-run\n  \
                        samerow import customers.csv --as superoffice --keep-ids --report done.csv\n  \
                        samerow import --undo done.csv")]
pub(super) struct Import {
    /// A file of comma-separated values whose first line names the columns, or with a JSON object a line when its name
    /// ends with .jsonl or .ndjson; - is standard input.
    #[arg(required_unless_present = "undo")]
    file: Option<PathBuf>,
    /// The API under whose names the columns are: superoffice, bing_ads, everlytic, trackfinity or native.
    #[arg(long = "as", value_name = "DIALECT", required_unless_present = "undo", value_parser = dialect)]
    dialect: Option<&'static Dialect>,
    /// What customers are found by, the strongest first, separated by commas: id, unique_id, username, emails,
    /// subscription_ids, order_ids. [default: unique_id,username,emails, and id before them with --keep-ids]
    #[arg(long = "match", value_name = "KEYS", value_delimiter = ',')]
    keys: Vec<String>,
    /// Give new customers the ids of their rows, and take rows for no customer of another id.
    #[arg(long)]
    keep_ids: bool,
    /// Do only one of both.
    #[arg(long, value_enum)]
    only: Option<Only>,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// Leave out columns that are unknown.
    #[arg(long)]
    ignore_unknown: bool,
    /// Let an empty cell take away what is there. Else it says nothing.
    #[arg(long)]
    clear_empty: bool,
    /// How the file is written, such as windows-1252. [default: UTF-8, or Windows-1252 where it is not]
    #[arg(long)]
    encoding: Option<String>,
    /// What stands between cells: one character, or "tab". [default: the comma, semicolon or tab of the first line]
    #[arg(long, value_parser = separator)]
    separator: Option<u8>,
    /// Write what came of every row into this file, which must not be there yet.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Take back what a report says was done: who was made is deleted, what was changed is as it was, except for what
    /// changed since.
    #[arg(long, value_name = "REPORT", conflicts_with_all = ["file", "dialect", "keys", "keep_ids", "only", "report"])]
    undo: Option<PathBuf>,
    /// Print what came of each row, as a line of JSON.
    #[arg(long)]
    jsonl: bool,
    #[command(flatten)]
    remote: Remote,
}

fn dialect(name: &str) -> Result<&'static Dialect, String> {
    let found = dialects::dialect_named(&name.replace('-', "_"));
    found.ok_or_else(|| format!("it is one of {}", dialects::dialect_names()))
}

fn separator(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => Ok(*byte),
        _ => Err(String::from("it is one character, or \"tab\"")),
    }
}

pub(super) fn run(import: &Import) -> Result<Exit, Failed> {
    if let Some(report) = &import.undo {
        return undo::run(report, &import.remote.open()?, import.dry_run, import.jsonl);
    }
    let (Some(file), Some(dialect)) = (&import.file, import.dialect) else {
        return Err(Failed::new(Exit::Usage, "a file and --as are needed"));
    };
    let names: Vec<_> = import.keys.iter().map(String::as_str).collect();
    let mut matched = rows::matched(&names, import.keep_ids).map_err(|text| Failed::new(Exit::Usage, text))?;
    let source = Source::open(file, import.encoding.as_deref(), import.separator)?;
    check(import, &source, &dialect.rows)?;
    let keys: Vec<_> = matched.iter().map(|field| field.name().into_owned()).collect();
    if import.keep_ids && !matched.contains(&domain::Field::Id) {
        matched.push(domain::Field::Id);
    }
    let run_id = new_request_id();
    let mut sending = Sending {
        import,
        rows: &dialect.rows,
        client: import.remote.open()?,
        body: json!({
            "as": dialect.name, "match": keys, "keep_ids": import.keep_ids,
            "ignore_unknown": import.ignore_unknown, "clear_empty": import.clear_empty,
        }),
        matched,
        run_id,
        seen: Seen::default(),
        batch: Vec::new(),
        bytes: 0,
        values: 0,
        report: Report::create(import.report.as_deref(), import.jsonl, TOLD)?,
    };
    match import.only {
        Some(Only::Create) => sending.body["only"] = json!("create"),
        Some(Only::Update) => sending.body["only"] = json!("update"),
        None => {}
    }
    note(&format!("customers are found by {}; request id {}\n", keys.join(", then "), sending.run_id));
    let ended = source.each(&mut |line, said| sending.row(line, said)).and_then(|()| sending.send());
    arrived();
    let told = sending.report.summary(&["create", "update", "unchanged", "skip"]);
    if import.jsonl {
        note(&told);
    } else {
        print(&told)?;
    }
    ended?;
    Ok(if sending.report.count("skip") == 0 { Exit::Ok } else { Exit::Failed })
}

/// Reads the whole file, where it can be read twice.
fn check(import: &Import, source: &Source, rows: &Rows) -> Result<(), Failed> {
    let mut unknown = Vec::new();
    source.check(&mut |names| {
        for name in names.iter().filter(|_| !import.ignore_unknown) {
            // Which extra fields there are, only the server knows.
            let known = (rows.named)(name.trim()).is_some_and(|column| column.field != domain::Field::Password);
            if let Err(error) = rows.column(name, &[])
                && !known
            {
                unknown.push(error.message.into_owned());
            }
        }
    })?;
    if unknown.is_empty() {
        return Ok(());
    }
    unknown.push(String::from("nothing was sent; --ignore-unknown leaves such columns out"));
    Err(Failed::new(Exit::Usage, format!("{}: {}", source.name(), unknown.join("\n  "))))
}

/// A row on its way: what it says, or why it is not sent.
type Entry = (u64, Result<Map<String, Value>, String>);

struct Sending<'a> {
    import: &'a Import,
    rows: &'static Rows,
    client: Client,
    /// All of a request but the rows.
    body: Value,
    matched: Vec<domain::Field>,
    /// That of every request of this run, so that the histories of all rows lead to it.
    run_id: String,
    seen: Seen,
    batch: Vec<Entry>,
    bytes: usize,
    values: usize,
    report: Report,
}

impl Sending<'_> {
    fn row(&mut self, line: u64, said: Said) -> Result<(), Failed> {
        let said = said.and_then(|mut values| {
            let known = |name: &str| (self.rows.named)(name.trim());
            let cells = values.iter().filter_map(|(name, value)| Some((known(name)?, file::text(value)?)));
            let row = Row::new(self.rows, cells.collect());
            if let Some(repeated) = self.seen.repeated(line, &row, &self.matched) {
                return Err(repeated);
            }
            // The first row of a request names every column, so that none is overlooked.
            if !self.import.clear_empty && !self.batch.is_empty() {
                values.retain(|_, value| value.as_str() != Some(""));
            }
            Ok(values)
        });
        let (bytes, values) = match &said {
            Ok(values) => (serde_json::to_string(values).map_or(BYTES, |text| text.len() + 32), values.len() + 3),
            Err(_) => (0, 0),
        };
        let full = self.batch.len() == ROWS || self.bytes + bytes > BYTES || self.values + values > VALUES;
        if full {
            self.send()?;
        }
        self.bytes += bytes;
        self.values += values;
        self.batch.push((line, said));
        Ok(())
    }

    /// Sends what waits, and tells what came of it.
    fn send(&mut self) -> Result<(), Failed> {
        let batch = std::mem::take(&mut self.batch);
        (self.bytes, self.values) = (0, 0);
        let sent = batch.iter().filter_map(|(line, said)| Some(json!({ "line": line, "values": said.as_ref().ok()? })));
        let sent: Vec<_> = sent.collect();
        let mut results = Vec::new();
        if !sent.is_empty() {
            let (first, last) = (sent[0]["line"].clone(), sent[sent.len() - 1]["line"].clone());
            self.body["rows"] = Value::Array(sent);
            let ask = Ask::post("/v1/customers/import", &self.body).request_id(&self.run_id);
            let mut answer = self.client.json(ask.dry_run(self.import.dry_run)).map_err(|failed| {
                let lost = failed.exit == Exit::Unavailable;
                let stored = if lost {
                    "of which it is not known whether they are stored: import them again"
                } else {
                    "of which nothing is stored"
                };
                failed.about(&format!("lines {first} to {last}, {stored}"))
            })?;
            if let Value::Array(told) = answer["results"].take() {
                results = told;
            }
        }
        let mut results = results.into_iter();
        for (line, said) in batch {
            let told = match said {
                Err(reason) => Told::skip(line, reason),
                Ok(_) => Told::of(&results.next().unwrap_or_default())
                    .ok_or_else(|| Failed::new(Exit::Failed, "what answered is no samerow server"))?,
            };
            self.report.add(&told)?;
        }
        progress(self.report.rows());
        Ok(())
    }
}
