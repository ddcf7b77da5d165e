//! `samerow customer get|history`: what a running server shows, or what a store holds that no server has open.

use bytes::Bytes;
use clap::{Args, Subcommand};
use dialects::native;
use dialects::state::{definitions, extra_fields};
use domain::error::Reason;
use domain::operation::{CustomerRef, Deleted, ReadCustomer, ReadHistory};
use domain::{App, Error, Kind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Options, SqliteStore};

use super::{Exit, Failed, print};
use crate::demo::run as run_as_server;
use crate::host::{SystemClock, SystemEntropy};

#[derive(Args)]
pub(super) struct Remote {
    /// The server.
    #[arg(long, env = "SAMEROW_SERVER", default_value = "http://127.0.0.1:7263")]
    server: String,
    /// A native bearer token.
    #[arg(long, env = "SAMEROW_TOKEN", default_value = "", hide_env_values = true)]
    token: String,
    /// Folder of an embedded store, instead of a server.
    #[arg(long)]
    data: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(super) enum Customer {
    /// Show one customer.
    Get {
        /// The id.
        id: u32,
        /// One JSON document.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        remote: Remote,
    },
    /// Show what happened to one customer, newest first.
    History {
        /// The id.
        id: u32,
        /// How many changes at most.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// One JSON document.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        remote: Remote,
    },
}

pub(super) fn run(command: &Customer) -> Result<Exit, Failed> {
    match command {
        Customer::Get { id, json, remote } => {
            let customer = match &remote.data {
                Some(folder) => local(folder, |app| {
                    let who = CustomerRef::Id((*id).into());
                    let customer = run_as_server(app, ReadCustomer { who, deleted: Deleted::Shown }, "get")?;
                    let definitions = run_as_server(app, definitions(), "get")?;
                    Ok(native::record_json(&customer, extra_fields(Kind::Customer, &definitions)))
                })?,
                None => fetch(remote, &format!("/v1/customers/{id}"))?,
            };
            print(&if *json { format!("{customer}\n") } else { lines("", &customer) })
        }
        Customer::History { id, limit, json, remote } => {
            let history = match &remote.data {
                Some(folder) => local(folder, |app| {
                    let read = ReadHistory { kind: Kind::Customer, id: (*id).into(), from: None, limit: *limit };
                    Ok(native::history_json(&run_as_server(app, read, "history")?))
                })?,
                None => fetch(remote, &format!("/v1/customers/{id}/history?limit={limit}"))?,
            };
            print(&if *json { format!("{history}\n") } else { told(&history) })
        }
    }
}

/// Asks the store of a folder.
fn local(folder: &Path, ask: impl FnOnce(&App) -> Result<Bytes, Error>) -> Result<serde_json::Value, Failed> {
    if !folder.is_dir() {
        return Err(Failed::new(Exit::Unavailable, format!("there is no store in {}", folder.display())));
    }
    let store = SqliteStore::open(&Options::new(folder, Arc::new(SystemEntropy)));
    let store = store.map_err(|error| Failed::new(Exit::Unavailable, error))?;
    let app = App::new(Arc::new(store), Arc::new(SystemClock), Arc::new(SystemEntropy));
    let answer = ask(&app).map_err(|error| {
        let exit = if error.reason == Reason::NotFound { Exit::NotFound } else { Exit::Failed };
        Failed::new(exit, error)
    })?;
    serde_json::from_slice(&answer).map_err(|error| Failed::new(Exit::Failed, error))
}

fn fetch(remote: &Remote, path: &str) -> Result<serde_json::Value, Failed> {
    let url = format!("{}{path}", remote.server.trim_end_matches('/'));
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(std::time::Duration::from_secs(30)))
        .build()
        .new_agent();
    let sent = agent.get(&url).header("Authorization", format!("Bearer {}", remote.token)).call();
    let mut response = sent.map_err(|error| Failed::new(Exit::Unavailable, format!("{url}: {error}")))?;
    let body = response.body_mut().read_to_string().map_err(|error| Failed::new(Exit::Unavailable, error))?;
    let json: serde_json::Value =
        serde_json::from_str(&body).map_err(|_| Failed::new(Exit::Failed, format!("{url} did not answer JSON")))?;
    let exit = match response.status().as_u16() {
        200..=299 => return Ok(json),
        401 | 403 => Exit::Auth,
        404 => Exit::NotFound,
        409 | 412 => Exit::Conflict,
        503 => Exit::Unavailable,
        _ => Exit::Failed,
    };
    Err(Failed::new(exit, json.get("detail").and_then(|detail| detail.as_str()).unwrap_or(&body)))
}

/// Control characters of a stored text do nothing to a terminal.
fn shown(value: &serde_json::Value) -> String {
    let text = match value {
        serde_json::Value::Null => String::from("—"),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.chars().map(|c| if c.is_control() { '␤' } else { c }).collect()
}

fn lines(prefix: &str, value: &serde_json::Value) -> String {
    let Some(object) = value.as_object() else { return String::new() };
    let mut text = String::new();
    for (name, value) in object {
        match value {
            serde_json::Value::Null => {}
            serde_json::Value::Object(_) => text.push_str(&lines(&format!("{prefix}{name}."), value)),
            serde_json::Value::Array(items) if items.is_empty() => {}
            value => text.push_str(&format!("{:<28} {}\n", format!("{prefix}{name}"), shown(value))),
        }
    }
    text
}

fn told(history: &serde_json::Value) -> String {
    let mut text = String::new();
    for item in history.get("data").and_then(|data| data.as_array()).into_iter().flatten() {
        let origin = |name: &str| item.pointer(&format!("/origin/{name}")).map(shown).unwrap_or_default();
        let at = item.get("at").map(shown).unwrap_or_default();
        let version = item.get("version").map(shown).unwrap_or_default();
        let (dialect, operation, credential) = (origin("dialect"), origin("operation"), origin("credential"));
        text.push_str(&format!("v{version}  {at}  {dialect} {operation} by {credential}  {}\n", origin("client")));
        for change in item.get("changes").and_then(|changes| changes.as_array()).into_iter().flatten() {
            let part = |name: &str| change.get(name).map(shown).unwrap_or_default();
            text.push_str(&format!("    {}: {} → {}\n", part("field"), part("from"), part("to")));
        }
    }
    text
}
