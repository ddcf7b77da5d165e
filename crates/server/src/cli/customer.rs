//! What can be done with customers beyond what can be done with every record: `samerow customer <verb>`.

use clap::Subcommand;
use serde_json::{Value, json};

use super::bulk::{self, Bulk};
use super::client::{Ask, Remote};
use super::privacy::{self, Erase, Export};
use super::record::{self, Noun, Verb};
use super::show::As;
use super::{Exit, Failed, print};

#[derive(Subcommand)]
pub(super) enum Customer {
    #[command(flatten)]
    Record(Verb),
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
    /// Bring a deleted customer back, in the state they had before.
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
    /// Do many changes, a JSON object a line: {"op":"patch","id":10,"value":{"phone":"1"}}.
    Bulk(Bulk),
    /// Write out everything that is kept of a person.
    Export(Export),
    /// Forget a person: the values of all their records and histories. Shows first what would go.
    Erase(Erase),
}

/// One customer.
#[derive(clap::Args)]
pub(super) struct Same {
    /// The id.
    id: u32,
    /// Only if it still has this version.
    #[arg(long)]
    if_version: Option<u64>,
    /// Say what would happen, and do nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    show: As,
    #[command(flatten)]
    remote: Remote,
}

impl Same {
    fn ask(&self, verb: &str, body: Option<&Value>) -> Result<Exit, Failed> {
        let path = format!("/v1/customers/{}/{verb}", self.id);
        let ask = body.map_or_else(|| Ask::act(&*path), |body| Ask::post(&*path, body));
        let ask = ask.if_version(self.if_version).dry_run(self.dry_run);
        print(&self.show.record(&self.remote.open()?.json(ask)?))
    }
}

pub(super) fn run(verb: Customer) -> Result<Exit, Failed> {
    match verb {
        Customer::Record(verb) => {
            let columns = &["name", "emails", "phone", "status", "updated_at"];
            record::run(&Noun { path: "customers", columns }, &verb)
        }
        Customer::Merge { id, other, take, if_version, other_version, dry_run, show, remote } => {
            let mut body = json!({ "customer": other });
            if !take.is_empty() {
                body["take"] = json!(take);
            }
            if let Some(version) = other_version {
                body["version"] = json!(version);
            }
            Same { id, if_version, dry_run, show, remote }.ask("merge", Some(&body))
        }
        Customer::UndoMerge(same) => same.ask("undo-merge", None),
        Customer::Restore(same) => same.ask("restore", None),
        Customer::Revert { field, before_version, same } => {
            same.ask("revert", Some(&json!({ "field": field, "before_version": before_version })))
        }
        Customer::Bulk(bulk) => bulk::run(&bulk),
        Customer::Export(export) => privacy::export(&export),
        Customer::Erase(erase) => privacy::erase(&erase),
    }
}
