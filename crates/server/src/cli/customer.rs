//! What can be done with customers beyond what can be done with every record: `samerow customer <verb>`.

use clap::Subcommand;
use serde_json::json;

use super::bulk::{self, Bulk};
use super::client::{Ask, Remote};
use super::privacy::{self, Erase, Export};
use super::record::{self, ListOf, Noun, Same, Whole};
use super::show::As;
use super::{Exit, Failed, print, ticket};

#[derive(Subcommand)]
pub(super) enum Customer {
    #[command(flatten)]
    Record(Whole),
    /// Merge another customer into one: it takes what it does not have, and the other's id says where it went.
    Merge {
        /// The id of the one that stays.
        id: u32,
        /// The id of the one that goes.
        other: u32,
        /// Fields whose values are taken from the one that goes though both have some, separated by commas.
        #[arg(long, value_delimiter = ',')]
        take: Vec<String>,
        /// Only if the one that stays still has this version.
        #[arg(long)]
        if_version: Option<u64>,
        /// Only if the one that goes still has this version.
        #[arg(long)]
        other_version: Option<u64>,
        /// Say what would happen, and do nothing.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
    /// Take back that a customer was merged into another one, except for what changed since.
    UndoMerge(Same),
    /// List the tickets of a customer.
    Tickets {
        /// The id.
        id: u32,
        #[command(flatten)]
        list: ListOf,
    },
    /// Do many changes, a JSON object a line: {"op":"patch","id":10,"value":{"phone":"1"}}.
    Bulk(Bulk),
    /// Write out everything that is kept of a person.
    Export(Export),
    /// Say whose user name and password these are; the password is read from standard input.
    CheckPassword {
        /// The user name.
        username: String,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
    /// Mail a customer a new password, which counts from then on.
    SendPassword {
        /// The id.
        id: u32,
        #[command(flatten)]
        remote: Remote,
    },
    /// Forget a person: the values of all their records and histories. Shows first what would go.
    Erase(Erase),
}

pub(super) fn run(verb: Customer) -> Result<Exit, Failed> {
    match verb {
        Customer::Record(verb) => {
            let columns = &["name", "emails", "phone", "status", "updated_at"];
            record::run_whole(&Noun { path: "customers", columns }, &verb)
        }
        Customer::Tickets { id, list } => list.print(&ticket::NOUN, format!("/v1/customers/{id}/tickets")),
        Customer::Merge { id, other, take, if_version, other_version, dry_run, show, remote } => {
            let mut body = json!({ "customer": other });
            if !take.is_empty() {
                body["take"] = json!(take);
            }
            if let Some(version) = other_version {
                body["version"] = json!(version);
            }
            Same { id, if_version, dry_run, show, remote }.act("customers", "merge", Some(&body))
        }
        Customer::UndoMerge(same) => same.act("customers", "undo-merge", None),
        Customer::Bulk(bulk) => bulk::run(&bulk),
        Customer::CheckPassword { username, show, remote } => {
            let mut password = String::new();
            std::io::stdin().read_line(&mut password).map_err(|error| Failed::new(Exit::Usage, error))?;
            let body = json!({ "username": username, "password": password.trim_end_matches(['\r', '\n']) });
            let answer = remote.open()?.json(Ask::post("/v1/customers/check-password", &body))?;
            match answer["customer"].is_null() {
                true => Err(Failed::new(Exit::Auth, "the user name or the password is wrong")),
                false => print(&show.record(&answer)),
            }
        }
        Customer::SendPassword { id, remote } => {
            remote.open()?.ask(Ask::act(format!("/v1/customers/{id}/send-password")))?;
            Ok(Exit::Ok)
        }
        Customer::Export(export) => privacy::export(&export),
        Customer::Erase(erase) => privacy::erase(&erase),
    }
}
