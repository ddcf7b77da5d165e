//! What a person may ask for: everything that is kept of them, and that nothing is.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use super::client::{Ask, Client, Remote};
use super::record::note;
use super::show::As;
use super::{Exit, Failed, print};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One document.
    Json,
    /// A line a value.
    Csv,
}

#[derive(Args)]
pub(super) struct Export {
    /// The id.
    id: u32,
    /// How it is written.
    #[arg(long, value_enum, default_value = "json")]
    format: Format,
    /// Into this file, which must not be there yet, instead of standard output.
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Args)]
pub(super) struct Erase {
    /// The id.
    id: u32,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// Say what would go, and do nothing.
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Why, for the audit: it outlives the person, so it says nothing of them.
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    show: As,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Subcommand)]
pub(super) enum Retention {
    /// Erase the customers whose time is over, up to 100. Shows first who would go.
    Run {
        /// Do not ask.
        #[arg(long)]
        yes: bool,
        /// Say who would go, and do nothing.
        #[arg(long, conflicts_with = "yes")]
        dry_run: bool,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
}

pub(super) fn export(export: &Export) -> Result<Exit, Failed> {
    let format = if export.format == Format::Csv { "csv" } else { "json" };
    let ask = Ask::get(format!("/v1/customers/{}/export?format={format}", export.id));
    let response = export.remote.open()?.ask(ask)?;
    let failed = |error: std::io::Error| Failed::new(Exit::Failed, error);
    match &export.out {
        Some(path) => {
            let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
            file.write_all(response.body()).and_then(|()| file.sync_all()).map_err(failed)?;
            Ok(Exit::Ok)
        }
        None => print(&String::from_utf8_lossy(response.body())),
    }
}

pub(super) fn erase(erase: &Erase) -> Result<Exit, Failed> {
    let path = format!("/v1/customers/{}/erase", erase.id);
    let act = || match &erase.reason {
        Some(reason) => Ask::post(&path, &json!({ "reason": reason })),
        None => Ask::act(&path),
    };
    forget(&erase.remote.open()?, act, erase.yes, erase.dry_run, erase.show)
}

pub(super) fn retention(retention: &Retention) -> Result<Exit, Failed> {
    let Retention::Run { yes, dry_run, show, remote } = retention;
    forget(&remote.open()?, || Ask::act("/v1/retention/run"), *yes, *dry_run, *show)
}

/// Shows what would go and, if that is wanted, lets it go.
fn forget(client: &Client, act: impl Fn() -> Ask, yes: bool, dry_run: bool, show: As) -> Result<Exit, Failed> {
    if !yes {
        let preview = client.json(act().dry_run(true))?;
        let count = preview["data"].as_array().map_or(0, Vec::len);
        if dry_run {
            return print(&show.page(&preview, certificates));
        }
        if count == 0 {
            return print(&show.page(&preview, |_| String::from("nobody\n")));
        }
        note(&certificates(preview["data"].as_array().map_or(&[][..], Vec::as_slice)));
        if !is_agreed()? {
            let text = "nothing was erased: what goes never comes back. Say --yes to erase, --dry-run to look";
            return Err(Failed::new(Exit::Usage, text));
        }
    }
    print(&show.page(&client.json(act())?, certificates))
}

/// Asks who sits at a terminal.
fn is_agreed() -> Result<bool, Failed> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    note("Erase it for ever? Type yes: ");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|error| Failed::new(Exit::Failed, error))?;
    Ok(answer.trim() == "yes")
}

fn certificates(items: &[Value]) -> String {
    let told = |item: &Value| {
        let number = |name: &str| item[name].as_i64().unwrap_or(0);
        let went = if item["dry_run"] == true { "would lose" } else { "lost" };
        format!(
            "customer {} {went} {} fields, {} accounts, {} tickets, {} messages, {} attachments and the values of {} changes\n",
            number("customer"),
            item["fields"].as_array().map_or(0, Vec::len),
            number("accounts"),
            number("tickets"),
            number("messages"),
            number("attachments"),
            number("changes")
        )
    };
    items.iter().map(told).collect()
}
