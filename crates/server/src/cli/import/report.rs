//! What came of the rows: counted, told, and written down.

use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use crate::cli::{Exit, Failed, print};

/// The columns of a report.
const COLUMNS: [&str; 6] = ["line", "what", "id", "version", "fields", "reason"];

/// What came of a row.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) line: u64,
    pub(super) what: String,
    pub(super) id: Option<u64>,
    pub(super) version: Option<u64>,
    pub(super) fields: Vec<String>,
    pub(super) reason: String,
}

impl Told {
    /// Nothing, and why.
    pub(super) fn skip(line: u64, reason: String) -> Self {
        Self { line, what: String::from("skip"), reason, ..Self::default() }
    }

    /// What the server says of a row.
    pub(super) fn of(told: &Value) -> Option<Self> {
        let text = |name: &str| told.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let number = |name: &str| told.get(name).and_then(Value::as_u64);
        let fields = told.get("fields").and_then(Value::as_array).into_iter().flatten();
        Some(Self {
            line: number("line")?,
            what: Some(text("what")).filter(|what| !what.is_empty())?,
            id: number("id"),
            version: number("version"),
            fields: fields.filter_map(|field| field.as_str().map(str::to_owned)).collect(),
            reason: text("reason"),
        })
    }

    fn json(&self) -> Value {
        let mut told = json!({ "line": self.line, "what": self.what });
        for (name, number) in [("id", self.id), ("version", self.version)] {
            if let Some(number) = number {
                told[name] = json!(number);
            }
        }
        if !self.fields.is_empty() {
            told["fields"] = json!(self.fields);
        }
        if !self.reason.is_empty() {
            told["reason"] = json!(self.reason);
        }
        told
    }
}

/// See the [module](self).
pub(super) struct Report {
    file: Option<BufWriter<File>>,
    jsonl: bool,
    counts: Vec<(String, usize)>,
    /// Those with a reason, as many as are told.
    told: Vec<String>,
    most: usize,
    untold: usize,
}

impl Report {
    /// # Errors
    /// For a file that is there already, or cannot be made.
    pub(super) fn create(path: Option<&Path>, jsonl: bool, most: usize) -> Result<Self, Failed> {
        let create = |path: &Path| {
            let failed = |error| Failed::new(Exit::Usage, format!("{}: {error}", path.display()));
            let mut file = BufWriter::new(File::create_new(path).map_err(failed)?);
            write(&mut file, &COLUMNS)?;
            Ok::<_, Failed>(file)
        };
        let file = path.map(create).transpose()?;
        Ok(Self { file, jsonl, counts: Vec::new(), told: Vec::new(), most, untold: 0 })
    }

    pub(super) fn add(&mut self, told: &Told) -> Result<(), Failed> {
        match self.counts.iter_mut().find(|(what, _)| *what == told.what) {
            Some((_, count)) => *count += 1,
            None => self.counts.push((told.what.clone(), 1)),
        }
        if let Some(file) = &mut self.file {
            let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
            let (line, id, version) = (told.line.to_string(), number(told.id), number(told.version));
            let cells = [&*line, &told.what, &id, &version, &told.fields.join(" "), &told.reason];
            write(file, &cells)?;
        }
        if self.jsonl {
            print(&format!("{}\n", told.json()))?;
        } else if !told.reason.is_empty() && self.told.len() < self.most {
            self.told.push(format!("  line {}  {}  {}\n", told.line, told.what, told.reason.replace('\n', " ")));
        } else if !told.reason.is_empty() {
            self.untold += 1;
        }
        Ok(())
    }

    pub(super) fn count(&self, what: &str) -> usize {
        self.counts.iter().find(|(known, _)| known == what).map_or(0, |(_, count)| *count)
    }

    pub(super) fn rows(&self) -> usize {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    /// How many of each, and those with a reason.
    pub(super) fn summary(&mut self, names: &[&str]) -> String {
        let counts: String = names.iter().map(|what| format!("   {what} {}", self.count(what))).collect();
        let mut text = format!("  {} rows{counts}\n", self.rows());
        text.extend(self.told.drain(..));
        if self.untold > 0 {
            text.push_str(&format!("  and {} more: --report tells them all\n", self.untold));
        }
        text
    }
}

/// Written at once, so that the report of a run that is ended in the middle tells what it did.
fn write(file: &mut BufWriter<File>, cells: &[&str]) -> Result<(), Failed> {
    let mut line = String::new();
    wire::csv::write_line(&mut line, cells);
    let written = file.write_all(line.as_bytes()).and_then(|()| file.flush());
    written.map_err(|error| Failed::new(Exit::Failed, format!("the report: {error}")))
}
