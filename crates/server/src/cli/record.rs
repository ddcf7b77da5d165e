//! What can be done with records of every kind, and with some of them besides: `samerow <noun> <verb>`.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;

use super::assignment;
use super::client::{Ask, Client, Remote};
use super::export::{self, Format};
use super::show::{self, As};
use super::{Exit, Failed, print};

/// Records that are asked for at once.
const PAGE: usize = 200;

/// A kind of record as the command line knows it.
pub(super) struct Noun {
    /// The collection in the API.
    pub(super) path: &'static str,
    /// What a list shows of each.
    pub(super) columns: &'static [&'static str],
}

/// What to list, and how to show it.
#[derive(Args)]
pub(super) struct ListOf {
    /// Words that each holds: of a name, an address, an e-mail, a telephone or a number. Customers come best first, up to 5,000.
    /// Words such as status:off, city:oslo, changed:<7d or by:nightly are filters.
    #[arg(long, default_value = "")]
    search: String,
    /// Which: status = "active" and name ~ "ann". The README of the native API has the grammar.
    #[arg(long, default_value = "")]
    filter: String,
    /// In which order: -updated_at,name. A minus sorts the largest first.
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    sort: String,
    /// How many at most.
    #[arg(long, default_value_t = 50, conflicts_with = "all")]
    limit: usize,
    /// All of them.
    #[arg(long)]
    all: bool,
    /// Deleted ones too.
    #[arg(long)]
    deleted: bool,
    #[command(flatten)]
    show: As,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Args)]
pub(super) struct Written {
    /// Members to set, as name=value; name= unsets. Dots lead into objects: address.city=Oslo.
    assignments: Vec<String>,
    /// Read them from a file with a JSON object instead; - is standard input.
    #[arg(long, conflicts_with = "assignments")]
    file: Option<PathBuf>,
    /// Take the member `password` from the first line of standard input: no list of processes shows it.
    #[arg(long, conflicts_with = "file")]
    password_stdin: bool,
    /// Say what would happen, and do nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Subcommand)]
pub(super) enum Verb {
    /// List them.
    List(ListOf),
    /// Show one.
    Get {
        /// The id.
        id: u32,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
    /// Create one.
    #[command(alias = "add")]
    Create {
        #[command(flatten)]
        written: Written,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
    /// Change some members of one.
    #[command(alias = "set")]
    Update {
        /// The id.
        id: u32,
        #[command(flatten)]
        written: Written,
        /// Only if it still has this version.
        #[arg(long)]
        if_version: Option<u64>,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
    /// Delete one; its id and history stay.
    #[command(alias = "remove")]
    Delete {
        /// The id.
        id: u32,
        /// Only if it still has this version.
        #[arg(long)]
        if_version: Option<u64>,
        /// Say what would happen, and do nothing.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        remote: Remote,
    },
    /// Show what happened to one, newest first.
    History {
        /// The id.
        id: u32,
        /// How many changes at most.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// The whole of it in this format: as CSV it has a line for each field that changed.
        #[arg(long, value_parser = ["csv", "jsonl"], conflicts_with_all = ["limit", "json", "jsonl"])]
        format: Option<String>,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
}

/// What can be done with most records.
#[derive(Subcommand)]
pub(super) enum Whole {
    #[command(flatten)]
    Record(Verb),
    /// Make one what is given: what is not there is cleared.
    Replace {
        /// The id.
        id: u32,
        #[command(flatten)]
        written: Written,
        /// Only if it still has this version.
        #[arg(long)]
        if_version: Option<u64>,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
    /// Bring a deleted one back, in the state it had before.
    Restore(Same),
    /// Give a field the value that it had before a version.
    Revert {
        /// The field: address.city.
        field: String,
        /// The version: the history tells it.
        #[arg(long)]
        before_version: u64,
        #[command(flatten)]
        same: Same,
    },
}

/// One record.
#[derive(Args)]
pub(super) struct Same {
    /// The id.
    pub(super) id: u32,
    /// Only if it still has this version.
    #[arg(long)]
    pub(super) if_version: Option<u64>,
    /// Say what would happen, and do nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
    #[command(flatten)]
    pub(super) show: As,
    #[command(flatten)]
    pub(super) remote: Remote,
}

impl Same {
    /// Does something with it, and shows what came of it.
    pub(super) fn act(&self, path: &str, verb: &str, body: Option<&Value>) -> Result<Exit, Failed> {
        let path = format!("/v1/{path}/{}/{verb}", self.id);
        let ask = body.map_or_else(|| Ask::act(&*path), |body| Ask::post(&*path, body));
        let ask = ask.if_version(self.if_version).dry_run(self.dry_run);
        print(&self.show.record(&self.remote.open()?.json(ask)?))
    }
}

/// One record to show.
#[derive(Args)]
pub(super) struct One {
    /// The id.
    id: u32,
    #[command(flatten)]
    show: As,
    #[command(flatten)]
    remote: Remote,
}

impl One {
    /// Shows it.
    pub(super) fn get(self) -> Verb {
        Verb::Get { id: self.id, show: self.show, remote: self.remote }
    }

    /// Shows what happened to it.
    pub(super) fn history(self) -> Verb {
        Verb::History { id: self.id, limit: PAGE, format: None, show: self.show, remote: self.remote }
    }
}

pub(super) fn run_whole(noun: &Noun, verb: &Whole) -> Result<Exit, Failed> {
    match verb {
        Whole::Record(verb) => run(noun, verb),
        Whole::Replace { id, written, if_version, show, remote } => {
            let ask = Ask::put(format!("/v1/{}/{id}", noun.path), &written.body()?);
            let ask = ask.dry_run(written.dry_run).if_version(*if_version);
            print(&show.record(&remote.open()?.json(ask)?))
        }
        Whole::Restore(same) => same.act(noun.path, "restore", None),
        Whole::Revert { field, before_version, same } => {
            let body = json!({ "field": field, "before_version": before_version });
            same.act(noun.path, "revert", Some(&body))
        }
    }
}

pub(super) fn run(noun: &Noun, verb: &Verb) -> Result<Exit, Failed> {
    let path = noun.path;
    match verb {
        Verb::List(list) => list.print(noun, format!("/v1/{path}")),
        Verb::Get { id, show, remote } => {
            print(&show.record(&remote.open()?.json(Ask::get(format!("/v1/{path}/{id}")))?))
        }
        Verb::Create { written, show, remote } => {
            let body = written.body()?;
            let ask = Ask::post(format!("/v1/{path}"), &body).dry_run(written.dry_run);
            print(&show.record(&remote.open()?.json(ask)?))
        }
        Verb::Update { id, written, if_version, show, remote } => {
            let ask = Ask::patch(format!("/v1/{path}/{id}"), &written.body()?);
            let ask = ask.dry_run(written.dry_run).if_version(*if_version);
            print(&show.record(&remote.open()?.json(ask)?))
        }
        Verb::Delete { id, if_version, dry_run, remote } => {
            let ask = Ask::delete(format!("/v1/{path}/{id}")).dry_run(*dry_run).if_version(*if_version);
            remote.open()?.ask(ask)?;
            Ok(Exit::Ok)
        }
        Verb::History { id, format: Some(format), remote, .. } => {
            let format = if format == "csv" { Format::Csv } else { Format::Jsonl };
            let ask = Ask::get(format!("/v1/{path}/{id}/history")).accept(format.media_type());
            export::stream(&remote.open()?, ask)
        }
        Verb::History { id, limit, format: None, show, remote } => {
            let pages = Pages { path: format!("/v1/{path}/{id}/history"), query: String::new(), limit: *limit };
            pages.print(&remote.open()?, *show, show::history)
        }
    }
}

impl ListOf {
    /// Prints what is listed at a path.
    pub(super) fn print(&self, noun: &Noun, path: String) -> Result<Exit, Failed> {
        let mut query = form(&[("search", &self.search), ("filter", &self.filter), ("sort", &self.sort)]);
        if self.deleted {
            query.push_str("&deleted=true");
        }
        let limit = if self.all { usize::MAX } else { self.limit };
        let columns = [&["id"], noun.columns].concat();
        Pages { path, query, limit }.print(&self.remote.open()?, self.show, |items| show::table(items, &columns))
    }
}

impl Written {
    pub(super) fn body(&self) -> Result<Value, Failed> {
        let Some(file) = &self.file else {
            let mut body = assignment::body(&self.assignments)?;
            if self.password_stdin {
                let mut line = String::new();
                std::io::stdin().read_line(&mut line).map_err(|error| Failed::new(Exit::Usage, error))?;
                body["password"] = line.trim_end_matches(['\r', '\n']).into();
            }
            return Ok(body);
        };
        let mut text = String::new();
        let read = if file.as_os_str() == "-" {
            std::io::stdin().lock().read_to_string(&mut text).map(drop)
        } else {
            std::fs::read_to_string(file).map(|read| text = read)
        };
        let wrong = |error: &dyn std::fmt::Display| Failed::new(Exit::Usage, format!("{}: {error}", file.display()));
        read.map_err(|error| wrong(&error))?;
        serde_json::from_str(&text).map_err(|error| wrong(&error))
    }
}

/// A list that is asked for page by page.
pub(super) struct Pages {
    pub(super) path: String,
    pub(super) query: String,
    /// Items in all.
    pub(super) limit: usize,
}

impl Pages {
    /// Prints each page as it comes, but one JSON document at the end, and a table of all that there is.
    pub(super) fn print(&self, client: &Client, show: As, told: impl Fn(&[Value]) -> String) -> Result<Exit, Failed> {
        let streams = show.jsonl;
        let (mut items, mut count, mut cursor) = (Vec::new(), 0, String::new());
        let mut notice = Value::Null;
        let next = loop {
            let size = (self.limit - count).min(PAGE);
            let mut path = format!("{}?limit={size}{}", self.path, self.query);
            if !cursor.is_empty() {
                path.push_str(&form(&[("cursor", &cursor)]));
            }
            let mut page = client.json(Ask::get(path))?;
            let next = page["next_cursor"].take();
            if let Some(told) = page.get_mut("notice") {
                notice = told.take();
            }
            count += page["data"].as_array().map_or(0, Vec::len);
            if streams {
                print(&show.page(&page, &told))?;
            } else if let Some(data) = page["data"].as_array_mut() {
                items.append(data);
            }
            cursor = match &next {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => break next,
            };
            if count >= self.limit {
                break next;
            }
            progress(count);
        };
        if let Some(notice) = notice.as_str() {
            note(&format!("{notice}\n"));
        }
        if streams {
            return Ok(Exit::Ok);
        }
        let more = !next.is_null();
        print(&show.page(&json!({ "data": items, "next_cursor": next }), told))?;
        if more && !show.json {
            note(&format!("the first {count}; there are more (--limit, or --all)\n"));
        }
        Ok(Exit::Ok)
    }
}

/// How far it is, for somebody who waits.
pub(super) fn progress(count: usize) {
    if std::io::stderr().is_terminal() {
        note(&format!("\r{count} "));
    }
}

/// What is printed next takes the place of how far it is.
pub(super) fn arrived() {
    if std::io::stderr().is_terminal() {
        note("\r");
    }
}

/// Beside what is asked for: a pipe does not get it.
pub(super) fn note(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// `&name=value` for each value that is not empty, percent-encoded.
pub(super) fn form(pairs: &[(&str, &str)]) -> String {
    let mut query = String::new();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.push_str(&format!("&{name}="));
        for byte in value.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => query.push(char::from(byte)),
                _ => query.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    query
}
