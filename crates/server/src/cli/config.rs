//! `samerow config show`.

use clap::Subcommand;
use serde_json::json;

use super::{Exit, Failed, print, variables};
use crate::settings::{Flags, Settings};

#[derive(Subcommand)]
pub(super) enum Config {
    /// Show every setting as `serve` with these flags would see it.
    Show {
        /// Show where each value comes from.
        #[arg(long)]
        origin: bool,
        /// One JSON document.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        flags: Flags,
    },
}

pub(super) fn run(command: &Config) -> Result<Exit, Failed> {
    let Config::Show { origin, json, flags } = command;
    let settings = Settings::read(flags, variables()).map_err(|error| Failed::new(Exit::Usage, error))?;
    if *json {
        let all: serde_json::Map<_, _> = settings
            .shown()
            .map(|(name, value, origin)| (name.to_owned(), json!({ "value": value, "origin": origin.to_string() })))
            .collect();
        return print(&format!("{}\n", serde_json::Value::Object(all)));
    }
    let lines = settings.shown().map(|(name, value, from)| {
        if *origin { format!("{name:<28} {value:<24} {from}\n") } else { format!("{name:<28} {value}\n") }
    });
    print(&lines.collect::<String>())
}
