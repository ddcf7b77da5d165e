//! `samerow export`: all records of a kind, into a file or to standard output.

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use dialects::exchange::Content;
use dialects::native;
use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};

use super::client::{Ask, Client, Remote};
use super::record::{form, note, progress};
use super::{Exit, Failed};

/// Records between two times that it tells how far it is.
const TOLD: usize = 1_000;

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Comma-separated values, for spreadsheets and other programs.
    Csv,
    /// A JSON object a line.
    Jsonl,
    /// Cards for address books, of customers.
    #[value(alias = "vcf")]
    Vcard,
}

impl Format {
    /// Its media type, for an `Accept` header.
    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Jsonl => "application/x-ndjson",
            Self::Vcard => "text/vcard",
        }
    }
}

/// Without an order they come by id. Who is there all the while is there once, whatever others write meanwhile.
#[derive(Args)]
#[command(after_help = "Examples:
  samerow export customers --filter 'status = active' --columns id,name,emails -o customers.csv
  samerow export customers --as superoffice -o for-superoffice.csv
  samerow export tickets --format jsonl | jq .title")]
pub(super) struct Export {
    /// What.
    #[arg(value_parser = PossibleValuesParser::new(lists()))]
    what: String,
    /// Words that each holds, as in lists.
    #[arg(long, default_value = "")]
    search: String,
    /// Which: status = "active" and name ~ "ann".
    #[arg(long, default_value = "")]
    filter: String,
    /// In which order: -updated_at,name.
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    sort: String,
    /// Which columns, in this order: id,name,address.city. Without it all.
    #[arg(long, default_value = "")]
    columns: String,
    /// Deleted ones too.
    #[arg(long)]
    deleted: bool,
    /// How it is written: else as the name of the file says, or CSV.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Columns under the names that customers have in this API, as `samerow import --as` reads them.
    #[arg(long = "as", value_parser = PossibleValuesParser::new(dialects::ALL.iter().map(|dialect| dialect.name)))]
    dialect: Option<String>,
    /// Into this file instead of standard output; it appears when it is whole.
    #[arg(short, long)]
    out: Option<PathBuf>,
    /// In place of a file that is there.
    #[arg(long, requires = "out")]
    force: bool,
    #[command(flatten)]
    remote: Remote,
}

/// The lists of the API, by their names there.
fn lists() -> impl Iterator<Item = &'static str> {
    let lists =
        native::DIALECT.endpoints.iter().filter(|endpoint| matches!(endpoint.exchange.answers, Content::Page(_)));
    lists.filter_map(|endpoint| endpoint.path.strip_prefix("/v1/")).filter(|name| !name.contains('/'))
}

pub(super) fn run(export: &Export) -> Result<Exit, Failed> {
    let named = export.out.as_deref().and_then(|path| Format::from_str(path.extension()?.to_str()?, true).ok());
    let format = export.format.or(named).unwrap_or(Format::Csv);
    let deleted = if export.deleted { "true" } else { "" };
    let query = form(&[
        ("search", &export.search),
        ("filter", &export.filter),
        ("sort", &export.sort),
        ("fields", &export.columns),
        ("deleted", deleted),
        ("as", export.dialect.as_deref().unwrap_or_default()),
    ]);
    if format == Format::Vcard && export.what != "customers" {
        return Err(Failed::new(Exit::Usage, "only customers have cards"));
    }
    if export.dialect.is_some() && (format != Format::Csv || export.what != "customers") {
        return Err(Failed::new(Exit::Usage, "--as is for customers as CSV"));
    }
    let ask = Ask::get(format!("/v1/{}?{}", export.what, query.trim_start_matches('&'))).accept(format.media_type());
    let Some(path) = &export.out else {
        return stream(&export.remote.open()?, ask);
    };
    let is_there = || Failed::new(Exit::Conflict, format!("{} is there already: --force replaces it", path.display()));
    if !export.force && path.exists() {
        return Err(is_there());
    }
    let failed = |error: std::io::Error| Failed::new(Exit::Failed, format!("{}: {error}", path.display()));
    let client = export.remote.open()?;
    let mut partial = beside(path).map_err(failed)?;
    let mut counted = Counted { format, lines: 0, is_quoted: false, is_new: true };
    client.stream(ask, &mut |bytes| {
        counted.see(bytes);
        partial.write_all(bytes).map_err(failed)
    })?;
    // Whole or not at all, also when the power goes.
    partial.as_file().sync_all().map_err(failed)?;
    match export.force {
        true => partial.persist(path).map_err(|error| failed(error.error))?,
        false => partial.persist_noclobber(path).map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => is_there(),
            _ => failed(error.error),
        })?,
    };
    let lead = if std::io::stderr().is_terminal() { "\r" } else { "" };
    note(&format!("{lead}{} {} in {}\n", counted.records(), export.what, path.display()));
    Ok(Exit::Ok)
}

/// A file that goes away unless it becomes the other one. It holds people: nobody else's to read.
fn beside(path: &Path) -> std::io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Builder::new().prefix(".samerow-export-").tempfile_in(folder)
}

/// Passes an answer on to standard output. A reader that has gone away, as `head` does, is no failure.
pub(super) fn stream(client: &Client, ask: Ask) -> Result<Exit, Failed> {
    let mut out = std::io::stdout().lock();
    let mut is_gone = false;
    let streamed = client.stream(ask, &mut |bytes| {
        out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| {
            is_gone = error.kind() == std::io::ErrorKind::BrokenPipe;
            Failed::new(Exit::Failed, error)
        })
    });
    if is_gone { Ok(Exit::Ok) } else { streamed.map(|()| Exit::Ok) }
}

/// The records in what went by.
struct Counted {
    format: Format,
    lines: usize,
    is_quoted: bool,
    /// Whether the next byte is the first of a line.
    is_new: bool,
}

impl Counted {
    fn see(&mut self, bytes: &[u8]) {
        let before = self.lines / TOLD;
        for byte in bytes {
            match byte {
                b'"' if self.format == Format::Csv => self.is_quoted = !self.is_quoted,
                // Only BEGIN:VCARD begins so.
                b'B' if self.format == Format::Vcard && self.is_new => self.lines += 1,
                b'\n' if self.format != Format::Vcard && !self.is_quoted => self.lines += 1,
                _ => {}
            }
            self.is_new = *byte == b'\n';
        }
        if self.lines / TOLD > before {
            progress(self.records());
        }
    }

    const fn records(&self) -> usize {
        match self.format {
            // The first line names the columns.
            Format::Csv => self.lines.saturating_sub(1),
            Format::Jsonl | Format::Vcard => self.lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_counted_whatever_is_in_them_and_wherever_pieces_end() {
        let csv = "id,note\r\n1,\"a\r\nb \"\"c\"\"\n\"\r\n2,\r\n";
        for at in 0..csv.len() {
            let mut counted = Counted { format: Format::Csv, lines: 0, is_quoted: false, is_new: true };
            counted.see(&csv.as_bytes()[..at]);
            counted.see(&csv.as_bytes()[at..]);
            assert_eq!(counted.records(), 2);
        }
        let mut counted = Counted { format: Format::Jsonl, lines: 0, is_quoted: false, is_new: true };
        counted.see(b"{\"a\":\"\"}\n{}\n");
        assert_eq!(counted.records(), 2);
        let mut counted = Counted { format: Format::Vcard, lines: 0, is_quoted: false, is_new: true };
        counted.see(b"BEGIN:VCARD\r\nNOTE:a\r\n B\r\nEND:VCARD\r\nBEGIN:VCARD\r\n");
        assert_eq!(counted.records(), 2);
        assert_eq!(Counted { format: Format::Csv, lines: 0, is_quoted: false, is_new: true }.records(), 0);
    }

    #[test]
    fn every_list_of_the_api_can_be_exported() {
        let names: Vec<_> = lists().collect();
        assert!(["customers", "tickets", "audit_entries", "keys"].iter().all(|name| names.contains(name)), "{names:?}");
        assert!(!names.contains(&"events"));
    }
}
