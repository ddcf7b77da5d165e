//! `samerow dialects`: the APIs that are spoken, and how a program is pointed at one.

use clap::Subcommand;
use dialects::connect::{Guide, guides};
use serde_json::json;

use super::{Exit, Failed, print};

#[derive(Subcommand)]
pub(super) enum Dialects {
    /// List the APIs that this server speaks.
    List {
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Tell how an old program is pointed at this server.
    #[command(after_help = "Example:\n  samerow dialects connect superoffice --lang csharp")]
    Connect {
        /// The API: one of those that `list` names.
        name: String,
        /// The language of the program: csharp, php, perl, python.
        #[arg(long)]
        lang: Option<String>,
        /// Where the program will find the server.
        #[arg(long, default_value = "http://127.0.0.1:7263")]
        url: String,
    },
}

pub(super) fn run(command: &Dialects) -> Result<Exit, Failed> {
    match command {
        Dialects::List { json: true } => {
            let all = dialects::ALL.iter().map(|dialect| {
                let languages: Vec<_> = guides(dialect.name).iter().map(|guide| guide.language).collect();
                json!({ "name": dialect.name, "title": dialect.title, "connect": languages })
            });
            print(&format!("{}\n", all.collect::<serde_json::Value>()))
        }
        Dialects::List { json: false } => {
            let line = |dialect: &&dialects::Dialect| format!("{:<14} {}\n", dialect.name, dialect.title);
            print(&dialects::ALL.iter().map(line).collect::<String>())
        }
        Dialects::Connect { name, lang, url } => print(&connect(name, lang.as_deref(), url)?),
    }
}

fn connect(name: &str, language: Option<&str>, url: &str) -> Result<String, Failed> {
    let names = || dialects::ALL.iter().map(|dialect| dialect.name).collect::<Vec<_>>().join(", ");
    if !dialects::ALL.iter().any(|dialect| dialect.name == name) {
        return Err(Failed::new(Exit::NotFound, format!("there is no dialect \"{name}\": there are {}", names())));
    }
    let all = guides(name);
    if all.is_empty() {
        return Err(Failed::new(
            Exit::NotFound,
            format!("of {name} nothing is written yet: its README tells its paths"),
        ));
    }
    let Some(language) = language else {
        let told = |guide: &Guide| format!("{}\n\n{}", guide.language, guide.at(url));
        return Ok(all.iter().map(told).collect::<Vec<_>>().join("\n"));
    };
    let known = || all.iter().map(|guide| guide.language).collect::<Vec<_>>().join(", ");
    let guide = all.iter().find(|guide| guide.language == language);
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
        for (name, language, exit) in [
            ("superoffice", Some("cobol"), Exit::Usage),
            ("nonsense", None, Exit::NotFound),
            ("trackfinity", None, Exit::NotFound),
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
