//! `samerow events`: the feed of all changes.

use clap::Args;
use http::header;
use serde_json::Value;

use super::client::{Ask, Remote};
use super::record::form;
use super::show::{change, shown};
use super::{Exit, Failed, print};

/// Seconds that a page waits for its first event.
const WAIT: &str = "30";

#[derive(Args)]
pub(super) struct Events {
    /// Where to go on: the cursor of the last event that was seen. Without one, from the beginning.
    #[arg(long, default_value = "")]
    after: String,
    /// Only of these kinds of records: customer,ticket.
    #[arg(long, default_value = "")]
    kind: String,
    /// Wait for more, until interrupted.
    #[arg(long)]
    follow: bool,
    /// One line of JSON an event.
    #[arg(long)]
    jsonl: bool,
    #[command(flatten)]
    remote: Remote,
}

pub(super) fn run(events: &Events) -> Result<Exit, Failed> {
    if events.follow && events.remote.is_store() {
        let text = "nobody changes a store while this command has it open: --follow asks a server";
        return Err(Failed::new(Exit::Usage, text));
    }
    let client = events.remote.open()?;
    let mut after = events.after.clone();
    loop {
        let wait = if events.follow { WAIT } else { "" };
        let query = form(&[("after", &after), ("kind", &events.kind), ("wait", wait)]);
        let page = client.ask(Ask::get(format!("/v1/events?limit=200{query}")))?;
        let lines = String::from_utf8_lossy(page.body()).into_owned();
        let mut next = None;
        for line in lines.lines() {
            let event: Value = serde_json::from_str(line).map_err(|error| Failed::new(Exit::Failed, error))?;
            let part = |name: &str| event.get(name).map(shown).unwrap_or_default();
            next = event.get("cursor").and_then(Value::as_str).map(str::to_owned);
            print(&if events.jsonl {
                format!("{line}\n")
            } else {
                change(&event, &format!("{} {} ", part("kind"), part("id")))
            })?;
        }
        // What was filtered out is passed by, too.
        let link = page.headers().get(header::LINK).and_then(|link| link.to_str().ok());
        match next.or_else(|| link.and_then(passed)) {
            Some(next) if events.follow || next != after => after = next,
            _ => return Ok(Exit::Ok),
        }
    }
}

/// The cursor that a `Link` to the next page names.
fn passed(link: &str) -> Option<String> {
    let query = link.split_once('?')?.1.split('>').next()?;
    query.split('&').find_map(|pair| pair.strip_prefix("after=")).map(str::to_owned)
}
