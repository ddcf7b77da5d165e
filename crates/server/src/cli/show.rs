//! What a command shows: for people, one JSON document, or a line of JSON for each item.

use clap::Args;
use serde_json::Value;

/// How to show it.
#[derive(Args, Clone, Copy)]
#[group(multiple = false)]
pub(super) struct As {
    /// One JSON document.
    #[arg(long)]
    pub(super) json: bool,
    /// One line of JSON an item.
    #[arg(long)]
    pub(super) jsonl: bool,
}

impl As {
    /// One record.
    pub(super) fn record(self, record: &Value) -> String {
        match self {
            Self { json: false, jsonl: false } => lines("", record),
            _ => format!("{record}\n"),
        }
    }

    /// A page, or a part of one that is printed piece by piece.
    pub(super) fn page(self, page: &Value, told: impl Fn(&[Value]) -> String) -> String {
        if self.json {
            return format!("{page}\n");
        }
        let items = page.get("data").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if self.jsonl { items.iter().map(|item| format!("{item}\n")).collect() } else { told(items) }
    }
}

/// Control characters of a stored text do nothing to a terminal.
pub(super) fn shown(value: &Value) -> String {
    let text = match value {
        Value::Null => String::from("—"),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    text.chars().map(|c| if c.is_control() { '␤' } else { c }).collect()
}

/// A line a member that is set.
fn lines(prefix: &str, value: &Value) -> String {
    let Some(object) = value.as_object() else { return String::new() };
    let mut text = String::new();
    for (name, value) in object {
        match value {
            Value::Null => {}
            Value::Object(_) => text.push_str(&lines(&format!("{prefix}{name}."), value)),
            Value::Array(items) if items.is_empty() => {}
            value => text.push_str(&format!("{:<28} {}\n", format!("{prefix}{name}"), shown(value))),
        }
    }
    text
}

/// A table: the id and what these members hold, as far as any of the items has one.
pub(super) fn table(items: &[Value], members: &[&str]) -> String {
    let cell = |item: &Value, name: &str| match item.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(value) => shown(value).chars().take(48).collect(),
    };
    let rows: Vec<Vec<String>> =
        items.iter().map(|item| members.iter().map(|name| cell(item, name)).collect()).collect();
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
        cells.chain(members.get(at).map(|name| name.len())).max().unwrap_or(0)
    };
    let line = |cells: &[&str]| {
        let padded = cells.iter().enumerate().map(|(at, cell)| format!("{cell:<width$}", width = width(at)));
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    let body = rows.iter().map(|row| line(&row.iter().map(String::as_str).collect::<Vec<_>>()));
    std::iter::once(line(members)).chain(body).collect()
}

/// What happened, newest first.
pub(super) fn history(items: &[Value]) -> String {
    items.iter().map(|item| change(item, "")).collect()
}

/// One change, with what it was of.
pub(super) fn change(item: &Value, of: &str) -> String {
    let origin = |name: &str| item.pointer(&format!("/origin/{name}")).map(shown).unwrap_or_default();
    let at = item.get("at").map(shown).unwrap_or_default();
    let version = item.get("version").map(shown).unwrap_or_default();
    let (dialect, operation, credential) = (origin("dialect"), origin("operation"), origin("credential"));
    let mut text = format!("{of}v{version}  {at}  {dialect} {operation} by {credential}  {}\n", origin("client"));
    for change in item.get("changes").and_then(Value::as_array).into_iter().flatten() {
        let part = |name: &str| change.get(name).map(shown).unwrap_or_default();
        text.push_str(&format!("    {}: {} → {}\n", part("field"), part("from"), part("to")));
    }
    text
}
