//! `samerow nodes`.

use clap::Args;
use serde_json::json;
use store::postgres::nodes;

use super::transfer::database;
use super::{Exit, Failed, print};

#[derive(Args)]
pub(super) struct Nodes {
    /// The database that they share.
    #[arg(long, env = "SAMEROW_DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(command: &Nodes) -> Result<Exit, Failed> {
    let seen = nodes(&database(&command.database_url)?).map_err(|error| Failed::new(Exit::Unavailable, error))?;
    if command.json {
        let all = seen.iter().map(|seen| {
            json!({
                "id": seen.node.id,
                "address": seen.node.address,
                "release": seen.node.release,
                "started_at": seen.started_at,
                "alive": seen.alive,
                "leads": seen.leads,
            })
        });
        return print(&format!("{}\n", serde_json::Value::Array(all.collect())));
    }
    let lines = seen.iter().map(|seen| {
        let state = match (seen.alive, seen.leads) {
            (false, _) => "gone",
            (true, true) => "leads",
            (true, false) => "serves",
        };
        let node = &seen.node;
        format!("{:<18} {:<6} {:<22} {:<10} since {}\n", node.id, state, node.address, node.release, seen.started_at)
    });
    print(&lines.collect::<String>())
}
