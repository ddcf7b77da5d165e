//! `samerow dialects`: the APIs that are spoken, and how a program is pointed at one.

use clap::Subcommand;
use dialects::connect::Guide;
use serde_json::{Value, json};
use std::path::PathBuf;
use wire::soap::MAX_WSDL;
use wire::xml::{Limits, Source};

use super::client::{Ask, Client, Remote};
use super::{Exit, Failed, print};

#[derive(Subcommand)]
pub(super) enum Dialects {
    /// List the APIs that this server speaks; with a token or a store also what each learned.
    List {
        /// One JSON document.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        remote: Remote,
    },
    /// Serve a dialect's ports in the words of another installation: its namespaces, names and types.
    #[command(after_help = "Example:\n  samerow dialects learn superoffice --wsdl ticket.wsdl --wsdl customer.wsdl")]
    Learn {
        /// The API.
        name: String,
        /// A saved WSDL, one for each port. Can be said more than once.
        #[arg(long, required_unless_present = "forget", conflicts_with = "forget")]
        wsdl: Vec<PathBuf>,
        /// Take it though one side has methods that the other has not: those of here stay, the others are left out.
        #[arg(long)]
        allow_differences: bool,
        /// Serve the ports in their own words again.
        #[arg(long)]
        forget: bool,
        /// Say what differs, and change nothing.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        remote: Remote,
    },
    /// Tell how an old program is pointed at this server.
    #[command(after_help = "Example:\n  samerow dialects connect superoffice --lang csharp")]
    Connect {
        /// The API: one of those that `list` names.
        name: String,
        /// The language of the program: csharp, java, php, perl, python; any where all are told the same.
        #[arg(long)]
        lang: Option<String>,
        /// Where the program will find the server.
        #[arg(long, default_value = "http://127.0.0.1:7263")]
        url: String,
    },
}

pub(super) fn run(command: &Dialects) -> Result<Exit, Failed> {
    match command {
        Dialects::List { json, remote } => {
            let learned = if remote.is_signed_in() { learned(&remote.open()?)? } else { Vec::new() };
            let of = |name: &str| learned.iter().filter(|wsdl| wsdl["dialect"] == name).cloned().collect::<Vec<_>>();
            if *json {
                let all = dialects::ALL.iter().map(|dialect| {
                    let languages: Vec<_> = dialect.connect.guides.iter().map(|guide| guide.language).collect();
                    let learned = of(dialect.name);
                    json!({ "name": dialect.name, "title": dialect.title, "connect": languages, "learned": learned })
                });
                return print(&format!("{}\n", all.collect::<Value>()));
            }
            let lines = dialects::ALL.iter().map(|dialect| {
                let learned: String =
                    of(dialect.name).iter().map(|wsdl| format!("  learned: {}\n", told(wsdl))).collect();
                format!("{:<14} {}\n{learned}", dialect.name, dialect.title)
            });
            print(&lines.collect::<String>())
        }
        Dialects::Learn { name, forget: true, dry_run, remote, .. } => forget(name, *dry_run, &remote.open()?),
        Dialects::Learn { name, wsdl, allow_differences, dry_run, remote, .. } => {
            let read = |path: &PathBuf| match std::fs::read(path) {
                Ok(bytes) => {
                    text(&bytes).map_err(|why| Failed::new(Exit::Usage, why).about(&path.display().to_string()))
                }
                Err(error) => Err(Failed::new(Exit::Usage, error).about(&path.display().to_string())),
            };
            let texts = wsdl.iter().map(read).collect::<Result<Vec<_>, _>>()?;
            let client = remote.open()?;
            let ask = |(path, text): (&PathBuf, &String), dry_run| {
                let body = json!({ "dialect": name, "text": text, "allow_differences": allow_differences });
                let learned = client.json(Ask::post("/v1/wsdls", &body).dry_run(dry_run));
                learned.map_err(|failed| failed.about(&path.display().to_string()))
            };
            // All of them can be learned, or none is.
            let mut lines = String::new();
            for file in wsdl.iter().zip(&texts) {
                let trial = ask(file, true)?;
                let record = &trial["changes"][0]["record"];
                let differences = record["differences"].as_array().into_iter().flatten().filter_map(Value::as_str);
                match record.is_null() {
                    true => lines.push_str(&format!("{}: known already\n", file.0.display())),
                    false => lines.push_str(&format!("{}: {}\n", file.0.display(), told(record))),
                }
                lines.extend(differences.map(|difference| format!("  {difference}\n")));
            }
            if !dry_run {
                wsdl.iter().zip(&texts).try_for_each(|file| ask(file, false).map(drop))?;
            }
            print(&lines)
        }
        Dialects::Connect { name, lang, url } => print(&connect(name, lang.as_deref(), url)?),
    }
}

/// A file as text. A WSDL says its encoding itself; what is kept is UTF-8.
fn text(bytes: &[u8]) -> Result<String, String> {
    let limits = Limits { bytes: MAX_WSDL, ..Limits::default() };
    let source = Source::decode(bytes, None, &limits).map_err(|error| format!("this is no WSDL: {error}"))?;
    // The declaration would say what the bytes were.
    let text = source.text();
    let declared = text.trim_start_matches('\u{feff}').strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
    Ok(declared.map_or(text, |(_, rest)| rest).to_owned())
}

/// What was learned.
fn learned(client: &Client) -> Result<Vec<Value>, Failed> {
    let mut page = client.json(Ask::get("/v1/wsdls?fields=id,dialect,port,differences&limit=200"))?;
    Ok(page["data"].as_array_mut().map(std::mem::take).unwrap_or_default())
}

fn told(wsdl: &Value) -> String {
    let count = wsdl["differences"].as_array().map_or(0, Vec::len);
    format!(
        "the {} port in the words of another installation, with {count} differences",
        wsdl["port"].as_str().unwrap_or("?")
    )
}

fn forget(name: &str, dry_run: bool, client: &Client) -> Result<Exit, Failed> {
    let mut lines = String::new();
    for wsdl in learned(client)?.iter().filter(|wsdl| wsdl["dialect"] == name) {
        client.ask(Ask::delete(format!("/v1/wsdls/{}", wsdl["id"])).dry_run(dry_run))?;
        lines.push_str(&format!("{}: its own words again\n", wsdl["port"].as_str().unwrap_or("?")));
    }
    print(if lines.is_empty() { "nothing was learned\n" } else { &lines })
}

fn connect(name: &str, language: Option<&str>, url: &str) -> Result<String, Failed> {
    let dialect = dialects::dialect_named(name).ok_or_else(|| {
        let names = dialects::dialect_names();
        Failed::new(Exit::NotFound, format!("there is no dialect \"{name}\": there are {names}"))
    })?;
    let all = dialect.connect.guides;
    let Some(language) = language else {
        let told = |guide: &Guide| format!("{}\n\n{}", guide.language, guide.at(url));
        return Ok(all.iter().map(told).collect::<Vec<_>>().join("\n"));
    };
    let known = || all.iter().map(|guide| guide.language).collect::<Vec<_>>().join(", ");
    let guide =
        all.iter().find(|guide| guide.language == language).or(all.iter().find(|guide| guide.language == "any"));
    let guide = guide.ok_or_else(|| Failed::new(Exit::Usage, format!("--lang is one of {}", known())))?;
    Ok(guide.at(url))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn a_guide_names_the_server_and_what_is_missing_is_told() {
        let told = connect("superoffice", Some("csharp"), "http://crm.example:80/").unwrap();
        assert!(told.contains("\"http://crm.example:80/scripts/SOAP?action=ticket\""), "{told}");
        let whole = connect("superoffice", None, "http://x").unwrap();
        assert!(["SoapClient", "SOAP::Lite", "zeep", "wsdl"].iter().all(|tool| whole.contains(tool)), "{whole}");
        assert!(connect("trackfinity", Some("cobol"), "http://x").unwrap().starts_with("http://x/api\n"));
        for (name, language, exit) in [
            ("superoffice", Some("cobol"), Exit::Usage),
            ("nonsense", None, Exit::NotFound),
            ("bing_ads", Some("cobol"), Exit::Usage),
        ] {
            assert_eq!(connect(name, language, "http://x").unwrap_err().exit, exit, "{name}");
        }
    }

    #[test]
    fn nothing_is_reached_by_soap_alone() {
        let readme = include_str!("../../../dialects/src/superoffice/README.md");
        let ports = ["| ticket |", "| customer |", "| admin |"];
        let rows = readme.lines().filter(|line| ports.iter().any(|port| line.starts_with(port)));
        let rows: Vec<Vec<&str>> = rows
            .map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect())
            .collect();
        let methods: Vec<_> = rows.iter().map(|row| row[1]).collect();
        assert_eq!(methods, dialects::superoffice::DIALECT.operations, "each method has its row, in its place");
        for row in &rows {
            let (method, native, command) = (row[1], row[2], row[3]);
            let by_itself = ["getErrorMessage", "getModulePaths"].contains(&method);
            let offered = !native.starts_with("not offered: ");
            if !by_itself && offered {
                assert!(dialects::native::DIALECT.operations.contains(&native), "{method}: there is no {native}");
                assert!(!command.is_empty(), "{method}: no command");
            }
            let mut at = super::super::Arguments::command();
            for word in command.split(' ').skip(1) {
                let next = at.find_subcommand(word).cloned();
                at = next.unwrap_or_else(|| panic!("{method}: there is no command \"{command}\""));
            }
            assert!(command.is_empty() || !at.has_subcommands(), "{method}: \"{command}\" is no whole command");
        }
    }
}
